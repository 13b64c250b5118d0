"""What a run of the engine leaves behind, in the oracle's shape: names for codes, plain tuples for records.

Everything is read through `Run` and `State`, so what is compared with the oracle is what a user gets.
"""

from functools import cached_property
from types import SimpleNamespace

from backtestr_lab.records import EVENTS, ORDER_TYPES, PHASES, REASONS, ROLES, STATES, TRADE
from backtestr_lab.runs.run import Run
from backtestr_lab.runs.settled import settle

from ..reference.bars import Bar
from ..reference.book import Event
from ..reference.result import State
from .drive import job_of, machine_for, play

_NAMES = {"phase": PHASES, "kind": EVENTS, "reason": REASONS, "type": ORDER_TYPES, "role": ROLES, "state": STATES}
_NAMES["exit_role"] = ROLES


def named(record, fields):
    """A record's fields as a dict, codes as names."""
    return {f: _NAMES[f][int(record[f])] if f in _NAMES else int(record[f]) for f in fields}


class Outcome:
    """A finished run of the engine, with the attributes of the oracle's `Result` that tests read."""

    def __init__(self, ticks, strategy, config, **how):
        defines = getattr(strategy, "script", None)
        if defines is None:
            defines = [name for name in dir(strategy) if name.startswith("on_")]
        self.job = job_of(ticks, config, defines=set(defines))
        self.machine = play(machine_for(self.job, skip=how.pop("skip", True)), strategy, **how)
        settle(self.job, self.machine)
        self.run = Run(self.job, self.machine, seconds=0.0)
        self.start, self.end = self.run.start, self.run.end
        self.journal = self.run.journal
        self.balance = int(self.machine.state[0]["balance"])

    @cached_property
    def events(self):
        return [Event(**named(e, e.dtype.names)) for e in self.journal]

    @cached_property
    def orders(self):
        fields = (
            "id",
            "symbol",
            "side",
            "type",
            "role",
            "state",
            "reason",
            "quantity",
            "filled",
            "limit",
            "stop",
            "parent",
        )
        orders = [SimpleNamespace(**named(o, fields), lot=int(o["position"])) for o in self.machine.orders]
        for order in orders:
            order.price = order.limit or order.stop
            order.attached = order.role in ("STOP_LOSS", "TAKE_PROFIT", "TRAIL")
        return orders

    @property
    def order_states(self):
        return [order.state for order in self.orders]

    @property
    def trade_records(self):
        return self.run._trades[0]

    @property
    def trades(self):
        return [SimpleNamespace(**named(t, TRADE.names)) for t in self.trade_records]

    @property
    def equity(self):
        points = self.run._points
        return list(zip(points["ts"].tolist(), points["balance"].tolist(), points["equity"].tolist()))

    @property
    def open_lots(self):
        """[(id, side, open steps, price)], oldest first."""
        _, lots, _ = self.run._book.at(len(self.journal))
        return [(lot.id, lot.side, lot.steps, lot.price) for lot in lots]

    @property
    def bars(self):
        """Closed bars by timeframe, warm-up included."""
        by_name = {str(t): self.run.bars(t) for t in self.job.plan.frames}
        return {name: [bar_of(b, name) for b in bars if b["end"] <= self.end] for name, bars in by_name.items()}

    def state_at(self, t, tick=None):
        """`Run.at` as the oracle's `State`."""
        state = self.run.at(t, tick)
        names = [str(t) for t in self.job.plan.frames]
        (position, closed, forming, last), *others = [
            self._shown(state, symbol.name, names) for symbol in self.run.symbols
        ]
        return State(
            position,
            [(lot.id, lot.side, lot.steps, lot.price) for lot in state.lots],
            [
                (
                    o.id,
                    o.side,
                    ORDER_TYPES[o.type],
                    ROLES[o.role],
                    o.quantity,
                    o.filled,
                    o.limit,
                    o.stop,
                    o.level,
                    o.parent,
                    o.position,
                )
                for o in state.working
            ],
            int(state.balance_micro),
            int(state.equity_micro),
            closed,
            forming,
            last,
            others,
        )

    def _shown(self, state, symbol, names):
        """What a State says of one symbol."""
        k = self.run._number(symbol)
        i, columns = state._cursors[k] - 1, self.run._markets[k].ticks
        records = {name: state.forming_record(name, symbol) for name in names}
        known = i >= self.run._firsts[k]
        return (
            sum(lot.side * lot.steps for lot in state.lots if lot.symbol == k),
            {name: state.closed(name, symbol) for name in names},
            {name: record if record is None else bar_of(record, name, k) for name, record in records.items()},
            (int(columns.ts[i]), int(columns.bid[i]), int(columns.ask[i])) if known else None,
        )


def bar_of(record, timeframe, symbol=0):
    """A BAR record as the oracle's `Bar`."""
    fields = [f for f in Bar.__dataclass_fields__ if f not in ("timeframe", "symbol")]
    return Bar(timeframe, **{f: int(record[f]) for f in fields}, symbol=symbol)
