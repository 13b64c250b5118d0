"""The strategies of the benches, written as one writes them in a cell."""

from backtestr_lab import Strategy, crossed_above, crossed_below, pips, ta

__all__ = ["Momentum", "Simple", "Trend"]


class Trend(Strategy):
    """Two exponential averages on five minutes, filtered on the hour."""

    fast, slow = 10, 20
    timeframe = "5m"

    def init(self):
        self.quick = ta.ema("5m", self.fast)
        self.calm = ta.ema("5m", self.slow)
        self.rsi = ta.rsi("1h", 14)
        self.entries = 0

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm) and self.rsi[-1] < 70 and not self.position:
            self.entries += 1
            self.buy(10_000, stop_loss=pips(10), take_profit=pips(15))
        elif crossed_below(self.quick, self.calm):
            self.close()


class Simple(Strategy):
    """Two simple averages on one minute: a bar to close every 200 ticks, a trade every 30 bars."""

    timeframe = "1m"

    def init(self):
        self.quick = ta.sma("1m", 10)
        self.calm = ta.sma("1m", 20)

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm) and not self.position:
            self.buy(10_000, stop_loss=pips(10), take_profit=pips(15))
        elif crossed_below(self.quick, self.calm):
            self.close()


class Momentum(Strategy):
    """Looks at every tick: an average of its own, and trades when the price leaves it."""

    weight = 0.0005
    reach = 0.0006

    def init(self):
        self.mean = 0.0

    def on_tick(self, tick):
        middle = (tick.bid + tick.ask) / 2
        if self.mean == 0.0:
            self.mean = middle
        self.mean += self.weight * (middle - self.mean)
        if middle - self.mean > self.reach and not self.position:
            self.buy(10_000, stop_loss=pips(10), take_profit=pips(15))
        elif middle - self.mean < -self.reach and self.position:
            self.close()
