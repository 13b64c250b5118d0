"""Ticks to base bars in one pass at the speed of memory, and base bars to every longer timeframe (R1-R13).

Base bars are the index of a run: each knows its tick range and the extremes of both sides, so whoever looks for a
price, or for an instant, looks at bars first and at one bar's ticks last.
"""

import numpy as np

from ..errors import OptionError
from ..jit import frozen, kernel
from ..records import BAR
from ..units import HOUR, MINUTE, Timeframe, format_micros, to_micros
from .calendar import boundaries
from .rows import absorb, first_at, measure

__all__ = ["bars_from_ticks", "base_bars", "partial", "roll_up"]

_NONE = frozen(np.empty(0, "i8"))


def bars_from_ticks(ticks, timeframe, *, side="bid", anchor=None):
    """Aggregate quote ticks into bars (R1-R9, R12, R13).

    Parameters
    ----------
    ticks : Ticks
        Columns ts, bid, ask, sorted by ts; making a `Ticks` refuses others with a TickOrderError (R12).
    timeframe : Timeframe or str
        ``"5m"``, ``"1h"``, ``"1d"``, ``"1w"``; up to one hour it divides one hour, above that 24 (R7).
    side : {"bid", "ask", "mid"}
        What open, high, low and close are of; a mid is floor((bid + ask) / 2) of one tick (R5). The fields that name
        their side hold that side always.
    anchor : str, optional
        Where the day begins, ``"UTC"`` or ``"17:00 America/New_York"``; left out, the symbol's own.

    Returns
    -------
    (m,) BAR, m <= n; prices in points, ts in µs UTC. A span without ticks has no bar (R4).

    Raises
    ------
    OptionError
        Timeframe, side or anchor is not known.

    Notes
    -----
    One pass, O(n) time, O(m) memory. Bar for bar equal to vendors' own bars: tests/golden/test_bars.py.

    Examples
    --------
    >>> from backtestr_lab.records import Ticks
    >>> from backtestr_lab.symbols import EURUSD
    >>> minute = 60_000_000
    >>> ticks = Ticks([0, 1, minute], [110000, 110007, 110003], [110002, 110008, 110005], symbol=EURUSD)
    >>> bars = bars_from_ticks(ticks, "1m")
    >>> bars[["open", "high", "low", "close", "ticks"]].tolist()
    [(110000, 110007, 110000, 110007, 2), (110003, 110003, 110003, 110003, 1)]
    >>> bars_from_ticks(ticks, "1h", side="mid")["high"].tolist()
    [110007]
    """
    if side not in ("bid", "ask", "mid"):
        raise OptionError(f"side is {side!r}; give 'bid', 'ask' or 'mid'")
    timeframe = Timeframe.parse(timeframe)
    if timeframe.us <= HOUR:
        bars = base_bars(ticks, timeframe.us)
    else:
        bars = roll_up(base_bars(ticks), timeframe, anchor or ticks.symbol.anchor)
    if side == "ask":
        for name in ("open", "high", "low", "close"):
            bars[name] = bars[f"ask_{name}"]
    elif side == "mid":
        to_mid(frozen(ticks.bid), frozen(ticks.ask), bars)
    return bars


def base_bars(ticks, period_us=MINUTE):
    """Bars on the UTC grid, with ask bars, tick ranges and effective extremes beside them (R1-R6, R13).

    Parameters
    ----------
    ticks : Ticks
    period_us : int
        Microseconds; divides one hour.

    Returns
    -------
    (m,) BAR; bar i holds the ticks ``[first, first + ticks)``, and the next one begins where it ends

    Raises
    ------
    OptionError
        The period does not divide one hour.

    Examples
    --------
    >>> from backtestr_lab.records import Ticks
    >>> from backtestr_lab.symbols import EURUSD
    >>> ticks = Ticks([0, 5, 60_000_000], [110000, 110004, 110003], [110002, 110001, 110005], symbol=EURUSD)
    >>> base_bars(ticks)[["ts", "end", "first", "ticks", "crossed", "bid_max"]].tolist()
    [(0, 60000000, 0, 2, 1, 110002), (60000000, 120000000, 2, 1, 0, 110003)]
    """
    if not 0 < period_us <= HOUR or HOUR % period_us:
        raise OptionError(f"base bars of {period_us:,} us do not fit the grid; the period must divide one hour")
    if not len(ticks):
        return np.empty(0, BAR)
    most = min(len(ticks), int(ticks.ts[-1] // period_us - ticks.ts[0] // period_us) + 1)
    bars = np.empty(most, BAR)  # pages of a weekend's bars that never come are never touched
    volume = _NONE if ticks.volume is None else frozen(ticks.volume)
    return bars[: _cut(frozen(ticks.ts), frozen(ticks.bid), frozen(ticks.ask), volume, period_us, bars)]


def roll_up(base, timeframe, anchor="UTC"):
    """Bars of a longer timeframe, each the exact aggregation of shorter ones (R7-R10).

    Parameters
    ----------
    base : (m,) BAR
        In time order, of any timeframe whose boundaries include those of `timeframe`.
    timeframe : Timeframe or str
    anchor : str

    Returns
    -------
    (k,) BAR, k <= m; `end` is the next boundary, 23 or 25 hours later for a day with a clock change

    Raises
    ------
    OptionError
        Timeframe or anchor is not known, or a bar of `base` lies across one of its boundaries.

    Examples
    --------
    >>> from backtestr_lab.records import Ticks
    >>> from backtestr_lab.symbols import EURUSD
    >>> ticks = Ticks([0, 5, 60_000_000], [110000, 110004, 110003], [110002, 110006, 110005], symbol=EURUSD)
    >>> roll_up(base_bars(ticks), "5m")[["ts", "end", "high", "ticks"]].tolist()
    [(0, 300000000, 110004, 3)]
    """
    timeframe = Timeframe.parse(timeframe)
    if not len(base):
        boundaries(timeframe, anchor, 0, 0)  # an unknown anchor is told whether there are bars or not
        return np.empty(0, BAR)
    start, end = int(base["ts"][0]), int(base["end"][-1])
    if timeframe.us <= HOUR:
        period, grid = timeframe.us, _NONE
        most = min(len(base), (end - start) // period + 2)
    else:
        period, grid = 0, frozen(boundaries(timeframe, anchor, start, end))
        most = min(len(base), len(grid))
    bars = np.empty(most, BAR)
    count = _roll(frozen(base), period, grid, bars)
    if count < 0:
        across = base[-1 - count]
        raise OptionError(
            f"{timeframe} bars cannot be made of these: the bar from {format_micros(across['ts'])} to "
            f"{format_micros(across['end'])} lies across a boundary; roll up shorter bars"
        )
    return bars[:count]


def partial(bars, start, end):
    """Which bars a range of data ``[start, end)`` does not fully cover: at most the first and the last (R10).

    Parameters
    ----------
    bars : (m,) BAR
    start, end : int, datetime or str
        The range the ticks were taken from, not the first and last tick.

    Returns
    -------
    (m,) bool

    Examples
    --------
    >>> from backtestr_lab.records import Ticks
    >>> from backtestr_lab.symbols import EURUSD
    >>> bars = base_bars(Ticks([30_000_000, 60_000_000], [1, 1], [2, 2], symbol=EURUSD))
    >>> partial(bars, 30_000_000, 120_000_000).tolist()
    [True, False]
    """
    return (bars["ts"] < to_micros(start, "start")) | (bars["end"] > to_micros(end, "end"))


@kernel
def _cut(ts, bid, ask, volume, period, bars):
    """Cut the ticks at the grid and measure each piece; returns the number of bars."""
    count = 0
    low = 0
    while low < len(ts):
        opened = ts[low] - ts[low] % period
        high = first_at(ts, low + 1, opened + period)
        row = bars[count]
        row["ts"] = opened
        row["end"] = opened + period
        measure(bid, ask, volume, low, high, row)
        low = high
        count += 1
    return count


@kernel
def _roll(base, period, grid, bars):
    """Merge base bars between boundaries: multiples of `period`, or `grid` where it is 0.

    Returns the number of bars, or -1 - i where base bar i lies across a boundary.
    """
    count = 0
    k = 0  # the next boundary to come is grid[k]
    end = base[0]["ts"]
    for i in range(len(base)):
        later = base[i]
        if later["ts"] >= end:
            if period > 0:
                opened = later["ts"] - later["ts"] % period
                end = opened + period
            else:
                while grid[k] <= later["ts"]:
                    k += 1
                opened = grid[k - 1]
                end = grid[k]
            bars[count] = later
            bars[count]["ts"] = opened
            bars[count]["end"] = end
            count += 1
        else:
            absorb(bars[count - 1], later)
        if later["end"] > end:
            return -1 - i
    return count


@kernel
def to_mid(bid, ask, bars):
    """Put the mid's open, high, low and close into bars of any timeframe, from their tick ranges (R5)."""
    for k in range(len(bars)):
        row = bars[k]
        low = row["first"]
        bids = bid[low : low + row["ticks"]]
        asks = ask[low : low + row["ticks"]]
        most = least = (bids[0] + asks[0]) >> 1
        for i in range(len(bids)):
            mid = (bids[i] + asks[i]) >> 1
            most = max(most, mid)
            least = min(least, mid)
        row["open"] = (bids[0] + asks[0]) >> 1
        row["high"] = most
        row["low"] = least
        row["close"] = (bids[-1] + asks[-1]) >> 1
