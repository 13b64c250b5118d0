"""Where two simple averages cross, computed exactly: sums of points, no floats."""

import numpy as np

__all__ = ["Crosses"]


class Crosses:
    """The crosses of two averages of closes (S9).

    Parameters
    ----------
    ends : (n,) int64
        When each bar ends: the instant of its decision.
    closes : (n,) int64
        Points.
    """

    def __init__(self, ends, closes, fast=10, slow=20):
        self.ends = ends
        sums = np.concatenate([[0], np.cumsum(closes)])
        # quick - calm, times both lengths; bars that have no calm average yet count as a tie and cross nothing.
        gap = np.zeros(len(closes), "i8")
        gap[slow - 1 :] = slow * (sums[slow:] - sums[slow - fast : -fast]) - fast * (sums[slow:] - sums[:-slow])
        known = np.arange(len(closes)) >= slow
        before = np.concatenate([[0], gap[:-1]])
        self.up = set(ends[known & (before <= 0) & (gap > 0)].tolist())
        self.down = set(ends[known & (before >= 0) & (gap < 0)].tolist())
        self.ties = set(ends[known & ((gap == 0) | (before == 0))].tolist())

    @classmethod
    def with_empty_bars(cls, ends, closes, period, **lengths):
        """The same over bars that repeat the last close where no tick fell."""
        grid = np.arange(ends[0], ends[-1] + period, period)
        return cls(grid, closes[np.searchsorted(ends, grid, "right") - 1], **lengths)

    def differs(self, other, ts):
        """Whether the two say different things at an instant."""
        return (ts in self.up) != (ts in other.up) or (ts in self.down) != (ts in other.down)

    def decision(self, ts):
        """The last bar's end at or before an instant."""
        return int(self.ends[np.searchsorted(self.ends, ts, "right") - 1])
