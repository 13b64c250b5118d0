"""`Run`: one executed backtest, everything derived from its journal (T4, P7, M1)."""

from functools import cached_property

import numpy as np

from ..engine import trades as derive
from ..errors import OptionError, did_you_mean
from ..records import EVENTS, PHASES, REASONS, codes
from ..units import MINUTE, Timeframe, format_micros, to_micros
from . import tables
from .ambiguity import ambiguous
from .assumptions import assumptions
from .book import Book
from .conservation import check_conservation
from .machine import own_cursors
from .manifest import manifest_of
from .peaks import Peaks
from .state import State
from .stats import statistics
from .trace import Trace
from .warnings import warnings

__all__ = ["Run"]

_END = codes(PHASES)["END"]


class Run:
    """One executed backtest; made by `backtest`.

    Attributes
    ----------
    trades, orders, fills, positions, events, equity : DataFrame
        Views of the one journal (T4), times UTC-aware.
    stats : Stats
        About thirty figures (M1).
    manifest : dict
        What it ran on (D6).
    journal : (n,) EVENT
    stopped : str or None
        Why it ended early, if it did.
    assumptions, warnings : list of str
        What the result rests on, and what to look at, in plain words.

    Examples
    --------
    >>> import backtestr_lab as lab
    >>> class Hold(lab.Strategy):
    ...     def on_bar(self, bar):
    ...         if not self.position:
    ...             self.buy(10_000)
    >>> run = lab.backtest(Hold, lab.sample("EURUSD", days=1))
    >>> len(run.fills), run.at("2024-01-01 12:00").quantity
    (1, 10000.0)
    """

    def __init__(self, job, machine, seconds):
        self._checked = check_conservation(machine)
        self._job, self._plan, self._rules = job, job.plan, job.rules
        self._markets, self._market = job.markets, job.market
        self._columns = machine.columns  # its rows of symbols point there
        self._syms = machine.syms.copy()
        self._firsts = machine.syms["first"].tolist()
        self._first = sum(self._firsts)
        self._cursor = machine.taken
        self._ends = machine.syms["cursor"].tolist()
        self._now = int(machine.state[0]["now"])
        self._ended = machine.ended
        self.journal = machine.events
        self._cursors = machine.cursors
        self._orders = machine.orders
        self.visited = int(machine.state[0]["visited"])
        self.seconds = self.again_seconds = seconds  # to run it again is quicker: nothing to compile or to load
        self.stopped = None
        self.name = job.plan.name
        self.symbols = tuple(market.symbol for market in job.markets)
        self.symbol = job.market.symbol
        self.timeframes = job.timeframes
        self.timeframe = min(job.plan.listens, default=Timeframe(MINUTE))
        self.start, self.end = job.rules.start, job.rules.end
        self.currency = job.rules.currency
        self.cash = job.rules.cash / tables.MICRO
        self.options = job.options
        self.params = dict(job.plan.params)
        self.n_ticks = self._cursor - self._first

    def __repr__(self):
        stats = self.stats
        return (
            f"<Run {self.name} on {self.symbol}: {format_micros(self.start)} .. {format_micros(self.end)}, "
            f"{len(self._trades[0])} trades, net {stats.net_profit:+,.2f} {self.currency}"
            f"{', ' + self.stopped if self.stopped else ''}>"
        )

    def _ipython_display_(self):
        from ..replay import display

        display(self)

    def plot(self, **options):
        """The Bokeh layout that the cell shows, to change or to save; options are those of `replay.plot`."""
        from ..replay import plot

        return plot(self, **options)

    def replay(self, at=None, *, timeframes=None, decorate=None, height=820):
        """The replay: a cursor over everything the strategy saw, moved in the page and from Python.

        Parameters
        ----------
        at : datetime, str, int or row of a table, optional
            Where to open: an instant, the number of a trade, or a row of `trades`, `orders`, `fills` or `events`;
            left out, the entry of the first trade.
        timeframes : list of str, optional
            Those with a chart; left out, the run's.
        decorate : callable, optional
            Called with the Bokeh figures by name before they are shown; may add glyphs to them.
        height : int
            CSS pixels.

        Returns
        -------
        Player
            With `cursor`, `tick`, `state`, `select(trade)`.

        Raises
        ------
        OptionError
            `at` names nothing in this run, or another argument is none of these.

        Examples
        --------
        >>> trend.replay(at="2024-01-02 12:30")                # doctest: +SKIP
        """
        from ..replay import replay

        return replay(self, at, timeframes=timeframes, decorate=decorate, height=height)

    def to_html(self, path, *, max_bytes=None, timeframes=None, at=None, decorate=None):
        """Write summary and replay as one HTML file that needs no network and no kernel.

        Parameters
        ----------
        path : str or Path
        max_bytes : int, optional
            Most bytes the packed run may have: ticks far from the events go first, then all ticks, then detail; the
            page says what it lacks.
        timeframes, at, decorate
            As of `replay`.

        Returns
        -------
        Path

        Raises
        ------
        OptionError
            `max_bytes` is less than the least there can be, or the file cannot be written.

        Examples
        --------
        >>> trend.to_html("trend.html")                        # doctest: +SKIP
        """
        from ..replay import to_html

        return to_html(self, path, max_bytes=max_bytes, timeframes=timeframes, at=at, decorate=decorate)

    @property
    def last(self):
        """The last instant that can be asked for, µs UTC: the end, or how far a run came that was stopped."""
        return self.end if self._ended else max(self._now, self.start)

    # -- data ------------------------------------------------------------------------------------------------------

    @property
    def ticks(self):
        """The ticks it ran on, warm-up included."""
        return self._market.ticks

    @property
    def _minute(self):
        """The timeframe whose ends are equity points: a minute, or that of the bars it ran on where they are longer."""
        return Timeframe(max(MINUTE, self._market.period))

    def bars(self, timeframe, symbol=None):
        """(m,) BAR of a timeframe, warm-up included; of the first symbol, or of the one named."""
        return self._markets[self._number(symbol)].bars(timeframe)

    def _number(self, symbol):
        """Index of a symbol named, or 0."""
        if symbol is None:
            return 0
        names = [one.name for one in self.symbols]
        name = getattr(symbol, "name", symbol)
        if name not in names:
            raise OptionError(f"this run has no symbol {name}{did_you_mean(name, names)}; it has {', '.join(names)}")
        return names.index(name)

    @property
    def indicators(self):
        """Each indicator the strategy reads: name -> (timeframe, (m,) float64 aligned to `bars(timeframe)`)."""
        return {name: (key.timeframe, self._values(key)) for name, key in self._plan.indicators.items()}

    def _place(self, key, k=0):
        """Index of the symbol whose bars an indicator is on: the one it names, else `k`."""
        return k if key.symbol is None else self._number(key.symbol)

    def _values(self, key, k=0):
        """Values of an indicator as the callbacks of symbol `k` read it."""
        k = self._place(key, k)
        return self._markets[k].evaluate(self._job.graphs[k])[key]

    # -- tables ----------------------------------------------------------------------------------------------------

    @cached_property
    def events(self):
        """Every event of the journal."""
        return tables.events_table(self.journal, self.symbols)

    @cached_property
    def orders(self):
        """Every order: what was asked for and what became of it."""
        return tables.orders_table(self._orders, self.journal, self.symbols, self._plan.tags)

    @cached_property
    def fills(self):
        """Every execution."""
        return tables.fills_table(tables.fills_records(self.journal, self._orders, self._rules), self.symbols)

    @cached_property
    def _round_trips(self):
        """The trades, and the journal's rows of the entry and the exit of each."""
        return derive.trades_of(self.journal, self._orders)

    @property
    def _trade_cursors(self):
        """(n, 2) int64: ticks of all symbols taken after the entry and the exit of each trade."""
        return self._cursors[self._round_trips[1]]

    @cached_property
    def _trades(self):
        trades, events = self._round_trips
        own = self._own_cursors
        at = np.stack([own[events[:, side], trades["symbol"]] for side in (0, 1)], axis=1)
        for k, market in enumerate(self._markets):
            market.excursions(trades, at, k)
        return trades, at

    @cached_property
    def _own_cursors(self):
        """(n, symbols) int64: for each event, the ticks each symbol had taken."""
        return own_cursors([market.ticks.ts for market in self._markets], self.journal["ts"], self._cursors)

    @cached_property
    def trades(self):
        """Every round trip, entry to exit; of a run on bars also whether it is `ambiguous` (F10)."""
        table = tables.trades_table(self._trades[0], self.symbols)
        return table.assign(ambiguous=ambiguous(self)) if self._rules.intrabar else table

    @cached_property
    def positions(self):
        """The net position after each fill."""
        return tables.positions_table(self.journal, self.symbols)

    @cached_property
    def _points(self):
        minutes = [market.bars(self._minute) for market in self._markets]
        minutes = [bars[np.searchsorted(bars["end"], self.start, "right") :] for bars in minutes]
        ends = minutes[0]["end"] if len(minutes) == 1 else np.unique(np.concatenate([bars["end"] for bars in minutes]))
        at = [np.searchsorted(market.ticks.ts, ends, "left") for market in self._markets]
        syms = self._syms.copy()
        ts, balance, equity, low = derive.equity_of(
            self.journal,
            self._own_cursors,
            np.ascontiguousarray(ends),
            np.ascontiguousarray(np.stack(at, axis=1)),
            minutes[0] if len(minutes) == 1 else minutes[0][:0],
            syms,
            self.last,
            self._rules.cash,
            self._market.binder(syms),
        )
        return {
            "ts": ts,
            "balance": balance,
            "equity": equity,
            "low": low,
            "cash": self._rules.cash,
            "minutes": ends[: np.searchsorted(ends, self.last, "right")],
        }

    @cached_property
    def equity(self):
        """Balance, equity and drawdown at every equity point: the end of each minute with ticks, and each fill (P7)."""
        return tables.equity_table(self._points)

    @cached_property
    def _peaks(self):
        return Peaks(self)

    @property
    def exposure(self):
        """Share of the run's time with an open position."""
        journal = self.journal
        filled = np.isin(journal["kind"], [codes(EVENTS)["FILLED"], codes(EVENTS)["PARTIAL_FILL"]])
        closed = journal["reason"] == codes(REASONS)["PROFIT"]
        ts = np.concatenate([journal["ts"], [self.last]])
        # A fill opens, but for the pieces that its bookings say it closed; those were open before.
        held = np.cumsum(np.abs(journal["quantity"]) * (filled.astype("i8") - 2 * closed))
        length = self.end - self.start
        return float((np.diff(ts) * (held != 0)).sum() / length) if length else 0.0

    @cached_property
    def stats(self):
        """Return, risk and trade statistics (M1)."""
        booked = self.journal["reason"] == codes(REASONS)["COMMISSION"]
        return statistics(
            self._points,
            self._trades[0],
            symbol=self.symbols,
            start=self.start,
            end=self.last,
            cash=self._rules.cash,
            currency=self.currency,
            exposure=self.exposure,
            intrabar_low=self._points["low"],
            commission=-int(self.journal["amount"][booked].sum()),
        )

    @cached_property
    def manifest(self):
        """What it ran on: symbol, range, ticks' hash, cell, captured names, parameters, versions, seed (D6)."""
        return manifest_of(self)

    # -- words -----------------------------------------------------------------------------------------------------

    @property
    def assumptions(self):
        """What the result rests on, a sentence each."""
        words = assumptions(self._job)
        return words + [self._looked.line] if self._looked else words

    @property
    def warnings(self):
        """What to look at before believing the result, a sentence each."""
        return warnings(self)

    def explain(self, order):
        """The story of one order in sentences, to print (O2).

        Parameters
        ----------
        order : int
            Its id: the index of `orders`.

        Returns
        -------
        Story
            Its `text` says when and where it was asked for, why it was accepted or rejected, which tick triggered or
            filled it, what it paid, opened, closed, cancelled and released, and how it ended.

        Raises
        ------
        OptionError
            There is no such order.
        """
        from .story import explain

        return explain(self, order)

    def audit(self):
        """The invariants that were checked when the run ended: what each says, how, over how many records (P3)."""
        from .audit import audit

        return audit(self._checked)

    def check_lookahead(self, samples=8, seed=0):
        """Whether the run used what it could not know: run again with other ticks after sampled instants (S4, S7).

        Parameters
        ----------
        samples : int
            How many instants; half of them where the strategy decided something.
        seed : int
            Chooses the instants and draws the other ticks.

        Returns
        -------
        LookAhead
            True when nothing was found; `offender` names the first that knew too much, `checked` and `unseen` say what
            was compared and what such a check cannot see.

        Notes
        -----
        Takes about two runs and a pass over the ticks for each instant. Python callbacks are run again, with all they
        print.
        """
        from .lookahead import check_lookahead

        return check_lookahead(self, samples=samples, seed=seed)

    def intrabar(self):
        """The same strategy on bars, under each guess of what happened inside them, against this run (F10).

        Returns
        -------
        Intrabar
            Shows as a table: net profit, and how many trades change; `trades` lists those, `runs` has all runs.

        Raises
        ------
        OptionError
            The strategy needs bars below a minute, or the run was stopped.

        Notes
        -----
        Bars of the run's own ticks, 1m, with the median of their spreads; a run on bars keeps its own. Takes four runs;
        Python callbacks are run again, with all they print.
        """
        from .intrabar import compare

        return compare(self)

    @cached_property
    def _looked(self):
        from .lookahead import unasked

        return unasked(self)

    # -- time travel -----------------------------------------------------------------------------------------------

    @cached_property
    def _book(self):
        return Book(self.journal, self._orders, self._rules.cash)

    @cached_property
    def _trace(self):
        from .backtest import fresh_machine

        stopped = self._now if self.stopped else None
        return Trace(lambda: fresh_machine(self._job), self.journal, self._orders, self._cursor, stopped)

    def at(self, when, tick=None):
        """The state after everything stamped up to an instant (T1).

        Parameters
        ----------
        when : datetime, str or int
            UTC when naive; an int is µs UTC.
        tick : int, optional
            After the tick-th (from 1) of the ticks stamped exactly `when`, of all symbols; 0 is before the first.

        Returns
        -------
        State

        Raises
        ------
        OptionError
            Outside the run.

        Notes
        -----
        Read from the journal; cost grows with the logarithm of the run, plus at most one bar's ticks (T3).
        """
        ts = self._inside(to_micros(when, "when"))
        columns = [market.ticks.ts for market in self._markets]
        cursor = sum(int(np.searchsorted(column, ts, "right")) for column in columns)
        n = int(np.searchsorted(self.journal["ts"], ts, "right"))
        if tick is not None:
            first = sum(int(np.searchsorted(column, ts, "left")) for column in columns)
            if not 0 <= tick <= cursor - first:
                raise OptionError(f"tick is {tick}, but {cursor - first} ticks are stamped {format_micros(ts)}")
            cursor = first + tick
            n = min(n, int(np.searchsorted(self._cursors, cursor, "right")))
        cursor = min(cursor, self._cursor)  # ticks stamped `end` are not the run's
        while n and self.journal["phase"][n - 1] == _END:
            n -= 1
        return State(self, ts, cursor, n)

    def _inside(self, ts):
        """The same instant, where there is an answer for it."""
        if not self.start <= ts <= self.last:
            raise OptionError(
                f"{format_micros(ts)} is outside the run, which covers {format_micros(self.start)} to "
                f"{format_micros(self.last)}"
            )
        return ts

    def _variables(self, ts, cursor):
        return self._trace.at(ts, cursor, self._held)

    def _held(self, memory):
        """The strategy's variables out of a machine, or out of a copy of its memory."""
        callbacks = getattr(memory, "python_callbacks", None)
        return callbacks.variables() if callbacks else self._plan.variables(memory)
