"""Bars against ticks: what a strategy earns on bars that it does not earn on ticks (F10)."""

import numpy as np
import pytest

import backtestr_lab as lab
from backtestr_lab import Strategy, pips

MINUTE = 60_000_000


class Near(Strategy):
    """Both exits within reach of one minute."""

    def on_bar(self, bar):
        if not self.position:
            self.buy(10_000, stop_loss=pips(2), take_profit=pips(2))


def tape():
    """Minutes that fall by three pips first and then rise by six, with a spread of a point."""
    steps = np.array([0, -15, -30, 0, 30, 15])
    ts = (np.arange(60)[:, None] * MINUTE + np.arange(6) * 9_000_000).reshape(-1)
    bid = 110_000 + np.tile(steps, 60)
    return lab.Ticks(1_704_067_200_000_000 + ts, bid, bid + 1, symbol=lab.symbol("EURUSD"))


@pytest.fixture(scope="module")
def run():
    return lab.backtest(Near, tape())


@pytest.fixture(scope="module")
def found(run):
    return run.intrabar()


def test_F10_a_guess_that_is_wrong_turns_every_trade_into_a_winner(run, found):
    table = found.table

    assert set(run.trades.exit) == {"STOP_LOSS"}
    assert table.index.tolist() == ["ticks", "worst", "best", "ohlc", "olhc"]
    assert table.loc["ohlc", "flipped"] == table.loc["ticks", "trades"] == 59
    assert table.loc["olhc", "flipped"] == table.loc["worst", "flipped"] == 0
    assert table.loc["ticks", ["invented", "flipped", "changed", "added", "missing", "ambiguous"]].tolist() == [0] * 6
    assert table.loc["ohlc", "invented"] == pytest.approx(table.loc["ohlc", "net_profit"] - run.stats.net_profit)
    assert table.loc["ohlc", "net_profit"] > 0 > run.stats.net_profit


def test_F10_the_trades_that_differ_are_listed_with_each_guess(found):
    trades = found.trades

    assert len(trades) == 59
    assert set(trades["ticks", "exit"]) == {"STOP_LOSS"} and set(trades["ohlc", "exit"]) == {"TAKE_PROFIT"}
    assert (trades["best", "net"] > 0).all() and (trades["worst", "net"] < 0).all()


def test_the_finding_is_a_sentence_and_a_table(found):
    assert "59 trades change sign" in found.line and "exists only because of the bars" in found.line
    assert found.line in found.text and "invented" in repr(found)
    assert "<table" in found._repr_html_() and found.line in found._repr_html_()


def test_F10_the_bars_are_those_of_the_run_with_the_median_spread(run, found):
    on_bars = found.runs["olhc"]

    assert (on_bars.ticks.ask - on_bars.ticks.bid == 1).all()
    assert on_bars.bars("1m")[["ts", "open", "high", "low", "close"]].tolist() == (
        run.bars("1m")[["ts", "open", "high", "low", "close"]].tolist()
    )
    assert len(on_bars.ticks) == 4 * len(run.bars("1m"))


def test_a_run_on_bars_is_compared_with_its_other_guesses():
    import pandas as pd

    rows = [(100, 102, 98, 101)] * 40
    times = pd.date_range("2024-01-01", periods=40)
    bars = pd.DataFrame(rows, columns=["open", "high", "low", "close"], index=times, dtype=float)

    class Both(Strategy):
        def on_bar(self, bar):
            if not self.position:
                self.buy(1, stop_loss=99.0, take_profit=101.5)

    found = lab.backtest(Both, bars, intrabar="best").intrabar()

    assert found.table.index.tolist() == ["best", "worst", "ohlc", "olhc"]
    assert found.table.loc["worst", "flipped"] == found.table.loc["best", "ambiguous"] > 10


def test_it_says_what_it_cannot_compare():
    class Seconds(Strategy):
        timeframe = "5s"

        def on_bar(self, bar):
            self.close()

    with pytest.raises(lab.OptionError, match=r"Seconds asks for bars of 5s, and intrabar\(\) has bars of 1m"):
        lab.backtest(Seconds, tape()).intrabar()
