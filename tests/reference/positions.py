"""Positions: one per symbol, or, hedging, one per entry order (P1)."""

from dataclasses import dataclass

from .book import Order


@dataclass
class Position:
    """The open lots of one position, oldest first."""

    market: object
    lots: list

    @property
    def oldest(self):
        return self.lots[0]

    @property
    def side(self):
        return self.oldest.side

    @property
    def steps(self):
        return sum(lot.open for lot in self.lots)

    @property
    def profit(self):
        """Unrealised, micro-units."""
        return self.market.profit_of(self.lots)

    @property
    def value(self):
        """Micro-units at the quote it would close at."""
        return self.market.money(self.steps * self.market.closing(self.side))

    @property
    def margin(self):
        return self._margin(self.market.spec.margin_ppm)

    @property
    def maintenance(self):
        return self._margin(self.market.spec.maintenance)

    def _margin(self, ppm):
        return self.market.margin(self.steps, self.market.closing(self.side), ppm)


def positions(machine, market=None):
    """The open ones, of one symbol or of all: symbol by symbol, or, hedging, in order of opening."""
    markets = machine.markets if market is None else [market]
    if not machine.config.hedging:
        return [Position(one, one.lots) for one in markets if one.lots]
    by_entry = {}
    for lot in machine.lots:
        if lot.open and machine.markets[lot.symbol] in markets:
            by_entry.setdefault(lot.order, []).append(lot)
    return [Position(machine.markets[lots[0].symbol], lots) for lots in by_entry.values()]


def lot_of(machine, lot_id):
    """The lot of that id, or None."""
    return machine.lots[lot_id - 1] if 1 <= lot_id <= len(machine.lots) else None


def closable(machine, market, order):
    """The open lots an order would close, oldest first: by FIFO, or those of the entry of the lot it names (P1, P2)."""
    if machine.config.hedging and not order.reduce_only:
        return []
    named = lot_of(machine, order.lot)
    entry = named.order if named else 0
    return [lot for lot in market.lots if lot.side == -order.side and entry in (0, lot.order)]


def open_against(machine, market, order):
    """Steps a reduce-only order could close (P2)."""
    return sum(lot.open for lot in closable(machine, market, order))


def closing_order(machine, position, role):
    """The house's order that closes a position: submitted at once, to be accepted or filled by whoever wants it."""
    order = Order(len(machine.orders) + 1, position.market.index, -position.side, "MARKET", role, position.steps)
    order.lot = position.oldest.id if machine.config.hedging else 0
    machine.orders.append(order)
    machine.tell("SUBMITTED", order, 0, order.quantity)
    return order
