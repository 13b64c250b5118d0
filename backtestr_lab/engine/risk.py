"""Accept an order, or reject it with a reason (O3, P4)."""

from ..jit import kernel
from .account import equity
from .codes import NO_MARGIN, OK, STOP, STOP_LIMIT, WRONG_SIDE
from .costs import margin, quoted
from .orders import accept, reject, wrong_side


@kernel
def short_of_margin(c, order, steps, price):
    """Whether the position after this order alone were filled needs more margin than there is equity."""
    o = c.orders[order - 1]
    if o["reduce_only"]:
        return False
    net = c.syms[o["symbol"]]["net"]
    after = net + o["side"] * steps
    if 0 <= after <= net or net <= after <= 0:
        return False
    return margin(c, o["symbol"], after, price) > equity(c)


@kernel
def arrive(c, order):
    """An order reaches the market: checks against the last quote, if there is one (O3)."""
    o = c.orders[order - 1]
    k = o["symbol"]
    bid, ask, known = quoted(c, k)
    price = ask if o["side"] > 0 else bid
    reason = OK
    if known:
        stops = o["type"] == STOP or o["type"] == STOP_LIMIT
        if stops and wrong_side(o["side"], o["stop"], bid, ask):
            reason = WRONG_SIDE
        elif short_of_margin(c, order, o["quantity"], price):
            reason = NO_MARGIN
    if reason != OK:
        reject(c, order, price, reason)
    else:
        accept(c, order)
