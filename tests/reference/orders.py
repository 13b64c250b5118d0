"""What a strategy asks for, until it is accepted or refused (O3, O4, U3, U4)."""

from .book import Exit, Order, Request
from .units import PRICE_TOP, TOP, price_points, whole_steps


def submit(machine, side, quantity, *, limit=None, stop=None, stop_loss=None, take_profit=None, role="ENTRY", symbol=0):
    """Write SUBMITTED and check form, quantity and size; returns the order's id (O3).

    `quantity` is decimal, for a close it is steps.
    """
    if limit is not None and stop is not None:
        raise NotImplementedError("stop-limit orders (F4) are not in the oracle yet")
    config = machine.markets[symbol].config
    kind = "LIMIT" if limit is not None else "STOP" if stop is not None else "MARKET"
    order = Order(len(machine.orders) + 1, symbol, side, kind, role)
    machine.orders.append(order)

    steps = quantity if role == "CLOSE" else whole_steps(quantity, config.quantity_digits)
    order.quantity = 0 if steps is None else steps
    points = {name: given(price, config) for name, price in (("limit", limit), ("stop", stop))}
    order.limit, order.stop = points["limit"] or 0, points["stop"] or 0
    order.stop_loss, order.take_profit = exit_of(stop_loss, config), exit_of(take_profit, config)

    reason = None
    if machine.ended:
        reason = "END"
    elif role == "CLOSE":
        pass  # what is open can always be closed
    elif bad_quantity(steps, config):
        reason = "QUANTITY"
    elif False in points.values() or False in (order.stop_loss, order.take_profit):
        reason = "PRICE"
    elif overflows(machine, order, steps, order.price):
        reason = "OVERFLOW"

    price = 0 if reason == "PRICE" else order.price
    machine.tell("SUBMITTED", order, price, order.quantity)
    if reason:
        reject(machine, order, price, reason)
    else:
        ask_for(machine, "ARRIVE", order.id)
    return order.id


def given(price, config):
    """Points of a price, None when there is none, False when it cannot be a price."""
    if price is None:
        return None
    points = price_points(price, config.digits)
    return points if usable(points) else False


def usable(value):
    return value is not None and 0 < value < PRICE_TOP


def exit_of(wish, config):
    """The Exit of a stop_loss or take_profit argument, None, or False when its price or distance is unusable."""
    if wish is None:
        return None
    if not isinstance(wish, tuple):
        points = given(wish, config)
        return points and Exit("PRICE", points)
    kind, amount = wish
    digits = {"points": 0, "pct": 6}[kind]
    value = price_points(amount, digits)
    return Exit(kind.upper(), value) if usable(value) else False


def bad_quantity(steps, config):
    return steps is None or steps <= 0 or not config.least <= steps <= config.largest


def overflows(machine, order, steps, price):
    """|points * steps|, or its value, could pass 2^62 (U4); `price` is the limit or stop asked for."""
    market = machine.markets[order.symbol]
    exits = [wish.value for wish in (order.stop_loss, order.take_profit) if wish and wish.kind == "PRICE"]
    ask = market.quote[1] if market.quote else 0
    amount = max(price, ask, *exits) * (abs(market.net) + steps)
    if amount > TOP:
        return True
    if market.config.account == "base" and market.quote is None:
        return False
    return market.money(amount) > TOP


def reject(machine, order, price, reason):
    order.state, order.reason = "REJECTED", reason
    machine.tell("REJECTED", order, price, order.quantity, reason)


def cancel(machine, order, reason):
    order.state, order.reason = "CANCELLED", reason
    machine.tell("CANCELLED", order, 0, order.remaining, reason)


def ask_for(machine, kind, order_id, **changes):
    """Queue a request; with no latency it is due at once, in the DUE that follows the callback."""
    machine.requests += 1
    machine.queue.append(Request(machine.now, machine.requests, kind, order_id, changes))


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


def close(machine, symbol=0):
    """Submit a market order over the whole net position; nothing when flat (P2)."""
    net = machine.markets[symbol].net
    if net == 0:
        return 0
    side = 1 if net < 0 else -1
    return submit(machine, side, abs(net), role="CLOSE", symbol=symbol)


def submit_end(machine, market):
    """The order that closes the whole net position at the end; it needs no checks and meets no tick (C5)."""
    net = market.net
    order = Order(len(machine.orders) + 1, market.index, 1 if net < 0 else -1, "MARKET", "END", abs(net))
    machine.orders.append(order)
    machine.tell("SUBMITTED", order, 0, order.quantity)
    return order


def cancel_all(machine, symbol=0):
    """One cancel per pending entry order in order of submission; attached exits and closes stay (P2)."""
    for order in machine.pending():
        if order.role == "ENTRY" and order.symbol == symbol:
            request(machine, "CANCEL", order.id)


def due(machine):
    """Is anything due now?"""
    return any(r.due <= machine.now for r in machine.queue)


def fall_due(machine):
    """DUE: everything due by now, by (due time, sequence) (C1)."""
    ready = sorted((r for r in machine.queue if r.due <= machine.now), key=lambda r: (r.due, r.sequence))
    machine.queue = [r for r in machine.queue if r.due > machine.now]
    for r in ready:
        {"ARRIVE": arrive, "CANCEL": cancel_due, "MODIFY": modify_due}[r.kind](machine, r)


def arrive(machine, r):
    """Check side and margin against the last quote, if there is one, then accept (O3)."""
    order = machine.order(r.order)
    market = machine.markets[order.symbol]
    quote = market.entering(order.side) if market.quote else None
    if quote is not None and wrong_side(order.side, order.stop, quote):
        reject(machine, order, quote, "SIDE")
    elif quote is not None and short_of_margin(machine, order, quote):
        reject(machine, order, quote, "MARGIN")
    else:
        order.rank = machine.next_rank()


def wrong_side(side, stop, quote):
    """A buy stop at or below the ask, a sell stop at or above the bid (F3)."""
    return stop != 0 and side * (stop - quote) <= 0


def short_of_margin(machine, order, price):
    """Would the position after this order alone need more margin than there is equity? (O3, P4)"""
    if order.reduce_only:
        return False
    market = machine.markets[order.symbol]
    after = market.net + order.side * order.remaining
    grows = abs(after) > abs(market.net) or after * market.net < 0
    return grows and market.margin(after, price) > machine.equity


def cancel_due(machine, r):
    order = machine.order(r.order)
    if order is None or not order.working:
        refuse(machine, r.order, "UNKNOWN")
    else:
        cancel(machine, order, "USER")


def modify_due(machine, r):
    """Change an order in place; a new price or a larger quantity sends it to the end of the line (O4)."""
    order = machine.order(r.order)
    reason = flaw(machine, order, r.changes)
    if reason:
        refuse(machine, r.order, reason)
        return
    steps, limit, stop = wanted(machine, order, r.changes)
    moved = (limit, stop) != (order.limit, order.stop)
    if moved or steps > order.quantity:
        order.rank = machine.next_rank()
    if moved:
        order.met = False
    order.quantity, order.limit, order.stop = steps, limit, stop
    machine.tell("MODIFIED", order, order.price, order.quantity)


def wanted(machine, order, changes):
    """(steps, limit, stop) after the changes; what is not mentioned stays, an unusable value is None or False."""
    config = machine.markets[order.symbol].config
    steps, limit, stop = order.quantity, order.limit, order.stop
    if changes["quantity"] is not None:
        steps = whole_steps(changes["quantity"], config.quantity_digits)
    if changes["limit"] is not None:
        limit = given(changes["limit"], config)
    if changes["stop"] is not None:
        stop = given(changes["stop"], config)
    return steps, limit, stop


def flaw(machine, order, changes):
    """Why the modification is refused, or None; first failure wins (O4)."""
    if order is None or not order.working:
        return "UNKNOWN"
    market = machine.markets[order.symbol]
    steps, limit, stop = wanted(machine, order, changes)
    if changes["quantity"] is not None and (order.attached or bad_quantity(steps, market.config)):
        return "QUANTITY"
    foreign = (changes["limit"] is not None and order.type != "LIMIT") or (
        changes["stop"] is not None and order.type != "STOP"
    )
    if limit is False or stop is False or foreign:
        return "PRICE"
    if overflows(machine, order, steps, limit or stop):
        return "OVERFLOW"
    if changes["stop"] is not None and market.quote and wrong_side(order.side, stop, market.entering(order.side)):
        return "SIDE"
    return None
