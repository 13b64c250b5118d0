"""Which orders a tick reaches and at which price (F1-F5, F7, F8, O1)."""

from .endings import cancel
from .exits import ratchet, start_trailing
from .fills import fill, wanted
from .intrabar import passed


def match(machine, market):
    """Test the working orders of a symbol at its new tick, in order of acceptance (F7).

    The list is taken once: what is accepted at this tick meets the next one (F6).
    """
    for order in machine.working(market.index):
        if order.working:  # no fill earlier at this tick cancelled it
            meet(machine, market, order)


def meet(machine, market, order):
    """One order meets one tick."""
    side, quote = order.side, market.entering(order.side)
    if order.type == "TRAILING" and not order.level:
        start_trailing(order, quote)
        return
    if order.type in ("STOP", "STOP_LIMIT", "TRAILING") and not order.triggered:
        stop = order.level or order.stop
        if side * (quote - stop) < 0:
            if order.type == "TRAILING":
                ratchet(order, quote)
            return
        order.triggered = True
        machine.tell("TRIGGERED", order, stop, wanted(machine, market, order))
        quote = passed(market, side, stop, side)
    elif order.limits:
        quote = passed(market, side, order.limit, -side)

    price = fill_price(order, quote)
    if price is not None:
        fill(machine, market, order, price, market.offer.left[side])
    order.met = True
    if order.open and order.tif in ("IOC", "FOK"):
        cancel(machine, order, "TIF")


def fill_price(order, quote):
    """The price at which this tick fills the order, before slippage, or None."""
    if not order.limits:
        return quote
    if order.side * (quote - order.limit) > 0:
        return None
    return order.limit if order.met else quote
