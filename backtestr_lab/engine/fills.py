"""One fill, in the order of docs/reference/journal.md (F6-F8, P1, P2)."""

from numba.types import boolean, int64, void

from ..jit import kernel, part
from .account import add_lot, book, drop_lot, first_to_close
from .codes import COMMISSION, EV_FILLED, EV_PARTIAL_FILL, FILLED, OK, PARTIALLY_FILLED, PROFIT
from .costs import commission, money
from .exits import attach_exits, tend_exits
from .journal import write
from .layout import CTX
from .orders import cancel_group, done
from .queue import first_waiting
from .requests import release


@part
def _close_lots(c, order, price, steps):
    """Close lots by so many steps at most, oldest first; returns the steps that are left (P1)."""
    o = c.orders[order - 1]
    side = o["side"]
    while steps > 0:
        i = first_to_close(c, o)
        if i < 0:
            break
        lot = c.lots[i]
        piece = min(steps, lot["steps"])
        profit = money(c, o["symbol"], lot["side"] * (price - lot["price"]) * piece)
        book(c, o["symbol"], order, lot["id"], lot["price"], side * piece, profit, PROFIT)
        steps -= piece
        lot["steps"] -= piece
        if lot["steps"] == 0:
            drop_lot(c, i)
    return steps


@part
def _release_those_that_wait(c, order):
    """The orders that waited for this one arrive, in order of submission (O1)."""
    other = first_waiting(c, order)
    while other:
        release(c, other)
        other = first_waiting(c, order)


@kernel(void(CTX, int64, int64, int64, boolean))
def fill(c, order, price, steps, whole):
    """Book one execution of `steps`; `whole` says that it is all the order can fill."""
    s = c.state[0]
    o = c.orders[order - 1]
    k = o["symbol"]
    side = o["side"]
    y = c.syms[k]
    paid = commission(c, k, price, steps)

    # Which lot it is about: the one it opens, else the first it closes.
    about = s["lot"] + 1
    i = first_to_close(c, o)
    opens = o["reduce_only"] == 0 and (y["net"] * side >= 0 or steps > abs(y["net"]))
    if i >= 0 and not opens:
        about = c.lots[i]["id"]

    o["filled"] += steps
    if whole:
        done(c, order, FILLED)
    else:
        o["state"] = PARTIALLY_FILLED
    write(c, EV_FILLED if whole else EV_PARTIAL_FILL, k, order, about, price, side * steps, 0, OK)
    if paid != 0:
        book(c, k, order, about, price, side * steps, -paid, COMMISSION)
    rest = _close_lots(c, order, price, steps)
    y["net"] += side * steps
    if rest > 0:
        add_lot(c, order, price, rest)
        attach_exits(c, order, about, price, o["filled"] == steps)
    tend_exits(c, order)
    cancel_group(c, order)
    if whole:
        _release_those_that_wait(c, order)
    y["dirty"] = 1
