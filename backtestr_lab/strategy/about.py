"""Which symbol a word of a callback is about: the callback's own, or one that is named (P6, S3)."""

import ast

from ..errors import StrategyError
from .symbols import WANTED, number_of

__all__ = ["About", "is_none"]


class About:
    """The part of the lowering that knows the run's symbols."""

    def symbol(self, node):
        """The number of a `symbol=`, -1 for the symbol the callback is about where it is left out."""
        if is_none(node):
            return ast.Constant(-1)
        text = self.text(node)
        if text is not None:
            return ast.Constant(self.symbol_named(node, text))
        if isinstance(node, ast.IfExp):
            return ast.IfExp(self.test(node.test), self.symbol(node.body), self.symbol(node.orelse))
        number = self.guarded("id", self.visit(node), f"symbol is {{got}}; {WANTED}")
        return self.call("listed", number, ast.Constant(len(self.model.symbols)))

    def symbol_named(self, node, text):
        """The number of a symbol written in place."""
        try:
            return number_of(text, self.model.symbols)
        except StrategyError as error:
            self.fail(node, str(error))
        return None

    def row(self, number, symbol):
        """The row of the engine's `frames` or `series` for a number of the plan's and a symbol."""
        return self.call("row", self.context(), number, symbol)

    def own_position_of(self, node):
        """``self.position_of("USDJPY")``."""
        return self.call("position", self.context(), self.symbol_of_position(node))

    def symbol_of_position(self, node):
        """The symbol whose net position ``self.position`` or ``self.position_of(...)`` is, else None."""
        if self.own(node) == "position":
            return ast.Constant(-1)
        if isinstance(node, ast.Call) and self.own(node.func) == "position_of":
            symbol = self.bind(node, ("symbol",), "position_of('EURUSD')")["symbol"]
            if is_none(symbol):
                self.fail(node, f"symbol is None; {WANTED}, or take self.position")
            return self.symbol(symbol)
        return None


def is_none(node):
    """Whether an argument is left out, or None is written in its place."""
    return node is None or (isinstance(node, ast.Constant) and node.value is None)
