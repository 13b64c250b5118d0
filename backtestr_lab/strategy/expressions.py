"""Expressions of a callback, from the user's words to plain code over the run's memory (S3, S5)."""

import ast

import numpy as np

from ..errors import StrategyError, did_you_mean
from ..indicators import Node, Output, ta
from ..indicators.forming import program_of
from . import house, reduce
from .about import About
from .base import METHODS, plain
from .calls import Calls
from .codes import code_of
from .guard import refusal_of_node
from .meaning import CODED, FIELDS, Meaning, is_module, located
from .program import is_function
from .requests import Requests

__all__ = ["Expressions"]


class Expressions(Meaning, About, Calls, Requests, ast.NodeTransformer):
    """Lowers the expressions of one function; statements.py drives it."""

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
            return ast.Tuple([ast.Constant(plain(v)) for v in value], ast.Load())
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
        if is_module(value):
            return f"{name} is a module; name what you need of it, like {name}.something"
        kind = type(value).__name__
        article = "an" if kind[0].lower() in "aeiou" else "a"
        what = f"{name!r} is {article} {kind}, which a compiled strategy cannot read"
        if type(value).__module__.split(".")[0] == "pandas":
            return f"{what}; pass ta.series({name}) in init, or run with --python"
        if isinstance(value, (list, tuple)):
            return f"{what}; make it np.array({name}), or run with --python"
        if isinstance(value, np.ndarray):
            return (
                f"{name!r} is an array of {value.dtype}, which a compiled strategy cannot read; "
                "convert it with .astype(float)"
            )
        if isinstance(value, int):
            return f"{name!r} is {value}; whole numbers end at 2^63"
        return f"{what}; pass numbers, text, arrays or functions, or run with --python"

    def visit_Attribute(self, node):
        formed = self.formed(node)
        if formed:
            return self.forming_value(node, formed)
        found = self.indicator(node)
        if found:
            name = found[0]
            self.fail(node, f"self.{name} is an indicator; write self.{name}[-1] for its latest value")
        own = self.own(node)
        if own is not None:
            return self.of_self(node, own)
        symbol = self.symbol_of_position(node.value)
        if symbol is not None:
            self.check_field(node, "position")
            if node.attr == "quantity":
                return self.call("net", self.context(), symbol)
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
        if is_module(value):
            self.fail(node, f"{ast.unparse(node)} is a module; name what you need of it")
        return self.name("_lab_obj_" + ast.unparse(node).replace(".", "__"), value)

    def of_self(self, node, name):
        """``self.name`` as a value."""
        if name == "position":
            return self.call(name, self.context(), ast.Constant(-1))
        if name in ("now", "balance", "equity", "positions", "orders"):
            return self.call(name, self.context())
        if name == "symbols":
            return ast.Tuple([ast.Constant(k) for k in range(len(self.model.symbols))], ast.Load())
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
        if isinstance(node.ctx, ast.Store):
            hint = did_you_mean(name, self.model.values)
            self.fail(
                node,
                f"self.{name} is not set in init{hint or f'; write self.{name} = ... there, of the type it keeps'}",
            )
        hint = did_you_mean(name, self.model.known) or f"; set it in init: self.{name} = ..."
        self.fail(node, f"{self.model.name} has no {name!r}{hint}")

    def forming_value(self, node, found):
        """``self.rsi.forming``: the indicator's value with the forming bar (S3)."""
        shown = ast.unparse(node)
        if not isinstance(node.ctx, ast.Load):
            self.fail(node, f"{shown} cannot be set")
        self.series(node.value, found)
        name = found[0]
        try:
            program_of(self.program.series[name])
        except StrategyError as error:
            self.fail(node, str(error))
        self.program.forming[name] = self.program.series[name]
        return self.call("forming_value", self.context(), self.name(f"_lab_forming_{name.replace('.', '__')}"))

    def visit_Subscript(self, node):
        if self.formed(node.value):
            self.fail(node, f"{ast.unparse(node.value)} is one number, as if its bar closed now; leave [...] out")
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

    def visit_BinOp(self, node):
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Pow):
            return self.call(self.name("_lab_house_power", house.power), left, right)
        if isinstance(node.op, ast.MatMult):
            return self.call(self.name("_lab_house_dot", reduce.dot), left, right)
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
        symbol = self.symbol_of_position(node)
        if symbol is not None:
            return located(self.call("held", self.context(), symbol), node)
        if kind == "position":
            quantity = ast.Attribute(self.visit(node), "quantity", ast.Load())
            return located(ast.Compare(quantity, [ast.NotEq()], [ast.Constant(0.0)]), node)
        if kind in ("orders", "positions"):
            length = ast.Call(self.name("_lab_obj_len", len), [self.visit(node)], [])
            return located(ast.Compare(length, [ast.Gt()], [ast.Constant(0)]), node)
        if isinstance(node, ast.BoolOp):
            return located(ast.BoolOp(node.op, [self.test(v) for v in node.values]), node)
        text = self.text(node)
        if text is not None:
            return located(ast.Constant(bool(text)), node)
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
            values = [self.coded(left, attribute, t) for t in wanted]
        except StrategyError as error:
            self.fail(node, str(error))
        subject = self.visit(left)
        if len(values) == 1:
            return ast.Compare(subject, [ast.NotEq() if negative else ast.Eq()], values)
        return ast.Compare(subject, [ast.NotIn() if negative else ast.In()], [ast.Tuple(values, ast.Load())])

    def coded(self, node, attribute, text):
        """The number that an attribute holds when it means a text."""
        if attribute == "tag":
            return self.tag(text)
        return ast.Constant(self.symbol_named(node, text) if attribute == "symbol" else code_of(attribute, text))

    def tag(self, text):
        """The number of a tag, known at the end."""
        number = self.program.tag(text)
        return self.name(f"_lab_tag_{number}", number)
