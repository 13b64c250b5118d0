"""Ticks that keep coming, and the bars of some timeframes kept up with them, bar by bar (R1-R10).

Everything lies in arrays with room to spare, so that a tick costs a few stores whatever came before it. An array that
is full is replaced by one of twice its size; `moved` then tells those who hold addresses.
"""

import numpy as np

from ..jit import kernel
from ..records import BAR, Ticks
from ..units import DAY, HOUR, Timeframe
from .calendar import boundaries
from .rows import absorb, first_at, measure

__all__ = ["Tape", "take_in"]

_AHEAD = 400 * DAY  # boundaries of longer timeframes are kept for so long
_TICKS, _BARS = 2**14, 2**11  # room at first


class Tape:
    """The ticks of one symbol so far, and their bars.

    Parameters
    ----------
    symbol : Symbol
    timeframes : iterable of Timeframe
    period : int
        Of the base bars, µs; divides one hour and every timeframe.

    Attributes
    ----------
    columns : (6, room) int64
        As `Ticks.COLUMNS`; those that the feed does not have are 0.
    bars : (k, room) BAR
        Row 0 are base bars, then a row for each of `timeframes`.
    counts : (k,) int64
        Bars in each row; the last of a row is still forming, or nothing has come since it ended.
    moved : int
        How often arrays were replaced.

    Examples
    --------
    >>> from backtestr_lab.symbols import EURUSD
    >>> tape = Tape(EURUSD, [Timeframe.parse("5m")], 60_000_000)
    >>> tape.append(Ticks([0, 5, 60_000_000], [10, 14, 13], [12, 15, 15], symbol=EURUSD))
    >>> tape.append(Ticks([60_000_001], [19], [21], symbol=EURUSD))
    >>> tape.of(Timeframe.parse("5m"))[["ts", "high", "close", "ticks"]].tolist()
    [(0, 19, 19, 4)]
    """

    def __init__(self, symbol, timeframes, period):
        self.symbol = symbol
        self.timeframes = (Timeframe(period), *(t for t in timeframes if t.us != period))
        self.columns = np.zeros((6, _TICKS), "i8")
        self.count = np.zeros(1, "i8")  # ticks so far; a kernel's to change, together with the bars
        self.moved = 0
        self.has = set(Ticks.COLUMNS[:3])
        self.bars = np.zeros((len(self.timeframes), _BARS), BAR)
        self.counts = np.zeros(len(self.timeframes), "i8")
        # 0: its boundaries are in `grid`.
        self.periods = np.array([t.us if t.us <= HOUR else 0 for t in self.timeframes], "i8")
        self.grid = np.zeros((len(self.timeframes), 1), "i8")
        self.piece = np.zeros(1, BAR)
        self._known = (-(2**62), 2**62) if self.periods.all() else (0, 0)  # of these stamps, all boundaries are known

    def __len__(self):
        return self.n

    @property
    def n(self):
        """Ticks so far."""
        return int(self.count[0])

    @property
    def last(self):
        """Stamp of the last tick, or None."""
        return int(self.columns[0, self.n - 1]) if self.n else None

    @property
    def ticks(self):
        """The ticks so far: views, which stay what they are."""
        columns = {name: self.columns[k, : self.n] for k, name in enumerate(Ticks.COLUMNS) if name in self.has}
        return Ticks(**columns, symbol=self.symbol, checked=True)

    @property
    def all_ticks(self):
        """The same with all columns, zeros where the feed has none."""
        columns = dict(zip(Ticks.COLUMNS, self.columns[:, : self.n]))
        return Ticks(**columns, symbol=self.symbol, checked=True)

    def row(self, timeframe):
        """The row of a timeframe in `bars`."""
        return self.timeframes.index(timeframe)

    def of(self, timeframe):
        """(m,) BAR of a timeframe, the forming one included: a view, whose last bar changes."""
        f = self.row(timeframe)
        return self.bars[f, : self.counts[f]]

    def closed(self, timeframe, now):
        """How many bars of a timeframe have ended by an instant no earlier than the last tick (C2)."""
        f = self.row(timeframe)
        count = int(self.counts[f])
        return count - int(count > 0 and self.bars[f, count - 1]["end"] > now)

    def append(self, ticks):
        """Take in ticks that are no older than the last."""
        if not len(ticks):
            return
        self.make_room(len(ticks), int(ticks.ts[0]), int(ticks.ts[-1]))
        for k, name in enumerate(Ticks.COLUMNS):
            column = getattr(ticks, name)
            if column is not None:
                self.columns[k, self.n : self.n + len(ticks)] = column
                self.has.add(name)
        take_in(self.columns, self.count, len(ticks), *self.room)

    def append_one(self, *values):
        """Take in one tick, for which there is room: its columns, 0 for those that the feed does not have."""
        self.columns[:, self.n] = values
        self.has_sizes(*values[3:])
        take_in(self.columns, self.count, 1, *self.room)

    def has_sizes(self, bid_size, ask_size, volume):
        """Note which columns the feed has, from one tick."""
        if bid_size or ask_size or volume:
            self.has |= {n for n, v in zip(Ticks.COLUMNS[3:], (bid_size, ask_size, volume)) if v}

    @property
    def room(self):
        """What `take_in` writes to, columns aside."""
        return self.bars, self.counts, self.periods, self.grid, self.piece

    def make_room(self, count, first, last):
        """See to it that so many ticks of such stamps can be taken in."""
        most = self.columns.shape[1]
        if self.n + count > most:
            self.columns = _larger(self.columns, max(2 * most, self.n + count), self.n)
            self.moved += 1
        more = min(count, (last - first) // self.timeframes[0].us + 2)
        most, used = self.bars.shape[1], int(self.counts[0])
        if used + more > most:
            self.bars = _larger(self.bars, max(2 * most, used + more), used)
            self.moved += 1
        if not self._known[0] <= first <= last < self._known[1]:
            self._know(first, last + _AHEAD)

    def has_room(self, ts):
        """Whether one tick more can be taken in."""
        return (
            self.n < self.columns.shape[1]
            and self.counts[0] < self.bars.shape[1]
            and self._known[0] <= ts < self._known[1]
        )

    def _know(self, first, last):
        grids = [
            np.empty(0, "i8") if us else boundaries(timeframe, self.symbol.anchor, first, last)
            for timeframe, us in zip(self.timeframes, self.periods)
        ]
        self.grid = np.full((len(grids), max(map(len, grids))), 2**62, "i8")
        for row, grid in zip(self.grid, grids):
            row[: len(grid)] = grid
        self._known = first, last


def _larger(array, room, used):
    grown = np.zeros((len(array), room), array.dtype)
    grown[:, :used] = array[:, :used]
    return grown


@kernel
def take_in(columns, count, more, bars, counts, periods, grid, piece):
    """Count so many ticks more, which lie in the columns, and bring all bars up to them; there is room.

    Parameters
    ----------
    columns, count, bars, counts, periods, grid
        A tape's.
    piece : (1,) BAR
        Scratch.
    """
    low = count[0]
    high = low + more
    count[0] = high
    ts = columns[0][:high]
    period = periods[0]
    part = piece[0]
    while low < high:
        opened = ts[low] - ts[low] % period
        cut = first_at(ts, low + 1, opened + period)
        measure(columns[1], columns[2], columns[5], low, cut, part)
        part["ts"] = opened
        part["end"] = opened + period
        for f in range(len(counts)):
            n = counts[f]
            row = bars[f]
            if n > 0 and opened < row[n - 1]["end"]:
                absorb(row[n - 1], part)
                continue
            row[n] = part
            if periods[f] > 0:
                row[n]["ts"] = opened - opened % periods[f]
                row[n]["end"] = row[n]["ts"] + periods[f]
            else:
                k = _after(grid[f], opened)
                row[n]["ts"] = grid[f][k - 1]
                row[n]["end"] = grid[f][k]
            counts[f] = n + 1
        low = cut


@kernel
def _after(grid, ts):
    """Index of the first boundary later than an instant."""
    low, high = 0, len(grid)
    while low < high:
        middle = (low + high) >> 1
        if grid[middle] <= ts:
            low = middle + 1
        else:
            high = middle
    return low
