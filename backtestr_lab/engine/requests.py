"""What falls due (C1.2): orders arrive and expire, cancels and modifications are carried out (O3, O4)."""

from numba.types import int64, void

from ..jit import kernel, part
from .checks import bad_quantity, highest, points_of, steps_of, too_large, wrong_side
from .codes import (
    BAD_PRICE,
    BAD_QUANTITY,
    BY_TIF,
    BY_TRIGGER,
    BY_USER,
    ENTRY,
    EV_MODIFIED,
    EV_REQUEST_REJECTED,
    LIMIT,
    NO_RATE,
    NOT_POST_ONLY,
    OK,
    OVERFLOW,
    RUN_OVER,
    STOP,
    STOP_LIMIT,
    UNKNOWN,
    WRONG_SIDE,
)
from .costs import quoted
from .journal import write
from .layout import ARRIVE, CANCEL, CTX, EXPIRE, MODIFY
from .orders import accept, cancel_now, expire_now, is_attached, is_open, next_open, reject, to_the_end
from .queue import drop, due_of, put
from .risk import forbids


@kernel(void(CTX, int64, int64))
def refuse(c, order, reason):
    """REQUEST_REJECTED: too late, no such order, or bad values; not an error (O4)."""
    known = 1 <= order <= c.state[0]["n_orders"]
    symbol = c.orders[order - 1]["symbol"] if known else 0
    position = c.orders[order - 1]["position"] if known else 0
    write(c, EV_REQUEST_REJECTED, symbol, order, position, 0, 0, 0, reason)


@kernel(void(CTX, int64, int64, int64, int64, int64, int64))
def ask_for(c, kind, order, quantity, limit, stop, reason):
    """Queue a cancel or a modification; after the end it is refused at once (C5)."""
    if c.state[0]["over"]:
        refuse(c, order, RUN_OVER)
    else:
        put(c, due_of(c, order), kind, order, quantity, limit, stop, reason)


@kernel
def cancel(c, order):
    """Ask for an order to be cancelled (O4)."""
    ask_for(c, CANCEL, order, -1, -1, -1, OK)


@kernel
def cancel_all(c):
    """Ask for every open entry order to be cancelled, in order of submission; attached exits and closes stay (P2)."""
    order = next_open(c, 0)
    while order:
        if c.orders[order - 1]["role"] == ENTRY:
            cancel(c, order)
        order = next_open(c, order)


@kernel
def cancel_tagged(c, tag):
    """Ask for every open order with a tag to be cancelled, in order of submission (O4)."""
    order = next_open(c, 0)
    while order:
        if c.orders[order - 1]["tag"] == tag:
            cancel(c, order)
        order = next_open(c, order)


@kernel
def modify(c, order, quantity, has_quantity, limit, has_limit, stop, has_stop):
    """Ask for new values of an open order (O4); what is wrong with them is told when it falls due."""
    y = c.syms[c.orders[order - 1]["symbol"] if 1 <= order <= c.state[0]["n_orders"] else 0]
    reason = OK
    steps = -1
    if has_quantity:
        steps = max(0, steps_of(y, quantity))
        if bad_quantity(y, steps):
            reason = BAD_QUANTITY
    new_limit = points_of(y, limit) if has_limit else -1
    new_stop = points_of(y, stop) if has_stop else -1
    if reason == OK and (new_limit == 0 or new_stop == 0):
        reason = BAD_PRICE
    ask_for(c, MODIFY, order, steps, new_limit, new_stop, reason)


@kernel
def arrive(c, order):
    """An order reaches the market: checks against the last quote, if there is one, then it is at work (O3)."""
    o = c.orders[order - 1]
    bid, ask, known = quoted(c, o["symbol"])
    side = o["side"]
    quote = ask if side > 0 else bid
    reason = OK
    if known:
        stops = o["type"] == STOP or o["type"] == STOP_LIMIT
        if stops and wrong_side(side, o["stop"], bid, ask):
            reason = WRONG_SIDE
        elif o["post_only"] and side * (o["limit"] - quote) >= 0:
            reason = NOT_POST_ONLY
    if reason == OK:
        reason = forbids(c, order, o["quantity"] - o["filled"], quote, known)
    if reason == NO_RATE:
        reject(c, order, o["limit"] if o["limit"] else o["stop"], reason)
    elif reason != OK:
        reject(c, order, quote, reason)
    else:
        accept(c, order)


@part
def release(c, order):
    """The order it waited for is FILLED: it arrives, without latency (O1)."""
    s = c.state[0]
    o = c.orders[order - 1]
    o["due"] = s["now"]
    s["n_waiting"] -= 1
    drop(c, ARRIVE, order)
    arrive(c, order)


@part
def _flaw(c, r):
    """What is wrong with a modification, first failure wins (O4)."""
    o = c.orders[r["order"] - 1]
    k = o["symbol"]
    quantity = r["quantity"]
    limit = r["limit"]
    stop = r["stop"]
    if r["reason"] == BAD_QUANTITY or (quantity >= 0 and (is_attached(o) or quantity <= o["filled"])):
        return BAD_QUANTITY
    if r["reason"] == BAD_PRICE:
        return BAD_PRICE
    limits = o["type"] == LIMIT or o["type"] == STOP_LIMIT
    stops = (o["type"] == STOP or o["type"] == STOP_LIMIT) and o["triggered"] == 0
    if (limit >= 0 and not limits) or (stop >= 0 and not stops):
        return BAD_PRICE
    steps = quantity if quantity >= 0 else o["quantity"]
    price = max(limit if limit >= 0 else o["limit"], stop if stop >= 0 else o["stop"])
    if too_large(c, k, steps, highest(o, price)):
        return OVERFLOW
    bid, ask, known = quoted(c, k)
    # The side of an order that is not at work yet is checked when it arrives.
    if stop >= 0 and known and o["rank"] > 0 and wrong_side(o["side"], stop, bid, ask):
        return WRONG_SIDE
    return OK


@part
def _modify_now(c, r):
    """Carry a modification out, or write why not."""
    order = r["order"]
    reason = _flaw(c, r)
    if reason != OK:
        refuse(c, order, reason)
        return
    o = c.orders[order - 1]
    k = o["symbol"]
    steps = r["quantity"] if r["quantity"] >= 0 else o["quantity"]
    limit = r["limit"] if r["limit"] >= 0 else o["limit"]
    stop = r["stop"] if r["stop"] >= 0 else o["stop"]
    moved = limit != o["limit"] or stop != o["stop"]
    grown = steps > o["quantity"]
    retriggered = o["type"] == STOP_LIMIT and stop != o["stop"]
    also = steps != o["quantity"] or limit != o["limit"]
    o["quantity"] = steps
    o["limit"] = limit
    o["stop"] = stop
    if retriggered:
        write(c, EV_MODIFIED, k, order, o["position"], stop, o["side"] * steps, 0, BY_TRIGGER)
    if also or not retriggered:
        write(c, EV_MODIFIED, k, order, o["position"], limit if limit else stop, o["side"] * steps, 0, OK)
    c.syms[k]["dirty"] = 1
    if o["rank"] > 0 and (moved or grown):
        to_the_end(c, order)
    if moved:
        o["met"] = o["post_only"]


@kernel
def do_due(c):
    """Carry out everything that is due, by (due, sequence) (C1.2)."""
    s = c.state[0]
    while s["head"] < s["n_queue"]:
        r = c.queue[s["head"]]
        if r["due"] > s["now"]:
            break
        s["head"] += 1
        kind = r["kind"]
        order = r["order"]
        is_there = 1 <= order <= s["n_orders"] and is_open(c.orders[order - 1])
        if kind == ARRIVE and is_there:
            arrive(c, order)
        elif kind == EXPIRE and is_there:
            expire_now(c, order, BY_TIF)
        elif kind == CANCEL and is_there:
            cancel_now(c, order, BY_USER)
        elif kind == MODIFY and is_there:
            _modify_now(c, r)
        elif kind in (CANCEL, MODIFY):
            refuse(c, order, UNKNOWN)
    done = s["head"]
    for i in range(done, s["n_queue"]):
        c.queue[i - done] = c.queue[i]
    s["n_queue"] -= done
    s["head"] = 0
