"""The engine behind the oracle's interface, so that one script plays through both.

Callbacks are Python's, handed out by the engine's own loop one at a time; the strategy layer is not involved.
"""

from types import SimpleNamespace

import numpy as np
from numba import njit, types

from backtestr_lab.engine import context, layout
from backtestr_lab.engine.account import equity as equity_micro
from backtestr_lab.engine.costs import COMMISSIONS, RATES, SLIPPAGES
from backtestr_lab.engine.intrabar import MODELS
from backtestr_lab.engine.layout import CALL, CALLBACKS, CTX, FINISHED, INTERRUPTED, MORE, ROUNDS
from backtestr_lab.engine.limits import A_SHARE, AN_AMOUNT
from backtestr_lab.engine.steps import STEP
from backtestr_lab.engine.views import DISTANCES, QUANTITIES
from backtestr_lab.records import EVENTS, TIFS, Ticks
from backtestr_lab.runs.backtest import Job
from backtestr_lab.runs.machine import Machine
from backtestr_lab.runs.market import Market
from backtestr_lab.runs.rules import Limits, Rules, Terms
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
        return self.position_of(self.symbol)

    @property
    def orders(self):
        return sorted(context.orders(self.c)["id"].tolist())

    @property
    def balance(self):
        return int(self.machine.state[0]["balance"])

    @property
    def equity(self):
        return int(equity_micro(self.c))

    @property
    def symbol(self):
        return int(self.machine.state[0]["symbol"])

    def position_of(self, symbol):
        return int(self.machine.syms[symbol]["net"])

    @property
    def lots(self):
        return context.positions(self.c)["id"].tolist()

    def _order(self, side, quantity, terms):
        self.machine.wish[:] = np.zeros(1, layout.WISH)
        wish = self.machine.wish[0]
        wish["side"] = side
        wish["symbol"] = -1
        kind, amount = quantity if isinstance(quantity, tuple) else ("units", quantity)
        wish["qty_kind"], wish["qty"] = QUANTITIES.index(kind.upper()), amount
        for name, value in terms.items():
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

    def close(self, position=0, symbol=None):
        if position:
            return context.close_position(self.c, position)
        return context.close(self.c, -1 if symbol is None else symbol)

    def cancel(self, order):
        context.cancel(self.c, order)

    def cancel_all(self):
        context.cancel_all(self.c)

    def modify(self, order, *, quantity=None, limit=None, stop=None):
        given = [x for v in (quantity, limit, stop) for x in ((0.0, 0) if v is None else (float(v), 1))]
        context.modify(self.c, order, *given)


def job_of(ticks, config, *, defines):
    """The oracle's settings as a `Job`, from which machines and a `Run` are made."""
    several = ticks if config.others else [ticks]
    columns = [ticks_of(rows, symbol_of(spec, k), config) for k, (rows, spec) in enumerate(zip(several, config.specs))]
    # The defaults of `start` and `end` are those of the ticks that are left, as everything is.
    traded = [c.ts for c, spec in zip(columns, config.specs) if spec.trades and len(c)] or [np.zeros(1, "i8")]
    start = config.start if config.start is not None else min(int(ts[0]) for ts in traded)
    end = config.end
    if end is None:
        end = (max(int(ts[-1]) for ts in traded) // MINUTE + 1) * MINUTE
    first = config.warmup_start if config.warmup_start is not None else -(2**62)
    columns = [(whole_bars if config.intrabar else Ticks.between)(c, first, end) for c in columns]
    least = [] if config.intrabar and Timeframe.parse(config.bar).us > MINUTE else ["1m"]
    shown = tuple(sorted({Timeframe.parse(t) for t in (*least, *config.timeframes)}))
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
        markets=[market_of(c, frames, config) for c in columns],
        rules=rules_of(config, start, end),
        spread=0,
        loaded=start,
        timeframes=shown,
        options={},
        python=True,
        skip=True,
    )


def market_of(ticks, frames, config):
    """The market of a symbol; of bars, the bars are its base (F10)."""
    return Market(ticks, Timeframe.parse(config.bar).us) if config.intrabar else Market.of(ticks, frames)


def symbol_of(spec, k):
    """The oracle's spec as a `Symbol`."""
    return Symbol(
        f"TEST{k or ''}",
        spec.digits,
        spec.quantity_digits,
        contract_size=spec.contract_size,
        base=spec.base,
        quote=spec.quote,
        least=spec.least / 10**spec.quantity_digits,
        largest=spec.largest / 10**spec.quantity_digits,
        anchor=spec.anchor,
        days_a_year=365 if spec.always_open else 252,
    )


def whole_bars(ticks, first, end):
    """Ticks of the bars that open in a range, four each: the engine looks at both extremes of one that the end cuts."""
    a, b = np.searchsorted(ticks.ts[::4], [first, end])
    return ticks[4 * int(a) : 4 * int(b)]


def ticks_of(rows, symbol, config):
    """Tuples as `Ticks`, crossed quotes as the run wants them."""
    # Tapes without sizes make ticks without these columns.
    width = max(map(len, rows), default=3)
    made = np.array([(*row, 0, 0, 0)[:width] for row in rows], "i8").reshape(-1, width).T
    ticks = Ticks(**dict(zip(Ticks.COLUMNS, made)), symbol=symbol)
    return {"drop": ticks.drop_crossed, "swap": ticks.swap_crossed}.get(config.crossed, lambda: ticks)()


def rules_of(config, start, end):
    """The oracle's settings as `Rules`."""
    limit = {"amount": AN_AMOUNT, "ppm": A_SHARE}
    losses = {n: (limit[of[0]], of[1]) for n in ("daily_loss", "drawdown") if (of := getattr(config, n))}
    maker = config.commission_rate if config.commission_maker is None else config.commission_maker
    return Rules(
        start=start,
        end=end,
        cash=config.cash,
        currency="",
        symbols=tuple(terms_of(config, k) for k in range(len(config.specs))),
        crossed=config.crossed,
        close_at_end=config.close_at_end,
        commission=COMMISSIONS.index(config.commission.upper()),
        commission_rate=config.commission_rate,
        maker_rate=maker,
        fee_least=config.commission_least,
        fee_most=config.commission_most,
        slips=SLIPPAGES.index(config.slippage_kind.upper()),
        hedging=config.hedging,
        limits=Limits(config.max_orders, config.max_positions, config.max_leverage, **losses),
        bookings=tuple((ts, k, BOOKED[kind], value) for ts, k, kind, value in config.bookings),
        intrabar=MODELS.index((config.intrabar or "none").upper()),
        latency=config.latency,
        seed=config.seed,
        quoted=config.liquidity == "quoted",
        participation=config.participation_ppm,
    )


BOOKED = {"CASH": layout.CASH_BOOKING, "DIVIDEND": layout.DIVIDEND_BOOKING, "FUNDING": layout.FUNDING_BOOKING}


def terms_of(config, k):
    """What holds for one of its symbols."""
    spec = config.specs[k]
    rate, by = rate_of(config, k)
    return Terms(
        margin=spec.margin_ppm,
        maintenance=spec.maintenance,
        size=1,
        slippage=config.slippage,
        slippage_most=config.slippage_most,
        max_order=config.max_order,
        max_position=config.max_position,
        swap=spec.swap or (0, 0),
        triple=-1 if config.triple is None else config.triple,
        rate=RATES.index(rate),
        rate_symbol=by,
        trades=spec.trades,
    )


def rate_of(config, k):
    """How a symbol's money becomes the account's, and by which symbol's quote (P6)."""
    quote = config.specs[k].quote
    account = config.currency or (config.quote if config.account == "quote" else config.base)
    if quote == account or not config.specs[k].trades:
        return "DIRECT", 0
    named = dict(config.converts).get(quote)
    for j in [k if config.specs[k].base == account else None, named, *range(len(config.specs))]:
        if j is not None:
            pair = config.specs[j].base, config.specs[j].quote
            if pair == (quote, account):
                return "TIMES", j
            if pair == (account, quote):
                return "OVER", j
    raise ValueError(f"nothing converts {quote} to {account}")


def machine_of(ticks, config, *, defines, skip=True):
    """A machine over a tape with the oracle's settings."""
    return machine_for(job_of(ticks, config, defines=defines), skip=skip)


def machine_for(job, *, skip=True):
    """A machine at the start of a job."""
    return Machine(job.markets, job.plan, job.rules, [{}], job.plan.timers, python=True, skip=skip)


def play(machine, strategy, *, chunk=None, until=None, limit=None, final=True):
    """Drive a machine with a script; returns it.

    `chunk` is a count of ticks; `until`, with a tick count `limit`, cuts without an end.
    """
    ctx = EngineContext(machine)
    ts = np.sort(np.concatenate([market.ticks.ts for market in machine.markets]), kind="stable")

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
        for taken in range(int(machine.syms["first"].sum()) + chunk, machine.tick_end, chunk):
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
        market = machine.markets[int(frame["symbol"])]
        bar = market.bars(Timeframe(int(frame["us"])))[int(frame["closed"]) - 1]
        shown = {n: int(bar[n]) for n in ("ts", "open", "high", "low", "close", "ticks")}
        return (SimpleNamespace(timeframe=str(Timeframe(int(frame["us"]))), symbol=int(frame["symbol"]), **shown),)
    if name == "on_tick":
        k = int(s["symbol"])
        i = int(machine.syms[k]["cursor"]) - 1
        columns = machine.columns[k]
        tick = tuple(int(columns[name][i]) for name in ("ts", "bid", "ask"))
        return (tick if len(machine.markets) == 1 else (*tick, k),)
    if name == "on_time":
        return (int(s["now"]),)
    if name == "on_end":
        return ()
    event = layout.events_of(c)[int(s["event"])]
    return (SimpleNamespace(seq=int(event["seq"]), kind=EVENTS[int(event["kind"])], symbol=int(event["symbol"])),)
