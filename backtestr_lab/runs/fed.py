"""A machine whose ticks come from outside while it runs: bars and indicators grow with them (C4, S8)."""

from dataclasses import dataclass

import numpy as np

from ..bars import bars_from_ticks
from ..bars.tape import Tape
from ..engine import feeding, layout, loop
from ..engine.layout import GROW
from ..indicators.graph import column_of
from ..indicators.node import Field
from ..units import HOUR, MINUTE
from .backtest import graphs_of
from .machine import Machine

__all__ = ["FedMachine", "FedMarket", "Standing"]


class FedMarket:
    """A tape as a market: what a machine reads of one."""

    def __init__(self, tape):
        self.tape = tape
        self.symbol = tape.symbol
        self.period = tape.timeframes[0].us

    @property
    def ticks(self):
        """The ticks so far, with all columns."""
        return self.tape.all_ticks

    @property
    def base(self):
        """Base bars so far."""
        return self.bars(self.tape.timeframes[0])

    def bars(self, timeframe):
        """Bars of a timeframe so far."""
        return self.tape.of(timeframe)

    def columns(self, timeframe):
        """None yet: `FedMachine` keeps those of closed bars."""
        return np.empty(0)


class FedMachine(Machine):
    """A run in memory that goes as far as its ticks.

    Parameters
    ----------
    tape : Tape
        Its ticks so far are those before `rules.start`.
    plan : Plan
    rules : Rules
        Its `end` is where the ticks must end at the latest.
    python, skip : bool
        As of `Machine`.
    """

    def __init__(self, tape, plan, rules, *, python=False, skip=True):
        self.tape = tape
        (graph,) = graphs_of(plan.nodes, [tape.symbol])
        super().__init__(
            [FedMarket(tape)],
            plan,
            rules,
            [dict.fromkeys(graph.keys, np.empty(0))],
            plan.timers(rules.start, rules.end),
            python=python,
            skip=skip,
        )
        self._held = feeding.hold(*self.callbacks)
        self._rows = np.array([tape.row(_timeframe(tape, frame)) for frame in self.frames], "i8")
        self._reckoned = _Reckoned(tape, plan)
        self._moved = -1
        self.reckon(rules.start)
        loop.close_bars(self.c)

    def reckon(self, now):
        """Have bars and indicators ready for whatever closes up to an instant; no earlier than the last tick."""
        if self._moved != self.tape.moved:
            self._follow()
        self._reckoned.reckon(now)
        feeding.know(self.c, self.tape.n, self.tape.counts, self._rows)

    def _follow(self):
        """Point at the tape's arrays, where they lie now."""
        tape, y = self.tape, self.syms[0]
        for name, column in tape.all_ticks._columns().items():
            y[name] = column.ctypes.data
        y["bars"] = tape.bars[0].ctypes.data
        for frame, f in zip(self.frames, self._rows):
            frame["bars"] = tape.bars[f].ctypes.data
        values, columns = self._reckoned.make_room()
        room = tape.bars.shape[1]
        series = self._shared["series"].copy()
        series["offset"] = room * np.arange(len(series))
        at = {timeframe: 6 * room * k for k, timeframe in enumerate(self._reckoned.shown)}
        for frame, f in zip(self.frames, self._rows):
            frame["columns"], frame["room"] = at.get(tape.timeframes[f], -1), room
        self.give(series=series, values=values, columns=columns)
        self._moved = tape.moved

    @property
    def next_close(self):
        """When the next bar ends that something is reckoned for."""
        return self._reckoned.next_close

    def feed_one(self, tick):
        """Take one tick, for which there is room and nothing to reckon, and go on through its stamp."""
        tape = self.tape
        code = feeding.feed_one(self.c, self._held, self._rows, tape.columns, tape.count, *tape.room, *tick)
        return code if code != GROW else self.go_on()

    def advance(self, until, *, limit=None, final=False):
        """Go on through every instant up to `until`, all ticks of the tape being there."""
        state, y = self.state[0], self.syms[0]
        y["limit"], y["seen_to"] = self.tape.n, 0
        state["until"], state["final"] = until, final
        return self.go_on()

    def go_on(self):
        """Advance to where it was to go."""
        while True:
            code = feeding.advance_with(self.c, self._held)
            if code != GROW:
                return code
            self._grow()

    def end_at(self, end):
        """Let the run end there: what would fall due at the end or later does not."""
        self.config[0]["end"] = end
        schedule, timers = self._shared["schedule"], self._shared["timers"]
        new_day = schedule["kind"] == layout.NEW_DAY
        kept = schedule[(schedule["ts"] < end) | (new_day & (schedule["ts"] <= end))]
        self.give(schedule=kept, timers=timers[timers < end])
        loop.close_bars(self.c)

    @property
    def tick_ends(self):
        """All ticks are the run's."""
        return [self.tape.n]


class _Reckoned:
    """What is reckoned when bars close: the columns `bars()` reads, and indicators, in arrays with room.

    An indicator is worked out again over all its bars (S8: it is the function of all of them), and only what is new is
    written down.
    """

    def __init__(self, tape, plan):
        self.tape = tape
        self.keys = list(plan.nodes)
        self.shown = [timeframe for timeframe in plan.frames if timeframe in plan.bars_frames]
        self.graphs = {}
        for timeframe in {key.timeframe for key in self.keys}:
            nodes = [key for key in self.keys if key.timeframe == timeframe]
            self.graphs[timeframe] = graphs_of(nodes, [tape.symbol])[0]
        self.fields = {  # columns that the indicators of a timeframe read
            timeframe: {field: np.empty(0) for node in graph.order for field in node.inputs if isinstance(field, Field)}
            for timeframe, graph in self.graphs.items()
        }
        self.done = dict.fromkeys({*self.graphs, *self.shown}, 0)
        self.checked = dict.fromkeys(self.graphs, 0)
        self.values, self.columns = np.empty((len(self.keys), 0)), np.empty((6 * len(self.shown), 0))
        self.next_close = 0

    def make_room(self):
        """Room for as many bars as the tape has; both as one row after another."""
        self.values, self.columns = (self._wider(array) for array in (self.values, self.columns))
        for columns in self.fields.values():
            columns.update({field: self._wider(column[None])[0] for field, column in columns.items()})
        return self.values.reshape(-1), self.columns.reshape(-1)

    def _wider(self, array):
        wider = np.zeros((len(array), self.tape.bars.shape[1]))
        wider[:, : array.shape[1]] = array
        return wider

    def reckon(self, now):
        """Reckon for all bars that have ended by an instant."""
        ends = []
        for timeframe, done in self.done.items():
            closed = self.tape.closed(timeframe, now)
            if closed > done:
                self._show(timeframe, done, closed)
                self._evaluate(timeframe, done, closed)
                self.done[timeframe] = closed
            bars = self.tape.of(timeframe)
            if closed < len(bars):
                ends.append(int(bars[closed]["end"]))
        # 0: a bar is still to open, and when it ends is not known before.
        self.next_close = min(ends, default=2**62) if len(ends) == len(self.done) else 0

    def _show(self, timeframe, done, closed):
        if timeframe not in self.shown:
            return
        symbol, bars = self.tape.symbol, self.tape.of(timeframe)[done:closed]
        rows = self.columns[6 * self.shown.index(timeframe) :]
        for row, name in zip(rows, ("open", "high", "low", "close")):
            row[done:closed] = bars[name] / 10.0**symbol.digits
        rows[4, done:closed] = bars["volume"] / 10.0**symbol.quantity_digits
        rows[5, done:closed] = bars["ticks"]

    def _evaluate(self, timeframe, done, closed):
        graph = self.graphs.get(timeframe)
        if graph is None:
            return
        # Indicators of the user's are tried for look-ahead as often as their bars have doubled.
        check = closed >= 2 * self.checked[timeframe]
        if check:
            self.checked[timeframe] = closed
        columns = self.fields[timeframe]
        for field, column in columns.items():
            column[done:closed] = column_of(self._bars(timeframe, field.side, done, closed), field, self.tape.symbol)
        known = {(None, field): column[:closed] for field, column in columns.items()}
        values = graph.evaluate(lambda symbol, frame: self.tape.of(frame)[:closed], known, check=check)
        for row, key in zip(self.values, self.keys):
            if key in values:
                row[done:closed] = values[key][done:closed]

    def _bars(self, timeframe, side, done, closed):
        bars = self.tape.of(timeframe)[done:closed]
        if side != "mid":
            return bars
        ticks = self.tape.ticks[int(bars["first"][0]) : int(bars["first"][-1] + bars["ticks"][-1])]
        return bars_from_ticks(ticks, timeframe, side="mid")


def _timeframe(tape, frame):
    return next(t for t in tape.timeframes if t.us == int(frame["us"]))


def make_tape(symbol, timeframes):
    """A tape whose base bars are minutes, or the finest grid that holds all timeframes."""
    period = int(np.gcd.reduce([MINUTE, *(t.us for t in timeframes if t.us < MINUTE)]))
    assert HOUR % period == 0
    return Tape(symbol, timeframes, period)


@dataclass
class Standing:
    """A machine as it stands, over data that stay: what a `Run` is made of.

    Attributes
    ----------
    As those of `Machine`.
    """

    c: object
    rules: object
    state: np.ndarray
    syms: np.ndarray
    columns: list
    events: np.ndarray
    cursors: np.ndarray
    orders: np.ndarray
    taken: int
    ended: bool
    plan: object
    frames: np.ndarray
    markets: list
    ints: np.ndarray
    floats: np.ndarray
    iarr: np.ndarray
    farr: np.ndarray

    @classmethod
    def of(cls, machine, market, rules, now):
        """That of a machine, over a market of the same ticks; `now` is the instant up to which all has happened."""
        state, syms = machine.state.copy(), machine.syms.copy()
        state[0]["now"] = max(int(state[0]["now"]), now)
        columns = {**market.ticks._columns(), "bars": market.base, "days": machine.columns[0]["days"]}
        for name in ("bid_size", "ask_size", "volume"):
            syms[0][name] = 0
        for name, array in columns.items():
            syms[0][name] = array.ctypes.data
        rows = {n: getattr(machine, n) for n in ("c", "events", "cursors", "taken", "ended", "plan", "markets")}
        parts = {n: getattr(machine, n).copy() for n in ("orders", "frames", "ints", "floats", "iarr", "farr")}
        return cls(rules=rules, state=state, syms=syms, columns=[columns], **rows, **parts)
