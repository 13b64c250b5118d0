"""The user's own indicators: a function of arrays, or a class with `calculate` (S7).

Either makes a node like any other. Before its values are used it is checked not to look ahead (causality.py).
"""

import operator
from dataclasses import dataclass

import numpy as np

from ..errors import StrategyError
from ..units import Timeframe
from .binding import Bars, known, number, positional, split
from .node import Field, Node, Output

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
    return Node(
        _learned(User(name, fn, (), _names(name, outputs), _count(name, lookback)), inputs, params), inputs, params
    )


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
        wanted = (cls.inputs,) if isinstance(cls.inputs, str) else tuple(cls.inputs)
        bars, inputs, rest = split(Bars(where, side, symbol), args, wanted)
        inputs |= {n: keywords.pop(n) for n in wanted if n in keywords and n not in inputs}
        defaults = cls._parameters()
        known(where, keywords, tuple(defaults))
        given = positional(where, rest, keywords, tuple(defaults))
        params = tuple((n, _like(where, n, given.get(n, default), default)) for n, default in defaults.items())
        inputs = bars.inputs(bars.completed(inputs, {n: n for n in wanted}))
        lookback = _made(cls, params).lookback
        lookback = lookback() if callable(lookback) else lookback
        function = User(where, cls, wanted, _names(where, cls.outputs), _count(where, lookback))
        return Node(_learned(function, inputs, params), inputs, params)

    def calculate(self, *arrays):
        """Values of all bars from the inputs of all bars: one array, or as many as there are outputs."""
        raise StrategyError(f"{type(self).__name__} has no calculate(self, {', '.join(self.inputs)})")

    @classmethod
    def _parameters(cls):
        found = {}
        for base in reversed(cls.__mro__[: cls.__mro__.index(Indicator)]):
            found |= {n: v for n, v in vars(base).items() if isinstance(v, (int, float, str)) and not n.startswith("_")}
        return {n: v for n, v in found.items() if n not in RESERVED}


@dataclass(frozen=True)
class User:
    """A function of the user's as the graph calls it; equal ones share a node."""

    name: str
    code: object  # the function, or the Indicator class
    fields: tuple
    outputs: tuple | None  # None until learned
    promised: int | None  # the lookback that was given
    seen: int = 0  # else the one that was learned

    checked = False

    def lookback(self, params):
        """Bars before its first value."""
        return self.seen if self.promised is None else self.promised

    def calculate(self, arrays, params):
        """Outputs as float64, one value per bar; all NaN where there are no more bars than its lookback.

        Raises
        ------
        StrategyError
            It fails, or gives something else than a number per bar.
        """
        m = len(arrays[0])
        missing = tuple(np.full(m, np.nan) for _ in self.outputs)
        if m == 0 or (self.promised is not None and m <= self.promised):
            return missing
        try:
            result = self.call(arrays, params)
        except StrategyError:
            # Window functions of numpy refuse fewer bars than the window.
            if m <= self.seen:
                return missing
            raise
        named = _named(self.name, result, m, self.outputs)
        if self.promised:
            for values in named.values():
                values[: self.promised] = np.nan
        return tuple(named.values())

    def call(self, arrays, params):
        """What the user's code returns; it gets copies, so that it may write into them."""
        arrays = [np.array(a) for a in arrays]
        try:
            if isinstance(self.code, type) and issubclass(self.code, Indicator):
                return _made(self.code, params.items()).calculate(*arrays)
            return self.code(*arrays, **{n: v.value if isinstance(v, Held) else v for n, v in params.items()})
        except Exception as error:
            text = " ".join(str(error).split()) or "no message"
            raise StrategyError(
                f"indicator {self.name} failed on {len(arrays[0]):,} bars: {type(error).__name__}: {text}",
                line=_line(error, self.code),
            ) from error


@dataclass(frozen=True, eq=False)
class Held:
    """A parameter that can't be hashed (a list, an array): equal only to itself."""

    value: object

    def __str__(self):
        return type(self.value).__name__


def _learned(function, inputs, params):
    """The same with the outputs and the lookback that a trial on a made-up series shows."""
    if function.outputs and function.promised is not None:
        return function
    outputs, seen = function.outputs, 0
    for bars in (512, 8192):
        arrays = _made_up(bars, [i.name if isinstance(i, Field) else "close" for i in inputs])
        named = _named(function.name, function.call(arrays, dict(params)), bars, outputs)
        outputs = tuple(named)
        leading = max(int(np.isnan(v).cumprod().sum()) for v in named.values())
        if leading < bars:
            seen = leading
            break
    return User(function.name, function.code, function.fields, _names(function.name, outputs), function.promised, seen)


def _made_up(bars, fields):
    """A random walk with the same numbers every time."""
    random = np.random.default_rng(7)
    close = 1.1 * np.exp(np.cumsum(random.normal(0, 1e-4, bars)))
    open = np.append(close[:1], close[:-1])
    reach = random.uniform(0, 1e-4, (2, bars))
    ts = 1_704_067_200_000_000 + 60_000_000.0 * np.arange(bars)  # from 2024, a minute each
    made = {
        "ts": ts,
        "end": ts + 60_000_000,
        "open": open,
        "close": close,
        "volume": np.ceil(reach[0] * 1e6),
        "ticks": np.ceil(reach[1] * 1e6) + 1,
    }
    made["high"] = np.maximum(open, close) + reach[0]
    made["low"] = np.minimum(open, close) - reach[1]
    return [made[f] for f in fields]


def _named(name, result, m, outputs):
    """What the user's code returned, as output name -> own contiguous (m,) float64."""
    if isinstance(result, dict):
        found = {str(key): value for key, value in result.items()}
    elif isinstance(result, tuple):
        fields = getattr(result, "_fields", None) or [f"out{i}" for i in range(len(result))]
        found = dict(zip(fields, result, strict=True)) if len(result) != 1 else {"real": result[0]}
    else:
        found = {"real": result}
    if outputs and (set(found) != set(outputs) if isinstance(result, dict) else len(found) != len(outputs)):
        raise StrategyError(
            f"indicator {name} gave {len(found)} outputs ({', '.join(found)}) where {', '.join(outputs)} were expected"
        )
    if not isinstance(result, dict):
        found = dict(zip(outputs or found, found.values(), strict=True))
    if not found:
        raise StrategyError(f"indicator {name} gave an empty {type(result).__name__}; return one array per output")
    return {n: _numbers(name, n, found[n], m) for n in (outputs or found)}


def _numbers(name, output, values, m):
    what = f"indicator {name}" if output == "real" else f"indicator {name}.{output}"
    if values is None:
        raise StrategyError(f"{what} gave nothing; return an array with one value per bar")
    try:
        array = np.asarray(values)
    except ValueError:  # a list of unequal lists
        array = np.empty(0, object)
    if array.dtype.kind not in "fiub":
        raise StrategyError(f"{what} gave a {type(values).__name__} of {array.dtype}; return one number per bar")
    if array.shape != (m,):
        shape = f"{len(array):,} values" if array.ndim == 1 else f"an array of shape {array.shape}"
        raise StrategyError(f"{what} gave {shape} for {m:,} bars; return one value per bar, NaN where there is none")
    return np.array(array, dtype="f8", order="C")


def _names(name, outputs):
    """Checked names of outputs; None stays None."""
    if outputs is None:
        return None
    outputs = (outputs,) if isinstance(outputs, str) else tuple(outputs)
    for output in outputs:
        taken = output in dir(Node) or output in Node.__dataclass_fields__ or output in ("timeframe", "symbol")
        if not isinstance(output, str) or not output.isidentifier() or output.startswith("_") or taken:
            raise StrategyError(f"indicator {name} cannot have an output named {output!r}; take another name")
    if not outputs or len(set(outputs)) != len(outputs):
        raise StrategyError(f"indicator {name}: outputs are {outputs!r}; give one name or several different ones")
    return outputs


def _count(name, lookback):
    if lookback is None:
        return None
    try:
        count = operator.index(lookback)
    except TypeError:
        count = -1
    if isinstance(lookback, bool) or count < 0:
        raise StrategyError(f"indicator {name}: lookback is {lookback!r}; it must be a count of bars, 0 or more")
    return count


def _like(where, name, value, default):
    """A parameter of the same kind as its default."""
    if isinstance(default, (bool, str)):
        if not isinstance(value, type(default)):
            raise StrategyError(f"{where}: {name} is {value!r}; it must be a {type(default).__name__}")
        return value
    return number(where, name, value, type(default))


def _made(cls, params):
    """An instance with its parameters; `cls(...)` itself makes a node."""
    made = object.__new__(cls)
    for name, value in params:
        setattr(made, name, value)
    return made


def _hashable(value):
    try:
        hash(value)
    except TypeError:
        return Held(value)
    return value


def _called(fn):
    name = getattr(fn, "__name__", None) or type(fn).__name__
    return "custom" if name == "<lambda>" else name


def _line(error, code):
    """The line in the user's own file or cell where it failed."""
    code = getattr(code, "calculate", code)
    code = getattr(getattr(code, "py_func", code), "__code__", None)  # numba keeps the Python function in py_func
    line, frame = None, error.__traceback__
    while code is not None and frame is not None:
        if frame.tb_frame.f_code.co_filename == code.co_filename:
            line = frame.tb_lineno
        frame = frame.tb_next
    return line
