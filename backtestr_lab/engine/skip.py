"""The next tick at which something can happen (C6).

Everything working is folded into four levels: something can happen only when ask <= ask_low, ask >= ask_high,
bid >= bid_high or bid <= bid_low. A base bar whose extremes reach none of them is passed in one step; inside a bar that
does, ticks are compared with the four levels. Both look at effective quotes (R13).

The level of a trailing stop moves with the ticks that are passed. A sell is reached within a bar only if
bid_min <= max(level, bid_max - offset): the same fold, its level raised by the bar's own extreme.

Limits on losses are folded in as the quotes up to which none can be reached (`limits.find_losses`).
"""

from ..jit import kernel, part
from .codes import FOK, IOC, MARKET, TRAILING
from .columns import asks_of, base_of, bids_of, ts_of
from .costs import effective
from .exits import ratchet
from .intrabar import arrange
from .limits import find_losses
from .orders import is_limit, is_open

_HIGH = 2**62
_LOW = -(2**62)


@part
def is_urgent(o):
    """It needs the very next tick: to fill, to resolve, or to set its level."""
    if is_limit(o):
        return o["tif"] == IOC or o["tif"] == FOK
    if o["triggered"]:
        return True  # it waits for liquidity
    return o["type"] == MARKET or (o["type"] == TRAILING and o["level"] == 0)


@kernel
def find_levels(c, k):
    """Fold the working orders of symbol k into the four levels, and what moves those that trail."""
    y = c.syms[k]
    ask_low, ask_high, bid_high, bid_low = _LOW, _HIGH, _HIGH, _LOW
    sell_offset, sell_peak, buy_offset, buy_trough = _HIGH, _HIGH, _HIGH, _LOW
    urgent = 0
    unmet = 0
    for w in range(c.state[0]["n_working"]):
        o = c.orders[c.working[w] - 1]
        if o["symbol"] != k or not is_open(o):
            continue
        if is_urgent(o):
            urgent = 1
        elif is_limit(o):
            unmet += 1 - o["met"]
            if o["side"] > 0:
                ask_low = max(ask_low, o["limit"])
            else:
                bid_high = min(bid_high, o["limit"])
        else:
            trails = o["type"] == TRAILING
            level = o["level"] if trails else o["stop"]
            if o["side"] > 0:
                ask_high = min(ask_high, level)
            else:
                bid_low = max(bid_low, level)
            if trails and o["side"] > 0:
                buy_offset = min(buy_offset, o["offset"])
                buy_trough = max(buy_trough, level - o["offset"])
            elif trails:
                sell_offset = min(sell_offset, o["offset"])
                sell_peak = min(sell_peak, level + o["offset"])
    y["ask_low"] = ask_low
    y["ask_high"] = ask_high
    y["bid_high"] = bid_high
    y["bid_low"] = bid_low
    y["sell_offset"] = sell_offset
    y["sell_peak"] = sell_peak
    y["buy_offset"] = buy_offset
    y["buy_trough"] = buy_trough
    y["urgent"] = urgent
    y["unmet"] = unmet
    y["dirty"] = 0
    y["seen_to"] = 0


@kernel
def passed(c, k, high, low):
    """Ticks with bids up to `high` and asks down to `low` were passed: limits have met them, trailing stops followed.

    (F2, F5)
    """
    y = c.syms[k]
    moves = high > y["sell_peak"] or low < y["buy_trough"]
    for w in range(c.state[0]["n_working"]):
        o = c.orders[c.working[w] - 1]
        if o["symbol"] != k:
            continue
        if is_limit(o):
            o["met"] = 1
        elif moves and o["type"] == TRAILING:
            ratchet(o, low if o["side"] > 0 else high)
    y["unmet"] = 0
    if moves:
        y["dirty"] = 1


@kernel
def can_fill(c, k, i):
    """Whether tick i reaches any level; without skipping, always: then matching alone decides (C6)."""
    if c.config[0]["skip"] == 0:
        return True
    y = c.syms[k]
    if y["dirty"]:
        find_levels(c, k)
    if y["urgent"]:
        return True
    bid, ask = effective(bids_of(c, k)[i], asks_of(c, k)[i])
    if ask <= y["ask_low"] or ask >= y["ask_high"] or bid >= y["bid_high"] or bid <= y["bid_low"]:
        return True
    if y["unmet"] > 0 or bid > y["sell_peak"] or ask < y["buy_trough"]:
        passed(c, k, bid, ask)
    return False


@kernel
def first_at_or_after(ts, a, b, t):
    """Index of the first of ts[a:b] that is >= t, or b."""
    while a < b:
        mid = (a + b) // 2
        if ts[mid] < t:
            a = mid + 1
        else:
            b = mid
    return a


@part
def turns(bar, sell_offset, buy_offset):
    """Whether a trailing stop could be reached within a bar from the bar's own extreme."""
    return bar["bid_min"] <= bar["bid_max"] - sell_offset or bar["ask_max"] >= bar["ask_min"] + buy_offset


@part
def _settle_levels(c, k):
    """Find again what has changed: the levels of symbol k's orders, and the room of the account."""
    if c.syms[k]["dirty"]:
        find_levels(c, k)
    if c.state[0]["unsure"]:
        find_losses(c)


@part
def _must_visit(c, k):
    """Whether the very next tick of symbol k matters."""
    y = c.syms[k]
    g = c.config[0]
    return g["skip"] == 0 or g["listens_tick"] == 1 or y["urgent"] == 1 or y["watched"] == 1


@kernel
def take_tick(c, k):
    """Take the next tick of symbol k, whatever it is; its index."""
    y = c.syms[k]
    i = y["cursor"]
    y["cursor"] = i + 1
    y["seen_to"] = 0
    if c.config[0]["intrabar"] and i % 4 == 1:
        arrange(c, k, i - 1)
    return i


@part
def _seek(c, k, stop):
    """Look from the cursor of symbol k for the first tick, stamped before `stop`, that can matter; nothing is changed.

    Returns
    -------
    found : int
        Its index, or -1.
    i, b : int
        Ticks up to i are inert; b is the base bar that holds i.
    high, low : int
        Of the bids and asks of those, where something trails.
    """
    y = c.syms[k]
    limit = y["limit"]
    i = y["cursor"]
    ts, bid, ask, base = ts_of(c, k), bids_of(c, k), asks_of(c, k), base_of(c, k)
    ask_low, bid_high = y["ask_low"], y["bid_high"]
    ask_high, bid_low = min(y["ask_high"], y["loss_high"]), max(y["bid_low"], y["loss_low"])
    sell_offset, buy_offset = y["sell_offset"], y["buy_offset"]
    trails = sell_offset < _HIGH or buy_offset < _HIGH
    made_of_bars = c.config[0]["intrabar"] > 0
    high, low = _LOW, _HIGH
    b = y["base"]
    while i < limit:
        bar = base[b]
        bar_end = bar["first"] + bar["ticks"]
        if bar_end <= i:
            b += 1
            continue
        if bar["ts"] >= stop:
            break
        last = min(bar_end, limit)
        whole = bar["end"] <= stop
        if (
            bar["ask_min"] <= ask_low
            or bar["ask_max"] >= ask_high
            or bar["bid_max"] >= bid_high
            or bar["bid_min"] <= bid_low
            or (trails and (i > bar["first"] or last < bar_end or not whole or turns(bar, sell_offset, buy_offset)))
        ):
            if not whole:
                last = first_at_or_after(ts, i, last, stop)
            while i < last:
                if made_of_bars and i % 4 == 1:
                    arrange(c, k, i - 1)
                x, a = bid[i], ask[i]
                if x > a:
                    x, a = effective(x, a)
                if a <= ask_low or a >= ask_high or x >= bid_high or x <= bid_low:
                    return i, i, b, high, low
                if trails:
                    high, low = max(high, x), min(low, a)
                    bid_low, ask_high = max(bid_low, high - sell_offset), min(ask_high, low + buy_offset)
                i += 1
        else:
            i = last if whole else first_at_or_after(ts, i, last, stop)
            if trails:
                high, low = max(high, bar["bid_max"]), min(low, bar["ask_min"])
                bid_low, ask_high = max(bid_low, high - sell_offset), min(ask_high, low + buy_offset)
        if not whole:
            break
    return -1, i, b, high, low


@kernel
def next_tick(c, k, stop):
    """Pass the ticks of symbol k, stamped before `stop`, up to the first that can matter; its index, or -1.

    That one is not taken yet.
    """
    y = c.syms[k]
    start = y["cursor"]
    if start >= y["limit"]:
        return -1
    _settle_levels(c, k)
    if _must_visit(c, k):
        return start if ts_of(c, k)[start] < stop else -1
    found, i, b, high, low = _seek(c, k, stop)
    y["base"] = b
    if i > start:
        if c.config[0]["intrabar"] and i % 4 > 1 and start <= i // 4 * 4 + 1:
            arrange(c, k, i // 4 * 4)  # its first extreme was passed, and is the last quote
        y["cursor"] = i
        if y["unmet"] > 0 or high > _LOW:
            passed(c, k, high, low)
    return found


@kernel
def _look(c, k, stop):
    """Index of the next tick of symbol k, stamped before `stop`, that can matter, or -1; nothing is passed.

    What was found is kept, for another symbol may have ticks to be visited first.
    """
    y = c.syms[k]
    i = y["cursor"]
    ts = ts_of(c, k)
    if i >= y["limit"] or ts[i] >= stop:
        return -1
    _settle_levels(c, k)
    if _must_visit(c, k):
        return i
    if y["seen_to"] == 0 or (y["seen"] < 0 and y["seen_to"] < stop):
        y["seen"], _, _, _, _ = _seek(c, k, stop)
        y["seen_to"] = stop
    return y["seen"] if y["seen"] >= 0 and ts[y["seen"]] < stop else -1


@kernel
def next_symbol(c, stop):
    """The symbol whose tick is the next that can matter before `stop`, or -1; all symbols are brought up to there.

    Of equal stamps the first named symbol's comes first (C1, P6).
    """
    found = -1
    until = stop
    for k in range(len(c.syms)):
        i = _look(c, k, until)
        if i >= 0:
            found = k
            until = ts_of(c, k)[i]
    for k in range(len(c.syms)):
        # Of the stamp itself, the ticks of symbols named earlier come before it, and so do its own earlier ones.
        next_tick(c, k, until + 1 if k <= found else until)
    return found
