"""How an indicator's value with the forming bar is found: the steps, and the closed values they need (S3, S7).

Each family (families.py) is written in steps of `engine/steps.py`, one number each, out of those of its inputs: so that
indicators of indicators work by themselves, and several outputs are several short programs.
"""

from dataclasses import dataclass

from ..errors import StrategyError
from .families import FAMILIES, Call, Inner
from .node import Field, Output
from .talib import TalibFunction

__all__ = ["Step", "families", "program_of"]


@dataclass(frozen=True)
class Step:
    """One number of a program.

    Attributes
    ----------
    kind : str
        What it does, of the engine's list.
    takes : tuple of int
        Steps before it, by their place in the program.
    series : tuple of Node or Output
        Closed values it reads, three at most.
    n, seed, k
        Period or code, closed bars at which a running average begins, factor.
    """

    kind: str
    takes: tuple = ()
    series: tuple = ()
    n: object = 0
    seed: object = 0
    k: float = 0.0


def program_of(key):
    """The steps to an indicator's value with the forming bar; the last is the value.

    Parameters
    ----------
    key : Node or Output
        Of several outputs one.

    Returns
    -------
    tuple of Step

    Raises
    ------
    StrategyError
        It, or one it is made of, has no such value; names those that have.

    Examples
    --------
    >>> from backtestr_lab import ta
    >>> [step.kind for step in program_of(ta.bbands("1h").upperband)]
    ['bar', 'mean', 'deviation', 'add']
    """
    steps = Steps()
    steps.of(key)
    return tuple(steps.made)


def families():
    """Lower-case names of TA-Lib's functions whose value with the forming bar is known."""
    return tuple(sorted(FAMILIES))


class Steps:
    """A program being written."""

    def __init__(self):
        self.made = []
        self.places = {}  # what was asked for -> place of its step

    def of(self, key):
        """The place of the step that gives a field, node or output with the forming bar."""
        if key not in self.places:
            self.places[key] = self.field(key) if isinstance(key, Field) else self.indicator(key)
        return self.places[key]

    def add(self, kind, *takes, series=(), **more):
        """Add a step; returns its place."""
        step = Step(kind, takes, tuple(series), **more)
        if step not in self.made:
            self.made.append(step)
        return self.made.index(step)

    def field(self, field):
        """A column of the bars."""
        if field.side == "mid" and field.name not in ("open", "close"):
            raise StrategyError(
                f"the mid {field.name} of the forming bar is not kept, so .forming cannot use it; "
                "read side='bid' or 'ask'"
            )
        return self.add("bar", n=field.name if field.side == "bid" else f"{field.side}_{field.name}")

    def indicator(self, key):
        """A node or output."""
        node, name = (key.node, key.name) if isinstance(key, Output) else (key, key.outputs[0])
        if isinstance(node.function, Inner):
            return node.function.steps(self, node)
        write = FAMILIES.get(node.function.name) if isinstance(node.function, TalibFunction) else None
        if write is None:
            raise StrategyError(
                f"{node} has no value of the forming bar; .forming is known of {', '.join(families())}, "
                "and of indicators made of these"
            )
        return write(self, Call(node), name)
