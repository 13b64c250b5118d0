"""Bars as arrays of points, the two sets that backtesting.py ships, and the ticks a bar is for our engine (F10)."""

import csv
from dataclasses import dataclass

import numpy as np

from backtestr_lab.records import Ticks
from backtestr_lab.symbols import EURUSD, Symbol
from backtestr_lab.units import DAY, HOUR, to_micros

from .environments import python_of

__all__ = ["Bars", "eurusd", "goog", "path"]

GOOG = Symbol("GOOG", 2, quote="USD", initial_margin=0.5)


@dataclass
class Bars:
    """OHLC bars.

    Attributes
    ----------
    ts : (n,) int64
        The instant each opens, µs UTC.
    open, high, low, close : (n,) int64
        Points.
    period : int
        Microseconds.
    """

    symbol: Symbol
    timeframe: str
    period: int
    ts: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray

    def __len__(self):
        return len(self.ts)

    def at(self, ts):
        """Index of the bar that opens at an instant."""
        i = int(np.searchsorted(self.ts, ts))
        assert self.ts[i] == ts
        return i

    def holding(self, ts):
        """Where the bar that holds an instant opens."""
        return int(self.ts[np.searchsorted(self.ts, ts, "right") - 1])


def goog():
    """Daily bars of a stock, 2004 to 2013."""
    return _shipped("GOOG", GOOG, "1d", DAY)


def eurusd():
    """Hourly bars of a currency pair, April 2017 to February 2018."""
    return _shipped("EURUSD", EURUSD, "1h", HOUR)


def _shipped(name, symbol, timeframe, period):
    home = python_of("backtesting").parents[1]
    (file,) = home.glob(f"lib/python*/site-packages/backtesting/test/{name}.csv")
    with file.open() as lines:
        rows = list(csv.reader(lines))[1:]
    ts = np.array([to_micros(row[0]) for row in rows])
    prices = [np.array([round(float(row[k]) * 10**symbol.digits) for row in rows]) for k in (1, 2, 3, 4)]
    return Bars(symbol, timeframe, period, ts, *prices)


def path(bars, low_first):
    """The ticks of bars: open, both extremes, close, and every point between them within a bar (F10).

    F10 calls the price continuous inside a bar: a stop that is crossed there fills at its level. A tick at every
    point on the way is the same thing in the engine's own words.

    Parameters
    ----------
    bars : Bars
    low_first : (n,) bool
        Which bars visit the low before the high.

    Returns
    -------
    Ticks, bid = ask
    """
    second = np.where(low_first, bars.low, bars.high)
    third = np.where(low_first, bars.high, bars.low)
    legs = np.abs(np.diff(np.stack([bars.open, second, third, bars.close]), axis=0))
    stamps, prices = [], []
    thirds = bars.period // 3, 2 * bars.period // 3, bars.period - 1
    for k in range(len(bars)):
        corners = bars.open[k], second[k], third[k], bars.close[k]
        prices.append(np.array([corners[0]]))
        stamps.append(np.array([bars.ts[k]]))
        for a, b, count, begin, end in zip(corners, corners[1:], legs[:, k], (0, *thirds), thirds, strict=False):
            # A leg of no length is a tick all the same: the close comes at the end of the bar.
            steps = np.arange(1, max(count, 1) + 1)
            prices.append(a + np.sign(b - a) * np.minimum(steps, count))
            stamps.append(bars.ts[k] + begin + (end - begin) * steps // max(count, 1))
    price = np.concatenate(prices)
    return Ticks(np.concatenate(stamps), price, price, symbol=bars.symbol)
