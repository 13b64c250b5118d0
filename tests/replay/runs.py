"""Runs of every kind that a replay can meet, each made once."""

from functools import cache

import numpy as np

import backtestr_lab as lab
from backtestr_lab.errors import StrategyError
from backtestr_lab.records import Ticks
from backtestr_lab.symbols import EURUSD

from .strategies import Bars, EveryTick, Fails, Follows, InPython, Quiet

KINDS = ("bars", "warm", "short", "ticks", "python", "quiet", "stamps", "stopped", "closed", "round", "trailing")


@cache
def made(kind):
    """The run of that name."""
    return globals()[f"_{kind}"]()


def _bars():
    return lab.backtest(Bars, lab.sample("EURUSD", days=2, seed=3))


def _warm():
    """The first day feeds indicators only, and it ends in the middle of a minute."""
    return lab.backtest(Bars, lab.sample("EURUSD", days=3, seed=4), "2024-01-02 01:02:03", "2024-01-03 20:00:30.5")


def _short():
    """Base bars of ten seconds."""
    return lab.backtest(Bars, lab.sample("EURUSD", days=1, seed=5), timeframes=["10s", "1m", "5m", "1h"])


def _ticks():
    return lab.backtest(EveryTick, lab.sample("EURUSD", days=1, seed=6))


def _python():
    return lab.backtest(InPython, lab.sample("EURUSD", days=2, seed=7), python=True)


def _quiet():
    return lab.backtest(Quiet, lab.sample("EURUSD", days=1, seed=8))


def _closed():
    return lab.backtest(Bars, lab.sample("EURUSD", days=1, seed=9), close_at_end=True)


def _stamps():
    """Many ticks of one stamp, volume, crossed quotes, long pauses, prices to the point."""
    random = np.random.default_rng(1)
    n = 6_000
    gaps = np.where(random.random(n) < 0.6, 0, random.integers(1, 40_000_000, n))
    gaps[::700] += 9 * 3_600_000_000
    ts = 1_704_067_200_000_000 + np.cumsum(gaps)
    bid = 110_000 + np.cumsum(random.integers(-9, 10, n))
    ticks = Ticks(ts, bid, bid + random.integers(-1, 9, n), symbol=EURUSD, volume=random.integers(0, 99, n))
    return lab.backtest(EveryTick, ticks)


def _round():
    """Ticks that share their stamps with the ends of bars, and pauses in which the strategy's own times come."""
    random = np.random.default_rng(2)
    n = 4_000
    gaps = 20_000_000 * random.integers(0, 3, n)
    gaps[::900] += 9 * 3_600_000_000
    ts = 1_704_067_200_000_000 + np.cumsum(gaps)
    bid = 110_000 + np.cumsum(random.integers(-9, 10, n))
    return lab.backtest(Bars, Ticks(ts, bid, bid + 2, symbol=EURUSD))


def _trailing():
    """Trailing stops and fills in parts: what each tick offers is far less than what is ordered."""
    ticks = lab.sample("EURUSD", days=2, seed=11)
    random = np.random.default_rng(3)
    offered = [random.integers(0, 20_000, len(ticks)) for _ in range(2)]
    sized = Ticks(ticks.ts, ticks.bid, ticks.ask, symbol=EURUSD, bid_size=offered[0], ask_size=offered[1])
    return lab.backtest(Follows, sized, liquidity="quoted", latency="80ms")


def _stopped():
    try:
        lab.backtest(Fails, lab.sample("EURUSD", days=1, seed=3))
    except StrategyError as error:
        return error.run
    raise AssertionError("it was to fail")
