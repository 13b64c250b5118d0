"""What a run leaves behind, and the state at any instant by definition T2: run again, stop there."""

import copy
from dataclasses import dataclass, field

import numpy as np

from backtestr_lab.records import EVENT, EVENTS, PHASES, REASONS, ROLES, TRADE, codes

from .clock import Clock

CODED = {"phase": codes(PHASES), "kind": codes(EVENTS), "reason": codes(REASONS)}


@dataclass
class State:
    """Everything T1 names that the oracle has, as plain tuples and ints.

    Attributes
    ----------
    position : int
        Net, signed steps.
    lots : list of (id, side, open, price)
    orders : list of (id, side, type, role, remaining, filled, limit, stop, level, parent, lot)
        Open ones in order of submission; `level` is a trailing stop's.
    closed : dict of timeframe to count
        Warm-up bars included.
    forming : dict of timeframe to Bar or None
    last : (ts, bid, ask) or None
        The last tick of the run as it came.
    others : list of (position, closed, forming, last)
        `position`, `closed`, `forming` and `last` are the first symbol's; these are the others'.
    """

    position: int
    lots: list
    orders: list
    balance: int
    equity: int
    closed: dict
    forming: dict
    last: tuple | None
    others: list = field(default_factory=list)


class Result:
    """A finished run.

    Attributes
    ----------
    events : list of Event
        The journal with names.
    journal : (n,) EVENT
        The same as records.
    orders : list of Order
        By id - 1.
    trades : list of Trade
    equity : list of (ts, balance, equity)
    balance : int
    """

    def __init__(self, ticks, strategy, config):
        self._inputs = ticks, copy.deepcopy(strategy), config
        clock = Clock(ticks, strategy, config)
        clock.warm_up(clock.start)
        clock.advance(clock.end)
        clock.finish()
        machine = clock.machine
        self.start, self.end = clock.start, clock.end
        self.events = machine.journal
        self.orders = machine.orders
        self.trades = machine.trades
        self.equity = machine.equity_points
        self.balance = machine.balance
        self.lots = machine.lots
        self.bars = {name: series.closed for name, series in machine.markets[0].series.items()}
        check_conservation(machine)

    @property
    def journal(self):
        """The journal as EVENT records."""
        rows = [tuple(CODED[f][v] if f in CODED else v for f, v in vars(e).items()) for e in self.events]
        return np.array(rows, EVENT)

    @property
    def open_lots(self):
        """[(id, side, open steps, price)], oldest first."""
        return [(lot.id, lot.side, lot.open, lot.price) for lot in self.lots if lot.open]

    @property
    def order_states(self):
        return [order.state for order in self.orders]

    @property
    def trade_records(self):
        """The trades as TRADE records."""
        roles = codes(ROLES)
        rows = [vars(trade) | {"exit_role": roles[trade.exit_role]} for trade in self.trades]
        return np.array([tuple(row[name] for name in TRADE.names) for row in rows], TRADE)

    def state_at(self, t, tick=None):
        """The state after everything stamped <= t; with `tick=k` after the first k ticks of t (T1, T2)."""
        ticks, strategy, config = self._inputs
        clock = Clock(ticks, copy.deepcopy(strategy), config)
        clock.warm_up(t)
        clock.advance(t, tick)
        return state(clock.machine)


def state(machine):
    """The machine's State now."""
    first, *others = [shown(market) for market in machine.markets]
    position, closed, forming, last = first
    return State(
        position,
        [(lot.id, lot.side, lot.open, lot.price) for lot in machine.lots if lot.open],
        [
            (
                order.id,
                order.side,
                order.type,
                order.role,
                order.remaining,
                order.filled,
                order.limit,
                order.stop,
                order.level,
                order.parent,
                order.lot,
            )
            for order in machine.pending()
        ],
        machine.balance,
        machine.equity,
        closed,
        forming,
        last,
        others,
    )


def shown(market):
    """What a State says of one symbol."""
    closed = {name: len(series.closed) for name, series in market.series.items()}
    forming = {name: series.forming for name, series in market.series.items()}
    return market.net, closed, forming, market.last


def check_conservation(machine):
    """P3, at the end of every run."""
    assert machine.balance == machine.config.cash + sum(event.amount for event in machine.journal)
    for order in machine.orders:
        assert order.filled <= max(order.quantity, 0), order
        if order.attached and order.open:
            assert order.remaining == machine.markets[order.symbol].held_by(order.parent) > 0, order


def run(ticks, strategy, config):
    """Run `strategy` over `ticks`, (ts_us, bid_points, ask_points[, bid_size, ask_size, volume]), by the rules.

    With `config.others` `ticks` is a list of such lists, one per symbol.

    Raises
    ------
    TickOrderError
        A tick is older than its predecessor (R12).
    StrategyError
        More than 1,000 rounds at one instant (C1).
    """
    return Result(ticks, strategy, config)
