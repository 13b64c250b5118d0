"""How many steps a share of equity or a risk buys (P5)."""

from fractions import Fraction

from .rates import rate
from .units import price_points


def sized(machine, order, kind, percent):
    """The most steps whose value, or loss at the stop, is within so many percent of equity; 0 when none can be told.

    `order` has its prices already; one that is unusable counts as not given.
    """
    market = machine.markets[order.symbol]
    share = price_points(percent, 6)
    price = order.limit or order.stop or (market.quote and market.entering(order.side))
    if not price or share is None or share <= 0 or rate(machine, market) is None:
        return 0
    points = price if kind == "share" else risked(order, price)
    budget = round(Fraction(machine.equity * share, 10**8))
    if not points or budget < 0:
        return 0
    return most(lambda steps: market.money(steps * points) <= budget, min(market.spec.largest, 2**62 // points))


def risked(order, price):
    """Points from `price` to the stop-loss, or to the attached trailing stop when there is none."""
    stop = order.stop_loss or order.trail
    if not stop:
        return 0
    return abs(price - stop.value) if stop.kind == "PRICE" else stop.distance(price)


def most(fits, top):
    """The largest of 0 ... top that fits, where all below one that fits do."""
    low, high = 0, top
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low
