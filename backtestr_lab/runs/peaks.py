"""The highest equity so far, at any instant (P7, M1)."""

import numpy as np

from ..records import EVENTS, codes

__all__ = ["Peaks"]

_FILLS = [codes(EVENTS)[name] for name in ("FILLED", "PARTIAL_FILL")]


class Peaks:
    """Running maximum of the equity points: ends of minutes that had ticks, and fills.

    Both kinds come in the order of the clock, so the points up to an instant are counted, not searched.

    Parameters
    ----------
    run : Run
    """

    def __init__(self, run):
        self._fills = np.r_[0, np.cumsum(np.isin(run.journal["kind"], _FILLS))]
        points = run._points
        self._ends = points["minutes"]
        self._peak = np.maximum.accumulate(np.r_[points["cash"], points["equity"]])

    def at(self, ts, events):
        """The highest equity after everything stamped up to `ts` that is no event, and so many events.

        Parameters
        ----------
        ts, events : int or (n,) int64

        Returns
        -------
        int64 or (n,) int64, micro-units
        """
        return self._peak[np.searchsorted(self._ends, ts, "right") + self._fills[events]]
