"""Where trailing stops stood (F5): not journalled, so worked out from the ticks that moved them."""

import numpy as np

from ..records import EVENTS, ORDER_TYPES, codes

__all__ = ["levels_of"]

_TRAILING = codes(ORDER_TYPES)["TRAILING"]
_K = codes(EVENTS)
_LAST = [_K[name] for name in ("TRIGGERED", "FILLED", "CANCELLED", "EXPIRED")]


def levels_of(run):
    """Every level of every trailing stop.

    Parameters
    ----------
    run : Run

    Returns
    -------
    dict of str to (n,) int64
        ``order``, ``taken`` (ticks taken when it was set) and ``level`` in points; by order, then by time.
    """
    orders, journal = run._orders, run.journal
    followed = orders[(orders["type"] == _TRAILING) & (orders["began"] > 0)]
    until = np.r_[0, np.array(run._ends)[orders["symbol"]]]
    ends = np.flatnonzero(np.isin(journal["kind"], _LAST))[::-1]  # the first one of an order is assigned last
    # The tick that triggers it moves it no more.
    taken = run._own_cursors[ends, journal["symbol"][ends]]
    until[journal["order"][ends]] = taken - (journal["kind"][ends] == _K["TRIGGERED"])
    found = [np.zeros((0, 3), "i8")]
    for order in followed:
        market = run._markets[order["symbol"]]
        given = order["side"], order["offset"], order["began"] - 1, until[order["id"]]
        rows = market.ratchets(*map(int, given))
        found.append(np.insert(rows, 0, order["id"], axis=1))
    order, taken, level = np.concatenate(found).T
    return {"order": order, "taken": taken, "level": level}
