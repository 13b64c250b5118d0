"""Losses that stop trading, and the stop-out (P4); and how far quotes may go before either is possible (C6)."""

import numpy as np

from ..jit import kernel, part
from .account import equity, next_position, profit_of_position, steps_of_position
from .codes import (
    BY_LIMIT,
    DAILY_LOSS,
    DRAWDOWN,
    ENTRY,
    EV_LIMIT_BREACH,
    EV_STOP_OUT,
    EV_TRADING_STOPPED,
    NO_MARGIN,
    OVER_LIMIT,
    STOP_OUT,
)
from .columns import asks_of, bids_of
from .costs import DIRECT, effective, margin, mark, muldiv
from .journal import write
from .orders import accept, cancel_now, is_open, next_open
from .submission import order_to_close

AN_AMOUNT, A_SHARE = 1, 2
_WHOLE = 1_000_000
_HIGH = 2**62
_LOW = -(2**62)
# Each amount of money is rounded by up to half a micro-unit; a sum of some of them is off by less than this.
_ROUNDING = 64.0


@kernel
def _floor(kind, value, reference):
    """The equity at which a loss from the reference is reached, micro-units."""
    return reference - (value if kind == AN_AMOUNT else muldiv(reference, value, _WHOLE))


@kernel
def note_peak(c):
    """An equity point (P7): the peak that a drawdown is measured from, where one is limited."""
    if c.config[0]["drawdown_kind"]:
        s = c.state[0]
        now = equity(c)
        if now > s["peak"]:
            s["peak"] = now
            s["unsure"] = 1


@kernel
def begin_day(c):
    """The reset of a day boundary: the daily loss counts from here, and one that stopped trading ends."""
    s = c.state[0]
    s["new_day"] = 0
    s["day_start"] = equity(c)
    s["unsure"] = 1
    if s["stopped"] == DAILY_LOSS:
        s["stopped"] = 0


@kernel
def _is_closing(c, first):
    """Whether an order of a limit or a stop-out is closing this position."""
    if c.state[0]["closing"] == 0:
        return False
    lot = c.lots[first]
    for w in range(c.state[0]["n_working"]):
        o = c.orders[c.working[w] - 1]
        about = o["closes"] == lot["order"] if c.config[0]["hedging"] else o["symbol"] == lot["symbol"]
        if about and is_open(o) and o["role"] in (STOP_OUT, BY_LIMIT):
            return True
    return False


@kernel
def _close_by_force(c, first, role):
    """A market order for a position, at work at once."""
    accept(c, order_to_close(c, first, role))
    c.state[0]["closing"] += 1


@kernel
def _stop_trading(c, reason, now, level):
    """Cancel entries, close positions, refuse what follows."""
    s = c.state[0]
    write(c, EV_LIMIT_BREACH, 0, 0, 0, now, level, 0, reason)
    write(c, EV_TRADING_STOPPED, 0, 0, 0, 0, 0, 0, reason)
    s["stopped"] = reason
    order = next_open(c, 0)
    while order:
        o = c.orders[order - 1]
        if o["role"] == ENTRY and o["reduce_only"] == 0:
            cancel_now(c, order, OVER_LIMIT)
        order = next_open(c, order)
    hedging = c.config[0]["hedging"]
    for k in range(1 if hedging else len(c.syms)):
        of = -1 if hedging else k  # netting symbol by symbol, hedging in order of opening
        first = next_position(c, 0, of)
        while first >= 0:
            if not _is_closing(c, first):
                _close_by_force(c, first, BY_LIMIT)
            first = next_position(c, first + 1, of)


@kernel
def maintenance(c):
    """Maintenance margin of the positions that nothing closes by force; the first with the least profit, or -1."""
    total = 0
    worst = -1
    least = _HIGH
    first = next_position(c, 0, -1)
    while first >= 0:
        if not _is_closing(c, first):
            lot = c.lots[first]
            k = lot["symbol"]
            total += margin(c, k, steps_of_position(c, first), mark(c, k, lot["side"]), c.syms[k]["maintenance"])
            profit = profit_of_position(c, first)
            if profit < least:
                worst, least = first, profit
        first = next_position(c, first + 1, -1)
    return total, worst


@kernel
def watch(c):
    """Test losses and margin at a tick (P4)."""
    s = c.state[0]
    g = c.config[0]
    s["unsure"] = 1
    if s["stopped"] == 0 and (g["loss_kind"] or g["drawdown_kind"]):
        now = equity(c)
        of_day = _floor(g["loss_kind"], g["loss"], s["day_start"]) if g["loss_kind"] else _LOW
        of_peak = _floor(g["drawdown_kind"], g["drawdown"], s["peak"]) if g["drawdown_kind"] else _LOW
        if now <= of_day:
            _stop_trading(c, DAILY_LOSS, now, of_day)
        elif now <= of_peak:
            _stop_trading(c, DRAWDOWN, now, of_peak)
    while s["n_lots"]:
        needed, worst = maintenance(c)
        now = equity(c)
        if worst < 0 or now >= needed:
            break
        lot = c.lots[worst]
        write(c, EV_STOP_OUT, lot["symbol"], 0, lot["id"], now, needed, 0, NO_MARGIN)
        _close_by_force(c, worst, STOP_OUT)


@kernel
def _room(c):
    """Micro-units that equity can lose before a limit is reached; at most 0 where one is."""
    s = c.state[0]
    g = c.config[0]
    now = equity(c)
    room = _HIGH
    if s["stopped"] == 0:
        if g["loss_kind"]:
            room = min(room, now - _floor(g["loss_kind"], g["loss"], s["day_start"]))
        if g["drawdown_kind"]:
            room = min(room, now - _floor(g["drawdown_kind"], g["drawdown"], s["peak"]))
    needed, worst = maintenance(c)
    return min(room, now - needed) if worst >= 0 else room


@kernel
def _side_of(c, k, side):
    """Open steps of one side of a symbol, and the sum of steps times entry prices."""
    steps = 0
    paid = 0.0
    for i in range(c.state[0]["n_lots"]):
        lot = c.lots[i]
        if lot["symbol"] == k and lot["side"] == side:
            steps += lot["steps"]
            paid += float(lot["price"]) * float(lot["steps"])
    return steps, paid


@kernel
def find_losses(c):
    """The quotes of each symbol up to which no limit can be reached, whatever the others do up to theirs (C6).

    Every side of every symbol may use up an equal share of the room there is. A bound, not the limit itself: who
    reaches it is looked at, and finds new ones. Where money is converted through another symbol, every tick is.
    """
    s = c.state[0]
    s["unsure"] = 0
    parts = 0
    watched = False
    for k in range(len(c.syms)):
        y = c.syms[k]
        y["loss_low"], y["loss_high"], y["watched"] = _LOW, _HIGH, 0
        y["seen_to"] = 0
        for side in (-1, 1):
            steps, paid = _side_of(c, k, side)
            if steps:
                parts += 1
                watched = watched or (y["rated"] != DIRECT and y["rate_symbol"] != k)
    g = c.config[0]
    if parts == 0 and (s["stopped"] or not (g["loss_kind"] or g["drawdown_kind"])):
        return
    room = _room(c)
    if room >= _HIGH:
        return
    if watched or room <= 0:
        for k in range(len(c.syms)):
            c.syms[k]["watched"] = 1
        return
    for k in range(len(c.syms)):
        y = c.syms[k]
        for side in (-1, 1):
            steps, paid = _side_of(c, k, side)
            if steps == 0:
                continue
            now = mark(c, k, side)
            share = float(room) / parts - _ROUNDING
            point = float(steps) * float(y["money_mul"]) / float(y["money_div"])  # micro-units of one point
            rate = float(y["maintenance"]) / _WHOLE
            if y["rated"] == DIRECT:
                # A short position's margin grows with its loss.
                away = share / (point * (1.0 + rate if side < 0 else 1.0))
                level = now - side * max(0.0, np.floor(away * (1 - 1e-9)) - 1)
            else:
                level = _inverse_level(c, k, side, steps, paid, share, point, rate)
            if side > 0:
                y["loss_low"] = max(y["loss_low"], np.int64(max(level, 0.0)))
            else:
                y["loss_high"] = min(y["loss_high"], np.int64(min(level, 4e18)))


@kernel
def _inverse_level(c, k, side, steps, paid, share, point, rate):
    """The same where the symbol's own quote divides: a profit is worth less the higher the quotes (U4).

    Whatever the spread does, a point is worth at most point / (2 bid) to a long and point / ask to a short, and its
    margin at most half of that times the quote, or all of it.
    """
    at_once = float(mark(c, k, side)) + side  # reached by every quote there is
    lot_points = side * (float(mark(c, k, side)) * steps - paid)
    bid, ask = float(mark(c, k, 1)), float(mark(c, k, -1))
    unit = point / steps  # micro-units times the sum of a quote, of one point of one step
    profit = lot_points * unit / (bid + ask)
    # The margin can grow from what it is to its bound.
    most = (0.5 if side > 0 else 1.0) * unit * steps * rate
    is_now = float(mark(c, k, side)) * steps * unit / (bid + ask) * rate
    lowest = profit - (share - max(0.0, most - is_now))
    if lowest >= 0.0:
        return at_once
    if side > 0:
        return np.floor(0.5 * paid * unit / (0.5 * steps * unit - lowest) * (1 + 1e-9)) + 1
    if -lowest >= steps * unit:
        return 4e18
    return np.ceil(paid * unit / (steps * unit + lowest) * (1 - 1e-9)) - 1


@part
def can_lose(c, k, i):
    """Whether a limit could be reached at tick i of symbol k, the one at hand (C6)."""
    if c.config[0]["skip"] == 0:
        return True
    if c.state[0]["unsure"]:
        find_losses(c)
    y = c.syms[k]
    bid, ask = effective(bids_of(c, k)[i], asks_of(c, k)[i])
    return y["watched"] == 1 or bid <= y["loss_low"] or ask >= y["loss_high"]
