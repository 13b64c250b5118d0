"""Why a peer's trade differs from ours: each reason names our rule and predicts the peer's number from the data.

Three families, by what the peer is run on: bars inside which orders fill (backtesting.py), closes (vectorbt), ticks
(nautilus_trader). An explanation is (rule, why) or None.
"""

import numpy as np

__all__ = ["inside_bars", "on_closes", "on_ticks"]

LIMIT_GAP = "F2", "a gap through a limit fills at the limit, not at the better open"
AT_THE_END = "C5", "what is open at the end is closed at the last quote, not at the open of the last bar"
SAME_BAR = "F10", "an exit reached in the bar of its entry is taken there, not in a later bar"
WRONG_SIDE = "F6", "an exit the market has passed already fills from the next tick, not at the entry's own"
NEXT_TICK = "C3", "a market order meets the next tick, not the quote that led to it"
NEXT_OPEN = "C3", "a market order meets the next bar's open, not the close that led to it"
STOP_GAP = "F3", "a gap through a stop is paid, not filled at the stop"
TIE = "S9", "two averages that are equal: exactly, or but for a float's last bit"
EMPTY_BARS = "R4", "no bar without a tick: flat bars in the gaps move averages"
CROSSED = "R13", "a crossed quote trades at its middle, not at an ask below the bid"


def inside_bars(bars):
    """For a peer that sees bars and fills orders inside them."""

    def explain(d):
        o, t = d.ours, d.theirs
        if d.kind == "entry":
            better = o.entered == t.entered and t.entry == bars.open[bars.at(t.entered)] < o.level == o.entry
            return LIMIT_GAP if better else None
        if d.kind != "exit":
            return None
        opened = bars.open[bars.at(t.left)]
        if o.how == "END" and t.left == bars.ts[-1] and t.exit == opened:
            return AT_THE_END
        if o.how == "TAKE_PROFIT" and o.left == t.left and t.exit == opened > o.profit == o.exit:
            return LIMIT_GAP
        passed = (o.how == "STOP_LOSS" and o.stop > o.entry) or (o.how == "TAKE_PROFIT" and o.profit < o.entry)
        if passed and t.exit == t.entry == o.entry and o.entered == t.entered == o.left == t.left:
            return WRONG_SIDE
        later = o.left == o.entered < t.left and (t.left, t.exit) == _first_exit(bars, bars.at(o.entered) + 1, o)
        return SAME_BAR if later else None

    return explain


def _first_exit(bars, begin, trade):
    """(bar, price) at which a long trade's exits end it from a bar on, the stop-loss tested first, gaps at the open."""
    for k in range(begin, len(bars)):
        if bars.low[k] <= trade.stop:
            return bars.ts[k], min(bars.open[k], trade.stop)
        if bars.high[k] >= trade.profit:
            return bars.ts[k], max(bars.open[k], trade.profit)
    return None


def on_closes(bars, crosses):
    """For a peer that fills at the close of the bar whose signal it is."""

    def explain(d):
        o, t = d.ours, d.theirs
        if d.kind not in ("entry", "exit"):
            return TIE if d.decided in crosses.ties else None
        if d.kind == "entry":
            our_bar, our_price, their_bar, their_price = o.entered, o.entry, t.entered, t.entry
        else:
            our_bar, our_price, their_bar, their_price = o.left, o.exit, t.left, t.exit
        k = bars.at(their_bar)
        next_open = k + 1 < len(bars) and (our_bar, our_price) == (bars.ts[k + 1], bars.open[k + 1])
        if next_open and their_price == bars.close[k]:
            return NEXT_OPEN
        return TIE if {their_bar + bars.period, crosses.decision(our_bar)} & crosses.ties else None

    return explain


def on_ticks(ticks, crosses, filled=None):
    """For a peer that runs on ticks; `filled` are the crosses it sees when it makes flat bars where no tick fell."""
    middle = ticks.bid + ticks.ask
    upside_down = ticks.bid > ticks.ask
    effective = np.where(upside_down, -(-middle // 2), ticks.ask), np.where(upside_down, middle // 2, ticks.bid)
    raw = ticks.ask, ticks.bid

    def explain(d):
        o, t = d.ours, d.theirs
        if d.kind not in ("entry", "exit"):
            return _signal(d.decided)
        if d.kind == "entry":
            ours, theirs, buys, level = (o.entered, o.entry), (t.entered, t.entry), o.quantity > 0, o.level
        else:
            ours, theirs, buys, level = (o.left, o.exit), (t.left, t.exit), o.quantity < 0, o.stop
        side = 0 if buys else 1
        now = _index(ours)
        stopped = (d.kind == "entry" and level) or o.how == "STOP_LOSS"
        if stopped and ours[0] == theirs[0] and theirs[1] == level and _worse(ours[1], level, buys):
            return STOP_GAP if ours[1] in raw[side][now] else None
        if ours[0] == theirs[0] and ours[1] in effective[side][now] and theirs[1] in raw[side][now]:
            return CROSSED if upside_down[now].any() else None
        k = int(np.searchsorted(ticks.ts, theirs[0]))
        stale = k < len(ticks) and ours == (ticks.ts[k], effective[side][k]) and theirs[1] == raw[side][k - 1]
        if stale:
            return NEXT_TICK
        if d.kind == "exit" and o.how in ("CLOSE", "ENTRY"):
            return _signal(crosses.decision(ours[0])) or _signal(crosses.decision(theirs[0])) or _signal(theirs[0])
        return None

    def _signal(decided):
        if decided in crosses.ties:
            return TIE
        # Averages of nothing but flat bars are equal, and floats decide.
        return EMPTY_BARS if filled and (decided in filled.ties or filled.differs(crosses, decided)) else None

    def _index(moment):
        return slice(*np.searchsorted(ticks.ts, (moment[0], moment[0] + 1)))

    return explain


def _worse(price, level, buys):
    return price > level if buys else price < level
