"""What is drawn for a range of time."""

import gc

import numpy as np
import pytest

from backtestr_lab.errors import DataError
from backtestr_lab.replay.source import MOST_CANDLES, MOST_TRADES, Source, thin
from backtestr_lab.units import DAY, HOUR, MINUTE


def test_a_range_gets_the_finest_readable_candles(run):
    source = Source(run)
    start = run.start + DAY

    assert str(source.view().timeframe) == "1h"
    assert str(source.view(start, start + DAY).timeframe) == "5m"
    assert str(source.view(start, start + HOUR).timeframe) == "1m"


@pytest.mark.parametrize("days", [1, 9, 60, 300])
def test_no_range_has_more_candles_than_can_be_read(make_run, days):
    run = make_run(days=days)
    view = Source(run).view()

    assert 20 < len(view.sources["candles"]["x"]) <= MOST_CANDLES


def test_candles_are_the_runs_bars_in_prices(run):
    view = Source(run, cut=False).view()
    bars = run.bars("1h")

    candles = view.sources["candles"]
    assert candles["time"].tolist() == (bars["ts"] / 1000).tolist()
    for name in ("open", "high", "low", "close"):
        assert candles[name].tolist() == (bars[name] / 100_000).tolist()
    assert candles["filled"].tolist() == (bars["close"] < bars["open"]).astype(float).tolist()


def test_candles_do_not_overlap_and_keep_their_order(run):
    candles = Source(run).view().sources["candles"]

    assert (candles["left"] < candles["right"]).all()
    assert (candles["right"][:-1] < candles["left"][1:]).all()


def test_the_warm_up_before_the_start_is_not_drawn(run):
    run.start += 5 * DAY
    view = Source(run).view()

    assert view.sources["candles"]["time"].min() >= run.start / 1000 - HOUR / 1000
    assert view.sources["curve"]["time"].min() >= run.start / 1000 - MINUTE / 1000


def test_zooming_brings_half_the_range_on_either_side(run):
    start = run.start + DAY
    view = Source(run).view(start, start + 2 * HOUR)

    times = view.sources["candles"]["time"] * 1000
    assert times.min() == start - HOUR
    assert times.max() == start + 3 * HOUR - MINUTE


def test_limits_hold_what_is_seen_and_not_what_is_beside_it(run):
    start = run.start + DAY
    view = Source(run).view(start, start + 2 * HOUR)
    bars = run.bars("1m")
    seen = bars[(bars["ts"] >= start) & (bars["ts"] < start + 2 * HOUR)]

    low, high = view.limits["price"]
    assert low < seen["low"].min() / 1e5 and seen["high"].max() / 1e5 < high
    assert high - low < 1.5 * (seen["high"].max() - seen["low"].min()) / 1e5 + 1e-9


def test_each_trade_is_drawn_once_with_its_figures(run):
    view = Source(run).view()
    won, lost = view.sources["won"], view.sources["lost"]

    assert sorted([*won["net"], *lost["net"]]) == sorted(run.trades["net"])
    assert (won["net"] > 0).all() and (lost["net"] <= 0).all()
    assert sorted([*won["exit_price"], *lost["exit_price"]]) == sorted(run.trades["exit_price"])


def test_of_too_many_trades_the_largest_are_drawn_and_the_title_says_so(make_run):
    run = make_run(days=60, trades=900)
    view = Source(run).view()

    drawn = np.abs(np.r_[view.sources["won"]["net"], view.sources["lost"]["net"]])
    assert len(drawn) == MOST_TRADES
    assert drawn.min() >= np.sort(np.abs(run.trades["net"]))[-MOST_TRADES - 1]
    assert "the 300 largest of 900 trades" in view.title


def test_another_symbols_trades_are_not_on_this_price(run):
    run.trades["symbol"] = "GBPUSD"

    assert len(Source(run).view().sources["won"]["net"]) == 0


def test_a_thinned_curve_keeps_its_ends_extremes_and_deepest_point():
    rng = np.random.default_rng(1)
    values = np.cumsum(rng.normal(size=100_000))
    depth = np.maximum.accumulate(values) - values

    kept = thin(values, depth, 450)

    assert len(kept) <= 5 * 450
    assert {0, len(values) - 1, values.argmin(), values.argmax(), depth.argmax()} <= set(kept.tolist())
    assert (np.diff(kept) > 0).all()


def test_a_short_curve_is_kept_whole():
    assert thin(np.zeros(500), np.zeros(500), 450).tolist() == list(range(500))


def test_a_source_does_not_keep_the_run_alive(make_run):
    run = make_run()
    source = Source(run)
    del run
    gc.collect()

    with pytest.raises(DataError, match="no longer in memory; run the cell again"):
        source.view()


def test_a_run_without_trades_has_limits_to_draw(make_run):
    run = make_run(trades=0)
    view = Source(run).view()

    for low, high in view.limits.values():
        assert low < high
