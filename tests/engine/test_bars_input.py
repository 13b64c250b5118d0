"""Bars as input, by hand (F10). A market is told as bars of a minute: open, high, low, close; asks 2 points above."""

import pytest

from ..reference.play import buy, close, fills, modify, sell, story
from ..reference.tape import at

# 09:01 goes 40 up and 60 down.
WIDE = """
    09:00  1.10000 1.10000 1.10000 1.10000
    09:01  1.10000 1.10040 1.09940 1.10010
    09:02  1.10010 1.10010 1.10010 1.10010
"""


def path(run):
    """(second of the minute, bid) of every tick told."""
    return [(told[0] % 60_000_000 / 10**6, told[1]) for name, _, told, *_ in run.heard if name == "on_tick"]


def ambiguous(run):
    return [bool(trip.ambiguous) for trip in run.trades]


def test_F10_a_bar_is_four_ticks(trade):
    run = trade("09:01  1.10000 1.10040 1.09940 1.10010  11", {"on_tick": {}}, intrabar="ohlc")
    bar = run.bars["1m"][0]

    assert path(run) == [(0, 110_000), (20, 110_040), (40, 109_940), (59.999999, 110_010)]
    assert (bar.ts, bar.end, bar.ticks, bar.volume, bar.ask_high) == (at("09:01"), at("09:02"), 4, 11, 110_042)


@pytest.mark.parametrize(
    ("way", "flat", "long", "short"),
    [
        ("ohlc", "high", "high", "high"),
        ("olhc", "low", "low", "low"),
        ("worst", "high", "low", "high"),
        ("best", "high", "high", "low"),
    ],
)
def test_F10_which_extreme_comes_first(trade, way, flat, long, short):
    def first(script):
        run = trade(WIDE, script, intrabar=way)
        return {110_040: "high", 109_940: "low"}[path(run)[5][1]]

    assert first({"on_tick": {}}) == flat
    assert first({"on_tick": {0: buy()}}) == long
    assert first({"on_tick": {0: sell()}}) == short


@pytest.mark.parametrize("way", ["worst", "best"])
def test_F10_flat_the_nearer_extreme_comes_first_and_of_equal_ones_the_low(trade, way):
    low_is_nearer = trade("09:00  1.10000 1.10040 1.09961 1.10000", {"on_tick": {}}, intrabar=way)
    high_is_nearer = trade("09:00  1.10000 1.10040 1.09959 1.10000", {"on_tick": {}}, intrabar=way)
    equal = trade("09:00  1.10000 1.10040 1.09960 1.10000", {"on_tick": {}}, intrabar=way)

    assert [path(run)[1][1] for run in (low_is_nearer, high_is_nearer, equal)] == [109_961, 110_040, 109_960]


def test_F10_the_position_after_the_open_is_matched_decides(trade):
    # Sent with the last tick of 09:00, filled by the open of 09:01; sent with the open, filled too late to matter.
    early = trade(WIDE, {"on_tick": {3: buy()}}, intrabar="worst")
    late = trade(WIDE, {"on_tick": {4: buy()}}, intrabar="worst")

    assert fills(early) == [(1, 110_002, 10_000)]
    assert path(early)[5][1] == 109_940
    assert fills(late) == [(1, 110_042, 10_000)]


def test_F10_a_position_closed_by_the_open_is_flat(trade):
    run = trade(WIDE, {"on_tick": {0: buy(), 3: close()}}, intrabar="worst")

    assert path(run)[5][1] == 110_040


def test_F10_hedged_it_is_the_net_position(trade):
    run = trade(WIDE, {"on_tick": {0: [buy(), sell(4_000)]}}, intrabar="worst", hedging=True)
    none = trade(WIDE, {"on_tick": {0: [buy(), sell()]}}, intrabar="worst", hedging=True)

    assert [path(one)[5][1] for one in (run, none)] == [109_940, 110_040]


def test_F10_a_stop_inside_a_bar_fills_at_its_level_then_slips(trade):
    script = {"on_tick": {0: [buy(stop=1.10020), sell(stop=1.09950)]}}
    run = trade(WIDE, script, intrabar="ohlc", slippage=3)

    assert [(e.kind, e.ts, e.price) for e in run.events if e.kind in ("TRIGGERED", "FILLED")] == [
        ("TRIGGERED", at("09:01:20"), 110_020),
        ("FILLED", at("09:01:20"), 110_023),
        ("TRIGGERED", at("09:01:40"), 109_950),
        ("FILLED", at("09:01:40"), 109_947),
    ]


def test_F10_a_stop_over_which_a_bar_opens_pays_the_gap(trade):
    market = "09:00  1.1 1.1 1.1 1.1\n09:01  1.10050 1.10060 1.10040 1.10050"
    run = trade(market, {"on_tick": {0: buy(stop=1.10020)}}, intrabar="ohlc")

    assert fills(run) == [(1, 110_052, 10_000)]


def test_F10_a_stop_fills_at_its_level_on_the_way_to_the_close(trade):
    market = "09:00  1.1 1.1 1.1 1.1\n09:01  1.1 1.10010 1.09990 1.10005"
    run = trade(market, {"on_tick": {6: buy(stop=1.10000)}}, intrabar="ohlc")

    assert [(e.ts, e.price) for e in run.events if e.kind == "FILLED"] == [(at("09:01:59.999999"), 110_000)]


def test_F10_a_trailing_stop_fills_at_its_level(trade):
    run = trade(WIDE, {"on_tick": {0: buy(trail=("points", 30))}}, intrabar="ohlc")

    # Drawn up to 1.10010 by the high, crossed on the way to the low.
    assert fills(run)[1:] == [(2, 110_010, -10_000)]


def test_F10_the_ticks_set_a_trailing_stop_not_the_way_between_them(trade):
    ordered = trade(WIDE, {"on_tick": {4: sell(trailing_stop=("points", 30))}}, intrabar="ohlc")

    # First met at the high: 1.10010.
    assert fills(ordered) == [(1, 110_010, -10_000)]


def test_F10_a_stop_limit_goes_on_as_a_limit_at_its_level(trade):
    script = {"on_tick": {0: [buy(stop=1.10020, limit=1.10025), buy(stop=1.10021, limit=1.10010)]}}
    run = trade(WIDE, script, intrabar="ohlc")

    # The high's ask is 1.10042: beyond the limit, but on the way there it was at the level. The other rests.
    assert [(e.kind, e.order, e.ts, e.price) for e in run.events if e.kind in ("TRIGGERED", "FILLED")] == [
        ("TRIGGERED", 1, at("09:01:20"), 110_020),
        ("FILLED", 1, at("09:01:20"), 110_020),
        ("TRIGGERED", 2, at("09:01:20"), 110_021),
        ("FILLED", 2, at("09:01:40"), 110_010),
    ]


def test_F10_a_limit_inside_a_bar_fills_at_its_limit_at_its_first_tick_too(trade):
    script = {"on_tick": {0: buy(limit=1.09950), 5: buy(limit=1.09960)}}
    run = trade(WIDE, script, intrabar="ohlc", commission="unit", commission_rate=3, commission_maker=1)

    assert fills(run) == [(1, 109_950, 10_000), (2, 109_960, 10_000)]
    assert [e.amount for e in run.events if e.reason == "COMMISSION"] == [-10_000, -30_000]


def test_F10_a_limit_that_was_marketable_already_fills_where_the_price_came_from(trade):
    market = "09:00  1.10000 1.10030 1.09990 1.10000"
    improved = trade(market, {"on_tick": {1: buy(limit=1.2)}}, intrabar="ohlc")
    worse = trade(market, {"on_tick": {0: buy(limit=1.10032)}}, intrabar="ohlc")
    missed = trade(market, {"on_tick": {0: buy(limit=1.10031)}}, intrabar="ohlc")

    assert fills(improved) == [(1, 110_032, 10_000)]
    assert fills(worse) == [(1, 110_002, 10_000)]
    # Marketable at the open's 1.10002, not at the high's 1.10032: it rests until the low.
    assert [(e.ts, e.price) for e in missed.events if e.kind == "FILLED"] == [(at("09:00:40"), 110_031)]


def test_F10_whether_a_limit_was_marketable_is_a_matter_of_its_own_side(trade):
    market = "09:00  1.10000 1.10000 1.09950 1.09950"
    before = trade(market, {"on_tick": {0: buy(limit=1.10003)}}, intrabar="olhc")
    between = trade(market, {"on_tick": {0: buy(limit=1.10001)}}, intrabar="olhc")

    # The open's ask is 1.10002; its bid of 1.10000 is no matter to a buyer.
    assert fills(before) == [(1, 110_002, 10_000)]
    assert fills(between) == [(1, 110_001, 10_000)]


def test_F10_a_limit_meets_a_bars_open_as_it_meets_any_tick(trade):
    market = "09:00  1.1 1.1 1.1 1.1\n09:01  1.09900 1.10000 1.09900 1.10000"
    run = trade(market, {"on_tick": {3: buy(limit=1.09950)}}, intrabar="ohlc")

    assert fills(run) == [(1, 109_902, 10_000)]


def test_F10_a_modified_price_inside_a_bar_meets_anew_on_the_way(trade):
    script = {"on_tick": {0: buy(limit=1.0), 5: modify(1, limit=1.09980)}}
    run = trade(WIDE, script, intrabar="ohlc")

    assert fills(run) == [(1, 109_980, 10_000)]


def test_F10_an_attached_stop_on_the_wrong_side_fills_where_the_price_came_from(trade):
    script = {"on_tick": {3: buy(stop_loss=1.10020)}}
    run = trade(WIDE, script, intrabar="olhc")

    # At the open it was reached already; 1.10020 on the way down was never there.
    assert fills(run) == [(1, 110_002, 10_000), (2, 110_000, -10_000)]


def test_F10_market_orders_fill_at_the_ticks_quote(trade):
    run = trade(WIDE, {"on_tick": {4: buy(), 5: close()}}, intrabar="ohlc")

    assert fills(run) == [(1, 110_042, 10_000), (2, 109_940, -10_000)]


def test_F10_a_quarter_of_the_volume_is_offered_at_each_tick(trade):
    market = "09:00  1.1 1.1 1.1 1.1  11\n09:01  1.1 1.1 1.1 1.1  11"
    run = trade(market, {"on_tick": {0: buy(9)}}, intrabar="worst", liquidity="quoted")

    assert [quantity for *_, quantity in fills(run)] == [2, 2, 5]


def test_F10_a_start_inside_a_bar_leaves_its_later_ticks(trade):
    run = trade(
        WIDE,
        {"on_tick": {}, "on_time": {0: buy(stop=1.0)}},
        intrabar="worst",
        start=at("09:01:30"),
        timers=(at("09:01:30"),),
    )

    # Flat before the start: the high came first. The first tick of the run comes from nowhere: a gap.
    assert path(run)[:2] == [(40, 109_940), (59.999999, 110_010)]
    assert fills(run) == [(1, 109_942, 10_000)]


def test_F10_bars_of_the_run_are_made_of_these_ticks(trade):
    run = trade(WIDE, {"on_tick": {0: sell()}}, intrabar="worst", timeframes=("1m", "3m"))
    minute, three = run.bars["1m"][1], run.bars["3m"][0]

    assert (minute.open, minute.high, minute.low, minute.close) == (110_000, 110_040, 109_940, 110_010)
    assert (three.open, three.high, three.low, three.close, three.ticks) == (110_000, 110_040, 109_940, 110_010, 12)


def test_F10_excursions_run_to_the_exits_tick_and_no_further(trade):
    script = {"on_tick": {3: buy(take_profit=1.10030)}}
    best = trade(WIDE, script, intrabar="best")
    worst = trade(WIDE, script, intrabar="worst")

    # Bought at 1.10002 by the open; high first it never saw the low, low first it did.
    assert [(trip.mae, trip.mfe) for trip in best.trades] == [(2, 38)]
    assert [(trip.mae, trip.mfe) for trip in worst.trades] == [(62, 38)]


def test_F10_both_exits_in_one_bar_make_a_trade_ambiguous(trade):
    def outcome(way, **exits):
        run = trade(WIDE, {"on_tick": {0: buy(**exits)}}, intrabar=way)
        return fills(run)[1][1], ambiguous(run)

    both = {"stop_loss": 1.09950, "take_profit": 1.10030}

    assert outcome("worst", **both) == (109_950, [True])
    assert outcome("best", **both) == (110_030, [True])
    assert outcome("best", stop_loss=1.09939, take_profit=1.10030) == (110_030, [False])
    assert outcome("worst", stop_loss=1.09950, take_profit=1.10041) == (109_950, [False])
    assert outcome("best", stop_loss=1.09940, take_profit=1.10040) == (110_040, [True])  # a touch is enough
    assert outcome("best", trail=("points", 50), take_profit=1.10030) == (110_030, [True])


def test_F10_a_short_position_is_reached_by_the_ask(trade):
    def outcome(way, **exits):
        return ambiguous(trade(WIDE, {"on_tick": {0: sell(**exits)}}, intrabar=way))

    assert outcome("best", stop_loss=1.10042, take_profit=1.09942) == [True]
    assert outcome("best", stop_loss=1.10043, take_profit=1.09942) == [False]
    assert outcome("worst", stop_loss=1.10042, take_profit=1.09941) == [False]


def test_F10_an_exit_in_the_bar_of_its_entry_makes_a_trade_ambiguous(trade):
    market = WIDE + "09:03  1.10010 1.10200 1.10010 1.10200"
    stopped = trade(market, {"on_tick": {0: buy(limit=1.09970, stop_loss=1.09950)}}, intrabar="ohlc", close_at_end=True)
    safe = trade(market, {"on_tick": {0: buy(limit=1.09970, stop_loss=1.09930)}}, intrabar="ohlc", close_at_end=True)
    early = trade(market, {"on_tick": {3: buy(stop_loss=1.09930, take_profit=1.10030)}}, intrabar="ohlc")

    # Bought on the way to the low, which lies below the stop-loss; the model has it survive.
    assert (fills(stopped)[1][1], ambiguous(stopped)) == (110_200, [True])
    assert ambiguous(safe) == [False]
    # Bought at the open of 09:01: what comes later in the bar comes later, whichever way.
    assert (fills(early)[1][1], ambiguous(early)) == (110_030, [False])


def test_F10_an_exit_at_a_bars_open_came_before_the_rest_of_it(trade):
    market = "09:00  1.1 1.1 1.1 1.1\n09:01  1.09900 1.10100 1.09800 1.10000"
    script = {"on_tick": {0: buy(stop_loss=1.09950, take_profit=1.10050)}}
    run = trade(market, script, intrabar="worst")

    assert (fills(run)[1], ambiguous(run)) == ((2, 109_900, -10_000), [False])


def test_F10_the_end_of_a_run_comes_after_the_open_of_its_last_bar(trade):
    script = {"on_tick": {3: buy(stop_loss=1.2, take_profit=1.0)}}
    run = trade(WIDE, script, intrabar="worst", end=at("09:01:10"), close_at_end=True)

    # Filled by the open, where both exits were reachable from then on.
    assert ([trip.exit_role for trip in run.trades], ambiguous(run)) == (["END"], [True])


def test_F10_a_bar_it_only_lived_through_counts_as_well(trade):
    # Moved out of reach by the `on_tick` of the open: what stood as the open came counts.
    script = {
        "on_tick": {0: buy(stop_loss=1.09950, take_profit=1.10030), 4: [modify(2, stop=1.0), modify(3, limit=1.2)]}
    }
    run = trade(WIDE, script, intrabar="worst", close_at_end=True)

    assert story(run)[-1] == ("CANCELLED", 3, "FLAT")
    assert ambiguous(run) == [True]


def test_F10_the_levels_at_a_bars_open_are_those_set_before_its_tick(trade):
    script = {"on_tick": {0: buy(stop_loss=1.09950, take_profit=1.10030)}, "on_bar": {0: modify(2, stop=1.0)}}
    run = trade(WIDE, script, intrabar="worst")

    assert (fills(run)[1][1], ambiguous(run)) == (110_030, [False])


def test_F10_a_trade_is_judged_by_the_exits_of_its_own_entry(trade):
    script = {"on_tick": {0: [buy(1_000, stop_loss=1.09950), buy(2_000, take_profit=1.10030)]}}
    run = trade(WIDE, script, intrabar="best")

    assert ambiguous(run) == [False, False]


def test_F10_runs_on_ticks_have_no_ambiguous_trades(trade):
    market = "09:00 1.1 1.1\n09:01 1.1 1.1\n09:02 1.2 1.2"
    run = trade(market, {"on_tick": {0: buy(stop_loss=1.05, take_profit=1.15)}})

    assert ambiguous(run) == [False]
