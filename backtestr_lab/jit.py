"""One place for the compiler's options, so that every kernel of the house is compiled alike (C4).

No fastmath: it lets the compiler reorder sums, and two machines, or two versions, would write different journals. The
disk cache makes a kernel compile once per release; `nogil` lets a run share the process with the notebook that watches.
"""

import hashlib
from functools import cache
from pathlib import Path
from types import FunctionType

from numba import njit, types
from numba.extending import intrinsic

__all__ = ["frozen", "kernel", "load_atomic", "part"]

OPTIONS = {
    "cache": True,
    "nogil": True,
    "no_cfunc_wrapper": True,  # nobody calls kernels from C; the wrapper is an eighth of the compile time
    "error_model": "numpy",  # no branch for a zero divisor on every division; kernels check theirs
}


def kernel(target, **more):
    """Compile a plain loop over arrays: ``@kernel``, or ``@kernel(signature)`` to compile at import.

    Parameters
    ----------
    target : function, or numba signature or list of them
    **more
        Further options of `numba.njit`.

    Examples
    --------
    Code without a file of its own has no place in the disk cache and says so:

    >>> half = kernel(lambda number: number >> 1, cache=False)
    >>> half(7)
    3
    """
    if isinstance(target, FunctionType):
        return _stamped(njit(target, **{**OPTIONS, **more}))

    def compile_now(function):
        compiled = kernel(function, **more)
        if hasattr(compiled, "disable_compile"):  # a plain function under NUMBA_DISABLE_JIT=1
            for signature in target if isinstance(target, list) else [target]:
                compiled.compile(signature)
            compiled.disable_compile()
        return compiled

    return compile_now


def part(function):
    """A kernel that is compiled as a part of its one caller.

    A kernel is optimised once for itself and again in each that calls it: a chain of five that do one thing each took
    as long as five times the last of them.
    """
    return kernel(function, inline="always")


def _stamped(compiled):
    # Numba takes a cached kernel for fresh while the kernel's own file is unchanged, although it holds the code of the
    # kernels it calls from other files: after an edit, or an upgrade, old code would run. So every kernel's stamp is
    # that of all the files kernels live in.
    cache_file = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if cache_file is not None:
        cache_file._source_stamp = (cache_file._source_stamp, _house_stamp())
    return compiled


@cache
def _house_stamp():
    house = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(house.rglob("*.py")):
        source = path.read_bytes()
        if path.parent == house or b"kernel" in source or b"numba" in source:
            digest.update(source)
    return digest.hexdigest()


def frozen(array):
    """A read-only view of an array: the same memory, and one type for the compiler.

    Read-only and writable arrays are different types to numba. Columns come as both (cached ones are read-only), so
    callers of kernels pass inputs through here and each kernel is compiled once.

    Examples
    --------
    >>> import numpy as np
    >>> frozen(np.zeros(2)).flags.writeable
    False
    """
    view = array.view()
    view.flags.writeable = False
    return view


@intrinsic
def load_atomic(typing_context, array):
    """The first element of an int64 array, really read each time.

    A plain ``flag[0]`` in a loop is hoisted by LLVM and a change from another thread is never seen; an atomic load is
    seen within a millisecond and costs nothing measurable (S6).
    """

    def codegen(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        return builder.load_atomic(data, "monotonic", 8)

    return types.int64(array), codegen
