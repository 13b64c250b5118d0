"""The data a run stands on: ticks of a symbol, their bars, and the indicators computed on them, each made once."""

import weakref
from copy import copy

import numpy as np

from ..bars import bars_from_ticks, base_bars, roll_up
from ..engine.trades import excursions, extremes, ratchets
from ..errors import OptionError
from ..jit import frozen
from ..records import Ticks
from ..units import HOUR, MINUTE, Timeframe

__all__ = ["Market", "period_of"]

_CACHE_BYTES = 256 * 2**20
_ROWS = 256

# Ticks -> {base period: Market}; a store's cache hands the same Ticks out again.
_known: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


class Market:
    """Bars of every timeframe over one `Ticks`, made when asked for and kept (R10).

    Parameters
    ----------
    ticks : Ticks
        Warm-up included, crossed quotes already dropped or swapped where the run says so.
    period : int
        Of the base bars, µs.

    Attributes
    ----------
    base : (m,) BAR
        The index that skipping and time travel use: minutes, or the finest sub-minute grid that holds all timeframes.
    given : Ticks
        As they came: a run on bars puts the extremes of each into their order.
    indicator_cache : dict
        For `indicators.Graph.evaluate`.
    """

    def __init__(self, ticks, period):
        # Read-only whatever the source: kernels would be compiled once more for columns that are writable.
        columns = ticks._columns()
        views = {id(column): frozen(column) for column in columns.values()}  # one each: bid and ask may be the same
        own = Ticks(**{n: views[id(c)] for n, c in columns.items()}, symbol=ticks.symbol, checked=True)
        base = base_bars(ticks, period) if period <= HOUR else bars_from_ticks(ticks, Timeframe(period))
        base.flags.writeable = False
        self._stand_on(own, base, period)

    def _stand_on(self, ticks, base, period):
        self.ticks = self.given = ticks
        self.symbol = ticks.symbol
        self.period = period
        self.base = base
        self.indicator_cache = {}
        self._bars = {Timeframe(period): self.base}
        self._columns = {}

    @classmethod
    def of(cls, ticks, timeframes, bars=None):
        """The market over these ticks, from the last run over them when there was one.

        A timeframe below a minute makes the base bars finer; of ticks that stand for bars, those bars are the base.
        """
        period = bars.us if bars else period_of(timeframes)
        markets = _known.setdefault(ticks, {})
        if period not in markets:
            # The market must not keep its own key alive: it holds the columns, not the object.
            markets[period] = cls(ticks, period)
        return markets[period]

    def settled(self, bid, ask):
        """The same market over ticks in another order within the base bars, so that all its bars stay what they are."""
        other = copy(self)
        columns = self.ticks._columns() | {"bid": bid, "ask": ask}
        other.ticks = Ticks(**columns, symbol=self.symbol, checked=True)
        return other

    def known(self, timeframe):
        """A timeframe whose bars this market can make, from its text.

        Raises
        ------
        OptionError
            It is shorter than the base bars, or no multiple of them.
        """
        timeframe = Timeframe.parse(timeframe)
        if timeframe.us < self.period or timeframe.us % self.period:
            ask = f"run it with timeframes=['{timeframe}', ...] to ask for {timeframe}"
            if self.period > MINUTE:
                ask = "it was made on those; give it shorter bars, or ticks"
            raise OptionError(f"this run keeps bars of {Timeframe(self.period)} and longer; {ask}")
        return timeframe

    def bars(self, timeframe, side="bid"):
        """(m,) BAR of a timeframe, read-only."""
        timeframe = Timeframe.parse(timeframe)
        if side == "mid":
            return bars_from_ticks(self.ticks, timeframe, side="mid", anchor=self.symbol.anchor)
        if timeframe not in self._bars:
            # From the longest at hand whose grid holds this one's; an anchor off the UTC hours fits minutes only.
            most = timeframe.us if timeframe.us <= HOUR else HOUR if self.symbol.anchor == "UTC" else self.period
            most = max(most, self.period)
            finer = [t for t in self._bars if t < timeframe and t.us <= most and timeframe.us % t.us == 0]
            bars = roll_up(self._bars[max(finer)], timeframe, self.symbol.anchor)
            bars.flags.writeable = False
            self._bars[timeframe] = bars
        return self._bars[timeframe]

    def closed(self, timeframe, ts):
        """How many bars of a timeframe have ended by an instant."""
        return int(np.searchsorted(self.bars(timeframe)["end"], ts, "right"))

    def extremes(self, side, a, z):
        """Least and greatest effective quote of ticks a to z - 1 of the bid (side +1) or the ask (-1)."""
        return extremes(self.base, self.ticks.bid, self.ticks.ask, side, a, z)

    def excursions(self, trades, at, symbol):
        """Fill mae and mfe of the trades of this market's symbol, the `symbol`-th of the run (P7)."""
        excursions(trades, at, symbol, self.base, self.ticks.bid, self.ticks.ask)

    def ratchets(self, side, offset, a, z):
        """(n, 2) int64: ticks taken and level, of a trailing stop that tick a set and ticks up to z - 1 moved (F5)."""
        return self._rows(ratchets, self.ticks, side, offset, a, z, 0)

    def _rows(self, fill, ticks, *given):
        """What a kernel writes into rows, however many they are."""
        out = np.empty((_ROWS, 2), "i8")
        n = fill(self.base, ticks.bid, ticks.ask, *given, out)
        if n > len(out):
            out = np.empty((n, 2), "i8")
            fill(self.base, ticks.bid, ticks.ask, *given, out)
        return out[:n]

    def binder(self, syms):
        """`bind` of `engine.trades.equity_of`: None, all ticks are at hand."""

    def evaluate(self, graph):
        """Values of a graph's outputs (S7); what other runs over these ticks computed is not computed again."""
        values = graph.evaluate(
            lambda symbol, timeframe, side="bid": self.bars(timeframe, side), cache=self.indicator_cache
        )
        # An edited indicator of the user's is a new one each time, and a long day has many.
        if sum(map(_size, self.indicator_cache.values())) > _CACHE_BYTES:
            self.indicator_cache.clear()
        return values

    def columns(self, timeframe):
        """Open, high, low, close, volume and ticks of a timeframe, one after another, as float64 prices and units."""
        if timeframe not in self._columns:
            bars = self.bars(timeframe)
            price, quantity = 10.0**self.symbol.digits, 10.0**self.symbol.quantity_digits
            parts = [bars[name] / price for name in ("open", "high", "low", "close")]
            self._columns[timeframe] = np.concatenate([*parts, bars["volume"] / quantity, bars["ticks"].astype("f8")])
        return self._columns[timeframe]


def period_of(timeframes):
    """Of the base bars, µs: a minute, or the finest grid below it that holds all timeframes."""
    return int(np.gcd.reduce([MINUTE, *(t.us for t in timeframes if t.us < MINUTE)]))


def _size(kept):
    """Bytes of a cached column or of a node's outputs."""
    return sum(a.nbytes for a in kept) if isinstance(kept, (tuple, list)) else kept.nbytes
