"""Which trades of a run on bars could have ended another way inside a bar (F10)."""

import numpy as np

from ..records import EVENTS, ORDER_TYPES, ROLES, codes

__all__ = ["ambiguous"]

_K = codes(EVENTS)
_ENDS = [_K[name] for name in ("FILLED", "CANCELLED", "EXPIRED", "REJECTED")]
_TAKE_PROFIT, _END = codes(ROLES)["TAKE_PROFIT"], codes(ROLES)["END"]
_TRAILING = codes(ORDER_TYPES)["TRAILING"]
_FOREVER = 2**62


def ambiguous(run):
    """For each trade, whether its exits, or an exit and its entry, could have come in another order (F10).

    Parameters
    ----------
    run : Run
        On bars.

    Returns
    -------
    (n,) bool

    Notes
    -----
    An attached exit is reachable in a bar if it was open when the bar's open tick came, or was submitted in it, and the
    bar's closing side got to the level it then had. A trade is ambiguous if in a bar in which it lived both its
    take-profit and a stop are reachable, or one of them in the bar of its entry, unless that filled at the open.
    """
    trades, at = run._trades
    exits = _exits_of(run)
    quotes = [_Quotes(run, k) for k in range(len(run._markets))]
    found = np.zeros(len(trades), bool)
    for n, (trade, entry, end) in enumerate(zip(trades, at[:, 0] - 1, at[:, 1] - 1)):
        mine = exits.get(int(trade["entry_order"]))
        if mine:
            last = end // 4 - (end % 4 == 0 and trade["exit_role"] != _END)
            found[n] = _is_ambiguous(mine, quotes[trade["symbol"]], int(entry), int(last), int(trade["side"]))
    return found


def _is_ambiguous(exits, quotes, entry, last, side):
    bars = np.arange(entry // 4, last + 1)
    if not len(bars):
        return False
    profit, loss = np.zeros(len(bars), bool), np.zeros(len(bars), bool)
    for one in exits:
        level = one.level_at(bars, quotes)
        if one.role == _TAKE_PROFIT:
            profit |= (level > 0) & (side * (quotes.best(side)[bars] - level) >= 0)
        else:
            loss |= (level > 0) & (side * (quotes.worst(side)[bars] - level) <= 0)
    within = entry % 4 != 0 and (profit[0] or loss[0])
    return bool(within or (profit & loss).any())


class _Quotes:
    """Extremes of the effective quotes of each bar, over its ticks in the run."""

    def __init__(self, run, k):
        ticks, first, end = run._markets[k].ticks, run._firsts[k], run._ends[k]
        both = ticks.bid[first:end] + ticks.ask[first:end]
        crossed = ticks.bid[first:end] > ticks.ask[first:end]
        self.first = first
        self.bid = np.where(crossed, both >> 1, ticks.bid[first:end])
        self.ask = np.where(crossed, (both + 1) >> 1, ticks.ask[first:end])
        numbers = np.arange(first, end) // 4
        starts = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]]) if len(numbers) else numbers
        self._extremes = {}
        for name, column in (("bid", self.bid), ("ask", self.ask)):
            for kind, reduce in (("least", np.minimum), ("most", np.maximum)):
                out = np.zeros(-(-end // 4) + 1, "i8")
                out[numbers[starts]] = reduce.reduceat(column, starts) if len(starts) else 0
                self._extremes[name, kind] = out

    def best(self, side):
        """The most a position of that side could have closed at, by bar."""
        return self._extremes["bid", "most"] if side > 0 else self._extremes["ask", "least"]

    def worst(self, side):
        """The least."""
        return self._extremes["bid", "least"] if side > 0 else self._extremes["ask", "most"]


class _Exit:
    """An attached exit: when it was open, and where it stood."""

    def __init__(self, order, taken, prices, until):
        self.order, self.role = order, int(order["role"])
        self.taken, self.prices, self.until = taken, prices, until

    def level_at(self, bars, quotes):
        """Points at which it stood in each bar, 0 where it was not open."""
        begun = int(self.taken[0])
        opens = 4 * bars
        if self.order["type"] == _TRAILING:
            level = self._trailed(opens, quotes)
        else:
            level = self.prices[np.maximum(np.searchsorted(self.taken, opens, "right") - 1, 0)]
        level = np.where((begun <= opens) & (opens < self.until), level, 0)
        # In the bar of its submission it stood where it was submitted.
        return np.where(bars == (begun - 1) // 4, self.prices[0], level)

    def _trailed(self, opens, quotes):
        """A trailing stop's level when each bar opened: by the extreme since the tick that set it."""
        order, side = self.order, int(self.order["side"])
        a = int(order["began"]) - 1 - quotes.first
        column = quotes.ask if side > 0 else quotes.bid
        reach = (np.minimum if side > 0 else np.maximum).accumulate(
            column[a : max(a, int(opens[-1]) - quotes.first) + 1]
        )
        before = np.clip(opens - 1 - quotes.first - a, 0, len(reach) - 1)
        return np.maximum(1, reach[before] + side * order["offset"])


def _exits_of(run):
    """Entry order -> its attached exits."""
    journal, orders = run.journal, run._orders
    taken = run._own_cursors[np.arange(len(journal)), journal["symbol"]]
    until = np.full(len(orders) + 1, _FOREVER)
    ended = np.flatnonzero(np.isin(journal["kind"], _ENDS))[::-1]  # the first one of an order is assigned last
    until[journal["order"][ended]] = taken[ended]
    priced = np.flatnonzero(np.isin(journal["kind"], [_K["SUBMITTED"], _K["MODIFIED"]]))
    priced = priced[np.argsort(journal["order"][priced], kind="stable")]
    attached = orders[orders["parent"] > 0]
    edges = np.searchsorted(journal["order"][priced], np.stack([attached["id"], attached["id"] + 1], axis=1))
    taken, prices, until = taken[priced], journal["price"][priced], until[attached["id"]].tolist()
    found = {}
    for order, (a, z), end in zip(attached, edges.tolist(), until):
        found.setdefault(int(order["parent"]), []).append(_Exit(order, taken[a:z], prices[a:z], end))
    return found
