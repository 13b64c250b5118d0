"""`Session`: a run driven from outside, tick by tick, to be gone on with tomorrow (C4, S8)."""

import time
from dataclasses import replace

from ..engine.layout import INTERRUPTED, MORE
from ..errors import DataError, OptionError, StrategyError
from ..limits import Limits
from ..records import Ticks
from ..units import DAY, DEFAULT_TIMEFRAMES, MINUTE, Timeframe, format_micros, to_micros
from .backtest import Job, advanced, graphs_of, run_of
from .data import check_sizes, spreads_of, warm_start
from .fed import FedMachine, Standing, make_tape
from .incoming import Incoming, is_one
from .market import Market
from .market_state import MarketState
from .options import Options, takes_options
from .rates import currency_of, rates_of
from .rules import rules_of
from .run import Run

__all__ = ["Session"]

_LONGEST = 3660 * DAY  # days, nights and times of `on_time` are known for so long
_FEW = 1000  # ticks that are taken without a thread to hear an interrupt


class Session:
    """A strategy on ticks that come from outside: the engine of `backtest`, gone on with at every `feed` (C4).

    However the ticks are cut into pieces, the journal is that of one `backtest` over all of them, byte for byte.

    Parameters
    ----------
    strategy : type
        A subclass of `Strategy`.
    symbol : str or Symbol
        Of the ticks; one symbol.
    start, end : datetime or str, optional
        Left out, the session starts with the minute of the first tick, and can go on for ten years.
    history : Ticks, table or arrays, optional
        Ticks before the start: they feed bars and indicators, never fills (S8).
    params, timeframes, warmup, python
        As of `backtest`; `warmup` says how much of `history` is used.
    **options
        As of `backtest`: cash, commission, slippage, ...

    Attributes
    ----------
    run : Run
        The run so far, at any moment; later ticks do not change it.
    market : MarketState
        Closed and forming bars and the last tick, as they are now.
    now : int or None
        The latest instant known, µs UTC.

    Raises
    ------
    StrategyError, SymbolError, OptionError, DataError
        As `backtest`.

    Notes
    -----
    One tick is taken in some microseconds. At the close of a bar the indicators of its timeframe are worked out again
    over all its bars, for each value is the function of all of them. A callback that never ends can be interrupted
    while many ticks are fed at once, not while one is.

    Examples
    --------
    >>> import backtestr_lab as lab
    >>> class Once(lab.Strategy):
    ...     def on_tick(self, tick):
    ...         if not self.position:
    ...             self.buy(10_000)
    >>> session = lab.Session(Once, "EURUSD", cash=10_000)
    >>> session.feed(("2024-01-02 09:00:00", 1.1, 1.1001))
    >>> session.feed(("2024-01-02 09:00:01", 1.1002, 1.1003))
    >>> session.run.fills.price.tolist(), session.run.at("2024-01-02 09:00:01").equity
    ([1.1003], 9999.0)
    >>> len(session.finish().fills)
    1
    """

    @takes_options
    def __init__(
        self,
        strategy,
        symbol,
        start=None,
        end=None,
        *,
        history=None,
        params=None,
        timeframes=None,
        warmup="auto",
        python=False,
        source=None,
        skip=True,
        **options,
    ):
        from ..strategy.lower import prepare

        if isinstance(symbol, (list, tuple, dict)):
            raise OptionError(f"a session takes one symbol, and {len(symbol)} are given; use a session for each")
        if isinstance(params, (list, tuple)):
            raise OptionError("a session takes one set of parameters; use a session for each")
        self._options = options = Options.of(options)
        self._start = None if start is None else to_micros(start, "start")
        self._end = None if end is None else to_micros(end, "end")
        if None not in (self._start, self._end) and self._end <= self._start:
            raise OptionError(f"the end, {format_micros(self._end)}, is not after the start; end must be later")
        incoming = Incoming(symbol, crossed=options.crossed, end=self._end)
        symbol = incoming.symbol
        (incoming.spread,) = spreads_of(options.spread, [symbol])
        about = {"timeframe": None, "symbols": [symbol.name]}
        plan = prepare(strategy, params, python=python, **about, **(source or {}))
        shown = tuple(Timeframe.several(timeframes)) if timeframes else DEFAULT_TIMEFRAMES
        minute = [Timeframe(MINUTE)] if options.drawdown is not None else []
        self._incoming, self._warmup = incoming, warmup
        self._tape = make_tape(symbol, list(dict.fromkeys([*plan.frames, *shown, *minute])))
        self.market = MarketState._over(self._tape, incoming, shown)
        plain = options.plain() | {"warmup": warmup, "python": python}
        rules = self._rules(0, 1)  # what is wrong with an option is told now, not at the first tick
        self._job = Job(plan, [], rules, (incoming.spread,), None, shown, plain, python, skip)
        self._job.graphs = graphs_of(plan.nodes, [symbol])
        self._machine = self._stopped = self._finished = None
        self._seen_run = None, None
        self._seconds = 0.0
        self._history = None
        if history is not None:
            self._history = incoming.many(history)
            self._check_history()

    def __repr__(self):
        told = "nothing yet" if self._machine is None else f"{self._machine.taken - self._first:,} ticks"
        so_far = "" if self.now is None else f" up to {format_micros(self.now)}"
        ended = f", {self._stopped}" if self._stopped else ", finished" if self._finished else ""
        return f"<Session {self._job.plan.name} on {self._tape.symbol}: {told}{so_far}{ended}>"

    @property
    def now(self):
        """The latest instant known, µs UTC; None before the first."""
        return self._incoming.seen

    @property
    def _first(self):
        return int(self._machine.syms[0]["first"])

    # -- the beginning ---------------------------------------------------------------------------------------------

    def _rules(self, start, end):
        symbol, options = self._tape.symbol, self._options
        currency = currency_of(options.currency, symbol)
        rates = rates_of([symbol], currency, options.convert, lambda name: None)
        return rules_of(options, [symbol], rates, currency, start, end)

    def _check_history(self):
        if self._start is not None and len(self._history) and self._history.ts[-1] >= self._start:
            raise OptionError(
                f"history reaches to {format_micros(self._history.ts[-1])}, the start is "
                f"{format_micros(self._start)}; history ends before the start"
            )

    def _begin(self, first):
        """Make the machine; `first` is the stamp of the first tick or the instant gone on to."""
        job, history = self._job, self._history
        warm = history is not None and len(history) > 0
        start = first // MINUTE * MINUTE
        if warm:
            start = max(start, int(history.ts[-1]) + 1) if self._start is None else self._start
        elif self._start is not None:
            start = max(start, self._start)
        end = start + _LONGEST if self._end is None else self._end
        job.rules, job.loaded = self._rules(start, end), start
        if warm:
            job.loaded = max(int(history.ts[0]) // MINUTE * MINUTE, warm_start(job.plan, start, self._warmup))
            self._tape.append(history.between(job.loaded, start))
        self._machine = FedMachine(self._tape, job.plan, job.rules, python=job.python, skip=job.skip)
        if job.python:
            from ..strategy.compile import PythonCallbacks

            self._machine.python_callbacks = PythonCallbacks(job.plan, self._machine)
        self._incoming.start, self._incoming.end = start, end
        self._history = None

    # -- going on --------------------------------------------------------------------------------------------------

    def feed(self, ticks):
        """Take one tick or many, and go on through the stamp of the last.

        Parameters
        ----------
        ticks : tuple, Ticks or table
            (ts, bid, ask[, bid_size, ask_size[, volume]]) of one tick, or the same with arrays: instants in any usual
            form or µs UTC, decimal prices, units. Tables are read as by `backtest`.

        Raises
        ------
        DataError, TickOrderError
            One of them cannot be a tick, is older than the last, or than an instant gone on to; none of them is taken
            then, and the session stays as it was.
        StrategyError
            A callback failed; its `run` is what was computed, and the session has ended.
        RunStopped
            Interrupted; its `run` is what was computed. The ticks are taken: what is fed next goes on from there.
        """
        self._check_open()
        if not is_one(ticks):
            self._take(self._incoming.many(ticks))
            return
        one = self._incoming.one(ticks)
        if one is None:
            return
        tape, machine = self._tape, self._machine
        ts = one[0]
        if machine is None or self._job.python or ts >= machine.next_close or not tape.has_room(ts):
            columns = dict(zip(Ticks.COLUMNS, ([value] for value in one)))
            given = {name: column for name, column in columns.items() if name in Ticks.COLUMNS[:3] or column[0]}
            self._take(Ticks(**given, symbol=tape.symbol, checked=True))
            return
        self._incoming.seen = ts
        tape.has_sizes(*one[3:])
        self._step(lambda: machine.feed_one(one), few=True)

    def _take(self, ticks):
        if not len(ticks):
            return
        if len(self._tape.has) == 3:
            check_sizes(ticks, self._options)
        if self._machine is None:
            self._begin(int(ticks.ts[0]))
            self._incoming.check_time(int(ticks.ts[0]))
            self._incoming.check_time(int(ticks.ts[-1]))
        last = int(ticks.ts[-1])
        self._tape.append(ticks)
        self._go_on(last, few=len(ticks) <= _FEW)

    def advance(self, until):
        """Let time pass without a tick: bars close by the clock, times of `on_time` come, orders expire (C2).

        Raises
        ------
        TickOrderError
            `until` is before the latest instant known.
        """
        self._check_open()
        until = to_micros(until, "until")
        self._incoming.check_order(until)
        if self._end is not None and until >= self._end:
            raise OptionError(f"{format_micros(until)} is not before the end, {format_micros(self._end)}; finish()")
        if self._machine is None and self._history is not None and len(self._history) and self._start is not None:
            self._begin(self._start)
        if self._machine is None:
            self._incoming.seen = until  # a run begins with its first tick
        else:
            self._go_on(until)

    def _go_on(self, until, few=False):
        machine = self._machine
        self._incoming.seen = until
        self._step(lambda: machine.advance(until), few=few, reckon=until)

    def _step(self, move, few=False, reckon=None, finish=False):
        """Move the machine; what stops it becomes an exception that holds the run."""
        began = time.perf_counter()
        codes = []

        def moved():
            codes.append(move())
            return codes[-1]

        ending = None, None
        with Limits() as limits:
            try:
                if reckon is not None:
                    self._machine.reckon(reckon)
                if few and not self._job.python and moved() == MORE:
                    pass
                else:
                    ending = advanced(self._job, self._machine, None, limits, (lambda: codes[-1]) if codes else moved)
                    self._machine.flag[0] = 0  # the thread that waits leaves it up
            except Exception as problem:
                ending = self._explained(problem, limits)
        self._seconds += time.perf_counter() - began
        if ending != (None, None) or finish:
            # One that was interrupted between two steps goes on from there.
            if not (codes and codes[-1] == INTERRUPTED and ending[0]) and ending != (None, None):
                self._stopped = ending[0] or "ended by an error"
            return run_of(*self._standing(), began, limits, *ending)
        return None

    def _explained(self, problem, limits):
        def again():
            raise problem

        try:
            return advanced(self._job, self._machine, None, limits, again)
        except Exception:
            self._stopped = "ended by an error"
            raise

    def _check_open(self):
        if self._finished is not None:
            raise OptionError("this session is finished; its run stays, and new ticks need a new session")
        if self._stopped:
            raise StrategyError(f"this session has {self._stopped}; its run stays, and new ticks need a new session")

    # -- what there is ---------------------------------------------------------------------------------------------

    @property
    def run(self):
        """The run so far, as if it had been stopped here (T1); made anew when ticks have come, in one pass over all."""
        if self._finished is not None:
            return self._finished
        if self._machine is None:
            raise DataError(f"no tick of {self._tape.symbol} has come yet; feed ticks first")
        stands = self._tape.n, self.now, len(self._machine.events)
        if self._seen_run[0] != stands:
            job, standing = self._standing()
            run = Run(job, standing, self._seconds)
            if self._stopped:
                run.stopped = self._stopped
            self._seen_run = stands, run
        return self._seen_run[1]

    def _standing(self):
        """The job and the machine as they stand, over data that stay."""
        tape, machine, job = self._tape, self._machine, self._job
        rules = job.rules
        if not machine.ended:
            rules = replace(rules, end=min(rules.end, self._end_after(self.now)))
        market = Market.of(tape.ticks, tape.timeframes)
        job = replace(job, markets=[market], rules=rules)
        return job, Standing.of(machine, market, rules, self.now)

    def _end_after(self, ts):
        """The end a run has that is not told another: the minute after its last tick, and after all that happened."""
        last = self._tape.last
        return max(-1 if last is None else (last // MINUTE + 1) * MINUTE, ts + 1)

    def finish(self, end=None):
        """End the session as a run ends: last bars close, `close_at_end`, `on_end` (C5).

        Parameters
        ----------
        end : datetime or str, optional
            Later than the last tick; left out, the session's, or the minute after the last tick.

        Returns
        -------
        Run
            That of one `backtest` over all ticks up to that end.

        Raises
        ------
        OptionError
            The end is not later than all that has happened.
        DataError
            No tick has come.
        """
        self._check_open()
        if self._machine is None:
            raise DataError(f"no tick of {self._tape.symbol} has come yet; feed ticks first")
        machine, last = self._machine, self._tape.last
        if end is not None:
            end = to_micros(end, "end")
        elif self._end is not None:
            end = self._end
        else:
            end = max((last // MINUTE + 1) * MINUTE, self.now)
        if end < self.now or end <= last or end > self._incoming.end:
            raise OptionError(
                f"the end, {format_micros(end)}, must be later than the last tick, {format_micros(last)}, and no "
                f"earlier than {format_micros(self.now)}, up to which all has happened"
            )
        self._job.rules = machine.rules = replace(self._job.rules, end=end)
        self._incoming.seen = end
        machine.reckon(end)
        machine.end_at(end)
        self._finished = self._step(lambda: machine.advance(end, final=True), finish=True)
        return self._finished
