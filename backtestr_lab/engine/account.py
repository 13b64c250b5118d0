"""Balance, equity and open lots (P1, P3, P6).

A *position* is what an exit can name: netting, all lots of a symbol; hedging, all lots of one entry. It goes by the
index of its oldest lot.
"""

from numba.types import int64, void

from ..jit import kernel, part
from .codes import EV_BOOKING
from .costs import mark, money, quoted
from .journal import FLOODED, Flooded, write
from .layout import CTX


@kernel(int64(CTX, int64))
def unrealised_of(c, k):
    """Profit of symbol k's open lots in micro-units, each at the side it would close at (P3)."""
    bid, ask, known = quoted(c, k)
    points = 0
    for i in range(c.state[0]["n_lots"]):
        lot = c.lots[i]
        if lot["symbol"] == k:
            close = bid if lot["side"] > 0 else ask
            points += lot["side"] * (close - lot["price"]) * lot["steps"]
    return money(c, k, points)


@kernel(int64(CTX))
def equity(c):
    """Balance plus unrealised profit, micro-units, each symbol's rounded once."""
    s = c.state[0]
    total = s["balance"]
    if s["n_lots"]:
        for k in range(len(c.syms)):
            total += unrealised_of(c, k)
    return total


@kernel(void(CTX, int64, int64, int64, int64, int64, int64, int64))
def book(c, k, order, lot, price, quantity, amount, reason):
    """Move the balance by a booking, and write it down (P3)."""
    c.state[0]["balance"] += amount
    write(c, EV_BOOKING, k, order, lot, price, quantity, amount, reason)


@kernel
def lot_steps(c, order):
    """Steps still open of the lots that entry `order` opened."""
    steps = 0
    for i in range(c.state[0]["n_lots"]):
        if c.lots[i]["order"] == order:
            steps += c.lots[i]["steps"]
    return steps


@kernel
def _against(c, k, side):
    """Open steps of symbol k that an order of that side would close."""
    if c.config[0]["hedging"] == 0:
        net = c.syms[k]["net"]
        return abs(net) if net * side < 0 else 0
    steps = 0
    for i in range(c.state[0]["n_lots"]):
        lot = c.lots[i]
        if lot["symbol"] == k and lot["side"] == -side:
            steps += lot["steps"]
    return steps


@kernel
def fillable(c, o):
    """Steps an order could fill now: what it wants, a reduce-only one at most what is open for it (P2)."""
    want = o["quantity"] - o["filled"]
    if o["reduce_only"] == 0:
        return want
    return min(want, lot_steps(c, o["closes"]) if o["closes"] else _against(c, o["symbol"], o["side"]))


@kernel
def first_to_close(c, o):
    """Index of the oldest lot an order closes, or -1: of the entry it names, else by FIFO (P1, P2)."""
    for i in range(c.state[0]["n_lots"]):
        lot = c.lots[i]
        if (
            lot["symbol"] == o["symbol"]
            and lot["side"] == -o["side"]
            and (o["closes"] == 0 or lot["order"] == o["closes"])
        ):
            return i
    return -1


@kernel
def opening(c, o, steps):
    """Of the next so many steps of an order, those that would open something (P1, P2)."""
    if o["reduce_only"]:
        return 0
    if c.config[0]["hedging"]:
        return steps
    return max(0, steps - _against(c, o["symbol"], o["side"]))


@kernel
def same_position(c, a, b):
    """Whether two lots are of one position."""
    one, other = c.lots[a], c.lots[b]
    return one["order"] == other["order"] if c.config[0]["hedging"] else one["symbol"] == other["symbol"]


@kernel
def next_position(c, i, k):
    """The first lot from index i on that is the oldest of its position, or -1; k is a symbol, or -1 for any."""
    n = c.state[0]["n_lots"]
    while i < n:
        older = i - 1 if k < 0 or c.lots[i]["symbol"] == k else n
        while 0 <= older < n and not same_position(c, older, i):
            older -= 1
        if older < 0:
            return i
        i += 1
    return -1


@kernel
def steps_of_position(c, first):
    """Open steps of the position whose oldest lot that is, > 0."""
    steps = 0
    for i in range(first, c.state[0]["n_lots"]):
        if same_position(c, first, i):
            steps += c.lots[i]["steps"]
    return steps


@kernel
def profit_of_position(c, first):
    """Its unrealised profit, micro-units."""
    lot = c.lots[first]
    close = mark(c, lot["symbol"], lot["side"])
    points = 0
    for i in range(first, c.state[0]["n_lots"]):
        if same_position(c, first, i):
            points += lot["side"] * (close - c.lots[i]["price"]) * c.lots[i]["steps"]
    return money(c, lot["symbol"], points)


@part
def drop_lot(c, i):
    """Take a lot that is closed out of the list."""
    s = c.state[0]
    for j in range(i + 1, s["n_lots"]):
        c.lots[j - 1] = c.lots[j]
    s["n_lots"] -= 1


@part
def add_lot(c, order, price, steps):
    """A new lot, the youngest."""
    s = c.state[0]
    n = s["n_lots"]
    if n == len(c.lots):
        raise Flooded(FLOODED)
    s["lot"] += 1
    o = c.orders[order - 1]
    lot = c.lots[n]
    lot["id"] = s["lot"]
    lot["order"] = order
    lot["symbol"] = o["symbol"]
    lot["side"] = o["side"]
    lot["price"] = price
    lot["steps"] = steps
    lot["ts"] = s["now"]
    s["n_lots"] = n + 1
