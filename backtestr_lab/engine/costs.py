"""Money: what a price difference, a fill and a margin are worth in micro-units (U4, F9).

Every amount is rounded half to even once, by exact integer arithmetic: the same figure on every machine, and the figure
a reader gets with a pencil.
"""

from numba.types import Tuple, boolean, int64

from ..jit import kernel
from .layout import CTX

# Commission models: rate is micro-units per lot, micro-units per unit, or parts per 10^10 of the value.
COMMISSIONS = ("NONE", "LOT", "UNIT", "BPS")
_LOT, _UNIT, _BPS = 1, 2, 3
_BPS_PARTS = 10**10

_MOST = 2**62
_SMALL = 2**31  # two of these multiply without a check


@kernel(int64(int64, int64, int64))
def muldiv(a, b, d):
    """``a * b / d`` rounded half to even, exact although ``a * b`` may pass 64 bits; b >= 0, 0 < d < 4e17."""
    negative = a < 0
    a = abs(a)
    if (a < _SMALL and b < _SMALL) or b == 0 or a <= _MOST // b:
        n = a * b
        if d == 1:
            return -n if negative else n
        q = n // d
        r = n - q * d
    else:
        # Long multiplication by the decimal digits of b, the remainder of the division carried along.
        whole, part = a // d, a % d
        power = 1
        while power <= b // 10:
            power *= 10
        q = 0
        r = 0
        while power > 0:
            digit = (b // power) % 10
            r = r * 10 + part * digit
            q = q * 10 + whole * digit + r // d
            r %= d
            power //= 10
    if 2 * r > d or (2 * r == d and q % 2 == 1):
        q += 1
    return -q if negative else q


@kernel
def effective(bid, ask):
    """The quote that matching and marks use: a crossed one becomes floor and ceil of its middle (R13)."""
    if bid > ask:
        return (bid + ask) >> 1, (bid + ask + 1) >> 1
    return bid, ask


@kernel(Tuple((int64, int64, boolean))(CTX, int64))
def quoted(c, k):
    """The last effective quote of symbol k and whether there is one: ``(bid, ask, known)``."""
    y = c.syms[k]
    i = y["cursor"] - 1
    if i < y["first"]:
        return 0, 0, False
    bid, ask = effective(c.bid[i], c.ask[i])
    return bid, ask, True


@kernel(int64(CTX, int64, int64))
def money(c, k, amount):
    """Points times steps of symbol k in micro-units of the account currency (U4)."""
    y = c.syms[k]
    if y["inverse"]:
        bid, ask, known = quoted(c, k)
        return muldiv(amount, y["money_mul"], y["money_div"] * (bid + ask)) if known else 0
    return muldiv(amount, y["money_mul"], y["money_div"])


@kernel
def commission(c, k, price, steps):
    """Commission of a fill in micro-units, >= 0 (F9)."""
    y = c.syms[k]
    g = c.config[0]
    kind = g["commission"]
    if kind == _LOT:
        return muldiv(steps, g["rate"], y["contract"])
    if kind == _UNIT:
        return muldiv(steps, g["rate"], 10 ** y["quantity_digits"])
    if kind == _BPS:
        return muldiv(money(c, k, price * steps), g["rate"], _BPS_PARTS)
    return 0


@kernel
def margin(c, k, steps, price):
    """Initial margin of a position in micro-units."""
    return muldiv(money(c, k, price * abs(steps)), c.syms[k]["margin"], 1_000_000)


@kernel
def slipped(c, side, price):
    """The price of a market or stop fill after slippage; never below one point (F9)."""
    return max(1, price + side * c.config[0]["slippage"])
