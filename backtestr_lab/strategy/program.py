"""One strategy on its way from class to plain functions: what the functions share.

Lowered code names everything that may change between two edits by a symbol (a slot, a frame, a series, a tag) and the
numbers behind the symbols come last. So a callback whose text has not changed is the same text, and is not compiled
again (S2).
"""

import ast
from dataclasses import dataclass, field
from types import FunctionType

import numpy as np

from ..errors import StrategyError
from .base import plain
from .model import TYPED, Value, kind_of

__all__ = ["Lowered", "Program"]


@dataclass
class Lowered:
    """A plain function, not compiled yet.

    Attributes
    ----------
    tree : ast.FunctionDef
    symbols : dict
        What the symbols in it mean: ints known at the end (``None`` until then), and objects of the user's or ours.
    calls : dict of str to Lowered
        Other functions it calls, by the symbol it calls them with.
    """

    name: str
    filename: str
    role: str
    tree: ast.FunctionDef
    symbols: dict = field(default_factory=dict)
    calls: dict = field(default_factory=dict)


class Program:
    """What a strategy's functions refer to, collected while they are lowered."""

    def __init__(self, model, namespace=None):
        self.model = model
        self.namespace = namespace
        self.frames = set(model.listens)
        self.bars_frames = set()
        self.series = {}  # attribute, dotted for outputs -> key
        self.forming = {}  # the same of those whose value with the forming bar is read
        self.tags = {}  # text -> number
        self.captured = {}  # symbol -> Value
        self.assigned = set()  # attributes that callbacks set
        self._scopes = {}  # (scope, name) -> symbol
        self._functions = {}  # function -> Lowered
        self.constants = {}  # captured texts and tuples, which are part of the code
        self.instances = 0  # how often init's outcome was used by Python callbacks
        self.running = []  # the functions being lowered, outermost first

    def lowered(self, function, role, at):
        """A function lowered, once; `at` is the node that calls it, for the message about recursion (S6)."""
        from .statements import FunctionLowering

        if function in self.running:
            name = function.__name__
            raise StrategyError(
                f"{name} calls itself; recursion is not compiled, write a loop", getattr(at, "lineno", None)
            )
        if function not in self._functions:
            self.running.append(function)
            try:
                self._functions[function] = FunctionLowering(self, function, role).lower()
            finally:
                self.running.pop()
        return self._functions[function]

    @property
    def functions(self):
        """Captured functions of the notebook, lowered."""
        return [l for f, l in self._functions.items() if l.role == "captured"]

    def kind_of_capture(self, value):
        """Kind of a value of the notebook when it can be kept in slots, else None."""
        kind, _ = kind_of(capturable(value))
        return kind if kind in ("int", "float", "bool", "array", *TYPED) else None

    def capture(self, function, name, value):
        """The symbol of a name of the notebook: a number or an array kept in slots (S10)."""
        closed = function.__closure__ or ()
        inside = dict(zip(function.__code__.co_freevars, closed))
        scope = id(inside[name]) if name in inside else id(function.__globals__)
        if (scope, name) not in self._scopes:
            kind, value = kind_of(capturable(value))
            symbol = name
            while symbol in self.captured:
                symbol += "_"
            self.captured[symbol] = Value(kind, value)
            self._scopes[scope, name] = symbol
        return self._scopes[scope, name]

    def tag(self, text):
        """The number of a tag; 0 is no tag."""
        return self.tags.setdefault(text, len(self.tags) + 1)


def capturable(value):
    """An array in one of the three types a strategy can hold, if it can be converted without loss."""
    value = plain(value)
    if isinstance(value, np.ndarray) and value.ndim:
        if value.dtype.kind in "iu" and value.dtype.str[1:] != "i8" and value.dtype.str[1:] != "u8":
            return value.astype("i8")
        if value.dtype.kind == "f" and value.dtype.itemsize <= 8:
            return value.astype("f8")
    return value


def is_function(value):
    """A plain function of the user's, or one compiled by numba."""
    return isinstance(getattr(value, "py_func", value), FunctionType)
