"""Plain functions to pointers: compiled once per text, and errors in the user's words (S2, S5).

A function is known by its lowered text and by what its symbols mean, so that the run after an edit compiles only what
was edited.
"""

import ast
import warnings
from collections import OrderedDict
from threading import RLock

from numba import njit, types
from numba.core.errors import NumbaWarning

from ..engine.context import CTX
from .explain import explain
from .messages import complaint
from .python import PythonCallbacks
from .runtime import meaning, refusals

__all__ = ["PythonCallbacks", "callback", "compiled_count", "explain", "nothing"]

OPTIONS = {"nogil": True, "boundscheck": True, "error_model": "python"}
_MOST = 512  # compiled functions kept

_kept: OrderedDict = OrderedDict()
_lock = RLock()
_count = [0]


@njit([types.void(CTX)], nogil=True, cache=True)
def nothing(c):
    """The callback that was not defined."""


def compiled_count():
    """How many functions were compiled in this process; tests see by it that nothing was compiled twice."""
    return _count[0]


def callback(lowered, layout):
    """A callback as the engine takes it: a dispatcher compiled for ``void(CTX)``.

    Parameters
    ----------
    lowered : Lowered
    layout : dict of str to int
        What the symbols of slots, frames, series and tags stand for.

    Raises
    ------
    StrategyError
        It does not compile.
    """
    with _lock:
        return _compiled(lowered, layout, [types.void(CTX)], lowered)


def _compiled(lowered, layout, signature, outermost):
    functions = {s: _compiled(f, layout, None, outermost) for s, f in lowered.calls.items()}
    meanings = {s: layout[s] if s in layout else meaning(s, v) for s, v in lowered.symbols.items()}
    key = (
        ast.dump(lowered.tree, include_attributes=True),
        signature is None,
        tuple(sorted((s, v if isinstance(v, int) else id(v)) for s, v in (functions | meanings).items())),
    )
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key][0]
    namespace = {"__name__": __name__, **meanings, **functions}
    made = _made(lowered, namespace)
    refusals.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NumbaWarning)
        try:
            dispatcher = njit(**OPTIONS)(made) if signature is None else njit(signature, **OPTIONS)(made)
        except Exception as error:  # NumbaError, and what escapes the compiler on code it did not foresee
            raise complaint(error, outermost) from None
    _count[0] += signature is not None
    _kept[key] = dispatcher, namespace  # the namespace keeps alive what the key names by id
    while len(_kept) > _MOST:
        _kept.popitem(last=False)
    return dispatcher


def _made(lowered, namespace):
    """The Python function of a lowered tree, its code placed at the cell's lines."""
    module = ast.Module([lowered.tree], [])
    code = compile(module, lowered.filename, "exec")
    exec(code, namespace)  # defaults are evaluated by the def statement itself
    return namespace.pop(lowered.tree.name)
