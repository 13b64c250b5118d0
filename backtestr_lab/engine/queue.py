"""What falls due, by (due, sequence): arrivals, cancels, modifications, expiries (C1.2, O4).

The arrival of an order that waits for another (OTO) stands at the end, due NEVER. That and an expiry are dropped when
their order ends, so the queue stays as short as what can still happen.
"""

from numba.types import int64, void

from ..jit import kernel
from .chance import LATENCY, between, draw
from .columns import days_of
from .journal import FLOODED, Flooded
from .layout import ARRIVE, CTX, NEVER


@kernel(int64(CTX, int64))
def _drawn(c, order):
    g = c.config[0]
    k = 0
    if 1 <= order <= c.state[0]["n_orders"]:
        k = c.orders[order - 1]["draws"]
        c.orders[order - 1]["draws"] = k + 1
    return between(g["latency"], g["latency_most"], draw(g["seed"], LATENCY, order, k))


@kernel
def due_of(c, order):
    """When the next request about an order falls due: now and its latency, each drawn for itself (F9)."""
    g = c.config[0]
    varies = g["latency"] != g["latency_most"]
    return c.state[0]["now"] + (_drawn(c, order) if varies else g["latency"])


@kernel(void(CTX, int64, int64, int64, int64, int64, int64, int64))
def put(c, due, kind, order, quantity, limit, stop, reason):
    """Queue something; after all that falls due at the same instant."""
    s = c.state[0]
    n = s["n_queue"]
    if n == len(c.queue):
        raise Flooded(FLOODED)
    i = n
    while i > s["head"] and c.queue[i - 1]["due"] > due:
        c.queue[i] = c.queue[i - 1]
        i -= 1
    r = c.queue[i]
    r["due"] = due
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
def is_due(c):
    """Whether something in the queue is due by now."""
    s = c.state[0]
    return s["n_queue"] > 0 and c.queue[0]["due"] <= s["now"]


@kernel(void(CTX, int64, int64))
def drop(c, kind, order):
    """Take what is queued of this kind about an order out."""
    s = c.state[0]
    kept = s["head"]
    for i in range(kept, s["n_queue"]):
        r = c.queue[i]
        if r["order"] == order and r["kind"] == kind:
            continue
        if kept < i:
            c.queue[kept] = r
        kept += 1
    s["n_queue"] = kept


@kernel(int64(CTX, int64))
def first_waiting(c, order):
    """The first submitted of the orders that wait for this one, or 0 (OTO)."""
    s = c.state[0]
    if s["n_waiting"] == 0:
        return 0
    for i in range(s["head"], s["n_queue"]):
        r = c.queue[i]
        if r["kind"] == ARRIVE and r["due"] == NEVER and c.orders[r["order"] - 1]["oto"] == order:
            return r["order"]
    return 0


@kernel
def next_day(c, k, ts):
    """The first instant after ts that opens a day of symbol k (R7); the last one known lies after the run's end."""
    days = days_of(c, k)
    a, b = 0, c.syms[k]["n_days"] - 1
    while a < b:
        mid = (a + b) // 2
        if days[mid] <= ts:
            a = mid + 1
        else:
            b = mid
    return days[a]
