"""What a skilled user writes without us: one numba loop for one strategy, over every tick.

Market entries and exits, a stop-loss and a take-profit, equity and its drawdown at each tick. It is told the bars'
first ticks and the indicators, and knows one position, one lot, no costs, no journal; its fills must be ours.
"""

import numpy as np
from numba import njit

from backtestr_lab.records import EVENTS, codes

__all__ = ["bar_loop", "room_for", "same_fills", "tick_loop"]

_FILLED = codes(EVENTS)["FILLED"]
STOP, PROFIT = 100, 150  # points


@njit
def bar_loop(ts, bid, ask, closes, enter, leave, fill_ts, fill_price, fill_side):
    """Signals at bar closes, `closes` the first tick after each bar; returns fills, profit and drawdown in points."""
    fills = 0
    held = False
    entry = stop = profit = entered = 0
    realised = peak = drawdown = 0
    wish = 0
    b = 0
    due = closes[0]
    for i in range(len(ts)):
        if i == due:
            if enter[b] and not held:
                wish = 1
            elif leave[b]:
                wish = -1
            b += 1
            due = closes[b] if b < len(closes) else -1
        x = bid[i]
        if held:
            price = 0
            if x <= stop:
                price = x
            elif x >= profit:
                # A limit that is beyond its price at the first tick it meets fills at that tick's quote.
                price = x if i == entered + 1 else profit
            elif wish < 0:
                price = x
            if price != 0:
                fill_ts[fills], fill_price[fills], fill_side[fills] = ts[i], price, -1
                fills += 1
                realised += price - entry
                held = False
        elif wish > 0:
            entry = ask[i]
            stop, profit, entered = entry - STOP, entry + PROFIT, i
            fill_ts[fills], fill_price[fills], fill_side[fills] = ts[i], entry, 1
            fills += 1
            held = True
        wish = 0
        equity = realised + (x - entry if held else 0)
        peak = max(peak, equity)
        drawdown = max(drawdown, peak - equity)
    return fills, realised, drawdown


@njit
def tick_loop(ts, bid, ask, weight, reach, fill_ts, fill_price, fill_side):
    """The same with signals at ticks, by an average of the middle."""
    fills = 0
    held = False
    entry = stop = profit = entered = 0
    realised = peak = drawdown = 0
    wish = 0
    mean = 0.0
    for i in range(len(ts)):
        x = bid[i]
        if held:
            price = 0
            if x <= stop:
                price = x
            elif x >= profit:
                price = x if i == entered + 1 else profit
            elif wish < 0:
                price = x
            if price != 0:
                fill_ts[fills], fill_price[fills], fill_side[fills] = ts[i], price, -1
                fills += 1
                realised += price - entry
                held = False
        elif wish > 0:
            entry = ask[i]
            stop, profit, entered = entry - STOP, entry + PROFIT, i
            fill_ts[fills], fill_price[fills], fill_side[fills] = ts[i], entry, 1
            fills += 1
            held = True
        wish = 0
        middle = (x / 1e5 + ask[i] / 1e5) / 2
        if mean == 0.0:
            mean = middle
        mean += weight * (middle - mean)
        if middle - mean > reach and not held:
            wish = 1
        elif middle - mean < -reach and held:
            wish = -1
        equity = realised + (x - entry if held else 0)
        peak = max(peak, equity)
        drawdown = max(drawdown, peak - equity)
    return fills, realised, drawdown


def same_fills(run, room, fills):
    """Say how the loop's fills and the run's are alike; raise where they are not."""
    filled = run.journal[run.journal["kind"] == _FILLED]
    ours = np.stack([filled["ts"], filled["price"], np.sign(filled["quantity"])])
    theirs = np.stack([column[:fills] for column in room])
    if ours.shape != theirs.shape or (ours != theirs).any():
        n = min(ours.shape[1], fills)
        other = np.flatnonzero((ours[:, :n] != theirs[:, :n]).any(axis=0))
        first = int(other[0]) if len(other) else n
        raise AssertionError(
            f"{ours.shape[1]:,} fills, by hand {fills:,}; number {first} is {ours[:, first : first + 1].T.tolist()}, "
            f"by hand {theirs[:, first : first + 1].T.tolist()}"
        )
    return f"the same {fills:,} fills"


def room_for(count):
    """Arrays for the loop's fills."""
    return tuple(np.zeros(count, "i8") for _ in range(3))
