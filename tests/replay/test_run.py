"""A real run, as everything here is made for."""

import numpy as np
import pytest

import backtestr_lab as lab
from backtestr_lab import Strategy, crossed_above, crossed_below, pips, ta
from backtestr_lab.replay import picture, summary, widget
from backtestr_lab.replay.source import Source


class Trend(Strategy):
    timeframe = "5m"

    def init(self):
        self.quick = ta.ema("5m", 10)
        self.calm = ta.ema("5m", 20)

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm):
            self.buy(50_000, stop_loss=pips(10), take_profit=pips(15))
        elif crossed_below(self.quick, self.calm):
            self.close()


class TooMuch(Strategy):
    timeframe = "1h"

    def on_bar(self, bar):
        self.buy(100_000_000)


@pytest.fixture(scope="module")
def ticks():
    return lab.sample("EURUSD", days=5, seed=7)


@pytest.fixture(scope="module")
def real(ticks):
    return lab.backtest(Trend, ticks, cash=10_000, commission="3.5/lot")


def test_the_costs_of_a_run_add_up(real):
    profit, commission = real.trades["profit"].sum(), real.stats.commission
    html = summary.html(real)

    assert f"{profit:+,.2f}".replace("-", "−") in html
    assert f"{-commission:+,.2f}".replace("-", "−") in html
    assert f"{real.stats.net_profit:+,.2f}".replace("-", "−") in html
    assert commission > 0


def test_every_trade_of_a_run_is_drawn(real):
    view = Source(real).view()

    assert len(view.sources["won"]["net"]) + len(view.sources["lost"]["net"]) == len(real.trades) > 10
    assert np.isclose(view.sources["curve"]["equity"][-1], real.equity["equity"].iloc[-1])


def test_a_run_has_a_picture_and_live_charts(real):
    assert 10_000 < len(picture.png(real)) <= 60_000
    assert len(widget.result(real).figure) > 10_000


def test_a_run_of_rejected_orders_says_so(ticks):
    run = lab.backtest(TooMuch, ticks, cash=10_000)

    assert "were rejected; the most frequent reason is MARGIN" in summary.text(run)
    assert len(picture.png(run)) <= 60_000
