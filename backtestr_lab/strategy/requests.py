"""`self.buy(...)` and the other requests: their arguments, checked and spread out for the engine (O1, O3, O4)."""

import ast

from ..engine.views import QUANTITIES
from ..errors import OptionError, StrategyError, did_you_mean
from ..units import to_micros
from . import functions
from .about import is_none
from .codes import code_of
from .meaning import located

__all__ = [
    "BOTH",
    "NO_LOT",
    "NO_ORDER",
    "NO_STOP",
    "ORDER",
    "PRICED",
    "STOPS",
    "Requests",
    "check_terms",
    "instant_of",
    "what_of",
]

# What an order takes: prices and distances, and the rest; the engine keeps both in `layout.WISH`.
PRICED = ("qty", "limit", "stop", "trailing_stop", "stop_loss", "take_profit", "trail")
ORDER = (*PRICED, "tif", "expires", "tag", "symbol", "position", "reduce_only", "post_only", "oco", "oto")
STOPS = ("stop_loss", "trail")  # what a risk can be measured by
NO_STOP = "risk(...) goes by the distance to a stop; add stop_loss=pips(20), or trail=pips(20)"
BOTH = "close takes a position or a symbol; a position has its own symbol, leave symbol= out"
NO_ORDER = "an order is named by its id or as one of self.orders"
NO_LOT = "a position is named by its id or as one of self.positions"
_WANTED = {
    "qty": "a number of units, share(10) or risk(1)",
    "total": "a number of units",
    "limit": "a price",
    "stop": "a price",
    "trailing_stop": "a distance like pips(10)",
    "trail": "a distance like pips(10)",
}


def what_of(label):
    """What an argument must be, in words."""
    return _WANTED.get(label, "a price, or a distance like pips(10)")


def check_terms(verb, given, tif):
    """Refuse arguments that do not exist or contradict each other whatever their values.

    Parameters
    ----------
    given : collection of str
        The names that were given and are not None.

    Raises
    ------
    StrategyError
    """
    for name in given:
        if name not in ORDER:
            hint = did_you_mean(name, ORDER) or f"; it takes {', '.join(ORDER)}"
            raise StrategyError(f"{verb} has no argument {name!r}{hint}")
    if "trailing_stop" in given and ("limit" in given or "stop" in given):
        raise StrategyError("an order with trailing_stop= finds its stop itself; leave limit= and stop= out")
    if tif == "GTD" and "expires" not in given:
        raise StrategyError("tif='GTD' needs expires=, the instant it ends: expires='2024-05-01 16:00'")
    if tif != "GTD" and "expires" in given:
        raise StrategyError("expires= belongs to tif='GTD'; write that too, or leave expires= out")


def instant_of(text):
    """Microseconds of an `expires` written as a text or datetime."""
    try:
        return to_micros(text, "expires")
    except OptionError as error:
        raise StrategyError(str(error)) from None


class Requests:
    """The part of the lowering that knows the requests."""

    def bind(self, node, names, usage, optional=()):
        """Arguments of a call by name; refuses too many, too few and unknown ones."""
        shown = f"self.{node.func.attr}"
        if len(node.args) > len(names):
            takes = ", ".join(names) + " by position" if names else "no arguments"
            self.fail(node, f"{shown} takes {takes}; write self.{usage}")
        bound = dict(zip(names, node.args))
        for keyword in node.keywords:
            if keyword.arg not in (*names, *optional):
                known = (*names, *optional)
                hint = did_you_mean(keyword.arg, known) or (f"; it takes {', '.join(known)}" if known else "")
                self.fail(node, f"{node.func.attr} has no argument {keyword.arg!r}{hint}")
            if keyword.arg in bound:
                self.fail(node, f"{node.func.attr}: {keyword.arg} is given twice")
            bound[keyword.arg] = keyword.value
        for name in names:
            if name not in bound:
                self.fail(node, f"{shown} needs {name}; write self.{usage}")
        return bound

    def own_buy(self, node):
        """``self.buy(...)``."""
        return self.order(node, ast.Constant(1), self.order_arguments(node))

    def own_sell(self, node):
        """``self.sell(...)``."""
        return self.order(node, ast.Constant(-1), self.order_arguments(node))

    def order_arguments(self, node):
        """`buy` and `sell` take the quantity by position and everything by name."""
        if len(node.args) > 1:
            self.fail(
                node, f"{node.func.attr} takes the quantity by position, the rest by name: limit=, stop_loss= ..."
            )
        given = dict(zip(("qty",), node.args))
        for keyword in node.keywords:
            if keyword.arg in given:
                self.fail(node, f"{node.func.attr}: {keyword.arg} is given twice")
            given[keyword.arg] = keyword.value
        return given

    def own_submit(self, node):
        """``self.submit({...})``."""
        if len(node.args) != 1 or node.keywords or not isinstance(node.args[0], ast.Dict):
            self.fail(node, "submit takes a dict written in place: self.submit({'side': 'BUY', 'qty': 10_000})")
        given = {}
        for key, value in zip(node.args[0].keys, node.args[0].values):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                self.fail(node, "the keys of submit are texts written in place: 'side', 'qty', 'limit' ...")
            given[key.value] = value
        side = self.text(given.pop("side")) if "side" in given else None
        if side not in ("BUY", "SELL"):
            self.fail(node, "submit needs 'side': 'BUY' or 'SELL'")
        return self.order(node, ast.Constant(1 if side == "BUY" else -1), given)

    def order(self, node, side, given):
        """One call of the engine's `submit`."""
        given = {name: value for name, value in given.items() if name not in ORDER or not is_none(value)}
        tif = self.text(given["tif"]) if "tif" in given else "GTC"
        if tif is None:
            self.fail(given["tif"], "tif is a text written in place: 'GTC', 'IOC', 'FOK', 'DAY' or 'GTD'")
        try:
            check_terms(node.func.attr, given, tif)
            tif = code_of("tif", tif)
        except StrategyError as error:
            self.fail(node, str(error))
        if self.is_risk(given.get("qty")) and not any(name in given for name in STOPS):
            self.fail(given["qty"], NO_STOP)
        return self.call(
            "submit",
            self.context(),
            *(self.given(name, given.get(name)) for name in PRICED),
            side,
            self.symbol(given.get("symbol")),
            ast.Constant(None) if "position" not in given else self.lot(given["position"]),
            ast.Constant(tif),
            self.expires(given.get("expires")),
            self.truth("reduce_only", given.get("reduce_only")),
            self.truth("post_only", given.get("post_only")),
            self.id_of(given.get("oco")),
            self.id_of(given.get("oto")),
            self.tag_of(given.get("tag")),
        )

    def is_risk(self, node):
        """Whether a quantity is seen to be a risk: written in place, or kept under a name."""
        if isinstance(node, ast.Call) and self.own(node.func) is None and not self.is_own_chain(node.func):
            return self.resolve(node.func)[1] is functions.risk
        value = self.held(node) if node is not None else None
        return value is not None and value.kind == "quantity" and QUANTITIES[value.value.kind] == "RISK"

    def lot(self, node):
        """The id of an open lot, for `position`."""
        kind = self.kind(node)
        if self.text(node) is not None:
            self.fail(node, f"{NO_LOT}; a symbol goes by symbol={self.text(node)!r}")
        if kind == "position":
            self.fail(node, f"{ast.unparse(node)} is the net position of a symbol; {NO_LOT}")
        if kind == "order":
            self.fail(node, f"{ast.unparse(node)} is an order; {NO_LOT}")
        return self.call("lot_id", self.visit(node))

    def expires(self, node):
        """The instant of `expires`."""
        if node is None:
            return ast.Constant(0)
        text = self.text(node)
        if text is None:
            wanted = "expires is {got}; give µs since 1970, like self.now + 3_600_000_000, or a text: '2024-05-01'"
            return self.guarded("int", self.visit(node), wanted)
        try:
            return ast.Constant(instant_of(text))
        except StrategyError as error:
            self.fail(node, str(error))
        return None

    def truth(self, label, node):
        """A bool."""
        if node is None:
            return ast.Constant(0)
        return self.guarded("bool", self.visit(node), f"{label} is {{got}}; write True or False")

    def id_of(self, node):
        """The id of another order; 0 is none."""
        return ast.Constant(0) if node is None else self.call("order_id", self.visit(node))

    def given(self, label, node):
        """An argument as the user gave it; what is no number or distance by its type, the compiler's guard refuses."""
        if is_none(node):
            return ast.Constant(None)
        if self.text(node) is not None:
            self.fail(node, f"{label} is a str; give {what_of(label)}")
        return self.visit(node)

    def tag_of(self, node):
        """The number of a tag."""
        if is_none(node):
            return ast.Constant(0)
        text = self.text(node)
        if text is not None:
            return self.tag(text) if text else ast.Constant(0)
        if isinstance(node, ast.IfExp):
            return ast.IfExp(self.test(node.test), self.tag_of(node.body), self.tag_of(node.orelse))
        self.fail(node, "a tag is a text written in place, or a str parameter")
        return None

    def own_close(self, node):
        """``self.close()``, ``self.close(position)``, ``self.close(symbol="USDJPY")``."""
        if len(node.args) > 1:
            self.fail(node, "self.close takes one position; write self.close(position)")
        keywords = [*(ast.keyword("position", value) for value in node.args), *node.keywords]
        given = self.bind(
            located(ast.Call(node.func, [], keywords), node), (), "close(position)", ("position", "symbol")
        )
        given = {name: value for name, value in given.items() if not is_none(value)}
        if len(given) == 2:
            self.fail(node, BOTH)
        if "position" in given:
            return self.call("close_position", self.context(), self.lot(given["position"]))
        return self.call("close", self.context(), self.symbol(given.get("symbol")))

    def own_cancel(self, node):
        """``self.cancel(order)``, ``self.cancel(tag="x")``."""
        if not node.args and [k.arg for k in node.keywords] == ["tag"]:
            if self.text(node.keywords[0].value) == "":
                self.fail(node, "cancel(tag=...) needs the tag's text")
            return self.call("cancel_tagged", self.context(), self.tag_of(node.keywords[0].value))
        args = self.bind(node, ("order",), "cancel(order)")
        return self.call("cancel", self.context(), self.call("order_id", self.visit(args["order"])))

    def own_order(self, node):
        """``self.order(id)``."""
        args = self.bind(node, ("order",), "order(id)")
        found = self.call("order", self.context(), self.call("order_id", self.visit(args["order"])))
        return ast.Subscript(found, ast.Constant(0), ast.Load())

    def own_cancel_all(self, node):
        """``self.cancel_all()``."""
        self.bind(node, (), "cancel_all()")
        return self.call("cancel_all", self.context())

    def own_modify(self, node):
        """``self.modify(order, limit=1.1)``."""
        args = self.bind(node, ("order",), "modify(order, stop=1.1)", ("qty", "limit", "stop"))
        values = [self.given(name, args.get(name)) for name in ("qty", "limit", "stop")]
        return self.call("modify", self.context(), self.call("order_id", self.visit(args["order"])), *values)
