"""The harness's strategies in backtesting.py; runs in that peer's environment: `python backtesting_py.py job.json`.

Written as its documentation does, with `I`, `crossover`, `sl=` and `tp=`. Prices are rounded to the symbol's digits,
which a user of floats would not do: without it every level misses by a few 1e-16.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy
from backtesting.lib import crossover
from backtesting.test import SMA

warnings.filterwarnings("ignore")


class Base(Strategy):
    fast, slow, size, reach, stop, profit, digits = 10, 20, 100, 0.0, 0.0, 0.0, 2

    def init(self):
        self.quick = self.I(SMA, self.data.Close, self.fast)
        self.calm = self.I(SMA, self.data.Close, self.slow)
        self.placed, self.ended = {}, {}

    def now(self):
        return len(self.data) - 1

    def price(self, value):
        return round(value, self.digits)

    def enter(self, base, **how):
        self.placed[self.now()] = self.buy(
            size=self.size,
            sl=self.price(base - self.stop) if self.stop else None,
            tp=self.price(base + self.profit) if self.profit else None,
            tag=self.now(),
            **how,
        )

    def withdraw(self):
        for order in list(self.orders):
            if not order.is_contingent:
                self.ended[order.tag] = self.now()
                order.cancel()


class Cross(Base):
    def next(self):
        if crossover(self.quick, self.calm):
            if not self.position:
                self.enter(self.data.Close[-1])
        elif crossover(self.calm, self.quick):
            self.position.close()


class Flip(Base):
    def next(self):
        if crossover(self.quick, self.calm):
            if self.position.size <= 0:
                self.buy(size=self.size - self.position.size, tag=self.now())
        elif crossover(self.calm, self.quick) and self.position.size >= 0:
            self.sell(size=self.size + self.position.size, tag=self.now())


class Bracket(Base):
    def next(self):
        if crossover(self.quick, self.calm) and not self.position:
            self.enter(self.data.Close[-1])


class Limit(Base):
    def next(self):
        if crossover(self.quick, self.calm):
            if not self.position and not self.orders:
                limit = self.price(self.data.Close[-1] - self.reach)
                self.enter(limit, limit=limit)
        elif crossover(self.calm, self.quick):
            self.withdraw()


class Breakout(Base):
    def next(self):
        if crossover(self.quick, self.calm):
            if not self.position and not self.orders:
                stop = self.price(self.data.Close[-1] + self.reach)
                self.enter(stop, stop=stop)
        elif crossover(self.calm, self.quick):
            self.withdraw()


def main(job):
    job = json.loads(Path(job).read_text())
    data, scale = np.load(job["data"]), 10 ** job["digits"]
    columns = {name.capitalize(): data[name] / scale for name in ("open", "high", "low", "close")}
    frame = pd.DataFrame(columns, index=pd.to_datetime(data["ts"], unit="us"))
    strategy = globals()[job["strategy"]]
    for name, value in job["params"].items():
        setattr(strategy, name, value)
    strategy.digits = job["digits"]
    test = Backtest(
        frame, strategy, cash=job["cash"], commission=job["commission"], margin=job["margin"], finalize_trades=True
    )
    stats = test.run()
    ts = data["ts"].tolist()
    trades = [
        {
            "decided": ts[int(t.Tag)],
            "entered": ts[t.EntryBar],
            "entry": t.EntryPrice,
            "left": ts[t.ExitBar],
            "exit": t.ExitPrice,
            "quantity": t.Size,
            "commission": t.Commission,
        }
        for t in stats._trades.itertuples()
    ]
    filled = {t["decided"] for t in trades}
    made = stats._strategy
    unfilled = [[ts[k], ts[made.ended.get(k, len(ts) - 1)]] for k in made.placed if ts[k] not in filled]
    answer = {"trades": trades, "unfilled": unfilled, "commissions": [t["commission"] for t in trades]}
    Path(job["answer"]).write_text(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1])
