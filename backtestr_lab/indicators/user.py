"""The code of the user's indicators as the graph calls it: what goes in, and what may come out (S7)."""

import operator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ..errors import StrategyError
from ..limits import reachable
from .node import Field, Node


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
        if m == 0 or (self.promised is not None and m <= self.promised):
            return self._missing(m)
        try:
            result = self.call(arrays, params)
        except StrategyError:
            # Window functions of numpy refuse fewer bars than the window.
            if m <= self.seen:
                return self._missing(m)
            raise
        named = _named(self.name, result, m, self.outputs)
        if self.promised:
            for values in named.values():
                values[: self.promised] = np.nan
        return tuple(named.values())

    def _missing(self, m):
        return tuple(np.full(m, np.nan) for _ in self.outputs)

    def call(self, arrays, params):
        """What the user's code returns; it gets copies, so that it may write into them."""
        arrays = [np.array(a) for a in arrays]
        try:
            if hasattr(self.code, "calculate"):
                return reachable(instance(self.code, params.items()).calculate, *arrays)
            given = {n: v.value if isinstance(v, Held) else v for n, v in params.items()}
            return reachable(partial(self.code, *arrays, **given))
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


def learned(function, inputs, params):
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
    return replace(function, outputs=names_of(function.name, outputs), seen=seen)


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


def names_of(name, outputs):
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


def count_of(name, lookback):
    """A checked lookback; None stays None."""
    if lookback is None:
        return None
    try:
        count = operator.index(lookback)
    except TypeError:
        count = -1
    if isinstance(lookback, bool) or count < 0:
        raise StrategyError(f"indicator {name}: lookback is {lookback!r}; it must be a count of bars, 0 or more")
    return count


def instance(cls, params):
    """An instance with its parameters; `cls(...)` itself makes a node."""
    made = object.__new__(cls)
    for name, value in params:
        setattr(made, name, value)
    return made


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
