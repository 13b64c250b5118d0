"""Decimal numbers to points and steps, points times steps to money (U2-U4)."""

import math
from fractions import Fraction

TOP = 2**62
PRICE_TOP = 2**53  # first price or distance that cannot be


def price_points(price, digits):
    """Points of a decimal price, or None when it is not a finite number (U2)."""
    scaled = abs(float(price)) * 10.0**digits
    if not math.isfinite(scaled):
        return None
    points = math.floor(scaled + 0.5)
    return -points if price < 0 else points


def whole_steps(quantity, quantity_digits):
    """Steps of a decimal quantity, or None when it is no int64 or off the grid (U3)."""
    scaled = float(quantity) * 10.0**quantity_digits
    if not abs(scaled) < TOP:
        return None
    nearest = math.floor(scaled + 0.5)
    return nearest if abs(scaled - nearest) <= max(1e-6, 4 * math.ulp(scaled)) else None


def commission(market, price, quantity):
    """Micro-units paid for a fill of `quantity` steps at `price` points (F9)."""
    config = market.config
    units = Fraction(quantity, 10**market.spec.quantity_digits)
    if config.commission == "lot":
        return round(units * config.commission_rate / Fraction(market.spec.contract_size))
    if config.commission == "unit":
        return round(units * config.commission_rate)
    if config.commission == "bps":
        return round(Fraction(market.money(price * quantity) * config.commission_rate, 10**10))
    if config.commission == "none":
        return 0
    raise ValueError(f"commission {config.commission!r} is not none, lot, unit or bps")


def effective(bid, ask):
    """The quote that matching and marks use (R13)."""
    if bid <= ask:
        return bid, ask
    return (bid + ask) // 2, -((-bid - ask) // 2)
