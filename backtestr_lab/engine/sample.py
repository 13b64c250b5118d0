"""A strategy's memory at many instants, in one drive (T3).

Driven from Python one instant costs a tenth of a millisecond, nearly all of it handing six callbacks over, and a month
has forty thousand minutes. Apart from the loop, because only those who ask for variables should wait for its compiling.
"""

from numba import types

from ..jit import kernel
from .layout import CALLBACK, CTX, MORE, array_type
from .loop import advance

__all__ = ["sample"]

_GIVEN = array_type("i8", readonly=True)
_INTS, _FLOATS = array_type("i8"), array_type("f8")


@kernel
def _copy(array, rows, k):
    n = len(array)
    for i in range(n):
        rows[k * n + i] = array[i]


@kernel(types.int64(CTX, *[CALLBACK] * 6, _GIVEN, _GIVEN, types.int64, _INTS, _FLOATS, _INTS, _FLOATS))
def sample(
    c, on_bar, on_tick, on_time, on_fill, on_order, on_end, ts, limits, k, ints, floats, int_arrays, float_arrays
):
    """Drive to each of the instants from the k-th on, and copy the memory there, one row after another.

    Parameters
    ----------
    c : CTX
        A run that has not passed the k-th instant.
    ts : (n,) int64
        Instants, ascending.
    limits : (n * symbols,) int64
        How many ticks each symbol has taken at each of them, one instant after another.
    ints, floats, int_arrays, float_arrays : (n * m,) arrays
        Room for n rows of the context's arrays of that name, each of its own length.

    Returns
    -------
    int
        How many rows are there now; fewer than n when the run's memory must grow, or the strategy gave up.
    """
    s = c.state[0]
    n = len(c.syms)
    s["final"] = 0
    while k < len(ts):
        s["until"] = ts[k]
        for j in range(n):
            y = c.syms[j]
            y["limit"] = max(y["first"], limits[k * n + j])
        if advance(c, on_bar, on_tick, on_time, on_fill, on_order, on_end) != MORE:
            return k
        _copy(c.ints, ints, k)
        _copy(c.floats, floats, k)
        _copy(c.iarr, int_arrays, k)
        _copy(c.farr, float_arrays, k)
        k += 1
    return k
