"""Where bars begin and end (R1, R7, R8)."""

import datetime as dt
import re
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICRO = dt.timedelta(microseconds=1)


def length(timeframe):
    """Microseconds of "1m", "4h", ...; refuses what does not fit the grid (R7)."""
    match = re.fullmatch(r"(\d+)([smhd])", timeframe)
    us = int(match[1]) * {"s": SECOND, "m": 60 * SECOND, "h": HOUR, "d": DAY}[match[2]] if match else 0
    if us <= 0 or us > DAY or (HOUR % us if us <= HOUR else DAY % us):
        raise ValueError(f"timeframe {timeframe!r} does not fit the grid")
    return us


def around(ts, timeframe, anchor):
    """The bar that holds `ts`: its first instant, and the first instant after it."""
    us = length(timeframe)
    if us <= HOUR:
        return ts - ts % us, ts - ts % us + us
    zone, hour, minute = read_anchor(anchor)
    today = (EPOCH + ts * MICRO).astimezone(zone).date()
    walls = []
    for days in (-2, -1, 0, 1, 2):
        begin = dt.datetime.combine(today + dt.timedelta(days), dt.time(hour, minute))
        walls += [begin + k * us * MICRO for k in range(DAY // us)]
    instants = sorted(instant(wall, zone) for wall in walls)
    return max(i for i in instants if i <= ts), min(i for i in instants if i > ts)


def read_anchor(anchor):
    """(zone, hour, minute) of "UTC" or "17:00 America/New_York"."""
    if anchor == "UTC":
        return dt.UTC, 0, 0
    clock, name = anchor.split()
    hour, minute = clock.split(":")
    return ZoneInfo(name), int(hour), int(minute)


@lru_cache(maxsize=4096)
def instant(wall, zone):
    """The first instant at which a clock in `zone` shows `wall` or later: right for skipped and repeated times (R7)."""
    shown = wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    if shown.astimezone(zone).replace(tzinfo=None) == wall:
        return (shown - EPOCH) // MICRO
    low, high = (shown - EPOCH) // MICRO - DAY, (shown - EPOCH) // MICRO
    while high - low > 1:
        middle = (low + high) // 2
        if (EPOCH + middle * MICRO).astimezone(zone).replace(tzinfo=None) >= wall:
            high = middle
        else:
            low = middle
    return high
