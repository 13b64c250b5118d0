"""Balance, equity and open lots (P1, P3)."""

from numba.types import int64, void

from ..jit import kernel, part
from .codes import EV_BOOKING
from .costs import money, quoted
from .journal import FLOODED, Flooded, write
from .layout import CTX
from .orders import is_attached


@kernel
def unrealised(c):
    """Profit of all open lots in micro-units, each at the side it would close at (P3)."""
    total = 0
    for k in range(len(c.syms)):
        bid, ask, known = quoted(c, k)
        if not known:
            continue
        points = 0
        for i in range(c.state[0]["n_lots"]):
            lot = c.lots[i]
            if lot["symbol"] == k:
                mark = bid if lot["side"] > 0 else ask
                points += lot["side"] * (mark - lot["price"]) * lot["steps"]
        total += money(c, k, points)
    return total


@kernel
def equity(c):
    """Balance plus unrealised profit, micro-units."""
    return c.state[0]["balance"] + unrealised(c)


@kernel(void(CTX, int64, int64, int64, int64, int64, int64, int64))
def book(c, k, order, lot, price, quantity, amount, reason):
    """Move the balance, here and nowhere else, and write it down (P3)."""
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
def fillable(c, o):
    """Steps an order could fill now: what it wants, a reduce-only one at most what is open (P2)."""
    want = o["quantity"] - o["filled"]
    if o["reduce_only"] == 0:
        return want
    if is_attached(o):
        return min(want, lot_steps(c, o["parent"]))
    net = c.syms[o["symbol"]]["net"]
    return min(want, abs(net)) if net * o["side"] < 0 else 0


@kernel
def first_to_close(c, o):
    """Index of the oldest lot an order closes, or -1: its own entry's for an attached exit, else by FIFO (P2)."""
    for i in range(c.state[0]["n_lots"]):
        lot = c.lots[i]
        if (
            lot["symbol"] == o["symbol"]
            and lot["side"] == -o["side"]
            and (o["parent"] == 0 or lot["order"] == o["parent"])
        ):
            return i
    return -1


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
