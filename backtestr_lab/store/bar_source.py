"""Bars from a table, as the four ticks that each stands for: a source of ticks like a store (R2, F10, D1)."""

import numpy as np

from ..bars import boundaries
from ..errors import DataError, OptionError, TickOrderError
from ..records import Ticks
from ..units import DAY, HOUR, WEEK, Timeframe, format_micros, to_points
from .check import Faults, settle_symbol
from .names import ROLES
from .tables import column_numbers, table_columns
from .times import read_times

__all__ = ["BarSource", "has_bars"]

PRICES = ("open", "high", "low", "close")
LABELS = ("open", "close")
_NAMELESS = "BARS"  # a table without a name is called so


def has_bars(data):
    """Whether a table has columns open, high, low and close, and none of quotes.

    Examples
    --------
    >>> import pandas as pd
    >>> has_bars(pd.DataFrame(columns=["Open", "High", "Low", "Close"])), has_bars(pd.DataFrame(columns=["bid", "ask"]))
    (True, False)
    """
    names = getattr(data, "column_names", None)
    names = {_plain(name) for name in (getattr(data, "columns", ()) if names is None else names)}
    return set(PRICES) <= names and not {"bid", "ask"} <= names


class BarSource:
    """One symbol's bars, behind the interface of a store.

    Parameters
    ----------
    data : pandas.DataFrame, pyarrow.Table or polars.DataFrame
        Columns open, high, low, close, volume if there is one, and a time column or index; naive times are UTC.
    symbol : str or Symbol, optional
        An unknown name is guessed from the data (U5); left out, the bars are called BARS.
    label : {"open", "close"}
        Whether a bar's time is when it opens or when it closes (R2).
    timeframe : str, optional
        Left out, the shortest distance of two bars.

    Attributes
    ----------
    ticks : Ticks
        Four a bar: open, low, high, close, without a spread; which extreme is first is settled by the run.
    timeframe : Timeframe

    Raises
    ------
    DataError
        A column is missing, a row cannot be a bar, or a bar is off the grid; a table is taken whole or not at all.
    TickOrderError
        A bar is older than the one before it.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"open": [10.0, 11.0], "high": [12.0, 11.5], "low": [9.0, 10.5], "close": [11.0, 11.25]},
    ...     index=pd.to_datetime(["2024-01-02", "2024-01-03"]),
    ... )
    >>> source = BarSource(table, "ACME")
    >>> source.timeframe.name, source.ticks.bid[:4].tolist()
    ('1d', [1000, 900, 1200, 1100])
    """

    where = "the bars given"

    def __init__(self, data, symbol=None, *, label="open", timeframe=None):
        if label not in LABELS:
            raise OptionError(f"label is {label!r}; give 'open' or 'close', what a bar's time is")
        place = f"bars of {getattr(symbol, 'name', symbol)}" if symbol is not None else "bars"
        columns = table_columns(data, None, place, find=_find)
        stamps, prices, volume = _read(columns, place)
        self.symbol, _ = settle_symbol(_NAMELESS if symbol is None else symbol, None, prices, [volume])
        prices = np.array([to_points(column, self.symbol.digits) for column in prices]).astype("i8")
        _check(prices, place)
        self.timeframe = Timeframe.parse(timeframe) if timeframe is not None else _told(stamps, place)
        opens, ends = _on_grid(stamps, self.timeframe, self.symbol.anchor, label, place)
        self._opens = opens
        self.ticks = _ticks(opens, ends, prices, volume, self.symbol)
        self._parts = {}

    def span(self, symbol=None):
        """First and last stamp in microseconds, or None when there are no bars."""
        return (int(self.ticks.ts[0]), int(self.ticks.ts[-1])) if len(self.ticks) else None

    def columns(self, symbol, start, end):
        """The ticks of the bars that open in ``[start, end)``: whole bars, or a run would not know their extremes."""
        a, b = (int(n) for n in np.searchsorted(self._opens, [start, end], "left"))
        if (a, b) == (0, len(self._opens)):
            return self.ticks
        if (a, b) not in self._parts:
            self._parts = {(a, b): self.ticks[4 * a : 4 * b]}  # the same object next time, so that its bars are found
        return self._parts[a, b]


def _plain(name):
    return "".join(c for c in str(name).lower() if c.isalnum())


def _find(names, mapping, place):
    """Role -> column of a table of bars."""
    plain = {}
    for name in names:
        plain.setdefault(_plain(name), name)
    usual = {"ts": ROLES["ts"], **{name: (name,) for name in PRICES}, "volume": ROLES["volume"]}
    found = {role: plain[word] for role, words in usual.items() for word in reversed(words) if word in plain}
    found |= mapping or {}
    if "ts" not in found:
        raise DataError(f"{place}: no time column or index; give the table a DatetimeIndex, or a column 'time'")
    return found


def _read(columns, place):
    """Times, the four prices as decimals, and the volume or None."""
    faults = Faults(len(next(iter(columns.values()))))
    stamps = read_times(columns["ts"], "UTC", faults, place)
    numbers = {role: column_numbers(array, role, faults, place) for role, array in columns.items() if role != "ts"}
    for role, values in numbers.items():
        least = 0 if role == "volume" else np.nextafter(0, 1)
        with np.errstate(invalid="ignore"):
            faults.add(~(np.isfinite(values) & (values >= least)), lambda i, r=role, v=values: f"{r} is {v[i]:g}")
    if faults.count:
        row, reason = faults.listed()[0]
        more = f" and {faults.count - 1:,} more" if faults.count > 1 else ""
        raise DataError(f"{place}: row {row}: {reason}{more}; correct the rows or leave them out, e.g. with .dropna()")
    if not len(stamps):
        raise DataError(f"{place}: the table is empty")
    late = np.flatnonzero(np.diff(stamps) <= 0)
    if len(late):
        i = int(late[0]) + 1
        if stamps[i] == stamps[i - 1]:
            raise DataError(f"{place}: row {i} has the time of the row before, {format_micros(stamps[i])}; keep one")
        raise TickOrderError.at(i, format_micros(stamps[i - 1]), format_micros(stamps[i]))
    return stamps, [numbers[name] for name in PRICES], numbers.get("volume")


def _check(prices, place):
    opened, high, low, close = prices
    wrong = np.flatnonzero((low > np.minimum(opened, close)) | (high < np.maximum(opened, close)) | (low < 1))
    if len(wrong):
        i = int(wrong[0])
        raise DataError(
            f"{place}: row {i}: open or close lies outside the range from low to high, or low is below a point; "
            "correct the row"
        )


def _told(stamps, place):
    """The timeframe that the distances of the bars show."""
    apart = int(np.diff(stamps).min()) if len(stamps) > 1 else 0
    for whole in (DAY, WEEK):
        if abs(apart - whole) <= HOUR and apart != whole:
            apart = whole  # a day with a clock change
    try:
        return Timeframe(Timeframe.parse(Timeframe(apart).name).us)
    except OptionError:
        text = f"are {Timeframe(apart).name} apart at least" if apart else "are a single one"
        raise DataError(f"{place} {text}, which is no timeframe; say what they are: timeframe='1d'") from None


def _on_grid(stamps, timeframe, anchor, label, place):
    """When each bar opens and ends; its time must lie on the timeframe's grid (R7)."""
    grid = boundaries(timeframe, anchor, int(stamps[0]) - 1, int(stamps[-1]) + 1)
    at = np.searchsorted(grid, stamps, "left")
    off = np.flatnonzero(grid[np.minimum(at, len(grid) - 1)] != stamps)
    if len(off):
        i = int(off[0])
        below = grid[np.searchsorted(grid, stamps[i], "right") - 1]
        raise DataError(
            f"{place}: row {i}: {format_micros(stamps[i])} is not where a {timeframe} bar of this symbol {label}s, "
            f"{format_micros(below)} is; shift the times, give timeframe=, or a symbol with another anchor"
        )
    opens = at if label == "open" else at - 1
    return grid[opens], grid[opens + 1]


def _ticks(opens, ends, prices, volume, symbol):
    """Open, low, high, close at t, t + P // 3, t + 2 * P // 3, t + P - 1; a quarter of the volume each (F10)."""
    length = ends - opens
    ts = np.stack([opens, opens + length // 3, opens + 2 * length // 3, ends - 1], axis=1).reshape(-1)
    bid = prices[[0, 2, 1, 3]].T.reshape(-1)
    traded = None
    if volume is not None and volume.any():
        steps = np.asarray(to_points(volume, symbol.quantity_digits), "i8")
        quarter = steps // 4
        traded = np.stack([quarter, quarter, quarter, steps - 3 * quarter], axis=1).reshape(-1)
    bid = np.ascontiguousarray(bid)
    return Ticks(ts, bid, bid, volume=traded, symbol=symbol, checked=True)
