"""Bars as input: a bar is four ticks, and which extreme is first is decided when its open is over (F10)."""

from ..jit import kernel, part
from .columns import asks_of, bids_of, writable_at

MODELS = ("NONE", "WORST", "BEST", "OHLC", "OLHC")
WORST, BEST, OHLC, OLHC = range(1, 5)
_TICKS = 4


@part
def is_open_tick(i):
    """Whether tick i is a bar's open, the only one that can gap."""
    return i % _TICKS == 0


@kernel
def high_first(model, net, up, down):
    """Whether the high comes before the low; `up` and `down` are their distances from the open."""
    if model in (OHLC, OLHC):
        return model == OHLC
    if net != 0:
        return (net < 0) == (model == WORST)
    return up < down


@kernel
def arrange(c, k, i):
    """Put the extremes of the bar that tick i opens into their order."""
    bids, asks = bids_of(c, k), asks_of(c, k)
    first, second = bids[i + 1], bids[i + 2]
    high, low = max(first, second), min(first, second)
    spread = asks[i + 1] - first
    if high_first(c.config[0]["intrabar"], c.syms[k]["net"], high - bids[i], bids[i] - low):
        first, second = high, low
    else:
        first, second = low, high
    y = c.syms[k]
    for at, bid in ((i + 1, first), (i + 2, second)):
        writable_at(y["bid"])[at] = bid
        writable_at(y["ask"])[at] = bid + spread
