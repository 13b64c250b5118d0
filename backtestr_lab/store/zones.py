"""Wall time of a zone to UTC, column-wise (U1, R8)."""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import numpy as np

from ..errors import OptionError, did_you_mean
from ..units import DAY, HOUR, MINUTE, SECOND

__all__ = ["find_zone", "to_utc"]


@cache
def find_zone(name):
    """The IANA zone of that name.

    Raises
    ------
    OptionError
        Unknown; suggests the nearest name.

    Examples
    --------
    >>> find_zone("America/NewYork")
    Traceback (most recent call last):
    backtestr_lab.errors.OptionError: tz 'America/NewYork' is not a known time zone; did you mean 'America/New_York'?
    """
    if isinstance(name, dt.tzinfo):
        name = str(name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        usual = "; write it like UTC, America/New_York or Etc/GMT+5, which is UTC-5"
        hint = did_you_mean(name, available_timezones()) or usual
        raise OptionError(f"tz {name!r} is not a known time zone{hint}") from None


def to_utc(local, zone):
    """Wall times to UTC.

    Parameters
    ----------
    local : (n,) int64
        Microseconds of wall time, as if it were UTC, in file order.
    zone : str
        IANA name.

    Returns
    -------
    utc : (n,) int64
    skipped : (n,) bool or None
        Wall times that do not exist: the hour lost in spring.

    Notes
    -----
    The hour that happens twice in autumn is its first pass until the wall time jumps back within it, then its second.

    Examples
    --------
    >>> utc, skipped = to_utc(np.array([1_399_017_600_000_000]), "America/New_York")
    >>> (utc[0] - 1_399_017_600_000_000) // 3_600_000_000, skipped
    (np.int64(4), None)
    """
    zone = find_zone(zone)
    if len(local) == 0 or zone.key in ("UTC", "Etc/UTC", "GMT", "Etc/GMT"):
        return local, None
    changes = _changes(zone, int(local.min()) - 2 * DAY, int(local.max()) + 2 * DAY)
    first_offset = changes[0][1]
    utc = local - first_offset
    skipped = None
    for instant, after, before in changes[1:]:
        if after > before:
            utc[local >= instant + after] = local[local >= instant + after] - after
            lost = (local >= instant + before) & (local < instant + after)
            if lost.any():
                skipped = lost if skipped is None else skipped | lost
        else:
            later = local >= instant + before
            twice = np.flatnonzero((local >= instant + after) & ~later)
            if len(twice):
                back = np.flatnonzero(np.diff(local[twice]) < -30 * MINUTE)
                if len(back):
                    later[twice[back[0] + 1 :]] = True
            utc[later] = local[later] - after
    return utc, skipped


def _changes(zone, low, high):
    """(instant, offset after, offset before) of each change of offset between two instants, the first one at `low`."""
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

    def offset(us):
        when = epoch + dt.timedelta(microseconds=us)
        return int(when.astimezone(zone).utcoffset() / dt.timedelta(microseconds=1))

    low, high = low // HOUR * HOUR, high // HOUR * HOUR
    changes = [(low, offset(low), offset(low))]
    at = low
    while at < high:
        step = min(at + 7 * DAY, high)  # no zone changes twice within a week in the years that have ticks
        if offset(step) != offset(at):
            a, b = at, step
            while b - a > SECOND:
                middle = (a + b) // 2 // SECOND * SECOND
                a, b = (a, middle) if offset(middle) != offset(at) else (middle, b)
            changes.append((b, offset(b), offset(at)))
        at = step
    return changes
