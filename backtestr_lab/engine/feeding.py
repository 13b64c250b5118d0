"""A run whose ticks come one by one from outside: what lets the loop know that there are more of them (C4).

The callbacks of a run are functions by address, and to hand six of them over from Python costs 100 µs. So they are
handed over once and kept.
"""

from numba.experimental import structref

from ..bars.tape import take_in
from ..jit import kernel
from .layout import CALLBACK, CALLBACKS
from .loop import advance, close_bars

__all__ = ["advance_with", "feed_one", "hold", "know"]


@structref.register
class CallbacksType(structref.types.StructRef):
    """The numba type of a run's callbacks."""

    def __init__(self, fields):
        super().__init__(fields)
        self.name = "Callbacks"


class _Held(structref.StructRefProxy):
    """A run's callbacks, boxed."""


structref.define_boxing(CallbacksType, _Held)
HELD = CallbacksType([(name, CALLBACK) for name in CALLBACKS])


@kernel(HELD(*(CALLBACK for _ in CALLBACKS)))
def hold(on_bar, on_tick, on_time, on_fill, on_order, on_end):
    """Keep a run's callbacks; whoever does keeps the functions themselves too."""
    held = structref.new(HELD)
    held.on_bar = on_bar
    held.on_tick = on_tick
    held.on_time = on_time
    held.on_fill = on_fill
    held.on_order = on_order
    held.on_end = on_end
    return held


@kernel
def advance_with(c, held):
    """`loop.advance` with the callbacks kept."""
    return advance(c, held.on_bar, held.on_tick, held.on_time, held.on_fill, held.on_order, held.on_end)


@kernel
def know(c, n, counts, rows):
    """There are n ticks now, and so many bars.

    Parameters
    ----------
    c : CTX
        Of a run with one symbol.
    n : int
    counts : (k,) int64
        Of base bars, then of each timeframe (`Tape.counts`).
    rows : (f,) int64
        For each row of `frames`, its place in `counts`.
    """
    y = c.syms[0]
    last = max(0, y["n_bars"] - 1)
    y["limit"] = n
    y["n_bars"] = counts[0]
    for f in range(len(c.frames)):
        frame = c.frames[f]
        frame["count"] = counts[rows[f]]
        # A forming bar that had taken in the last base bar waits for the next; but that one may have grown.
        frame["base"] = min(frame["base"], last)
    close_bars(c)  # the next bar ends may be those of new bars


@kernel
def feed_one(
    c, held, rows, columns, count, bars, counts, periods, grid, piece, ts, bid, ask, bid_size, ask_size, volume
):
    """Take one tick into a tape that has room for it, and go on through its stamp; returns what `advance` returns."""
    n = count[0]
    columns[0, n] = ts
    columns[1, n] = bid
    columns[2, n] = ask
    columns[3, n] = bid_size
    columns[4, n] = ask_size
    columns[5, n] = volume
    take_in(columns, count, 1, bars, counts, periods, grid, piece)
    know(c, n + 1, counts, rows)
    c.state[0]["until"] = ts
    return advance_with(c, held)
