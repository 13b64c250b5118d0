"""Overlapping imports of one symbol: the same store in any order (D3). Pure numpy and Python, no disk.

Of each distinct row the larger of the two counts is kept. What needs care is the order of rows of equal time, which is
file order (R12) and must not depend on which file came first. A *version* is the sequence of rows one file gives for
one stamp. A version that is a subsequence of another says nothing new and is dropped; when two remain, all are kept
(the stamp is contested), and what the store shows is a function of their set alone: set union forgets the order of
imports, so the result does as well.
"""

import heapq
from collections import Counter

import numpy as np

__all__ = ["merge"]


def merge(old, new, contested):
    """Merge two sorted sets of tick columns.

    Parameters
    ----------
    old, new : list of six (n,) int64
        ts, bid, ask, bid_size, ask_size, volume; sorted by ts, ties in file order.
    contested : dict
        Stamp -> versions of it that `old` was made of; changed in place.

    Returns
    -------
    columns : list of six (m,) int64
    added : int
        m - len(old): rows of `new` that `old` did not have.

    Notes
    -----
    O(n log n); stamps on which old and new differ cost some 20 us each.

    Examples
    --------
    >>> def columns(*rows): return [np.array(c, "i8") for c in zip(*[(*row, 0, 0, 0) for row in rows])]
    >>> merged, added = merge(columns((1, 10, 11)), columns((1, 10, 11), (1, 10, 11), (2, 9, 12)), {})
    >>> merged[1].tolist(), added
    ([10, 10, 9], 2)
    """
    if not len(old[0]) or not len(new[0]):
        return (new, len(new[0])) if len(new[0]) else (old, 0)
    old_groups, new_groups = _groups(old[0]), _groups(new[0])
    shared, at_old, at_new = np.intersect1d(old_groups[0], new_groups[0], assume_unique=True, return_indices=True)
    old_first, old_count = old_groups[1][at_old], old_groups[2][at_old]
    new_first, new_count = new_groups[1][at_new], new_groups[2][at_new]
    differs = _differs(old, new, old_first, old_count, new_first, new_count)
    if contested:
        differs |= np.isin(shared, np.fromiter(contested, "i8", len(contested)))

    resolved = []
    for g in np.flatnonzero(differs).tolist():
        stamp = int(shared[g])
        versions = contested.get(stamp) or [_rows(old, old_first[g], old_count[g])]
        versions = _join(versions, _rows(new, new_first[g], new_count[g]))
        contested.pop(stamp, None)  # a longer version may have ended the contest
        if len(versions) > 1:
            contested[stamp] = versions
        resolved += [(stamp, *row) for row in _settle(versions)]

    keep_old = np.ones(len(old[0]), bool)
    keep_old[_spread(old_first[differs], old_count[differs])] = False
    keep_new = np.ones(len(new[0]), bool)
    keep_new[_spread(new_first, new_count)] = False
    extra = np.array(resolved, "i8").reshape(-1, len(old)).T
    columns = [np.concatenate((o[keep_old], n[keep_new], e)) for o, n, e in zip(old, new, extra)]
    order = np.argsort(columns[0], kind="stable")
    columns = [c[order] for c in columns]
    return columns, len(columns[0]) - len(old[0])


def _groups(ts):
    """Distinct stamps of a sorted column, where each begins and how many rows it has."""
    first = np.flatnonzero(np.r_[True, ts[1:] != ts[:-1]])
    return ts[first], first, np.diff(np.r_[first, len(ts)])


def _spread(first, count):
    """Indices first, first + 1, ... of all groups in a row."""
    ends = np.cumsum(count)
    return np.repeat(first - (ends - count), count) + np.arange(ends[-1] if len(ends) else 0)


def _differs(old, new, old_first, old_count, new_first, new_count):
    """Which shared stamps have different rows, or the same in another order."""
    differs = old_count != new_count
    alike = np.flatnonzero(~differs)
    count = old_count[alike]
    in_old, in_new = _spread(old_first[alike], count), _spread(new_first[alike], count)
    unequal = np.zeros(len(in_old), bool)
    for o, n in zip(old[1:], new[1:]):
        unequal |= o[in_old] != n[in_new]
    group = np.repeat(alike, count)
    differs[group[unequal]] = True
    return differs


def _rows(columns, first, count):
    """One stamp's rows as a tuple of tuples, the stamp itself left out."""
    part = slice(int(first), int(first + count))
    return tuple(zip(*(c[part].tolist() for c in columns[1:])))


def _join(versions, new):
    """The versions that are no subsequence of another, sorted, so that equal sets are equal lists."""
    if any(_within(new, version) for version in versions):
        return versions
    return sorted([v for v in versions if not _within(v, new)] + [new])


def _within(short, long):
    """Whether `short` is a subsequence of `long`."""
    rest = iter(long)
    return all(any(row == other for other in rest) for row in short)


def _settle(versions):
    """One order for all: every version's own order where they agree, by value where they do not.

    Examples
    --------
    >>> _settle([("a", "b"), ("b", "c")]), _settle([("b", "a"), ("a", "b")]), _settle([("b", "a", "a")])
    (['a', 'b', 'c'], ['a', 'b'], ['b', 'a', 'a'])
    """
    before, after = Counter(), {}
    for version in versions:
        seen, last = Counter(), None
        for row in version:
            now = (row, seen[row])  # the k-th of equal rows is one thing in all versions: the larger count is kept
            seen[row] += 1
            after.setdefault(now, set())
            if last is not None and now not in after[last]:
                after[last].add(now)
                before[now] += 1
            last = now
    waiting = {node: before[node] for node in after}
    ready = [node for node, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    settled = []
    while waiting:
        while ready:
            node = heapq.heappop(ready)
            if waiting.pop(node, None) is None:
                continue
            settled.append(node[0])
            for later in after[node]:
                if later in waiting:
                    waiting[later] -= 1
                    if waiting[later] == 0:
                        heapq.heappush(ready, later)
        if waiting:  # the versions contradict each other: the smallest value goes first
            ready = [min(waiting)]
    return settled
