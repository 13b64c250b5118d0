"""The engine without its compiler: NUMBA_DISABLE_JIT=1 makes kernels plain functions, this gives them plain memory.

For mutants, debuggers and coverage: with nothing to compile, a changed engine runs within a second. What it computes is
the same, and tests/properties compares both with the oracle.
"""

import ctypes
from types import SimpleNamespace

import numba
import numpy as np

from backtestr_lab.engine import columns, context, intrabar, layout, loop
from backtestr_lab.records import BAR

_MANY = 2**32


def make_context(*arrays):
    """What a structref is to compiled code: the arrays under their names."""
    return SimpleNamespace(**dict(zip((name for name, _ in layout.FIELDS), arrays)))


def view_at(dtype):
    """A function from an address to an array there."""

    def at(address):
        memory = (ctypes.c_char * (_MANY * dtype.itemsize)).from_address(int(address))
        return np.frombuffer(memory, dtype)

    return at


if numba.config.DISABLE_JIT:
    # What numba knows as an intrinsic has no plain form of its own.
    layout.make_context = make_context
    for name in ("events", "cursors", "orders"):
        setattr(layout, f"_own_{name}", lambda c, name=name: getattr(c, name))
    loop.load_atomic = lambda array: array[0]
    context.make_position = context.Position
    columns.numbers_at = columns.writable_at = intrabar.writable_at = view_at(np.dtype("i8"))
    columns.bars_at = view_at(BAR)
