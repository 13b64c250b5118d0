"""What a fill does (F8, F9, P1, P2, P4, P7)."""

from fractions import Fraction

from .book import Lot, Trade
from .costs import charge, slipped
from .endings import cancel, cancel_group
from .exits import attach_exits, tend_exits
from .limits import refusal
from .positions import closable, open_against
from .requests import arrive


def wanted(machine, market, order):
    """Steps the order would fill if it could: a reduce-only one no more than is open (P2)."""
    return min(order.remaining, open_against(machine, market, order)) if order.reduce_only else order.remaining


def fill(machine, market, order, price, offered):
    """Fill what the order wants and can have at `price` and its slippage, or cancel it (F8, F9, P2, P4)."""
    quantity = min(wanted(machine, market, order), offered)
    price = slipped(market, order, price, quantity)
    if wanted(machine, market, order) == 0:
        cancel(machine, order, "FLAT")
    elif quantity == 0 or (order.tif == "FOK" and quantity < wanted(machine, market, order)):
        return
    elif reason := refusal(machine, order, quantity, price):
        cancel(machine, order, reason)
    else:
        execute(machine, market, order, price, quantity)


def execute(machine, market, order, price, quantity):
    """One fill, written and booked in the order of journal.md."""
    whole = quantity == wanted(machine, market, order)
    pieces = pieces_closed(machine, market, order, quantity)
    rest = quantity - sum(piece for _, piece in pieces)
    mark = market.closing(order.side)
    opened = Lot(len(machine.lots) + 1, market.index, order.side, price, rest, rest, machine.now, order.id, mark, mark)
    opened.tick = market.tick
    position = opened.id if rest else pieces[0][0].id
    about = {"symbol": market.index, "order": order.id, "position": position, "price": price}
    about["quantity"] = order.side * quantity

    order.filled += quantity
    order.state = "FILLED" if whole else "PARTIALLY_FILLED"
    machine.write("FILLED" if whole else "PARTIAL_FILL", **about)
    market.offer.take(order.side, quantity)
    paid = charge(market, order, price, quantity)
    order.fills += 1
    if paid:
        machine.write("BOOKING", **about, amount=-paid, reason="COMMISSION")
    for lot, piece in pieces:
        close_piece(machine, market, order, lot, piece, price, Fraction(paid * piece, quantity))
    market.lots = [lot for lot in market.lots if lot.open]
    if rest:
        machine.lots.append(opened)
        machine.entry_commission[opened.id] = (paid, quantity)
        market.lots.append(opened)
        attach_exits(machine, order, opened)
    tend_exits(machine, market, order)
    cancel_group(machine, order)
    if whole:
        for other in machine.waiting_for(order):
            arrive(machine, other)
    machine.point()


def pieces_closed(machine, market, order, quantity):
    """(lot, steps) this fill closes."""
    pieces = []
    for lot in closable(machine, market, order):
        if quantity > 0:
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
            market.tick,
        )
    )
