"""The market as it might have gone on: the same up to some tick, another one after it (S4).

Bars, indicators and the user's series follow: they are made anew from the altered ticks, a series from rows that are
altered where they became available later.
"""

import numpy as np

from ..indicators import Node, Output
from ..indicators.graph import Graph
from ..indicators.series import Series
from ..jit import frozen, kernel
from ..records import Ticks
from .market import Market

__all__ = ["CUT", "FALLING", "RISING", "WORLDS", "AlteredMarket", "altered_ticks"]

CUT, RISING, FALLING = 0, 1, -1
WORLDS = {CUT: "taken away", RISING: "rising instead", FALLING: "falling instead"}
_STEEP = 3  # times the average step, so that whoever peeks at the very next tick sees the direction
_LOOKED_AT = 10_000  # ticks that the average step is taken from
_MODULUS = 2**31  # of the generator that draws signs


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
    last = int(ticks.bid[count - 1])
    future = ticks.bid[count:]
    away = max(last - int(future.min(initial=last)), int(future.max(initial=last)) - last)
    slope = 1 + int(_STEEP * np.abs(np.diff(ticks.bid[count - 1 : count + _LOOKED_AT])).mean()) if len(future) else 1
    reach = min(last // 4, slope + 2 * away)
    turn = int(rng.integers(1, len(future) + 1)) if len(future) else 0
    columns = {"ts": ticks.ts, "bid": ticks.bid.copy(), "ask": ticks.ask.copy()}
    _walk(
        frozen(ticks.bid),
        frozen(ticks.ask),
        count,
        world * slope,
        reach,
        turn,
        int(rng.integers(_MODULUS)),
        columns["bid"],
        columns["ask"],
    )
    for name in ("bid_size", "ask_size", "volume"):
        column = getattr(ticks, name)
        if column is not None:
            columns[name] = np.concatenate([column[:count], np.roll(column[count:], turn) * rng.integers(1, 4)])
    return Ticks(**columns, symbol=ticks.symbol, checked=True)


@kernel
def _walk(bid, ask, count, slope, reach, turn, draw, new_bid, new_ask):
    """The steps and spreads of the future from another place on, signs drawn, on a slope that ends at `reach`.

    One pass, because a run of many ticks that skips most of them takes less time than a few arrays of temporaries.
    """
    n = len(bid)
    last = bid[count - 1]
    walk = 0
    lean = 0
    j = count + turn
    for i in range(count, n):
        j = j if j < n else count
        draw = (draw * 1_103_515_245 + 12_345) & (_MODULUS - 1)
        step = bid[j] - bid[j - 1]
        walk += step if draw >= _MODULUS // 2 else -step
        walk = min(max(walk, -(last // 2)), last // 2)  # what wanders on for years stays a price
        lean = min(max(lean + slope, -reach), reach)
        new_bid[i] = max(1, last + lean + walk)
        new_ask[i] = max(1, new_bid[i] + ask[j] - bid[j])
        j += 1


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
