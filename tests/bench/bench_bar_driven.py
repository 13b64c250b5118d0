"""A bar-driven strategy with stop-loss and take-profit over 50 M ticks, tick-exact, against a loop over every tick.

Ours is the user's call, `lab.backtest`, from the class to the `Run`. The hand-written loop is given bars and
indicators for nothing.
"""

import time

import numpy as np
from hand import bar_loop, room_for, same_fills
from market import market
from measure import at_least, at_most, note, side_by_side
from strategies import Simple, Trend

import backtestr_lab as lab
from backtestr_lab.records import Ticks
from backtestr_lab.runs.machine import Machine


def measure(quick=False):
    count = 5_000_000 if quick else 50_000_000
    ticks = market(count)
    rows = []
    for strategy in (Trend, Simple):
        rows += _compare(strategy, ticks)
    return rows


def _compare(strategy, ticks):
    run = lab.backtest(strategy, ticks)
    arguments = (ticks.ts, ticks.bid, ticks.ask, *_signals(run), *room_for(len(run.journal)))
    fills = bar_loop(*arguments)[0]
    alike = same_fills(run, arguments[-3:], fills)

    def first():
        # Another object over the same columns: nothing is known of it yet.
        lab.backtest(strategy, Ticks(ticks.ts, ticks.bid, ticks.ask, symbol=ticks.symbol, checked=True))

    times = side_by_side(
        {"hand": lambda: bar_loop(*arguments), "cached": lambda: lab.backtest(strategy, ticks), "first": first},
        rounds=7,
    )
    hand, cached, new = times["hand"], times["cached"], times["first"]
    name = f"{strategy.__name__} {strategy.timeframe}, {len(ticks) / 1e6:g} M ticks"
    per_second = f"{cached * 1e3:.1f} ms against {hand * 1e3:.1f} ms by hand, {alike}"
    return [
        at_least(f"{name}: base bars cached", hand / cached, 4, detail=per_second),
        at_most(f"{name}: first run, bars included", new / hand, 1.3, "x", f"{new * 1e3:.1f} ms"),
        note(
            "speed, and the engine's share",
            f"{len(ticks) / cached / 1e6:,.0f} M ticks/s, engine {_engine(strategy, ticks):.0%}, "
            f"ticks visited {run.visited / len(ticks):.2%}",
        ),
    ]


def _signals(run):
    """(first tick after each bar, enter, leave) of the strategy's timeframe."""
    bars = run.bars(run.timeframe)
    values = {name: series for name, (_, series) in run.indicators.items()}
    quick, calm = values["quick"], values["calm"]
    enter, leave = np.zeros(len(bars), "?"), np.zeros(len(bars), "?")
    enter[1:] = (quick[:-1] <= calm[:-1]) & (quick[1:] > calm[1:])
    leave[1:] = (quick[:-1] >= calm[:-1]) & (quick[1:] < calm[1:])
    if "rsi" in values:
        hours = run.bars(run.indicators["rsi"][0])
        last = np.searchsorted(hours["end"], bars["end"], "right") - 1
        enter &= (last >= 0) & (values["rsi"][last] < 70)
    return bars["first"] + bars["ticks"], enter, leave


def _engine(strategy, ticks):
    """The share of the time that is spent inside the loop, in the fastest of a few runs."""
    advance = Machine.advance
    spent = [0.0]

    def timed(machine, *args, **more):
        began = time.perf_counter()
        try:
            return advance(machine, *args, **more)
        finally:
            spent[0] += time.perf_counter() - began

    Machine.advance = timed
    try:
        runs = []
        for _ in range(7):
            spent[0] = 0.0
            began = time.perf_counter()
            lab.backtest(strategy, ticks)
            taken = time.perf_counter() - began
            runs.append((taken, spent[0] / taken))
    finally:
        Machine.advance = advance
    return min(runs)[1]
