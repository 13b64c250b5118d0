"""`ta`: every indicator by name."""

from .custom import custom
from .series import series
from .talib import function, names

__all__ = ["ta"]


class Ta:
    """Indicators by name: TA-Lib's functions in lower case, `custom` and `series` (S7).

    ``ta.rsi("1h", 14)`` in a strategy's `init` describes the RSI of the 1h bars. Positional arguments after the
    timeframe are TA-Lib's parameters in its order, keywords have TA-Lib's names in lower case. Options of all:
    ``side="bid"``, ``"ask"`` or ``"mid"``, ``symbol=``; of functions of one series: ``field="close"``. Instead of the
    timeframe give another indicator, ``ta.sma(self.rsi, 9)``. ``ta.rsi?`` shows signature, inputs and outputs.

    Examples
    --------
    >>> from backtestr_lab import ta
    >>> ta.ema("5m", 20)
    ema(5m, 20)
    >>> ta.sma(ta.macd("1h", 12, 26, 9).macdsignal, 9)
    sma(macd(1h, 12, 26, 9).macdsignal, 9)
    >>> ta.bbands("5m", 20, nbdevup=2.5, field="open", side="ask").outputs
    ('upperband', 'middleband', 'lowerband')
    """

    custom = staticmethod(custom)
    series = staticmethod(series)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return function(name)

    def __dir__(self):
        return sorted([*names(), "custom", "series"])

    def __repr__(self):
        return "ta: indicators by name; dir(ta) lists them, ta.rsi? explains one"


ta = Ta()
