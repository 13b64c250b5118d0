"""Is there enough equity (P4)."""

from ..jit import kernel
from .account import equity
from .costs import margin


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
