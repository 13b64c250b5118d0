import numpy as np
import pytest

from backtestr_lab.bars import bars_from_ticks, base_bars, build, partial, roll_up
from backtestr_lab.errors import OptionError, TickOrderError
from backtestr_lab.jit import frozen
from backtestr_lab.records import BAR, Ticks
from backtestr_lab.symbols import EURUSD, Symbol
from backtestr_lab.units import DEFAULT_TIMEFRAMES, MINUTE, SECOND, Timeframe, format_micros, to_micros

NEW_YORK = "17:00 America/New_York"


def opens(bars):
    return [format_micros(t) for t in bars["ts"]]


def ohlc(bars):
    return bars[["open", "high", "low", "close"]].tolist()


def test_R01_a_tick_on_the_boundary_opens_the_next_bar(market):
    bars = base_bars(
        market("""
        09:00:00         100 102
        09:00:59.999999  101 103
        09:01:00         102 104
        """)
    )

    assert bars["ticks"].tolist() == [2, 1]
    assert opens(bars) == ["2024-01-02 09:00", "2024-01-02 09:01"]


@pytest.mark.parametrize("before", range(1, 20))  # more than two lines of memory, the builder's stride
def test_R01_the_boundary_is_found_after_any_number_of_ticks(before):
    ts = [*range(before), MINUTE, MINUTE + 1, 2 * MINUTE]
    ticks = Ticks(ts, [100] * len(ts), [102] * len(ts), symbol=EURUSD)

    assert base_bars(ticks)["ticks"].tolist() == [before, 2, 1]


def test_R02_a_bar_is_labelled_with_its_opening_and_knows_when_it_may_be_used(market):
    bars = bars_from_ticks(market("09:07:30 100 102"), "5m")

    assert opens(bars) == ["2024-01-02 09:05"]
    assert format_micros(bars["end"][0]) == "2024-01-02 09:10"


def test_R03_open_is_the_first_tick_close_the_last_and_never_the_previous_close(market):
    bars = base_bars(
        market("""
        09:00:00  100 110
        09:00:10  105 109
        09:00:20   99 115
        09:00:30  101 112
        09:01:00  200 210
        """)
    )

    assert ohlc(bars) == [(100, 105, 99, 101), (200, 200, 200, 200)]
    assert bars[["ask_open", "ask_high", "ask_low", "ask_close"]].tolist()[0] == (110, 115, 109, 112)


def test_R04_a_minute_without_ticks_has_no_bar(market):
    ticks = market("""
        09:00:00  100 102
        09:03:00  101 103
        """)

    assert opens(base_bars(ticks)) == ["2024-01-02 09:00", "2024-01-02 09:03"]
    assert len(base_bars(ticks[:0])) == len(bars_from_ticks(ticks[:0], "4h")) == 0
    assert base_bars(ticks[:0]).dtype == BAR


def test_R05_bid_is_the_default_and_ask_or_mid_take_its_place(market):
    ticks = market("""
        09:00:00  100 103
        09:00:10  104 105
        09:00:20   90 101
        """)

    assert ohlc(bars_from_ticks(ticks, "1m")) == [(100, 104, 90, 90)]
    assert ohlc(bars_from_ticks(ticks, "1m", side="ask")) == [(103, 105, 101, 101)]
    assert ohlc(bars_from_ticks(ticks, "1m", side="mid")) == [(101, 104, 95, 95)]  # floors of 101.5, 104.5, 95.5
    assert ohlc(bars_from_ticks(ticks, "1d", side="mid")) == [(101, 104, 95, 95)]


def test_R05_the_fields_that_name_their_side_hold_it_whatever_side_is_asked_for(market):
    ticks = market("09:00:00 100 103")
    names = ["ask_open", "ask_high", "ask_low", "ask_close", "bid_max", "bid_min", "ask_max", "ask_min"]

    assert bars_from_ticks(ticks, "1m", side="mid")[names].tolist() == bars_from_ticks(ticks, "1m")[names].tolist()


def test_R05_a_price_only_feed_has_the_same_bars_on_both_sides(market):
    bars = base_bars(
        market("""
        09:00:00  100 100
        09:00:10  104 104
        """)
    )

    assert ohlc(bars) == bars[["ask_open", "ask_high", "ask_low", "ask_close"]].tolist() == [(100, 104, 100, 104)]


def test_R06_ticks_is_the_count_and_volume_the_sum_of_the_feed_or_zero(market):
    with_volume = market("""
        09:00:00  100 102  7
        09:00:10  104 105  0
        09:04:10  104 105  5
        """)
    without = market("09:00:00 100 102")

    assert bars_from_ticks(with_volume, "1m")[["ticks", "volume"]].tolist() == [(2, 7), (1, 5)]
    assert bars_from_ticks(with_volume, "1d")[["ticks", "volume"]].tolist() == [(3, 12)]
    assert base_bars(without)["volume"].tolist() == [0]


def test_R07_a_day_opens_at_the_symbols_anchor_unless_another_is_named(market):
    symbol = Symbol("TEST", 5, anchor=NEW_YORK)
    ticks = market("23:00:00 100 102", symbol)

    assert opens(bars_from_ticks(ticks, "1d")) == ["2024-01-02 22:00"]
    assert opens(bars_from_ticks(ticks, "1d", anchor="UTC")) == ["2024-01-02"]


@pytest.mark.parametrize("period", [0, -MINUTE, 7 * MINUTE, 120 * MINUTE])
def test_R07_base_bars_divide_one_hour(market, period):
    with pytest.raises(OptionError, match="the period must divide one hour"):
        base_bars(market("09:00:00 100 102"), period)


def test_R08_the_day_of_the_switch_ends_an_hour_early_in_march_and_late_in_november(market):
    ticks = market("""
        2024-03-10
        20:59:59  100 102
        21:00:00  101 103
        2024-11-03
        20:59:59  100 102
        21:00:00  101 103
        22:00:00  102 104
        """)

    days = bars_from_ticks(ticks, "1d", anchor=NEW_YORK)

    assert opens(days) == ["2024-03-09 22:00", "2024-03-10 21:00", "2024-11-02 21:00", "2024-11-03 22:00"]
    assert ((days["end"] - days["ts"]) // (60 * MINUTE)).tolist() == [23, 24, 25, 24]
    assert days["ticks"].tolist() == [1, 1, 2, 1]


def test_R09_a_break_or_a_weekend_cuts_no_bar(market):
    ticks = market("""
        2024-01-05
        21:58:00  100 102
        2024-01-07
        22:01:00  130 132
        """)

    assert ohlc(bars_from_ticks(ticks, "1w")) == [(100, 130, 100, 130)]
    assert opens(bars_from_ticks(ticks, "4h")) == ["2024-01-05 20:00", "2024-01-07 20:00"]


def test_R10_a_higher_bar_is_the_aggregation_of_the_lower_ones(market):
    base = base_bars(
        market("""
        09:00:00  100 110  1
        09:01:00  105 109  2
        09:02:30   99 115  3
        09:02:40  101 100  4
        09:05:00  200 210  5
        """)
    )

    five = roll_up(base, "5m")

    assert five.tolist()[0] == (
        *(to_micros("2024-01-02 09:00"), to_micros("2024-01-02 09:05")),
        *(100, 105, 99, 101),
        *(110, 115, 100, 100),
        *(10, 4, 0),
        *(105, 99, 115, 101, 1),  # effective quotes: the crossed one counts as 100 101
    )
    assert five["ticks"].tolist() == [4, 1]
    assert five["first"].tolist() == [0, 4]


def test_R10_a_bar_that_lies_across_a_boundary_cannot_be_rolled_up(market):
    ticks = market("""
        11:00:00  100 110
        11:31:00  100 110
        """)

    with pytest.raises(OptionError, match=r"90s bars cannot be made.*from 2024-01-02 11:31 to 2024-01-02 11:32 lies"):
        roll_up(base_bars(ticks), Timeframe(90 * SECOND))
    with pytest.raises(
        OptionError, match="4h bars cannot be made.*2024-01-02 11:00 .* lies across a boundary; roll up"
    ):
        roll_up(base_bars(ticks, 60 * MINUTE), "4h", "17:00 Asia/Kolkata")


def test_R10_the_first_and_last_bar_are_partial_when_the_range_cuts_them(market):
    ticks = market("""
        09:02:00  100 110
        09:07:00  100 110
        09:12:00  100 110
        """)
    bars = bars_from_ticks(ticks, "5m")

    assert partial(bars, "2024-01-02 09:01", "2024-01-02 09:13").tolist() == [True, False, True]
    assert partial(bars, "2024-01-02 09:00", "2024-01-02 09:15").tolist() == [False, False, False]


def test_R11_the_six_timeframes_and_their_aliases(market):
    ticks = market("09:07:30 100 102")

    assert [str(t) for t in DEFAULT_TIMEFRAMES] == ["1m", "5m", "15m", "1h", "4h", "1d"]
    assert bars_from_ticks(ticks, "M5").tolist() == bars_from_ticks(ticks, "5m").tolist()
    assert bars_from_ticks(ticks, "H1").tolist() == bars_from_ticks(ticks, "1H").tolist()
    with pytest.raises(OptionError, match="could be a minute or a month"):
        bars_from_ticks(ticks, "1M")


def test_R12_ticks_of_equal_time_keep_file_order(market):
    bars = base_bars(
        market("""
        09:00:00  100 102
        09:00:00  300 302
        09:00:00  200 202
        """)
    )

    assert ohlc(bars) == [(100, 300, 100, 200)]


def test_R12_a_tick_older_than_its_predecessor_is_refused():
    with pytest.raises(TickOrderError, match=r"tick 1 \(1970-01-01\) is older than tick 0 \(1970-.*000001\)"):
        Ticks([1, 0], [100, 100], [102, 102], symbol=EURUSD)


def test_R13_bars_show_raw_quotes_and_keep_the_extremes_of_the_effective_ones(market):
    bars = base_bars(
        market("""
        09:00:00  107 100
        09:00:10  101 103
        """)
    )

    assert bars["crossed"].tolist() == [1]
    assert ohlc(bars) == [(107, 107, 101, 101)]
    assert bars[["bid_max", "bid_min", "ask_max", "ask_min"]].tolist() == [(103, 101, 104, 103)]  # 107/100 is 103/104


def test_R13_drop_and_swap_act_before_bars_are_made(market):
    ticks = market("""
        09:00:00  107 100
        09:00:10  101 103
        """)

    assert ohlc(base_bars(ticks.drop_crossed())) == [(101, 101, 101, 101)]
    assert ohlc(base_bars(ticks.swap_crossed())) == [(100, 101, 100, 101)]
    assert base_bars(ticks.swap_crossed())["crossed"].tolist() == [0]


def test_a_side_that_does_not_exist_is_refused(market):
    with pytest.raises(OptionError, match="side is 'middle'; give 'bid', 'ask' or 'mid'"):
        bars_from_ticks(market("09:00:00 100 102"), "1m", side="middle")


def test_an_unknown_anchor_is_told_even_without_bars():
    with pytest.raises(OptionError, match="unknown time zone"):
        roll_up(np.empty(0, BAR), "1d", "17:00 Mars/Olympus")


@pytest.mark.skipif(not hasattr(build._cut, "signatures"), reason="NUMBA_DISABLE_JIT is set")
def test_read_only_and_writable_columns_share_one_compiled_kernel(market):
    ticks = market("09:00:00 100 102 5")
    cached = Ticks(*(frozen(c) for c in (ticks.ts, ticks.bid, ticks.ask)), symbol=EURUSD, checked=True)

    roll_up(frozen(base_bars(cached)), "1d")
    roll_up(base_bars(ticks), "5m")

    assert len(build._cut.signatures) == 1
    assert len(build._roll.signatures) == 1
