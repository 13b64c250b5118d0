"""How much an order without a number of units asks for (P5)."""

import numpy as np

from ..jit import kernel
from .account import equity
from .checks import distance_from
from .codes import AT_PRICE, NO_EXIT
from .costs import converts, money, muldiv, quoted, worth

RISK = 3  # views.QUANTITIES; SHARE is the other
_PERCENT = 10**8  # a percentage is kept in units of 1e-6 percent
_MOST = 2**62


@kernel
def _affordable(c, k, points, budget):
    """The most steps whose value at so many points is not above the budget; 0 when it cannot be told."""
    y = c.syms[k]
    if points <= 0 or budget < 0 or not converts(c, k):
        return 0
    low, high = 0, min(y["largest"], _MOST // points)
    # Not far above what it will be: products of more could pass 64 bits.
    likely = (float(budget) + 1.0) / (float(points) * worth(c, k))
    high = min(high, np.int64(min(1.001 * likely + 2.0, 4e18)))
    while low < high:
        middle = low + (high - low + 1) // 2
        if money(c, k, points * middle) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


@kernel
def steps_asked(c, k, side, kind, percent, o):
    """Steps of a share of equity, or of a risk by the distance to the stop (P5)."""
    scaled = percent * 1e6
    if not 0.0 < scaled < 2.0**53:
        return 0
    bid, ask, known = quoted(c, k)
    price = o["limit"] if o["limit"] else o["stop"]
    if price == 0 and known:
        price = ask if side > 0 else bid
    if price <= 0:
        return 0
    points = price
    if kind == RISK:
        # A price or distance that is none counts as not given, until it is refused.
        if o["sl_kind"] == AT_PRICE and o["sl"] > 0:
            points = abs(price - o["sl"])
        elif o["sl_kind"] != NO_EXIT and o["sl"] > 0:
            points = distance_from(o["sl_kind"], o["sl"], price)
        elif o["trail_kind"] != NO_EXIT and o["trail"] > 0:
            points = distance_from(o["trail_kind"], o["trail"], price)
        else:
            return 0
    return _affordable(c, k, points, muldiv(equity(c), np.int64(np.floor(scaled + 0.5)), _PERCENT))
