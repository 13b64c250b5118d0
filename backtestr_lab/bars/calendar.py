"""The grid that cuts bars: where each bar of a timeframe opens, anchors and clock changes included (R7-R9).

Up to one hour the grid is plain arithmetic in UTC. Above, it is wall time in the anchor's zone, turned into instants
with that zone's own table of offsets, so that no day is ever taken to have 24 hours (R8).
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import numpy as np

from ..errors import OptionError, did_you_mean
from ..units import DAY, HOUR, MINUTE, WEEK, Timeframe, format_micros, to_micros

__all__ = ["Anchor", "boundaries", "trading_dates"]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Anchor:
    """The wall time at which a symbol's day begins (R7).

    Attributes
    ----------
    wall : int
        Microseconds since the local midnight.
    zone : ZoneInfo
    shift : int
        Days from the local date of the opening to the trading date: 1 for an anchor at noon or later, whose day lies
        mostly in the next date, so that the trading date is the date of the close; else 0.

    Examples
    --------
    >>> Anchor.parse("17:00 America/New_York").shift, Anchor.parse("UTC").shift
    (1, 0)
    """

    wall: int
    zone: ZoneInfo
    shift: int

    @classmethod
    @lru_cache(maxsize=64)
    def parse(cls, text):
        """Read ``"UTC"`` or ``"17:00 America/New_York"``.

        Raises
        ------
        OptionError
            Not of that form, or a zone IANA does not know; suggests the nearest.

        Examples
        --------
        >>> Anchor.parse("17:00 America/NewYork")
        Traceback (most recent call last):
        backtestr_lab.errors.OptionError: anchor '17:00 America/NewYork': unknown time zone 'America/NewYork'; did you \
mean 'America/New_York'?
        """
        match = re.fullmatch(r"(?:([01]?\d|2[0-3]):([0-5]\d) +)?([A-Za-z][\w+\-/]*)", str(text).strip())
        if not match or (match[1] is None and match[3] != "UTC"):
            raise OptionError(
                f"anchor {text!r} is not known; write 'UTC' or a time and a zone, '17:00 America/New_York'"
            )
        try:
            zone = ZoneInfo(match[3])
        except (ZoneInfoNotFoundError, OSError):  # OSError: the name is a directory, like 'America'
            hint = did_you_mean(match[3], available_timezones())
            raise OptionError(f"anchor {text!r}: unknown time zone {match[3]!r}{hint}") from None
        wall = int(match[1] or 0) * HOUR + int(match[2] or 0) * MINUTE
        return cls(wall, zone, int(wall >= DAY // 2))


def boundaries(timeframe, anchor, start, end):
    """The instants at which bars of a timeframe open, around a range (R7, R8).

    Parameters
    ----------
    timeframe : Timeframe or str
    anchor : str
        ``"UTC"`` or a wall time and an IANA zone, ``"17:00 America/New_York"``. It matters above one hour only.
    start, end : int, datetime or str
        Microseconds UTC, or anything `to_micros` reads.

    Returns
    -------
    (k,) int64, µs UTC, strictly ascending; the first is the last one <= start, the last is the first one >= end

    Raises
    ------
    OptionError
        The timeframe or the anchor is not known, or the range is reversed.

    Notes
    -----
    A wall time that a clock change skips maps to the first instant after it, one that it repeats to its first.
    20 years of 4h take about a millisecond, and some 15 ms the first time a zone is used.

    Examples
    --------
    A New York day starts at 22:00 UTC in winter and 21:00 in summer; this one has 23 hours:

    >>> from backtestr_lab.units import format_micros
    >>> grid = boundaries("1d", "17:00 America/New_York", "2024-03-09 12:00", "2024-03-10 12:00")
    >>> [format_micros(t) for t in grid]
    ['2024-03-08 22:00', '2024-03-09 22:00', '2024-03-10 21:00']
    """
    timeframe, anchor = Timeframe.parse(timeframe), Anchor.parse(anchor)
    start, end = to_micros(start, "start"), to_micros(end, "end")
    if end < start:
        raise OptionError(f"start {format_micros(start)} is after end {format_micros(end)}; exchange them")
    if timeframe.us <= HOUR:
        first = start - start % timeframe.us
        return np.arange(first, end + timeframe.us, timeframe.us, dtype="i8")[: -(-(end - first) // timeframe.us) + 1]
    dates, opens = _days(anchor, start, end, spare=8 if timeframe.us == WEEK else 2)
    if timeframe.us == WEEK:
        # Day 0 of 1970 was a Thursday: Mondays are the days 4 modulo 7.
        grid = np.unique(opens[(dates + anchor.shift) % 7 == 4])
    else:
        steps = anchor.wall + np.arange(0, DAY, timeframe.us)
        grid = np.unique(_instants(anchor.zone, (dates[:, None] * DAY + steps).ravel()))
    return grid[np.searchsorted(grid, start, "right") - 1 : np.searchsorted(grid, end, "left") + 1]


def trading_dates(ts, anchor):
    """The trading date of each instant, as days since 1970-01-01 (R7).

    Parameters
    ----------
    ts : (n,) int64 or int
        µs UTC, in any order.
    anchor : str
        An anchor at noon or later makes it the date of the close, an earlier one that of the opening.

    Returns
    -------
    (n,) int64

    Raises
    ------
    OptionError
        The anchor is not known.

    Examples
    --------
    A Sunday evening in New York belongs to Monday:

    >>> from backtestr_lab.units import to_micros
    >>> day = trading_dates(to_micros("2024-03-03 22:00"), "17:00 America/New_York")
    >>> str(day.astype("M8[D]"))
    '2024-03-04'
    """
    ts, anchor = np.asarray(ts, "i8"), Anchor.parse(anchor)
    if not ts.size:
        return np.empty(ts.shape, "i8")
    dates, opens = _days(anchor, int(ts.min()), int(ts.max()), spare=2)
    return dates[np.searchsorted(opens, ts, "right") - 1] + anchor.shift


def _days(anchor, start, end, spare):
    """Local dates around [start, end] as days since 1970, and the instant the anchor falls on in each."""
    dates = np.arange(start // DAY - spare, end // DAY + spare + 1)
    return dates, _instants(anchor.zone, dates * DAY + anchor.wall)


def _instants(zone, wall):
    """Wall times, as microseconds since the local 1970, to µs UTC."""
    years = wall[[0, -1]].astype("M8[us]").astype("M8[Y]").astype("i8") + 1970
    # One year more on both sides: a wall time and its instant can lie in different years.
    pieces = [_offsets(zone, year) for year in range(int(years[0]) - 1, int(years[1]) + 2)]
    since, offset = (np.concatenate(column) for column in zip(*pieces, strict=True))
    # Offset i holds in [since[i], since[i+1]). The first stretch whose wall clock has not run out at a wall time is
    # the one that shows it first; where the clock skipped it, that stretch begins later, at the first instant after.
    i = np.searchsorted(since[1:] + offset[:-1], wall, "right")
    return np.maximum(wall - offset[i], since[i])


@lru_cache(maxsize=4096)
def _offsets(zone, year):
    """The stretches of constant UTC offset that begin in a year: their starts, and the offsets, in µs.

    ZoneInfo does not show its table, so it is asked day by day and the changes are bisected. The year's first instant
    always begins a stretch.
    """

    def offset(us):
        return (_EPOCH + us * _MICROSECOND).astimezone(zone).utcoffset() // _MICROSECOND

    edges = [(dt.datetime(y, 1, 1, tzinfo=dt.UTC) - _EPOCH) // _MICROSECOND for y in (year, year + 1)]
    since, offsets = [edges[0]], [offset(edges[0])]
    for day in range(edges[0] + DAY, edges[1] + 1, DAY):
        if offset(day) != offsets[-1]:
            low, high = day - DAY, day
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
            if high < edges[1]:
                since.append(high)
                offsets.append(offset(high))
    return np.array(since, "i8"), np.array(offsets, "i8")
