"""Stretches of ticks: which ticks can be shown one by one, never parting those that share a stamp."""

import numpy as np

__all__ = ["HEAD", "around", "blocks_of", "heads_of", "index_of", "whole"]

HEAD = tuple(f"head_{name}" for name in ("open", "high", "low", "close", "ask_close", "volume", "ticks"))

TICKS = 4096  # in a block when all of them are there
CLOSE = 12  # ticks between two stretches that are cheaper to send than what says where a stretch begins


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


def blocks_of(stretches, size=TICKS):
    """Which block each stretch is in: as many as come to `size` ticks share one.

    Parameters
    ----------
    stretches : (m, 2) int64
    size : int

    Returns
    -------
    (m,) int64
        From 0, ascending without gaps.

    Examples
    --------
    >>> blocks_of(np.array([[0, 3], [9, 12], [20, 26]]), 6).tolist()
    [0, 0, 1]
    """
    ends = np.cumsum(stretches[:, 1] - stretches[:, 0])
    return np.unique((ends - 1) // size, return_inverse=True)[1].reshape(-1)


def index_of(stretches, blocks, ts):
    """The columns of an ``index/ticks`` block."""
    first, end = stretches[:, 0], stretches[:, 1]
    count = end - first
    before = np.cumsum(count) - count
    begins = np.searchsorted(blocks, blocks, "left")
    at = before - before[begins] if len(before) else before
    return {"first": first, "count": count, "ts": ts[first], "last": ts[end - 1], "block": blocks, "at": at}


def heads_of(ticks, base_first, at):
    """What the base bars of some ticks looked like before them.

    Parameters
    ----------
    ticks : Ticks
    base_first : (m,) int64
        Index of the first tick of each base bar.
    at : (n,) int64
        Indices of ticks.

    Returns
    -------
    dict of str to (n,) float64
        The ``head_`` columns of a ``ticks`` block; NaN where the tick opens its bar.
    """
    columns = {name: np.full(len(at), np.nan) for name in HEAD}
    firsts = base_first[np.searchsorted(base_first, at, "right") - 1]
    for row, (first, end) in enumerate(zip(firsts.tolist(), at.tolist())):
        if first == end:
            continue
        bid = ticks.bid[first:end]
        volume = 0 if ticks.volume is None else ticks.volume[first:end].sum()
        values = bid[0], bid.max(), bid.min(), bid[-1], ticks.ask[end - 1], volume, end - first
        for name, value in zip(HEAD, values):
            columns[name][row] = value
    return columns
