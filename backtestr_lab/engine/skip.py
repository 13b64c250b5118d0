"""The next tick at which something can happen (C6).

Everything working is folded into four levels: something can happen only when ask <= ask_low, ask >= ask_high,
bid >= bid_high or bid <= bid_low. A base bar whose extremes reach none of them is passed in one step; inside a bar that
does, ticks are compared with the four levels. Both look at effective quotes (R13).
"""

from ..jit import kernel
from .codes import LIMIT, MARKET, PENDING
from .costs import effective

_HIGH = 2**62
_LOW = -(2**62)


@kernel
def find_levels(c, k):
    """Fold the working orders of symbol k into the four levels."""
    y = c.syms[k]
    ask_low, ask_high, bid_high, bid_low = _LOW, _HIGH, _HIGH, _LOW
    market = 0
    unmet = 0
    for w in range(c.state[0]["n_working"]):
        o = c.orders[c.working[w] - 1]
        if o["symbol"] != k or o["state"] != PENDING:
            continue
        unmet += 1 - o["met"]
        if o["type"] == MARKET:
            market = 1
        elif o["type"] == LIMIT:
            if o["side"] > 0:
                ask_low = max(ask_low, o["limit"])
            else:
                bid_high = min(bid_high, o["limit"])
        elif o["side"] > 0:
            ask_high = min(ask_high, o["stop"])
        else:
            bid_low = max(bid_low, o["stop"])
    y["ask_low"] = ask_low
    y["ask_high"] = ask_high
    y["bid_high"] = bid_high
    y["bid_low"] = bid_low
    y["market"] = market
    y["unmet"] = unmet
    y["dirty"] = 0


@kernel
def passed(c, k):
    """Ticks were passed without effect: the working orders have met them (F2)."""
    y = c.syms[k]
    if y["unmet"] > 0:
        for w in range(c.state[0]["n_working"]):
            o = c.orders[c.working[w] - 1]
            if o["symbol"] == k:
                o["met"] = 1
        y["unmet"] = 0


@kernel
def can_fill(c, k, i):
    """Whether tick i reaches any level; without skipping, always: then matching alone decides (C6)."""
    if c.config[0]["skip"] == 0:
        return True
    y = c.syms[k]
    if y["dirty"]:
        find_levels(c, k)
    if y["market"]:
        return True
    bid, ask = effective(c.bid[i], c.ask[i])
    if ask <= y["ask_low"] or ask >= y["ask_high"] or bid >= y["bid_high"] or bid <= y["bid_low"]:
        return True
    passed(c, k)
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


@kernel
def next_tick(c, k, stop):
    """Take ticks of symbol k, stamped before `stop`, up to the first that can matter; its index, or -1 if none does."""
    y = c.syms[k]
    limit = y["limit"]
    i = y["cursor"]
    ts = c.ts
    if i >= limit:
        return -1
    if y["dirty"]:
        find_levels(c, k)
    if c.config[0]["skip"] == 0 or y["market"]:
        if ts[i] >= stop:
            return -1
        y["cursor"] = i + 1
        return i
    bid, ask, base = c.bid, c.ask, c.base
    ask_low, ask_high, bid_high, bid_low = y["ask_low"], y["ask_high"], y["bid_high"], y["bid_low"]
    b = y["base"]
    start = i
    found = -1
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
        ):
            if not whole:
                last = first_at_or_after(ts, i, last, stop)
            while i < last:
                x, a = bid[i], ask[i]
                if x > a:
                    x, a = effective(x, a)
                if a <= ask_low or a >= ask_high or x >= bid_high or x <= bid_low:
                    found = i
                    break
                i += 1
            if found >= 0:
                break
        else:
            i = last if whole else first_at_or_after(ts, i, last, stop)
        if not whole:
            break
    y["base"] = b
    if i > start:
        y["cursor"] = i
        passed(c, k)
    if found >= 0:
        y["cursor"] = found + 1
    return found
