"""What it costs to read an indicator's value with the forming bar at every tick, on six timeframes."""

from market import market
from measure import at_most, note, side_by_side

import backtestr_lab as lab
from backtestr_lab import Strategy, ta

TIMEFRAMES = ("1m", "5m", "15m", "1h", "4h", "1d")


class Base(Strategy):
    def init(self):
        self.x = 0.0

    def on_tick(self, tick):
        self.x += tick.bid


class Six(Base):
    """Six bars that form, without an indicator."""

    def on_tick(self, tick):
        self.x += tick.bid
        self.x += self.forming("1m").close + self.forming("5m").close + self.forming("15m").close
        self.x += self.forming("1h").close + self.forming("4h").close + self.forming("1d").close


def reading(make):
    """A strategy that reads six of `make(timeframe)`."""

    class Reads(Base):
        def init(self):
            self.x = 0.0
            self.a, self.b, self.c, self.d, self.e, self.f = map(make, TIMEFRAMES)

        def on_tick(self, tick):
            self.x += tick.bid
            self.x += self.a.forming + self.b.forming + self.c.forming
            self.x += self.d.forming + self.e.forming + self.f.forming

    return Reads


MAKERS = {
    "rsi(14)": lambda t: ta.rsi(t, 14),
    "ema(20)": lambda t: ta.ema(t, 20),
    "sma(200)": lambda t: ta.sma(t, 200),
    "atr(14)": lambda t: ta.atr(t, 14),
    "macd.macdsignal": lambda t: ta.macd(t).macdsignal,
    "stoch.slowd": lambda t: ta.stoch(t).slowd,
    "bbands(20).upperband": lambda t: ta.bbands(t, 20).upperband,
    "sma of rsi": lambda t: ta.sma(ta.rsi(t, 14), 9),
}


def measure(quick=False):
    ticks = market(1_000_000 if quick else 10_000_000)
    works = {"base": Base, "bars": Six} | {name: reading(make) for name, make in MAKERS.items()}
    for strategy in works.values():
        lab.backtest(strategy, ticks)  # compiles, and computes what closed bars leave
    times = side_by_side({name: lambda s=s: lab.backtest(s, ticks) for name, s in works.items()}, rounds=3)
    cost = {name: (t - times["base"]) / len(ticks) / len(TIMEFRAMES) * 1e9 for name, t in times.items()}
    detail = f"self.forming(tf).close costs {cost['bars']:.1f} ns"
    rows = [at_most("self.rsi.forming on six timeframes, each read", cost["rsi(14)"], 80, "ns", detail)]
    return rows + [note(name, f"{cost[name]:.1f} ns") for name in MAKERS if name != "rsi(14)"]
