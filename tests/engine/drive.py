"""The engine behind the oracle's interface, so that one script plays through both.

Callbacks are Python's, handed out by the engine's own loop one at a time; the strategy layer is not involved.
"""

from types import SimpleNamespace

import numpy as np
from numba import njit, types

from backtestr_lab.engine import context, layout
from backtestr_lab.engine.account import equity as equity_micro
from backtestr_lab.engine.layout import CALL, CALLBACKS, CTX, FINISHED, MORE
from backtestr_lab.records import EVENTS, Ticks
from backtestr_lab.runs.machine import Machine
from backtestr_lab.runs.market import Market
from backtestr_lab.runs.rules import Rules
from backtestr_lab.symbols import Symbol
from backtestr_lab.units import MINUTE, Timeframe


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

    def _order(self, side, quantity, limit, stop, stop_loss, take_profit):
        def split(price):
            if price is None:
                return 0, 0.0
            if isinstance(price, tuple):
                return {"points": 2, "pct": 3}[price[0]], float(price[1])
            return 1, float(price)

        exits = [x for p in (limit, stop, stop_loss, take_profit) for x in split(p)]
        return context.submit(self.c, side, float(quantity), 1, *exits, 0, 0)

    def buy(self, quantity, *, limit=None, stop=None, stop_loss=None, take_profit=None):
        return self._order(1, quantity, limit, stop, stop_loss, take_profit)

    def sell(self, quantity, *, limit=None, stop=None, stop_loss=None, take_profit=None):
        return self._order(-1, quantity, limit, stop, stop_loss, take_profit)

    def close(self):
        return context.close(self.c)

    def cancel(self, order):
        context.cancel(self.c, order)

    def cancel_all(self):
        context.cancel_all(self.c)

    def modify(self, order, *, quantity=None, limit=None, stop=None):
        given = [x for v in (quantity, limit, stop) for x in ((0.0, 0) if v is None else (float(v), 1))]
        context.modify(self.c, order, *given)


def machine_of(ticks, config, *, defines, skip=True):
    """A machine over a tape with the oracle's settings."""
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
    columns = np.array(ticks, "i8").reshape(-1, 3).T
    stamped = Ticks(*columns, symbol=symbol)
    stamped = {"drop": stamped.drop_crossed, "swap": stamped.swap_crossed}.get(config.crossed, lambda: stamped)()
    start = config.start if config.start is not None else ticks[0][0]
    end = config.end if config.end is not None else (ticks[-1][0] // MINUTE + 1) * MINUTE
    frames = sorted({Timeframe.parse(t) for t in (*config.timeframes, *config.listen)})
    if config.warmup_start is not None:
        stamped = stamped.between(config.warmup_start, 2**62)
    stamped = stamped.between(-(2**62), end)
    rules = Rules(
        start=start,
        end=end,
        cash=config.cash,
        currency="",
        inverse=config.account == "base",
        commission=("none", "lot", "unit", "bps").index(config.commission),
        commission_rate=config.commission_rate,
        slippage=config.slippage,
        margin=config.margin_ppm,
        size=1,
        crossed=config.crossed,
        close_at_end=config.close_at_end,
    )
    plan = SimpleNamespace(
        frames=frames,
        listens=[Timeframe.parse(t) for t in config.listen] if "on_bar" in defines else [],
        bars_frames=[],
        nodes=[],
        ints=np.zeros(1, "i8"),
        floats=np.zeros(1),
        iarr=np.zeros(1, "i8"),
        farr=np.zeros(1),
        callbacks=dict.fromkeys(CALLBACKS, nothing),
        defines=set(defines),
    )
    timers = sorted({t for t in config.timers if start <= t < end and "on_time" in defines})
    return Machine(Market.of(stamped, frames), plan, rules, {}, timers, python=True, skip=skip)


def play(machine, strategy, *, chunk=None, until=None, final=True):
    """Drive a machine with a script; returns it. `chunk` is a count of ticks, `until` cuts without an end."""
    ctx = EngineContext(machine)
    ts = machine.market.ticks.ts

    def drive(stop, limit, last):
        while True:
            code = machine.advance(stop, limit=limit, final=last)
            if code != CALL:
                assert code in (MORE, FINISHED)
                return
            name = CALLBACKS[int(machine.state[0]["call"])]
            getattr(strategy, name)(ctx, *told(machine, name))

    if chunk:
        for limit in range(int(machine.syms[0]["first"]) + chunk, machine.tick_end, chunk):
            drive(int(ts[limit - 1]), limit, False)
    if until is not None:
        drive(until, None, False)
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
