"""Decimal numbers to points and steps, points times steps to money (U2-U4)."""

import math

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


def effective(bid, ask):
    """The quote that matching and marks use (R13)."""
    if bid <= ask:
        return bid, ask
    return (bid + ask) // 2, -((-bid - ask) // 2)
