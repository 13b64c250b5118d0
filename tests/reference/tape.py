"""A market told in a string."""

import datetime as dt
from decimal import Decimal

from .grid import EPOCH, MICRO

DATE = "2024-01-02"  # a Tuesday


def ticks(text, digits=5, date=DATE):
    """Ticks of lines ``09:00:00.000  1.10000 1.10002``; a stamp may carry its own date, # comments.

    A line may add the sizes quoted, bid's and ask's, and the volume, in steps: a tick is then (ts, bid, ask, bid size,
    ask size, volume), else (ts, bid, ask).

    Examples
    --------
    >>> ticks("09:00  1.10000 1.10002  # the open")
    [(1704186000000000, 110000, 110002)]
    >>> ticks("09:00  1.10000 1.10002  500 300")
    [(1704186000000000, 110000, 110002, 500, 300, 0)]
    """
    rows = []
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        stamp = [word for word in words if ":" in word or "-" in word]
        bid, ask, *sizes = words[len(stamp) :]
        row = at(" ".join(stamp), date), points(bid, digits), points(ask, digits)
        rows.append((*row, *map(int, sizes), *[0] * (3 - len(sizes))) if sizes else row)
    return rows


def bars(text, digits=5, date=DATE, *, length=60_000_000, spread=2):
    """The four ticks of each line ``09:00  1.10000 1.10050 1.09990 1.10020``, a bar's open, high, low and close (F10).

    They come as open, low, high, close; `length` is in microseconds, the ask `spread` points above the bid. A line may
    add the volume in steps: a quarter with each tick, the rest with the close.

    Examples
    --------
    >>> for tick in bars("09:00  1.10000 1.10050 1.09990 1.10020  10"):
    ...     print(tick)
    (1704186000000000, 110000, 110002, 0, 0, 2)
    (1704186020000000, 109990, 109992, 0, 0, 2)
    (1704186040000000, 110050, 110052, 0, 0, 2)
    (1704186059999999, 110020, 110022, 0, 0, 4)
    """
    rows = []
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        stamp = [word for word in words if ":" in word or "-" in word]
        first, high, low, last, *volume = words[len(stamp) :]
        prices = [points(price, digits) for price in (first, high, low, last)]
        rows += four(at(" ".join(stamp), date), prices, int(volume[0]) if volume else 0, length, spread)
    return rows


def four(ts, prices, volume, length, spread):
    """The ticks of one bar, its open, high, low and close in points."""
    first, high, low, last = prices
    quarter = volume // 4
    rows = [
        (ts, first, quarter),
        (ts + length // 3, low, quarter),
        (ts + 2 * length // 3, high, quarter),
        (ts + length - 1, last, volume - 3 * quarter),
    ]
    return [(when, bid, bid + spread, 0, 0, share) for when, bid, share in rows]


def at(stamp, date=DATE):
    """Microseconds UTC of ``"09:00:01.5"`` on the tape's date, or of ``"2024-01-03 09:00"``."""
    text = stamp if "-" in stamp else f"{date} {stamp}"
    return (dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC) - EPOCH) // MICRO


def points(price, digits=5):
    """Exact points of a decimal text; one that lies between two points is refused."""
    value = Decimal(price).scaleb(digits)
    if value != int(value):
        raise ValueError(f"{price} is not a whole number of points at {digits} digits")
    return int(value)
