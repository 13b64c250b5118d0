"""Bars made by hand, and values of nodes over them."""

import numpy as np
import pytest

from backtestr_lab.indicators import Graph
from backtestr_lab.records import BAR
from backtestr_lab.symbols import EURUSD
from backtestr_lab.units import Timeframe

MINUTE = Timeframe.parse("1m").us


@pytest.fixture(scope="session")
def market():
    """market(m, timeframe) -> (m,) BAR: a random walk with both sides, volume and ticks, the same every time."""

    def make(m=300, timeframe="1m", seed=3):
        random = np.random.default_rng(seed)
        bars = np.zeros(m, BAR)
        us = Timeframe.parse(timeframe).us
        bars["ts"] = np.arange(m) * us
        bars["end"] = bars["ts"] + us
        close = 110_000 + np.cumsum(random.integers(-20, 21, m))
        open = np.append(close[:1], close[:-1])
        bars["open"], bars["close"] = open, close
        bars["high"] = np.maximum(open, close) + random.integers(0, 9, m)
        bars["low"] = np.minimum(open, close) - random.integers(0, 9, m)
        for field in ("open", "high", "low", "close"):
            bars[f"ask_{field}"] = bars[field] + random.integers(1, 5, m)
        bars["volume"] = random.integers(1, 1000, m)
        bars["ticks"] = random.integers(1, 300, m)
        return bars

    return make


@pytest.fixture(scope="session")
def evaluate():
    """evaluate(bars, key) -> its values; of several keys a list of them. EURUSD is the run's symbol."""

    def values(bars, *keys):
        found = Graph(keys, {"EURUSD": EURUSD}).evaluate(lambda symbol, timeframe: bars)
        return found[keys[0]] if len(keys) == 1 else [found[key] for key in keys]

    return values
