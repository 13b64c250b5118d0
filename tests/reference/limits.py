"""What an entry may do: conversion, limits, margin (P1, P4, P6). Reduce-only orders are never asked."""

from fractions import Fraction

from .positions import positions
from .rates import lacks_rate


def crowded(machine, order):
    """The order's size, or the number of open entry orders, is above the most (at submission)."""
    config = machine.config
    if order.reduce_only:
        return False
    if config.max_order and order.quantity > config.max_order:
        return True
    entries = [other for other in machine.orders if other.open and other.role == "ENTRY" and not other.reduce_only]
    return 0 < config.max_orders <= len(entries)


def refusal(machine, order, quantity, price):
    """Why so many steps of this entry may not fill at `price`, or None; price None: there is no quote to tell by."""
    market = machine.markets[order.symbol]
    if order.reduce_only:
        return None
    if lacks_rate(machine, market):
        return "NO_RATE"
    after = market.net + order.side * quantity
    opens = machine.config.hedging or abs(after) > abs(market.net) or after * market.net < 0
    if price is None or not opens:
        return None
    if machine.config.hedging:
        added, others = quantity, positions(machine)
        held = market.held_by(order.id) + quantity
    else:
        added = held = abs(after)
        others = [position for position in positions(machine) if position.market is not market]
    if above_limits(machine, market, order, others, held, added, price):
        return "LIMIT"
    margin = market.margin(added, price, market.spec.margin_ppm) + sum(position.margin for position in others)
    return "MARGIN" if margin > machine.equity else None


def above_limits(machine, market, order, others, held, added, price):
    """Largest position, open positions, leverage; `held` steps of this one, `added` to the value of the others."""
    config = machine.config
    if 0 < config.max_position < held:
        return True
    entries = {position.oldest.order for position in others} - ({order.id} if config.hedging else set())
    if 0 < config.max_positions < len(entries) + 1:
        return True
    value = market.money(added * price) + sum(position.value for position in others)
    return config.max_leverage > 0 and value > round(Fraction(machine.equity * config.max_leverage, 10**6))
