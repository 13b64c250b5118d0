"""What a strategy orders, until it is on its way or refused (O3, U3, U4)."""

from .book import Order, Wish
from .checks import bad_links, bad_position, bad_quantity, bad_tif, exit_of, given, overflows
from .endings import reject
from .grid import around
from .limits import crowded
from .positions import lot_of, positions
from .requests import ask_for, expire_at
from .sizes import sized
from .units import whole_steps


def submit(machine, side, wish):
    """Write SUBMITTED and check all that needs no quote; returns the order's id (O3)."""
    spec = machine.markets[wish.symbol].spec
    order = Order(len(machine.orders) + 1, wish.symbol, side, wish.type, wish.role)
    limit, stop = given(wish.limit, spec), given(wish.stop, spec)
    order.limit, order.stop = limit or 0, stop or 0
    order.trailing, order.trail = exit_of(wish.trailing_stop, spec), exit_of(wish.trail, spec)
    order.stop_loss, order.take_profit = exit_of(wish.stop_loss, spec), exit_of(wish.take_profit, spec)
    order.tif, order.reduces, order.post_only = wish.tif, wish.reduce_only, wish.post_only
    order.lot = wish.position
    steps = steps_of(machine, order, wish)
    order.quantity = 0 if steps is None else steps

    reason = None
    if machine.ended:
        reason = "END"
    elif machine.stopped and not order.reduce_only:
        reason = "LIMIT"
    elif wish.role == "CLOSE":
        pass  # what is open can always be closed
    elif bad_quantity(steps, spec):
        reason = "QUANTITY"
    elif False in (limit, stop, order.trailing, order.stop_loss, order.take_profit, order.trail):
        reason = "PRICE"
    elif bad_tif(machine, wish):
        reason = "TIF"
    elif bad_links(machine, wish) or bad_position(machine, side, wish):
        reason = "UNKNOWN"
    elif overflows(machine, order, steps, (order.limit, order.stop)):
        reason = "OVERFLOW"
    elif crowded(machine, order):
        reason = "LIMIT"

    price = 0 if reason == "PRICE" else order.price
    machine.orders.append(order)
    machine.tell("SUBMITTED", order, price, order.quantity)
    if reason:
        reject(machine, order, price, reason)
    else:
        send(machine, order, wish)
    return order.id


def steps_of(machine, order, wish):
    """The quantity in steps, None when it is no exact number of them; `order` has its prices already (U3, P5)."""
    if wish.role == "CLOSE":
        return wish.quantity
    if isinstance(wish.quantity, tuple):
        return sized(machine, order, *wish.quantity)
    return whole_steps(wish.quantity, machine.markets[order.symbol].spec.quantity_digits)


def send(machine, order, wish):
    """Put the order on its way, or let it wait for another; note when it expires (O1)."""
    if wish.oco:
        named = machine.order(wish.oco)
        named.group = order.group = named.group or named.id
    if wish.oto and machine.order(wish.oto).open:
        order.waits_for = wish.oto
        order.draws = 1  # its arrival's, which it does without
    else:
        ask_for(machine, "ARRIVE", order.id)
    if wish.tif == "DAY":
        expire_at(machine, order, around(machine.now, "1d", machine.markets[order.symbol].spec.anchor)[1])
    if wish.tif == "GTD":
        expire_at(machine, order, wish.expires)


def close(machine, symbol, position_id=0):
    """Submit a market order over the whole position, or over each; nothing when flat. Returns the last id (P1, P2)."""
    market = machine.markets[symbol]
    if position_id:
        named = lot_of(machine, position_id)
        lots = [lot for lot in machine.lots if named and lot.order == named.order]
        wishes = [(-named.side, sum(lot.open for lot in lots), position_id, named.symbol)] if named else []
    elif machine.config.hedging:
        wishes = [(-each.side, each.steps, each.oldest.id, symbol) for each in positions(machine, market)]
    else:
        wishes = [(1 if market.net < 0 else -1, abs(market.net), 0, symbol)]
    order = 0
    for side, steps, lot_id, symbol in wishes:
        if steps:
            order = submit(machine, side, Wish(steps, symbol=symbol, position=lot_id, role="CLOSE"))
    return order
