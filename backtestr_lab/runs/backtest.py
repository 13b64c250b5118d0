"""`backtest`: a strategy and data in, a `Run` out. Builds, allocates and drives; decides nothing itself."""

import threading
import time
from dataclasses import dataclass, field

from ..engine.context import Interrupted
from ..engine.layout import CALLBACKS
from ..errors import RunStopped, StrategyError
from ..indicators.graph import Graph
from ..interrupts import careful
from ..limits import LimitReached, Limits, reachable
from ..units import format_micros
from .data import Data
from .machine import CALL, INTERRUPTED, ROUNDS, Machine
from .options import Options, takes_options
from .run import Run
from .settled import settle
from .sources import sources_of

__all__ = ["Job", "advanced", "backtest", "fresh_machine", "graphs_of", "run_of"]


@dataclass
class Job:
    """One run being prepared: what was asked for, resolved."""

    plan: object
    markets: list  # of Market, one a symbol: those named, then those that only convert
    rules: object
    spread: tuple  # points added to single prices, one a symbol
    loaded: int  # where the data begins, warm-up included
    timeframes: tuple
    options: dict
    python: bool
    skip: bool
    bars: object = None  # Timeframe of the bars it is made on, None for ticks
    graphs: tuple = ()  # of Graph, one a symbol
    ready: float | None = None  # when all was compiled and loaded, on the clock of `time.perf_counter`
    warnings: list = field(default_factory=list)

    @property
    def market(self):
        """That of the first symbol."""
        return self.markets[0]

    @property
    def graph(self):
        """The indicators as the first symbol's callbacks read them; None before there is a machine."""
        return self.graphs[0] if self.graphs else None


@takes_options
def backtest(
    strategy,
    data,
    start=None,
    end=None,
    *,
    symbol=None,
    store=None,
    params=None,
    timeframes=None,
    warmup="auto",
    timeout=None,
    max_memory=None,
    stream=None,
    python=False,
    progress=None,
    source=None,
    skip=True,
    **options,
):
    """Run a strategy over ticks, tick-exact (C, O, F, P, S).

    Parameters
    ----------
    strategy : type
        A subclass of `Strategy`.
    data : str, Ticks, table, or several of them
        A symbol of the store; ticks; a DataFrame, pyarrow.Table or polars.DataFrame of ticks, with `symbol=`, or of
        bars with columns open, high, low, close (F10). Several symbols share one account (P6): a list of names or
        `Ticks`, or a dict of name to table.
    start, end : datetime or str, optional
        The range ``[start, end)``, UTC (U1); left out, all there is of any symbol.
    symbol : str or Symbol, optional
        Of a table.
    store : Store or str, optional
        Left out, the default store.
    params : dict or list of dict, optional
        Parameters of the strategy; a list runs each over data loaded and indicators computed once.
    timeframes : iterable of str, optional
        What the result and time travel show; default 1m 5m 15m 1h 4h 1d (R11).
    warmup : "auto", int or 0
        Bars before `start` that feed indicators (S8): the longest lookback x 4, or a count of the shortest timeframe.
    timeout : str or number, optional
        Seconds, or ``"30s"``, ``"5min"``: how long this may take, loading included; then the run ends where it is (S6).
    max_memory : str or int, optional
        Bytes, or ``"2GB"``: what the process may grow meanwhile; then the run ends where it is (S6).
    stream : bool or int, optional
        Read the ticks of one symbol of the store in chunks, of so many rows, instead of loading them (C4): the same
        result in memory that does not grow with the range. Left out, where they would take more than half of the
        memory.
    python : bool
        Run the callbacks in CPython: any library, breakpoints, print; the same journal (S2).
    progress : callable, optional
        Called with (share done, ticks taken so far) from the thread that called `backtest`.

    Other Parameters
    ----------------
    cash, currency : float, str
        Starting balance, 100_000; in USD if the first symbol has it, else in its quote currency.
    convert : dict, optional
        Which symbol converts a currency to the account's (P6): ``{"JPY": "USDJPY"}``. Left out, a symbol of the run
        that joins the two, else one of the store.
    leverage : float, each
        Instead of the symbol's own initial margin; the maintenance margin, at which positions are closed by force,
        keeps its share of it (P4).
    hedging : bool
        Each entry is a position of its own, both sides at once; else one position per symbol (P1).
    commission : str
        ``"3.5/lot"``, ``"0.00002/unit"``, ``"2bps"``, ``"2.5/order"``; maker and taker, ``"1bps/5bps"``; with a least
        and a most an order, ``"0.005/unit min 1 max 20"`` (F9).
    slippage : int or str, each
        Of market and stop fills: points, ``"0.5pips"``, ``"0.5spread"``; ``"2impact"``, points for an order as large as
        the size quoted; ``"0..3points"``, drawn (F9).
    spread : int or str, each
        Points or pips, for feeds of single prices (R5).
    swap, triple : (float, float) or str, each; str or None, each
        Points per night for long and short positions, received when positive, ``(-6.5, 2)`` or ``"-0.65pips/0.2pips"``;
        the day whose night counts three times, ``"Wed"`` (F9).
    bookings : DataFrame, list of dict or path of a CSV file
        Columns time, and amount, per_unit (dividends) or rate (funding), and symbol (F9).
    latency : str
        How long orders, changes and cancels travel: ``"50ms"``, or drawn from a range, ``"20..80ms"`` (F9).
    liquidity, participation : {"unlimited", "quoted"}, float
        Whether a tick offers no more than the size it quotes, so that orders fill in parts, and the share of that size
        an order may take (F8).
    crossed : {"keep", "drop", "swap"}
        Policy for quotes with bid above ask (R13).
    intrabar : {"worst", "best", "ohlc", "olhc"}
        Of bars as input: which extreme comes first inside a bar, the one that hurts the open position, the one that
        helps it, the high, or the low (F10).
    label, timeframe : {"open", "close"}, str
        Of bars as input: what their times are, and how long they are; left out, that is told from the data (R2).
    close_at_end : bool
        Close what is open at the last quote (C5); else it stays open, marked.
    seed : int
        Of everything drawn.
    size : float or str, each
        What an order without a quantity asks for: units, a share of equity ``"10%"``, or what is at risk to the
        stop-loss, ``"1%risk"`` (P5).
    max_order, max_position : float, each
        Units (P4). Entries beyond a limit are rejected; closing never is.
    max_orders, max_positions, max_leverage : int, int, float
        Open entry orders, positions, and their value over equity (P4).
    daily_loss, drawdown : float or str
        An amount or a share, ``"2%"``: closes all and refuses entries, until the next day or for good (P4).

    Those marked "each" may differ by symbol: ``{"EURUSD": 3, "USDJPY": 5}``, or ``"EURUSD=3,USDJPY=5"``.

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
    given = Options.of(options)
    sources = sources_of(data, symbol, store, label=given.label, timeframe=given.timeframe)
    data = Data(sources, start, end, timeframes, warmup, stream)
    several = isinstance(params, (list, tuple))
    asked = {"python": python, "progress": progress, "source": source or {}, "skip": skip}
    asked |= {"timeout": timeout, "max_memory": max_memory}
    runs = [_run(strategy, data, given, point, **asked) for point in (params if several else [params])]
    return runs if several else runs[0]


def _run(strategy, data, options, params, *, python, progress, source, skip, timeout, max_memory):
    began = time.perf_counter()
    with Limits(timeout, max_memory) as limits:
        try:
            # At first use: the strategy layer compiles when it is imported, and an engine that runs uncompiled does
            # without it.
            from ..strategy.lower import prepare

            about = {"timeframe": data.sources.bars, "symbols": data.sources.names}
            plan = prepare(strategy, params, python=python, **about, **source)
            loaded = data.load(plan, options)
            plain = options.plain() | {"warmup": data.warmup, "python": python}
            job = Job(plan, options=plain, python=python, skip=skip, **loaded)
            job.ready = time.perf_counter()
            machine = fresh_machine(job)
        except LimitReached as end:
            place = _in_line(end, {f.__code__.co_filename for f in vars(strategy).values() if hasattr(f, "__code__")})
            raise RunStopped(f"{limits.what}{place} before the run began; {limits.way_out}") from None
        return _drive(job, machine, began, progress, limits)


def fresh_machine(job):
    """A machine at the run's start, with its callbacks ready; `backtest` and time travel drive it."""
    plan = job.plan
    job.graphs = graphs_of(plan.nodes, [market.symbol for market in job.markets])
    values = [market.evaluate(graph) for market, graph in zip(job.markets, job.graphs)]
    timers = plan.timers(job.rules.start, job.rules.end)
    machine = Machine(job.markets, plan, job.rules, values, timers, python=job.python, skip=job.skip)
    if job.python:
        from ..strategy.compile import PythonCallbacks

        machine.python_callbacks = PythonCallbacks(plan, machine)
    return machine


def graphs_of(nodes, symbols):
    """For each symbol, the indicators of its own: those that name it, and those that name none."""
    by_name = {symbol.name: symbol for symbol in symbols}
    Graph(nodes, by_name)  # refuses a symbol that the run does not have
    return tuple(Graph([n for n in nodes if n.symbol in (None, name)], {name: by_name[name]}) for name in by_name)


def _drive(job, machine, began, progress, limits):
    """Advance to the end; what stops a run is turned into words, and the run kept."""
    ending = None
    while True:
        try:
            ending = ending or advanced(job, machine, progress, limits)
            return careful(run_of, job, machine, began, limits, *ending)
        except KeyboardInterrupt as interrupt:  # once all is computed, one changes nothing
            ending = ending or (f"interrupted{_in_line(interrupt, {job.plan.filename})}", None)


def advanced(job, machine, progress, limits, move=None):
    """Advance to the end; what stopped it, in words, and the error of the strategy's, each None if there was none.

    `move` advances the machine, where it is not to go to the end.
    """
    move = move or (lambda: machine.advance(machine.rules.end, final=True))
    try:
        advance = _advance_python if job.python else _advance_compiled
        code = reachable(advance, machine, progress, move, flag=machine.flag)
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


def run_of(job, machine, began, limits, stopped, error):
    """The run, or the exception that holds it when it ended early."""
    settle(job, machine)
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


def _advance_compiled(machine, progress, move):
    """The loop in a thread of its own, so that this one can hear an interrupt and show progress (S6)."""
    result = [INTERRUPTED]
    # Not `Thread.join`: interrupted, it takes a thread that still runs for one that has ended (Python below 3.13).
    ended = threading.Event()
    turn = {}  # whose it is first: the thread's, or that of an interrupt that came before it began

    def work():
        if turn.setdefault("first", "loop") != "loop":
            return
        try:
            result[0] = move()
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
    first = int(machine.syms["first"].sum())
    done = machine.taken - first
    return done / max(1, machine.tick_end - first), done


def _advance_python(machine, progress, move):
    """Callbacks in CPython on this thread: breakpoints, print and any library work (S2)."""
    calls = [getattr(machine.python_callbacks, name) for name in CALLBACKS]
    told = 0.0
    while True:
        code = move()
        if code != CALL:
            return code
        calls[int(machine.state[0]["call"])]()
        if progress is not None and time.perf_counter() - told > 0.1:
            told = time.perf_counter()
            progress(*_so_far(machine))
