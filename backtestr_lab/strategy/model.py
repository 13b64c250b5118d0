"""What a strategy class is once `init` has run: parameters, state, indicators and methods, each with its line (S1)."""

import ast
import inspect
import re
from dataclasses import dataclass, field
from types import FunctionType

import numpy as np

from ..engine.views import Distance, Quantity
from ..errors import BacktestrError, OptionError, StrategyError, did_you_mean
from ..indicators import Node, Output
from ..limits import reachable
from ..units import Timeframe
from .base import (
    CALLBACKS,
    METHODS,
    PROPERTIES,
    RESERVED,
    SETTINGS,
    Strategy,
    lineage,
    plain,
    with_overrides,
)
from .source import definition, text_of, tree_of
from .symbols import NAMELESS
from .times import WallTime

__all__ = ["TYPED", "Model", "Value", "read"]

TYPED = {"distance": Distance, "quantity": Quantity}  # kinds of values that are a number with a meaning
DTYPES = {"f8": "float", "i8": "int", "b1": "bool"}


@dataclass
class Value:
    """Something a strategy holds under a name.

    Attributes
    ----------
    kind : str
        ``"int"``, ``"float"``, ``"bool"``, ``"str"``, ``"array"``, ``"distance"``, ``"quantity"`` or
        ``"indicator"``.
    value : object
        As of the run's start.
    line : int or None
        Where it was set.
    """

    kind: str
    value: object
    line: int | None = None


@dataclass
class Model:
    """A strategy class read.

    Attributes
    ----------
    params : dict
        Name -> value of this run.
    values : dict of str to Value
        Parameters and what `init` left on self.
    methods : dict of str to function
        The user's own, callbacks included; `init` is not one of them.
    listens : list of Timeframe
        Whose bars call `on_bar`; empty without `on_bar`.
    symbols : tuple of str
        The run's, in order.
    """

    cls: type
    params: dict
    values: dict = field(default_factory=dict)
    extras: dict = field(default_factory=dict)  # set by init, but only Python can keep it
    methods: dict = field(default_factory=dict)
    listens: list = field(default_factory=list)
    times: list = field(default_factory=list)
    instance: object = None
    node: ast.ClassDef | None = None
    filename: str | None = None
    symbols: tuple = NAMELESS

    @property
    def name(self):
        """The class's name."""
        return self.cls.__name__

    @property
    def callbacks(self):
        """Names of the callbacks it defines, in the engine's order."""
        return [n for n in CALLBACKS if n in self.methods]

    @property
    def helpers(self):
        """Names of its other methods."""
        return [n for n in self.methods if n not in CALLBACKS]

    @property
    def known(self):
        """Every name that may follow ``self.`` in a callback."""
        return [*PROPERTIES, *METHODS, *self.values, *self.helpers]


def read(cls, params=None, *, python=False, timeframe=None, symbols=NAMELESS):
    """Check a class, run its `init` once, and sort what it left.

    Raises
    ------
    StrategyError
        One line: a name that shadows ours, a callback that does not exist, state that cannot be compiled, an error
        in `init`.
    """
    if not (isinstance(cls, type) and issubclass(cls, Strategy)) or cls is Strategy:
        what = cls.__name__ if isinstance(cls, type) else repr(cls)
        raise StrategyError(
            f"{what} is not a strategy; write class {what if what.isidentifier() else 'Mine'}(Strategy)"
        )
    model = Model(cls, {}, symbols=symbols)
    model.node, model.filename = class_node(cls)
    _check_class(model)
    model.params = with_overrides(cls, params)
    for base in lineage(cls):
        model.methods |= {n: f for n, f in vars(base).items() if isinstance(f, FunctionType) and n != "init"}
    _check_methods(model)
    model.listens = _timeframes(model, timeframe) if "on_bar" in model.methods else []
    model.times = _times(model)
    model.instance = run_init(model)
    _sort(model, python)
    return model


def class_node(cls):
    """The class statement and its file, as far as they can be found."""
    for function in vars(cls).values():
        if isinstance(function, FunctionType):
            try:
                source, filename = text_of(function)
                tree = tree_of(source)
            except (StrategyError, SyntaxError):
                continue
            line = function.__code__.co_firstlineno
            for node in ast.walk(tree):
                if (
                    isinstance(node, ast.ClassDef)
                    and node.name == cls.__name__
                    and node.lineno <= line <= node.end_lineno
                ):
                    return node, filename
            return None, filename
    return None, None


def line_in_class(model, name):
    """The line of the class body that gives an attribute its value."""
    if model.node is None:
        return None
    for node in model.node.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names = [n.id for t in targets if t is not None for n in ast.walk(t) if isinstance(n, ast.Name)]
        if name in names or getattr(node, "name", None) == name:
            return node.lineno
    return None


def _check_class(model):
    cls = model.cls
    _check_twice(model)
    for base in lineage(cls):
        for name, value in vars(base).items():
            line = line_in_class(model, name)
            callback = isinstance(value, FunctionType) and (name in CALLBACKS or name == "init")
            if name in RESERVED and not callback and name not in SETTINGS:
                raise StrategyError(f"{cls.__name__}.{name} shadows {_ours(name)}; take another name", line)
            if name == "__init__":
                raise StrategyError(
                    f"{cls.__name__} has __init__; write init(self), which runs once before the data", line
                )
            if name.startswith("__") or name in SETTINGS or isinstance(value, FunctionType):
                continue
            if isinstance(value, (staticmethod, classmethod, property)):
                kind = type(value).__name__
                raise StrategyError(f"{name} is a {kind}; write a plain method with self, or a function outside", line)
            _check_attribute(name, value, line)


def _check_twice(model):
    """Refuse a method whose name the class body gives again: Python would forget one of them."""
    seen = {}
    for node in model.node.body if model.node else ():
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names = {n.id for t in targets if t is not None for n in ast.walk(t) if isinstance(n, ast.Name)}
        method = isinstance(node, ast.FunctionDef)
        for name in names | ({node.name} if method else set()):
            if name in seen and (method or seen[name][1]):
                raise StrategyError(f"{name} is there twice, first in line {seen[name][0]}; rename one", node.lineno)
            seen[name] = node.lineno, method


def _check_attribute(name, value, line):
    value = plain(value)
    if isinstance(value, (Node, Output)):
        raise StrategyError(f"{name} is an indicator; declare it in init: self.{name} = ta....", line)
    if isinstance(value, tuple(TYPED.values())):
        what, way = ("distance", "pips") if isinstance(value, Distance) else ("quantity", "risk")
        raise StrategyError(
            f"{name} is a {what}; keep its number as the parameter and set self.x = {way}(...) in init", line
        )
    if not isinstance(value, (bool, int, float, str)):
        raise StrategyError(
            f"{name} is {_a(value)}; parameters are int, float, bool or str, set anything else in init", line
        )
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise StrategyError(f"{name} is {value}; whole numbers end at 2^63", line)


def _ours(name):
    return f"Strategy.{name}()" if name in METHODS else f"the callback {name}" if name in CALLBACKS else f"self.{name}"


def _a(value):
    if value is None:
        return "None"
    kind = type(value).__name__
    return f"an {kind}" if kind[0].lower() in "aeiou" else f"a {kind}"


def _check_methods(model):
    cls = model.cls
    for name, function in model.methods.items():
        line = function.__code__.co_firstlineno
        code = function.__code__
        names = code.co_varnames[: code.co_argcount]
        if name.startswith("on_") and name not in CALLBACKS:
            hint = did_you_mean(name, CALLBACKS) or f"; callbacks are {', '.join(CALLBACKS)}"
            raise StrategyError(f"{cls.__name__} has no callback {name!r}{hint}", line)
        if name in CALLBACKS and (
            len(names) != len(CALLBACKS[name]) + 1 or code.co_kwonlyargcount or code.co_flags & 12
        ):
            wanted = ", ".join(("self", *CALLBACKS[name]))
            raise StrategyError(f"{name} takes {inspect.signature(function)}; write def {name}({wanted})", line)
        if not names:
            raise StrategyError(
                f"{name} takes no self; write def {name}(self, ...), or a function outside the class", line
            )
    if not model.callbacks:
        raise StrategyError(
            f"{cls.__name__} has no callback, so nothing would run; write def on_bar(self, bar)",
            model.node.lineno if model.node else None,
        )


def _timeframes(model, unsaid=None):
    if unsaid is not None and not any({"timeframe", "timeframes"} & vars(base).keys() for base in lineage(model.cls)):
        return [unsaid]
    given = getattr(model.cls, "timeframes", None) or model.cls.timeframe
    given = [given] if isinstance(given, (str, Timeframe)) else given
    name = "timeframes" if getattr(model.cls, "timeframes", None) else "timeframe"
    try:
        found = sorted({Timeframe.parse(t) for t in given})
    except OptionError as error:
        raise StrategyError(str(error), line_in_class(model, name)) from None
    except TypeError:
        raise StrategyError(
            f"{name} is {given!r}; write '5m', or several: ('5m', '1h')", line_in_class(model, name)
        ) from None
    return found


def _times(model):
    given = getattr(model.cls, "times", ())
    given = [given] if isinstance(given, str) else given
    line = line_in_class(model, "times")
    try:
        found = [WallTime.parse(t) for t in given]
    except StrategyError as error:
        raise StrategyError(str(error), line) from None
    except TypeError:
        raise StrategyError(
            f"times is {given!r}; write a list like ['16:00', 'Fri 16:55 America/New_York']", line
        ) from None
    if found and "on_time" not in model.methods:
        raise StrategyError("times is set, but there is no on_time(self, now) to call", line)
    if "on_time" in model.methods and not found:
        raise StrategyError(
            "on_time needs times, e.g. times = ['16:55 America/New_York'] in the class",
            model.methods["on_time"].__code__.co_firstlineno,
        )
    return found


def run_init(model):
    """An instance on which `init` has run."""
    instance = object.__new__(model.cls)
    instance.__dict__.update(model.params)
    instance.__dict__["_symbols"] = model.symbols
    try:
        reachable(instance.init)
    except Exception as error:
        line = user_line(error, model.filename)
        if isinstance(error, StrategyError):
            raise error if error.line is not None else type(error)(str(error), line) from None
        ours = re.match(r"property '(\w+)'.* has no setter", str(error))
        if isinstance(error, AttributeError) and ours:
            raise StrategyError(f"self.{ours[1]} belongs to Strategy; take another name", line) from None
        text = str(error) if isinstance(error, BacktestrError) else f"{type(error).__name__} in init: {error}"
        raise StrategyError(text, line) from error
    del instance.__dict__["_symbols"]
    return instance


def user_line(error, filename):
    """The last line of a traceback that lies in a file."""
    line, frame = None, error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == filename:
            line = frame.tb_lineno
        frame = frame.tb_next
    return line


def _sort(model, python):
    set_at = _lines_of_init(model)
    hidden = {
        n: v for b in lineage(model.cls) for n, v in vars(b).items() if n.startswith("_") and not n.startswith("__")
    }
    held = {n: v for n, v in hidden.items() if not isinstance(v, FunctionType)} | vars(model.instance)
    for name, value in held.items():
        line = set_at.get(name) or line_in_class(model, name)
        if name in RESERVED:
            raise StrategyError(f"self.{name} shadows {_ours(name)}; take another name", line)
        if name in model.methods:
            raise StrategyError(f"self.{name} shadows the method {name}; take another name", line)
        kind, value = kind_of(value)
        if kind is None:
            if not python:
                raise StrategyError(_cannot_keep(name, value), line)
            model.extras[name] = value
            continue
        model.values[name] = Value(kind, value, line)


def kind_of(value):
    """(kind, value) as a strategy can hold it, or (None, value)."""
    value = plain(value)
    for kind, family in (("bool", bool), ("int", int), ("float", float), ("str", str)):
        if isinstance(value, family):
            fits = kind != "int" or -(2**63) <= value < 2**63
            return (kind, value) if fits else (None, value)
    for kind, family in TYPED.items():
        if isinstance(value, family):
            return kind, value
    if isinstance(value, (Node, Output)):
        return "indicator", value
    if isinstance(value, np.ndarray) and value.dtype.str[1:] in DTYPES and value.ndim and value.dtype.isnative:
        return "array", value
    return None, value


def _cannot_keep(name, value):
    if isinstance(value, np.ndarray):
        return (
            f"self.{name} is an array of {value.dtype}; a strategy keeps float64, int64 and bool: "
            f"convert it with .astype(float)"
        )
    if isinstance(value, int):
        return f"self.{name} is {value}; whole numbers end at 2^63"
    if value is None:
        return f"self.{name} is None; what a strategy keeps has one type: write 0, np.nan or False and test for that"
    what = f"self.{name} is {_a(value)}"
    if isinstance(value, (list, tuple)) and any(isinstance(v, (Node, Output)) for v in value):
        return f"{what} of indicators; give each a name of its own: self.{name}1 = ta...., self.{name}2 = ta...."
    if isinstance(value, (list, tuple)):
        return f"{what}; a compiled strategy keeps numbers and numpy arrays: write np.array(...), or run with --python"
    if type(value).__module__.split(".")[0] == "pandas":
        return f"{what}; read it as an indicator: self.{name} = ta.series(...), or run with --python"
    return (
        f"{what}; a compiled strategy keeps numbers, bools, numpy arrays and indicators; run with --python to keep it"
    )


def _lines_of_init(model):
    """Attribute -> first line where init, or a helper of it, sets it."""
    found = {}
    for base in lineage(model.cls):
        function = vars(base).get("init")
        if isinstance(function, FunctionType):
            try:
                tree = definition(function)
            except StrategyError:
                continue
            self_name = function.__code__.co_varnames[0] if function.__code__.co_argcount else "self"
            for name, line in stores(tree, self_name):
                found.setdefault(name, line)
    return found


def stores(tree, self_name):
    """(attribute, line) of each ``self.name = ...`` in a function."""
    for node in ast.walk(tree):
        stored = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        if stored and getattr(node.value, "id", None) == self_name:
            yield node.attr, node.lineno
