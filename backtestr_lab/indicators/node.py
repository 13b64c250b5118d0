"""What an indicator is before there are values: a description that can be compared and hashed (S7).

A strategy's `init` makes descriptions only. Equal descriptions are one node of the graph, whatever they were called, so
each is computed once; the values exist later, in the callbacks.
"""

from dataclasses import dataclass
from functools import cached_property

from ..errors import StrategyError, did_you_mean
from ..units import Timeframe

__all__ = ["Field", "Node", "Output"]

FIELDS = ("open", "high", "low", "close", "volume", "ticks", "ts", "end")
SIDELESS = ("volume", "ticks", "ts", "end")
SIDES = ("bid", "ask", "mid")


@dataclass(frozen=True)
class Field:
    """One column of the bars of a symbol, timeframe and side: an indicator's input.

    Attributes
    ----------
    timeframe : Timeframe
    name : str
        One of `FIELDS`; ``"ts"`` and ``"end"`` are µs UTC, exact in float64 until the year 2255.
    side : {"bid", "ask", "mid"}
        Always ``"bid"`` for what has no side, so that equal columns are equal fields.
    symbol : str or None
        None is the symbol the callback is about (P6).

    Examples
    --------
    >>> Field(Timeframe.parse("1h"), "volume", side="ask") == Field(Timeframe.parse("H1"), "volume")
    True
    """

    timeframe: Timeframe
    name: str = "close"
    side: str = "bid"
    symbol: str | None = None

    lookback = 0

    def __post_init__(self):
        if self.name not in FIELDS:
            raise StrategyError(
                f"bars have no field {self.name!r}{did_you_mean(self.name, FIELDS)}; there are {', '.join(FIELDS)}"
            )
        if self.side not in SIDES:
            raise StrategyError(f"side is {self.side!r}; it must be 'bid', 'ask' or 'mid'")
        if self.name in SIDELESS:
            object.__setattr__(self, "side", "bid")

    def __str__(self):
        return " ".join([*bars_text(self), self.name])


class MissingName(StrategyError, AttributeError):
    """A StrategyError that `hasattr` and `getattr` with a default understand too: they must not fail on a node."""

    def _render_traceback_(self):
        return [f"StrategyError: {self}"]


class _Unvalued:
    """Refuses, with the way out, what needs values: indexing, comparing and calculating in `init`."""

    def __getitem__(self, index):
        raise StrategyError(
            f"{self} has no values yet: they exist only in callbacks; keep it with self.x = ... in init and read "
            "self.x[-1] in on_bar"
        )


def _refusal(sign, function):
    instead = f"ta.{function}(a, b) makes an indicator of two" if function else "compare values in a callback"

    def refuse(self, other):
        raise StrategyError(f"{self} has no values yet, so '{sign}' cannot use it; {instead}")

    return refuse


_ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "truediv": "/"}
for _name, _sign in _ARITHMETIC.items():
    _refuse = _refusal(_sign, {"mul": "mult", "truediv": "div"}.get(_name, _name))
    setattr(_Unvalued, f"__{_name}__", _refuse)
    setattr(_Unvalued, f"__r{_name}__", _refuse)
for _name, _sign in {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}.items():
    setattr(_Unvalued, f"__{_name}__", _refusal(_sign, None))


@dataclass(frozen=True, eq=False, repr=False)
class Node(_Unvalued):
    """One indicator: a function, its parameters, and the bars or nodes it reads (S7).

    Attributes
    ----------
    function : Function
        What calculates it: a TA-Lib function, the user's own, or a series. Has `name`, `outputs`, `fields`,
        ``lookback(params)`` and ``calculate(arrays, params)``.
    inputs : tuple of Field, Node or Output
        All on the bars of one symbol and timeframe.
    params : tuple of (name, value)
        Complete: a default that was not written stands here too.
    timeframe : Timeframe
        Its bars; values are aligned to them.
    symbol : str or None
        None is the symbol the callback is about (P6).

    Raises
    ------
    StrategyError
        Inputs on different bars.

    Examples
    --------
    >>> from backtestr_lab import ta
    >>> ta.rsi("1h", 14) == ta.rsi("H1", timeperiod=14.0)
    True
    >>> ta.macd("1h").outputs, ta.sma(ta.rsi("1h"), 9).lookback
    (('macd', 'macdsignal', 'macdhist'), 22)
    """

    function: object
    inputs: tuple
    params: tuple = ()

    def __post_init__(self):
        first = self.inputs[0]
        symbols = {i.symbol for i in self.inputs} - {None}
        if any(i.timeframe != first.timeframe for i in self.inputs) or len(symbols) > 1:
            clocks = sorted({" ".join(bars_text(i)) for i in self.inputs})
            raise StrategyError(
                f"{self.function.name}: its inputs lie on different bars ({', '.join(clocks)}); "
                "give inputs of one symbol and timeframe"
            )
        kept = {"timeframe": first.timeframe, "symbol": symbols.pop() if symbols else None}
        # The type belongs to a parameter: a user's function may well tell 1 from True or 1.0.
        kept["_key"] = (self.function, self.inputs, tuple((n, type(v), v) for n, v in self.params))
        kept["_hash"] = hash(kept["_key"])
        for name, value in kept.items():
            object.__setattr__(self, name, value)

    def __eq__(self, other):
        if not isinstance(other, Node):
            return NotImplemented
        return self is other or (self._hash == other._hash and self._key == other._key)

    def __hash__(self):
        return self._hash

    def __reduce__(self):
        # Hashes of text differ from process to process, so a copy makes its own.
        return Node, (self.function, self.inputs, self.params)

    def __getattr__(self, name):
        function = self.__dict__.get("function")
        if function is None or name.startswith("_"):
            raise AttributeError(name)
        if name not in function.outputs:
            if name == "forming":
                raise MissingName(_only_in_callbacks(self))
            outputs = ", ".join(function.outputs)
            raise MissingName(f"{self} has no output {name!r}{did_you_mean(name, function.outputs)}; it has {outputs}")
        return self.keys[function.outputs.index(name)]

    def __iter__(self):
        if len(self.outputs) == 1:
            self[0]
        return iter(self.keys)

    def __dir__(self):
        return sorted({*super().__dir__(), *self.outputs})

    def __str__(self):
        return f"{self.function.name}({', '.join([*self._sources(), *(str(v) for _, v in self.params)])})"

    __repr__ = __str__

    def _sources(self):
        if not all(isinstance(i, Field) for i in self.inputs):
            return [str(i) for i in self.inputs]
        sides = sorted({i.side for i in self.inputs} - {"bid"})
        fields = tuple(i.name for i in self.inputs)
        shown = [] if fields == self.function.fields else fields
        return [" ".join([*bars_text(self), *sides, *shown])]

    @property
    def outputs(self):
        """Names of the outputs, TA-Lib's in lower case."""
        return self.function.outputs

    @property
    def keys(self):
        """What stands for each output in results: the node itself when it has one output, else `Output` each."""
        return (self,) if len(self.outputs) == 1 else tuple(Output(self, name) for name in self.outputs)

    @property
    def side(self):
        """Side of the bars it reads; None when it reads indicators only."""
        return next((i.side for i in self.inputs if isinstance(i, Field)), None)

    @property
    def field(self):
        """The field of an indicator of one series of the bars, else None."""
        return self.inputs[0].name if len(self.inputs) == 1 and isinstance(self.inputs[0], Field) else None

    @cached_property
    def lookback(self):
        """Bars before the first that has a value, inputs' lookbacks included."""
        return self.function.lookback(dict(self.params)) + max(i.lookback for i in self.inputs)


def _only_in_callbacks(key):
    return f"{key} has no values yet: keep it with self.x = ... in init and read self.x.forming in a callback"


@dataclass(frozen=True, repr=False)
class Output(_Unvalued):
    """One of several outputs of a node, e.g. ``ta.macd("1h").macdsignal``.

    Examples
    --------
    >>> from backtestr_lab import ta
    >>> ta.macd("1h").macdsignal
    macd(1h, 12, 26, 9).macdsignal
    """

    node: Node
    name: str

    def __str__(self):
        return f"{self.node}.{self.name}"

    __repr__ = __str__

    @property
    def forming(self):
        """Not here: it exists in callbacks (S3)."""
        raise MissingName(_only_in_callbacks(self))

    @property
    def timeframe(self):
        """The node's timeframe."""
        return self.node.timeframe

    @property
    def symbol(self):
        """The node's symbol."""
        return self.node.symbol

    @property
    def lookback(self):
        """The node's lookback."""
        return self.node.lookback


def bars_text(what):
    """Words that name the bars of an input: ``["EURUSD", "1h", "ask"]``, leaving out what is the default."""
    side = getattr(what, "side", None) if isinstance(what, Field) else None
    words = [what.symbol, str(what.timeframe), None if side == "bid" else side]
    return [w for w in words if w]
