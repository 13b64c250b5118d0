"""From the arguments of an indicator call to its inputs and parameters, the same way for every kind of indicator."""

import operator
from dataclasses import dataclass

from ..errors import OptionError, StrategyError, did_you_mean
from ..units import Timeframe
from .node import Field, Node, Output


@dataclass(frozen=True)
class Bars:
    """Which bars an indicator reads where its arguments name fields: the options common to all calls."""

    where: str  # "ta.rsi", for messages
    side: str | None = None
    symbol: str | None = None
    timeframe: Timeframe | None = None

    def at(self, timeframe):
        """The same on a timeframe, given as users write it."""
        try:
            return Bars(self.where, self.side, self.symbol, Timeframe.parse(timeframe))
        except OptionError as error:
            raise StrategyError(f"{self.where}: {error}") from None

    def input(self, value, name="input"):
        """A field's name, a node or an output as the input it stands for."""
        if isinstance(value, Output):
            return value
        if isinstance(value, Node):
            if len(value.outputs) > 1:
                raise StrategyError(
                    f"{self.where}: {value} has {len(value.outputs)} outputs; name one of "
                    + ", ".join(f".{o}" for o in value.outputs)
                )
            return value
        if not isinstance(value, str):
            raise StrategyError(
                f"{self.where}: {name} is of type {type(value).__name__}; give a field like 'close' or an indicator"
            )
        try:
            return Field(self.timeframe, value, self.side or "bid", self.symbol)
        except StrategyError as error:
            raise StrategyError(f"{self.where}: {error}") from None

    def completed(self, given, defaults):
        """All inputs by name: those given, else fields of the bars; indicators say nothing about the others.

        Raises
        ------
        StrategyError
            An input that is not given has no field, or there is no timeframe to read it from.
        """
        values = {name: given.get(name, field if self.timeframe else None) for name, field in defaults.items()}
        for name, value in values.items():
            if value is None:
                raise StrategyError(f"{self.where} needs {name}= too: an indicator, or a field like 'close'")
        return values

    def inputs(self, values):
        """Inputs of a call, in order; `values` maps an input's name to a field's name, a node or an output.

        Raises
        ------
        StrategyError
            No timeframe and no indicator to take it from; a side or symbol where no bars are read.
        """
        nodes = [v for v in values.values() if isinstance(v, (Node, Output))]
        bars = self
        if nodes and self.timeframe is None:
            bars = Bars(self.where, self.side, self.symbol or nodes[0].symbol, nodes[0].timeframe)
        if len(nodes) == len(values) and (self.side or self.symbol):
            option = "side" if self.side else "symbol"
            raise StrategyError(f"{self.where}: it reads indicators only, so {option}= says nothing; give it to those")
        return tuple(bars.input(value, name) for name, value in values.items())


def split(bars, args, names):
    """Positional arguments as (bars, named inputs, the rest): a timeframe, or one input for each name, comes first.

    Parameters
    ----------
    bars : Bars
    args : tuple
    names : tuple of str
        The inputs' names, in order.
    """
    if not args:
        raise StrategyError(f"{bars.where} needs a timeframe first, like {bars.where}('1h')")
    if isinstance(args[0], (str, Timeframe)):
        return bars.at(args[0]), {}, args[1:]
    if not isinstance(args[0], (Node, Output)):
        raise StrategyError(
            f"{bars.where}: the first argument is {args[0]!r}; give a timeframe like '1h' or another indicator"
        )
    given = dict(zip(names, args, strict=False))
    for name, value in given.items():
        if not isinstance(value, (Node, Output, str)):
            raise StrategyError(
                f"{bars.where} of indicators needs {len(names)} inputs first ({', '.join(names)}); "
                f"{name} is {value!r}, give an indicator or a field like 'close'"
            )
    return bars, given, args[len(names) :]


def known(where, given, names, what="parameter"):
    """Refuse keywords that are not among the names.

    Raises
    ------
    StrategyError
        Names the first unknown keyword and the nearest known one.
    """
    for name in given:
        if name not in names:
            there = ", ".join(names) or "none"
            raise StrategyError(f"{where} has no {what} {name!r}{did_you_mean(name, names)}; there are {there}")


def positional(where, args, keywords, names):
    """Parameters as a dict: positional values by the order of the names, keywords beside them."""
    if len(args) > len(names):
        raise StrategyError(
            f"{where} takes {', '.join(names) or 'nothing'} by position after its inputs, not {len(args)} values"
        )
    given = dict(zip(names, args, strict=False))
    for name in keywords:
        if name in given:
            raise StrategyError(f"{where}: {name} is given twice, by position and by name")
    return given | keywords


def number(where, name, value, kind):
    """A parameter as int or float; whole floats count as int, so that sweeps over numpy ranges work."""
    try:
        if isinstance(value, (bool, str)):
            raise TypeError
        if kind is float:
            return float(value)
        return int(value) if isinstance(value, float) and value.is_integer() else operator.index(value)
    except (TypeError, ValueError):
        wanted = "a whole number" if kind is int else "a number"
        raise StrategyError(f"{where}: {name} is {value!r}; it must be {wanted}") from None
