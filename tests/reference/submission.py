"""What a strategy orders, until it is on its way or refused (O3, U3, U4)."""

from .book import Order, Wish
from .checks import bad_links, bad_quantity, bad_tif, exit_of, given, overflows
from .endings import reject
from .grid import around
from .requests import ask_for, expire_at
from .units import whole_steps


def submit(machine, side, wish, symbol=0):
    """Write SUBMITTED and check all that needs no quote; returns the order's id (O3)."""
    config = machine.markets[symbol].config
    order = Order(len(machine.orders) + 1, symbol, side, wish.type, wish.role)
    steps = wish.quantity if wish.role == "CLOSE" else whole_steps(wish.quantity, config.quantity_digits)
    order.quantity = 0 if steps is None else steps
    limit, stop = given(wish.limit, config), given(wish.stop, config)
    order.limit, order.stop = limit or 0, stop or 0
    order.trailing, order.trail = exit_of(wish.trailing_stop, config), exit_of(wish.trail, config)
    order.stop_loss, order.take_profit = exit_of(wish.stop_loss, config), exit_of(wish.take_profit, config)
    order.tif, order.reduces, order.post_only = wish.tif, wish.reduce_only, wish.post_only

    reason = None
    if machine.ended:
        reason = "END"
    elif wish.role == "CLOSE":
        pass  # what is open can always be closed
    elif bad_quantity(steps, config):
        reason = "QUANTITY"
    elif False in (limit, stop, order.trailing, order.stop_loss, order.take_profit, order.trail):
        reason = "PRICE"
    elif bad_tif(machine, wish):
        reason = "TIF"
    elif bad_links(machine, wish):
        reason = "UNKNOWN"
    elif overflows(machine, order, steps, (order.limit, order.stop)):
        reason = "OVERFLOW"

    price = 0 if reason == "PRICE" else order.price
    machine.orders.append(order)
    machine.tell("SUBMITTED", order, price, order.quantity)
    if reason:
        reject(machine, order, price, reason)
    else:
        send(machine, order, wish)
    return order.id


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
        expire_at(machine, order, around(machine.now, "1d", machine.markets[order.symbol].config.anchor)[1])
    if wish.tif == "GTD":
        expire_at(machine, order, wish.expires)


def close(machine, symbol=0):
    """Submit a market order over the whole net position; nothing when flat (P2)."""
    net = machine.markets[symbol].net
    if net == 0:
        return 0
    return submit(machine, 1 if net < 0 else -1, Wish(abs(net), role="CLOSE"), symbol)


def submit_end(machine, market):
    """The order that closes the whole net position at the end; it needs no checks and meets no tick (C5)."""
    net = market.net
    order = Order(len(machine.orders) + 1, market.index, 1 if net < 0 else -1, "MARKET", "END", abs(net))
    machine.orders.append(order)
    machine.tell("SUBMITTED", order, 0, order.quantity)
    return order
