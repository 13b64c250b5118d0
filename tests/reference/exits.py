"""Attached exits: submitted by their entry's fill, growing and shrinking with what it holds (F5-F7, P2)."""

from .ambiguity import note_level
from .book import Order
from .endings import cancel


def attach_exits(machine, entry, lot):
    """Submit and accept those exits of the entry that are not open, for all it holds (F6)."""
    market = machine.markets[entry.symbol]
    for role, kind, wish, direction in (
        ("STOP_LOSS", "STOP", entry.stop_loss, -entry.side),
        ("TAKE_PROFIT", "LIMIT", entry.take_profit, entry.side),
        ("TRAIL", "TRAILING", entry.trail, -entry.side),
    ):
        before = [o for o in machine.orders if o.parent == entry.id and o.role == role]
        if wish is None or any(o.open for o in before):
            continue
        order = Order(len(machine.orders) + 1, entry.symbol, -entry.side, kind, role, market.held_by(entry.id))
        order.parent, order.lot, order.rank = entry.id, lot.id, machine.next_rank()
        if role == "TRAIL":
            order.trailing = wish
            start_trailing(order, market.closing(entry.side))
        else:
            # Without one before, this is the entry's first fill: what distances are measured from.
            setattr(order, kind.lower(), before[-1].price if before else wish.level(lot.price, direction))
        note_level(market, order)
        machine.orders.append(order)
        machine.tell("SUBMITTED", order, order.price or order.level, order.quantity)


def start_trailing(order, quote):
    """Set offset and level from the quote of this tick (F5)."""
    order.offset = order.trailing.distance(quote)
    order.level = max(1, quote + order.side * order.offset)


def ratchet(order, quote):
    """Follow the quote, never away from it (F5)."""
    nearest = min if order.side > 0 else max
    order.level = nearest(order.level, max(1, quote + order.side * order.offset))


def tend_exits(machine, market, filled):
    """Let attached exits cover what their entry still holds; cancel those of one that holds nothing (F6, F7, P2)."""
    for order in machine.working(market.index):
        if not order.attached:
            continue
        order.quantity = order.filled + market.held_by(order.parent)
        if not order.remaining:
            cancel(machine, order, "SIBLING" if filled.attached and filled.parent == order.parent else "FLAT")
