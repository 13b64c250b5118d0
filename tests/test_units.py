"""Units at the edges: what a user writes, and the integers it becomes (U1-U3, R7, R11)."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtestr_lab.errors import OptionError
from backtestr_lab.units import (
    DEFAULT_TIMEFRAMES,
    Timeframe,
    format_micros,
    from_micros,
    from_points,
    to_micros,
    to_points,
    to_steps,
)

NOON = 1_398_945_600_000_000  # 2014-05-01 12:00 UTC
PARIS = dt.timezone(dt.timedelta(hours=2))


@pytest.mark.parametrize(
    "when",
    [
        NOON,
        np.int64(NOON),
        "2014-05-01 12:00",
        " 2014-05-01T12:00:00Z ",
        "2014-05-01 14:00+02:00",
        dt.datetime(2014, 5, 1, 12),
        dt.datetime(2014, 5, 1, 14, tzinfo=PARIS),
        np.datetime64("2014-05-01T12:00"),
    ],
)
def test_U01_every_form_of_an_instant_is_the_same_microsecond_and_naive_means_utc(when):
    assert to_micros(when) == NOON


def test_U01_a_pandas_timestamp_is_an_instant():
    assert to_micros(pd.Timestamp("2014-05-01 14:00", tz="Europe/Paris")) == NOON


def test_U01_a_date_means_its_midnight_utc():
    midnight = NOON - 12 * 3_600_000_000

    assert to_micros(dt.date(2014, 5, 1)) == to_micros("2014-05-01") == midnight


@settings(deadline=None)
@given(st.integers(-(10**15), 4 * 10**15))
def test_U01_microseconds_survive_the_way_to_datetime_and_text(ts):
    assert to_micros(from_micros(ts)) == ts
    assert to_micros(format_micros(ts)) == ts


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("noon", "start 'noon' is not a time; write it like '2014-05-01'"),
        (1.5, "start is 1.5; give a datetime"),
        (True, "start is True; give a datetime"),
        (None, "start is a NoneType; give a datetime"),
    ],
)
def test_U01_what_is_no_instant_is_refused_by_the_name_of_its_argument(when, message):
    with pytest.raises(OptionError, match=message):
        to_micros(when, "start")


def test_U02_prices_round_half_away_from_zero_to_points():
    assert to_points(np.array([1.123454, 1.123456, -1.123456, 0.0]), 5).tolist() == [112345, 112346, -112346, 0]
    assert (to_points(0.5, 0), to_points(-0.5, 0), to_points(1.5, 0)) == (1, -1, 2)


@settings(deadline=None)
@given(st.integers(-(10**12), 10**12), st.integers(0, 8))
def test_U02_points_survive_the_way_to_decimals_and_text(points, digits):
    price = from_points(points, digits)

    assert to_points(price, digits) == points
    assert price == float(f"{points}e-{digits}")


@pytest.mark.parametrize(
    ("quantity", "digits", "steps"),
    [(10_000, 0, 10_000), (0.25, 8, 25_000_000), (0.1 + 0.2, 1, 3), (1 + 5e-7, 0, 1), (-3, 0, -3)],
)
def test_U03_a_quantity_on_the_grid_becomes_steps(quantity, digits, steps):
    assert to_steps(quantity, digits) == steps


@pytest.mark.parametrize("quantity", [0.5, 1 + 2e-6, float("nan"), float("inf"), 1e30, "many", None])
def test_U03_a_quantity_off_the_grid_is_never_rounded(quantity):
    assert to_steps(quantity, 0) is None


def test_R11_the_default_timeframes_and_their_aliases():
    assert [str(t) for t in DEFAULT_TIMEFRAMES] == ["1m", "5m", "15m", "1h", "4h", "1d"]
    assert Timeframe.parse("M5") == Timeframe.parse("5m") == Timeframe.parse(" 300s ")
    assert Timeframe.parse("H1") == Timeframe.parse("1H") == Timeframe.parse("60m")
    assert Timeframe.parse(Timeframe.parse("1d")).name == "1d"


def test_R11_a_minute_that_could_be_a_month_is_refused():
    with pytest.raises(OptionError, match="'1M' could be a minute or a month; write '1m'"):
        Timeframe.parse("1M")


@pytest.mark.parametrize("text", ["7m", "0m", "5h", "36h", "2d", "2w", "100m"])
def test_R07_a_length_off_the_grid_is_refused(text):
    with pytest.raises(OptionError, match=f"timeframe '{text}' does not fit the grid"):
        Timeframe.parse(text)


@pytest.mark.parametrize("text", ["", "5", "m", "5 minutes", "-5m", "1y"])
def test_what_is_no_timeframe_is_refused(text):
    with pytest.raises(OptionError, match="is not known; write it like '1m'"):
        Timeframe.parse(text)
