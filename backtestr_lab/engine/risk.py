"""What an entry must satisfy when it arrives and at each fill: a rate, the limits, the margin (P4, P6)."""

from ..jit import kernel, part
from .account import equity, lot_steps, next_position, steps_of_position
from .codes import NO_MARGIN, NO_RATE, OK, OVER_LIMIT
from .costs import converts, margin, mark, money, muldiv

_WHOLE = 1_000_000
EXPOSURE = _WHOLE  # the rate at which margin is the whole value


@kernel
def tied_up(c, rate, but):
    """Margin of all positions at the quotes they would close at, micro-units; those of symbol `but` left out.

    `rate` is in parts per million, 0 for each symbol's initial margin.
    """
    total = 0
    i = next_position(c, 0, -1)
    while i >= 0:
        lot = c.lots[i]
        k = lot["symbol"]
        if k != but:
            of = rate if rate else c.syms[k]["margin"]
            total += margin(c, k, steps_of_position(c, i), mark(c, k, lot["side"]), of)
        i = next_position(c, i + 1, -1)
    return total


@kernel
def _positions_after(c, order):
    """How many positions there would be once an entry had filled."""
    o = c.orders[order - 1]
    count = 0
    i = next_position(c, 0, -1)
    while i >= 0:
        count += 1
        i = next_position(c, i + 1, -1)
    if c.config[0]["hedging"]:
        return count if lot_steps(c, order) else count + 1
    return count if c.syms[o["symbol"]]["net"] else count + 1


@kernel
def _over_limit(c, order, steps, position, price):
    """Whether so many more steps, which make a position of `position` steps, pass a limit of size or leverage (P4)."""
    g = c.config[0]
    k = c.orders[order - 1]["symbol"]
    y = c.syms[k]
    if y["max_position"] and abs(position) > y["max_position"]:
        return True
    if g["max_positions"] and _positions_after(c, order) > g["max_positions"]:
        return True
    if g["max_leverage"]:
        exposure = tied_up(c, EXPOSURE, _replaced(c, k)) + money(c, k, price * abs(steps))
        return exposure > muldiv(equity(c), g["max_leverage"], _WHOLE)
    return False


@part
def _replaced(c, k):
    """The symbol whose position an entry makes anew: its own when netting, none when hedging."""
    return -1 if c.config[0]["hedging"] else k


@kernel
def forbids(c, order, steps, price, has_quote):
    """Why so many steps of an entry may not fill at a price: NO_RATE, OVER_LIMIT, NO_MARGIN, or OK."""
    o = c.orders[order - 1]
    if o["reduce_only"]:
        return OK
    k = o["symbol"]
    y = c.syms[k]
    if not converts(c, k) and (y["rate_symbol"] != k or has_quote):
        return NO_RATE
    if not has_quote:
        return OK
    # Netting, what is tested is the position there would be; hedging, what is added to all there are.
    after = o["side"] * steps
    if c.config[0]["hedging"]:
        position = lot_steps(c, order) + steps
    else:
        net = y["net"]
        after += net
        if 0 <= after <= net or net <= after <= 0:
            return OK
        position = after
    if _over_limit(c, order, after, position, price):
        return OVER_LIMIT
    needed = margin(c, k, after, price, y["margin"]) + tied_up(c, 0, _replaced(c, k))
    return NO_MARGIN if needed > equity(c) else OK
