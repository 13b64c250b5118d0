"""backtesting.py: the example of its README."""

import clock
import pandas as pd
from backtesting import Backtest, Strategy
from backtesting.lib import crossover
from backtesting.test import SMA


class Averages(Strategy):
    def init(self):
        self.quick = self.I(SMA, self.data.Close, 10)
        self.calm = self.I(SMA, self.data.Close, 20)

    def next(self):
        if crossover(self.quick, self.calm):
            if not self.position:
                self.buy(size=10_000)
        elif crossover(self.calm, self.quick):
            self.position.close()


def bars(columns):
    frame = pd.DataFrame(
        {name.capitalize(): columns[name] / 1e5 for name in ("open", "high", "low", "close")},
        index=pd.to_datetime(columns["ts"], unit="us"),
    )

    def work():
        return len(Backtest(frame, Averages, cash=1_000_000, margin=0.1, finalize_trades=True).run()._trades)

    return work


if __name__ == "__main__":
    clock.main({"bars": bars, "start": bars})
