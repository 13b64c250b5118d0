"""What a fill costs: slippage in its price, commission in its booking (F9)."""

from fractions import Fraction

from . import chance


def slipped(market, order, price, quantity):
    """`price` made worse for a fill of so many steps, never below 1 point; that of a limit stays."""
    if order.limits:
        return price
    return max(1, price + order.side * slippage(market, order, quantity))


def slippage(market, order, quantity):
    """Points this fill is worse than the quote or level it fills at."""
    config = market.config
    if config.slippage_kind == "points":
        return config.slippage
    if config.slippage_kind == "spread":
        bid, ask = market.quote
        return up(Fraction(config.slippage * (ask - bid), 10**6))
    if config.slippage_kind == "impact":
        size = market.offer.size[order.side]
        return up(Fraction(config.slippage * quantity, 10**6 * size)) if size else 0
    if config.slippage_kind == "random":
        word = chance.draw(config.seed, chance.SLIPPAGE, order.id, order.fills)
        return chance.between(config.slippage, config.slippage_most, word)
    raise ValueError(f"slippage_kind {config.slippage_kind!r} is not points, spread, impact or random")


def up(value):
    """The least whole number that is not below it."""
    return -(-value.numerator // value.denominator)


def charge(market, order, price, quantity):
    """Micro-units to book for this fill; keeps what the order has cost so far."""
    config = market.config
    order.cost += commission(market, order, price, quantity)
    total = order.cost
    if config.commission_least:
        total = max(total, config.commission_least)
    if config.commission_most:
        total = min(total, config.commission_most)
    paid, order.paid = total - order.paid, total
    return paid


def commission(market, order, price, quantity):
    """Micro-units for this fill by itself; a limit order that rested is the maker."""
    config, spec = market.config, market.spec
    units = Fraction(quantity, 10**spec.quantity_digits)
    made = order.limits and order.met and config.commission_maker is not None
    rate = config.commission_maker if made else config.commission_rate
    if config.commission == "lot":
        return round(units * rate / Fraction(spec.contract_size))
    if config.commission == "unit":
        return round(units * rate)
    if config.commission == "bps":
        return round(Fraction(market.money(price * quantity) * rate, 10**10))
    if config.commission == "order":
        return 0 if order.fills else rate
    if config.commission == "none":
        return 0
    raise ValueError(f"commission {config.commission!r} is not none, lot, unit, bps or order")
