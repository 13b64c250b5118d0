"""What an order must satisfy (O3, U2-U4, P4): each a question about it, asked by whoever accepts, changes or fills."""

from .book import Exit
from .positions import lot_of
from .rates import rate
from .units import PRICE_TOP, TOP, price_points


def given(price, spec):
    """Points of a price, None when there is none, False when it cannot be a price."""
    if price is None:
        return None
    points = price_points(price, spec.digits)
    return points if usable(points) else False


def usable(value):
    return value is not None and 0 < value < PRICE_TOP


def exit_of(wish, spec):
    """The Exit of a price or distance, None without one, or False when it is unusable."""
    if wish is None:
        return None
    if not isinstance(wish, tuple):
        points = given(wish, spec)
        return points and Exit("PRICE", points)
    kind, amount = wish
    digits = {"points": 0, "pct": 6}[kind]
    value = price_points(amount, digits)
    return Exit(kind.upper(), value) if usable(value) else False


def bad_quantity(steps, spec):
    return steps is None or steps <= 0 or not spec.least <= steps <= spec.largest


def bad_tif(machine, wish):
    """Terms that contradict each other: an expiry without GTD, in the past, a post-only order that would take."""
    if wish.tif == "GTD" and wish.expires <= machine.now:
        return True
    if wish.tif != "GTD" and wish.expires:
        return True
    return wish.post_only and (wish.type != "LIMIT" or wish.tif in ("IOC", "FOK"))


def bad_links(machine, wish):
    """`oco` names an order that is not PENDING, `oto` one that can no longer be FILLED and is not."""
    group, first = machine.order(wish.oco), machine.order(wish.oto)
    if wish.oco and (group is None or group.state != "PENDING"):
        return True
    return bool(wish.oto) and (first is None or not (first.open or first.state == "FILLED"))


def bad_position(machine, side, wish):
    """`position` names no lot, or none that an order of this symbol and side could close."""
    lot = lot_of(machine, wish.position)
    return wish.position != 0 and (lot is None or (lot.symbol, lot.side) != (wish.symbol, -side))


def overflows(machine, order, steps, prices):
    """|points * steps|, or its value, could pass 2^62 (U4); `prices` are the limit and stop asked for."""
    market = machine.markets[order.symbol]
    exits = [wish.value for wish in (order.stop_loss, order.take_profit) if wish and wish.kind == "PRICE"]
    ask = market.quote[1] if market.quote else 0
    amount = max(ask, *prices, *exits) * (abs(market.net) + steps)
    if amount > TOP:
        return True
    return rate(machine, market) is not None and market.money(amount) > TOP


def wrong_side(side, stop, quote):
    """A buy stop at or below the ask, a sell stop at or above the bid (F3)."""
    return stop != 0 and side * (stop - quote) <= 0


def would_take(order, quote):
    """A post-only order that is marketable (F2)."""
    return order.post_only and order.side * (order.limit - quote) >= 0
