"""Trades and the equity curve, derived from the journal, the bars and the ticks (P7)."""

import numpy as np

from ..bars.rows import bar_of
from ..jit import kernel
from ..records import TRADE
from .codes import COMMISSION, EV_BOOKING, EV_FILLED, EV_PARTIAL_FILL, PROFIT
from .costs import effective, muldiv


@kernel
def _share(amount, part_before, part, whole):
    """The share of an amount that a part of a whole bears; shares of all parts add up exactly."""
    return muldiv(amount, part_before + part, whole) - muldiv(amount, part_before, whole)


@kernel
def trades_of(events, cursors, orders):
    """Round trips in order of exit, and the tick counts at entry and exit: ``(TRADE array, (n, 2) int64)``.

    Commission of a fill is borne by the lots it closed and the lot it opened, by quantity.
    """
    n_trades = 0
    n_lots = 0
    for e in events:
        if e["kind"] == EV_BOOKING and e["reason"] == PROFIT:
            n_trades += 1
        n_lots = max(n_lots, e["position"])
    out = np.zeros(n_trades, TRADE)
    at = np.zeros((n_trades, 2), np.int64)
    # For each lot: the event that opened it, the steps it opened with, those closed so far, and its entry commission.
    opened = np.full(n_lots + 1, -1, np.int64)
    size = np.zeros(n_lots + 1, np.int64)
    gone = np.zeros(n_lots + 1, np.int64)
    paid = np.zeros(n_lots + 1, np.int64)

    n = 0
    i = 0
    while i < len(events):
        e = events[i]
        if e["kind"] != EV_FILLED and e["kind"] != EV_PARTIAL_FILL:
            i += 1
            continue
        # A fill and the bookings that follow it.
        order = e["order"]
        o = orders[order - 1]
        steps = abs(e["quantity"])
        cost = 0
        closed = 0
        j = i + 1
        while j < len(events) and events[j]["kind"] == EV_BOOKING and events[j]["order"] == order:
            b = events[j]
            if b["reason"] == COMMISSION:
                cost = -b["amount"]
            elif b["reason"] == PROFIT:
                lot = b["position"]
                entry = events[opened[lot]]
                piece = abs(b["quantity"])
                t = out[n]
                t["symbol"] = e["symbol"]
                t["position"] = lot
                t["side"] = -o["side"]
                t["quantity"] = piece
                t["entry_ts"] = entry["ts"]
                t["entry_price"] = b["price"]
                t["entry_order"] = entry["order"]
                t["exit_ts"] = e["ts"]
                t["exit_price"] = e["price"]
                t["exit_order"] = order
                t["exit_role"] = o["role"]
                t["profit"] = b["amount"]
                t["commission"] = _share(paid[lot], gone[lot], piece, size[lot]) + _share(cost, closed, piece, steps)
                at[n, 0] = cursors[opened[lot]]
                at[n, 1] = cursors[i]
                gone[lot] += piece
                closed += piece
                n += 1
            j += 1
        if closed < steps:
            lot = e["position"]
            opened[lot] = i
            size[lot] = steps - closed
            paid[lot] = _share(cost, closed, steps - closed, steps)
        i = j
    return out, at


@kernel
def extremes(base, bid, ask, side, a, z):
    """Least and greatest effective quote of ticks a to z - 1: the bid's for side +1, the ask's for -1 (R13).

    Whole base bars are looked at as bars.
    """
    low = 2**62
    high = -(2**62)
    b = bar_of(base, a)
    i = a
    while i < z:
        bar = base[b]
        end = bar["first"] + bar["ticks"]
        if i == bar["first"] and end <= z:
            low = min(low, bar["bid_min"] if side > 0 else bar["ask_min"])
            high = max(high, bar["bid_max"] if side > 0 else bar["ask_max"])
        else:
            for j in range(i, min(end, z)):
                x, y = effective(bid[j], ask[j])
                mark = x if side > 0 else y
                low = min(low, mark)
                high = max(high, mark)
        i = min(end, z)
        b += 1
    return low, high


@kernel
def ratchets(base, bid, ask, side, offset, a, z, out):
    """Every level of a trailing stop that tick a set and ticks up to z - 1 moved (F5); returns how many there are.

    Rows of `out` are (ticks taken, level), as far as it reaches. Base bars that move nothing are passed whole.
    """
    n = 0
    level = 0
    b = bar_of(base, a)
    i = a
    while i < z:
        bar = base[b]
        end = min(bar["first"] + bar["ticks"], z)
        best = bar["ask_min"] + offset if side > 0 else bar["bid_max"] - offset
        if level == 0 or side * (best - level) < 0:
            for j in range(i, end):
                x, y = effective(bid[j], ask[j])
                there = max(1, y + offset if side > 0 else x - offset)
                if level == 0 or side * (there - level) < 0:
                    level = there
                    if n < len(out):
                        out[n, 0] = j + 1
                        out[n, 1] = level
                    n += 1
        i = end
        b += 1
    return n


@kernel
def excursions(trades, at, base, bid, ask):
    """Fill mae and mfe: worst and best closing-side effective quote, fill tick to exit tick inclusive (P7)."""
    for n in range(len(trades)):
        t = trades[n]
        a, z = at[n, 0] - 1, at[n, 1]
        low, high = extremes(base, bid, ask, t["side"], a, z)
        if t["side"] > 0:
            t["mae"] = max(0, t["entry_price"] - low)
            t["mfe"] = max(0, high - t["entry_price"])
        else:
            t["mae"] = max(0, high - t["entry_price"])
            t["mfe"] = max(0, t["entry_price"] - low)


@kernel
def _worth(net, cost, bid, ask, inverse, mul, div):
    if net == 0 and cost == 0:
        return 0
    mark = bid if net > 0 else ask
    return muldiv(net * mark - cost, mul, div * (bid + ask) if inverse else div)


@kernel
def equity_of(events, cursors, minutes, first, upto, cash, bid, ask, inverse, mul, div):
    """Equity points (P7) and the lowest equity at any tick between them.

    Parameters
    ----------
    minutes : (m,) BAR
        Minute bars that end after the run's start.
    first : int
        Index of the run's first tick; earlier ones fed bars only.
    upto : int
        Bars that end later are left out.

    Returns
    -------
    ts, balance, equity, low : (n,) int64
        `low` is the lowest equity at any tick since the point before, this one included.
    """
    n = len(minutes)
    for e in events:
        if e["kind"] == EV_FILLED or e["kind"] == EV_PARTIAL_FILL:
            n += 1
    ts = np.empty(n, np.int64)
    balances = np.empty(n, np.int64)
    equities = np.empty(n, np.int64)
    lows = np.empty(n, np.int64)
    balance = cash
    net = 0
    cost = 0  # sum of signed steps times entry price over open lots
    k = 0
    m = 0
    i = 0
    seen = first  # ticks the lows have taken in
    while True:
        while i < len(events) and events[i]["kind"] != EV_FILLED and events[i]["kind"] != EV_PARTIAL_FILL:
            balance += events[i]["amount"]
            i += 1
        fill_ts = events[i]["ts"] if i < len(events) else 2**62
        # A bar's end comes before what happens at the same instant (C1.3 before C1.5).
        while m < len(minutes) and minutes[m]["end"] <= fill_ts and minutes[m]["end"] <= upto:
            bar = minutes[m]
            m += 1
            last = bar["first"] + bar["ticks"] - 1
            x, y = effective(bid[last], ask[last])
            ts[k] = bar["end"]
            balances[k] = balance
            equities[k] = balance + _worth(net, cost, x, y, inverse, mul, div)
            low = equities[k]
            if net != 0 and seen <= bar["first"] and not inverse:
                # The worst of a whole bar lies at its extreme.
                low = min(low, balance + _worth(net, cost, bar["bid_min"], bar["ask_max"], inverse, mul, div))
            elif net != 0:
                for j in range(max(seen, bar["first"]), last + 1):
                    x, y = effective(bid[j], ask[j])
                    low = min(low, balance + _worth(net, cost, x, y, inverse, mul, div))
            lows[k] = low
            seen = last + 1
            k += 1
        if i >= len(events):
            break
        e = events[i]
        tick = cursors[i] - 1
        low = 2**62
        if net != 0:
            for j in range(max(seen, first), tick):
                x, y = effective(bid[j], ask[j])
                low = min(low, balance + _worth(net, cost, x, y, inverse, mul, div))
        net += e["quantity"]
        cost += e["quantity"] * e["price"]
        price = e["price"]
        order = e["order"]
        i += 1
        while i < len(events) and events[i]["kind"] == EV_BOOKING and events[i]["order"] == order:
            b = events[i]
            balance += b["amount"]
            if b["reason"] == PROFIT:
                # The piece closed leaves at its entry price instead of opening at the fill's.
                cost += b["quantity"] * (b["price"] - price)
            i += 1
        x, y = effective(bid[tick], ask[tick])
        ts[k] = e["ts"]
        balances[k] = balance
        equities[k] = balance + _worth(net, cost, x, y, inverse, mul, div)
        lows[k] = min(low, equities[k])
        seen = tick + 1
        k += 1
    return ts[:k], balances[:k], equities[:k], lows[:k]
