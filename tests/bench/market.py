"""The market of the benches: a random walk with a chosen number of ticks a minute, the same each time."""

from pathlib import Path

import numpy as np

from backtestr_lab.records import Ticks
from backtestr_lab.symbols import EURUSD
from backtestr_lab.units import MINUTE, to_micros

__all__ = ["load", "market", "save"]

START = to_micros("2024-01-01")


def market(count, seed=7, mean=200, deviation=50):
    """EURUSD without a break: `mean` ticks a minute and their standard deviation, about two pips a minute, spread 0.2.

    Made in pieces, so that the columns are nearly all the memory it takes.
    """
    random = np.random.default_rng(seed)
    ts, bid, ask = (np.empty(count, "i8") for _ in range(3))
    at, minute, price = 0, START, 110_000
    while at < count:
        per_minute = np.maximum(1, random.normal(mean, deviation, 10_000).round().astype("i8"))
        starts = np.cumsum(per_minute) - per_minute
        n = int(per_minute.sum())
        within = np.arange(n) - np.repeat(starts, per_minute)
        gap = np.repeat(MINUTE // per_minute, per_minute)
        times = minute + np.repeat(np.arange(len(per_minute)) * MINUTE, per_minute) + within * gap
        times += (random.random(n) * gap).astype("i8")
        walk = price + np.cumsum(random.integers(-2, 3, n, dtype="i8"))
        take = min(n, count - at)
        ts[at : at + take], bid[at : at + take], ask[at : at + take] = times[:take], walk[:take], walk[:take] + 2
        at, minute, price = at + take, minute + len(per_minute) * MINUTE, int(walk[-1])
    return Ticks(ts, bid, ask, symbol=EURUSD)


def save(ticks, folder):
    """The columns as files that another process reads."""
    for name in ("ts", "bid", "ask"):
        np.save(Path(folder) / f"{name}.npy", getattr(ticks, name))


def load(folder):
    """The columns that `save` wrote, in memory."""
    return Ticks(*(np.load(Path(folder) / f"{name}.npy") for name in ("ts", "bid", "ask")), symbol=EURUSD, checked=True)
