"""What falls due and was known before the run: nights, dated bookings, new days (C1.2, F9, P4)."""

from numba.types import int64, void

from ..jit import kernel
from .account import book
from .codes import CASH, DIVIDEND, EV_SWAP, FUNDING, OK
from .costs import converts, mark, money, money_over, muldiv, quoted
from .journal import write
from .layout import CASH_BOOKING, CTX, DIVIDEND_BOOKING, NEVER, NEW_DAY, ROLLOVER

_WHOLE = 1_000_000
_FUNDING_PARTS = 10**10


@kernel
def next_scheduled(c):
    """When the next row of the schedule falls due, or NEVER."""
    i = c.state[0]["scheduled"]
    return c.schedule[i]["ts"] if i < len(c.schedule) else NEVER


@kernel(void(CTX, int64, int64))
def _roll_over(c, k, nights):
    """Swap of each open lot, oldest first (F9)."""
    s = c.state[0]
    y = c.syms[k]
    for i in range(s["n_lots"]):
        lot = c.lots[i]
        if lot["symbol"] != k or not converts(c, k):
            continue
        rate = y["swap_long"] if lot["side"] > 0 else y["swap_short"]
        amount = money_over(c, k, rate * nights * lot["steps"], _WHOLE)
        if amount:
            s["balance"] += amount
            write(c, EV_SWAP, k, lot["order"], lot["id"], 0, lot["side"] * lot["steps"], amount, OK)


@kernel(void(CTX, int64, int64, int64))
def _book_held(c, kind, k, value):
    """A dividend or a funding of what is held; nothing when flat."""
    net = c.syms[k]["net"]
    bid, ask, known = quoted(c, k)
    if net == 0 or not known or not converts(c, k):
        return
    if kind == DIVIDEND_BOOKING:
        amount = money_over(c, k, value * net, _WHOLE)
        if amount:
            book(c, k, 0, 0, 0, net, amount, DIVIDEND)
    else:
        close = mark(c, k, net)
        worth = money(c, k, net * close)
        amount = -muldiv(worth, value, _FUNDING_PARTS) if value >= 0 else muldiv(worth, -value, _FUNDING_PARTS)
        if amount:
            book(c, k, 0, 0, close, net, amount, FUNDING)


@kernel
def do_scheduled(c):
    """Carry out what is due of the schedule, in its order."""
    s = c.state[0]
    while next_scheduled(c) <= s["now"]:
        r = c.schedule[s["scheduled"]]
        s["scheduled"] += 1
        s["unsure"] = 1
        kind = r["kind"]
        if kind == NEW_DAY:
            s["new_day"] = 1
        elif kind == ROLLOVER:
            _roll_over(c, r["symbol"], r["value"])
        elif kind == CASH_BOOKING:
            if r["value"]:
                book(c, 0, 0, 0, 0, 0, r["value"], CASH)
        else:
            _book_held(c, kind, r["symbol"], r["value"])
