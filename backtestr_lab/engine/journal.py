"""The append-only journal, the engine's only output (O2, C4)."""

import numpy as np

from ..jit import kernel
from ..records import EVENT


@kernel
def write(c, kind, symbol, order, position, price, quantity, amount, reason):
    """Append one event at the clock's instant and phase; the array doubles when it is full."""
    s = c.state[0]
    n = s["n_events"]
    events = c.events
    if n == len(events):
        grown = np.empty(2 * n, EVENT)
        grown[:n] = events
        c.events = grown
        events = grown
        cursors = np.empty(2 * n, np.int64)
        cursors[:n] = c.cursors
        c.cursors = cursors
    e = events[n]
    e["ts"] = s["now"]
    e["phase"] = s["phase"]
    e["seq"] = n
    e["kind"] = kind
    e["symbol"] = symbol
    e["order"] = order
    e["position"] = position
    e["price"] = price
    e["quantity"] = quantity
    e["amount"] = amount
    e["reason"] = reason
    c.cursors[n] = c.syms[symbol]["cursor"]
    s["n_events"] = n + 1
