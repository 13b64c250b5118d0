"""The oracle's bars, by hand (R)."""

import pytest

from . import Config, TickOrderError, run, tape
from .grid import around, length
from .play import play
from .tape import at


def span(stamp, timeframe, anchor="UTC"):
    return around(at(stamp), timeframe, anchor)


def test_R01_a_tick_on_the_boundary_opens_the_next_bar():
    run = play("""
        09:00:59.999999  1.10000 1.10002
        09:01:00         1.10010 1.10012
        09:01:01         1.10020 1.10022
    """)

    assert [(bar.ts, bar.ticks, bar.open) for bar in run.bars["1m"]] == [
        (at("09:00"), 1, 110_000),
        (at("09:01"), 2, 110_010),
    ]


def test_R02_a_bar_is_labelled_with_its_opening_and_told_at_its_end():
    run = play(
        """
        09:02:30  1.10000 1.10002
        09:06:00  1.10000 1.10002
    """,
        {"on_bar": {}},
        listen=("5m",),
    )

    assert [(now, told[1]) for _, now, told, *_ in run.heard] == [(at("09:05"), at("09:00"))]


def test_R03_open_high_low_close_are_the_ticks_inside_and_never_the_previous_close():
    run = play("""
        09:00:00  1.10000 1.10002
        09:01:10  1.10005 1.10008
        09:01:20  1.10020 1.10021
        09:01:30  1.09990 1.09995
        09:01:40  1.10001 1.10009
    """)
    bar = run.bars["1m"][1]

    assert (bar.open, bar.high, bar.low, bar.close) == (110_005, 110_020, 109_990, 110_001)


def test_R04_a_minute_without_a_tick_has_no_bar():
    run = play("""
        09:00:00  1.10000 1.10002
        09:03:00  1.10005 1.10008
    """)

    assert [bar.ts for bar in run.bars["1m"]] == [at("09:00"), at("09:03")]


def test_R05_ask_bars_are_kept_beside_the_bid_bars():
    run = play("""
        09:00:00  1.10000 1.10002
        09:00:10  1.10005 1.10050
        09:00:20  1.09990 1.09991
    """)
    bar = run.bars["1m"][0]

    assert (bar.ask_open, bar.ask_high, bar.ask_low, bar.ask_close) == (110_002, 110_050, 109_991, 109_991)


def test_R06_ticks_counts_and_volume_is_zero_without_a_feed_for_it():
    run = play("""
        09:00:00  1.10000 1.10002
        09:00:00  1.10000 1.10002
    """)

    assert [(bar.ticks, bar.volume) for bar in run.bars["1m"]] == [(2, 0)]


@pytest.mark.parametrize("timeframe", ["7m", "5h", "25h", "2d", "0m", "1M", "x"])
def test_R07_a_timeframe_off_the_grid_is_refused(timeframe):
    with pytest.raises(ValueError, match="does not fit the grid"):
        length(timeframe)


def test_R07_up_to_an_hour_the_grid_is_utc_whatever_the_anchor():
    assert span("09:10", "1h", "00:30 Asia/Kolkata") == (at("09:00"), at("10:00"))


def test_R07_a_day_starts_at_the_anchors_wall_time():
    begin, end = span("09:10", "1d", "17:00 America/New_York")

    assert (begin, end) == (at("2024-01-01 22:00"), at("2024-01-02 22:00"))


def test_R07_a_skipped_wall_time_maps_to_the_first_instant_after_it():
    begin, end = span("2024-03-10 12:00", "1d", "02:30 America/New_York")

    assert (begin, end) == (at("2024-03-10 07:00"), at("2024-03-11 06:30"))


def test_R07_a_repeated_wall_time_maps_to_its_first():
    begin, end = span("2024-11-03 06:00", "1d", "01:30 America/New_York")

    assert (begin, end) == (at("2024-11-03 05:30"), at("2024-11-04 06:30"))


def test_R08_a_day_across_the_switch_has_23_hours_and_four_hour_bars_keep_wall_times():
    day = span("2024-03-10 12:00", "1d", "17:00 America/New_York")
    four = span("2024-03-10 07:00", "4h", "17:00 America/New_York")
    autumn = span("2024-11-03 07:00", "4h", "17:00 America/New_York")

    assert day == (at("2024-03-09 22:00"), at("2024-03-10 21:00"))
    assert four == (at("2024-03-10 06:00"), at("2024-03-10 09:00"))
    assert autumn == (at("2024-11-03 05:00"), at("2024-11-03 10:00"))


def test_R10_higher_bars_are_the_aggregate_of_the_lower():
    run = play(
        """
        09:00:00  1.10000 1.10002
        09:01:10  1.10050 1.10052
        09:03:20  1.09900 1.09901
        09:04:59  1.09950 1.09951
    """,
        end=at("09:10"),
    )
    one, five = run.bars["1m"], run.bars["5m"][0]

    assert (five.open, five.close) == (one[0].open, one[-1].close)
    assert (five.high, five.low) == (max(b.high for b in one), min(b.low for b in one))
    assert five.ticks == sum(b.ticks for b in one)


def test_R12_a_tick_older_than_its_predecessor_is_refused():
    with pytest.raises(TickOrderError, match="follows"):
        run([(5, 1, 2), (4, 1, 2)], object(), Config())


def test_R12_ticks_of_equal_time_keep_their_order():
    run = play("""
        09:00:00  1.10000 1.10002
        09:00:00  1.10009 1.10012
        09:00:00  1.10005 1.10008
    """)

    assert (run.bars["1m"][0].open, run.bars["1m"][0].close) == (110_000, 110_005)


def test_a_tape_reads_stamps_dates_and_comments():
    text = """
        # a market
        09:00            1.10000 1.10002
        2024-01-03 09:00:00.5  1.1 1.2  # next day
    """

    assert tape.ticks(text) == [
        (1_704_186_000_000_000, 110_000, 110_002),
        (1_704_272_400_500_000, 110_000, 120_000),
    ]
    with pytest.raises(ValueError, match="whole number of points"):
        tape.ticks("09:00 1.100001 1.2")
