"""Strategies whose variables move at every kind of instant there is."""

import numpy as np

from backtestr_lab import Strategy, crossed_above, crossed_below, pct, pips, points, ta


class Bars(Strategy):
    """Listens to bars, to times and to its own fills and orders."""

    timeframes = ("5m", "6m")
    times = ("03:07", "16:55 America/New_York")

    def init(self):
        self.quick = ta.ema("5m", 5)
        self.calm = ta.ema("5m", 9)
        self.macd = ta.macd("15m")
        self.rsi = ta.rsi("30m", 7)
        self.bars_seen = 0
        self.times_seen = 0
        self.fills = 0
        self.ended = False
        self.last = np.nan
        self.prices = np.zeros(3)

    def on_bar(self, bar):
        self.bars_seen += 1
        self.last = bar.close
        self.prices[self.bars_seen % 3] = bar.close
        if crossed_above(self.quick, self.calm) and not self.position:
            self.buy(10_000, stop_loss=pips(4), take_profit=pips(6), tag="up")
        elif crossed_below(self.quick, self.calm) and self.rsi[-1] > 0 and self.macd.macdhist[-1] != 7:
            self.close()
            self.sell(5_000, limit=bar.close + 0.0005)

    def on_time(self, now):
        self.times_seen += 1

    def on_fill(self, fill):
        self.fills += 1

    def on_order(self, event):
        self.ended = not self.ended


class EveryTick(Strategy):
    """Listens to every tick, and to bars."""

    timeframe = "1h"

    def init(self):
        self.mean = 0.0
        self.hours = 0

    def on_bar(self, bar):
        self.hours += 1

    def on_tick(self, tick):
        middle = (tick.bid + tick.ask) / 2
        self.mean = middle if self.mean == 0.0 else self.mean + 0.01 * (middle - self.mean)
        if middle > self.mean + 0.0004 and not self.position:
            self.buy(1_000, stop_loss=pips(5), take_profit=pips(5))


class Follows(Strategy):
    """Trailing stops, its own and attached ones, stop-limits, groups of two, orders that wait and that expire."""

    timeframe = "5m"

    def init(self):
        self.turn = 0

    def on_bar(self, bar):
        self.turn += 1
        if self.turn % 3 == 0:
            self.buy(40_000, trailing_stop=pips(4), trail=pips(6), tif="DAY")
        elif self.turn % 7 == 0:
            first = self.sell(90_000, limit=bar.close + 0.0004, trail=pct(0.05), take_profit=pips(9))
            self.sell(30_000, limit=bar.close - 0.0008, stop=bar.close - 0.0005, oco=first)
        elif self.turn % 11 == 0:
            parent = self.buy(25_000, tif="IOC")
            self.sell(25_000, trailing_stop=points(45), oto=parent, reduce_only=True)
        elif self.turn % 5 == 0 and self.orders:
            self.modify(self.orders[0].id, qty=60_000)


class InPython(Strategy):
    """Keeps what only CPython can."""

    timeframe = "15m"

    def init(self):
        self.seen = []
        self.count = 0

    def on_bar(self, bar):
        self.count += 1
        self.seen = [*self.seen, round(bar.close, 5)][-3:]
        if self.count == 40:
            self.late = {"hour": self.count}
        if not self.position and self.count % 7 == 0:
            self.buy(1_000, stop_loss=pips(3), take_profit=pips(3))


class Holds(Strategy):
    """Buys at its first bar and keeps it."""

    timeframe = "10s"

    def on_bar(self, bar):
        if not self.position:
            self.buy(1_000)


class InAndOut(Strategy):
    """Buys and closes by turns, each hour."""

    timeframe = "1h"

    def on_bar(self, bar):
        if self.position:
            self.close()
        else:
            self.buy(10_000)


class Quiet(Strategy):
    """Never orders, keeps nothing."""

    def on_bar(self, bar):
        pass


class Fails(Strategy):
    """Divides by zero at its 200th bar."""

    timeframe = "5m"

    def init(self):
        self.left = 200
        self.share = 0.0

    def on_bar(self, bar):
        self.left -= 1
        if not self.position:
            self.buy(1_000, stop_loss=pips(3), take_profit=pips(3))
        self.share = 1 / self.left


class Oscillates(Strategy):
    """Reads what lies on the price and what does not."""

    timeframe = "5m"

    def init(self):
        self.rsi = ta.rsi("5m", 14)
        self.mean = ta.sma("5m", 9)
        self.hammer = ta.cdlhammer("5m")
        self.seen = 0

    def on_bar(self, bar):
        if self.rsi[-1] > 0 and self.mean[-1] > 0 and self.hammer[-1] < 1000:
            self.seen += 1
