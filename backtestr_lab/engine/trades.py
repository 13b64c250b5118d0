"""Trades and the equity curve, derived from the journal, the bars and the ticks (P7)."""

import numpy as np

from ..bars.rows import bar_of
from ..jit import kernel
from ..records import TRADE
from .codes import COMMISSION, EV_BOOKING, EV_FILLED, EV_PARTIAL_FILL, PROFIT
from .columns import numbers_at
from .costs import DIRECT, TIMES, effective, muldiv


@kernel
def _share(amount, part_before, part, whole):
    """The share of an amount that a part of a whole bears; shares of all parts add up exactly."""
    return muldiv(amount, part_before + part, whole) - muldiv(amount, part_before, whole)


@kernel
def trades_of(events, orders):
    """Round trips in order of exit, and the events of entry and exit: ``(TRADE array, (n, 2) int64)``.

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
                at[n, 0] = opened[lot]
                at[n, 1] = i
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
def ratchets(base, bid, ask, side, offset, a, z, level, out):
    """Every level of a trailing stop that tick a set and ticks up to z - 1 moved (F5); returns how many there are.

    `level` is where it stood before tick a, 0 when that sets it. Rows of `out` are (ticks taken, level), as far as it
    reaches. Base bars that move nothing are passed whole.
    """
    n = 0
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
def excursions(trades, at, symbol, base, bid, ask):
    """Fill mae and mfe of a symbol's trades: worst and best closing-side effective quote, both fills' ticks included.

    (P7)
    """
    for n in range(len(trades)):
        t = trades[n]
        if t["symbol"] != symbol:
            continue
        a, z = at[n, 0] - 1, at[n, 1]
        low, high = extremes(base, bid, ask, t["side"], a, z)
        if t["side"] > 0:
            t["mae"] = max(0, t["entry_price"] - low)
            t["mfe"] = max(0, high - t["entry_price"])
        else:
            t["mae"] = max(0, high - t["entry_price"])
            t["mfe"] = max(0, t["entry_price"] - low)


@kernel
def _worth(held, syms, at):
    """Unrealised profit of what is held, micro-units, each symbol's rounded once (P3).

    Rows of `held` are steps and steps times entry price, of longs and of shorts.
    """
    total = 0
    for k in range(len(syms)):
        long, paid, short, got = held[k]
        if long == 0 and short == 0:
            continue
        bid, ask = _quote(syms, k, at[k])
        total += _money(syms, k, long * bid - paid + got - short * ask, at)
    return total


@kernel
def _quote(syms, k, taken):
    i = taken - 1
    return effective(numbers_at(syms[k]["bid"])[i], numbers_at(syms[k]["ask"])[i])


@kernel
def _money(syms, k, points, at):
    """`costs.money` where the quotes are those of so many ticks taken."""
    y = syms[k]
    mul, div = y["money_mul"], y["money_div"]
    j = y["rate_symbol"]
    if y["rated"] != DIRECT:
        if at[j] <= syms[j]["first"]:
            return 0
        bid, ask = _quote(syms, j, at[j])
        if y["rated"] == TIMES:
            mul *= bid + ask
        else:
            div *= bid + ask
    return muldiv(points, mul, div)


@kernel
def _is_fill(e):
    return e["kind"] == EV_FILLED or e["kind"] == EV_PARTIAL_FILL


@kernel
def _hold(held, steps, price, sign):
    """Add steps at a price to what is held of a side, or take them off."""
    at = 0 if steps > 0 else 2
    held[at] += sign * abs(steps)
    held[at + 1] += sign * abs(steps) * price


@kernel
def _lowest(held, syms, balance, a, z):
    """The lowest equity at the ticks a to z - 1 of the one symbol there is."""
    low = 2**62
    at = np.empty(1, np.int64)
    for i in range(a, z):
        at[0] = i + 1
        low = min(low, balance + _worth(held, syms, at))
    return low


def equity_of(events, at, minutes, minutes_at, bars, syms, upto, cash, bind=None):
    """Equity points (P7), and for one symbol the lowest equity at any tick between them.

    Parameters
    ----------
    events : (n,) EVENT
    at : (n, symbols) int64
        Ticks each symbol had taken at each event.
    minutes : (m,) int64
        Instants at which a minute that had ticks ended, after the run's start.
    minutes_at : (m, symbols) int64
        Ticks stamped before them.
    bars : (m,) BAR
        Those minutes, of the one symbol there is; empty for several.
    syms : (symbols,) SYM
    upto : int
        Minutes that end later are left out.
    cash : int
        Micro-units.
    bind : callable, optional
        Where not all ticks are at hand: ``bind(first, end)`` lets `syms` point at those of ``[first, end)`` at least,
        and returns the range that is there.

    Returns
    -------
    ts, balance, equity, low : (p,) int64
        `low` is the lowest equity at any tick since the point before, this one included; for several symbols equity.
    """
    n = len(minutes) + int(np.isin(events["kind"], (EV_FILLED, EV_PARTIAL_FILL)).sum())
    points = np.empty((4, n), np.int64)
    held = np.zeros((len(syms), 4), np.int64)
    place = np.zeros(_PLACE, np.int64)
    place[_BALANCE], place[_SEEN] = cash, syms[0]["first"]
    place[_TO] = 0 if bind else 2**62
    given = events, at, minutes, minutes_at, bars, syms, upto
    while not _add_points(*given, points, held, place):
        place[_FROM], place[_TO] = bind(int(place[_WANTS]), int(place[_WANTS + 1]))
    return tuple(points[:, : place[_POINT]])


# Where `_add_points` stands: the next point, minute and event, ticks the lows have taken in, the balance; which ticks
# are at hand; which ones it wants to go on.
_POINT, _MINUTE, _EVENT, _SEEN, _BALANCE, _FROM, _TO, _WANTS = range(8)
_PLACE = _WANTS + 2


@kernel
def _lacks(place, first, end):
    """Whether some of these ticks are not at hand; then they are asked for."""
    place[_WANTS] = first
    place[_WANTS + 1] = end
    return first < place[_FROM] or end > place[_TO]


@kernel
def _add_points(events, at, minutes, minutes_at, bars, syms, upto, points, held, place):
    """Go on with `equity_of` as far as the ticks at hand reach; whether that is to the end."""
    alone = len(bars) > 0
    rated = syms[0]["rated"] != DIRECT
    while place[_EVENT] < len(events) or place[_MINUTE] < len(minutes):
        i, m, p = place[_EVENT], place[_MINUTE], place[_POINT]
        seen, balance = place[_SEEN], place[_BALANCE]
        open_before = held[0, 0] != 0 or held[0, 2] != 0
        # What falls due at an instant comes before the bar's end there, fills after it (C1).
        due = i < len(events) and not _is_fill(events[i])
        when = events[i]["ts"] if i < len(events) else 2**62
        if m < len(minutes) and minutes[m] <= upto and (minutes[m] < when or (minutes[m] == when and not due)):
            if alone and open_before and _lacks(place, max(seen, bars[m]["first"]) - 1, minutes_at[m, 0]):
                return False
            now = balance + _worth(held, syms, minutes_at[m])
            low = now
            if alone:
                bar = bars[m]
                long, paid, short, got = held[0]
                if (long == 0) != (short == 0) and seen <= bar["first"] and not rated:
                    # The worst of a whole bar lies at its extreme.
                    points_low = long * bar["bid_min"] - paid + got - short * bar["ask_max"]
                    low = min(low, balance + _money(syms, 0, points_low, minutes_at[m]))
                elif long or short:
                    low = min(low, _lowest(held, syms, balance, max(seen, bar["first"]), minutes_at[m, 0]))
                place[_SEEN] = minutes_at[m, 0]
            points[0, p], points[1, p], points[2, p], points[3, p] = minutes[m], balance, now, low
            place[_POINT] = p + 1
            place[_MINUTE] = m + 1
            continue
        if i >= len(events):
            break
        e = events[i]
        if not _is_fill(e):
            place[_BALANCE] = balance + e["amount"]
            place[_EVENT] = i + 1
            continue
        k = e["symbol"]
        row = i
        if alone and _lacks(place, min(seen, at[row, 0] - 1), at[row, 0]):
            return False
        low = 2**62
        if alone and open_before:
            low = _lowest(held, syms, balance, seen, at[row, 0] - 1)
        opened = e["quantity"]
        order = e["order"]
        i += 1
        while i < len(events) and events[i]["kind"] == EV_BOOKING and events[i]["order"] == order:
            b = events[i]
            balance += b["amount"]
            if b["reason"] == PROFIT:
                _hold(held[k], -b["quantity"], b["price"], -1)
                opened -= b["quantity"]
            i += 1
        if opened:
            _hold(held[k], opened, e["price"], 1)
        now = balance + _worth(held, syms, at[row])
        points[0, p], points[1, p], points[2, p], points[3, p] = e["ts"], balance, now, min(low, now)
        place[_POINT], place[_EVENT] = p + 1, i
        place[_SEEN], place[_BALANCE] = at[row, 0], balance
    return True
