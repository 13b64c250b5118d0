"""Which orders a tick fills and at which price (F1-F3, F6, F7, F9), and what a fill does (P1, P2)."""

from fractions import Fraction

from .book import Lot, Order, Trade
from .orders import cancel, short_of_margin
from .units import commission


def match(machine, market):
    """Test the working orders of a symbol at its new tick, in order of acceptance (F7).

    The list is taken once: exits attached by a fill of this tick meet the next one (F6).
    """
    for order in machine.working(market.index):
        if not order.working:
            continue  # a fill earlier at this tick cancelled it
        price = fill_price(machine, market, order)
        order.met = True
        if price is not None:
            fill(machine, market, order, price)


def fill_price(machine, market, order):
    """The price at which this tick fills the order, or None; writes TRIGGERED for a stop that it reaches."""
    side = order.side
    quote = market.entering(side)
    if order.type == "MARKET":
        return slipped(market, side, quote)
    if order.type == "LIMIT":
        if side * (quote - order.limit) > 0:
            return None
        return order.limit if order.met else quote
    if side * (quote - order.stop) < 0:
        return None
    machine.tell("TRIGGERED", order, order.stop, order.remaining)
    return slipped(market, side, quote)


def slipped(market, side, price):
    """`price` made worse by the run's slippage, never below 1 point (F9)."""
    return max(1, price + side * market.config.slippage)


def fill(machine, market, order, price):
    """Fill all that is left of the order at `price`, or cancel it when it may not fill (P2, P4)."""
    quantity = order.remaining
    if order.reduce_only:
        quantity = min(quantity, open_against(market, order))
    if quantity == 0:
        cancel(machine, order, "FLAT")
    elif short_of_margin(machine, order, price):
        cancel(machine, order, "MARGIN")
    else:
        execute(machine, market, order, price, quantity)


def execute(machine, market, order, price, quantity):
    """One fill, written and booked in the order of journal.md."""
    pieces = pieces_closed(market, order, quantity)
    rest = quantity - sum(piece for _, piece in pieces)
    opened = Lot(len(machine.lots) + 1, market.index, order.side, price, rest, rest, machine.now, order.id, 0, 0)
    position = opened.id if rest else pieces[0][0].id
    about = {"symbol": market.index, "order": order.id, "position": position, "price": price}
    about["quantity"] = order.side * quantity

    order.filled += quantity
    order.state = "FILLED"
    machine.write("FILLED", **about)
    paid = commission(price, quantity, market.config, market.quote)
    if paid:
        machine.write("BOOKING", **about, amount=-paid, reason="COMMISSION")
    for lot, piece in pieces:
        close_piece(machine, market, order, lot, piece, price, Fraction(paid * piece, quantity))
    market.lots = [lot for lot in market.lots if lot.open]
    if rest:
        opened.lowest = opened.highest = market.closing(order.side)
        machine.lots.append(opened)
        machine.entry_commission[opened.id] = (paid, quantity)
        market.lots.append(opened)
        attach_exits(machine, order, opened)
    tend_exits(machine, market, order)
    machine.point()


def open_against(market, order):
    """Steps a reduce-only order could close: its lot's, or all on the other side (P2)."""
    return sum(lot.open for lot in market.lots if lot.side == -order.side and order.lot in (0, lot.id))


def pieces_closed(market, order, quantity):
    """(lot, steps) this fill closes: the order's own lot if it has one, else oldest first (P1, P2)."""
    pieces = []
    for lot in market.lots:
        if lot.side == -order.side and order.lot in (0, lot.id) and quantity > 0:
            pieces.append((lot, min(quantity, lot.open)))
            quantity -= pieces[-1][1]
    return pieces


def close_piece(machine, market, order, lot, piece, price, paid):
    """Book a piece's profit and note the trade (P7)."""
    profit = market.money(lot.side * (price - lot.price) * piece)
    machine.write(
        "BOOKING",
        market.index,
        order.id,
        lot.id,
        lot.price,
        order.side * piece,
        amount=profit,
        reason="PROFIT",
    )
    lot.open -= piece
    entry_paid, entry_steps = machine.entry_commission[lot.id]
    against, favour = lot.side * (lot.lowest - lot.price), lot.side * (lot.highest - lot.price)
    machine.trades.append(
        Trade(
            market.index,
            lot.id,
            lot.side,
            piece,
            lot.ts,
            lot.price,
            lot.order,
            machine.now,
            price,
            order.id,
            order.role,
            profit,
            round(paid + Fraction(entry_paid * piece, entry_steps)),
            max(0, -against, -favour),
            max(0, against, favour),
        )
    )


def attach_exits(machine, entry, lot):
    """Submit and accept the entry's exits for the new lot, stop-loss before take-profit (F6)."""
    for role, kind, wish, direction in (
        ("STOP_LOSS", "STOP", entry.stop_loss, -entry.side),
        ("TAKE_PROFIT", "LIMIT", entry.take_profit, entry.side),
    ):
        if wish is None:
            continue
        order = Order(len(machine.orders) + 1, entry.symbol, -entry.side, kind, role, lot.opened)
        order.parent, order.lot, order.rank = entry.id, lot.id, machine.next_rank()
        setattr(order, kind.lower(), wish.level(lot.price, direction))
        machine.orders.append(order)
        machine.tell("SUBMITTED", order, order.price, order.quantity)


def tend_exits(machine, market, filled):
    """Shrink attached exits to what their lot still holds; cancel those whose lot is gone (F7, P2)."""
    for order in machine.working(market.index):
        if not order.attached:
            continue
        order.quantity = order.filled + machine.lots[order.lot - 1].open
        if not order.remaining:
            cancel(machine, order, "SIBLING" if filled.attached and filled.parent == order.parent else "FLAT")
