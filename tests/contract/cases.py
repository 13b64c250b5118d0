"""The runs that page and Python must show alike: random scripts, and strategies with all that a frame can hold."""

from dataclasses import replace
from functools import cache

import numpy as np

import backtestr_lab as lab
from backtestr_lab import Strategy, ta
from backtestr_lab.symbols import EURUSD

from ..engine.outcome import Outcome
from ..properties.cases import case
from ..reference.generate import ScriptStrategy
from ..replay.runs import KINDS, made
from ..replay.strategies import Bars

SEEDS = (*range(10), 104, 114, 144)  # the last with many trailing stops
NAMES = (*KINDS, "coins", "yen", "anchor", "cut", *(f"random{seed}" for seed in SEEDS))


class Odd(Strategy):
    """Holds quantities whose profit falls between two micro-units every other point."""

    timeframe = "5m"
    quantity = 0.00005

    def init(self):
        self.mean = ta.sma("5m", 7)
        self.bars_seen = 0

    def on_bar(self, bar):
        self.bars_seen += 1
        if self.bars_seen % 5 == 0:
            self.close()
        elif self.bars_seen % 2 == 0:
            self.buy(self.quantity, stop_loss=bar.close * 0.999)
        elif self.bars_seen % 3 == 0:
            self.sell(3 * self.quantity, limit=bar.close * 1.0001)


class Yen(Odd):
    """The same in a currency that is not the account's."""

    quantity = 1_000


@cache
def run_of(name):
    """The run of that name."""
    if name.startswith("random"):
        return outcome(int(name.removeprefix("random"))).run
    if name == "coins":
        return lab.backtest(Odd, lab.sample("BTCUSDT", days=1, seed=11), currency="USDT")
    if name == "yen":
        return lab.backtest(Yen, lab.sample("USDJPY", days=1, seed=12))
    if name == "anchor":
        # Days of 23 hours, weeks that begin on Sunday, long bars that no hour fits into; two blocks of bars.
        symbol = replace(EURUSD, name="EURUSD_NY", anchor="17:30 America/New_York")
        ticks = lab.sample(symbol, days=8, seed=13, start="2024-03-06")
        return lab.backtest(Yen, ticks, timeframes=["1m", "1h", "4h", "1d", "1w"])
    if name == "cut":
        # It ends where ticks are stamped, and they are no part of it.
        ticks = lab.sample("EURUSD", days=1, seed=14)
        twice = np.flatnonzero(ticks.ts[1:] == ticks.ts[:-1])
        return lab.backtest(Bars, ticks, end=int(ticks.ts[twice[300]]))
    return made(name)


@cache
def outcome(seed):
    """The outcome of a random script."""
    ticks, script, config = case(seed)
    return Outcome(ticks, ScriptStrategy(script), config)
