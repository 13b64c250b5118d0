"""`self.buy(...)` and the other requests: their arguments, checked and spread out for the engine (O1, O3, O4)."""

import ast

from ..errors import did_you_mean

__all__ = ["Requests"]

ORDER = (
    "qty",
    "limit",
    "stop",
    "stop_loss",
    "take_profit",
    "trail",
    "tif",
    "expires",
    "tag",
    "symbol",
    "reduce_only",
)
LATER = {
    "trail": "trailing stops are not supported yet; leave trail= out",
    "expires": "orders that expire are not supported yet; leave expires= out and cancel in on_time",
    "symbol": "a run has one symbol for now; leave symbol= out",
}


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
        verb = node.func.attr
        for name, value in given.items():
            if name not in ORDER:
                hint = did_you_mean(name, ORDER) or f"; it takes {', '.join(ORDER)}"
                self.fail(node, f"{verb} has no argument {name!r}{hint}")
            if name in LATER and not _is_none(value):
                self.fail(value, LATER[name])
        if "tif" in given and self.text(given["tif"]) != "GTC":
            self.fail(given["tif"], "only GTC orders are supported yet; leave tif= out")
        if not _is_none(given.get("limit")) and not _is_none(given.get("stop")):
            self.fail(node, "an order with limit and stop (a stop-limit) is not supported yet; give one of them")
        values = [self.given(n, given.get(n)) for n in ("qty", "limit", "stop", "stop_loss", "take_profit")]
        reduce_only = ast.Constant(0)
        if "reduce_only" in given:
            text = "reduce_only is {got}; write True or False"
            reduce_only = self.guarded("bool", self.visit(given["reduce_only"]), text)
        tag = self.tag_of(given.get("tag"))
        return self.call("submit", self.context(), side, *values, reduce_only, tag)

    def given(self, label, node):
        """An argument as the user gave it; what is no number or distance by its type, the compiler's guard refuses."""
        if _is_none(node):
            return ast.Constant(None)
        if self.text(node) is not None:
            want = {"qty": "a number of units", "limit": "a price", "stop": "a price"}
            self.fail(node, f"{label} is a str; give {want.get(label, 'a price, or a distance like pips(10)')}")
        return self.visit(node)

    def tag_of(self, node):
        """The number of a tag."""
        if _is_none(node):
            return ast.Constant(0)
        text = self.text(node)
        if text is not None:
            return self.tag(text) if text else ast.Constant(0)
        if isinstance(node, ast.IfExp):
            return ast.IfExp(self.test(node.test), self.tag_of(node.body), self.tag_of(node.orelse))
        self.fail(node, "a tag is a text written in place, or a str parameter")
        return None

    def own_close(self, node):
        """``self.close()``."""
        if any(k.arg == "symbol" for k in node.keywords):
            self.fail(node, LATER["symbol"])
        self.bind(node, (), "close()")
        return self.call("close", self.context())

    def own_cancel(self, node):
        """``self.cancel(order)``."""
        args = self.bind(node, ("order",), "cancel(order)")
        return self.call("cancel", self.context(), self.call("order_id", self.visit(args["order"])))

    def own_cancel_all(self, node):
        """``self.cancel_all()``."""
        self.bind(node, (), "cancel_all()")
        return self.call("cancel_all", self.context())

    def own_modify(self, node):
        """``self.modify(order, limit=1.1)``."""
        args = self.bind(node, ("order",), "modify(order, stop=1.1)", ("qty", "limit", "stop"))
        values = [self.given(name, args.get(name)) for name in ("qty", "limit", "stop")]
        return self.call("modify", self.context(), self.call("order_id", self.visit(args["order"])), *values)


def _is_none(node):
    return node is None or (isinstance(node, ast.Constant) and node.value is None)
