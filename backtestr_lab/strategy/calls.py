"""Calls in a callback: the strategy's own words, the house's functions, the notebook's, numpy's (S3, S9, S10)."""

import ast
import builtins

from ..engine.views import DISTANCES, QUANTITIES
from ..errors import OptionError, StrategyError
from ..indicators import ta
from ..units import Timeframe
from . import functions, house
from .base import METHODS, PROPERTIES
from .guard import BUILTINS, refusal_of_builtin
from .meaning import located
from .program import is_function

__all__ = ["Calls"]

_TYPED = {
    functions.points: ("Distance", DISTANCES.index("POINTS")),
    functions.pct: ("Distance", DISTANCES.index("PCT")),
    functions.pips: ("Distance", DISTANCES.index("PIPS")),
    functions.share: ("Quantity", QUANTITIES.index("SHARE")),
    functions.risk: ("Quantity", QUANTITIES.index("RISK")),
}
_CROSSINGS = {functions.crossed_above: 1, functions.crossed_below: -1}


class Calls:
    """The part of the lowering that knows calls."""

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
            return located(self.call("series", self.context(), self.series(node, found)), node)
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
        if is_function(called) and called in _CROSSINGS:
            return self.crossing(node, _CROSSINGS[called])
        if is_function(called) and called in _TYPED:
            return self.typed(node, called)
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
        elif is_function(called) and not of_numpy(called):
            return self.call_function(node, called, "captured")
        elif not of_numpy(called):
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

    def typed(self, node, called):
        """``pips(10)``, ``risk(1)``."""
        label = called.__name__
        if len(node.args) != 1 or node.keywords:
            self.fail(node, f"{label} takes one number, like {label}(10)")
        value = self.guarded("float", self.visit(node.args[0]), f"{label} takes a number, not {{got}}")
        made, kind = _TYPED[called]
        return self.call(made, ast.Constant(kind), value)

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
                f"{name} needs an indicator, like self.fast; it got {ast.unparse(a)} and {ast.unparse(b)}",
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
        args = self.bind(node, ("timeframe", "n"), "bars('1h', 50)", ("symbol",))
        frame, timeframe = self.frame(node, args["timeframe"], "self.bars")
        self.program.bars_frames.add(timeframe)
        n = self.guarded("int", self.visit(args["n"]), "bars(timeframe, n) needs a whole number of bars, not {got}")
        return self.call("bars", self.context(), self.row(frame, self.symbol(args.get("symbol"))), n)

    def own_forming(self, node):
        """``self.forming("1d")``."""
        args = self.bind(node, ("timeframe",), "forming('1d')", ("symbol",))
        frame, _ = self.frame(node, args["timeframe"], "self.forming")
        return self.call("forming", self.context(), self.row(frame, self.symbol(args.get("symbol"))))


def of_numpy(value):
    """Whether a function is numpy's or math's."""
    return (getattr(value, "__module__", "") or "").split(".")[0] in ("numpy", "math")
