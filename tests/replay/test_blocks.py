"""A page that has only blocks sees at any cursor what `Run.at` says, and the blocks hold the run's own arrays."""

import gc

import numpy as np
import pytest

import backtestr_lab as lab
from backtestr_lab.errors import DataError, OptionError
from backtestr_lab.records import Ticks
from backtestr_lab.replay import counts
from backtestr_lab.replay.blocks import Blocks
from backtestr_lab.replay.frames import frame
from backtestr_lab.replay.packing import unpack
from backtestr_lab.replay.stretches import around, blocks_of, index_of, whole
from backtestr_lab.symbols import EURUSD, symbol

from ..engine.outcome import Outcome
from ..properties.cases import case
from ..reference.generate import ScriptStrategy
from .page import Page
from .runs import KINDS, made
from .strategies import Holds, Oscillates, Quiet


def cursors(run, seed, count):
    """Cursors worth asking for: anywhere, at ticks, at ends of bars, at events, and among ticks of one stamp."""
    random = np.random.default_rng(seed)
    stamps = [run.start, run.last, *random.integers(run.start, run.last + 1, count).tolist()]
    own = [market.ticks.ts[a:b] for market, a, b in zip(run._markets, run._firsts, run._ends)]
    for column in (np.concatenate(own), run.journal["ts"]):
        stamps += random.choice(column, count if len(column) else 0).tolist()
    for t in run.timeframes:
        ends = run.bars(t)["end"]
        stamps += random.choice(ends, 4 if len(ends) else 0).tolist()
    for stamp in stamps:
        stamp = int(stamp)
        if run.start <= stamp <= run.last:
            yield stamp, None
            first, end = (min(int(counts.before(run, t)), run._cursor) for t in (stamp, stamp + 1))
            if first < end:
                yield stamp, int(random.integers(first, end + 1))


def different(told, frame):
    return {name: (value, frame[name]) for name, value in told.items() if value != frame[name]}


@pytest.mark.parametrize("kind", KINDS)
def test_T01_a_page_of_blocks_shows_at_any_cursor_what_the_run_says(kind):
    run = made(kind)
    page = Page(Blocks(run))

    for ts, taken in cursors(run, 1, 40):
        assert different(page.frame(ts, taken), frame(run, ts, taken)) == {}, (ts, taken)


@pytest.mark.parametrize("seed", range(24))
def test_T01_a_page_of_blocks_of_a_random_run_shows_what_the_run_says(seed):
    ticks, script, config = case(seed)
    run = Outcome(ticks, ScriptStrategy(script), config).run
    page = Page(Blocks(run))

    for ts, taken in cursors(run, seed, 12):
        assert different(page.frame(ts, taken), frame(run, ts, taken)) == {}, (ts, taken)


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_hold_the_arrays_of_the_run(kind):
    run = made(kind)
    page = Page(Blocks(run))

    for name in run.journal.dtype.names:
        if name != "seq":
            assert np.array_equal(page.events[name], run.journal[name])
    assert np.array_equal(page.events["taken"], run._cursors)
    trades = run._trades[0]
    for name in trades.dtype.names:
        assert np.array_equal(page.columns("trades")[name], trades[name])
    assert np.array_equal(page.columns("trades")["exit_taken"], run._trade_cursors[:, 1])
    for timeframe, bars in page.bars.items():
        theirs = run.bars(timeframe)
        assert len(theirs) == len(bars["ts"]) or run.stopped
        for name in (*bars.keys() - {"peak", "minute_peak"},):
            assert np.array_equal(bars[name], theirs[name][: len(bars["ts"])]), (timeframe, name)
    for name in ("ts", "bid", "ask"):
        column = getattr(run.ticks, name)
        assert np.array_equal(page.ticks[name], column[: len(page.ticks[name])])
    assert len(page.ticks["ts"]) >= run._cursor


@pytest.mark.parametrize("kind", ["bars", "warm", "short", "stamps", "round"])
def test_P07_the_peak_of_a_bar_is_that_of_the_equity_points_up_to_its_end(kind):
    run = made(kind)
    page = Page(Blocks(run))
    base = page.bars[page.meta["base"]]
    points, at = run._points["equity"], run._points["ts"]

    for end, peak in zip(base["end"].tolist(), base["peak"].tolist()):
        known = np.searchsorted(at, end, "left")
        # The minute that ends comes before the fills at ticks of that stamp.
        known += run.start < end <= run.last and end % 60_000_000 == 0
        assert peak == max([page.meta["cash"], *points[:known].tolist()]), end


def test_P07_a_fill_at_the_end_of_the_run_raises_no_peak_before_it():
    ts = 1_704_067_200_000_000 + 1_000_000 * np.arange(75)
    bid = 110_000 + 10 * np.arange(75)
    ticks = Ticks(ts, bid, bid + 2, symbol=EURUSD)
    run = lab.backtest(Holds, ticks, end="2024-01-01 00:01:25", timeframes=["10s", "1m"], close_at_end=True)
    page = Page(Blocks(run))

    assert run.trades["profit"].iloc[0] > 0
    for ts in range(run.start, run.end, 5_000_000):
        assert page.peak(ts, None) == frame(run, ts)["peak"]


def test_T03_without_ticks_variables_are_known_at_the_end_of_every_base_bar():
    run = made("ticks")
    page = Page(Blocks(run))
    base = page.bars["1m"]
    ends, firsts = base["end"][base["end"] <= run.last], base["first"] + base["ticks"]

    for row in range(0, len(ends), 31):
        held = frame(run, int(ends[row]), int(firsts[row]))["variables"]
        assert page.sample(f"variables/{row // 4096}", int(ends[row]), int(firsts[row])) == held


def test_an_oscillator_does_not_lie_on_a_price_of_tens_of_thousands():
    ts = 1_704_067_200_000_000 + 60_000_000 * np.arange(3000)
    bid = 4_000_000 + np.rint(2_000_000 * np.sin(np.arange(3000) / 300)).astype("i8")
    run = lab.backtest(Oscillates, Ticks(ts, bid, bid + 2, symbol=symbol("BTCUSDT")))
    about = {i["name"]: i for i in Blocks(run).meta()["indicators"]}

    assert (about["rsi"]["pane"], about["mean"]["pane"]) == ("rsi(5m, 14)", "price")
    assert about["hammer"]["pane"] == "cdlhammer(5m)" and about["hammer"]["digits"] == 0


def test_orders_are_told_as_they_were_submitted_not_as_they_ended():
    run = made("bars")
    orders = Page(Blocks(run)).columns("orders")
    sent = run.events[run.events["kind"] == "SUBMITTED"]

    assert np.array_equal(orders["quantity"], sent["quantity"].abs())
    assert np.array_equal(orders["id"], sent["order"])
    assert np.array_equal(orders["limit"][orders["type"] == 1], np.rint(sent["price"][orders["type"] == 1] * 1e5))
    tags = Blocks(run).meta()["tags"]
    assert {tags[t] for t in orders["tag"].tolist()} == {"", "up"}


def test_the_curve_keeps_the_deepest_point_and_the_ends():
    run = made("bars")
    curve = Page(Blocks(run)).columns("curve")

    assert curve["drawdown"].max() == round(run.equity["drawdown"].max() * 1e6)
    assert curve["equity"][-1] == round(run.equity["equity"].iloc[-1] * 1e6)
    assert len(curve["ts"]) <= 2250 < len(run.equity)


def test_indicators_lie_on_the_price_or_share_a_pane_with_their_kin():
    about = {i["name"]: i for i in Blocks(made("bars")).meta()["indicators"]}

    assert about["quick"]["pane"] == about["calm"]["pane"] == "price"
    assert about["quick"]["label"] == "ema(5m, 5)" and about["quick"]["digits"] == 6
    assert about["rsi"]["pane"] == "rsi(30m, 7)" and about["rsi"]["digits"] == 2
    assert about["macd.macdhist"]["pane"] == "macd(15m, 12, 26, 9)"
    assert about["macd.macdhist"]["label"] == "macd(15m, 12, 26, 9).macdhist"


def test_T03_a_variable_is_exact_shortened_or_in_words():
    run = made("python")
    now = frame(run, run.last)["variables"]

    assert now["count"] == run.at(run.last).variables["count"]
    assert now["late"] == "{'hour': 40}"
    assert now["seen"].startswith("[1.")
    assert "late" not in frame(run, run.start + 3_600_000_000)["variables"]


def test_a_run_that_was_stopped_ends_where_it_stopped_and_says_why():
    run = made("stopped")
    meta = Blocks(run).meta()

    assert meta["stopped"] == run.stopped and meta["stopped"].startswith("ended by an error at ")
    assert meta["end"] == run.last < run.end
    assert meta["timeframes"][0]["counts"][0] < len(run.bars("1m"))
    assert frame(run, run.last)["variables"]["left"] == 1


def test_an_empty_run_says_why_it_is_empty():
    meta = Blocks(made("quiet")).meta()

    assert meta["empty"].startswith("No trades: the strategy sent no order")
    assert meta["has"] == {"ticks": "all", "variables": "none"}


def test_an_unknown_block_is_refused_in_a_sentence():
    blocks = Blocks(made("bars"))

    for key in ("", "bars", "bars/0/2m/0", "ticks/0/999999", "ticks/1/0", "bars/0/1m/-1", "index", "meta", "run"):
        with pytest.raises(DataError, match="this run has no block"):
            blocks.get(key)


def test_a_timeframe_shorter_than_the_base_is_refused():
    with pytest.raises(OptionError, match="this run keeps bars of 1m and longer"):
        Blocks(made("bars"), ["10s", "1m"])


def test_blocks_do_not_keep_a_run_alive():
    run = lab.backtest(Quiet, lab.sample("EURUSD", days=1, seed=2))
    blocks = Blocks(run)
    blocks.get("events")
    del run
    gc.collect()

    with pytest.raises(DataError, match="no longer in memory"):
        blocks.get("ticks/0/0")


def test_every_key_has_a_block_that_opens():
    blocks = Blocks(made("short"))

    for key in list(blocks.keys()):
        columns, _ = unpack(blocks.get(key))
        assert columns


@pytest.mark.parametrize("seed", range(20))
def test_stretches_cover_what_is_asked_for_and_never_part_a_stamp(seed):
    random = np.random.default_rng(seed)
    ts = np.cumsum(random.integers(0, 2, 400))
    taken = np.unique(random.integers(0, 401, 6))

    for stretches in (whole(ts, 16), around(ts, taken, 5)):
        for a, b in stretches.tolist():
            assert a < b
            assert a == 0 or ts[a - 1] < ts[a]
            assert b == len(ts) or ts[b - 1] < ts[b]
        assert (stretches[1:, 0] >= stretches[:-1, 1]).all()
    there = np.zeros(400, bool)
    for a, b in stretches.tolist():
        there[a:b] = True
    assert all(there[max(0, k - 5) : k + 5].all() for k in taken.tolist())
    assert not there.all()
    assert np.concatenate([np.arange(a, b) for a, b in whole(ts, 16).tolist()]).tolist() == list(range(400))


def test_stretches_in_a_block_are_found_by_their_rows():
    stretches = np.array([[0, 30], [50, 90], [100, 130], [200, 220]])
    index = index_of(stretches, blocks_of(stretches, 64), np.arange(300))

    assert index["block"].tolist() == [0, 1, 1, 1]
    assert index["at"].tolist() == [0, 0, 40, 70]
