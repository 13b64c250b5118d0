"""One fill, in the order of docs/reference/journal.md (F6-F8, P1, P2)."""

from numba.types import boolean, int64, void

from ..jit import kernel, part
from .account import add_lot, book, drop_lot, first_to_close, opening
from .codes import COMMISSION, EV_FILLED, EV_PARTIAL_FILL, FILLED, OK, PARTIALLY_FILLED, PROFIT
from .costs import commission, money
from .exits import attach_exits, tend_exits
from .journal import write
from .layout import CTX
from .limits import note_peak
from .orders import cancel_group, done
from .queue import first_waiting
from .requests import release


@part
def _close_lots(c, order, price, steps):
    """Close lots by so many steps, oldest first (P1)."""
    o = c.orders[order - 1]
    side = o["side"]
    while steps > 0:
        i = first_to_close(c, o)
        lot = c.lots[i]
        piece = min(steps, lot["steps"])
        profit = money(c, o["symbol"], lot["side"] * (price - lot["price"]) * piece)
        book(c, o["symbol"], order, lot["id"], lot["price"], side * piece, profit, PROFIT)
        steps -= piece
        lot["steps"] -= piece
        if lot["steps"] == 0:
            drop_lot(c, i)


@part
def _release_those_that_wait(c, order):
    """The orders that waited for this one arrive, in order of submission (O1)."""
    other = first_waiting(c, order)
    while other:
        release(c, other)
        other = first_waiting(c, order)


@kernel(void(CTX, int64, int64, int64, boolean, boolean))
def fill(c, order, price, steps, whole, maker):
    """Book one execution of `steps`; `whole` says that it is all the order can fill, `maker` that it had rested."""
    s = c.state[0]
    o = c.orders[order - 1]
    k = o["symbol"]
    side = o["side"]
    y = c.syms[k]
    paid = commission(c, order, price, steps, maker)
    to_open = opening(c, o, steps)

    # Which lot it is about: the one it opens, else the first it closes.
    about = s["lot"] + 1
    if to_open == 0:
        about = c.lots[first_to_close(c, o)]["id"]

    o["filled"] += steps
    o["fills"] += 1
    if whole:
        done(c, order, FILLED)
    else:
        o["state"] = PARTIALLY_FILLED
    write(c, EV_FILLED if whole else EV_PARTIAL_FILL, k, order, about, price, side * steps, 0, OK)
    if paid != 0:
        book(c, k, order, about, price, side * steps, -paid, COMMISSION)
    _close_lots(c, order, price, steps - to_open)
    y["net"] += side * steps
    if to_open:
        add_lot(c, order, price, to_open)
        attach_exits(c, order, about, price, o["filled"] == steps)
    tend_exits(c, order)
    cancel_group(c, order)
    if whole:
        _release_those_that_wait(c, order)
    note_peak(c)
    y["dirty"] = 1
    s["unsure"] = 1
