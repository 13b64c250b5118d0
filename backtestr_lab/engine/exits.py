"""Attached exits and trailing stops: where they lie, and how they follow (F5, F6, P2)."""

from numba.types import int64, void

from ..jit import kernel, part
from .account import lot_steps
from .checks import distance_from
from .codes import (
    AT_PRICE,
    EV_SUBMITTED,
    FLAT,
    LIMIT,
    NO_EXIT,
    OK,
    SIBLING,
    STOP,
    STOP_LOSS,
    TAKE_PROFIT,
    TRAIL,
    TRAILING,
)
from .costs import quoted
from .journal import write
from .layout import CTX
from .orders import accept, add_order, cancel_now, is_attached, is_open


@kernel
def start_trailing(c, o, quote):
    """Set distance and level of a trailing stop from the quote of the tick at hand, untested (F5)."""
    o["offset"] = distance_from(o["offset_kind"], o["offset"], quote)
    o["level"] = max(1, quote + o["side"] * o["offset"])
    o["began"] = c.syms[o["symbol"]]["cursor"]


@kernel
def ratchet(o, quote):
    """Follow a quote that came nearer, never away from it (F5)."""
    level = max(1, quote + o["side"] * o["offset"])
    o["level"] = min(o["level"], level) if o["side"] > 0 else max(o["level"], level)


@kernel
def _price_of(o, role, price):
    """Where an attached exit of an entry lies: a price, or a distance from the first fill's price (F6)."""
    kind = o["tp_kind"] if role == TAKE_PROFIT else o["sl_kind"]
    value = o["tp"] if role == TAKE_PROFIT else o["sl"]
    if kind == AT_PRICE:
        return value
    away = o["side"] if role == TAKE_PROFIT else -o["side"]
    return max(1, price + away * distance_from(kind, value, price))


@kernel
def _latest_exit(c, entry, role):
    """The last exit of that role an entry has had, or 0."""
    i = c.state[0]["n_orders"]
    while i > entry and not (c.orders[i - 1]["parent"] == entry and c.orders[i - 1]["role"] == role):
        i -= 1
    return i if i > entry else 0


@kernel(void(CTX, int64, int64, int64, int64, int64))
def _attach(c, entry, lot, role, price, first):
    """Submit and accept one attached exit, unless one is open: anew at the price the last one had (F6)."""
    before = 0 if first else _latest_exit(c, entry, role)
    if before and is_open(c.orders[before - 1]):
        return
    o = c.orders[entry - 1]
    k = o["symbol"]
    side = -o["side"]
    kind = LIMIT if role == TAKE_PROFIT else TRAILING if role == TRAIL else STOP
    steps = lot_steps(c, entry)
    child = add_order(c, k, side, kind, role, steps)
    x = c.orders[child - 1]
    x["parent"] = x["closes"] = entry
    x["position"] = lot
    x["reduce_only"] = 1
    if role == TRAIL:
        x["offset_kind"] = o["trail_kind"]
        x["offset"] = o["trail"]
        bid, ask, known = quoted(c, k)
        start_trailing(c, x, bid if side < 0 else ask)
        price = x["level"]
    elif role == TAKE_PROFIT:
        price = x["limit"] = c.orders[before - 1]["limit"] if before else _price_of(o, role, price)
    else:
        price = x["stop"] = c.orders[before - 1]["stop"] if before else _price_of(o, role, price)
    write(c, EV_SUBMITTED, k, child, lot, price, side * steps, 0, OK)
    accept(c, child)


@part
def attach_exits(c, entry, lot, price, first):
    """A fill has opened a lot: its entry's exits; those of an earlier fill that are done anew (F6)."""
    o = c.orders[entry - 1]
    if o["sl_kind"] != NO_EXIT:
        _attach(c, entry, lot, STOP_LOSS, price, first)
    if o["tp_kind"] != NO_EXIT:
        _attach(c, entry, lot, TAKE_PROFIT, price, first)
    if o["trail_kind"] != NO_EXIT:
        _attach(c, entry, lot, TRAIL, price, first)


@part
def tend_exits(c, order):
    """Attached exits cover what is open of their entry, and are cancelled when nothing is (P2, F6, F7)."""
    filled = c.orders[order - 1]
    filled_parent = filled["parent"] if is_attached(filled) else 0
    for i in range(c.state[0]["n_working"]):
        x = c.orders[c.working[i] - 1]
        if not is_attached(x) or not is_open(x):
            continue
        left = lot_steps(c, x["parent"])
        x["quantity"] = x["filled"] + left
        if left == 0:
            cancel_now(c, x["id"], SIBLING if filled_parent == x["parent"] else FLAT)
