"""The engine without its compiler: NUMBA_DISABLE_JIT=1 makes kernels plain functions, this gives them plain memory.

For mutants, debuggers and coverage: with nothing to compile, a changed engine runs within a second. What it computes is
the same, and tests/properties compares both with the oracle.
"""

from types import SimpleNamespace

import numba

from backtestr_lab.engine import context, layout, loop


def make_context(*arrays):
    """What a structref is to compiled code: the arrays under their names."""
    return SimpleNamespace(**dict(zip((name for name, _ in layout.FIELDS), arrays)))


if numba.config.DISABLE_JIT:
    # What numba knows as an intrinsic has no plain form of its own.
    layout.make_context = make_context
    for name in ("events", "cursors", "orders"):
        setattr(layout, f"_own_{name}", lambda c, name=name: getattr(c, name))
    loop.load_atomic = lambda array: array[0]
    context.make_position = context.Position
