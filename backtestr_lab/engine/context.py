"""What a strategy sees and asks for (S3), as compiled functions of the run's memory.

Everything here answers as of `state.now`: closed bars only up to now, the forming bar from the ticks taken so far,
nothing later (S4). What asks for something goes through `submission.py` and `requests.py` and nothing else.
"""

import numpy as np

from ..bars.rows import absorb, bar_of
from ..jit import kernel
from .account import equity as equity_micro
from .account import unrealised_of
from .codes import IN_CALL
from .columns import asks_of, bars_of, base_of, bids_of, size_at, ts_of
from .costs import mark, money
from .layout import ARRIVE, CTX
from .memory import Context
from .orders import is_open
from .position import Position, make_position
from .requests import cancel, cancel_all, cancel_tagged, modify
from .submission import about, close, close_position, submit
from .views import ORDER_VIEW, POSITION_VIEW, Bar, Bars, Fill, OrderEvent, Tick

__all__ = [
    "CTX",
    "Context",
    "Interrupted",
    "Position",
    "balance",
    "bars",
    "cancel",
    "cancel_all",
    "cancel_tagged",
    "close",
    "close_position",
    "closed_bar",
    "crossed",
    "crossed_level",
    "current_event",
    "current_fill",
    "current_tick",
    "equity",
    "forming",
    "modify",
    "now",
    "order",
    "orders",
    "position",
    "positions",
    "row",
    "series",
    "series_len",
    "submit",
    "value",
]

NAN = np.nan
_MICRO = 1e6


class Interrupted(Exception):
    """Raised inside a strategy's own loop when the run is to stop (S6)."""


@kernel
def now(c):
    """The instant, µs UTC."""
    return c.state[0]["now"]


@kernel
def balance(c):
    """Cash plus realised profit, account currency."""
    return c.state[0]["balance"] / _MICRO


@kernel
def equity(c):
    """Balance plus unrealised profit, account currency."""
    return equity_micro(c) / _MICRO


@kernel
def position(c, symbol):
    """The net position of a symbol, -1 for the one the callback is about (P1).

    Its price is NaN when it is flat, and hedging when there are lots of both sides.
    """
    k = about(c, symbol)
    y = c.syms[k]
    net = y["net"]
    weighted = 0.0
    steps = 0
    for i in range(c.state[0]["n_lots"]):
        lot = c.lots[i]
        if lot["symbol"] == k:
            weighted += float(lot["price"]) * float(lot["steps"])
            steps += lot["steps"]
    if steps == 0:
        return make_position(0.0, NAN, 0.0)
    price = weighted / steps / y["scale"] if steps == abs(net) else NAN
    return make_position(net / y["steps"], price, unrealised_of(c, k) / _MICRO)


@kernel
def positions(c):
    """The open lots of all symbols, oldest first, as POSITION_VIEW records."""
    n = c.state[0]["n_lots"]
    out = np.empty(n, POSITION_VIEW)
    for i in range(n):
        lot = c.lots[i]
        k = lot["symbol"]
        y = c.syms[k]
        v = out[i]
        v["id"] = lot["id"]
        v["symbol"] = k
        v["quantity"] = lot["side"] * lot["steps"] / y["steps"]
        v["price"] = lot["price"] / y["scale"]
        v["profit"] = money(c, k, lot["side"] * (mark(c, k, lot["side"]) - lot["price"]) * lot["steps"]) / _MICRO
        v["ts"] = lot["ts"]
        v["order"] = lot["order"]
    return out


@kernel
def _show_order(c, o, v):
    y = c.syms[o["symbol"]]
    v["id"] = o["id"]
    v["symbol"] = o["symbol"]
    v["side"] = o["side"]
    v["type"] = o["type"]
    v["role"] = o["role"]
    v["quantity"] = (o["quantity"] - o["filled"]) / y["steps"]
    v["filled"] = o["filled"] / y["steps"]
    v["limit"] = o["limit"] / y["scale"] if o["limit"] else NAN
    v["stop"] = o["stop"] / y["scale"] if o["stop"] else NAN
    v["level"] = o["level"] / y["scale"] if o["level"] else NAN
    v["state"] = o["state"]
    v["reason"] = o["reason"]
    v["tif"] = o["tif"]
    v["expires"] = o["expires"]
    v["parent"] = o["parent"]
    v["tag"] = o["tag"]
    v["ts"] = o["ts"]
    v["working"] = 1 if o["rank"] > 0 and is_open(o) else 0


@kernel
def order(c, number):
    """The order of that id, whatever became of it, as one ORDER_VIEW record; its id is 0 when there is none."""
    out = np.zeros(1, ORDER_VIEW)
    if 1 <= number <= c.state[0]["n_orders"]:
        _show_order(c, c.orders[number - 1], out[0])
    return out


@kernel
def orders(c):
    """The open orders: those at work in order of acceptance, then those on their way, as ORDER_VIEW records."""
    s = c.state[0]
    out = np.empty(s["n_working"] + s["n_queue"], ORDER_VIEW)
    n = 0
    for i in range(s["n_working"]):
        o = c.orders[c.working[i] - 1]
        if is_open(o):
            _show_order(c, o, out[n])
            n += 1
    for i in range(s["n_queue"]):
        r = c.queue[i]
        if r["kind"] == ARRIVE and is_open(c.orders[r["order"] - 1]):
            _show_order(c, c.orders[r["order"] - 1], out[n])
            n += 1
    return out[:n]


@kernel
def _show_bar(c, f, bar):
    frame = c.frames[f]
    y = c.syms[frame["symbol"]]
    p = y["scale"]
    return Bar(
        bar["ts"],
        bar["end"],
        bar["open"] / p,
        bar["high"] / p,
        bar["low"] / p,
        bar["close"] / p,
        bar["ask_open"] / p,
        bar["ask_high"] / p,
        bar["ask_low"] / p,
        bar["ask_close"] / p,
        bar["volume"] / y["steps"],
        bar["ticks"],
        frame["us"],
        frame["symbol"],
    )


@kernel
def closed_bar(c, f):
    """The last closed bar of a row of `frames`."""
    return _show_bar(c, f, bars_of(c, f)[c.frames[f]["closed"] - 1])


@kernel
def _take(c, k, form, i):
    """Take tick i of symbol k into a forming bar."""
    bid, ask = bids_of(c, k)[i], asks_of(c, k)[i]
    if form["ticks"] == 0:
        form["open"] = form["high"] = form["low"] = bid
        form["ask_open"] = form["ask_high"] = form["ask_low"] = ask
    form["high"] = max(form["high"], bid)
    form["low"] = min(form["low"], bid)
    form["close"] = bid
    form["ask_high"] = max(form["ask_high"], ask)
    form["ask_low"] = min(form["ask_low"], ask)
    form["ask_close"] = ask
    form["ticks"] += 1
    form["volume"] += size_at(c.syms[k]["volume"], i)


@kernel
def _take_bar(form, bar):
    """Take a whole base bar into a forming bar."""
    if form["ticks"] == 0:
        form["open"] = bar["open"]
        form["high"] = bar["high"]
        form["low"] = bar["low"]
        form["ask_open"] = bar["ask_open"]
        form["ask_high"] = bar["ask_high"]
        form["ask_low"] = bar["ask_low"]
    absorb(form, bar)


@kernel
def update_form(c, f):
    """Bring frame f's forming bar up to the ticks taken so far; whether it has any tick.

    It goes on from where the last call stopped, over whole base bars where it can, so that asking at every tick costs
    one tick.
    """
    frame = c.frames[f]
    form = c.forms[f]
    n = frame["closed"]
    if n >= frame["count"]:
        return False
    bar = bars_of(c, f)[n]
    symbol = frame["symbol"]
    cursor = c.syms[symbol]["cursor"]
    if bar["first"] >= cursor:
        return False
    base = base_of(c, symbol)
    if frame["form"] != n or frame["upto"] > cursor:
        frame["form"] = n
        frame["upto"] = bar["first"]
        frame["base"] = bar_of(base[: c.syms[symbol]["n_bars"]], bar["first"])
        form["ts"] = bar["ts"]
        form["end"] = bar["end"]
        form["ticks"] = 0
        form["volume"] = 0
        form["first"] = bar["first"]
    i = frame["upto"]
    k = frame["base"]
    while i < cursor:
        piece = base[k]
        piece_end = piece["first"] + piece["ticks"]
        if i == piece["first"] and piece_end <= cursor:
            _take_bar(form, piece)
            i = piece_end
        else:
            last = min(piece_end, cursor)
            while i < last:
                _take(c, symbol, form, i)
                i += 1
        if i == piece_end:
            k += 1
    frame["upto"] = i
    frame["base"] = k
    return True


@kernel
def forming(c, f):
    """The bar of a frame that has begun and not ended: NaN prices and ticks 0 before its first tick."""
    if update_form(c, f):
        return _show_bar(c, f, c.forms[f])
    t = c.state[0]["now"]
    frame = c.frames[f]
    return Bar(t, t, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0.0, 0, frame["us"], frame["symbol"])


@kernel
def bars(c, f, n):
    """The last n closed bars of a frame at most, oldest first, as views."""
    frame = c.frames[f]
    room = frame["room"]
    b = frame["closed"]
    a = max(0, b - max(0, n))
    at = frame["columns"]
    x = c.columns
    return Bars(
        x[at + a : at + b],
        x[at + room + a : at + room + b],
        x[at + 2 * room + a : at + 2 * room + b],
        x[at + 3 * room + a : at + 3 * room + b],
        x[at + 4 * room + a : at + 4 * room + b],
        x[at + 5 * room + a : at + 5 * room + b],
    )


@kernel
def row(c, number, symbol):
    """The row of `frames` or `series` of a number of the plan's, for a symbol or the one the callback is about."""
    return number * len(c.syms) + about(c, symbol)


@kernel
def series_len(c, k):
    """Closed values of series k."""
    return c.frames[c.series[k]["frame"]]["closed"]


@kernel
def series(c, k):
    """The closed values of series k, oldest first, as a view."""
    at = c.series[k]["offset"]
    return c.values[at : at + series_len(c, k)]


@kernel
def value(c, k, i):
    """Series k at an index, negative from the latest closed one; NaN outside."""
    n = series_len(c, k)
    if i < 0:
        i += n
    if i < 0 or i >= n:
        return NAN
    return c.values[c.series[k]["offset"] + i]


@kernel
def _last_two(c, k):
    """The latest closed value of series k, the one before, and whether its bar closed now."""
    x = c.series[k]
    frame = c.frames[x["frame"]]
    n = frame["closed"]
    if n < 2:
        return NAN, NAN, False
    at = x["offset"] + n
    return c.values[at - 1], c.values[at - 2], bars_of(c, x["frame"])[n - 1]["end"] == c.state[0]["now"]


@kernel
def crossed(c, k1, k2, direction):
    """Series k1 crossed k2 with the bar that closed now, upwards (+1) or downwards (-1) (S9)."""
    if c.state[0]["phase"] != IN_CALL:
        return False
    a, a_before, a_now = _last_two(c, k1)
    b, b_before, b_now = _last_two(c, k2)
    return (a_now or b_now) and direction * (a_before - b_before) <= 0.0 and direction * (a - b) > 0.0


@kernel
def crossed_level(c, k, level, direction):
    """Series k crossed a level with the bar that closed now (S9)."""
    if c.state[0]["phase"] != IN_CALL:
        return False
    a, before, closed = _last_two(c, k)
    return closed and direction * (before - level) <= 0.0 and direction * (a - level) > 0.0


@kernel
def current_tick(c):
    """The tick that was just taken, raw (R13)."""
    k = c.state[0]["ticked"]
    y = c.syms[k]
    i = y["cursor"] - 1
    q = y["steps"]
    return Tick(
        ts_of(c, k)[i],
        bids_of(c, k)[i] / y["scale"],
        asks_of(c, k)[i] / y["scale"],
        size_at(y["bid_size"], i) / q,
        size_at(y["ask_size"], i) / q,
        size_at(y["volume"], i) / q,
        k,
    )


@kernel
def current_fill(c):
    """The fill that is being delivered."""
    e = c.events[c.state[0]["event"]]
    y = c.syms[e["symbol"]]
    o = c.orders[e["order"] - 1]
    return Fill(
        e["ts"],
        e["order"],
        o["side"],
        e["price"] / y["scale"],
        abs(e["quantity"]) / y["steps"],
        o["role"],
        e["position"],
        e["symbol"],
    )


@kernel
def current_event(c):
    """The order event that is being delivered."""
    e = c.events[c.state[0]["event"]]
    y = c.syms[e["symbol"]]
    return OrderEvent(
        e["ts"], e["order"], e["kind"], e["price"] / y["scale"], e["quantity"] / y["steps"], e["reason"], e["symbol"]
    )
