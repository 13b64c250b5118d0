"""Money: what a price difference, a fill, a night and a margin are worth in micro-units (U4, F9, P6).

Every amount is rounded half to even once, by exact integer arithmetic: the same figure on every machine, and the figure
a reader gets with a pencil.
"""

from numba.types import Tuple, boolean, int64

from ..jit import kernel
from .chance import SLIPPAGE, between, draw
from .columns import asks_of, bids_of, size_at
from .layout import CTX

# Commission models: rate is micro-units per lot, per unit, parts per 10^10 of the value, or micro-units per order.
COMMISSIONS = ("NONE", "LOT", "UNIT", "BPS", "ORDER")
_LOT, _UNIT, _BPS, _ORDER = range(1, 5)
_BPS_PARTS = 10**10

# Slippage models: points, millionths of the spread, millionths of a point per size quoted, points drawn from a range.
SLIPPAGES = ("POINTS", "SPREAD", "IMPACT", "RANDOM")
_POINTS, _SPREAD, _IMPACT, _RANDOM = range(4)
_WHOLE = 1_000_000

# How points become money: the symbol's own currency is the account's, or a quote multiplies or divides.
RATES = ("DIRECT", "TIMES", "OVER")
DIRECT, TIMES, OVER = range(3)

_MOST = 2**62
_SMALL = 2**31  # two of these multiply without a check


@kernel(Tuple((int64, int64))(int64, int64, int64))
def divided(a, b, d):
    """Quotient and remainder of ``a * b / d``, exact although ``a * b`` may pass 64 bits; a, b >= 0, 0 < d < 4e17."""
    if (a < _SMALL and b < _SMALL) or b == 0 or a <= _MOST // b:
        n = a * b
        if d == 1:
            return n, 0
        q = n // d
        return q, n - q * d
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
    return q, r


@kernel(int64(int64, int64, int64))
def muldiv(a, b, d):
    """``a * b / d`` rounded half to even; b >= 0, 0 < d < 4e17."""
    q, r = divided(abs(a), b, d)
    if 2 * r > d or (2 * r == d and q % 2 == 1):
        q += 1
    return -q if a < 0 else q


@kernel
def ceiling(a, b, d):
    """``a * b / d`` rounded up; a, b >= 0."""
    q, r = divided(a, b, d)
    return q + 1 if r else q


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
    bid, ask = effective(bids_of(c, k)[i], asks_of(c, k)[i])
    return bid, ask, True


@kernel
def mark(c, k, side):
    """The quote at which a position of that side would close; 0 without one."""
    bid, ask, known = quoted(c, k)
    return bid if side > 0 else ask


@kernel
def converts(c, k):
    """Whether symbol k's money can be told in the account's currency now (P6)."""
    y = c.syms[k]
    if y["rated"] == DIRECT:
        return True
    bid, ask, known = quoted(c, y["rate_symbol"])
    return known


@kernel(int64(CTX, int64, int64, int64))
def money_over(c, k, amount, over):
    """Points times steps of symbol k, divided by `over`, in micro-units of the account currency (U4, P6)."""
    y = c.syms[k]
    mul, div = y["money_mul"], y["money_div"] * over
    if y["rated"] != DIRECT:
        bid, ask, known = quoted(c, y["rate_symbol"])
        if not known:
            return 0
        if y["rated"] == TIMES:
            mul *= bid + ask
        else:
            div *= bid + ask
    return muldiv(amount, mul, div)


@kernel
def worth(c, k):
    """About what one point of one step is worth, micro-units; 0 when nothing converts."""
    y = c.syms[k]
    mul, div = float(y["money_mul"]), float(y["money_div"])
    if y["rated"] == DIRECT:
        return mul / div
    bid, ask, known = quoted(c, y["rate_symbol"])
    if not known:
        return 0.0
    return mul * (bid + ask) / div if y["rated"] == TIMES else mul / (div * (bid + ask))


@kernel
def money(c, k, amount):
    """Points times steps of symbol k in micro-units of the account currency."""
    return money_over(c, k, amount, 1)


@kernel
def _within(c, fees):
    """What an order pays in all for fees of so much: not below the least, not above the most."""
    g = c.config[0]
    fees = max(fees, g["fee_least"])
    return min(fees, g["fee_most"]) if g["fee_most"] else fees


@kernel
def commission(c, order, price, steps, maker):
    """Commission of the next fill of an order in micro-units, by the model and its least and most (F9)."""
    g = c.config[0]
    kind = g["commission"]
    if kind == 0:
        return 0
    o = c.orders[order - 1]
    k = o["symbol"]
    rate = g["maker_rate"] if maker else g["rate"]
    if kind == _LOT:
        fee = muldiv(steps, rate, c.syms[k]["contract"])
    elif kind == _UNIT:
        fee = muldiv(steps, rate, 10 ** c.syms[k]["quantity_digits"])
    elif kind == _BPS:
        fee = muldiv(money(c, k, price * steps), rate, _BPS_PARTS)
    else:
        fee = rate if o["fills"] == 0 else 0
    if g["fee_least"] == 0 and g["fee_most"] == 0:
        return fee
    before = _within(c, o["fees"]) if o["fills"] else 0
    o["fees"] += fee
    return _within(c, o["fees"]) - before


@kernel
def margin(c, k, steps, price, rate):
    """Margin of a position at a price, rate in parts per million; micro-units."""
    return muldiv(money(c, k, price * abs(steps)), rate, _WHOLE)


@kernel
def size_quoted(c, k, side):
    """Steps the last tick quotes on the side an order takes from; its volume where it quotes nothing (F8)."""
    y = c.syms[k]
    i = y["cursor"] - 1
    bid_size, ask_size = size_at(y["bid_size"], i), size_at(y["ask_size"], i)
    if bid_size == 0 and ask_size == 0:
        return size_at(y["volume"], i)
    return ask_size if side > 0 else bid_size


@kernel
def _slippage(c, order, steps):
    """Points by which a fill of so many steps is worse (F9)."""
    g = c.config[0]
    kind = g["slips"]
    o = c.orders[order - 1]
    y = c.syms[o["symbol"]]
    if kind == _POINTS:
        return y["slippage"]
    if kind == _RANDOM:
        return between(y["slippage"], y["slippage_most"], draw(g["seed"], SLIPPAGE, order, o["fills"]))
    if kind == _SPREAD:
        bid, ask, known = quoted(c, o["symbol"])
        return ceiling(ask - bid, y["slippage"], _WHOLE)
    size = size_quoted(c, o["symbol"], o["side"])
    # Rounded up twice is rounded up once, and the product of all three could pass 64 bits.
    return (ceiling(steps, y["slippage"], _WHOLE) + size - 1) // size if size else 0


@kernel(int64(CTX, int64, int64, int64))
def slipped(c, order, price, steps):
    """The price of a market or stop fill after slippage; never below one point (F9)."""
    return max(1, price + c.orders[order - 1]["side"] * _slippage(c, order, steps))
