"""Ticks that are larger than memory: read from their store when somebody looks at them (C4, T3).

Base bars are the index: every bar knows its boundaries and its tick range, so that any stretch of ticks is a range of
time in the store, and most questions about instants are answered without a tick.
"""

import hashlib
from contextlib import closing
from types import SimpleNamespace

import numpy as np

from ..bars import base_bars, roll_up
from ..bars.rows import bar_of
from ..errors import StoreError
from ..jit import frozen
from ..records import Ticks
from ..store.cache import LruCache
from ..units import Timeframe

__all__ = ["ROWS", "Column", "StreamedTicks"]

ROWS = 1 << 20  # ticks at hand at once
BLOCK = 1 << 17  # ticks read together for a question about one
_CACHE_BYTES = 48 * 2**20


class StreamedTicks:
    """The ticks of a range, as `Ticks` to those who look; only some of them are in memory at a time.

    Parameters
    ----------
    source : TickRange
        Has `symbol`, `columns`, ``chunks(rows)`` and ``read(start, end)``.
    shape : callable
        What a run does to its ticks before it starts: Ticks to Ticks, tick by tick.
    rows : int
        Ticks in a chunk.
    period : int
        Of the base bars, µs.

    Attributes
    ----------
    base : (m,) BAR
        Their base bars, made in one pass over the chunks.
    ts, bid, ask, bid_size, ask_size, volume : Column or None
    """

    COLUMNS = Ticks.COLUMNS

    def __init__(self, source, shape, rows, period):
        self.source, self.shape, self.rows, self.symbol = source, shape, rows, source.symbol
        self._size, self._hash = 0, None
        self.sized = False
        self.base = frozen(self._scanned(period))
        # Blocks are whole base bars.
        block = np.minimum(rows, BLOCK) if rows > 1000 else 1000
        firsts = self.base["first"]
        self._starts = firsts[np.flatnonzero(np.diff(firsts // block, prepend=-1))]
        self._blocks = LruCache(_CACHE_BYTES)
        self._set_columns()

    def _set_columns(self):
        for name in self.COLUMNS:
            setattr(self, name, Column(self, name) if name in self.source.columns else None)

    def _scanned(self, period):
        found = []
        for chunk in self.source.chunks(self.rows):
            ticks = self.shape(chunk)
            bars = base_bars(ticks, period).copy()  # without the room for bars that did not come
            bars["first"] += self._size
            found.append(bars)
            self._size += len(ticks)
            if not self.sized:
                self.sized = any(c is not None and c.any() for c in (ticks.bid_size, ticks.ask_size, ticks.volume))
        if not found:
            return base_bars(Ticks([], [], [], symbol=self.symbol), period)
        # A bar that two chunks share is two bars until here.
        return roll_up(np.concatenate(found), Timeframe(period), self.symbol.anchor).copy()

    def __len__(self):
        return self._size

    def __repr__(self):
        return f"<StreamedTicks {self.symbol.name}: {len(self):,}>"

    @property
    def nbytes(self):
        """Bytes the columns would take."""
        return 8 * len(self) * len(self.source.columns)

    def __getitem__(self, index):
        """A stretch of the ticks, in memory; its beginning, of any length, as it is."""
        first, end, step = index.indices(len(self))
        if first == 0 and step == 1:
            return self._until(end)
        return self._piece(first, max(first, end))[::step]

    def _until(self, end):
        part = object.__new__(StreamedTicks)
        part.__dict__.update(self.__dict__)
        part._size, part._hash = end, self._hash if end == len(self) else None
        part._set_columns()
        return part

    def between(self, start, end):
        """The ticks of ``[start, end)`` in microseconds, in memory."""
        a, b = self.ts.searchsorted([start, end], "left").tolist()
        return self._piece(a, max(a, b))

    def hash(self):
        """As `Ticks.hash`; reads the ticks once for each column."""
        if self._hash is None:
            digest = hashlib.sha256(self.symbol.name.encode())
            for name in self.COLUMNS:
                if name not in self.source.columns:
                    continue
                digest.update(name.encode())
                for chunk in self.source.chunks(self.rows):
                    digest.update(getattr(self.shape(chunk), name))
            self._hash = digest.hexdigest()[:16]
        return self._hash

    def chunks(self, start):
        """The ticks from an instant on, chunk by chunk, each valid until the next one is asked for."""
        with closing(self.source.chunks(self.rows, start)) as chunks:
            for chunk in chunks:
                ticks = self.shape(chunk)
                if len(ticks):
                    yield ticks

    # -- pieces ----------------------------------------------------------------------------------------------------

    def read(self, first, end):
        """The ticks of indexes ``[first, end)``, from the store."""
        if first >= end:
            none = np.empty(0, "i8")
            return Ticks(**dict.fromkeys(self.source.columns, none), symbol=self.symbol, checked=True)
        a, z = bar_of(self.base, first), bar_of(self.base, end - 1)
        low, high = int(self.base[a]["first"]), int(self.base[z]["first"] + self.base[z]["ticks"])
        ticks = self.shape(self.source.read(int(self.base[a]["ts"]), int(self.base[z]["end"])))
        if len(ticks) != high - low:
            raise StoreError(f"{self.source!r}: {len(ticks):,} ticks where the run found {high - low:,}; run it again")
        return ticks[first - low : end - low]

    def _block_of(self, i):
        return int(np.searchsorted(self._starts, i, "right")) - 1

    def _block(self, j):
        """(index of its first tick, Ticks) of a block, kept for a while."""
        kept = self._blocks.get(j)
        if kept is None:
            first = int(self._starts[j])
            last = self._starts[j + 1] if j + 1 < len(self._starts) else self.base[-1]["first"] + self.base[-1]["ticks"]
            kept = first, self.read(first, int(last))
            self._blocks.put(j, kept, kept[1].nbytes)
        return kept

    def _piece(self, first, end):
        """The ticks of ``[first, end)``: of a block at hand, or read."""
        if first < end and (j := self._block_of(first)) == self._block_of(end - 1):
            low, ticks = self._block(j)
            return ticks[first - low : end - low]
        return self.read(first, end)

    def window(self, first, end):
        """Columns in which the ticks of ``[first, end)`` lie under their own indexes; no other may be looked at."""
        return window_of(self._piece(first, end), first)


def window_of(ticks, first):
    """The columns of some ticks as if the first of them had that index.

    Examples
    --------
    >>> from backtestr_lab.symbols import EURUSD
    >>> ticks = Ticks([5, 6], [110000, 110001], [110002, 110003], symbol=EURUSD)
    >>> int(window_of(ticks, 1_000_000).ts[1_000_001])
    6
    """
    columns = {name: getattr(ticks, name) for name in ticks.COLUMNS}
    placed = {name: None if c is None else np.asarray(_Placed(c, first)) for name, c in columns.items()}
    return SimpleNamespace(**placed, COLUMNS=ticks.COLUMNS, first=first, end=first + len(ticks))


class _Placed:
    """An array seen from where its index 0 would lie; numpy keeps this, and so the array."""

    def __init__(self, array, first):
        self.array = array = np.ascontiguousarray(array, "i8")
        self.__array_interface__ = {
            "version": 3,
            "typestr": array.dtype.str,
            "shape": (first + len(array),),
            "data": (array.ctypes.data - 8 * first, True),
        }


class Column:
    """One column of streamed ticks: elements, slices and searches as of a read-only array."""

    dtype, ndim = np.dtype("i8"), 1

    def __init__(self, ticks, name):
        self._ticks, self._name = ticks, name

    def __len__(self):
        return len(self._ticks)

    @property
    def shape(self):
        """As of an array."""
        return (len(self),)

    def __array__(self, dtype=None, copy=None):
        """All of it: as large as the range."""
        return np.asarray(getattr(self._ticks.read(0, len(self)), self._name), dtype)

    def __getitem__(self, index):
        if isinstance(index, slice):
            first, end, step = index.indices(len(self))
            if step != 1:
                return self[np.arange(first, end, step)]
            return getattr(self._ticks._piece(first, max(first, end)), self._name)
        index = np.asarray(index)
        if index.dtype == bool:
            index = np.flatnonzero(index)
        at = np.where(index < 0, index + len(self), index)
        if at.size and not 0 <= at.min() <= at.max() < len(self):
            raise IndexError(f"tick {index} of {len(self):,}")
        out = np.empty(at.shape, "i8")
        blocks = np.searchsorted(self._ticks._starts, at, "right") - 1
        for j in np.unique(blocks).tolist():
            first, ticks = self._ticks._block(j)
            out[blocks == j] = getattr(ticks, self._name)[at[blocks == j] - first]
        return out[()]

    def any(self):
        """Whether the ticks have sizes."""
        return self._ticks.sized if self._name not in ("ts", "bid", "ask") else len(self) > 0

    def searchsorted(self, values, side="left", sorter=None):
        """As of an array of stamps: base bars tell most of it, and ticks are looked at inside a bar only."""
        values = np.asarray(values, "i8")
        base, n = self._ticks.base, len(self)
        bars = np.searchsorted(base["end"], values, "right")  # of these every tick is older
        there = bars < len(base)
        found = np.full(values.shape, n, "i8")
        found[there] = base["first"][bars[there]]
        opened = np.full(values.shape, 2**62, "i8")
        opened[there] = base["ts"][bars[there]]
        inside = (opened < values) | ((opened == values) & (side == "right"))
        for b in np.unique(bars[inside]).tolist():
            first = int(base[b]["first"])
            ts = getattr(self._ticks._piece(first, min(n, first + int(base[b]["ticks"]))), self._name)
            these = inside & (bars == b)
            found[these] = first + np.searchsorted(ts, values[these], side)
        return np.minimum(found, n)[()]
