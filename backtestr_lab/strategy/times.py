"""`times = ["Fri 16:55 America/New_York", "16:00"]`: when `on_time` is called (S1)."""

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

import numpy as np

from ..errors import StrategyError, did_you_mean
from ..units import DAY, from_micros, to_micros

__all__ = ["WallTime", "instants"]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(r"(?:([A-Za-z]+)\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s+(\S+))?")


@dataclass(frozen=True)
class WallTime:
    """A time of day in a zone, every day or on one weekday.

    Attributes
    ----------
    day : int or None
        0 is Monday.
    time : datetime.time
    zone : str

    Examples
    --------
    >>> WallTime.parse("Fri 16:55 America/New_York")
    WallTime(day=4, time=datetime.time(16, 55), zone='America/New_York')
    """

    day: int | None
    time: dt.time
    zone: str = "UTC"

    @classmethod
    def parse(cls, text):
        """Read ``"16:00"``, ``"Fri 16:55"``, ``"Fri 16:55:30 America/New_York"``; the zone is UTC by default.

        Examples
        --------
        >>> WallTime.parse("Fri 4pm")
        Traceback (most recent call last):
        backtestr_lab.errors.StrategyError: times: 'Fri 4pm' is not a time; write it like '16:55' ...
        """
        match = _FORM.fullmatch(text.strip()) if isinstance(text, str) else None
        if not match:
            raise StrategyError(f"times: {text!r} is not a time; write it like '16:55' or 'Fri 16:55 America/New_York'")
        word, hour, minute, second, zone = match.groups()
        zone = zone or "UTC"
        day = None
        if word is not None:
            day = next((i for i, d in enumerate(DAYS) if len(word) >= 3 and _FULL[d].startswith(word.lower())), None)
            if day is None:
                raise StrategyError(
                    f"times: {text!r}: {word!r} is not a weekday{did_you_mean(word.lower(), DAYS)}; use Mon to Sun"
                )
        try:
            time = dt.time(int(hour), int(minute), int(second or 0))
        except ValueError:
            raise StrategyError(f"times: {text!r} is not a time of day; hours go from 0 to 23") from None
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise StrategyError(
                f"times: {text!r}: no time zone {zone!r}{did_you_mean(zone, available_timezones())}"
            ) from None
        return cls(day, time, zone)

    def between(self, start, end):
        """Its instants in ``[start, end)``, µs UTC, ascending.

        A wall time that is skipped when clocks go forward means the first instant after the gap; a repeated one its
        first occurrence (R7 has the same).

        Examples
        --------
        >>> from backtestr_lab.units import format_micros
        >>> half_past_two = WallTime.parse("02:30 America/New_York")
        >>> span = to_micros("2024-03-10"), to_micros("2024-03-12")
        >>> [format_micros(t) for t in half_past_two.between(*span)]
        ['2024-03-10 07:00', '2024-03-11 06:30']
        """
        zone = ZoneInfo(self.zone)
        day = from_micros(start - DAY).astimezone(zone).date()
        last = from_micros(end + DAY).astimezone(zone).date()
        found = []
        while day <= last:
            if self.day is None or day.weekday() == self.day:
                ts = to_micros(_instant(dt.datetime.combine(day, self.time), zone))
                if start <= ts < end:
                    found.append(ts)
            day += dt.timedelta(days=1)
        return found


_FULL = dict(zip(DAYS, ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")))


def _instant(wall, zone):
    before = wall.replace(tzinfo=zone, fold=0)
    after = wall.replace(tzinfo=zone, fold=1)
    # In a gap the offset before it is the smaller one, and fold=0 uses it: the result lies behind the gap by as much as
    # the wall time lies inside it.
    if before.utcoffset() < after.utcoffset():
        return _gap_end(before.astimezone(dt.UTC), after.astimezone(dt.UTC), zone)
    return before.astimezone(dt.UTC)


def _gap_end(late, early, zone):
    """The switch itself, between two instants whose offsets differ."""
    offset = late.astimezone(zone).utcoffset()
    low, high = early, late
    while high - low > dt.timedelta(microseconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high


def instants(times, start, end):
    """The instants of several wall times in ``[start, end)``, ascending, equal ones once; (n,) int64 µs UTC.

    Examples
    --------
    >>> day = 86_400_000_000
    >>> instants([WallTime.parse("00:00"), WallTime.parse("Thu 00:00")], 0, 2 * day).tolist()
    [0, 86400000000]
    """
    return np.unique(np.array([t for wall in times for t in wall.between(start, end)], "i8"))
