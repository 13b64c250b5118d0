import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtestr_lab.bars import boundaries, trading_dates
from backtestr_lab.errors import OptionError
from backtestr_lab.units import DAY, HOUR, format_micros, to_micros

NEW_YORK = "17:00 America/New_York"


def texts(grid):
    return [format_micros(t) for t in grid]


def test_R07_up_to_one_hour_the_grid_is_utc_whatever_the_anchor():
    grid = boundaries("15m", NEW_YORK, "2024-03-10 06:50", "2024-03-10 07:15")

    assert texts(grid) == ["2024-03-10 06:45", "2024-03-10 07:00", "2024-03-10 07:15"]


def test_R07_a_longer_timeframe_starts_at_the_anchor_and_repeats_until_the_next():
    grid = boundaries("8h", NEW_YORK, "2024-01-02 22:00", "2024-01-04")

    assert texts(grid) == [
        "2024-01-02 22:00",
        "2024-01-03 06:00",
        "2024-01-03 14:00",
        "2024-01-03 22:00",
        "2024-01-04 06:00",
    ]


def test_R07_a_skipped_wall_time_opens_at_the_first_instant_after_it():
    grid = boundaries("1d", "02:30 America/New_York", "2024-03-09 12:00", "2024-03-11")

    assert texts(grid) == ["2024-03-09 07:30", "2024-03-10 07:00", "2024-03-11 06:30"]


def test_R07_a_skipped_midnight_opens_the_day_an_hour_later():
    grid = boundaries("1d", "00:00 America/Sao_Paulo", "2018-11-03 12:00", "2018-11-04 12:00")

    assert texts(grid) == ["2018-11-03 03:00", "2018-11-04 03:00", "2018-11-05 02:00"]


def test_R07_a_repeated_wall_time_opens_at_its_first():
    grid = boundaries("1d", "01:30 America/New_York", "2024-11-02 12:00", "2024-11-04")

    assert texts(grid) == ["2024-11-02 05:30", "2024-11-03 05:30", "2024-11-04 06:30"]


def test_R07_the_wall_time_at_which_the_clock_is_set_back_opens_after_the_repeated_hour():
    grid = boundaries("2h", "00:00 America/New_York", "2024-11-03 04:00", "2024-11-03 09:00")

    assert texts(grid) == ["2024-11-03 04:00", "2024-11-03 07:00", "2024-11-03 09:00"]


def test_R07_a_date_that_a_country_skipped_opens_no_bar_twice():
    grid = boundaries("4h", "00:00 Pacific/Apia", "2011-12-28", "2012-01-02")

    assert (np.diff(grid) == 4 * HOUR).all()


def test_R07_a_week_starts_at_the_anchor_that_begins_mondays_trading_date():
    assert texts(boundaries("1w", "UTC", "2024-01-03", "2024-01-08")) == ["2024-01-01", "2024-01-08"]
    assert texts(boundaries("1w", NEW_YORK, "2024-03-06", "2024-03-11")) == [
        "2024-03-03 22:00",  # Sunday
        "2024-03-10 21:00",
        "2024-03-17 21:00",
    ]
    assert texts(boundaries("1w", "09:30 America/New_York", "2024-03-06", "2024-03-11 13:30")) == [
        "2024-03-04 14:30",  # Monday
        "2024-03-11 13:30",
    ]


@pytest.mark.parametrize("timeframe", ["7m", "5h", "2d", "2w", "0m"])
def test_R07_other_lengths_are_refused(timeframe):
    with pytest.raises(OptionError, match=f"timeframe '{timeframe}' does not fit the grid"):
        boundaries(timeframe, "UTC", 0, 1)


def test_R07_with_a_new_york_anchor_the_trading_date_is_the_date_of_the_close():
    instants = ["2024-03-08 21:59:59.999999", "2024-03-08 22:00", "2024-03-10 20:59:59.999999", "2024-03-10 21:00"]

    dates = trading_dates([to_micros(t) for t in instants], NEW_YORK).astype("M8[D]")

    assert dates.astype(str).tolist() == ["2024-03-08", "2024-03-09", "2024-03-10", "2024-03-11"]


def test_R07_with_utc_the_trading_date_is_the_date_before_1970_too():
    assert trading_dates([-1, 0, DAY - 1, DAY], "UTC").tolist() == [-1, 0, 0, 1]
    assert trading_dates([], "UTC").tolist() == []


def test_R08_a_day_has_23_hours_in_march_and_25_in_november():
    march = boundaries("1d", NEW_YORK, "2024-03-08 22:00", "2024-03-11 21:00")
    november = boundaries("1d", NEW_YORK, "2024-11-01 21:00", "2024-11-04 22:00")

    assert (np.diff(march) // HOUR).tolist() == [24, 23, 24]
    assert (np.diff(november) // HOUR).tolist() == [24, 25, 24]


def test_R08_the_4h_bar_that_holds_the_switch_is_an_hour_shorter_or_longer():
    march = boundaries("4h", NEW_YORK, "2024-03-09 22:00", "2024-03-10 21:00")
    november = boundaries("4h", NEW_YORK, "2024-11-02 21:00", "2024-11-03 22:00")

    assert (np.diff(march) // HOUR).tolist() == [4, 4, 3, 4, 4, 4]
    assert (np.diff(november) // HOUR).tolist() == [4, 4, 5, 4, 4, 4]


def test_R08_the_rules_of_the_year_hold():
    # Until 2006 the United States changed on the first Sunday in April, since 2007 on the second in March.
    in_2006 = boundaries("1d", NEW_YORK, "2006-03-20", "2006-03-20 22:00")
    in_2007 = boundaries("1d", NEW_YORK, "2007-03-20", "2007-03-20 21:00")

    assert texts(in_2006[-1:]) == ["2006-03-20 22:00"]
    assert texts(in_2007[-1:]) == ["2007-03-20 21:00"]


def test_U01_a_range_is_given_as_dates_or_microseconds_and_naive_means_utc():
    wanted = [0, DAY]

    assert boundaries("1d", "UTC", 0, DAY).tolist() == wanted
    assert boundaries("1d", "UTC", "1970-01-01", "1970-01-02").tolist() == wanted
    assert boundaries("1d", "UTC", "1970-01-01T01:00+01:00", "1970-01-01 00:00:01").tolist() == wanted


@pytest.mark.parametrize(
    ("anchor", "message"),
    [
        ("17:00 America/NewYork", r"unknown time zone 'America/NewYork'; did you mean 'America/New_York'\?"),
        ("17:00 America", "unknown time zone 'America'"),
        ("25:00 UTC", "anchor '25:00 UTC' is not known; write 'UTC' or a time and a zone"),
        ("America/New_York", "write 'UTC' or a time and a zone"),
        ("17:00", "write 'UTC' or a time and a zone"),
    ],
)
def test_an_anchor_that_cannot_be_read_says_how_to_write_one(anchor, message):
    with pytest.raises(OptionError, match=message):
        boundaries("1d", anchor, 0, DAY)
    with pytest.raises(OptionError, match=message):
        trading_dates([0], anchor)


def test_a_reversed_range_is_refused():
    with pytest.raises(OptionError, match="start 2024-01-02 is after end 2024-01-01; exchange them"):
        boundaries("1h", "UTC", "2024-01-02", "2024-01-01")


@settings(deadline=None, max_examples=200)
@given(
    start=st.integers(to_micros("1969-12-30"), to_micros("2040-01-01")),
    length=st.integers(0, 40 * DAY),
    timeframe=st.sampled_from(["1s", "1m", "1h", "90m", "4h", "1d", "1w"]),
    anchor=st.sampled_from(
        ["UTC", NEW_YORK, "02:30 Australia/Lord_Howe", "00:00 Africa/Casablanca", "23:59 Asia/Kolkata"]
    ),
)
def test_the_grid_ascends_and_covers_its_range_with_nothing_to_spare(start, length, timeframe, anchor):
    length = min(length, DAY) if timeframe == "1s" else length

    grid = boundaries(timeframe, anchor, start, start + length)

    assert (np.diff(grid) > 0).all()
    assert grid[0] <= start and grid[-1] >= start + length
    assert len(grid) == 1 or (grid[1] > start and grid[-2] < start + length)
