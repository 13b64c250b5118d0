"""The append-only journal, the engine's only output (O2, C4)."""

from numba.types import int64, void

from ..jit import kernel
from .columns import taken
from .layout import CTX

FLOODED = "it asked for more than 8,000 things at once; spread them over several callbacks"


class Flooded(Exception):
    """A callback wrote more than the room that is kept free before each one.

    The arrays of a run grow between steps, from Python: code that grows them, compiled into every function that writes,
    took more than half of the engine's compile time.
    """


# With its types said, it is compiled once and not for each combination of literals it is called with.
@kernel(void(CTX, int64, int64, int64, int64, int64, int64, int64, int64))
def write(c, kind, symbol, order, position, price, quantity, amount, reason):
    """Append one event at the clock's instant and phase; `loop.advance` keeps room before every step."""
    s = c.state[0]
    n = s["n_events"]
    events = c.events
    if n == len(events):
        raise Flooded(FLOODED)
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
    c.cursors[n] = taken(c)
    s["n_events"] = n + 1
