"""The run's symbols as a strategy names them: a text or its number, ``bar.symbol == "EURUSD"`` (P6, S3)."""

from ..errors import StrategyError, did_you_mean
from .codes import Named

__all__ = ["NAMELESS", "WANTED", "SymbolNumber", "number_of"]

NAMELESS = ("",)  # the symbols of a plan that was not told any: one, whatever it is called
WANTED = "write its name in place, like 'EURUSD', or give its number, like bar.symbol"


def number_of(name, symbols):
    """Index of a symbol among the run's.

    Raises
    ------
    StrategyError
        The run does not have it; names those it has.

    Examples
    --------
    >>> number_of("USDJPY", ("EURUSD", "USDJPY"))
    1
    >>> number_of("EURUDS", ("EURUSD", "USDJPY"))
    Traceback (most recent call last):
    backtestr_lab.errors.StrategyError: 'EURUDS' is not in this run; did you mean 'EURUSD'?; it has EURUSD, USDJPY
    """
    if name in symbols and name:
        return symbols.index(name)
    if symbols == NAMELESS:
        raise StrategyError(f"{name!r} is not in this run, which has one symbol without a name; leave it out")
    raise StrategyError(
        f"{name!r} is not in this run{did_you_mean(name.upper(), symbols)}; it has {', '.join(symbols)}"
    )


class SymbolNumber(Named):
    """The number of a symbol, as Python callbacks get it.

    Examples
    --------
    >>> symbol = SymbolNumber(1, ("EURUSD", "USDJPY"))
    >>> symbol == "USDJPY", symbol == 1, symbol
    (True, True, USDJPY)
    """

    def __new__(cls, number, symbols):
        made = super().__new__(cls, number)
        made.symbols = symbols
        return made

    def _same(self, text):
        return int(self) == number_of(text, self.symbols)

    def __str__(self):
        return self.symbols[int(self)]

    def __reduce__(self):
        return SymbolNumber, (int(self), self.symbols)
