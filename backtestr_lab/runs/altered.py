"""The market as it might have gone on: the same up to some tick, another one after it (S4).

Bars, indicators and the user's series follow: they are made anew from the altered ticks, a series from rows that are
altered where they became available later.
"""

import numpy as np

from ..indicators import Node, Output
from ..indicators.graph import Graph
from ..indicators.series import Series
from ..records import Ticks
from .market import Market

__all__ = ["CUT", "FALLING", "RISING", "WORLDS", "AlteredMarket", "altered_ticks"]

CUT, RISING, FALLING = 0, 1, -1
WORLDS = {CUT: "taken away", RISING: "rising instead", FALLING: "falling instead"}
_STEEP = 3  # the average step of the market, so that whoever peeks at the very next tick sees the direction


def altered_ticks(ticks, count, world, rng):
    """The first `count` ticks as they are; after them none, or as many at the same stamps that go elsewhere.

    Parameters
    ----------
    ticks : Ticks
    count : int
        At least 1.
    world : {CUT, RISING, FALLING}
        A rising and a falling one differ from the very next tick on: a decision cannot agree with both if it knew.
    rng : numpy.random.Generator

    Examples
    --------
    >>> from backtestr_lab.symbols import EURUSD
    >>> ticks = Ticks([0, 1, 2, 3], [110000, 110002, 110001, 110003], [110002, 110004, 110003, 110005], symbol=EURUSD)
    >>> up = altered_ticks(ticks, 2, RISING, np.random.default_rng(1))
    >>> up.bid[:2].tolist(), bool((up.bid[2:] > 110002).all()), len(altered_ticks(ticks, 2, CUT, None))
    ([110000, 110002], True, 2)
    """
    if world == CUT:
        return ticks[:count]
    last, future = int(ticks.bid[count - 1]), ticks.bid[count:]
    steps = np.diff(ticks.bid[count - 1 :])
    slope = 1 + int(_STEEP * np.abs(steps).mean()) if len(steps) else 1
    reach = min(last // 4, slope + 2 * int(np.abs(future - last).max(initial=0)))
    ramp = np.minimum(slope * np.arange(1, len(future) + 1), reach)
    walk = np.cumsum(rng.permutation(steps) * rng.choice((-1, 1), len(steps)))
    # A walk may have wandered far when the data is long; it stays within half of the price.
    bid = np.maximum(1, last + world * ramp + np.clip(walk, -(last // 2), last // 2))
    ask = np.maximum(1, bid + rng.permutation(ticks.ask[count:] - future))
    columns = {"ts": ticks.ts, "bid": _joined(ticks.bid, count, bid), "ask": _joined(ticks.ask, count, ask)}
    for name in ("bid_size", "ask_size", "volume"):
        column = getattr(ticks, name)
        if column is not None:
            columns[name] = _joined(column, count, rng.permutation(column[count:]) * rng.integers(1, 4))
    return Ticks(**columns, symbol=ticks.symbol, checked=True)


def _joined(column, count, future):
    return np.concatenate([column[:count], future])


class AlteredMarket(Market):
    """A market over altered ticks whose series are altered as well where they were available after an instant.

    Parameters
    ----------
    ticks : Ticks
        From `altered_ticks`.
    period : int
        Of the base bars, µs.
    after : int
        Rows of a series that were available later than this are altered.
    world : {CUT, RISING, FALLING}
    """

    def __init__(self, ticks, period, after, world):
        super().__init__(ticks, period)
        self._after, self._world = after, world

    def evaluate(self, graph):
        """Values of a graph's outputs by the keys it was asked for."""
        swapped = {key: self._swapped(key) for key in graph.keys}
        values = super().evaluate(Graph(swapped.values(), {self.symbol.name: self.symbol}))
        return {key: values[swapped[key]] for key in graph.keys}

    def _swapped(self, key):
        """The same node or output with its series altered."""
        if isinstance(key, Output):
            return Output(self._swapped(key.node), key.name)
        if not isinstance(key, Node):
            return key
        function = self._series(key.function) if isinstance(key.function, Series) else key.function
        return Node(function, tuple(map(self._swapped, key.inputs)), key.params)

    def _series(self, series):
        later = series._known > self._after
        if self._world == CUT:
            return Series(series.name, series._known[~later], series._values[~later])
        spread = np.nanmax(series._values) - np.nanmin(series._values) if np.isfinite(series._values).any() else 0
        return Series(series.name, series._known, series._values + later * self._world * (1 + 2 * spread))
