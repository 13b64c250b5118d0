"""Which orders does this tick fill, and at which price (F1-F5, F7, F8).

What waits for a trigger, one rule a line of the table: what a tick must show, and where the level comes from.

    STOP, STOP_LIMIT   ask >= stop / bid <= stop      the order
    TRAILING           ask >= level / bid <= level    the first tick sets it, each later one first tests, then moves it

What is at work after that:

    MARKET, STOP, TRAILING   any                                   the quote, then slippage
    LIMIT, STOP_LIMIT        first tick: marketable                the quote
                             later: ask <= limit / bid >= limit    the limit

Where bars are the input, the ticks between a bar's open and close are reached continuously: a level crossed there is
the quote of what it triggers, and a limit's first tick is one of the later ones (F10).
"""

from ..jit import kernel, part
from .account import fillable, next_position
from .codes import AT_END, BY_TIF, EV_TRIGGERED, FLAT, FOK, IOC, MARKET, OK, TRAILING
from .columns import asks_of, bids_of
from .costs import effective, mark, slipped
from .exits import ratchet, start_trailing
from .fills import fill
from .intrabar import is_open_tick
from .journal import write
from .liquidity import offered, set_offer, take
from .orders import cancel_now, is_limit, is_open, sweep
from .risk import forbids
from .submission import order_to_close

NO_FILL = 0  # prices are at least one point


@part
def untriggered(o):
    """It waits for a level to be reached."""
    return o["type"] != MARKET and o["triggered"] == 0 and not is_limit(o)


@part
def level_of(o):
    """The price that triggers it."""
    return o["level"] if o["type"] == TRAILING else o["stop"]


@part
def reached(c, order, quote):
    """Test a stop, a stop-limit or a trailing stop; a trailing one that is not reached moves its level (F3-F5)."""
    o = c.orders[order - 1]
    side = o["side"]
    trails = o["type"] == TRAILING
    if trails and o["level"] == 0:
        start_trailing(c, o, quote)
        return False
    level = level_of(o)
    if side * (quote - level) < 0:
        if trails:
            ratchet(o, quote)
        return False
    o["triggered"] = 1
    write(c, EV_TRIGGERED, o["symbol"], order, o["position"], level, side * fillable(c, o), 0, OK)
    return True


@part
def price_of(o, quote, rested):
    """The price at which a tick fills an order that waits for no level, slippage aside, or NO_FILL."""
    if not is_limit(o):
        return quote
    if o["side"] * (o["limit"] - quote) < 0:
        return NO_FILL
    return o["limit"] if rested else quote


@part
def fill_or_cancel(c, order, price, maker):
    """Fill what the order wants and the tick still offers, or cancel it when it may not fill (F8, P2, P4)."""
    o = c.orders[order - 1]
    want = fillable(c, o)
    steps = min(want, offered(c, o["symbol"], o["side"]))
    if want == 0:
        cancel_now(c, order, FLAT)
        return
    if steps == 0 or (o["tif"] == FOK and steps < want):
        return
    if not is_limit(o):
        price = slipped(c, order, price, steps)
    reason = forbids(c, order, steps, price, True)
    if reason != OK:
        cancel_now(c, order, reason)
    else:
        take(c, o["symbol"], o["side"], steps)
        fill(c, order, price, steps, steps == want, maker)


@part
def meet(c, order, quote, before):
    """One order meets one tick; `before` is the quote it was reached from continuously, 0 where it could gap (F10)."""
    o = c.orders[order - 1]
    side = o["side"]
    if untriggered(o):
        if not reached(c, order, quote):
            return
        if before:  # it was crossed on the way here, or had been passed when the way began
            before = quote = level_of(o) if side * (level_of(o) - before) > 0 else before
    elif before and o["met"] == 0 and is_limit(o) and side * (o["limit"] - quote) >= 0:
        quote = o["limit"] if side * (o["limit"] - before) < 0 else before
    price = price_of(o, quote, o["met"] == 1)
    maker = o["met"] == 1 and is_limit(o)
    o["met"] = 1
    if price != NO_FILL:
        fill_or_cancel(c, order, price, maker)
    if (o["tif"] == IOC or o["tif"] == FOK) and is_open(o):
        cancel_now(c, order, BY_TIF)


@kernel
def match(c, k, i):
    """Test the working orders of symbol k against tick i, in order of acceptance (F7).

    Orders that this very tick brings to work (attached exits) meet the next one of their symbol (C3, F6).
    """
    bids, asks = bids_of(c, k), asks_of(c, k)
    bid, ask = effective(bids[i], asks[i])
    bid_before = ask_before = 0
    if c.config[0]["intrabar"] and not is_open_tick(i) and i > c.syms[k]["first"]:
        bid_before, ask_before = bids[i - 1], asks[i - 1]
    set_offer(c, k)
    n = c.state[0]["n_working"]
    for w in range(n):
        order = c.working[w]
        o = c.orders[order - 1]
        if is_open(o) and o["symbol"] == k:
            if o["side"] > 0:
                meet(c, order, ask, ask_before)
            else:
                meet(c, order, bid, bid_before)
    sweep(c)
    c.syms[k]["dirty"] = 1


@kernel
def close_at_end(c):
    """Close what is open at the last quotes, symbol by symbol (C5)."""
    for k in range(len(c.syms)):
        first = next_position(c, 0, k)
        while first >= 0:
            order = order_to_close(c, first, AT_END)
            o = c.orders[order - 1]
            price = slipped(c, order, mark(c, k, -o["side"]), o["quantity"])
            fill(c, order, price, o["quantity"], True, False)
            first = next_position(c, 0, k)
