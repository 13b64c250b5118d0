"""The strategy of the first notebook, as `python -m backtestr_lab demo` runs it."""

from ..indicators import ta
from ..strategy import Strategy, crossed_above, crossed_below, pips

__all__ = ["Trend"]


class Trend(Strategy):
    """Buy when the quick average crosses above the calm one and the hour is not overbought; leave when it crosses back.

    Examples
    --------
    >>> from backtestr_lab.strategy.base import parameters
    >>> parameters(Trend)
    {'fast': 10, 'slow': 20}
    """

    fast, slow = 10, 20
    timeframe = "5m"

    def init(self):
        """Two averages of the closes of 5 minutes, the strength of the hours."""
        self.quick = ta.ema("5m", self.fast)
        self.calm = ta.ema("5m", self.slow)
        self.rsi = ta.rsi("1h", 14)

    def on_bar(self, bar):
        """Once every 5 minutes."""
        if crossed_above(self.quick, self.calm) and self.rsi[-1] < 70:
            self.buy(10_000, stop_loss=pips(10), take_profit=pips(15))
        elif crossed_below(self.quick, self.calm):
            self.close()
