"""Which orders does this tick fill, and at which price (F1-F3, F7).

One rule a line of the table: what a tick must show, and what is paid.

    MARKET   any                                   the quote, then slippage
    LIMIT    first tick: marketable                the quote
             later: ask <= limit / bid >= limit    the limit
    STOP     ask >= stop / bid <= stop             the quote, then slippage
"""

from ..jit import kernel
from .account import fill, lot_steps
from .codes import EV_TRIGGERED, FLAT, LIMIT, MARKET, NO_MARGIN, OK, PENDING, STOP
from .costs import effective, slipped
from .journal import write
from .orders import cancel_now, sweep
from .risk import short_of_margin

NO_FILL = 0  # prices are at least one point


@kernel
def price_of(c, o, bid, ask):
    """The price at which this tick fills an order, or NO_FILL."""
    side = o["side"]
    quote = ask if side > 0 else bid
    kind = o["type"]
    if kind == MARKET:
        return slipped(c, side, quote)
    if kind == LIMIT:
        if side * (o["limit"] - quote) < 0:
            return NO_FILL
        return quote if o["met"] == 0 else o["limit"]
    if kind == STOP and side * (quote - o["stop"]) >= 0:
        return slipped(c, side, quote)
    return NO_FILL


@kernel
def fillable(c, o):
    """Steps an order can fill now: what it wants, a reduce-only one at most what is open (P2)."""
    want = o["quantity"] - o["filled"]
    if o["reduce_only"] == 0:
        return want
    if o["parent"] != 0:
        return min(want, lot_steps(c, o["parent"]))
    net = c.syms[o["symbol"]]["net"]
    return min(want, abs(net)) if net * o["side"] < 0 else 0


@kernel
def match(c, k, i):
    """Test the working orders of symbol k against tick i, in order of acceptance (F7).

    Orders that this very tick brings to work (attached exits) meet the next one of their symbol (C3, F6).
    """
    bid, ask = effective(c.bid[i], c.ask[i])
    n = c.state[0]["n_working"]
    for w in range(n):
        order = c.working[w]
        o = c.orders[order - 1]
        if o["state"] != PENDING or o["symbol"] != k:
            continue
        price = price_of(c, o, bid, ask)
        o["met"] = 1
        if price == NO_FILL:
            continue
        steps = fillable(c, o)
        if steps == 0:
            cancel_now(c, order, FLAT)
            continue
        if o["type"] == STOP:
            o["triggered"] = 1
            write(c, EV_TRIGGERED, k, order, o["position"], o["stop"], o["side"] * steps, 0, OK)
        if short_of_margin(c, order, steps, price):
            cancel_now(c, order, NO_MARGIN)
            continue
        fill(c, order, price, steps)
    sweep(c)
    c.syms[k]["dirty"] = 1
