"""Which orders does this tick fill, and at which price (F1-F5, F7, F8).

What waits for a trigger, one rule a line of the table: what a tick must show, and where the level comes from.

    STOP, STOP_LIMIT   ask >= stop / bid <= stop      the order
    TRAILING           ask >= level / bid <= level    the first tick sets it, each later one first tests, then moves it

What is at work after that:

    MARKET, STOP, TRAILING   any                                   the quote, then slippage
    LIMIT, STOP_LIMIT        first tick: marketable                the quote
                             later: ask <= limit / bid >= limit    the limit
"""

from ..jit import kernel, part
from .account import fillable
from .codes import BY_TIF, EV_TRIGGERED, FLAT, FOK, IOC, MARKET, NO_MARGIN, OK, TRAILING
from .costs import effective, slipped
from .exits import ratchet, start_trailing
from .fills import fill
from .journal import write
from .liquidity import offered, set_offer, take
from .orders import cancel_now, is_limit, is_open, sweep
from .risk import short_of_margin

NO_FILL = 0  # prices are at least one point


@part
def untriggered(o):
    """It waits for a level to be reached."""
    return o["type"] != MARKET and o["triggered"] == 0 and not is_limit(o)


@part
def reached(c, order, quote):
    """Test a stop, a stop-limit or a trailing stop; a trailing one that is not reached moves its level (F3-F5)."""
    o = c.orders[order - 1]
    side = o["side"]
    trails = o["type"] == TRAILING
    if trails and o["level"] == 0:
        start_trailing(c, o, quote)
        return False
    level = o["level"] if trails else o["stop"]
    if side * (quote - level) < 0:
        if trails:
            ratchet(o, quote)
        return False
    o["triggered"] = 1
    write(c, EV_TRIGGERED, o["symbol"], order, o["position"], level, side * fillable(c, o), 0, OK)
    return True


@part
def price_of(c, o, quote):
    """The price at which a tick fills an order that waits for no level, or NO_FILL."""
    if not is_limit(o):
        return slipped(c, o["side"], quote)
    if o["side"] * (o["limit"] - quote) < 0:
        return NO_FILL
    return quote if o["met"] == 0 else o["limit"]


@part
def fill_or_cancel(c, order, price):
    """Fill what the order wants and the tick still offers, or cancel it when it may not fill (F8, P2, P4)."""
    o = c.orders[order - 1]
    want = fillable(c, o)
    steps = min(want, offered(c, o["symbol"], o["side"]))
    if want == 0:
        cancel_now(c, order, FLAT)
    elif steps == 0 or (o["tif"] == FOK and steps < want):
        return
    elif short_of_margin(c, order, steps, price):
        cancel_now(c, order, NO_MARGIN)
    else:
        take(c, o["symbol"], o["side"], steps)
        fill(c, order, price, steps, steps == want)


@part
def meet(c, order, quote):
    """One order meets one tick."""
    o = c.orders[order - 1]
    if untriggered(o) and not reached(c, order, quote):
        return
    price = price_of(c, o, quote)
    o["met"] = 1
    if price != NO_FILL:
        fill_or_cancel(c, order, price)
    if (o["tif"] == IOC or o["tif"] == FOK) and is_open(o):
        cancel_now(c, order, BY_TIF)


@kernel
def match(c, k, i):
    """Test the working orders of symbol k against tick i, in order of acceptance (F7).

    Orders that this very tick brings to work (attached exits) meet the next one of their symbol (C3, F6).
    """
    bid, ask = effective(c.bid[i], c.ask[i])
    set_offer(c, k, i)
    n = c.state[0]["n_working"]
    for w in range(n):
        order = c.working[w]
        o = c.orders[order - 1]
        if is_open(o) and o["symbol"] == k:
            meet(c, order, ask if o["side"] > 0 else bid)
    sweep(c)
    c.syms[k]["dirty"] = 1
