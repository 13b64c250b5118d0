"""`backtest` as a user calls it: what comes back, and what is said when something is wrong."""

import numpy as np
import pandas as pd
import pytest

import backtestr_lab as lab
from backtestr_lab import Strategy, crossed_above, crossed_below, pips, ta
from backtestr_lab.units import from_micros


class Trend(Strategy):
    fast, slow = 10, 20
    timeframe = "5m"

    def init(self):
        self.quick = ta.ema("5m", self.fast)
        self.calm = ta.ema("5m", self.slow)
        self.bars_seen = 0

    def on_bar(self, bar):
        self.bars_seen += 1
        if crossed_above(self.quick, self.calm):
            self.buy(10_000, stop_loss=pips(10), take_profit=pips(15), tag="cross")
        elif crossed_below(self.quick, self.calm):
            self.close()


@pytest.fixture(scope="module")
def ticks():
    return lab.sample("EURUSD", days=4)


@pytest.fixture(scope="module")
def run(ticks):
    return lab.backtest(Trend, ticks, cash=10_000, commission="3.5/lot")


def test_P03_balance_is_cash_plus_every_booking(run):
    booked = run.journal["amount"].sum()

    assert run.equity.balance.iloc[-1] == pytest.approx(10_000 + booked / 1e6, abs=1e-9)
    assert run.stats.trades == len(run.trades) > 10


def test_T04_the_tables_tell_the_journals_story(run):
    filled = run.events[run.events.kind == "FILLED"]

    assert len(run.fills) == len(filled)
    assert run.trades.net.sum() == pytest.approx(run.equity.balance.iloc[-1] - 10_000 + _open_commission(run), abs=1e-6)
    assert set(run.orders.state) <= {"FILLED", "CANCELLED", "PENDING"}
    assert set(run.orders[run.orders.role == "ENTRY"].tag) == {"cross"}
    assert run.trades.exit_time.is_monotonic_increasing
    assert str(run.trades.entry_time.dt.tz) == "UTC"


def _open_commission(run):
    paid = run.fills.commission.sum()
    return paid - run.trades.commission.sum()


def test_P07_excursions_lie_around_the_trade(run):
    gain = (run.trades.exit_price - run.trades.entry_price) * 1e4

    assert (run.trades.mfe >= gain - 1e-6).all()
    assert (run.trades.mae >= -gain - 1e-6).all()
    assert (run.trades.mae <= 10.5).any() and (run.trades.mfe >= 0).all()


def test_C04_the_same_run_twice_writes_the_same_journal(ticks, run):
    again = lab.backtest(Trend, ticks, cash=10_000, commission="3.5/lot")

    assert again.journal.tobytes() == run.journal.tobytes()


def test_C06_skipping_changes_nothing_but_the_ticks_that_are_visited(ticks, run):
    slow = lab.backtest(Trend, ticks, cash=10_000, commission="3.5/lot", skip=False)

    assert slow.journal.tobytes() == run.journal.tobytes()
    assert slow.visited == len(ticks) > 100 * run.visited


def test_S02_compiled_and_python_write_the_same_journal(ticks, run):
    slow = lab.backtest(Trend, ticks, cash=10_000, commission="3.5/lot", python=True)

    assert slow.journal.tobytes() == run.journal.tobytes()
    when = from_micros(run.start + 2 * 86_400_000_000)
    assert slow.at(when).variables["bars_seen"] == run.at(when).variables["bars_seen"] > 500


def test_S08_warm_up_bars_feed_indicators_and_no_fills(ticks):
    start = "2024-01-03"

    run = lab.backtest(Trend, ticks, start=start)
    cold = lab.backtest(Trend, ticks, start=start, warmup=0)

    first = run.at("2024-01-03 00:05").indicators["calm"]
    assert np.isfinite(first) and np.isnan(cold.at("2024-01-03 00:05").indicators["calm"])
    assert run.fills.time.min() >= pd.Timestamp(start, tz="UTC")
    assert any("feed bars and indicators" in sentence for sentence in run.assumptions)


def test_several_parameter_sets_run_over_the_same_bars(ticks):
    runs = lab.backtest(Trend, ticks, params=[{"fast": 5}, {"fast": 10}, {}])

    assert [r.params["fast"] for r in runs] == [5, 10, 10]
    assert runs[0]._market is runs[1]._market
    assert runs[1].journal.tobytes() == runs[2].journal.tobytes() != runs[0].journal.tobytes()


def test_D06_the_manifest_says_what_it_ran_on(ticks, run):
    manifest = run.manifest

    assert manifest["symbols"] == ["EURUSD"]
    assert manifest["ticks_sha256"] == ticks.hash()
    assert manifest["params"] == {"fast": 10, "slow": 20}
    assert "crossed_above(self.quick, self.calm)" in manifest["source"]
    assert manifest["versions"]["numba"]


def test_D01_a_frame_runs_like_the_ticks_it_holds(ticks, run):
    frame = pd.DataFrame({"bid": ticks.bid / 1e5, "ask": ticks.ask / 1e5}, index=pd.to_datetime(ticks.ts, unit="us"))

    from_frame = lab.backtest(Trend, frame, symbol="EURUSD", cash=10_000, commission="3.5/lot")

    assert from_frame.journal.tobytes() == run.journal.tobytes()


def test_R05_a_feed_of_single_prices_takes_the_runs_spread(ticks):
    prices = lab.Ticks(ticks.ts, ticks.bid, ticks.bid, symbol=ticks.symbol)

    free = lab.backtest(Trend, prices)
    paid = lab.backtest(Trend, prices, spread="1pips")

    assert paid.stats.net_profit < free.stats.net_profit
    assert any("free of spread" in w for w in free.warnings)
    with pytest.raises(lab.OptionError, match="spread is for feeds of single prices"):
        lab.backtest(Trend, ticks, spread=5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cash": -5}, r"cash is -5; give a positive amount"),
        ({"cash": float("nan")}, "cash is nan"),
        ({"commission": "3.5/lots"}, r"commission '3.5/lots' is not known; write '3.5/lot'"),
        ({"slippage": "0.05pips"}, "0.5 points of EURUSD; give whole points"),
        ({"slippage": "-1"}, "slippage '-1' is not a distance"),
        ({"crossed": "skip"}, "it must be one of keep, drop, swap"),
        ({"currency": "CHF"}, "nothing converts USD to CHF: there are no ticks of USDCHF or CHFUSD; add USDCHF to"),
        ({"leverage": 0}, "leverage is 0; give a positive number"),
        ({"size": 0.5}, "size 0.5 is not a positive multiple of 1"),
        ({"warmup": "some"}, "warmup is 'some'; give 'auto' or a number"),
        (
            {"latency": "fast"},
            r"latency 'fast' is not a time; write '50ms', '1.5s', or a range to draw from: '20..80ms'",
        ),
        ({"latency": 50}, "latency 50 has no unit; write '50ms' or '1.5s'"),
        ({"latency": "80..20ms"}, "latency '80..20ms' goes down; write the shorter time first"),
        ({"latency": "0.5us"}, "is no whole number of microseconds"),
        ({"latency": ("1ms", "2ms", "3ms")}, "is not a time"),
        ({"latency": "90000s"}, "is longer than a day; the most is '86400s'"),
        ({"liquidity": "thin"}, "liquidity is 'thin'; it must be one of unlimited, quoted"),
        ({"liquidity": "quoted", "participation": 0}, "participation is 0; give a share above 0 up to 1"),
        ({"liquidity": "quoted", "participation": "half"}, "participation is 'half'; give a share"),
        ({"participation": 0.5}, "participation 0.5 is a share of the size quoted; give liquidity='quoted' too"),
        ({"seed": -1}, r"seed is -1; give a whole number from 0 to 2\^63 - 1"),
        ({"start": "2024-01-03", "end": "2024-01-02"}, "is empty; end must be later than start"),
        ({"start": "soon"}, "start 'soon' is not a time"),
        ({"timeframes": ["1M"]}, "could be a minute or a month"),
    ],
)
def test_a_wrong_option_says_what_and_what_to_do(ticks, options, message):
    with pytest.raises(lab.OptionError, match=message):
        lab.backtest(Trend, ticks, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": "2030-01-01"}, r"no ticks of EURUSD from 2030-01-01 on; there are ticks from 2024-01-01"),
        ({"end": "2020-01-01", "start": "2019-01-01"}, r"no ticks of EURUSD before 2020-01-01; there are ticks"),
    ],
)
def test_a_range_without_ticks_says_what_there_is(ticks, options, message):
    with pytest.raises(lab.DataError, match=message):
        lab.backtest(Trend, ticks, **options)


def test_F09_a_latency_is_told_in_words_and_kept(ticks, run):
    late = lab.backtest(Trend, ticks, cash=10_000, commission="3.5/lot", latency="20..80s", seed=3)
    again = lab.backtest(Trend, ticks, cash=10_000, commission="3.5/lot", latency=("20s", "80s"), seed=3)
    other = lab.backtest(Trend, ticks, cash=10_000, commission="3.5/lot", latency="20..80s", seed=4)
    waits = late.orders[late.orders.role == "ENTRY"].done - late.orders[late.orders.role == "ENTRY"].time

    assert late.journal.tobytes() == again.journal.tobytes() != other.journal.tobytes()
    assert waits.min() >= pd.Timedelta("20s")
    assert any("arrive 20 s to 80 s after they were asked for" in s for s in late.assumptions)
    assert any("arrive at once" in s for s in run.assumptions)
    assert (late.manifest["options"]["latency"], late.manifest["seed"]) == ("20..80s", 3)


def test_F08_orders_fill_in_parts_of_what_is_quoted(ticks):
    sizes = 500 * (1 + np.arange(len(ticks)) % 9)
    thin = lab.Ticks(ticks.ts, ticks.bid, ticks.ask, bid_size=sizes, ask_size=sizes, symbol=ticks.symbol)
    run = lab.backtest(Trend, thin, liquidity="quoted", participation=0.25)
    asked = run.events[run.events.kind == "PARTIAL_FILL"]

    assert len(asked) > 50 and asked.quantity.abs().max() <= 0.25 * 4_500
    assert run.orders[(run.orders.state == "FILLED") & (run.orders.role == "ENTRY")].eval("filled == quantity").all()
    assert any("at most 25 % of the size each tick quotes" in s for s in run.assumptions)
    with pytest.raises(lab.OptionError, match="liquidity='quoted' needs sizes, and the ticks of EURUSD have neither"):
        lab.backtest(Trend, lab.Ticks(ticks.ts, ticks.bid, ticks.ask, symbol=ticks.symbol), liquidity="quoted")


def test_O03_orders_that_cannot_be_are_rejected_with_a_reason_and_the_run_goes_on(ticks):
    class Bad(Strategy):
        def on_bar(self, bar):
            if self.balance > 0 and not self.orders:
                self.buy(0)
                self.buy(0.5)
                self.buy(1_000, limit=np.nan)
                self.buy(1_000, stop=bar.low / 2)
                self.buy(1e9)

    run = lab.backtest(Bad, ticks, end="2024-01-01 00:02")

    assert run.orders.reason.tolist()[:5] == ["QUANTITY", "QUANTITY", "PRICE", "SIDE", "MARGIN"]
    assert any("orders were rejected, most for QUANTITY" in w for w in run.warnings)


def test_T01_an_instant_outside_the_run_says_what_the_run_covers(run):
    with pytest.raises(lab.OptionError, match=r"2025-01-01 is outside the run, which covers 2024-01-01 to 2024-01-05"):
        run.at("2025-01-01")


def test_C05_the_end_closes_what_is_open_only_when_asked(ticks):
    class Hold(Strategy):
        def on_bar(self, bar):
            if not self.position:
                self.buy(10_000)

    stays = lab.backtest(Hold, ticks, end="2024-01-02")
    closed = lab.backtest(Hold, ticks, end="2024-01-02", close_at_end=True)

    assert len(stays.trades) == 0 and stays.positions.quantity.iloc[-1] == 10_000
    assert closed.trades.exit.tolist() == ["END"] and closed.positions.side.iloc[-1] == "FLAT"


def test_S06_a_run_ended_by_an_error_keeps_what_was_computed(ticks, run):
    class Breaks(Trend):
        def on_bar(self, bar):
            self.bars_seen += 1
            if crossed_above(self.quick, self.calm):
                self.buy(10_000, stop_loss=pips(10), take_profit=pips(15), tag="cross")
            elif crossed_below(self.quick, self.calm):
                self.close()
            if self.bars_seen == 500:
                self.bars_seen = self.bars_seen // (self.bars_seen - 500)

    with pytest.raises(
        lab.StrategyError, match=r"ZeroDivisionError in on_bar at .*the strategy held .*bars_seen=500"
    ) as e:
        lab.backtest(Breaks, ticks, cash=10_000, commission="3.5/lot")

    partial = e.value.run
    assert partial.journal.tobytes() == run.journal[: len(partial.journal)].tobytes()
    assert "ended by an error" in partial.stopped and len(partial.trades) > 0


@pytest.mark.parametrize("python", [False, True])
def test_S09_a_tie_is_no_cross_and_a_cross_belongs_to_the_bar_that_closed(ticks, python):
    minutes = pd.date_range("2024-01-01 00:01", periods=6, freq="1min")
    moves = pd.Series([1.0, 2.0, 2.0, 3.0, 2.0, 1.0], minutes)  # at 2 from 00:02 to 00:03, above at 00:04

    class Cross(Strategy):
        def init(self):
            self.moves = ta.series(moves, "1m")
            self.up = np.zeros(8, dtype=bool)
            self.down = np.zeros(8, dtype=bool)
            self.n = 0
            self.between_bars = 0

        def on_bar(self, bar):
            if self.n < 8:
                self.up[self.n] = crossed_above(self.moves, 2.0)
                self.down[self.n] = crossed_below(self.moves, 2.0)
                self.n += 1

        def on_tick(self, tick):
            if crossed_above(self.moves, 2.0) or crossed_below(self.moves, 2.0):
                self.between_bars += 1

    seen = lab.backtest(Cross, ticks, end="2024-01-01 00:09", python=python).at("2024-01-01 00:09").variables

    assert np.flatnonzero(seen["up"]).tolist() == [3]
    assert np.flatnonzero(seen["down"]).tolist() == [5]
    assert seen["between_bars"] == 0
