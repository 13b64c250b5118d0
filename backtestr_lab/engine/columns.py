"""Ticks and bars of a symbol, reached by their addresses in its `SYM` and `FRAME` rows.

A run of any number of symbols has one type to the compiler, nothing is copied together, and an index is the tick's own:
where a part of the ticks is at hand only, the address is where tick 0 would lie. Whoever makes a run keeps the arrays.
"""

import numba
from numba import types
from numba.extending import intrinsic

from ..jit import kernel, part
from ..records import BAR

_MANY = 2**56  # rows; their true number is not known here
_I8 = types.Array(types.int64, 1, "C", readonly=True)
_OPEN_I8 = types.Array(types.int64, 1, "C")
_BARS = types.Array(numba.from_dtype(BAR), 1, "C", readonly=True)


def _view(kind, itemsize):
    """A compiled function from an address to an array there that owns nothing."""

    @intrinsic
    def at(typing_context, address):
        def codegen(context, builder, signature, args):
            array = context.make_array(kind)(context, builder)
            context.populate_array(
                array,
                data=builder.inttoptr(args[0], array.data.type),
                shape=[context.get_constant(types.intp, _MANY)],
                strides=[context.get_constant(types.intp, itemsize)],
                itemsize=context.get_constant(types.intp, itemsize),
                meminfo=None,
            )
            return array._getvalue()

        return kind(types.int64), codegen

    return at


numbers_at = _view(_I8, 8)
writable_at = _view(_OPEN_I8, 8)
bars_at = _view(_BARS, BAR.itemsize)


@part
def ts_of(c, k):
    """Instants of symbol k's ticks."""
    return numbers_at(c.syms[k]["ts"])


@part
def bids_of(c, k):
    """Its bids, points."""
    return numbers_at(c.syms[k]["bid"])


@part
def asks_of(c, k):
    """Its asks, points."""
    return numbers_at(c.syms[k]["ask"])


@part
def size_at(address, i):
    """Value i of a column that a feed may not have, 0 then."""
    return numbers_at(address)[i] if address else 0


@part
def base_of(c, k):
    """Its base bars."""
    return bars_at(c.syms[k]["bars"])


@part
def bars_of(c, f):
    """All bars of a row of `frames`."""
    return bars_at(c.frames[f]["bars"])


@part
def days_of(c, k):
    """Instants that open a day at its anchor (R7)."""
    return numbers_at(c.syms[k]["days"])


@kernel
def taken(c):
    """Ticks of all symbols that have been taken."""
    total = 0
    for k in range(len(c.syms)):
        total += c.syms[k]["cursor"]
    return total
