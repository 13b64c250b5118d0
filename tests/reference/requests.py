"""What falls due: arrivals, modifications, cancels, expiries (C1, O3, O4)."""

from . import chance
from .book import Request
from .checks import bad_quantity, given, overflows, would_take, wrong_side
from .endings import cancel, expire, reject
from .limits import refusal
from .units import whole_steps


def ask_for(machine, kind, order_id, **changes):
    """Queue a request; with no latency it is due at once, in the DUE that follows the callback."""
    machine.requests += 1
    due = machine.now + latency(machine, order_id)
    machine.queue.append(Request(due, machine.requests, kind, order_id, changes))


def latency(machine, order_id):
    """Microseconds until the next request about that order falls due; each has a draw of its own (F9)."""
    order = machine.order(order_id)
    k = 0
    if order:
        k = order.draws
        order.draws += 1
    config = machine.config
    return chance.between(*config.latency, chance.draw(config.seed, chance.LATENCY, order_id, k))


def expire_at(machine, order, ts):
    """Queue an order's expiry: no latency, no draw."""
    machine.requests += 1
    machine.queue.append(Request(ts, machine.requests, "EXPIRE", order.id))


def request(machine, kind, order_id, **changes):
    """Ask for a cancel or modification (O4); after the end it is refused at once."""
    if machine.ended:
        refuse(machine, order_id, "END")
    else:
        ask_for(machine, kind, order_id, **changes)


def refuse(machine, order_id, reason):
    order = machine.order(order_id)
    if order:
        machine.tell("REQUEST_REJECTED", order, reason=reason)
    else:
        machine.write("REQUEST_REJECTED", order=order_id, reason=reason)


def cancel_all(machine):
    """One cancel per open entry order in order of submission; attached exits and closes stay (P2)."""
    for order in machine.pending():
        if order.role == "ENTRY":
            request(machine, "CANCEL", order.id)


def due(machine):
    """Is anything due now?"""
    return any(r.due <= machine.now for r in machine.queue)


def fall_due(machine):
    """DUE: everything due by now, by (due time, sequence) (C1)."""
    ready = sorted((r for r in machine.queue if r.due <= machine.now), key=lambda r: (r.due, r.sequence))
    machine.queue = [r for r in machine.queue if r.due > machine.now]
    for r in ready:
        order = machine.order(r.order)
        if r.kind == "CANCEL":
            cancel_due(machine, order, r)
        elif r.kind == "MODIFY":
            modify_due(machine, order, r)
        elif order.open and r.kind == "ARRIVE":
            arrive(machine, order)
        elif order.open:
            expire(machine, order)


def arrive(machine, order):
    """Check against the last quote, if there is one, then accept (O3)."""
    market = machine.markets[order.symbol]
    quote = market.entering(order.side) if market.quote else None
    order.waits_for = 0
    if quote is not None and wrong_side(order.side, order.stop, quote):
        reject(machine, order, quote, "SIDE")
    elif quote is not None and would_take(order, quote):
        reject(machine, order, quote, "POST_ONLY")
    elif reason := refusal(machine, order, order.remaining, quote):
        reject(machine, order, order.price if reason == "NO_RATE" else quote, reason)
    else:
        order.rank = machine.next_rank()
        order.met = order.post_only  # it never takes (F2)


def cancel_due(machine, order, r):
    if order is None or not order.open:
        refuse(machine, r.order, "UNKNOWN")
    else:
        cancel(machine, order, "USER")


def modify_due(machine, order, r):
    """Change an order in place; a new price or a larger quantity sends it to the end of the line (O4)."""
    reason = flaw(machine, order, r.changes)
    if reason:
        refuse(machine, r.order, reason)
        return
    steps, limit, stop = wanted(machine, order, r.changes)
    moved = (limit, stop) != (order.limit, order.stop)
    if order.rank and (moved or steps > order.quantity):
        order.rank = machine.next_rank()
    if moved and not order.post_only:
        order.met = False
    retriggered = order.type == "STOP_LIMIT" and stop != order.stop
    also = (steps, limit) != (order.quantity, order.limit)
    order.quantity, order.limit, order.stop = steps, limit, stop
    if retriggered:
        machine.tell("MODIFIED", order, stop, steps, "TRIGGER")
    if also or not retriggered:
        machine.tell("MODIFIED", order, order.price, steps)


def wanted(machine, order, changes):
    """(steps, limit, stop) after the changes; what is not mentioned stays, an unusable value is None or False."""
    spec = machine.markets[order.symbol].spec
    steps, limit, stop = order.quantity, order.limit, order.stop
    if changes["quantity"] is not None:
        steps = whole_steps(changes["quantity"], spec.quantity_digits)
    if changes["limit"] is not None:
        limit = given(changes["limit"], spec)
    if changes["stop"] is not None:
        stop = given(changes["stop"], spec)
    return steps, limit, stop


def flaw(machine, order, changes):
    """Why the modification is refused, or None; first failure wins (O4)."""
    if order is None or not order.open:
        return "UNKNOWN"
    market = machine.markets[order.symbol]
    steps, limit, stop = wanted(machine, order, changes)
    if changes["quantity"] is not None and (
        order.attached or bad_quantity(steps, market.spec) or steps <= order.filled
    ):
        return "QUANTITY"
    if limit is False or (changes["limit"] is not None and order.type not in ("LIMIT", "STOP_LIMIT")):
        return "PRICE"
    if stop is False or (changes["stop"] is not None and (order.type not in ("STOP", "STOP_LIMIT") or order.triggered)):
        return "PRICE"
    if overflows(machine, order, steps, (limit, stop)):
        return "OVERFLOW"
    accepted = order.rank > 0  # the side of others is checked on arrival
    if accepted and changes["stop"] is not None and market.quote:
        return "SIDE" if wrong_side(order.side, stop, market.entering(order.side)) else None
    return None
