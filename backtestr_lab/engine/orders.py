"""The order table: submission, arrival, cancel, modify, and the states an order can be in (O2-O4)."""

import numpy as np
from numba.types import int64, void

from ..jit import kernel
from .codes import (
    AT_PRICE,
    BAD_PRICE,
    BAD_QUANTITY,
    BY_PCT,
    BY_POINTS,
    BY_USER,
    CANCELLED,
    CLOSE,
    ENTRY,
    EV_CANCELLED,
    EV_MODIFIED,
    EV_REJECTED,
    EV_REQUEST_REJECTED,
    EV_SUBMITTED,
    LIMIT,
    MARKET,
    NO_EXIT,
    OK,
    OVERFLOW,
    PENDING,
    REJECTED,
    RUN_OVER,
    STOP,
    STOP_LIMIT,
    UNKNOWN,
    UNSUPPORTED,
    WRONG_SIDE,
)
from .costs import quoted
from .journal import FLOODED, Flooded, write
from .layout import ARRIVE, CANCEL, CTX, MODIFY

# What may become of an order in each state, by event. The docs' diagram is drawn from this table, and an event that it
# does not have is a bug of the engine (tests/properties/test_conservation.py checks every journal against it).
TRANSITIONS = {
    ("", "SUBMITTED"): "PENDING",
    ("PENDING", "REJECTED"): "REJECTED",
    ("PENDING", "TRIGGERED"): "PENDING",
    ("PENDING", "MODIFIED"): "PENDING",
    ("PENDING", "PARTIAL_FILL"): "PARTIALLY_FILLED",
    ("PENDING", "FILLED"): "FILLED",
    ("PENDING", "CANCELLED"): "CANCELLED",
    ("PENDING", "EXPIRED"): "EXPIRED",
    ("PARTIALLY_FILLED", "MODIFIED"): "PARTIALLY_FILLED",
    ("PARTIALLY_FILLED", "PARTIAL_FILL"): "PARTIALLY_FILLED",
    ("PARTIALLY_FILLED", "FILLED"): "FILLED",
    ("PARTIALLY_FILLED", "CANCELLED"): "CANCELLED",
    ("PARTIALLY_FILLED", "EXPIRED"): "EXPIRED",
}

_MOST = 2**62
_EXACT = 2.0**53  # beyond it float64 has no exact points
_PIPS = 4  # views.DISTANCES; becomes points here


@kernel(int64(CTX, int64, int64, int64, int64, int64))
def add_order(c, k, side, kind, role, steps):
    """A new row of the order table, PENDING; returns its id."""
    s = c.state[0]
    n = s["n_orders"]
    if n == len(c.orders):
        raise Flooded(FLOODED)
    o = c.orders[n]
    o["id"] = n + 1
    o["symbol"] = k
    o["side"] = side
    o["type"] = kind
    o["role"] = role
    o["state"] = PENDING
    o["quantity"] = steps
    o["ts"] = s["now"]
    o["due"] = s["now"]
    s["n_orders"] = n + 1
    return n + 1


@kernel(void(CTX, int64))
def accept(c, order):
    """Put an order to work: last in the order of acceptance, and it has met no tick (F2, F7)."""
    s = c.state[0]
    n = s["n_working"]
    if n == len(c.working):
        raise Flooded(FLOODED)
    s["rank"] += 1
    o = c.orders[order - 1]
    o["rank"] = s["rank"]
    o["met"] = 0
    c.working[n] = order
    s["n_working"] = n + 1
    c.syms[o["symbol"]]["dirty"] = 1


@kernel
def sweep(c):
    """Take the orders that are done out of the working list, keeping the order of acceptance."""
    s = c.state[0]
    kept = 0
    for i in range(s["n_working"]):
        order = c.working[i]
        if c.orders[order - 1]["state"] == PENDING:
            c.working[kept] = order
            kept += 1
    s["n_working"] = kept


@kernel(void(CTX, int64, int64, int64, int64, int64, int64))
def request(c, kind, order, quantity, limit, stop, reason):
    """Queue what falls due after the latency, which is zero for now (C1.2)."""
    s = c.state[0]
    n = s["n_queue"]
    if n == len(c.queue):
        raise Flooded(FLOODED)
    r = c.queue[n]
    r["due"] = s["now"]
    r["seq"] = s["requests"]
    r["kind"] = kind
    r["order"] = order
    r["quantity"] = quantity
    r["limit"] = limit
    r["stop"] = stop
    r["reason"] = reason
    s["requests"] += 1
    s["n_queue"] = n + 1


@kernel
def steps_of(y, quantity):
    """A quantity in steps, or 0 when it has no exact number of them (U3)."""
    scaled = quantity * y["steps"]
    if not abs(scaled) < _MOST:
        return 0
    nearest = np.floor(scaled + 0.5)
    if abs(scaled - nearest) > max(1e-6, 4 * np.spacing(abs(scaled))):
        return 0
    return np.int64(nearest)


@kernel
def points_of(y, price):
    """A price in points, or 0 when it is not a finite positive number (U2)."""
    scaled = price * y["scale"]
    if not (0.0 < scaled < _EXACT):
        return 0
    return np.int64(np.floor(scaled + 0.5))


@kernel
def _exit_of(y, kind, value):
    """An attached exit as it is kept: ``(kind, points or 1e-6 percent, is good)``."""
    if kind == NO_EXIT:
        return NO_EXIT, 0, True
    if kind == AT_PRICE:
        points = points_of(y, value)
        return AT_PRICE, points, points > 0
    if kind == BY_PCT:
        scaled = value * 1e6
    elif kind == _PIPS:
        kind = BY_POINTS
        scaled = value * y["pip"]
    else:
        scaled = value
    if not (0.0 < scaled < _EXACT):
        return kind, 0, False
    whole = np.int64(np.floor(scaled + 0.5))
    return kind, whole, whole > 0


@kernel
def too_large(c, k, steps, price):
    """Whether the order's value could pass what an int64 holds (U4)."""
    y = c.syms[k]
    bid, ask, known = quoted(c, k)
    a = max(price, ask)
    q = abs(y["net"]) + steps
    if a == 0 or q == 0:
        return False
    if q > _MOST // a:
        return True
    if y["inverse"] and not known:
        return False
    div = float(y["money_div"]) * (bid + ask if y["inverse"] else 1)
    return float(a) * float(q) * float(y["money_mul"]) / div > float(_MOST)


@kernel
def _highest(o, price):
    """The largest of an order's prices, distances left out (U4)."""
    if o["sl_kind"] == AT_PRICE:
        price = max(price, o["sl"])
    if o["tp_kind"] == AT_PRICE:
        price = max(price, o["tp"])
    return price


@kernel
def submit(c, side, quantity, sized, limit_kind, limit, stop_kind, stop, sl_kind, sl, tp_kind, tp, reduce_only, tag):
    """`buy` and `sell`: write SUBMITTED, check the form, queue the arrival (O3); returns the order's id.

    Kinds are `views.DISTANCES`; `sized` 0 asks for the run's size.
    """
    s = c.state[0]
    k = 0
    y = c.syms[k]
    steps = steps_of(y, quantity) if sized else c.config[0]["size"]
    bad_quantity = steps <= 0 or steps < y["least"] or steps > y["largest"]

    limit_points = points_of(y, limit) if limit_kind == AT_PRICE else 0
    stop_points = points_of(y, stop) if stop_kind == AT_PRICE else 0
    sl_kind, sl_value, sl_good = _exit_of(y, sl_kind, sl)
    tp_kind, tp_value, tp_good = _exit_of(y, tp_kind, tp)
    bad_price = not sl_good or not tp_good
    if (limit_kind != NO_EXIT and limit_points == 0) or (stop_kind != NO_EXIT and stop_points == 0):
        bad_price = True

    kind = MARKET
    if limit_kind != NO_EXIT:
        kind = STOP_LIMIT if stop_kind != NO_EXIT else LIMIT
    elif stop_kind != NO_EXIT:
        kind = STOP

    order = add_order(c, k, side, kind, ENTRY, steps)
    o = c.orders[order - 1]
    o["limit"] = limit_points
    o["stop"] = stop_points
    o["sl_kind"] = sl_kind
    o["sl"] = sl_value
    o["tp_kind"] = tp_kind
    o["tp"] = tp_value
    o["reduce_only"] = reduce_only
    o["tag"] = tag

    reason = OK
    if s["over"]:
        reason = RUN_OVER
    elif bad_quantity:
        reason = BAD_QUANTITY
    elif bad_price:
        reason = BAD_PRICE
    elif too_large(c, k, steps, _highest(o, max(limit_points, stop_points))):
        reason = OVERFLOW
    elif kind == STOP_LIMIT:
        reason = UNSUPPORTED
    price = 0 if reason == BAD_PRICE else (limit_points if limit_points else stop_points)
    write(c, EV_SUBMITTED, k, order, 0, price, side * steps, 0, OK)
    if reason != OK:
        reject(c, order, price, reason)
    else:
        request(c, ARRIVE, order, -1, -1, -1, OK)
    return order


@kernel(void(CTX, int64, int64, int64))
def reject(c, order, price, reason):
    """PENDING -> REJECTED, with the price it was checked against."""
    o = c.orders[order - 1]
    o["state"] = REJECTED
    o["reason"] = reason
    write(c, EV_REJECTED, o["symbol"], order, o["position"], price, o["side"] * o["quantity"], 0, reason)


@kernel(void(CTX, int64, int64))
def cancel_now(c, order, reason):
    """PENDING -> CANCELLED."""
    o = c.orders[order - 1]
    o["state"] = CANCELLED
    o["reason"] = reason
    left = o["side"] * (o["quantity"] - o["filled"])
    write(c, EV_CANCELLED, o["symbol"], order, o["position"], 0, left, 0, reason)
    c.syms[o["symbol"]]["dirty"] = 1


@kernel
def close(c):
    """Order the whole net position closed at market, reduce-only (P2); the order's id, or 0 when flat."""
    s = c.state[0]
    net = c.syms[0]["net"]
    if net == 0:
        return 0
    side = -1 if net > 0 else 1
    order = add_order(c, 0, side, MARKET, CLOSE, abs(net))
    c.orders[order - 1]["reduce_only"] = 1
    write(c, EV_SUBMITTED, 0, order, 0, 0, side * abs(net), 0, OK)
    if s["over"]:
        reject(c, order, 0, RUN_OVER)
    else:
        request(c, ARRIVE, order, -1, -1, -1, OK)
    return order


@kernel(void(CTX, int64, int64))
def refuse(c, order, reason):
    """REQUEST_REJECTED: too late, no such order, or bad values; not an error (O4)."""
    known = 1 <= order <= c.state[0]["n_orders"]
    position = c.orders[order - 1]["position"] if known else 0
    write(c, EV_REQUEST_REJECTED, 0, order, position, 0, 0, 0, reason)


@kernel
def ask(c, kind, order, quantity, limit, stop, reason):
    """Queue a cancel or a modification; after the end it is refused at once (C5)."""
    if c.state[0]["over"]:
        refuse(c, order, RUN_OVER)
    else:
        request(c, kind, order, quantity, limit, stop, reason)


@kernel
def cancel(c, order):
    """Ask for an order to be cancelled (O4)."""
    ask(c, CANCEL, order, -1, -1, -1, OK)


@kernel
def cancel_all(c):
    """Ask for every pending entry order to be cancelled, in order of submission; attached exits stay."""
    for i in range(c.state[0]["n_orders"]):
        o = c.orders[i]
        if o["state"] == PENDING and o["parent"] == 0 and o["role"] == ENTRY:
            cancel(c, i + 1)


@kernel
def modify(c, order, quantity, has_quantity, limit, has_limit, stop, has_stop):
    """Ask for new values of a working order (O4); what is wrong with them is told on arrival."""
    y = c.syms[0]
    reason = OK
    steps = -1
    if has_quantity:
        steps = steps_of(y, quantity)
        if steps <= 0 or steps < y["least"] or steps > y["largest"]:
            reason = BAD_QUANTITY
    new_limit = points_of(y, limit) if has_limit else -1
    new_stop = points_of(y, stop) if has_stop else -1
    if reason == OK and (new_limit == 0 or new_stop == 0):
        reason = BAD_PRICE
    ask(c, MODIFY, order, steps, new_limit, new_stop, reason)


@kernel
def wrong_side(side, stop, bid, ask):
    """A stop that the last quote has passed already (F3)."""
    return stop <= ask if side > 0 else stop >= bid


@kernel
def modify_now(c, r):
    """Carry a modification out, or write why not."""
    order = r["order"]
    o = c.orders[order - 1]
    k = o["symbol"]
    reason = r["reason"]
    quantity = r["quantity"]
    limit = r["limit"]
    stop = r["stop"]
    if reason in (OK, BAD_PRICE) and quantity >= 0 and (o["parent"] != 0 or quantity <= o["filled"]):
        reason = BAD_QUANTITY
    if reason == OK and ((limit >= 0 and o["limit"] == 0) or (stop >= 0 and (o["stop"] == 0 or o["triggered"]))):
        reason = BAD_PRICE
    steps = quantity if quantity >= 0 else o["quantity"]
    highest = max(limit if limit >= 0 else o["limit"], stop if stop >= 0 else o["stop"])
    if reason == OK and too_large(c, k, steps, _highest(o, highest)):
        reason = OVERFLOW
    bid, ask, known = quoted(c, k)
    if reason == OK and stop >= 0 and known and wrong_side(o["side"], stop, bid, ask):
        reason = WRONG_SIDE
    if reason != OK:
        refuse(c, order, reason)
        return
    moved = (limit >= 0 and limit != o["limit"]) or (stop >= 0 and stop != o["stop"])
    grown = steps > o["quantity"]
    o["quantity"] = steps
    if limit >= 0:
        o["limit"] = limit
    if stop >= 0:
        o["stop"] = stop
    price = o["limit"] if o["limit"] else o["stop"]
    write(c, EV_MODIFIED, k, order, o["position"], price, o["side"] * steps, 0, OK)
    c.syms[k]["dirty"] = 1
    if moved or grown:
        _to_the_end(c, order)
    if moved:
        o["met"] = 0


@kernel
def _to_the_end(c, order):
    s = c.state[0]
    n = s["n_working"]
    i = 0
    while i < n and c.working[i] != order:
        i += 1
    for j in range(i + 1, n):
        c.working[j - 1] = c.working[j]
    c.working[n - 1] = order
    s["rank"] += 1
    c.orders[order - 1]["rank"] = s["rank"]


@kernel
def known_and_pending(c, order):
    """Whether a request's order exists, has arrived, and is still at work."""
    if order < 1 or order > c.state[0]["n_orders"]:
        return False
    o = c.orders[order - 1]
    return o["state"] == PENDING and o["rank"] > 0


@kernel
def cancel_or_tell(c, order):
    """Carry a cancel out, or write that it came too late."""
    if known_and_pending(c, order):
        cancel_now(c, order, BY_USER)
    else:
        refuse(c, order, UNKNOWN)
