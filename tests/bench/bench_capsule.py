"""The replay's data: a capsule of a month and of a year, and the opening of a run of 50 M ticks.

A capsule travels as base64 inside a page, so its size is counted so. The month is one of a market that rests at
weekends, the year too; stamps are whole milliseconds, as vendors give them.
"""

import time

import numpy as np
from market import START, market
from measure import at_most, note, percentile
from strategies import Trend

import backtestr_lab as lab
from backtestr_lab import Strategy, crossed_above, crossed_below, pips, ta
from backtestr_lab.records import Ticks
from backtestr_lab.replay.blocks import Blocks
from backtestr_lab.replay.capsule import capsule, read
from backtestr_lab.units import DAY

BASE64 = 4 / 3


class Six(Strategy):
    """Six indicators on one minute; some five hundred trades a month of the bench's market."""

    timeframe = "1m"

    def init(self):
        self.quick = ta.ema("1m", 8)
        self.calm = ta.ema("1m", 21)
        self.bands = ta.bbands("1m", 20)
        self.rsi = ta.rsi("1m", 14)
        self.atr = ta.atr("1m", 14)
        self.adx = ta.adx("1m", 14)
        self.entries = 0

    def on_bar(self, bar):
        if crossed_below(self.quick, self.calm):
            self.close()
            return
        strong = self.adx[-1] > 12.5 and self.atr[-1] > 0 and self.rsi[-1] < 90 and bar.close < self.bands.upperband[-1]
        if strong and not self.position and crossed_above(self.quick, self.calm):
            self.entries += 1
            self.buy(10_000, stop_loss=pips(10), take_profit=pips(15))


def measure(quick=False):
    rows = []
    # Calendar months have 20 to 23 days of trading.
    rows += _capsule("a month of 1m bars", days=22, target=900)
    rows += _capsule("a year of 1m bars", days=52 if quick else 260, target=8_000)
    run = lab.backtest(Trend, market(5_000_000 if quick else 50_000_000))
    rows += _opening(run)
    return rows


def _capsule(what, days, target):
    run = lab.backtest(Six, weekdays(days))
    began = time.perf_counter()
    packed = capsule(run)
    taken = time.perf_counter() - began
    meta = read(packed).meta()
    name = f"capsule of {what}, {len(meta['indicators'])} indicators, {len(run.trades):,} trades"
    detail = f"{meta['timeframes'][0]['count']:,} bars, {len(run.journal):,} events"
    rows = [at_most(name, BASE64 * len(packed) / 1000, target, "KB", detail)]
    rows.append(note("made in", f"{taken:.2f} s"))
    return rows


def weekdays(days, mean=200):
    """The bench's market with a pause of two days after every fifth."""
    ticks = market(days * 1440 * mean, mean=mean)
    rested = (ticks.ts - START) // (5 * DAY) * 2 * DAY
    return Ticks(ticks.ts // 1000 * 1000 + rested, ticks.bid, ticks.ask, symbol=ticks.symbol)


def _opening(run):
    began = time.perf_counter()
    blocks = Blocks(run)
    blocks.meta()
    first = [
        key for key in list(blocks.keys()) if key.split("/")[0] in ("events", "orders", "trades", "curve", "index")
    ]
    size = sum(len(blocks.get(key)) for key in first)
    opened = time.perf_counter() - began
    random = np.random.default_rng(3)
    seconds = {}
    for kind in ("ticks/0/", "bars/0/1m/"):
        keys = random.permutation([key for key in list(blocks.keys()) if key.startswith(kind)])[:50].tolist()
        seconds[kind] = [_seconds(blocks.get, key) for key in keys]
    traced = _seconds(blocks.get, "variables/0")
    name = f"replay of {run.n_ticks / 1e6:g} M ticks, {len(run.journal):,} events"
    return [
        at_most(f"{name}: what opens it", opened, 0.7, "s", f"{size / 1000:.0f} KB"),
        at_most(f"{name}: a block of ticks, p95", 1e3 * percentile(seconds["ticks/0/"], 0.95), 10, "ms"),
        at_most(f"{name}: a block of bars, p95", 1e3 * percentile(seconds["bars/0/1m/"], 0.95), 20, "ms"),
        note("the first block of variables, and the trace", f"{traced:.2f} s once"),
    ]


def _seconds(work, *arguments):
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began
