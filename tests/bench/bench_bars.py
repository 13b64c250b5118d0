"""Six timeframes from 20 M ticks, against one numpy pass over the same bytes and against pandas, side by side.

Targets: at least 0.4 of the numpy pass's speed, at least 20 times pandas' resample. Ratios travel between machines,
times do not.
"""

import numpy as np
import pandas as pd
from market import market
from measure import at_least, note, side_by_side

from backtestr_lab.bars import base_bars, roll_up
from backtestr_lab.records import Ticks
from backtestr_lab.symbols import EURUSD

TICKS = 20_000_000
LADDER = ("5m", "15m", "1h", "4h", "1d")  # each from the one before; 1m comes from the ticks


def crossed_market(ticks, share=0.05, seed=8):
    """The same with a share of crossed quotes, which most bars then have: the second pass over their ticks."""
    bid = ticks.bid + np.where(np.random.default_rng(seed).random(len(ticks)) < share, 25, 0)
    return Ticks(ticks.ts, bid, ticks.ask, symbol=EURUSD, checked=True)


def six_timeframes(ticks):
    bars = [base_bars(ticks)]
    for timeframe in LADDER:
        bars.append(roll_up(bars[-1], timeframe, "17:00 America/New_York"))
    return bars


def numpy_pass(ticks):
    """Each column read once: the speed of memory."""
    return ticks.ts.max(), ticks.bid.max(), ticks.ask.max()


def numpy_extremes(ticks):
    """The extremes of both sides, of all ticks at once."""
    return ticks.ts.max(), ticks.bid.max(), ticks.bid.min(), ticks.ask.max(), ticks.ask.min()


def pandas_bars(frame):
    return [frame.resample(t).ohlc() for t in ("1min", "5min", "15min", "1h", "4h", "1D")]


def measure(quick=False):
    ticks = market(2_000_000 if quick else TICKS)
    crossed = crossed_market(ticks)
    frame = pd.DataFrame({"bid": ticks.bid, "ask": ticks.ask}, index=pd.DatetimeIndex(ticks.ts.astype("M8[us]")))
    works = {
        "ours": lambda: six_timeframes(ticks),
        "crossed": lambda: six_timeframes(crossed),
        "pass": lambda: numpy_pass(ticks),
        "extremes": lambda: numpy_extremes(ticks),
    }
    six_timeframes(ticks[:1_000])  # compile

    times = side_by_side(works, rounds=9)
    pandas = side_by_side({"pandas": lambda: pandas_bars(frame), "ours": works["ours"]}, rounds=2)
    ours = times["ours"]
    name = f"six timeframes, {len(ticks) / 1e6:g} M ticks"
    speed = f"{len(ticks) / ours / 1e6:,.0f} M ticks/s, {ours * 1e3:.1f} ms"
    return [
        at_least(f"{name}: of a numpy pass", times["pass"] / ours, 0.4, detail=speed),
        at_least(f"{name}: of pandas' resample", pandas["pandas"] / ours, 20, detail=f"{pandas['pandas']:.2f} s"),
        note("numpy, extremes of both sides", f"{times['extremes'] / ours:.2f}x of ours"),
        note("5 % crossed quotes", f"{times['crossed'] * 1e3:.1f} ms"),
    ]
