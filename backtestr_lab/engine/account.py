"""Fills into lots, balance and equity (P1-P3)."""

from numba.types import int64, void

from ..jit import kernel
from .codes import (
    AT_PRICE,
    BY_POINTS,
    CANCELLED,
    COMMISSION,
    EV_BOOKING,
    EV_CANCELLED,
    EV_FILLED,
    EV_SUBMITTED,
    FILLED,
    FLAT,
    LIMIT,
    NO_EXIT,
    OK,
    PENDING,
    PROFIT,
    SIBLING,
    STOP,
    STOP_LOSS,
    TAKE_PROFIT,
)
from .costs import commission, money, quoted
from .journal import FLOODED, Flooded, write
from .layout import CTX
from .orders import accept, add_order

_PCT = 10**8  # a percentage is kept in units of 1e-6 percent


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


@kernel
def lot_steps(c, order):
    """Steps still open of the lots that entry `order` opened."""
    steps = 0
    for i in range(c.state[0]["n_lots"]):
        if c.lots[i]["order"] == order:
            steps += c.lots[i]["steps"]
    return steps


@kernel(void(CTX, int64, int64, int64, int64, int64, int64, int64))
def _book(c, k, order, lot, price, quantity, amount, reason):
    c.state[0]["balance"] += amount
    write(c, EV_BOOKING, k, order, lot, price, quantity, amount, reason)


@kernel
def _first_to_close(c, o):
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


@kernel
def _drop_lot(c, i):
    s = c.state[0]
    for j in range(i + 1, s["n_lots"]):
        c.lots[j - 1] = c.lots[j]
    s["n_lots"] -= 1


@kernel
def _exit_price(kind, value, price, away):
    """Where an attached exit lies: a price, or a distance from the first fill in the direction `away` (F6)."""
    if kind == AT_PRICE:
        return value
    distance = value if kind == BY_POINTS else (price * value + _PCT // 2) // _PCT
    return max(1, price + away * distance)


@kernel(void(CTX, int64, int64, int64, int64, int64, int64, int64))
def _attach(c, parent, lot, price, steps, role, kind, value):
    """Submit and accept one attached exit of the lot that was just opened (F6)."""
    o = c.orders[parent - 1]
    side = o["side"]
    away = side if role == TAKE_PROFIT else -side
    level = _exit_price(kind, value, price, away)
    k = o["symbol"]
    child = add_order(c, k, -side, LIMIT if role == TAKE_PROFIT else STOP, role, steps)
    x = c.orders[child - 1]
    if role == TAKE_PROFIT:
        x["limit"] = level
    else:
        x["stop"] = level
    x["parent"] = parent
    x["position"] = lot
    x["reduce_only"] = 1
    write(c, EV_SUBMITTED, k, child, lot, level, -side * steps, 0, OK)
    accept(c, child)


@kernel
def fill(c, order, price, steps):
    """Book one execution: the nine lines of "One fill, in order" in docs/reference/journal.md."""
    s = c.state[0]
    o = c.orders[order - 1]
    k = o["symbol"]
    side = o["side"]
    y = c.syms[k]
    paid = commission(c, k, price, steps)

    # Which lot it is about: the first it closes, else the one it opens.
    i = _first_to_close(c, o)
    about = c.lots[i]["id"] if i >= 0 else s["lot"] + 1
    opens = 0
    if o["reduce_only"] == 0:
        open_steps = abs(y["net"]) if y["net"] * side < 0 else 0
        opens = max(0, steps - open_steps)
        if opens > 0:
            about = s["lot"] + 1

    o["filled"] += steps
    o["state"] = FILLED
    write(c, EV_FILLED, k, order, about, price, side * steps, 0, OK)
    if paid != 0:
        _book(c, k, order, about, price, side * steps, -paid, COMMISSION)

    rest = steps
    while rest > 0:
        i = _first_to_close(c, o)
        if i < 0:
            break
        lot = c.lots[i]
        piece = min(rest, lot["steps"])
        profit = money(c, k, lot["side"] * (price - lot["price"]) * piece)
        _book(c, k, order, lot["id"], lot["price"], side * piece, profit, PROFIT)
        rest -= piece
        lot["steps"] -= piece
        if lot["steps"] == 0:
            _drop_lot(c, i)
    y["net"] += side * steps

    if rest > 0:
        s["lot"] += 1
        _open_lot(c, order, price, rest)
    _shrink_exits(c, order)
    y["dirty"] = 1


@kernel
def _open_lot(c, order, price, steps):
    s = c.state[0]
    n = s["n_lots"]
    if n == len(c.lots):
        raise Flooded(FLOODED)
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
    if o["sl_kind"] != NO_EXIT:
        _attach(c, order, s["lot"], price, steps, STOP_LOSS, o["sl_kind"], o["sl"])
    if o["tp_kind"] != NO_EXIT:
        _attach(c, order, s["lot"], price, steps, TAKE_PROFIT, o["tp_kind"], o["tp"])


@kernel
def _shrink_exits(c, order):
    """Attached exits follow their lot: they shrink with it and are cancelled when it is gone (P2, F7)."""
    filled_parent = c.orders[order - 1]["parent"]
    for i in range(c.state[0]["n_working"]):
        x = c.orders[c.working[i] - 1]
        if x["parent"] == 0 or x["state"] != PENDING:
            continue
        left = lot_steps(c, x["parent"])
        x["quantity"] = x["filled"] + left
        if left == 0:
            x["state"] = CANCELLED
            x["reason"] = SIBLING if filled_parent == x["parent"] else FLAT
            write(c, EV_CANCELLED, x["symbol"], x["id"], x["position"], 0, 0, 0, x["reason"])
