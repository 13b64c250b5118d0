"""The harness's strategies in our own words; `theirs/` has them in each peer's."""

from backtestr_lab import Strategy, crossed_above, crossed_below, ta

__all__ = ["Bracket", "Breakout", "Cross", "Flip", "Limit"]


class Cross(Strategy):
    """In when the quick average crosses the calm one upwards, out when it crosses back."""

    timeframe = "1d"
    fast, slow, size, reach, stop, profit = 10, 20, 100, 0.0, 0.0, 0.0

    def init(self):
        self.quick = ta.sma(self.timeframe, self.fast)
        self.calm = ta.sma(self.timeframe, self.slow)

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm):
            if not self.position:
                self.buy(self.size)
        elif crossed_below(self.quick, self.calm):
            self.close()


class Flip(Cross):
    """Always in: long above, short below, one order turns the position round."""

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm):
            if self.position.quantity <= 0:
                self.buy(self.size - self.position.quantity)
        elif crossed_below(self.quick, self.calm) and self.position.quantity >= 0:
            self.sell(self.size + self.position.quantity)


class Bracket(Cross):
    """A market entry with a stop-loss and a take-profit, at prices measured from the close that decided."""

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm) and not self.position:
            self.buy(self.size, stop_loss=bar.close - self.stop, take_profit=bar.close + self.profit)


class Limit(Cross):
    """A limit below the market with both exits; withdrawn when the averages cross back."""

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm):
            if not self.position and len(self.orders) == 0:
                limit = bar.close - self.reach
                self.buy(self.size, limit=limit, stop_loss=limit - self.stop, take_profit=limit + self.profit)
        elif crossed_below(self.quick, self.calm):
            self.cancel_all()


class Breakout(Cross):
    """A stop above the market with both exits; withdrawn when the averages cross back."""

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm):
            if not self.position and len(self.orders) == 0:
                stop = bar.close + self.reach
                self.buy(self.size, stop=stop, stop_loss=stop - self.stop, take_profit=stop + self.profit)
        elif crossed_below(self.quick, self.calm):
            self.cancel_all()
