"""The order table: the states an order can be in, who is at work in which order, and how orders end (O2)."""

from numba.types import int64, void

from ..jit import kernel, part
from .codes import (
    BY_LIMIT,
    BY_OCO,
    BY_PARENT,
    CANCELLED,
    DAY,
    EV_CANCELLED,
    EV_EXPIRED,
    EV_REJECTED,
    EXPIRED,
    LIMIT,
    PARTIALLY_FILLED,
    PENDING,
    REJECTED,
    STOP_LIMIT,
    STOP_LOSS,
    STOP_OUT,
    TRAIL,
)
from .journal import FLOODED, Flooded, write
from .layout import ARRIVE, CTX, EXPIRE, NEVER
from .queue import drop, first_waiting

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


@kernel
def is_open(o):
    """PENDING or PARTIALLY_FILLED: it can still fill."""
    return o["state"] == PENDING or o["state"] == PARTIALLY_FILLED


@kernel
def is_attached(o):
    """A stop-loss, take-profit or trailing stop that came with its entry (F6)."""
    return STOP_LOSS <= o["role"] <= TRAIL


@kernel
def is_limit(o):
    """It works as a limit order now: a stop-limit once it was triggered (F4)."""
    return o["type"] == LIMIT or (o["type"] == STOP_LIMIT and o["triggered"] == 1)


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
    o["met"] = o["post_only"]  # one that never takes fills at its limit from the beginning
    c.working[n] = order
    s["n_working"] = n + 1
    c.syms[o["symbol"]]["dirty"] = 1


@part
def to_the_end(c, order):
    """Make a working order the last in the order of acceptance (O4)."""
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


@part
def sweep(c):
    """Take the orders that are done out of the working list, keeping the order of acceptance."""
    s = c.state[0]
    kept = 0
    for i in range(s["n_working"]):
        order = c.working[i]
        if is_open(c.orders[order - 1]):
            c.working[kept] = order
            kept += 1
    s["n_working"] = kept


@kernel(void(CTX, int64, int64))
def done(c, order, state):
    """The order is in one of its last states; nothing of it is queued any more."""
    o = c.orders[order - 1]
    o["state"] = state
    if o["due"] == NEVER:  # it waited
        c.state[0]["n_waiting"] -= 1
        drop(c, ARRIVE, order)
    if o["tif"] >= DAY:
        drop(c, EXPIRE, order)
    if o["role"] == STOP_OUT or o["role"] == BY_LIMIT:
        c.state[0]["closing"] -= 1
        c.state[0]["unsure"] = 1  # the position counts for the margin again
    c.syms[o["symbol"]]["dirty"] = 1


@kernel(void(CTX, int64, int64, int64, int64, int64))
def _end(c, order, state, kind, price, reason):
    o = c.orders[order - 1]
    o["reason"] = reason
    done(c, order, state)
    write(c, kind, o["symbol"], order, o["position"], price, o["side"] * (o["quantity"] - o["filled"]), 0, reason)


@kernel(void(CTX, int64))
def _end_those_that_wait(c, order):
    """CANCELLED reason PARENT: first those that wait for this order, each followed by those that wait for it."""
    at = order
    while True:
        child = first_waiting(c, at)
        if child:
            _end(c, child, CANCELLED, EV_CANCELLED, 0, BY_PARENT)
            at = child
        elif at == order:
            break
        else:
            at = c.orders[at - 1]["oto"]


@kernel(void(CTX, int64, int64, int64))
def reject(c, order, price, reason):
    """PENDING -> REJECTED, with the price it was checked against."""
    _end(c, order, REJECTED, EV_REJECTED, price, reason)
    _end_those_that_wait(c, order)


@kernel(void(CTX, int64, int64))
def cancel_now(c, order, reason):
    """Open -> CANCELLED."""
    _end(c, order, CANCELLED, EV_CANCELLED, 0, reason)
    _end_those_that_wait(c, order)


@kernel(void(CTX, int64, int64))
def expire_now(c, order, reason):
    """Open -> EXPIRED."""
    _end(c, order, EXPIRED, EV_EXPIRED, 0, reason)
    _end_those_that_wait(c, order)


@kernel(int64(CTX, int64))
def next_open(c, after):
    """The first submitted after order `after` of those that are open, or 0; those on their way and waiting count."""
    s = c.state[0]
    found = NEVER
    for i in range(s["n_working"]):
        order = c.working[i]
        if after < order < found and is_open(c.orders[order - 1]):
            found = order
    for i in range(s["head"], s["n_queue"]):
        r = c.queue[i]
        if r["kind"] == ARRIVE and after < r["order"] < found and is_open(c.orders[r["order"] - 1]):
            found = r["order"]
    return found if found < NEVER else 0


@part
def cancel_group(c, order):
    """One-cancels-other: the first fill of an order ends all others of its group, in order of submission (F7)."""
    group = c.orders[order - 1]["group"]
    if group == 0:
        return
    other = next_open(c, 0)
    while other:
        if other != order and c.orders[other - 1]["group"] == group:
            cancel_now(c, other, BY_OCO)
        other = next_open(c, other)
