"""The engine behind the oracle's interface, so that one script plays through both.

Callbacks are Python's, handed out by the engine's own loop one at a time; the strategy layer is not involved.
"""

from types import SimpleNamespace

import numpy as np
from numba import njit, types

from backtestr_lab.engine import context, layout
from backtestr_lab.engine.account import equity as equity_micro
from backtestr_lab.engine.costs import COMMISSIONS
from backtestr_lab.engine.layout import CALL, CALLBACKS, CTX, FINISHED, INTERRUPTED, MORE, ROUNDS
from backtestr_lab.engine.steps import STEP
from backtestr_lab.engine.views import DISTANCES
from backtestr_lab.records import EVENTS, TIFS, Ticks
from backtestr_lab.runs.backtest import Job
from backtestr_lab.runs.machine import Machine
from backtestr_lab.runs.market import Market
from backtestr_lab.runs.rules import Rules
from backtestr_lab.symbols import Symbol
from backtestr_lab.units import MINUTE, Timeframe

from ..reference import StrategyError
from . import plain  # noqa: F401  makes the engine fit to run uncompiled


@njit([types.void(CTX)], nogil=True)
def nothing(c):
    pass


class EngineContext:
    """The oracle's `Context`, answered by the engine."""

    def __init__(self, machine):
        self.machine = machine
        self.c = machine.c

    @property
    def now(self):
        return int(self.machine.state[0]["now"])

    @property
    def position(self):
        return int(self.machine.syms[0]["net"])

    @property
    def orders(self):
        return sorted(context.orders(self.c)["id"].tolist())

    @property
    def balance(self):
        return int(self.machine.state[0]["balance"])

    @property
    def equity(self):
        return int(equity_micro(self.c))

    def _order(self, side, quantity, terms):
        self.machine.wish[:] = np.zeros(1, layout.WISH)
        wish = self.machine.wish[0]
        wish["side"] = side
        for name, value in {"qty": quantity, **terms}.items():
            if name + "_kind" not in wish.dtype.names:
                wish[name] = TIFS.index(value) if name == "tif" else value
            elif value is not None:
                kind, number = value if isinstance(value, tuple) else ("price", value)
                wish[name + "_kind"], wish[name] = DISTANCES.index(kind.upper()), number
        return context.submit(self.c)

    def buy(self, quantity, **terms):
        return self._order(1, quantity, terms)

    def sell(self, quantity, **terms):
        return self._order(-1, quantity, terms)

    def close(self):
        return context.close(self.c)

    def cancel(self, order):
        context.cancel(self.c, order)

    def cancel_all(self):
        context.cancel_all(self.c)

    def modify(self, order, *, quantity=None, limit=None, stop=None):
        given = [x for v in (quantity, limit, stop) for x in ((0.0, 0) if v is None else (float(v), 1))]
        context.modify(self.c, order, *given)


def job_of(ticks, config, *, defines):
    """The oracle's settings as a `Job`, from which machines and a `Run` are made."""
    symbol = Symbol(
        "TEST",
        config.digits,
        config.quantity_digits,
        contract_size=config.contract_size,
        base="AAA",
        quote="BBB",
        least=config.least / 10**config.quantity_digits,
        largest=config.largest / 10**config.quantity_digits,
        anchor=config.anchor,
    )
    # Tapes without sizes make ticks without these columns.
    width = max(map(len, ticks), default=3)
    rows = np.array([(*tick, 0, 0, 0)[:width] for tick in ticks], "i8").reshape(-1, width).T
    stamped = Ticks(**dict(zip(Ticks.COLUMNS, rows)), symbol=symbol)
    stamped = {"drop": stamped.drop_crossed, "swap": stamped.swap_crossed}.get(config.crossed, lambda: stamped)()
    # The defaults of `start` and `end` are those of the ticks that are left, as everything is.
    kept = stamped.ts if len(stamped) else np.zeros(1, "i8")
    start = config.start if config.start is not None else int(kept[0])
    end = config.end if config.end is not None else (int(kept[-1]) // MINUTE + 1) * MINUTE
    if config.warmup_start is not None:
        stamped = stamped.between(config.warmup_start, 2**62)
    stamped = stamped.between(-(2**62), end)
    shown = tuple(sorted({Timeframe.parse(t) for t in ("1m", *config.timeframes)}))
    rules = Rules(
        start=start,
        end=end,
        cash=config.cash,
        currency="",
        inverse=config.account == "base",
        commission=COMMISSIONS.index(config.commission.upper()),
        commission_rate=config.commission_rate,
        slippage=config.slippage,
        margin=config.margin_ppm,
        size=1,
        crossed=config.crossed,
        close_at_end=config.close_at_end,
        latency=config.latency,
        seed=config.seed,
        quoted=config.liquidity == "quoted",
        participation=config.participation_ppm,
    )
    frames = sorted({*shown, *map(Timeframe.parse, config.listen)})
    plan = SimpleNamespace(
        name="Script",
        params={},
        tags=[""],
        frames=frames,
        listens=[Timeframe.parse(t) for t in config.listen] if "on_bar" in defines else [],
        bars_frames=[],
        nodes=[],
        indicators={},
        steps=np.zeros(0, STEP),
        warnings=[],
        ints=np.zeros(1, "i8"),
        floats=np.zeros(1),
        iarr=np.zeros(1, "i8"),
        farr=np.zeros(1),
        callbacks=dict.fromkeys(CALLBACKS, nothing),
        defines=set(defines),
        timers=sorted({t for t in config.timers if start <= t < end and "on_time" in defines}),
    )
    return Job(
        plan=plan,
        market=Market.of(stamped, frames),
        rules=rules,
        spread=0,
        loaded=start,
        timeframes=shown,
        options={},
        python=True,
        skip=True,
    )


def machine_of(ticks, config, *, defines, skip=True):
    """A machine over a tape with the oracle's settings."""
    return machine_for(job_of(ticks, config, defines=defines), skip=skip)


def machine_for(job, *, skip=True):
    """A machine at the start of a job."""
    return Machine(job.market, job.plan, job.rules, {}, job.plan.timers, python=True, skip=skip)


def play(machine, strategy, *, chunk=None, until=None, limit=None, final=True):
    """Drive a machine with a script; returns it.

    `chunk` is a count of ticks; `until`, with a tick count `limit`, cuts without an end.
    """
    ctx = EngineContext(machine)
    ts = machine.market.ticks.ts

    def drive(stop, limit, last):
        while True:
            code = machine.advance(stop, limit=limit, final=last)
            if code == ROUNDS:
                raise StrategyError("more than 1,000 rounds")
            if code != CALL:
                assert code in (MORE, FINISHED, INTERRUPTED)
                return
            name = CALLBACKS[int(machine.state[0]["call"])]
            getattr(strategy, name)(ctx, *told(machine, name))

    if chunk:
        for taken in range(int(machine.syms[0]["first"]) + chunk, machine.tick_end, chunk):
            drive(int(ts[taken - 1]), taken, False)
    if until is not None:
        drive(until, limit, False)
    elif final:
        drive(machine.rules.end, None, True)
    return machine


def told(machine, name):
    """What a callback is handed, as the oracle's `brief` sees it."""
    s, c = machine.state[0], machine.c
    if name == "on_bar":
        frame = machine.frames[int(s["frame"])]
        bar = machine.market.bars(Timeframe(int(frame["us"])))[int(frame["closed"]) - 1]
        shown = {n: int(bar[n]) for n in ("ts", "open", "high", "low", "close", "ticks")}
        return (SimpleNamespace(timeframe=str(Timeframe(int(frame["us"]))), **shown),)
    if name == "on_tick":
        i = int(machine.syms[0]["cursor"]) - 1
        t = machine.market.ticks
        return ((int(t.ts[i]), int(t.bid[i]), int(t.ask[i])),)
    if name == "on_time":
        return (int(s["now"]),)
    if name == "on_end":
        return ()
    event = layout.events_of(c)[int(s["event"])]
    return (SimpleNamespace(seq=int(event["seq"]), kind=EVENTS[int(event["kind"])]),)
