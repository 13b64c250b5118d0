"""`backtest`: a strategy and data in, a `Run` out. Loads, builds, allocates and drives; decides nothing itself."""

import threading
import time
import weakref
from dataclasses import dataclass, field

import numpy as np

from ..engine.context import Interrupted
from ..engine.layout import CALLBACKS
from ..errors import DataError, OptionError, RunStopped, StrategyError
from ..indicators.graph import Graph
from ..interrupts import careful
from ..limits import LimitReached, Limits, reachable
from ..records import Ticks
from ..symbols import Symbol
from ..units import DAY, DEFAULT_TIMEFRAMES, MINUTE, Timeframe, format_micros, to_micros
from .machine import CALL, INTERRUPTED, ROUNDS, Machine
from .market import Market
from .rules import distance_of, rules_of
from .run import Run

__all__ = ["backtest"]


@dataclass
class Job:
    """One run being prepared: what was asked for, resolved."""

    plan: object
    market: Market
    rules: object
    spread: int
    loaded: int  # where the data begins, warm-up included
    timeframes: tuple
    options: dict
    python: bool
    skip: bool
    graph: Graph | None = None
    ready: float | None = None  # when all was compiled and loaded, on the clock of `time.perf_counter`
    warnings: list = field(default_factory=list)


def backtest(
    strategy,
    data,
    start=None,
    end=None,
    *,
    symbol=None,
    store=None,
    cash=100_000,
    currency=None,
    commission=0,
    slippage=0,
    spread=None,
    leverage=None,
    size=None,
    timeframes=None,
    warmup="auto",
    params=None,
    crossed="keep",
    close_at_end=False,
    latency=0,
    liquidity="unlimited",
    participation=None,
    seed=0,
    timeout=None,
    max_memory=None,
    python=False,
    skip=True,
    progress=None,
    source=None,
):
    """Run a strategy over ticks, tick-exact (C, O, F, P, S).

    Parameters
    ----------
    strategy : type
        A subclass of `Strategy`.
    data : str, Ticks, DataFrame, pyarrow.Table or polars.DataFrame
        A symbol of the store, or ticks themselves (then with `symbol=` unless they are `Ticks`).
    start, end : datetime or str, optional
        The range ``[start, end)``, UTC (U1); left out, all there is.
    store : Store or str, optional
        Left out, the default store.
    cash : float
        Starting balance in `currency` (default: USD if the symbol has it, else its quote currency).
    commission : str
        ``"3.5/lot"``, ``"0.00002/unit"``, ``"2bps"`` (F9).
    slippage, spread : int or str
        Points, or ``"0.5pips"``; `spread` is for feeds of single prices (R5).
    leverage : float, optional
        Instead of the symbol's own initial margin.
    size : float, optional
        Units that an order without a quantity asks for.
    timeframes : iterable of str, optional
        What the result and time travel show; default 1m 5m 15m 1h 4h 1d (R11).
    warmup : "auto", int or 0
        Bars before `start` that feed indicators (S8): the longest lookback x 4, or a count of the shortest timeframe.
    params : dict or list of dict, optional
        Parameters of the strategy; a list runs each over data loaded and indicators computed once.
    crossed : {"keep", "drop", "swap"}
        Policy for quotes with bid above ask (R13).
    close_at_end : bool
        Close what is open at the last quote (C5); else it stays open, marked.
    latency : str
        How long orders, changes and cancels travel: ``"50ms"``, or drawn from a range, ``"20..80ms"`` (F9).
    liquidity : {"unlimited", "quoted"}
        Whether a tick offers no more than the size it quotes, so that orders fill in parts (F8).
    participation : float, optional
        The share of that size an order may take; all of it by default.
    seed : int
        Of everything drawn.
    timeout : str or number, optional
        Seconds, or ``"30s"``, ``"5min"``: how long this may take, loading included; then the run ends where it is (S6).
    max_memory : str or int, optional
        Bytes, or ``"2GB"``: what the process may grow meanwhile; then the run ends where it is (S6).
    python : bool
        Run the callbacks in CPython: any library, breakpoints, print; the same journal (S2).
    progress : callable, optional
        Called with (share done, ticks taken so far) from the thread that called `backtest`.

    Returns
    -------
    Run, or list of Run for a list of `params`

    Raises
    ------
    StrategyError, SymbolError, DataError, OptionError, StoreError
        One line each, with what to do.
    RunStopped
        Interrupted, or `timeout` or `max_memory` was reached; its `run` is what was computed (S6).

    Examples
    --------
    >>> import backtestr_lab as lab
    >>> class Once(lab.Strategy):
    ...     def on_bar(self, bar):
    ...         if not self.position:
    ...             self.buy(10_000, stop_loss=lab.pips(10), take_profit=lab.pips(15))
    >>> run = lab.backtest(Once, lab.sample("EURUSD", days=1), cash=10_000)
    >>> run.stats.trades > 5
    True
    """
    if isinstance(params, (list, tuple)):
        shared = dict(locals())
        for name in ("strategy", "data", "params"):
            shared.pop(name)
        data = _source(data, symbol, store)
        return [backtest(strategy, data, params=point, **shared) for point in params]
    began = time.perf_counter()
    options = {
        "cash": cash,
        "currency": currency,
        "commission": commission,
        "slippage": slippage,
        "spread": spread,
        "leverage": leverage,
        "size": size,
        "warmup": warmup,
        "crossed": crossed,
        "close_at_end": close_at_end,
        "latency": latency,
        "liquidity": liquidity,
        "participation": participation,
        "seed": seed,
        "python": python,
    }
    with Limits(timeout, max_memory) as limits:
        try:
            # At first use: the strategy layer compiles when it is imported, and an engine that runs uncompiled does
            # without it.
            from ..strategy.lower import prepare

            plan = prepare(strategy, params, python=python, **(source or {}))
            job = _job(plan, _source(data, symbol, store), start, end, options, timeframes, warmup, skip)
            job.ready = time.perf_counter()
            machine = fresh_machine(job)
        except LimitReached as end:
            place = _in_line(end, {f.__code__.co_filename for f in vars(strategy).values() if hasattr(f, "__code__")})
            raise RunStopped(f"{limits.what}{place} before the run began; {limits.way_out}") from None
        return _drive(job, machine, began, progress, limits)


_derived: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # Ticks -> {what: Ticks made of them}
_MOST_DERIVED = 4


def _kept(ticks, what, make):
    """Ticks made of others, the same object as last time, so that its bars are found again."""
    made = _derived.setdefault(ticks, {})
    if what not in made:
        new = make()
        if new is ticks:
            return ticks
        while len(made) >= _MOST_DERIVED:
            del made[next(iter(made))]
        made[what] = new
    return made[what]


class _Given:
    """Ticks the caller holds, as a source."""

    def __init__(self, ticks):
        self.ticks = ticks
        self.where = "the ticks given"

    def span(self, symbol):
        return (int(self.ticks.ts[0]), int(self.ticks.ts[-1])) if len(self.ticks) else None

    def columns(self, symbol, start, end):
        if len(self.ticks) and start <= self.ticks.ts[0] and end > self.ticks.ts[-1]:
            return self.ticks  # the same object, so that its bars are found again
        return _kept(self.ticks, (start, end), lambda: self.ticks.between(start, end))


def _source(data, symbol, store):
    """(source, symbol name) for whatever the user gave as data."""
    if isinstance(data, tuple) and len(data) == 2 and hasattr(data[0], "columns"):
        return data
    if isinstance(data, Ticks):
        return _Given(data), data.symbol
    from ..store import FrameSource, Store

    if isinstance(data, (str, Symbol)):
        where = store if hasattr(store, "ticks") else Store(store)
        return where, data
    if symbol is None:
        raise OptionError(f"data is a {type(data).__name__} without a name; say which symbol it is: symbol='EURUSD'")
    frame = FrameSource(data, symbol)
    return _Given(frame.columns(symbol, None, None)), symbol


def _job(plan, given, start, end, options, timeframes, warmup, skip):
    source, name = given
    first, last = _span(source, name)
    there = f"there are ticks from {format_micros(first)} to {format_micros(last)}"
    # Whole minutes, so that the first bar of a file that begins with its first tick is not called partial.
    first = first // MINUTE * MINUTE
    start = to_micros(start, "start") if start is not None else first
    if start > last:
        raise DataError(f"no ticks of {name} from {format_micros(start)} on; {there}")
    end = to_micros(end, "end") if end is not None else (last // MINUTE + 1) * MINUTE
    if end <= start:
        raise OptionError(
            f"the range from {format_micros(start)} to {format_micros(end)} is empty; end must be later than start"
        )
    if end <= first:
        raise DataError(f"no ticks of {name} before {format_micros(end)}; {there}")
    start = max(first, start)
    shown = Timeframe.several(timeframes) if timeframes else DEFAULT_TIMEFRAMES
    loaded = max(first, _warm_start(plan, start, warmup))
    ticks = source.columns(name, loaded, end)
    if not len(ticks) or ticks.ts[-1] < start:
        raise DataError(f"no ticks of {name} from {format_micros(start)} to {format_micros(end)}; {there}")
    spread = distance_of(options["spread"], ticks.symbol, "spread") if options["spread"] is not None else 0
    ticks = _kept(ticks, (spread, options["crossed"]), lambda: _shaped(ticks, spread, options["crossed"]))
    others = ("spread", "warmup", "python")
    rules = rules_of(ticks.symbol, start, end, **{n: v for n, v in options.items() if n not in others})
    sizes = [column for column in (ticks.bid_size, ticks.ask_size, ticks.volume) if column is not None]
    if rules.quoted and not any(column.any() for column in sizes):
        raise OptionError(
            f"liquidity='quoted' needs sizes, and the ticks of {name} have neither sizes nor volume; leave it out"
        )
    market = Market.of(ticks, [*plan.frames, *shown])
    return Job(plan, market, rules, spread, loaded, shown, options, options["python"], skip)


def _span(source, name):
    span = source.span(name)
    if span is None:
        raise DataError(f"there are no ticks of {name} in {getattr(source, 'where', 'the store')}")
    return span


def _warm_start(plan, start, warmup):
    """Where loading begins (S8): whole days, so that the first bars of warm-up are whole too."""
    if warmup == "auto":
        reach = max((4 * (key.lookback + 1) * key.timeframe.us for key in plan.nodes), default=0)
    elif isinstance(warmup, int) and not isinstance(warmup, bool) and warmup >= 0:
        reach = warmup * min(plan.frames).us if plan.frames else 0
    else:
        raise OptionError(f"warmup is {warmup!r}; give 'auto' or a number of bars, 0 for none")
    if not reach:
        return start
    # Markets that rest at weekends have bars on five days of seven.
    return (start - reach * 7 // 5 - 2 * DAY) // DAY * DAY


def _shaped(ticks, spread, crossed):
    """Ticks with the run's spread on single prices (R5), and without crossed quotes where it says so (R13)."""
    if spread:
        ticks = _with_spread(ticks, spread)
    return {"drop": ticks.drop_crossed, "swap": ticks.swap_crossed}.get(crossed, lambda: ticks)()


def _with_spread(ticks, spread):
    if not (ticks.bid is ticks.ask or np.array_equal(ticks.bid, ticks.ask)):
        raise OptionError(f"spread is for feeds of single prices; {ticks.symbol} has its own asks, leave it out")
    columns = ticks._columns() | {"ask": ticks.bid + spread}
    return Ticks(**columns, symbol=ticks.symbol, checked=True)


def fresh_machine(job):
    """A machine at the run's start, with its callbacks ready; `backtest` and time travel drive it."""
    plan, market = job.plan, job.market
    name = market.symbol.name
    job.graph = Graph(plan.nodes, {name: market.symbol})
    values = market.evaluate(job.graph)
    timers = plan.timers(job.rules.start, job.rules.end)
    machine = Machine(market, plan, job.rules, values, timers, python=job.python, skip=job.skip)
    if job.python:
        from ..strategy.compile import PythonCallbacks

        machine.python_callbacks = PythonCallbacks(plan, machine)
    return machine


def _drive(job, machine, began, progress, limits):
    """Advance to the end; what stops a run is turned into words, and the run kept."""
    ending = None
    while True:
        try:
            ending = ending or _advanced(job, machine, progress, limits)
            return careful(_run_of, job, machine, began, limits, *ending)
        except KeyboardInterrupt as interrupt:  # once all is computed, one changes nothing
            ending = ending or (f"interrupted{_in_line(interrupt, {job.plan.filename})}", None)


def _advanced(job, machine, progress, limits):
    """Advance to the end; what stopped it, in words, and the error of the strategy's, each None if there was none."""
    try:
        advance = _advance_python if job.python else _advance_compiled
        code = reachable(advance, machine, progress, flag=machine.flag)
    except LimitReached as end:
        return f"{limits.what}{_in_line(end, {job.plan.filename})}", None
    except Exception as problem:
        if isinstance(problem, Interrupted):
            return f"{limits.what or 'interrupted'} in line {int(machine.state[0]['line'])}", None
        from ..strategy.compile import explain

        error = explain(problem, job.plan, machine)
        if error is None:
            raise
        return None, error
    if code == INTERRUPTED:
        return limits.what or "interrupted", None
    if code == ROUNDS:
        return None, StrategyError(
            f"on_fill and on_order answered each other 1,000 times at {format_micros(machine.state[0]['now'])}; "
            "an order that answers its own event must stop at some point",
            line=int(machine.state[0]["line"]) or None,
        )
    return None, None


def _run_of(job, machine, began, limits, stopped, error):
    """The run, or the exception that holds it when it ended early."""
    now = time.perf_counter()
    run = Run(job, machine, seconds=now - began)
    run.again_seconds = now - (job.ready or began)
    if not stopped and not error:
        return run
    at = format_micros(max(int(machine.state[0]["now"]), job.rules.start))
    run.stopped = f"{stopped or 'ended by an error'} at {at}"
    if error:
        error.run = run
        raise error
    way_out = f"; {limits.way_out}" if limits.what else ""
    raise RunStopped(f"{run.stopped}; what was computed until then is kept{way_out}", run)


def _in_line(error, filenames):
    """`` in line 12`` of the first of some files that a traceback passes; else empty."""
    from ..strategy.model import user_line

    line = next(filter(None, (user_line(error, filename) for filename in filenames)), None)
    return f" in line {line}" if line else ""


def _advance_compiled(machine, progress):
    """The loop in a thread of its own, so that this one can hear an interrupt and show progress (S6)."""
    result = [INTERRUPTED]
    # Not `Thread.join`: interrupted, it takes a thread that still runs for one that has ended (Python below 3.13).
    ended = threading.Event()
    turn = {}  # whose it is first: the thread's, or that of an interrupt that came before it began

    def work():
        if turn.setdefault("first", "loop") != "loop":
            return
        try:
            result[0] = machine.advance(machine.rules.end, final=True)
        except BaseException as problem:  # handed over to the thread that waits
            result[0] = problem
        finally:
            ended.set()

    try:
        threading.Thread(target=work, name="backtest").start()
        while not ended.wait(0.02):
            if progress is not None:
                progress(*_so_far(machine))
    except (KeyboardInterrupt, LimitReached):
        pass
    finally:
        # Memory that is still written to is no run: the loop has ended before anybody goes on, impatient or not.
        machine.flag[0] = 1
        while turn.setdefault("first", "interrupt") == "loop" and not ended.is_set():
            try:  # noqa: SIM105, an interrupt inside `suppress` would pass it
                ended.wait()
            except (KeyboardInterrupt, LimitReached):
                pass
    if isinstance(result[0], BaseException):
        raise result[0]
    return result[0]


def _so_far(machine):
    """Share and count of the ticks taken, read while the loop goes on: it keeps its place in memory."""
    y = machine.syms[0]
    first, done = int(y["first"]), int(y["cursor"] - y["first"])
    return done / max(1, machine.tick_end - first), done


def _advance_python(machine, progress):
    """Callbacks in CPython on this thread: breakpoints, print and any library work (S2)."""
    calls = [getattr(machine.python_callbacks, name) for name in CALLBACKS]
    told = 0.0
    while True:
        code = machine.advance(machine.rules.end, final=True)
        if code != CALL:
            return code
        calls[int(machine.state[0]["call"])]()
        if progress is not None and time.perf_counter() - told > 0.1:
            told = time.perf_counter()
            progress(*_so_far(machine))
