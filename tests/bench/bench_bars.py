"""Six timeframes from 20 M ticks, against one numpy pass over the same bytes and against pandas, side by side.

Targets: at least 0.4 of the numpy pass's speed, at least 20 times pandas' resample. Ratios travel between machines,
times do not.
"""

import time

import numpy as np
import pandas as pd

from backtestr_lab.bars import base_bars, roll_up
from backtestr_lab.records import Ticks
from backtestr_lab.symbols import EURUSD
from backtestr_lab.units import to_micros

TICKS = 20_000_000
LADDER = ("5m", "15m", "1h", "4h", "1d")  # each from the one before; 1m comes from the ticks


def market(count=TICKS, seed=7):
    """A random walk of about 200 ticks a minute, no break, no crossed quote."""
    random = np.random.default_rng(seed)
    ts = to_micros("2024-01-01") + np.cumsum(random.integers(0, 600_000, count))
    bid = 110_000 + np.cumsum(random.integers(-1, 2, count))
    return Ticks(ts, bid, bid + random.integers(0, 20, count), symbol=EURUSD)


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


def best(work, *args, rounds=7):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work(*args)
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    ticks = market()
    frame = pd.DataFrame({"bid": ticks.bid, "ask": ticks.ask}, index=pd.DatetimeIndex(ticks.ts.astype("M8[us]")))
    six_timeframes(ticks[:1_000])  # compile

    ours = best(six_timeframes, ticks)
    crossed = best(six_timeframes, crossed_market(ticks))
    one_pass, extremes = best(numpy_pass, ticks), best(numpy_extremes, ticks)
    pandas = best(pandas_bars, frame, rounds=1)

    print(f"six timeframes from {len(ticks):,} ticks: {ours * 1e3:.1f} ms, {len(ticks) / ours / 1e6:,.0f} M ticks/s")
    print(f"  5 % crossed quotes               {crossed * 1e3:8.1f} ms")
    print(f"  numpy, each column read once     {one_pass * 1e3:8.1f} ms   ratio {one_pass / ours:6.2f}   target 0.4")
    print(f"  numpy, extremes of both sides    {extremes * 1e3:8.1f} ms   ratio {extremes / ours:6.2f}")
    print(f"  pandas resample, six timeframes  {pandas * 1e3:8.1f} ms   ratio {pandas / ours:6.1f}   target 20")


if __name__ == "__main__":
    main()
