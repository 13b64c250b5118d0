"""Every TA-Lib function as a maker of nodes (S7). The only importer of TA-Lib, which is loaded on first use.

TA-Lib's process-wide state (unstable periods, compatibility) is never touched: two runs in one process would see each
other's settings.
"""

import inspect
from functools import cache, cached_property

import numpy as np

from ..errors import StrategyError, did_you_mean
from .binding import Bars, known, number, positional, split
from .node import MissingName, Node

__all__ = ["TalibFunction", "function", "names"]


@cache
def names():
    """Lower-case names of all TA-Lib functions.

    Examples
    --------
    >>> "rsi" in names(), len(names()) > 150
    (True, True)
    """
    import talib

    return tuple(sorted(name.lower() for name in talib.get_functions()))


@cache
def function(name):
    """The TA-Lib function of that lower-case name.

    Raises
    ------
    StrategyError
        No such function; suggests the nearest.

    Examples
    --------
    >>> function("rsi").__name__
    'rsi'
    """
    if name not in names():
        raise MissingName(
            f"ta has no {name!r}{did_you_mean(name, (*names(), 'custom', 'series'))}; "
            "dir(ta) lists TA-Lib's functions, ta.custom takes your own"
        )
    return TalibFunction(name)


@cache
def _matypes():
    import talib

    types = {name.lower(): getattr(talib.MA_Type, name) for name in dir(talib.MA_Type) if name.isupper()}
    return dict(sorted(types.items(), key=lambda item: item[1]))


class TalibFunction:
    """A TA-Lib function: call it in `init` to make a node; its docstring shows TA-Lib's signature.

    Attributes
    ----------
    name : str
        Lower case.
    inputs : dict
        Input name -> the field it reads unless told otherwise; None where there is no such field.
    defaults : dict
        Parameter name -> TA-Lib's default, in TA-Lib's order; an int or a float, which is also its type.
    outputs : tuple of str

    Examples
    --------
    >>> function("bbands").outputs
    ('upperband', 'middleband', 'lowerband')
    >>> function("bbands")("5m", 20, nbdevup=2.5)
    bbands(5m, 20, 2.5, 2.0, 0)
    """

    checked = True  # causal by construction; the tests prove it for every function, so runs need not

    def __init__(self, name):
        from talib import abstract

        info = abstract.Function(name).info
        self.name = self.__name__ = name
        self.title, self.group = info["display_name"], info["group"]
        self.flags = tuple(info["function_flags"] or ())
        self.inputs = {}
        for key, fields in info["input_names"].items():
            if isinstance(fields, list):
                self.inputs |= {field: field for field in fields}
            else:
                self.inputs[key.replace("price", "real")] = None if key == "periods" else fields
        self.fields = tuple(self.inputs.values())
        self.defaults = dict(info["parameters"])
        self.outputs = tuple(info["output_names"])
        self.__doc__ = self._document()

    def __repr__(self):
        return f"ta.{self.name}{self.__signature__}"

    def __reduce__(self):
        return function, (self.name,)

    def __call__(self, *args, field=None, side=None, symbol=None, **keywords):
        where = f"ta.{self.name}"
        bars, inputs, rest = split(Bars(where, side, symbol), args, tuple(self.inputs))
        inputs |= {n: keywords.pop(n) for n in self.inputs if n in keywords and n not in inputs}
        known(where, keywords, tuple(self.defaults))
        given = positional(where, rest, keywords, tuple(self.defaults))
        if field is not None:
            if "real" not in self.inputs or "real" in inputs:
                reads = "an indicator" if "real" in inputs else ", ".join(self.inputs)
                raise StrategyError(f"{where} reads {reads}; field= is for the bars of a function of one series")
            inputs["real"] = field
        inputs = bars.inputs(bars.completed(inputs, self.inputs))
        return Node(self, inputs, tuple(self._complete(where, given).items()))

    def _complete(self, where, given):
        """All parameters, checked and of TA-Lib's types."""
        params = {}
        for name, default in self.defaults.items():
            value = given.get(name, default)
            if name.endswith("matype") and isinstance(value, str):
                known(where, [value], tuple(_matypes()), "moving average")
                value = _matypes()[value]
            params[name] = number(where, name, value, type(default))
        if not self._takes(params):
            # Name the one parameter that TA-Lib refuses even beside defaults; else they contradict each other.
            culprits = [n for n in params if not self._takes(self.defaults | {n: params[n]})] or list(params)
            shown = ", ".join(f"{n}={params[n]}" for n in culprits)
            raise StrategyError(f"{where}: TA-Lib refuses {shown}{self._least(culprits, params)}")
        return params

    def _takes(self, params):
        one_bar = [np.ones(1)] * len(self.inputs)
        try:
            self._raw(*one_bar, *params.values())
        except Exception:  # TA-Lib raises plain Exception for a bad parameter, OverflowError beyond int32
            return False
        return True

    def _least(self, culprits, params):
        name = culprits[0]
        if len(culprits) == 1 and type(self.defaults[name]) is int:
            for least in range(params[name] + 1, 11):
                if self._takes(self.defaults | {name: least}):
                    return f"; {name} must be at least {least}"
        return ""

    @cached_property
    def _raw(self):
        import talib

        return getattr(talib, self.name.upper())

    def lookback(self, params):
        """Bars before the first that has a value, of this function alone."""
        from talib import abstract

        return abstract.Function(self.name, **params).lookback

    def calculate(self, arrays, params):
        """Outputs as float64, one value per bar.

        NaN where TA-Lib has none. Its integer outputs (candlestick patterns, indices) keep TA-Lib's 0 there: it means
        "no pattern", and ``if self.doji[-1] != 0`` must not fire for want of bars.
        """
        outputs = self._raw(*arrays, *params.values())
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        return tuple(np.ascontiguousarray(o, dtype="f8") for o in outputs)

    @cached_property
    def __signature__(self):
        P = inspect.Parameter
        parameters = [P("timeframe", P.POSITIONAL_ONLY)]
        parameters += [P(n, P.POSITIONAL_OR_KEYWORD, default=v) for n, v in self.defaults.items()]
        if "real" in self.inputs:
            parameters.append(P("field", P.KEYWORD_ONLY, default="close"))
        parameters += [P("side", P.KEYWORD_ONLY, default="bid"), P("symbol", P.KEYWORD_ONLY, default=None)]
        return inspect.Signature(parameters)

    def _document(self):
        signature = str(self.__signature__).replace("/, ", "")
        inputs = ", ".join(self.inputs)
        lines = [
            f"{self.title} (TA-Lib {self.name.upper()}, {self.group}).",
            "",
            f"    ta.{self.name}{signature}",
            f"    ta.{self.name}({', '.join([inputs, *(f'{n}={v!r}' for n, v in self.defaults.items())])}),"
            " each input an indicator or a field",
            "",
            "Inputs",
            "------",
        ]
        lines += [f"{n} : {f or 'an indicator'}" for n, f in self.inputs.items()]
        if self.defaults:
            lines += ["", "Parameters", "----------"]
        for name, default in self.defaults.items():
            kind = "number or name: " + ", ".join(_matypes()) if name.endswith("matype") else type(default).__name__
            lines.append(f"{name} : {kind}, default {default}")
        lines += ["", "Outputs", "-------", *self.outputs, "", "Notes", "-----"]
        lines.append(f"Lookback {self.lookback(self.defaults)} bars with these defaults.")
        lines += [f"{flag}." for flag in self.flags if "streaming" not in flag]
        return "\n".join(lines)
