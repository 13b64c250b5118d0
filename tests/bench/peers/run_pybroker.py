"""PyBroker: an execution function over its own indicators."""

import clock
import pandas as pd
import pybroker
from pybroker import Strategy, StrategyConfig


def start(columns):
    frame = pd.DataFrame({name: columns[name] / 1e5 for name in ("open", "high", "low", "close")})
    frame["date"] = pd.to_datetime(columns["ts"], unit="us")
    frame["symbol"] = "EURUSD"
    frame["volume"] = 1_000_000

    def averages(data, length):
        return pd.Series(data.close).rolling(length).mean().to_numpy()

    def execute(context):
        if context.bars < 2:
            return
        quick, calm = context.indicator("quick"), context.indicator("calm")
        if quick[-2] <= calm[-2] and quick[-1] > calm[-1]:
            if not context.long_pos():
                context.buy_shares = 10_000
        elif quick[-2] >= calm[-2] and quick[-1] < calm[-1] and context.long_pos():
            context.sell_all_shares()

    def work():
        pybroker.disable_logging()
        pybroker.disable_progress_bar()
        strategy = Strategy(
            frame, frame["date"].iloc[0], frame["date"].iloc[-1], StrategyConfig(initial_cash=1_000_000)
        )
        indicators = [pybroker.indicator(name, averages, length=n) for name, n in (("quick", 10), ("calm", 20))]
        strategy.add_execution(execute, ["EURUSD"], indicators=indicators)
        return len(strategy.backtest(calc_bootstrap=False).trades)

    return work


if __name__ == "__main__":
    clock.main({"start": start})
