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
