"""The user's own indicators: a function of arrays, or a class with `calculate` (S7).

Either makes a node like any other. Before its values are used it is checked not to look ahead (causality.py).
"""

from ..errors import StrategyError
from ..units import Timeframe
from .binding import Bars, known, number, positional, split
from .node import Node, Output
from .user import Held, User, count_of, instance, learned, names_of

__all__ = ["Indicator", "custom"]

RESERVED = ("inputs", "outputs", "lookback", "calculate")


def custom(fn, *args, name=None, outputs=None, lookback=None, side=None, symbol=None, **params):
    """An indicator from a function of arrays (S7).

    Parameters
    ----------
    fn : callable
        Takes one (m,) float64 array per input, then `params` by name; gives one value per bar, or a tuple, dict or
        named tuple of such arrays. Bar k's value may depend on bars up to k only.
    *args
        A timeframe, then fields of the bars (``"close"`` if none is named): open, high, low, close, volume, ticks, and
        the times ts and end in µs UTC. Indicators may stand among the fields, or alone without a timeframe.
    name : str, optional
        For messages and charts; the function's own by default.
    outputs : tuple of str, optional
        Names of several outputs. By default those of a dict or named tuple, and ``out0, out1, ...`` of a tuple.
    lookback : int, optional
        Bars before the first value; values before that are made NaN. By default as many as it gives NaN at first.
    side, symbol
        As for every indicator.
    **params
        Passed on to `fn`.

    Returns
    -------
    Node

    Raises
    ------
    StrategyError
        `fn` fails, or gives something else than a number per bar.
    NotCausalError
        When it is evaluated: it looks ahead.

    Notes
    -----
    Unless both `outputs` and `lookback` are given, `fn` is called once on a made-up series to learn them.

    Examples
    --------
    >>> from backtestr_lab import ta
    >>> def middle(high, low, weight=0.5):
    ...     return low + weight * (high - low)
    >>> ta.custom(middle, "1h", "high", "low", weight=0.4)
    middle(1h high low, 0.4)
    """
    if not callable(fn):
        raise StrategyError(f"ta.custom: the first argument is {fn!r}; give a function of arrays")
    name = name or _called(fn)
    bars = Bars("ta.custom", side, symbol)
    if args and isinstance(args[0], (str, Timeframe)):
        bars, args = bars.at(args[0]), args[1:] or ("close",)
    elif not any(isinstance(a, (Node, Output)) for a in args):
        split(bars, args, ())  # says what is missing
    inputs = bars.inputs({f"input {i}": value for i, value in enumerate(args)})
    params = tuple((n, _hashable(value)) for n, value in params.items())
    function = User(name, fn, (), names_of(name, outputs), count_of(name, lookback))
    return Node(learned(function, inputs, params), inputs, params)


class Indicator:
    """Base of an indicator written as a class; calling the class makes a node (S7).

    Class attributes that are numbers, bools or text are its parameters. In `calculate` they are attributes of `self`.

    Attributes
    ----------
    inputs : tuple of str
        Fields of the bars that `calculate` gets, in this order; each can be replaced by an indicator in the call.
    outputs : tuple of str, optional
        Names of several outputs; see `custom`.
    lookback : int, property or method, optional
        Bars before the first value; see `custom`.

    Examples
    --------
    >>> class Channel(Indicator):
    ...     inputs = ("high", "low")
    ...     outputs = ("upper", "lower")
    ...     width = 1.0
    ...     lookback = 0
    ...
    ...     def calculate(self, high, low):
    ...         middle = (high + low) / 2
    ...         return middle + self.width * (high - middle), middle - self.width * (middle - low)
    >>> Channel("1h", width=2)
    Channel(1h, 2.0)
    >>> Channel("1h").upper
    Channel(1h, 1.0).upper
    """

    inputs = ("close",)
    outputs = None
    lookback = None

    def __new__(cls, *args, side=None, symbol=None, **keywords):
        where = cls.__name__
        if cls.__init__ is not object.__init__:
            raise StrategyError(f"{where}: __init__ is never called; make its parameters class attributes")
        wanted = (cls.inputs,) if isinstance(cls.inputs, str) else tuple(cls.inputs)
        bars, inputs, rest = split(Bars(where, side, symbol), args, wanted)
        inputs |= {n: keywords.pop(n) for n in wanted if n in keywords and n not in inputs}
        defaults = cls._parameters()
        known(where, keywords, tuple(defaults))
        given = positional(where, rest, keywords, tuple(defaults))
        params = tuple((n, _like(where, n, given.get(n, default), default)) for n, default in defaults.items())
        inputs = bars.inputs(bars.completed(inputs, {n: n for n in wanted}))
        lookback = instance(cls, params).lookback
        lookback = lookback() if callable(lookback) else lookback
        function = User(where, cls, wanted, names_of(where, cls.outputs), count_of(where, lookback))
        return Node(learned(function, inputs, params), inputs, params)

    def calculate(self, *arrays):
        """Values of all bars from the inputs of all bars: one array, or as many as there are outputs."""
        raise StrategyError(f"{type(self).__name__} has no calculate(self, {', '.join(self.inputs)})")

    @classmethod
    def _parameters(cls):
        found = {}
        for base in reversed(cls.__mro__[: cls.__mro__.index(Indicator)]):
            found |= {n: v for n, v in vars(base).items() if isinstance(v, (int, float, str)) and not n.startswith("_")}
        return {n: v for n, v in found.items() if n not in RESERVED}


def _like(where, name, value, default):
    """A parameter of the same kind as its default."""
    if isinstance(default, (bool, str)):
        if not isinstance(value, type(default)):
            raise StrategyError(f"{where}: {name} is {value!r}; it must be a {type(default).__name__}")
        return value
    return number(where, name, value, type(default))


def _hashable(value):
    try:
        hash(value)
    except TypeError:
        return Held(value)
    return value


def _called(fn):
    name = getattr(fn, "__name__", None) or type(fn).__name__
    return "custom" if name == "<lambda>" else name
