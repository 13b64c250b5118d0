"""Questions to a run of 50 M ticks at random instants, answered in full."""

import time

import numpy as np
from market import market
from measure import at_most, note, percentile
from strategies import Momentum, Trend

import backtestr_lab as lab

QUESTIONS = 300


def measure(quick=False):
    ticks = market(5_000_000 if quick else 50_000_000)
    rows = []
    for strategy in (Trend, Momentum):
        run = lab.backtest(strategy, ticks)
        instants = np.random.default_rng(3).integers(run.start, run.end, QUESTIONS).tolist()
        name = f"run.at(t) on {len(ticks) / 1e6:g} M ticks, {strategy.__name__}"
        opened = _seconds(_read, run, instants[:1])[0]
        rows.append(_row(name, _seconds(_read, run, instants), 5))
        traced = _seconds(_read_with_variables, run, instants[:1])[0]
        rows.append(_row(f"{name}, variables", _seconds(_read_with_variables, run, instants), 20))
        rows.append(note("the first question, and the trace", f"{opened * 1e3:.0f} ms, {traced:.2f} s once"))
    return rows


def _row(name, seconds, target):
    ms = [1e3 * s for s in seconds]
    return at_most(
        f"{name}: p95", percentile(ms, 0.95), target, "ms", f"p50 {percentile(ms, 0.5):.2f}, max {max(ms):.1f}"
    )


def _seconds(question, run, instants):
    taken = []
    for instant in instants:
        began = time.perf_counter()
        question(run, instant)
        taken.append(time.perf_counter() - began)
    return taken


def _read(run, instant):
    """What one looks at: money, tables, indicators, six forming bars, the last 50 hours."""
    state = run.at(instant)
    forming = [state.forming(t) for t in run.timeframes]
    return state.equity, state.positions, state.orders, state.indicators, forming, state.bars("1h", 50)


def _read_with_variables(run, instant):
    return _read(run, instant), run.at(instant).variables
