"""What one tick has to give (F8)."""

from ..jit import kernel, part

UNLIMITED = 2**62
_WHOLE = 1_000_000


@kernel
def _share(c, size):
    """The part of a size that can be had, rounded down; split, because the product could pass 64 bits."""
    rate = c.config[0]["participation"]
    return size // _WHOLE * rate + size % _WHOLE * rate // _WHOLE


@part
def set_offer(c, k, i):
    """Tick i of symbol k offers what it quotes, or, where it quotes nothing, its volume to both sides together."""
    y = c.syms[k]
    y["buy_left"] = y["sell_left"] = UNLIMITED
    if c.config[0]["quoted"] == 0:
        return
    asked = c.ask_size[i] if len(c.ask_size) else 0
    bid_for = c.bid_size[i] if len(c.bid_size) else 0
    y["together"] = 1 if asked == 0 and bid_for == 0 else 0
    if y["together"]:
        asked = bid_for = c.volume[i] if len(c.volume) else 0
    y["buy_left"] = _share(c, asked)
    y["sell_left"] = _share(c, bid_for)


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
