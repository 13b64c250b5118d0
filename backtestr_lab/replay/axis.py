"""Time without the hours in which nothing trades.

A weekend is 29 % of an FX week, a night 73 % of a day on an exchange: drawn to scale they leave the eye nothing to
follow. So every stretch of more than two hours without a tick is cut out of the axis, and a faint line marks the cut.
Everything else stays to scale. `x` is milliseconds since 1970 UTC less the time cut out before.
"""

from functools import cached_property
from pathlib import Path

import numpy as np

from ..units import HOUR

__all__ = ["TradingTime"]

SHORTEST_CUT = 2 * HOUR  # a daily pause of a feed stays visible
MOST_TICKS = 9
MOST_LINES = 12  # more marks than this are a hatching


class TradingTime:
    """Maps instants to positions on an axis with the closed hours cut out, and back.

    Parameters
    ----------
    starts, ends : (n,) int64
        Microseconds UTC; the stretches cut out, in order.

    Examples
    --------
    >>> time = TradingTime([10_000_000], [25_000_000])
    >>> time.x([0, 10_000_000, 20_000_000, 26_000_000]).tolist()
    [0.0, 10000.0, 10000.0, 11000.0]
    >>> time.instant([9_000.0, 11_000.0]).tolist()
    [9000000, 26000000]
    """

    def __init__(self, starts=(), ends=()):
        self.starts = np.asarray(starts, "i8")
        self.ends = np.asarray(ends, "i8")
        self._removed = np.r_[0, np.cumsum(self.ends - self.starts)]  # before cut i

    @classmethod
    def of_bars(cls, bars, shortest=SHORTEST_CUT):
        """Cut where bars leave more than `shortest` microseconds between them.

        Examples
        --------
        >>> from backtestr_lab.records import BAR
        >>> bars = np.zeros(2, BAR)
        >>> bars["ts"], bars["end"] = [0, 9 * HOUR], [HOUR, 10 * HOUR]
        >>> TradingTime.of_bars(bars).x([9 * HOUR]).tolist() == [HOUR / 1000]
        True
        """
        gap = np.flatnonzero(bars["ts"][1:] - bars["end"][:-1] > shortest)
        return cls(bars["end"][gap], bars["ts"][gap + 1])

    @classmethod
    def of_markets(cls, bars, shortest=SHORTEST_CUT):
        """Cut where none of several symbols has bars, given those of each."""
        if len(bars) == 1:
            return cls.of_bars(bars[0], shortest)
        together = np.concatenate([rows[["ts", "end"]] for rows in bars])
        together = together[np.argsort(together["ts"], kind="stable")]
        together["end"] = np.maximum.accumulate(together["end"])
        return cls.of_bars(together, shortest)

    def x(self, ts):
        """Positions of instants given in microseconds; an instant inside a cut lies at the cut."""
        ts = np.asarray(ts, "i8")
        i = np.searchsorted(self.starts, ts, side="right")
        inside = np.zeros(ts.shape, "i8")
        if len(self.starts):
            inside = np.where(i > 0, np.maximum(self.ends[i - 1] - ts, 0), 0)
        return (ts - self._removed[i] + inside) / 1000

    def instant(self, x):
        """Microseconds at positions; at a cut, the instant after it."""
        x = np.asarray(x, "f8") * 1000
        i = np.searchsorted(self.starts - self._removed[:-1], x, side="right")
        return np.rint(x + self._removed[i]).astype("i8")

    @cached_property
    def _args(self):
        return {"starts": (self.starts / 1000).tolist(), "ends": (self.ends / 1000).tolist()}

    def ticker(self, most=MOST_TICKS):
        """A Bokeh ticker: at most so many round UTC times that lie in trading hours."""
        from bokeh.models import CustomJSTicker

        return CustomJSTicker(args=self._args | {"most": most}, major_code=_code("ticks.js"), minor_code="return []")

    def formatter(self, short=False):
        """A Bokeh formatter: the time of day, the date below it where it changes (`short`: in its place)."""
        from bokeh.models import CustomJSTickFormatter

        return CustomJSTickFormatter(args=self._args | {"short": short}, code=_code("tick_label.js"))

    def cut_lines(self):
        """Positions of the marks at the cuts; none when there are too many to read."""
        return self.x(self.starts) if len(self.starts) <= MOST_LINES else np.zeros(0)


def _code(name):
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
