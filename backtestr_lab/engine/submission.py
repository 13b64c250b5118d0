"""What a strategy orders, until it is on its way or refused (O1, O3)."""

from numba.types import int64

from ..jit import kernel, part
from .account import lot_steps, next_position, steps_of_position
from .checks import bad_quantity, exit_of, highest, points_of, steps_of, too_large
from .codes import (
    AT_PRICE,
    BAD_PRICE,
    BAD_QUANTITY,
    BY_TIF,
    CLOSE,
    DAY,
    ENTRY,
    EV_FILLED,
    EV_PARTIAL_FILL,
    EV_SUBMITTED,
    FILLED,
    FOK,
    GTD,
    IOC,
    LIMIT,
    MARKET,
    NO_EXIT,
    OK,
    OVER_LIMIT,
    OVERFLOW,
    PENDING,
    RUN_OVER,
    STOP,
    STOP_LIMIT,
    TRAILING,
    UNKNOWN,
)
from .journal import write
from .layout import ARRIVE, CTX, EXPIRE, NEVER
from .orders import add_order, is_open, next_open, reject
from .queue import due_of, next_day, put
from .sizes import steps_asked

UNITS = 1  # views.QUANTITIES


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
    """What it names is not there: a PENDING order, one that is or can be FILLED, a lot of the other side."""
    if w["oco"] != 0 and not (1 <= w["oco"] < order and c.orders[w["oco"] - 1]["state"] == PENDING):
        return True
    if w["oto"] != 0:
        if not 1 <= w["oto"] < order:
            return True
        first = c.orders[w["oto"] - 1]
        if not is_open(first) and first["state"] != FILLED:
            return True
    return w["position"] != 0 and c.orders[order - 1]["closes"] == 0


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
        o["expires"] = w["expires"] if o["tif"] == GTD else next_day(c, o["symbol"], s["now"])
        put(c, o["expires"], EXPIRE, order, -1, -1, -1, OK)


@part
def _steps_of_wish(c, k, w, o):
    """Steps the wish asks for: units, a share, a risk, or the run's size."""
    y = c.syms[k]
    kind = w["qty_kind"] if w["qty_kind"] else y["size_kind"]
    amount = w["qty"] if w["qty_kind"] else y["size"]
    return steps_of(y, amount) if kind == UNITS else steps_asked(c, k, w["side"], kind, amount, o)


@part
def _entries(c):
    """Open orders of role ENTRY that are not reduce-only."""
    count = 0
    order = next_open(c, 0)
    while order:
        o = c.orders[order - 1]
        if o["role"] == ENTRY and o["reduce_only"] == 0:
            count += 1
        order = next_open(c, order)
    return count


@part
def _over_count(c, y, o):
    """The limits that count at submission (O3): the size of one order, and how many are open."""
    g = c.config[0]
    if o["reduce_only"]:
        return False
    if y["max_order"] and o["quantity"] > y["max_order"]:
        return True
    return g["max_orders"] > 0 and _entries(c) >= g["max_orders"]


@kernel(int64(CTX, int64))
def entry_of(c, position):
    """The entry whose fill opened a lot, open or not; 0 when there was none."""
    if not 1 <= position <= c.state[0]["lot"]:
        return 0
    for i in range(c.state[0]["n_lots"]):
        if c.lots[i]["id"] == position:
            return c.lots[i]["order"]
    for i in range(c.state[0]["n_events"]):
        e = c.events[i]
        if e["position"] == position and (e["kind"] == EV_FILLED or e["kind"] == EV_PARTIAL_FILL):
            return e["order"]
    return 0


@kernel
def about(c, symbol):
    """The symbol named, or the one the callback is about."""
    return c.state[0]["symbol"] if symbol < 0 else symbol


@kernel
def submit(c):
    """`buy` and `sell`, whose wish stands in `c.wish`: write SUBMITTED, check the form, send; the order's id (O3)."""
    w = c.wish[0]
    k = about(c, w["symbol"])
    y = c.syms[k]
    side = w["side"]
    order = add_order(c, k, side, _type_of(w), ENTRY, 0)
    o = c.orders[order - 1]
    good_prices = _take_prices(y, w, o)
    o["tif"] = w["tif"]
    o["reduce_only"] = w["reduce_only"]
    if w["position"] != 0:
        o["reduce_only"] = 1
        o["position"] = w["position"]
        entry = entry_of(c, w["position"])
        if entry and c.orders[entry - 1]["symbol"] == k and c.orders[entry - 1]["side"] == -side:
            o["closes"] = entry
    o["post_only"] = w["post_only"]
    o["tag"] = w["tag"]
    steps = o["quantity"] = _steps_of_wish(c, k, w, o)

    reason = OK
    if c.state[0]["over"]:
        reason = RUN_OVER
    elif c.state[0]["stopped"] and not o["reduce_only"]:
        reason = OVER_LIMIT
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
    elif _over_count(c, y, o):
        reason = OVER_LIMIT
    price = 0 if reason == BAD_PRICE else (o["limit"] if o["limit"] else o["stop"])
    write(c, EV_SUBMITTED, k, order, o["position"], price, side * steps, 0, OK)
    if reason != OK:
        reject(c, order, price, reason)
    else:
        _send(c, order)
    return order


@kernel(int64(CTX, int64, int64, int64, int64, int64, int64))
def _to_close(c, k, side, steps, entry, position, role):
    """A market order that closes, of an entry or by FIFO: reduce-only, SUBMITTED (P2)."""
    order = add_order(c, k, side, MARKET, role, steps)
    o = c.orders[order - 1]
    o["reduce_only"] = 1
    o["closes"] = entry
    o["position"] = position
    write(c, EV_SUBMITTED, k, order, position, 0, side * steps, 0, OK)
    return order


@kernel
def order_to_close(c, first, role):
    """An order for the position whose oldest lot that is (P1); hedging, it names it."""
    lot = c.lots[first]
    hedging = c.config[0]["hedging"]
    return _to_close(
        c,
        lot["symbol"],
        -lot["side"],
        steps_of_position(c, first),
        lot["order"] if hedging else 0,
        lot["id"] if hedging else 0,
        role,
    )


@part
def _send_close(c, order):
    if c.state[0]["over"]:
        reject(c, order, 0, RUN_OVER)
    else:
        o = c.orders[order - 1]
        o["due"] = due_of(c, order)
        put(c, o["due"], ARRIVE, order, -1, -1, -1, OK)


@kernel
def close(c, symbol):
    """Order a symbol closed at market, position by position, reduce-only (P2); the last order's id, 0 when flat."""
    k = about(c, symbol)
    order = 0
    first = next_position(c, 0, k)
    while first >= 0:
        order = order_to_close(c, first, CLOSE)
        _send_close(c, order)
        first = next_position(c, first + 1, k)
    return order


@kernel
def close_position(c, position):
    """Order closed what is open of the entry that opened a lot (P1); the order's id, 0 when nothing is."""
    entry = entry_of(c, position)
    steps = lot_steps(c, entry)
    if steps == 0:
        return 0
    o = c.orders[entry - 1]
    order = _to_close(c, o["symbol"], -o["side"], steps, entry, position, CLOSE)
    _send_close(c, order)
    return order
