"""What a piece of a callback stands for: an indicator, a text known before the run, a name of the notebook (S3, S10).

The other parts of the lowering ask here, and make code with the small makers on top.
"""

import ast
import builtins
from zlib import crc32

from ..engine.views import ORDER_VIEW, POSITION_VIEW, Bar, Bars, Fill, OrderEvent, Tick
from ..errors import StrategyError, did_you_mean
from ..indicators import Node, Output
from . import house
from .codes import NAMES
from .guard import BUILTINS
from .model import TYPED

__all__ = ["CODED", "ELEMENTS", "FIELDS", "Meaning", "is_module", "located"]

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
CODED = (*NAMES, "timeframe", "tag", "symbol")  # attributes that compare with texts
# What a method gives, and what a sequence holds.
GIVEN = {"forming": "bar", "bars": "bars", "order": "order", "position_of": "position"}
ELEMENTS = {"orders": "order", "positions": "lot", "symbols": ("code", "symbol")}


class Meaning:
    """The part of the lowering that knows what things are."""

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
        letter = "F" if kind in ("float", *TYPED) else "I"
        self.uses.add(letter)
        where = ast.Name(f"_lab_{letter}", ast.Load())
        return ast.Subscript(where, self.name(f"_lab_slot_{name}"), ast.Load())

    def load(self, value, name):
        """The value of something held under a name."""
        if value.kind == "str":
            return ast.Constant(value.value)
        if value.kind == "bool":
            return ast.Compare(self.slot("bool", name), [ast.NotEq()], [ast.Constant(0)])
        if value.kind in TYPED:
            made = type(value.value).__name__
            return self.call(made, ast.Constant(value.value.kind), self.slot(value.kind, name))
        if value.kind == "array":
            self.arrays[name] = value.value
            return ast.Name(f"_lab_a_{name}", ast.Load())
        return self.slot(value.kind, name)

    def guarded(self, kind, node, text):
        """An expression that must have a type; the guard refuses others while compiling."""
        key = f"_lab_guard_{kind}_{crc32(text.encode()):08x}"
        return self.call(self.name(key, ("guard", kind, text)), node)

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
                if self.formed(node):
                    return None
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
                    f"{node.attr} of an indicator is not known in a callback; read self.{self.own(node.value)}[-1]",
                )
        return None

    def formed(self, node):
        """(dotted name, key) of the indicator in ``self.rsi.forming``, else None."""
        if not isinstance(node, ast.Attribute) or node.attr != "forming":
            return None
        value = self.held(node)
        own = self.held(node.value)
        if own is not None and own.kind == "indicator" and "forming" in getattr(own.value, "outputs", ()):
            return None  # an output that is called so
        return self.indicator(node.value) if value is None else None

    def series(self, node, found):
        """The row of an indicator's series: of the symbol the callback is about, or of the indicator's own."""
        name, key = found
        if isinstance(key, Node):
            if len(key.outputs) > 1:
                several = ", ".join(f".{o}" for o in key.outputs)
                self.fail(node, f"self.{name} has {len(key.outputs)} outputs; name one: {several}")
            key = key.keys[0]
        self.program.series[name] = key
        self.program.frames.add(key.timeframe)
        symbol = ast.Constant(-1 if key.symbol is None else self.symbol_named(node, key.symbol))
        return self.row(self.name(f"_lab_series_{name.replace('.', '__')}"), symbol)

    def resolve(self, node):
        """(True, object) of a name or dotted name that is not the function's own, else (False, None)."""
        if isinstance(node, ast.Attribute):
            there, base = self.resolve(node.value)
            if there and is_module(base):
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
        hint = "; import it first" if name in ("np", "numpy", "math") else hint
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
        if is_module(value) and value.__name__ != "numpy.random":
            self.fail(node, f"{value.__name__} is not compiled; calculate it in an indicator, or run with --python")
        if getattr(value, "__name__", "").startswith("numpy.random"):
            self.fail(
                node,
                "np.random would differ from run to run; draw in init: np.random.default_rng(seed).random(n)",
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
        if own in ("position", "positions", "orders", "symbols"):
            return own
        if isinstance(node, ast.Call) and self.own(node.func) in GIVEN:
            return GIVEN[self.own(node.func)]
        if isinstance(node, ast.Name):
            return self.kinds.get(node.id)
        if isinstance(node, ast.Subscript) and self.kind(node.value) in ELEMENTS:
            return self.kind(node.value) if isinstance(node.slice, ast.Slice) else ELEMENTS[self.kind(node.value)]
        if isinstance(node, ast.Attribute) and node.attr in CODED and not self.is_self(node.value):
            return ("code", node.attr)
        return None


def is_module(value):
    """Whether an object is a module."""
    return type(value).__name__ == "module"


def located(made, node):
    """Made code at the place of the user's."""
    return ast.copy_location(made, node)
