"""A market over streamed ticks: the same bars and indicators; passes over ticks walk windows of them (C4, P7)."""

from collections import OrderedDict

import numpy as np

from ..bars import roll_up
from ..bars.build import to_mid
from ..bars.rows import bar_of
from ..engine.trades import extremes, ratchets
from ..jit import frozen
from ..units import Timeframe
from .market import Market, period_of
from .streamed import StreamedTicks, window_of

__all__ = ["StreamedMarket"]

_MOST = 2  # kept for the next run over the same range; each holds its bars
_known = OrderedDict()


class StreamedMarket(Market):
    """As `Market`, over ticks of which only some are in memory.

    Parameters
    ----------
    ticks : StreamedTicks
    period : int
        Of the base bars, µs.
    """

    def __init__(self, ticks, period):
        self._stand_on(ticks, ticks.base, period)
        self._mids = None

    @classmethod
    def over(cls, source, shaping, shape, rows, timeframes):
        """The market over a range of the store, from the last run over it when there was one.

        Parameters
        ----------
        source : TickRange
        shaping : hashable
            Tells shapes apart.
        shape : callable
        rows : int
        timeframes : iterable of Timeframe
        """
        period = period_of(timeframes)
        key = source.key, shaping, rows, period
        if key not in _known:
            market = cls(StreamedTicks(source, shape, rows, period), period)
            while len(_known) >= _MOST:
                _known.popitem(last=False)
            _known[key] = market
        return _known[key]

    def bars(self, timeframe, side="bid"):
        """(m,) BAR of a timeframe, read-only."""
        if side != "mid":
            return super().bars(timeframe, side)
        if self._mids is None:
            self._mids = frozen(self._mid_bars())
        timeframe = Timeframe.parse(timeframe)
        return self._mids if timeframe.us == self.period else roll_up(self._mids, timeframe, self.symbol.anchor)

    def _mid_bars(self):
        mids = self.base.copy()
        for a, z in self._stretches(0, len(self.ticks)):
            first, end = bar_of(self.base, a), bar_of(self.base, z - 1) + 1
            ticks = self.ticks.window(a, z)
            to_mid(ticks.bid, ticks.ask, mids[first:end])
        return mids

    def _stretches(self, first, end):
        """(a, z) of whole base bars, a chunk each, that hold the ticks of ``[first, end)``."""
        while first < end:
            b = bar_of(self.base, min(first + self.ticks.rows, end) - 1)
            z = int(self.base[b]["first"] + self.base[b]["ticks"])
            yield first, min(z, end)
            first = z

    def binder(self, syms):
        """As of `equity_of`; windows are a chunk long, for those who go through the run."""
        window = None

        def bind(first, end):
            nonlocal window
            first = int(self.base[bar_of(self.base, max(0, first))]["first"])
            window = window_of(self.ticks.read(first, min(max(end, first + self.ticks.rows), len(self.ticks))), first)
            for name in ("ts", "bid", "ask"):
                syms[0][name] = getattr(window, name).ctypes.data
            return window.first, window.end

        return bind

    def extremes(self, side, a, z):
        """Least and greatest effective quote of ticks a to z - 1 of the bid (side +1) or the ask (-1)."""
        base = self.base
        if a >= z:
            return extremes(base, _NONE, _NONE, side, a, z)
        # Ticks of the first bar and of the last; between them whole bars, of which no tick is looked at.
        first, last = base[bar_of(base, a)], base[bar_of(base, z - 1)]
        head = min(z, int(first["first"] + first["ticks"]))
        tail = max(head, int(last["first"]))
        found = []
        for low, high in ((a, head), (tail, z)):
            if low < high:
                ticks = self.ticks.window(low, high)
                found.append(extremes(base, ticks.bid, ticks.ask, side, low, high))
        if head < tail:
            found.append(extremes(base, _NONE, _NONE, side, head, tail))
        return min(low for low, _ in found), max(high for _, high in found)

    def excursions(self, trades, at, symbol):
        """Fill mae and mfe of the trades (P7)."""
        for t, (entry, exit_) in zip(trades, at.tolist()):
            low, high = self.extremes(int(t["side"]), entry - 1, exit_)
            best, worst = (high, low) if t["side"] > 0 else (low, high)
            t["mae"] = max(0, int(t["side"]) * (int(t["entry_price"]) - worst))
            t["mfe"] = max(0, int(t["side"]) * (best - int(t["entry_price"])))

    def ratchets(self, side, offset, a, z):
        """(n, 2) int64: ticks taken and level, of a trailing stop that tick a set and ticks up to z - 1 moved (F5)."""
        found, level = [np.empty((0, 2), "i8")], 0
        for low, high in self._stretches(a, z):
            bars = self.base[bar_of(self.base, low) : bar_of(self.base, high - 1) + 1]
            best = bars["ask_min"] + offset if side > 0 else bars["bid_max"] - offset
            if level and not (side * (best - level) < 0).any():
                continue
            ticks = self.ticks.window(low, high)
            rows = self._rows(ratchets, ticks, side, offset, low, high, level)
            if len(rows):
                found.append(rows)
                level = int(rows[-1, 1])
        return np.concatenate(found)


_NONE = frozen(np.empty(0, "i8"))
