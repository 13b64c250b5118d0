"""The run that the browser's tests replay, the same in a notebook's kernel and in the test's own process."""

import backtestr_lab as lab
from backtestr_lab import Strategy, crossed_above, crossed_below, pips, ta


class Walk(Strategy):
    """Market orders with exits, limit orders that wait, orders that are refused, variables that move."""

    timeframe = "5m"

    def init(self):
        self.quick = ta.ema("5m", 10)
        self.calm = ta.ema("5m", 20)
        self.rsi = ta.rsi("5m", 14)
        self.entries = 0
        self.last = 0.0

    def on_bar(self, bar):
        self.last = bar.close
        if crossed_above(self.quick, self.calm) and self.rsi[-1] > 0:
            self.entries += 1
            self.buy(10_000, stop_loss=pips(10), take_profit=pips(15))
        elif crossed_below(self.quick, self.calm):
            self.close()
            self.sell(5_000, limit=bar.close + 0.0005)
            if self.entries % 9 == 4:
                self.buy(90_000_000)  # more than the margin allows


class Idle(Strategy):
    """Never orders."""

    def on_bar(self, bar):
        pass


def walk(until=None, days=5):
    """Five days of the sample, or what there is of them until an instant."""
    return lab.backtest(Walk, lab.sample("EURUSD", days=days, seed=7), end=until, cash=10_000)


def idle():
    """A day without an order."""
    return lab.backtest(Idle, lab.sample("EURUSD", days=1, seed=7))
