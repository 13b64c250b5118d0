"""Wall times of `on_time` and their instants (S1)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtestr_lab import StrategyError
from backtestr_lab.strategy.times import WallTime, instants
from backtestr_lab.units import DAY, format_micros, from_micros, to_micros


def shown(text, start, end):
    return [format_micros(t) for t in WallTime.parse(text).between(to_micros(start), to_micros(end))]


def test_a_time_without_a_day_is_every_day_in_utc():
    assert shown("16:00", "2024-01-05 16:00", "2024-01-07 16:00") == ["2024-01-05 16:00", "2024-01-06 16:00"]


def test_a_weekday_in_a_zone_follows_its_summer_time():
    found = shown("Fri 16:55 America/New_York", "2024-03-01", "2024-03-16")

    assert found == ["2024-03-01 21:55", "2024-03-08 21:55", "2024-03-15 20:55"]


def test_a_skipped_wall_time_is_the_first_instant_after_the_gap():
    assert shown("02:30 America/New_York", "2024-03-10", "2024-03-11") == ["2024-03-10 07:00"]


def test_a_repeated_wall_time_is_its_first_occurrence():
    assert shown("01:30 America/New_York", "2024-11-03", "2024-11-04") == ["2024-11-03 05:30"]


def test_equal_instants_of_two_texts_are_one():
    times = [WallTime.parse("12:00"), WallTime.parse("Mon 12:00"), WallTime.parse("13:00 Europe/Berlin")]

    assert len(instants(times, to_micros("2024-01-01"), to_micros("2024-01-02"))) == 1


@given(
    minute=st.integers(0, 1439),
    start=st.integers(0, 20_000),
    zone=st.sampled_from(["America/New_York", "Europe/London", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"]),
)
@settings(deadline=None, max_examples=60)
def test_each_instant_shows_the_wall_time_or_ends_a_gap(minute, start, zone):
    text = f"{minute // 60:02}:{minute % 60:02} {zone}"
    found = WallTime.parse(text).between(start * DAY, (start + 5) * DAY)

    for ts in found:
        local = from_micros(ts).astimezone(ZoneInfo(zone))
        before = (from_micros(ts) - dt.timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
        wall = local.hour * 60 + local.minute
        assert wall == minute or (before.utcoffset() != local.utcoffset() and wall > minute)
    assert 4 <= len(found) <= 6  # a day of a switch has 23 or 25 hours


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Fri 4pm", r"'Fri 4pm' is not a time; write it like '16:55'"),
        ("25:00", r"'25:00' is not a time of day"),
        ("Fry 16:00", r"'Fry' is not a weekday; did you mean 'fri'"),
        ("16:00 America/NewYork", r"no time zone 'America/NewYork'; did you mean 'America/New_York'"),
        (1600, r"1600 is not a time"),
    ],
)
def test_what_is_no_time_is_refused(text, message):
    with pytest.raises(StrategyError, match=message):
        WallTime.parse(text)
