"""What an order must satisfy whoever looks: numbers that are numbers, on the grid, not too large (U2-U4, O3)."""

import numpy as np

from ..jit import kernel
from .codes import AT_PRICE, BY_PCT, BY_POINTS
from .costs import quoted, worth

_MOST = 2**62
_EXACT = 2.0**53  # beyond it float64 has no exact points
_PIPS = 4  # views.DISTANCES; becomes points here
_PCT = 10**8  # a percentage is kept in units of 1e-6 percent


@kernel
def steps_of(y, quantity):
    """A quantity in steps, or 0 when it has no exact number of them (U3)."""
    scaled = quantity * y["steps"]
    if not abs(scaled) < _MOST:
        return 0
    nearest = np.floor(scaled + 0.5)
    if abs(scaled - nearest) > max(1e-6, 4 * np.spacing(abs(scaled))):
        return 0
    return np.int64(nearest)


@kernel
def bad_quantity(y, steps):
    """Nothing, less than the symbol's least or more than its largest."""
    return steps <= 0 or steps < y["least"] or steps > y["largest"]


@kernel
def points_of(y, price):
    """A price in points, or 0 when it is not a finite positive number (U2)."""
    scaled = price * y["scale"]
    if not (0.0 < scaled < _EXACT):
        return 0
    return np.int64(np.floor(scaled + 0.5))


@kernel
def exit_of(y, kind, value):
    """A price or distance as it is kept: ``(kind, points or 1e-6 percent, is good)``."""
    if kind == AT_PRICE:
        points = points_of(y, value)
        return AT_PRICE, points, points > 0
    if kind == BY_PCT:
        scaled = value * 1e6
    elif kind == _PIPS:
        kind = BY_POINTS
        scaled = value * y["pip"]
    else:
        scaled = value
    if not (0.0 < scaled < _EXACT):
        return kind, 0, False
    whole = np.int64(np.floor(scaled + 0.5))
    return kind, whole, whole > 0


@kernel
def distance_from(kind, value, price):
    """Points of a distance measured from a price; a percentage is rounded, half upwards (F5, F6)."""
    if kind == BY_POINTS:
        return value
    # In two parts: the product of a price and a wild percentage could pass 64 bits.
    return price * (value // _PCT) + (2 * price * (value % _PCT) + _PCT) // (2 * _PCT)


@kernel
def wrong_side(side, stop, bid, ask):
    """A stop that the last quote has passed already (F3)."""
    return stop <= ask if side > 0 else stop >= bid


@kernel
def too_large(c, k, steps, price):
    """Whether the order's value could pass what an int64 holds (U4)."""
    y = c.syms[k]
    bid, ask, known = quoted(c, k)
    a = max(price, ask)
    q = abs(y["net"]) + steps
    if a == 0 or q == 0:
        return False
    if q > _MOST // a:
        return True
    return float(a) * float(q) * worth(c, k) > float(_MOST)


@kernel
def highest(o, price):
    """The largest of an order's prices, distances left out (U4)."""
    if o["sl_kind"] == AT_PRICE:
        price = max(price, o["sl"])
    if o["tp_kind"] == AT_PRICE:
        price = max(price, o["tp"])
    return price
