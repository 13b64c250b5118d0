"""The forming bar: what a timeframe's open bar shows after a given tick (S3, T1).

Base bars stand in for the minutes that are complete, so that a day's forming bar costs a thousand rows and one minute's
ticks, not a day's.
"""

import numpy as np

from ..jit import kernel
from ..records import BAR
from .rows import absorb, first_at, measure

__all__ = ["forming", "forming_into"]


@kernel
def forming(base, ts, bid, ask, volume, opened, end, upto):
    """The bar that opened at `opened`, from its ticks before index `upto` (R1, R3, R10).

    Callable from Python and from kernels; see `forming_into`, which allocates nothing.

    Parameters
    ----------
    base : (m,) BAR
        Base bars of the same ticks, `first` counting in the same columns. They may run ahead of `upto`, or lag behind.
    ts, bid, ask : (n,) int64
    volume : (n,) or (0,) int64
    opened, end : int
        The bar's own boundaries, µs UTC.
    upto : int
        Ticks [0, upto) have happened, and all of them are older than `end`.

    Returns
    -------
    (1,) BAR; (0,) while the bar has no tick

    Examples
    --------
    >>> from backtestr_lab.bars import base_bars
    >>> from backtestr_lab.records import Ticks
    >>> from backtestr_lab.symbols import EURUSD
    >>> t = Ticks([0, 5, 60_000_000, 60_000_001], [10, 14, 13, 99], [12, 15, 15, 99], symbol=EURUSD)
    >>> no_volume = np.empty(0, "i8")
    >>> bar = forming(base_bars(t), t.ts, t.bid, t.ask, no_volume, 0, 300_000_000, 3)
    >>> bar[["ts", "end", "high", "close", "ticks"]].tolist()
    [(0, 300000000, 14, 13, 3)]
    """
    bars = np.empty(2, BAR)
    return bars[: forming_into(base, ts, bid, ask, volume, opened, end, upto, bars)]


@kernel
def forming_into(base, ts, bid, ask, volume, opened, end, upto, bars):
    """`forming` into bars[0] of a caller's BAR array of length 2, the other row being scratch; returns 0 or 1.

    Examples
    --------
    >>> none = np.empty(0, "i8")
    >>> forming_into(np.empty(0, BAR), none, none, none, none, 0, 60_000_000, 0, np.empty(2, BAR))
    0
    """
    k = 0
    high = len(base)
    while k < high:
        middle = (k + high) >> 1
        if base[middle]["ts"] < opened:
            k = middle + 1
        else:
            high = middle
    low = 0  # the first tick not yet taken
    if k > 0:
        low = base[k - 1]["first"] + base[k - 1]["ticks"]
    count = 0
    while k < len(base) and base[k]["first"] + base[k]["ticks"] <= upto:
        if count == 0:
            bars[0] = base[k]
            count = 1
        else:
            absorb(bars[0], base[k])
        low = base[k]["first"] + base[k]["ticks"]
        k += 1
    if count == 0:
        low = first_at(ts, low, opened)  # base bars that lag behind may end before this bar opens
    if low < upto:
        measure(bid, ask, volume, low, upto, bars[count])
        if count == 1:
            absorb(bars[0], bars[1])
        count = 1
    if count == 1:
        bars[0]["ts"] = opened
        bars[0]["end"] = end
    return count
