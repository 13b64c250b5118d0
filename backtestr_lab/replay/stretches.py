"""Stretches of ticks: which ticks lie together in a block, never parting those that share a stamp."""

import numpy as np

__all__ = ["around", "head_of", "index_of", "whole"]

TICKS = 4096  # in a block when all of them are there
CLOSE = 64  # ticks between two stretches that are cheaper to send than a block of their own


def whole(ts, size=TICKS):
    """All ticks in stretches of `size` or a few more.

    Parameters
    ----------
    ts : (n,) int64
    size : int

    Returns
    -------
    (m, 2) int64
        First index and last (exclusive) of each.

    Examples
    --------
    >>> whole(np.array([1, 2, 2, 2, 3, 4]), 3).tolist()
    [[0, 4], [4, 6]]
    """
    n = len(ts)
    bounds = np.arange(size, n, size)
    inside = ts[bounds] == ts[bounds - 1] if len(bounds) else np.zeros(0, bool)
    bounds[inside] = np.searchsorted(ts, ts[bounds[inside]], "right")
    bounds = np.unique(np.r_[0, bounds[bounds < n], n])
    return np.stack([bounds[:-1], bounds[1:]], axis=1)


def around(ts, taken, reach):
    """The ticks before and after some, in stretches.

    Parameters
    ----------
    ts : (n,) int64
    taken : (k,) int64
        How many ticks had been taken, ascending: `reach` ticks before that and as many after are wanted.
    reach : int

    Returns
    -------
    (m, 2) int64

    Examples
    --------
    >>> around(np.arange(1000), np.array([10, 500]), 3).tolist()
    [[7, 13], [497, 503]]
    """
    n = len(ts)
    if not n or not len(taken):
        return np.zeros((0, 2), "i8")
    begins = np.clip(taken - reach, 0, n - 1)
    ends = np.clip(taken + reach, 1, n)
    begins = np.searchsorted(ts, ts[begins], "left")
    ends = np.searchsorted(ts, ts[ends - 1], "right")
    # A stretch begins where the one before ended some ticks ago.
    apart = np.r_[True, begins[1:] > ends[:-1] + CLOSE]
    last = np.r_[apart[1:], True]
    return np.stack([begins[apart], ends[last]], axis=1)


def index_of(stretches, ts):
    """The columns of an ``index/ticks`` block."""
    first, end = stretches[:, 0], stretches[:, 1]
    return {"first": first, "count": end - first, "ts": ts[first], "last": ts[end - 1]}


def head_of(ticks, base_first, at):
    """What the base bar of a tick looked like before it, or None where the tick opens it.

    Parameters
    ----------
    ticks : Ticks
    base_first : (m,) int64
        Index of the first tick of each base bar.
    at : int

    Returns
    -------
    dict or None
    """
    first = int(base_first[np.searchsorted(base_first, at, "right") - 1])
    if first == at:
        return None
    bid = ticks.bid[first:at]
    return {
        "open": int(bid[0]),
        "high": int(bid.max()),
        "low": int(bid.min()),
        "close": int(bid[-1]),
        "volume": 0 if ticks.volume is None else int(ticks.volume[first:at].sum()),
        "ticks": at - first,
        "ask_close": int(ticks.ask[at - 1]),
    }
