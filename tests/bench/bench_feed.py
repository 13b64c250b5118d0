"""Ticks handed over one by one from Python to a strategy over six timeframes, and to bars alone.

Each tick goes to three alike, one after another, and the quickest counts: that another program had the core for some
milliseconds says nothing about ours, and whatever is ours happens to all three.
"""

import gc
import time

import numpy as np
from market import market
from measure import at_most, note, percentile

import backtestr_lab as lab
from backtestr_lab import Strategy, pips, ta

FRAMES = ("1m", "5m", "15m", "1h", "4h", "1d")
ALIKE = 3
BEFORE = 1_000_000  # ticks that are there when the others come


class Six(Strategy):
    """Reads all six timeframes at every tick, three indicators, and trades."""

    def init(self):
        self.fast = ta.ema("1m", 20)
        self.rsi = ta.rsi("5m", 14)
        self.calm = ta.sma("1h", 50)

    def on_tick(self, tick):
        high = max(self.forming("15m").high, self.forming("4h").high, self.forming("1d").high)
        if not self.position:
            if tick.bid > self.fast[-1] and self.rsi[-1] < 60 and tick.bid < high:
                self.buy(10_000, stop_loss=pips(10), take_profit=pips(10))
        elif tick.bid < self.calm[-1] and self.rsi[-1] > 80:
            self.close()


def measure(quick=False):
    before, count = (BEFORE // 10, 20_000) if quick else (BEFORE, 200_000)
    ticks = market(before + count)
    sessions = [lab.Session(Six, ticks.symbol, timeframes=FRAMES) for _ in range(ALIKE)]
    states = [lab.MarketState(FRAMES, symbol=ticks.symbol) for _ in range(ALIKE)]
    rows = []
    for name, targets in (("a strategy", sessions), ("bars alone", states)):
        for target in targets:
            target.feed(ticks[:before])
        taken, closes = _fed(targets, ticks, before)
        rows += _rows(f"one tick fed from Python, six timeframes, {name}", taken, closes)
    bars = len(sessions[0].market.records("1m"))
    rows.append(note("closed 1m bars, which indicators are worked out over", f"{bars:,}"))
    return rows


def _fed(targets, ticks, before):
    """µs that each tick takes, and which of them close a minute."""
    scale = 10.0**ticks.symbol.digits
    fed = list(
        zip(ticks.ts[before:].tolist(), (ticks.bid[before:] / scale).tolist(), (ticks.ask[before:] / scale).tolist())
    )
    closes = np.diff(ticks.ts[before - 1 :] // 60_000_000) > 0
    taken = np.empty((len(targets), len(fed)))
    clock = time.perf_counter_ns
    gc.disable()
    for i, tick in enumerate(fed):
        for k, target in enumerate(targets):
            began = clock()
            target.feed(tick)
            taken[k, i] = clock() - began
    gc.enable()
    return taken.min(axis=0) / 1000, closes


def _rows(name, taken, closes):
    told = f"p99 {percentile(taken, 0.99):.1f}, mean {taken.mean():.1f}"
    inside, at_close = taken[~closes], taken[closes]
    return [
        at_most(f"{name}: p50", percentile(taken, 0.5), 15, "µs", told),
        at_most(f"{name}: p99.9", percentile(taken, 0.999), 100, "µs"),
        note("ticks that close no bar", f"p50 {percentile(inside, 0.5):.1f}, p99.9 {percentile(inside, 0.999):.1f} µs"),
        note(
            "ticks that close a minute",
            f"p50 {percentile(at_close, 0.5):.0f}, max {at_close.max():.0f} µs, {len(at_close):,} of {len(taken):,}",
        ),
    ]
