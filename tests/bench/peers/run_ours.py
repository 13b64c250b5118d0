"""Ours, as a user calls it: from the class to the trades."""

import clock
import numpy as np

import backtestr_lab as lab
from backtestr_lab import Strategy, Ticks, crossed_above, crossed_below, symbol, ta

MINUTE = 60_000_000


class Pulse(Strategy):
    weight, reach = 0.0005, 0.0006

    def init(self):
        self.mean = 0.0

    def on_tick(self, tick):
        middle = (tick.bid + tick.ask) / 2
        if self.mean == 0.0:
            self.mean = middle
        self.mean += self.weight * (middle - self.mean)
        if middle - self.mean > self.reach and not self.position:
            self.buy(10_000)
        elif middle - self.mean < -self.reach and self.position:
            self.close()


class Averages(Strategy):
    timeframe = "1m"

    def init(self):
        self.quick = ta.sma("1m", 10)
        self.calm = ta.sma("1m", 20)

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm):
            if not self.position:
                self.buy(10_000)
        elif crossed_below(self.quick, self.calm):
            self.close()


def ticks(columns):
    market = Ticks(**columns, symbol=symbol("EURUSD"))
    # Bars are not what is measured, and nobody else makes any.
    lab.bars_from_ticks(market, "1m")
    return lambda: len(lab.backtest(Pulse, market).trades)


def of_bars(columns):
    """Four ticks a bar: open, low, high, close (F10)."""
    ts = columns["ts"]
    stamps = np.stack([ts, ts + MINUTE // 3, ts + 2 * MINUTE // 3, ts + MINUTE - 1], axis=1).ravel()
    prices = np.stack([columns[name] for name in ("open", "low", "high", "close")], axis=1).ravel()
    return Ticks(stamps, prices, prices, symbol=symbol("EURUSD"))


_kept = {}


def bars(columns):
    """The same bars again: what is known of them is kept with them."""
    market = _kept.setdefault("market", of_bars(columns))
    return lambda: len(lab.backtest(Averages, market).trades)


def new_bars(columns):
    market = of_bars(columns)
    return lambda: len(lab.backtest(Averages, market).trades)


def start(columns):
    return lambda: len(lab.backtest(Averages, of_bars(columns)).trades)


if __name__ == "__main__":
    clock.main({"ticks": ticks, "bars": bars, "new_bars": new_bars, "start": start})
