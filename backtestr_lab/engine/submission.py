"""What a strategy orders, until it is on its way or refused (O1, O3)."""

from ..jit import kernel, part
from .checks import bad_quantity, exit_of, highest, points_of, steps_of, too_large
from .codes import (
    AT_END,
    AT_PRICE,
    BAD_PRICE,
    BAD_QUANTITY,
    BY_TIF,
    CLOSE,
    DAY,
    ENTRY,
    EV_SUBMITTED,
    FILLED,
    FOK,
    GTD,
    IOC,
    LIMIT,
    MARKET,
    NO_EXIT,
    OK,
    OVERFLOW,
    PENDING,
    RUN_OVER,
    STOP,
    STOP_LIMIT,
    TRAILING,
    UNKNOWN,
)
from .costs import quoted, slipped
from .fills import fill
from .journal import write
from .layout import ARRIVE, EXPIRE, NEVER
from .orders import add_order, is_open, reject
from .queue import due_of, next_day, put


@part
def _type_of(w):
    if w["trailing_stop_kind"] != NO_EXIT:
        return TRAILING
    if w["limit_kind"] != NO_EXIT:
        return STOP_LIMIT if w["stop_kind"] != NO_EXIT else LIMIT
    return STOP if w["stop_kind"] != NO_EXIT else MARKET


@part
def _take_prices(y, w, o):
    """Prices and distances of a wish into the order; whether all of them can be."""
    good = True
    if w["limit_kind"] != NO_EXIT:
        o["limit"] = points_of(y, w["limit"])
        good = good and o["limit"] > 0
    if w["stop_kind"] != NO_EXIT:
        o["stop"] = points_of(y, w["stop"])
        good = good and o["stop"] > 0
    if o["type"] == STOP_LIMIT:
        o["stop_asked"] = o["stop"]
    if w["stop_loss_kind"] != NO_EXIT:
        o["sl_kind"], o["sl"], fine = exit_of(y, w["stop_loss_kind"], w["stop_loss"])
        good = good and fine
    if w["take_profit_kind"] != NO_EXIT:
        o["tp_kind"], o["tp"], fine = exit_of(y, w["take_profit_kind"], w["take_profit"])
        good = good and fine
    if w["trailing_stop_kind"] != NO_EXIT:
        o["offset_kind"], o["offset"], fine = exit_of(y, w["trailing_stop_kind"], w["trailing_stop"])
        good = good and fine and o["offset_kind"] != AT_PRICE
    if w["trail_kind"] != NO_EXIT:
        o["trail_kind"], o["trail"], fine = exit_of(y, w["trail_kind"], w["trail"])
        good = good and fine and o["trail_kind"] != AT_PRICE
    return good


@part
def _bad_tif(c, w, o):
    """Terms that contradict each other: an expiry that is past or without GTD, a post-only order that would take."""
    if o["tif"] == GTD and w["expires"] <= c.state[0]["now"]:
        return True
    if o["tif"] != GTD and w["expires"] != 0:
        return True
    return w["post_only"] != 0 and (o["type"] != LIMIT or o["tif"] == IOC or o["tif"] == FOK)


@part
def _bad_links(c, w, order):
    """`oco` names an order that is not PENDING, or `oto` one that is not FILLED and can no longer be."""
    if w["oco"] != 0 and not (1 <= w["oco"] < order and c.orders[w["oco"] - 1]["state"] == PENDING):
        return True
    if w["oto"] == 0:
        return False
    if not 1 <= w["oto"] < order:
        return True
    first = c.orders[w["oto"] - 1]
    return not is_open(first) and first["state"] != FILLED


@part
def _send(c, order):
    """Put an order on its way, or let it wait for another; note when it expires."""
    s = c.state[0]
    w = c.wish[0]
    o = c.orders[order - 1]
    if w["oco"] != 0:
        first = c.orders[w["oco"] - 1]
        if first["group"] == 0:
            first["group"] = first["id"]
        o["group"] = first["group"]
    if w["oto"] != 0:
        o["oto"] = w["oto"]
    if w["oto"] != 0 and is_open(c.orders[w["oto"] - 1]):
        o["draws"] = 1  # its arrival's, which it does without
        o["due"] = NEVER
        s["n_waiting"] += 1
    else:
        o["due"] = due_of(c, order)
    put(c, o["due"], ARRIVE, order, -1, -1, -1, OK)
    if o["tif"] >= DAY:
        o["expires"] = w["expires"] if o["tif"] == GTD else next_day(c, s["now"])
        put(c, o["expires"], EXPIRE, order, -1, -1, -1, OK)


@kernel
def submit(c):
    """`buy` and `sell`, whose wish stands in `c.wish`: write SUBMITTED, check the form, send; the order's id (O3)."""
    k = 0
    y = c.syms[k]
    w = c.wish[0]
    side = w["side"]
    steps = steps_of(y, w["qty"]) if w["qty_kind"] != NO_EXIT else c.config[0]["size"]
    order = add_order(c, k, side, _type_of(w), ENTRY, steps)
    o = c.orders[order - 1]
    good_prices = _take_prices(y, w, o)
    o["tif"] = w["tif"]
    o["reduce_only"] = w["reduce_only"]
    o["post_only"] = w["post_only"]
    o["tag"] = w["tag"]

    reason = OK
    if c.state[0]["over"]:
        reason = RUN_OVER
    elif bad_quantity(y, steps):
        reason = BAD_QUANTITY
    elif not good_prices:
        reason = BAD_PRICE
    elif _bad_tif(c, w, o):
        reason = BY_TIF
    elif _bad_links(c, w, order):
        reason = UNKNOWN
    elif too_large(c, k, steps, highest(o, max(o["limit"], o["stop"]))):
        reason = OVERFLOW
    price = 0 if reason == BAD_PRICE else (o["limit"] if o["limit"] else o["stop"])
    write(c, EV_SUBMITTED, k, order, 0, price, side * steps, 0, OK)
    if reason != OK:
        reject(c, order, price, reason)
    else:
        _send(c, order)
    return order


@kernel
def close(c):
    """Order the whole net position closed at market, reduce-only (P2); the order's id, or 0 when flat."""
    net = c.syms[0]["net"]
    if net == 0:
        return 0
    side = -1 if net > 0 else 1
    order = add_order(c, 0, side, MARKET, CLOSE, abs(net))
    o = c.orders[order - 1]
    o["reduce_only"] = 1
    write(c, EV_SUBMITTED, 0, order, 0, 0, side * abs(net), 0, OK)
    if c.state[0]["over"]:
        reject(c, order, 0, RUN_OVER)
    else:
        o["due"] = due_of(c, order)
        put(c, o["due"], ARRIVE, order, -1, -1, -1, OK)
    return order


@part
def close_at_end(c):
    """Close what is open at the last quote (C5)."""
    for k in range(len(c.syms)):
        net = c.syms[k]["net"]
        bid, ask, known = quoted(c, k)
        if net == 0 or not known:
            continue
        side = -1 if net > 0 else 1
        order = add_order(c, k, side, MARKET, AT_END, abs(net))
        c.orders[order - 1]["reduce_only"] = 1
        write(c, EV_SUBMITTED, k, order, 0, 0, side * abs(net), 0, OK)
        fill(c, order, slipped(c, side, ask if side > 0 else bid), abs(net), True)
