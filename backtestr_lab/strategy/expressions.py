"""Expressions of a callback, from the user's words to plain code over the run's memory (S3, S5).

Long because the language is one table of cases: names, attributes, subscripts, calls and comparisons each know the
others' special meanings.
"""

import ast
import builtins
import math
import operator
from zlib import crc32

import numpy as np

from ..engine.views import DISTANCES, ORDER_VIEW, POSITION_VIEW, Bar, Bars, Fill, OrderEvent, Tick
from ..errors import OptionError, StrategyError, did_you_mean
from ..indicators import Node, Output, ta
from ..units import Timeframe
from . import functions, house
from .base import METHODS, PROPERTIES, plain
from .codes import NAMES, code_of
from .guard import BUILTINS, refusal_of_builtin, refusal_of_node
from .program import is_function
from .requests import Requests

__all__ = ["Expressions"]

# What the attributes of known things may be.
FIELDS = {
    "bar": Bar._fields,
    "bars": Bars._fields,
    "tick": Tick._fields,
    "fill": (*Fill._fields, "tag"),
    "event": (*OrderEvent._fields, "tag"),
    "order": ORDER_VIEW.names,
    "lot": POSITION_VIEW.names,
    "position": ("quantity", "price", "profit"),
}
CODED = (*NAMES, "timeframe", "tag")
DISTANCE_CALLS = {functions.points: "POINTS", functions.pct: "PCT", functions.pips: "PIPS"}
CROSSINGS = {functions.crossed_above: 1, functions.crossed_below: -1}
_COMPARE = {ast.Eq: operator.eq, ast.NotEq: operator.ne}
_MODULES = (np, math)


class Expressions(Requests, ast.NodeTransformer):
    """Lowers the expressions of one function; statements.py drives it."""

    # -- small makers of code ------------------------------------------------------------------------------------------

    def fail(self, node, message):
        """Raise a StrategyError that names the node's line."""
        raise StrategyError(message, getattr(node, "lineno", None))

    def name(self, symbol, value=None):
        """A symbol of lowered code; `value` is what it means, if not an int that is known at the end."""
        self.out.symbols.setdefault(symbol, value)
        return ast.Name(symbol, ast.Load())

    def call(self, function, *args):
        """A call of one of the house's functions (runtime.NAMESPACE), or of a symbol's node."""
        if isinstance(function, str):
            function = self.name(f"_lab_{function}")
        return ast.Call(function, list(args), [])

    def context(self):
        """The run's memory."""
        return ast.Name("_lab_c", ast.Load())

    def number(self, value):
        """A constant."""
        return ast.Constant(value)

    def slot(self, kind, name):
        """The place of a scalar in the slots."""
        self.uses.add("F" if kind in ("float", "distance") else "I")
        where = ast.Name("_lab_F" if kind in ("float", "distance") else "_lab_I", ast.Load())
        return ast.Subscript(where, self.name(f"_lab_slot_{name}"), ast.Load())

    def load(self, value, name):
        """The value of something held under a name."""
        if value.kind == "str":
            return ast.Constant(value.value)
        if value.kind == "bool":
            return ast.Compare(self.slot("bool", name), [ast.NotEq()], [ast.Constant(0)])
        if value.kind == "distance":
            return self.call("Distance", ast.Constant(value.value.kind), self.slot("distance", name))
        if value.kind == "array":
            self.arrays[name] = value.value
            return ast.Name(f"_lab_a_{name}", ast.Load())
        return self.slot(value.kind, name)

    def guarded(self, kind, node, text):
        """An expression that must have a type; the guard refuses others while compiling."""
        key = f"_lab_guard_{kind}_{crc32(text.encode()):08x}"
        return self.call(self.name(key, ("guard", kind, text)), node)

    # -- what things are -------------------------------------------------------------------------------------------------

    def is_self(self, node):
        """Whether a node is the strategy itself."""
        return self.self_name is not None and isinstance(node, ast.Name) and node.id == self.self_name

    def own(self, node):
        """The attribute's name in ``self.name``, else None."""
        return node.attr if isinstance(node, ast.Attribute) and self.is_self(node.value) else None

    def held(self, node):
        """The Value behind ``self.name``, else None."""
        name = self.own(node)
        return self.model.values.get(name) if name else None

    def indicator(self, node):
        """(dotted name, key) of ``self.rsi`` or ``self.macd.macdsignal``, else None."""
        value = self.held(node)
        if value is not None and value.kind == "indicator":
            return self.own(node), value.value
        if isinstance(node, ast.Attribute):
            value = self.held(node.value)
            if value is not None and value.kind == "indicator" and isinstance(value.value, Node):
                if node.attr in house.METHODS and node.attr not in value.value.outputs:
                    return None
                try:
                    key = getattr(value.value, node.attr)
                except (StrategyError, AttributeError) as error:
                    self.fail(node, str(error))
                if isinstance(key, (Node, Output)) and node.attr in value.value.outputs:
                    return f"{self.own(node.value)}.{node.attr}", key
                self.fail(
                    node,
                    f"{node.attr} of an indicator is not known in a callback; read values: self.{self.own(node.value)}[-1]",
                )
        return None

    def series(self, node, found):
        """The number of an indicator's series."""
        name, key = found
        if isinstance(key, Node):
            if len(key.outputs) > 1:
                several = ", ".join(f".{o}" for o in key.outputs)
                self.fail(node, f"self.{name} has {len(key.outputs)} outputs; name one: {several}")
            key = key.keys[0]
        self.program.series[name] = key
        self.program.frames.add(key.timeframe)
        return self.name(f"_lab_series_{name.replace('.', '__')}")

    def resolve(self, node):
        """(True, object) of a name or dotted name that is not the function's own, else (False, None)."""
        if isinstance(node, ast.Attribute):
            there, base = self.resolve(node.value)
            if there and _is_module(base):
                return True, self.of_module(node, base)
            return False, None
        if not isinstance(node, ast.Name) or node.id in self.locals or self.is_self(node):
            return False, None
        name = node.id
        cells = dict(zip(self.function.__code__.co_freevars, self.function.__closure__ or ()))
        if name in cells:
            try:
                return True, cells[name].cell_contents
            except ValueError:
                self.fail(node, f"{name} has no value yet")
        for scope in (self.program.namespace or {}, self.function.__globals__, vars(builtins)):
            if name in scope:
                return True, scope[name]
        known = {*self.locals, *self.function.__globals__, *cells, *BUILTINS}
        hint = did_you_mean(name, [k for k in known if not k.startswith("_")])
        self.fail(node, f"{name!r} is not defined{hint}")
        return False, None

    def of_module(self, node, module):
        """An attribute of np or math."""
        root = module.__name__.split(".")[0]
        if root not in ("numpy", "math", "backtestr_lab"):
            self.fail(node, f"{root} is not compiled; compiled callbacks use np and math, or run with --python")
        if not hasattr(module, node.attr):
            self.fail(node, f"{module.__name__} has no {node.attr!r}{did_you_mean(node.attr, dir(module))}")
        value = getattr(module, node.attr)
        if getattr(value, "__name__", "").startswith("numpy.random"):
            self.fail(
                node,
                "np.random would differ from run to run; draw in init with np.random.default_rng(seed) and keep the array",
            )
        return value

    def text(self, node):
        """The text an expression stands for when it is known before the run, else None."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        value = self.held(node)
        if value is not None and value.kind == "str":
            return value.value
        if isinstance(node, (ast.Name, ast.Attribute)):
            there, value = self.resolve(node) if not self.is_own_chain(node) else (False, None)
            if there and isinstance(value, str):
                self.captures(node, value)
                return value
        return None

    def is_own_chain(self, node):
        """Whether a dotted name begins at self or a local name."""
        while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
            node = node.func if isinstance(node, ast.Call) else node.value
        return not isinstance(node, ast.Name) or node.id in self.locals or self.is_self(node)

    def captures(self, node, value):
        """Keep a captured text or tuple for the manifest (S10)."""
        if isinstance(node, ast.Name):
            self.program.constants[node.id] = value

    def texts(self, node):
        """The texts of ``("A", "B")``, else None."""
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            found = [self.text(e) for e in node.elts]
            return found if found and all(t is not None for t in found) else None
        if isinstance(node, ast.Name) and not self.is_own_chain(node):
            there, value = self.resolve(node)
            if there and isinstance(value, tuple) and value and all(isinstance(v, str) for v in value):
                self.captures(node, value)
                return list(value)
        return None

    def kind(self, node):
        """What a node is, where that is known from the text: "bar", "order", ("code", "role") ..."""
        own = self.own(node)
        if own in ("position", "positions", "orders"):
            return own
        if isinstance(node, ast.Call) and self.own(node.func) in ("forming", "bars"):
            return {"forming": "bar", "bars": "bars"}[self.own(node.func)]
        if isinstance(node, ast.Name):
            return self.kinds.get(node.id)
        if isinstance(node, ast.Subscript) and self.kind(node.value) in ("orders", "positions"):
            if not isinstance(node.slice, ast.Slice):
                return {"orders": "order", "positions": "lot"}[self.kind(node.value)]
            return self.kind(node.value)
        if isinstance(node, ast.Attribute) and node.attr in CODED and not self.is_self(node.value):
            return ("code", node.attr)
        return None

    # -- names and attributes ----------------------------------------------------------------------------------------------

    def visit(self, node):
        """Lower a node; refuses what cannot be compiled."""
        refusal = refusal_of_node(node)
        if refusal:
            self.fail(node, refusal)
        return super().visit(node)

    def visit_Name(self, node):
        if self.is_self(node):
            self.fail(node, f"{node.id} stands before a dot only, like {node.id}.buy(...)")
        if node.id in self.locals or not isinstance(node.ctx, ast.Load):
            return node
        _, value = self.resolve(node)
        return self.constant(node, node.id, value)

    def constant(self, node, name, value):
        """A value of the notebook inside an expression (S10)."""
        value = plain(value)
        if value is None or isinstance(value, str):
            self.captures(node, value)
            return ast.Constant(value)
        if (
            isinstance(value, tuple)
            and not hasattr(value, "_fields")
            and all(isinstance(plain(v), (bool, int, float, str)) for v in value)
        ):
            self.captures(node, value)
            return ast.Tuple([_literal(plain(v)) for v in value], ast.Load())
        kind = self.program.kind_of_capture(value)
        if kind is not None and isinstance(node, ast.Name):
            symbol = self.program.capture(self.function, name, value)
            return self.load(self.program.captured[symbol], f"cap_{symbol}")
        if isinstance(value, type) and issubclass(value, Exception):
            return self.name(f"_lab_obj_{name}", value)
        self.fail(node, self.uncapturable(name, value))
        return None

    def uncapturable(self, name, value):
        """Why a name of the notebook cannot be read, and what to do."""
        if value is ta:
            return "indicators are declared in init: self.x = ta...., and read as self.x[-1]"
        if isinstance(value, (Node, Output)):
            return f"{name!r} is an indicator outside the strategy; declare it in init: self.{name} = ..."
        if is_function(value) or callable(value) and getattr(value, "__module__", "") in ("numpy", "math", "builtins"):
            return f"{name!r} is a function; compiled callbacks can call it, not pass it on"
        if _is_module(value):
            return f"{name} is a module; name what you need of it, like {name}.something"
        kind = type(value).__name__
        article = "an" if kind[0].lower() in "aeiou" else "a"
        what = f"{name!r} is {article} {kind}, which a compiled strategy cannot read"
        if type(value).__module__.split(".")[0] == "pandas":
            return f"{what}; pass ta.series({name}) in init, or run with --python"
        if isinstance(value, (list, tuple)):
            return f"{what}; make it np.array({name}), or run with --python"
        if isinstance(value, np.ndarray):
            return f"{name!r} is an array of {value.dtype}, which a compiled strategy cannot read; convert it with .astype(float)"
        if isinstance(value, int):
            return f"{name!r} is {value}; whole numbers end at 2^63"
        return f"{what}; pass numbers, text, arrays or functions, or run with --python"

    def visit_Attribute(self, node):
        found = self.indicator(node)
        if found:
            name = found[0]
            self.fail(node, f"self.{name} is an indicator; write self.{name}[-1] for its latest value")
        own = self.own(node)
        if own is not None:
            return self.of_self(node, own)
        if isinstance(node.value, ast.Attribute) and self.own(node.value) == "position":
            self.check_field(node, "position")
            if node.attr == "quantity":
                return self.call("net", self.context())
        if not self.is_own_chain(node):
            there, value = self.resolve(node)
            if there:
                return self.of_library(node, value)
        kind = self.kind(node.value)
        if isinstance(kind, str):
            self.check_field(node, kind)
            if node.attr == "tag" and kind in ("fill", "event"):
                return self.call("tag_of", self.context(), ast.Attribute(self.visit(node.value), "order", ast.Load()))
        if not isinstance(node.ctx, ast.Load):
            self.fail(node, f"{ast.unparse(node)} cannot be set; what a strategy keeps is self.name")
        return ast.Attribute(self.visit(node.value), node.attr, node.ctx)

    def check_field(self, node, kind):
        """Refuse an attribute that such a thing does not have."""
        fields = FIELDS.get(kind)
        if fields and node.attr not in fields:
            hint = did_you_mean(node.attr, fields) or f"; it has {', '.join(fields)}"
            self.fail(node, f"{ast.unparse(node.value)} has no {node.attr!r}{hint}")

    def of_library(self, node, value):
        """A constant, type or function of np or math."""
        value = plain(value)
        if isinstance(value, (bool, int, float)) or value is None:
            return ast.Constant(value)
        if _is_module(value):
            self.fail(node, f"{ast.unparse(node)} is a module; name what you need of it")
        return self.name("_lab_obj_" + ast.unparse(node).replace(".", "__"), value)

    def of_self(self, node, name):
        """``self.name`` as a value."""
        if name in ("now", "balance", "equity", "position", "positions", "orders"):
            return self.call(name, self.context())
        value = self.model.values.get(name)
        if value is not None:
            return self.load(value, name)
        if name in METHODS or name in self.model.methods:
            self.fail(node, f"self.{name} is a method; call it: self.{name}(...)")
        self.unknown(node, name)
        return None

    def unknown(self, node, name):
        """Refuse ``self.name``, with the nearest name there is."""
        if name in self.model.extras:
            self.fail(node, f"self.{name} is kept by --python only")
        hint = did_you_mean(name, self.model.known)
        if isinstance(node.ctx, ast.Store) or not hint:
            hint = hint or f"; set it in init: self.{name} = ..."
        self.fail(node, f"{self.model.name} has no {name!r}{hint}")

    # -- subscripts ----------------------------------------------------------------------------------------------------------

    def visit_Subscript(self, node):
        found = self.indicator(node.value)
        if not found:
            return ast.Subscript(self.visit(node.value), self.visit(node.slice), node.ctx)
        name = found[0]
        if not isinstance(node.ctx, ast.Load):
            self.fail(node, f"self.{name} is an indicator; its values cannot be set")
        series = self.series(node, found)
        if isinstance(node.slice, ast.Slice):
            return ast.Subscript(self.call("series", self.context(), series), self.visit(node.slice), ast.Load())
        try:
            index = ast.literal_eval(node.slice)
        except ValueError:
            index = None
        if isinstance(index, int) and index >= 0:
            self.fail(
                node,
                f"an indicator has no value [{index}]; count back from the latest closed bar, which is self.{name}[-1]",
            )
        text = f"self.{name}[...] needs a whole number, not {{got}}"
        index = self.visit(node.slice) if index is not None else self.guarded("int", self.visit(node.slice), text)
        return self.call("value", self.context(), series, index)

    # -- operators -----------------------------------------------------------------------------------------------------------

    def visit_BinOp(self, node):
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Pow):
            return self.call(self.name("_lab_house_power", house.power), left, right)
        if isinstance(node.op, ast.MatMult):
            return self.call(self.name("_lab_house_dot", house.dot), left, right)
        return ast.BinOp(left, node.op, right)

    def visit_UnaryOp(self, node):
        if isinstance(node.op, ast.Not):
            return ast.UnaryOp(node.op, self.test(node.operand))
        return ast.UnaryOp(node.op, self.visit(node.operand))

    def visit_BoolOp(self, node):
        return ast.BoolOp(node.op, [self.test(v) if self.is_truth(v) else self.visit(v) for v in node.values])

    def visit_IfExp(self, node):
        return ast.IfExp(self.test(node.test), self.visit(node.body), self.visit(node.orelse))

    def is_truth(self, node):
        """Whether a node has a meaning of its own as a condition."""
        return self.kind(node) in ("position", "orders", "positions") or isinstance(node, (ast.BoolOp, ast.Compare))

    def test(self, node):
        """An expression as a condition."""
        kind = self.kind(node)
        if self.own(node) == "position":
            return ast.copy_location(self.call("held", self.context()), node)
        if kind == "position":
            quantity = ast.Attribute(self.visit(node), "quantity", ast.Load())
            return _located(ast.Compare(quantity, [ast.NotEq()], [ast.Constant(0.0)]), node)
        if kind in ("orders", "positions"):
            length = ast.Call(ast.Name("len", ast.Load()), [self.visit(node)], [])
            return _located(ast.Compare(length, [ast.Gt()], [ast.Constant(0)]), node)
        if isinstance(node, ast.BoolOp):
            return _located(ast.BoolOp(node.op, [self.test(v) for v in node.values]), node)
        text = self.text(node)
        if text is not None:
            return _located(ast.Constant(bool(text)), node)
        return self.visit(node)

    def visit_Compare(self, node):
        sides = [node.left, *node.comparators]
        if any(self.text(s) is not None or self.texts(s) is not None for s in sides):
            if len(node.ops) > 1:
                self.fail(node, "compare one text at a time, with == or in")
            return self.compare_texts(node, node.left, node.ops[0], node.comparators[0])
        for side in sides:
            if self.kind(side) == "position":
                shown = ast.unparse(side)
                self.fail(
                    node, f"{shown} is the position itself; test it with 'if {shown}:', or compare {shown}.quantity"
                )
        return ast.Compare(self.visit(node.left), node.ops, [self.visit(c) for c in node.comparators])

    def compare_texts(self, node, left, op, right):
        """``fill.role == "STOP_LOSS"``, ``self.mode in ("a", "b")``: ints against ints, or known already."""
        if self.text(left) is not None and self.text(right) is None and isinstance(op, (ast.Eq, ast.NotEq)):
            left, right = right, left
        wanted = self.texts(right) if isinstance(op, (ast.In, ast.NotIn)) else [self.text(right)]
        if not isinstance(op, (ast.Eq, ast.NotEq, ast.In, ast.NotIn)) or wanted is None or None in wanted:
            self.fail(node, "text is compared with ==, !=, in and not in, with texts written in place")
        negative = isinstance(op, (ast.NotEq, ast.NotIn))
        text = self.text(left)
        if text is not None:
            return ast.Constant((text in wanted) != negative)
        kind = self.kind(left)
        if not isinstance(kind, tuple):
            self.fail(
                node,
                f"{ast.unparse(left)} is not a text that is known before the run; texts can be compared with "
                f"{', '.join('.' + c for c in CODED)}, and with str parameters",
            )
        attribute = kind[1]
        try:
            values = [self.tag(t) if attribute == "tag" else ast.Constant(code_of(attribute, t)) for t in wanted]
        except StrategyError as error:
            self.fail(node, str(error))
        subject = self.visit(left)
        if len(values) == 1:
            return ast.Compare(subject, [ast.NotEq() if negative else ast.Eq()], values)
        return ast.Compare(subject, [ast.NotIn() if negative else ast.In()], [ast.Tuple(values, ast.Load())])

    def tag(self, text):
        """The number of a tag, known at the end."""
        number = self.program.tag(text)
        return self.name(f"_lab_tag_{number}", number)

    # -- calls ---------------------------------------------------------------------------------------------------------------

    def visit_Call(self, node):
        for keyword in node.keywords:
            if keyword.arg is None:
                self.fail(node, "** is not compiled; write the arguments one by one")
        own = self.own(node.func)
        if own is not None:
            return self.call_own(node, own)
        if isinstance(node.func, ast.Attribute) and self.is_own_chain(node.func):
            return self.call_method(node)
        if isinstance(node.func, ast.Name) and node.func.id in self.locals:
            self.fail(node, f"{node.func.id} is a value of this function, not a function")
        there, called = self.resolve(node.func)
        if not there:
            if isinstance(node.func, ast.Attribute):
                return self.call_method(node)
            self.fail(node, f"{ast.unparse(node.func)} cannot be called in compiled code")
        return self.call_object(node, called)

    def call_own(self, node, name):
        """``self.name(...)``."""
        if name in METHODS:
            return getattr(self, f"own_{name}")(node)
        if name in self.model.helpers:
            return self.call_function(node, self.model.methods[name], "helper")
        if name in self.model.methods:
            self.fail(node, f"{name} is a callback; put what both need into a method of another name")
        if name in self.model.values or name in PROPERTIES:
            self.fail(node, f"self.{name} is a value, not a method; write self.{name}")
        self.unknown(node.func, name)
        return None

    def call_function(self, node, function, role):
        """A helper of the strategy, or a function of the notebook: compiled too, by the same rules (S10)."""
        function = getattr(function, "py_func", function)
        try:
            lowered = self.program.lowered(function, role, node)
        except StrategyError as error:
            if role == "helper" or error.line is None or function in self.program.running:
                raise
            text = str(error).removeprefix(f"line {error.line}: ")
            self.fail(node, f"in {function.__name__}, line {error.line} of its cell: {text}")
        symbol = f"_lab_{role}_{lowered.name}"
        while self.out.calls.get(symbol, lowered) is not lowered:
            symbol += "_"
        self.out.calls[symbol] = lowered
        args = [self.context(), *(self.argument(a) for a in node.args)]
        keywords = [ast.keyword(k.arg, self.argument(k.value)) for k in node.keywords]
        return ast.Call(ast.Name(symbol, ast.Load()), args, keywords)

    def argument(self, node):
        """An argument: an indicator passes its closed values as an array."""
        found = self.indicator(node)
        if found:
            return _located(self.call("series", self.context(), self.series(node, found)), node)
        return self.visit(node)

    def call_method(self, node):
        """A method of a value, like ``x.mean()``."""
        name = node.func.attr
        arguments = [self.argument(a) for a in node.args]
        if name in house.METHODS:
            self.check_keywords(node, f".{name}")
            keywords = [ast.keyword(k.arg, self.visit(k.value)) for k in node.keywords]
            kernel = house.METHODS[name]
            return ast.Call(
                self.name(f"_lab_house_{kernel.__name__}", kernel),
                [self.argument(node.func.value), *arguments],
                keywords,
            )
        if self.indicator(node.func.value):
            shown = ast.unparse(node.func.value)
            self.fail(node, f"{shown} is an indicator without .{name}(); take values: {shown}[-10:]")
        keywords = [ast.keyword(k.arg, self.visit(k.value)) for k in node.keywords]
        return ast.Call(ast.Attribute(self.visit(node.func.value), name, ast.Load()), arguments, keywords)

    def call_object(self, node, called):
        """A function that is neither ours nor a value's."""
        shown = ast.unparse(node.func)
        if is_function(called) and called in CROSSINGS:
            return self.crossing(node, CROSSINGS[called])
        if is_function(called) and called in DISTANCE_CALLS:
            return self.distance(node, called)
        if called is len and len(node.args) == 1 and self.indicator(node.args[0]):
            return self.call("series_len", self.context(), self.series(node, self.indicator(node.args[0])))
        if called is bool and len(node.args) == 1:
            return ast.Call(self.name("_lab_obj_bool", bool), [self.test(node.args[0])], [])
        kernel = house.replacement(called, len(node.args))
        if kernel is not None:
            self.check_keywords(node, shown)
            keywords = [ast.keyword(k.arg, self.visit(k.value)) for k in node.keywords]
            return ast.Call(
                self.name(f"_lab_house_{kernel.__name__}", kernel), [self.argument(a) for a in node.args], keywords
            )
        if isinstance(node.func, ast.Name) and getattr(builtins, node.func.id, None) is called:
            if isinstance(called, type) and issubclass(called, Exception):
                return ast.Call(self.name(f"_lab_obj_{shown}", called), [self.visit(a) for a in node.args], [])
            if node.func.id not in BUILTINS:
                self.fail(node, refusal_of_builtin(node.func.id))
        elif is_function(called) and not _of_numpy(called):
            return self.call_function(node, called, "captured")
        elif not _of_numpy(called):
            self.fail(node, self.uncallable(shown, called))
        target = self.name("_lab_obj_" + shown.replace(".", "__"), called)
        keywords = [ast.keyword(k.arg, self.argument(k.value)) for k in node.keywords]
        return ast.Call(target, [self.argument(a) for a in node.args], keywords)

    def uncallable(self, shown, called):
        """Why an object of the notebook cannot be called."""
        if called is ta or getattr(called, "__module__", "").startswith("backtestr_lab.indicators"):
            return "indicators are declared in init: self.x = ta...., and read as self.x[-1]"
        if isinstance(called, type):
            return f"{shown} is a class; compiled callbacks call functions, or run with --python"
        if callable(called):
            return (
                f"{shown} is not compiled; compiled callbacks call plain functions, np and math, or run with --python"
            )
        return f"{shown} is a {type(called).__name__}, not a function"

    def check_keywords(self, node, shown):
        """Reductions take the whole array: axis and the like are refused."""
        for keyword in node.keywords:
            if keyword.arg not in ("ddof", "q", "decimals", "ndigits"):
                self.fail(node, f"{shown} takes whole arrays in compiled code; {keyword.arg}= is not supported")
            if keyword.arg in ("decimals", "ndigits"):
                keyword.arg = "digits"

    def distance(self, node, called):
        """``pips(10)``."""
        label = DISTANCE_CALLS[called].lower()
        if len(node.args) != 1 or node.keywords:
            self.fail(node, f"{label} takes one number, like {label}(10)")
        value = self.guarded("float", self.visit(node.args[0]), f"{label} takes a number, not {{got}}")
        return self.call("Distance", ast.Constant(DISTANCES.index(DISTANCE_CALLS[called])), value)

    def crossing(self, node, direction):
        """``crossed_above(a, b)`` (S9)."""
        name = "crossed_above" if direction > 0 else "crossed_below"
        if len(node.args) != 2 or node.keywords:
            self.fail(node, f"{name} takes two: {name}(self.fast, self.slow)")
        a, b = node.args
        first, second = self.indicator(a), self.indicator(b)
        if first and second:
            args = [self.series(a, first), self.series(b, second), ast.Constant(direction)]
            return self.call("crossed", self.context(), *args)
        if not first and not second:
            self.fail(
                node,
                f"{name} needs an indicator of the strategy, like self.fast; it got {ast.unparse(a)} and {ast.unparse(b)}",
            )
        if not first:
            a, b, first, direction = b, a, second, -direction
        if isinstance(b, ast.Attribute) and self.kind(b.value) in ("bar", "tick"):
            self.fail(
                node,
                f"{ast.unparse(b)} is one number, not a series; declare the price in init: self.price = "
                f"ta.ma({str(self.model.listens[0]) if self.model.listens else '1m'!r}, 1), and compare self.price",
            )
        level = self.guarded("float", self.visit(b), f"{name} compares with an indicator or a number, not {{got}}")
        return self.call("crossed_level", self.context(), self.series(a, first), level, ast.Constant(direction))

    # -- windows -------------------------------------------------------------------------------------------------------------

    def frame(self, node, argument, shown):
        """The number of a timeframe written in place, and the timeframe."""
        text = self.text(argument)
        if text is None:
            self.fail(node, f"{shown} needs its timeframe written in place, like '1h', or a str parameter")
        try:
            timeframe = Timeframe.parse(text)
        except OptionError as error:
            self.fail(node, str(error))
        self.program.frames.add(timeframe)
        return self.name(f"_lab_frame_{timeframe.us}"), timeframe

    def own_bars(self, node):
        """``self.bars("1h", 50)``."""
        args = self.bind(node, ("timeframe", "n"), "bars('1h', 50)")
        frame, timeframe = self.frame(node, args["timeframe"], "self.bars")
        self.program.bars_frames.add(timeframe)
        n = self.guarded("int", self.visit(args["n"]), "bars(timeframe, n) needs a whole number of bars, not {got}")
        return self.call("bars", self.context(), frame, n)

    def own_forming(self, node):
        """``self.forming("1d")``."""
        args = self.bind(node, ("timeframe",), "forming('1d')")
        frame, _ = self.frame(node, args["timeframe"], "self.forming")
        return self.call("forming", self.context(), frame)


def _is_module(value):
    return type(value).__name__ == "module"


def _of_numpy(value):
    return (getattr(value, "__module__", "") or "").split(".")[0] in ("numpy", "math")


def _literal(value):
    return ast.Constant(value)


def _located(made, node):
    ast.copy_location(made, node)
    return made
