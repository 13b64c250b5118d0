"""Which trades of a run on bars could have gone another way inside a bar (F10)."""

from .intrabar import OPEN
from .units import effective


def note_levels(machine, market):
    """Keep where the open attached exits stand as a bar's open tick comes."""
    for order in machine.working(market.index):
        if order.attached:
            note_level(market, order)


def note_level(market, order):
    """Keep at which level an attached exit stands in the bar of the last tick."""
    order.stood.append((market.tick // 4, order.level or order.price))


def mark_ambiguous(machine, columns, places):
    """Set `ambiguous` of every trade; `places` are (ts, symbol, index in its column) of the run's ticks."""
    quotes = {}
    for _, symbol, i in places:
        _, bid, ask, *_ = columns[symbol][i]
        quotes.setdefault((symbol, i // 4), []).append(effective(bid, ask))
    for trade in machine.trades:
        lot = machine.lots[trade.position - 1]
        exits = [order for order in machine.orders if order.parent == lot.order]
        trade.ambiguous = ambiguous(trade, lot, exits, quotes)


def ambiguous(trade, lot, exits, quotes):
    """Could the other exit, or an exit before the entry, have come first in one of the bars it lived in?"""
    entry, end = lot.tick // 4, trade.tick // 4
    if trade.tick % 4 == OPEN and trade.exit_role != "END":
        end -= 1  # nothing in that bar came before
    for bar in range(entry, end + 1):
        found = {
            order.role == "TAKE_PROFIT"
            for order in exits
            for at, level in order.stood
            if at == bar and reachable(order, level, quotes[trade.symbol, bar])
        }
        if len(found) == 2 or (found and bar == entry and lot.tick % 4 != OPEN):
            return True
    return False


def reachable(order, level, quotes):
    """Did the side at which the exit fills get to its level? `quotes` are (bid, ask)."""
    at_hand = [bid if order.side < 0 else ask for bid, ask in quotes]
    if (order.side < 0) == (order.role == "TAKE_PROFIT"):
        return max(at_hand) >= level
    return min(at_hand) <= level
