"""What one tick has to give (F8)."""

from ..jit import kernel, part
from .columns import size_at
from .costs import size_quoted

UNLIMITED = 2**62
_WHOLE = 1_000_000


@kernel
def _share(c, size):
    """The part of a size that can be had, rounded down; split, because the product could pass 64 bits."""
    rate = c.config[0]["participation"]
    return size // _WHOLE * rate + size % _WHOLE * rate // _WHOLE


@part
def set_offer(c, k):
    """The last tick of symbol k offers what it quotes, or, where it quotes nothing, its volume to both together."""
    y = c.syms[k]
    y["buy_left"] = y["sell_left"] = UNLIMITED
    if c.config[0]["quoted"] == 0:
        return
    i = y["cursor"] - 1
    y["together"] = 1 if size_at(y["bid_size"], i) == 0 and size_at(y["ask_size"], i) == 0 else 0
    y["buy_left"] = _share(c, size_quoted(c, k, 1))
    y["sell_left"] = _share(c, size_quoted(c, k, -1))


@part
def offered(c, k, side):
    """Steps an order of that side can still have of the tick at hand."""
    return c.syms[k]["buy_left"] if side > 0 else c.syms[k]["sell_left"]


@part
def take(c, k, side, steps):
    """An order of that side takes so much."""
    y = c.syms[k]
    if c.config[0]["quoted"] == 0:
        return
    if side > 0 or y["together"]:
        y["buy_left"] -= steps
    if side < 0 or y["together"]:
        y["sell_left"] -= steps
