"""What the statistics are computed from: a run's equity points and trades, and the series derived of them once (M1)."""

from functools import cached_property

import numpy as np

from ..bars.calendar import boundaries, trading_dates
from ..errors import OptionError
from ..records import TRADE
from ..symbols import Symbol
from ..units import DAY, MINUTE

__all__ = ["Facts"]

MICRO = 1e6  # micro-units in one unit of the account currency (U4)
_SATURDAY = 5  # days of the week count from Monday


class Facts:
    """Equity points and trades of one run, with the derived series that several statistics share.

    Parameters
    ----------
    equity : mapping or structured array
        Columns ``ts`` (µs UTC, ascending) and ``equity`` (int64 micro-units): the equity points of P7.
    trades : (n,) TRADE
    symbols : sequence of Symbol
        In the run's order; the first one's anchor cuts the days, its days a year annualise.
    start, end : int
        µs UTC.
    cash : int
        Micro-units, > 0; the equity before the first point.
    exposure : float
        Share of the time with an open position, 0..1.
    intrabar_low : (m,) int64, optional
        Per equity point, the lowest equity at any tick since the point before it, micro-units.
    commission : int, optional
        Micro-units booked in all; without it, what the closed trades paid.

    Examples
    --------
    >>> from backtestr_lab.symbols import EURUSD
    >>> points = {"ts": [3_600_000_000], "equity": [101_000_000]}
    >>> facts = Facts(points, np.empty(0, TRADE), symbols=[EURUSD], start=0, end=86_400_000_000, cash=100_000_000)
    >>> facts.returns.tolist()
    [0.010000000000000009]
    """

    def __init__(self, equity, trades, *, symbols, start, end, cash, exposure=0.0, intrabar_low=None, commission=None):
        if cash <= 0:
            raise OptionError(f"cash is {cash / MICRO:.2f}; give a positive amount")
        self.symbols = (symbols,) if isinstance(symbols, Symbol) else tuple(symbols)
        self.start, self.end, self.cash, self.exposure = int(start), int(end), int(cash), float(exposure)
        self.trades = np.asarray(trades, TRADE)
        ts, values = np.asarray(equity["ts"], "i8"), np.asarray(equity["equity"], "i8")
        # Before the first point the account is its cash: the first peak, and the base of the first day's return.
        self.ts = np.concatenate([[min(self.start, int(ts[0]) if len(ts) else self.start)], ts])
        self.equity = np.concatenate([[self.cash], values])
        self.intrabar_low = None if intrabar_low is None else np.asarray(intrabar_low, "i8")
        self.commission = int(self.trades["commission"].sum()) if commission is None else int(commission)

    @property
    def days_a_year(self):
        """Daily returns in one year: 252, or 365 for markets that never close (U5)."""
        return self.symbols[0].days_a_year

    @property
    def annual(self):
        """True when the run is long enough to annualise: 30 days or more (M1)."""
        return self.end - self.start >= 30 * DAY

    @cached_property
    def _daily(self):
        anchor = self.symbols[0].anchor
        # A range shorter than one instant of the grid still lies in a day.
        grid = boundaries("1d", anchor, self.start, max(self.end, self.start + MINUTE))
        dates = trading_dates(grid[:-1], anchor)
        after = np.searchsorted(self.ts, grid[1:], "right")  # points up to the day's end; >= 1, the cash
        before = np.concatenate([[np.searchsorted(self.ts, self.start, "right")], after[:-1]])
        if self.days_a_year >= 365:
            keep = np.ones(len(dates), bool)
        else:
            keep = (after > before) & ((dates + 3) % 7 < _SATURDAY)  # 1970-01-01 was a Thursday
        keep[-1] |= not keep.any()
        closes = self.equity[after - 1][keep]
        closes[-1] = self.equity[-1]  # a weekend's rest at the end belongs to the last day: nothing is lost
        return dates[keep], np.concatenate([[self.cash], closes]).astype("f8")

    @property
    def dates(self):
        """(n,) int64, the trading date of each daily return, days since 1970."""
        return self._daily[0]

    @cached_property
    def returns(self):
        """(n,) float64, daily returns as fractions; NaN after the equity was lost altogether.

        A day of a 252-day market counts when it is a Monday to Friday by trading date and had an equity point; what
        happens on other days is part of the next day that counts. Else the two hours of a Sunday evening (anchor UTC)
        would be a sixth day of the week, years would come out a fifth too long and deviations too small. In a 365-day
        market every day counts, with zero where nothing happened: there a quiet day is one on which the strategy was
        free to trade.
        """
        closes = self._daily[1]
        with np.errstate(divide="ignore", invalid="ignore"):
            returns = closes[1:] / closes[:-1] - 1.0
        return np.where(closes[:-1] > 0, returns, np.nan)

    @cached_property
    def peak(self):
        """(m,) int64 micro-units, the highest equity up to each point."""
        return np.maximum.accumulate(self.equity)

    @cached_property
    def drawdowns(self):
        """Depth (fraction of its peak) and duration (µs) of each drawdown, oldest first.

        One lasts from the point at the peak to the first point that reaches it again, or to the last point.
        """
        low = self.equity < self.peak
        edges = np.flatnonzero(np.diff(np.concatenate([[False], low, [False]]).astype("i1")))
        first, stop = edges[::2], edges[1::2]
        if not len(first):
            return np.empty(0), np.empty(0, "i8")
        depth = np.maximum.reduceat((self.peak - self.equity) / self.peak, first)
        return depth, self.ts[np.minimum(stop, len(self.ts) - 1)] - self.ts[first - 1]

    @cached_property
    def net(self):
        """(n,) int64 micro-units, each trade's profit after commission."""
        return self.trades["profit"] - self.trades["commission"]

    @property
    def wins(self):
        """Net profits of the trades that earned, micro-units."""
        return self.net[self.net > 0]

    @property
    def losses(self):
        """Net profits of the trades that lost, micro-units, < 0."""
        return self.net[self.net < 0]

    @cached_property
    def pip_points(self):
        """(n,) points in one pip of each trade's symbol."""
        return np.array([s.pip_points for s in self.symbols])[self.trades["symbol"]]
