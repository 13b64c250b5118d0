"""vectorbt: averages, crosses, `from_signals`, as its documentation does it."""

import clock
import pandas as pd
import vectorbt as vbt


def bars(columns):
    close = pd.Series(columns["close"] / 1e5, index=pd.to_datetime(columns["ts"], unit="us"))

    def work():
        quick, calm = vbt.MA.run(close, 10), vbt.MA.run(close, 20)
        entries, exits = quick.ma_crossed_above(calm), quick.ma_crossed_below(calm)
        portfolio = vbt.Portfolio.from_signals(close, entries, exits, size=10_000, init_cash=1_000_000)
        return len(portfolio.trades.closed.records)

    return work


if __name__ == "__main__":
    clock.main({"bars": bars, "start": bars})
