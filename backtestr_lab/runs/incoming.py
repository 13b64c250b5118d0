"""What a feed hands over, one tick or many, in any usual form -> whole units, taken whole or not at all (D1, U1-U3)."""

import math

import numpy as np

from ..errors import DataError, OptionError, TickOrderError
from ..records import Ticks
from ..symbols import Symbol
from ..symbols import symbol as find_symbol
from ..units import format_micros, to_micros
from .data import shaped

__all__ = ["Incoming"]

_MOST = 2.0**53  # points that float64 still counts
_NAMES = ("bid_size", "ask_size", "volume")


class Incoming:
    """A feed of one symbol.

    Parameters
    ----------
    symbol : str or Symbol
    spread : int
        Points added to single prices (R5).
    crossed : {"keep", "drop", "swap"}
        What becomes of crossed quotes (R13).
    start, end : int, optional
        Ticks are stamped in ``[start, end)``.

    Attributes
    ----------
    seen : int or None
        The latest instant known: no tick may be older.
    """

    def __init__(self, symbol, *, spread=0, crossed="keep", start=None, end=None):
        self.symbol = symbol if isinstance(symbol, Symbol) else find_symbol(symbol)
        self.spread, self.crossed = spread, crossed
        self.start, self.end = start, end
        self.seen = None
        self._scale, self._steps = 10.0**self.symbol.digits, 10.0**self.symbol.quantity_digits

    def one(self, tick):
        """(ts, bid, ask, bid_size, ask_size, volume) of one tick in whole units; None when it is dropped (R13).

        Parameters
        ----------
        tick : tuple
            (ts, bid, ask[, bid_size, ask_size[, volume]]): µs UTC or any usual form of an instant, decimal prices,
            units. A `Tick` is one.
        """
        if len(tick) not in (3, 5, 6) and not hasattr(tick, "_fields"):
            raise DataError(
                f"a tick of {self.symbol} has {len(tick)} values; give (ts, bid, ask), or (ts, bid, ask, bid_size, "
                "ask_size, volume)"
            )
        ts = tick[0] if type(tick[0]) is int else to_micros(tick[0], "ts")
        self.check_time(ts)
        bid, ask = self._points("bid", tick[1]), self._points("ask", tick[2])
        sizes = (0, 0, 0)
        if len(tick) > 3:
            sizes = tuple(self._size(name, value) for name, value in zip(_NAMES, (*tick[3:6], 0.0)))
        if self.spread:
            if bid != ask:
                raise OptionError(f"spread is for feeds of single prices; {self.symbol} has its own asks, leave it out")
            ask += self.spread
        if bid > ask and self.crossed != "keep":
            if self.crossed == "drop":
                return None
            return ts, ask, bid, sizes[1], sizes[0], sizes[2]
        return ts, bid, ask, *sizes

    def many(self, ticks):
        """Ticks of a table, of arrays by position, or of `Ticks`."""
        if isinstance(ticks, Ticks):
            if ticks.symbol.name != self.symbol.name:
                raise OptionError(f"these are ticks of {ticks.symbol}; this feed is of {self.symbol}")
            found = ticks
        else:
            from ..store import FrameSource

            found = FrameSource(_table(ticks, self.symbol), self.symbol).ticks
        if len(found):
            self.check_time(int(found.ts[0]))
            if self.end is not None and found.ts[-1] >= self.end:
                self.check_time(int(found.ts[-1]))
        return shaped(found, self.spread, self.crossed)

    def check_time(self, ts):
        """Refuse what is older than the latest instant known, or outside the range."""
        self.check_order(ts)
        if self.start is not None and ts < self.start:
            raise DataError(
                f"a tick of {self.symbol} at {format_micros(ts)} is before the start, {format_micros(self.start)}; "
                "give ticks before it as history="
            )
        if self.end is not None and ts >= self.end:
            raise DataError(
                f"a tick of {self.symbol} at {format_micros(ts)} is not before the end, {format_micros(self.end)}; "
                "give a later end, or start another session"
            )

    def check_order(self, ts):
        """Refuse what is older than the latest instant known (R12)."""
        if self.seen is not None and ts < self.seen:
            raise TickOrderError(
                f"{format_micros(ts)} of {self.symbol} is older than {format_micros(self.seen)}, up to which all has "
                "happened; feed ticks in order of time"
            )

    def _points(self, name, price):
        try:
            points = math.floor(price * self._scale + 0.5)
        except (TypeError, ValueError, OverflowError):
            points = 0
        if not 1 <= points < _MOST:
            raise DataError(
                f"a tick of {self.symbol} has {name} {price!r}; a price is a number from {1 / self._scale:g} up"
            )
        return points

    def _size(self, name, size):
        try:
            steps = math.floor(size * self._steps + 0.5)
        except (TypeError, ValueError, OverflowError):
            steps = -1
        if not 0 <= steps < _MOST:
            raise DataError(f"a tick of {self.symbol} has {name} {size!r}; a size is a number from 0 up")
        return steps


def is_one(ticks):
    """Whether this is one tick rather than columns of many."""
    return isinstance(ticks, (tuple, list)) and bool(ticks) and (isinstance(ticks[0], str) or np.ndim(ticks[0]) == 0)


def _table(ticks, symbol):
    """Columns by position as a table; a table as it is."""
    if isinstance(ticks, dict):
        columns = ticks
    elif isinstance(ticks, (tuple, list)):
        if len(ticks) not in (3, 5, 6):
            raise DataError(
                f"ticks of {symbol} have {len(ticks)} columns; give (ts, bid, ask), or (ts, bid, ask, bid_size, "
                "ask_size, volume)"
            )
        columns = dict(zip(Ticks.COLUMNS, ticks))
    else:
        if not hasattr(ticks, "columns") and not hasattr(ticks, "__arrow_c_stream__"):
            raise DataError(
                f"{type(ticks).__name__} is nothing ticks of {symbol} can be read from; give one tick (ts, bid, ask), "
                "a tuple of arrays, Ticks, or a table"
            )
        return ticks
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {n:,}" for name, n in lengths.items())
        raise DataError(f"ticks of {symbol}: columns of different lengths, {told}; give a value of each for each tick")
    import pandas as pd

    columns = {name: np.asarray(column) for name, column in columns.items()}
    ts = columns.get("ts")
    if ts is not None and ts.dtype.kind in "iu":
        columns["ts"] = ts.astype("M8[us]")  # µs, whatever their size (U1)
    return pd.DataFrame(columns)
