"""The user's own series beside the bars: joined as of when each row could be known (S7)."""

import datetime as dt
import hashlib

import numpy as np

from ..errors import StrategyError
from .binding import Bars
from .node import Field, Node

__all__ = ["series"]


def series(data, timeframe="1m", *, column=None, lag=None, available=None, symbol=None):
    """An indicator from a pandas Series or DataFrame of the user's, as of its availability (S7).

    The value at a bar is that of the last row whose availability is no later than the bar's end; NaN before the first.

    Parameters
    ----------
    data : pandas.Series or pandas.DataFrame
        Indexed by time; naive times mean UTC (U1).
    timeframe : str or Timeframe
        The bars it is joined to.
    column : str, optional
        Which column of a DataFrame; needed when there are several.
    lag : timedelta or str, optional
        Added to every availability, e.g. ``"1h"``; never negative.
    available : str, optional
        Column with the time at which each row was known; the index by default. A daily close indexed by its date was
        not known at that date's midnight: give ``lag="1d"`` or this.
    symbol : str, optional
        Whose bars; by default those of the symbol the callback is about.

    Returns
    -------
    Node

    Raises
    ------
    StrategyError
        Not pandas, no times, a column that is missing or not numeric, a negative lag.

    Notes
    -----
    Rows may be unsorted; of rows available at the same time the last one counts. Rows whose availability is missing
    (NaT) are left out: they were never known. A missing value is a value: it reads as NaN until the next row; drop
    such rows first to carry the value before them on. Times finer than a microsecond are rounded up.

    Examples
    --------
    >>> import pandas as pd
    >>> from backtestr_lab import ta
    >>> rate = pd.Series([4.5, 4.75], index=pd.to_datetime(["2023-03-22 18:00", "2023-05-03 18:00"]), name="fed")
    >>> ta.series(rate, "1h")
    fed(1h)
    """
    values, times, name = _columns(data, column, available)
    known = _micros(times, name, available)
    keep = known != _NAT
    known, values = known[keep] + _lag(lag), values[keep]
    order = np.argsort(known, kind="stable")
    function = Series(name, known[order], values[order])
    at = Bars("ta.series", None, symbol).at(timeframe)
    return Node(function, (Field(at.timeframe, "end", symbol=symbol),))


class Series:
    """Values by availability, joined to the ends of bars; equal content is one node."""

    outputs = ("real",)
    fields = ("end",)
    checked = True  # a join by availability can't look ahead

    def __init__(self, name, known, values):
        self.name = name
        self._known, self._values = known, values
        digest = hashlib.sha256(repr((name, len(known))).encode())
        digest.update(known.tobytes())
        digest.update(values.tobytes())
        self._digest = digest.digest()

    def __eq__(self, other):
        return isinstance(other, Series) and self._digest == other._digest

    def __hash__(self):
        return hash(self._digest)

    def lookback(self, params):
        """0: what is missing at first can't be had from more bars."""
        return 0

    def calculate(self, arrays, params):
        """Values as of the bars' ends, (m,) float64."""
        (end,) = arrays
        row = np.searchsorted(self._known, end.astype("i8"), side="right")
        # One NaN in front, so that row 0 means "none known yet".
        return (np.append(np.nan, self._values)[row],)


_NAT = np.iinfo("i8").min
_UNIT_US = {"s": 1_000_000, "ms": 1_000, "us": 1}


def _columns(data, column, available):
    """(values, times, name) of the column that is meant."""
    if type(data).__module__.split(".")[0] != "pandas" or not hasattr(data, "index") or not hasattr(data, "dtypes"):
        raise StrategyError(
            f"ta.series: got a {type(data).__name__}; give a pandas Series or DataFrame indexed by time"
        )
    if hasattr(data, "columns"):
        there = [c for c in data.columns if c != available]
        for wanted in (column, available):
            if wanted is not None and wanted not in data.columns:
                raise StrategyError(f"ta.series: no column {wanted!r}; there are {', '.join(map(str, data.columns))}")
        if column is None and len(there) != 1:
            raise StrategyError(f"ta.series: {len(there)} columns ({', '.join(map(str, there))}); name one: column=...")
        column = there[0] if column is None else column
        values, times = data[column], data.index if available is None else data[available]
        if hasattr(values, "columns") or hasattr(times, "columns"):
            raise StrategyError("ta.series: two columns have the same name; rename one")
    else:
        if column is not None or available is not None:
            raise StrategyError("ta.series: a Series has no columns; leave column= and available= out")
        values, times, column = data, data.index, data.name
    name = "series" if column is None else str(column)
    numeric = getattr(values.dtype, "_is_numeric", False) or getattr(values.dtype, "kind", "") in "fiub"
    if not numeric or getattr(values.dtype, "kind", "") == "c":
        raise StrategyError(f"ta.series: {name} is {values.dtype}, not numeric; convert it with .astype(float)")
    return values.to_numpy(dtype="f8", na_value=np.nan), times, name


def _micros(times, name, available):
    """(n,) int64 µs UTC, `_NAT` where missing, rounded up so that nothing is known early."""
    what = f"column {available!r}" if available else "the index"
    if getattr(times.dtype, "kind", "") != "M":
        raise StrategyError(
            f"ta.series: {what} of {name} is {times.dtype}, not times; convert it with pandas.to_datetime"
        )
    if getattr(times.dtype, "tz", None) is not None:
        times = (times.dt if hasattr(times, "dt") else times).tz_convert("UTC")
        times = (times.dt if hasattr(times, "dt") else times).tz_localize(None)
    stamps = times.to_numpy()
    unit = np.datetime_data(stamps.dtype)[0]
    raw = stamps.view("i8")
    micros = -(-raw // 1_000) if unit == "ns" else raw * _UNIT_US[unit]
    return np.where(raw == _NAT, _NAT, micros)


def _lag(lag):
    """A delay in microseconds, rounded up."""
    if lag is None:
        return 0
    import pandas

    if not isinstance(lag, (str, dt.timedelta, np.timedelta64)):
        raise StrategyError(f"ta.series: lag is {lag!r}; give a timedelta or a text like '1h'")
    try:
        nanos = pandas.Timedelta(lag).as_unit("ns").value
    except ValueError:
        raise StrategyError(
            f"ta.series: lag {lag!r} is not a length of time; write it like '15min', '1h' or '1d'"
        ) from None
    if not nanos >= 0:
        raise StrategyError(
            f"ta.series: lag is {lag!r}; a negative or missing lag would show rows before they were known"
        )
    return -(-nanos // 1_000)
