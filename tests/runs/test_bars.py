"""Runs on bars: two lines of user code, each guess of what is inside a bar, and a run that shows what it took (F10)."""

import numpy as np
import pandas as pd
import pytest

import backtestr_lab as lab
from backtestr_lab import Strategy, pct, points, ta
from backtestr_lab.units import to_micros


class Dip(Strategy):
    """Buys after a falling bar, with both exits near: many of its trades are decided inside one bar."""

    def init(self):
        self.n = 0

    def on_bar(self, bar):
        self.n += 1
        if not self.position and bar.close < bar.open:
            self.buy(100, stop_loss=pct(1), take_profit=pct(1))
        elif self.n % 7 == 0:
            self.sell(50, trail=pct(2))


class Busy(Strategy):
    """Limits, stops, trailing exits and an instant inside the bars."""

    times = ("13:00",)

    def on_bar(self, bar):
        self.buy(10, limit=bar.low, stop_loss=points(80), take_profit=points(150))
        self.sell(10, stop=bar.low - 0.5, trail=points(90))
        if len(self.orders) > 12:
            self.cancel_all()

    def on_time(self, now):
        if self.position.quantity > 20:
            self.sell(5)


def walk(n, freq="B", seed=1, start="2020-01-01"):
    random = np.random.default_rng(seed)
    times = pd.bdate_range(start, periods=n) if freq == "B" else pd.date_range(start, periods=n, freq=freq)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.01, n)))
    opened = np.r_[100, close[:-1]] * np.exp(random.normal(0, 0.002, n))
    high = np.maximum(opened, close) * (1 + abs(random.normal(0, 0.005, n)))
    low = np.minimum(opened, close) * (1 - abs(random.normal(0, 0.005, n)))
    columns = {"open": opened, "high": high, "low": low, "close": close, "volume": random.integers(100, 9_999, n)}
    return pd.DataFrame(columns, index=times).round(2)


@pytest.fixture(scope="module")
def daily():
    return walk(300)


@pytest.fixture(scope="module")
def run(daily):
    return lab.backtest(Dip, daily)


def test_F10_daily_stocks_are_two_lines(daily, run):
    assert [str(t) for t in run.timeframes] == ["1d", "1w"]
    assert run.at("2021-01-01").variables["n"] == 262
    assert len(run.trades) > 50
    assert run.bars("1d")["close"][:300].tolist() == (daily["close"] * 100).round().astype(int).tolist()


def test_F10_hourly_crypto_is_two_lines():
    class Cross(Strategy):
        timeframe = "4h"

        def init(self):
            self.mean = ta.sma("4h", 5)

        def on_bar(self, bar):
            if not self.position and bar.close > self.mean[-1]:
                self.buy(0.5, stop_loss=pct(1), take_profit=pct(2))

    run = lab.backtest(Cross, walk(600, "1h", seed=2), symbol="BTCUSDT", spread=5)

    assert [str(t) for t in run.timeframes] == ["1h", "4h", "1d"]
    assert len(run.trades) > 10 and (run.ticks.ask - run.ticks.bid == 5).all()
    assert any("The data are bars of 1h" in s and "intrabar='worst'" in s for s in run.assumptions)


@pytest.mark.parametrize("intrabar", ["worst", "best", "ohlc", "olhc"])
@pytest.mark.parametrize("strategy", [Dip, Busy])
def test_C06_skipping_bars_changes_neither_journal_nor_ticks(daily, strategy, intrabar):
    quick = lab.backtest(strategy, daily, intrabar=intrabar)
    slow = lab.backtest(strategy, daily, intrabar=intrabar, skip=False)

    assert quick.journal.tobytes() == slow.journal.tobytes() and len(quick.journal) > 100
    assert quick.visited < slow.visited
    assert (quick.ticks.bid == slow.ticks.bid).all() and (quick.ticks.ask == slow.ticks.ask).all()


def test_F10_the_ticks_of_a_run_stand_in_the_order_it_took(run):
    ticks = run.ticks.bid.reshape(-1, 4)
    net = np.array([run.at(int(ts)).quantity for ts in run.ticks.ts[::4]])
    inside = ticks[:, 1] != ticks[:, 2]
    low_first = ticks[:, 1] < ticks[:, 2]

    assert low_first[inside & (net > 0)].all() and not low_first[inside & (net < 0)].any()
    assert (inside & (net > 0)).sum() > 20 and (inside & (net < 0)).sum() > 5
    flat = inside & (net == 0)
    assert (
        low_first[flat]
        == (ticks[flat, 0] - np.minimum(*ticks[flat, 1:3].T) <= np.maximum(*ticks[flat, 1:3].T) - ticks[flat, 0])
    ).all()


@pytest.mark.parametrize("strategy", [Dip, Busy])
def test_T02_time_travel_inside_a_bar_equals_a_fresh_run_up_to_there(daily, strategy):
    run = lab.backtest(strategy, daily)
    for day, hour in (("2020-03-03", "09"), ("2020-06-17", 13), ("2020-09-22", 17), ("2021-01-12", 23)):
        when = to_micros(f"{day} {hour}:30")
        fresh = lab.backtest(strategy, daily, end=when + 1).at(when)
        there = run.at(when)

        assert repr(there.to_dict()) == repr(fresh.to_dict())  # NaN equals NaN
        assert there.tick == fresh.tick


def test_S02_python_and_compiled_callbacks_take_bars_alike(daily, run):
    slow = lab.backtest(Dip, daily, python=True)

    assert slow.journal.tobytes() == run.journal.tobytes()


def test_D06_the_manifest_hashes_the_bars_as_they_came(daily, run):
    best = lab.backtest(Dip, daily, intrabar="best")

    assert best.manifest["ticks_sha256"] == run.manifest["ticks_sha256"]
    assert (best.ticks.bid != run.ticks.bid).any()
    assert best.manifest["options"]["intrabar"] == "best"


def test_S08_a_start_leaves_the_bars_before_it_to_the_indicators(daily):
    class Mean(Strategy):
        def init(self):
            self.mean = ta.sma("1d", 20)

        def on_bar(self, bar):
            if not self.position and self.mean[-1] > 0:
                self.buy(1)

    run = lab.backtest(Mean, daily, start="2020-06-01")
    mean = daily["close"].rolling(20).mean()["2020-06-01"]

    assert run.fills.time.min() >= pd.Timestamp("2020-06-02", tz="UTC")
    assert run.at("2020-06-02").indicators["mean"] == pytest.approx(mean)


def test_several_symbols_run_on_bars_in_one_account(daily):
    run = lab.backtest(Dip, {"ACME": daily, "OTHER": walk(300, seed=3)}, intrabar="ohlc")

    assert [symbol.name for symbol in run.symbols] == ["ACME", "OTHER"]
    assert np.unique(run.journal["symbol"]).tolist() == [0, 1]


def test_F10_trades_that_a_bar_leaves_open_are_marked(daily, run):
    best = lab.backtest(Dip, daily, intrabar="best")
    marked = run.trades[run.trades.ambiguous]
    both = run.trades.merge(best.trades, on=["entry_time", "side"], suffixes=("", "_best"))
    flipped = both[
        (both.exit == "STOP_LOSS") & (both.exit_best == "TAKE_PROFIT") & (both.exit_time == both.exit_time_best)
    ]

    assert 0 < len(marked) < len(run.trades) / 2
    assert len(flipped) > 3 and flipped.ambiguous.all()
    assert any(f"{len(marked)} of {len(run.trades)} trades are ambiguous" in w for w in run.warnings)


@pytest.mark.parametrize(
    ("bars", "ambiguous"),
    [
        # entry at the open of bar 1 at 100; exits at 99 and 101
        ([(100, 100, 100, 100), (100, 100.5, 98.5, 99)], False),
        ([(100, 100, 100, 100), (100, 101.5, 98.5, 99)], True),
        ([(100, 100, 100, 100), (100, 100.5, 99.5, 100), (100, 101.5, 98.5, 100)], True),
        ([(100, 100, 100, 100), (100, 100.5, 99.5, 100), (101.5, 102, 98.5, 100)], False),  # the gap decides it
    ],
)
def test_F10_a_trade_is_ambiguous_when_a_bar_reaches_both_its_exits(bars, ambiguous):
    class Once(Strategy):
        def init(self):
            self.done = False

        def on_bar(self, bar):
            if not self.done:
                self.done = True
                self.buy(1, stop_loss=99.0, take_profit=101.0)

    times = pd.date_range("2024-01-01", periods=len(bars))
    table = pd.DataFrame(np.array(bars, float), columns=["open", "high", "low", "close"], index=times)

    assert lab.backtest(Once, table).trades.ambiguous.tolist() == [ambiguous]


def test_F10_an_entry_inside_a_bar_that_reaches_its_exit_is_ambiguous():
    class Limit(Strategy):
        def init(self):
            self.done = False

        def on_bar(self, bar):
            if not self.done:
                self.done = True
                self.buy(1, limit=99.5, take_profit=100.5)

    rows = [(100, 100, 100, 100), (100, 101, 99, 100.8)]
    times = pd.date_range("2024-01-01", periods=2)
    table = pd.DataFrame(rows, columns=["open", "high", "low", "close"], index=times, dtype=float)

    assert lab.backtest(Limit, table, intrabar="olhc").trades.ambiguous.tolist() == [True]


def test_S04_bars_are_checked_for_look_ahead_a_bar_at_a_time(daily, run):
    found = run.check_lookahead(samples=4, seed=1)

    assert found.ok, found.text


def test_a_run_on_ticks_has_no_ambiguous_trades_and_takes_no_guess():
    ticks = lab.sample("EURUSD", days=1)

    assert "ambiguous" not in lab.backtest(Dip, ticks).trades
    with pytest.raises(lab.OptionError, match="intrabar 'best' is for bars as input, and the data are ticks"):
        lab.backtest(Dip, ticks, intrabar="best")


class Fast(Strategy):
    timeframe = "1h"

    def on_bar(self, bar):
        self.close()


@pytest.mark.parametrize(
    ("strategy", "options", "message"),
    [
        (Fast, {}, "the data are bars of 1d, and Fast asks for 1h; take 1d or a multiple of it, or give shorter bars"),
        (Dip, {"timeframes": ["4h"]}, "the data are bars of 1d, and timeframes asks for 4h"),
        (Dip, {"intrabar": "median"}, "intrabar is 'median'; it must be one of worst, best, ohlc, olhc"),
        (Dip, {"currency": "EUR", "convert": {"USD": "EURUSD"}}, "there are no ticks of EURUSD"),
    ],
)
def test_what_bars_cannot_do_is_said(daily, strategy, options, message):
    with pytest.raises(lab.OptionError, match=message):
        lab.backtest(strategy, daily, **options)


def test_bars_and_ticks_do_not_mix(daily):
    with pytest.raises(lab.OptionError, match="ACME has bars and EURUSD has ticks; a run takes one or the other"):
        lab.backtest(Dip, {"EURUSD": lab.sample("EURUSD", days=1), "ACME": daily})


def test_asking_a_run_on_bars_for_shorter_ones_says_why(run):
    with pytest.raises(
        lab.OptionError, match="this run keeps bars of 1d and longer; it was made on those; give it shorter"
    ):
        run.at("2020-06-01").bars("1h")
