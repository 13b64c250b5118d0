"""S7: the user's own series, joined as of when each row could be known."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from backtestr_lab.errors import StrategyError
from backtestr_lab.indicators import ta
from backtestr_lab.records import BAR
from backtestr_lab.units import Timeframe, to_micros

HOUR = Timeframe.parse("1h").us


def hours(count, start="2024-01-01"):
    """Bars of one hour, one after the other."""
    bars = np.zeros(count, BAR)
    bars["ts"] = to_micros(start) + np.arange(count) * HOUR
    bars["end"] = bars["ts"] + HOUR
    return bars


def rows(**values):
    """A Series from t0130=1.0, ...: hour and minute of 2024-01-01."""
    index = [pd.Timestamp(f"2024-01-01 {key[1:3]}:{key[3:5]}:{key[5:] or '00'}") for key in values]
    return pd.Series(list(values.values()), index=pd.DatetimeIndex(index), name="x", dtype=float)


def test_S07_a_bar_takes_the_last_row_known_at_its_end(evaluate):
    values = evaluate(hours(4), ta.series(rows(t0130=1.0, t0145=2.0, t0330=3.0), "1h"))

    np.testing.assert_array_equal(values, [np.nan, 2.0, 2.0, 3.0])


def test_S07_a_row_known_exactly_at_the_end_counts_and_a_microsecond_later_does_not(evaluate):
    at = pd.Series([1.0], index=[pd.Timestamp("2024-01-01 01:00")])
    later = pd.Series([1.0], index=[pd.Timestamp("2024-01-01 01:00:00.000001")])
    nano = pd.Series([1.0], index=[pd.Timestamp("2024-01-01 01:00:00.000000001")])

    firsts = [evaluate(hours(2), ta.series(s, "1h")) for s in (at, later, nano)]

    np.testing.assert_array_equal(firsts, [[1.0, 1.0], [np.nan, 1.0], [np.nan, 1.0]])


@pytest.mark.parametrize("lag", ["30min", dt.timedelta(minutes=30), pd.Timedelta("30min"), np.timedelta64(30, "m")])
def test_S07_lag_delays_every_row(evaluate, lag):
    values = evaluate(hours(3), ta.series(rows(t0045=1.0, t0130=2.0), "1h", lag=lag))

    np.testing.assert_array_equal(values, [np.nan, 2.0, 2.0])


def test_S07_available_names_the_column_with_the_time_of_publication(evaluate):
    frame = pd.DataFrame(
        {"cpi": [3.1, 3.2], "published": pd.to_datetime(["2024-01-01 01:30", "2024-01-01 02:30"])},
        index=pd.to_datetime(["2023-11-01", "2023-12-01"]),
    )

    values = evaluate(hours(4), ta.series(frame, "1h", available="published"))
    delayed = evaluate(hours(4), ta.series(frame, "1h", column="cpi", available="published", lag="1h"))

    np.testing.assert_array_equal(values, [np.nan, 3.1, 3.2, 3.2])
    np.testing.assert_array_equal(delayed, [np.nan, np.nan, 3.1, 3.2])


def test_S07_the_index_with_a_zone_is_converted_and_without_one_is_utc(evaluate):
    zoned = pd.Series([1.0], index=pd.DatetimeIndex(["2023-12-31 20:30"]).tz_localize("America/New_York"))
    naive = pd.Series([1.0], index=pd.DatetimeIndex(["2024-01-01 01:30"]))

    for data in (zoned, naive):
        np.testing.assert_array_equal(evaluate(hours(3), ta.series(data, "1h")), [np.nan, 1.0, 1.0])


def test_S07_a_column_with_a_zone_is_converted_too(evaluate):
    known = pd.Series(pd.DatetimeIndex(["2023-12-31 20:30"]).tz_localize("America/New_York"))
    frame = pd.DataFrame({"x": [1.0], "known": known})

    np.testing.assert_array_equal(evaluate(hours(3), ta.series(frame, "1h", available="known")), [np.nan, 1.0, 1.0])


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_S07_times_of_any_unit_mean_the_same(evaluate, unit):
    data = rows(t0130=1.0, t0230=2.0)
    data.index = data.index.as_unit(unit)

    np.testing.assert_array_equal(evaluate(hours(3), ta.series(data, "1h")), [np.nan, 1.0, 2.0])


def test_S07_unsorted_rows_are_sorted_and_of_equal_times_the_last_counts(evaluate):
    data = rows(t0230=3.0, t0130=1.0)
    data = pd.concat([data, pd.Series([2.0], index=[pd.Timestamp("2024-01-01 01:30")])])

    np.testing.assert_array_equal(evaluate(hours(3), ta.series(data, "1h")), [np.nan, 2.0, 3.0])


def test_S07_of_many_rows_of_one_time_the_last_in_the_table_counts(evaluate):
    data = pd.Series(np.arange(300.0), index=pd.DatetimeIndex(["2024-01-01 00:30", "2024-01-01 00:20"] * 150))

    assert evaluate(hours(1), ta.series(data, "1h")).tolist() == [298.0]


def test_S07_a_row_without_a_time_was_never_known(evaluate):
    data = pd.Series([1.0, 9.0], index=pd.DatetimeIndex(["2024-01-01 00:30", pd.NaT]))

    np.testing.assert_array_equal(evaluate(hours(2), ta.series(data, "1h")), [1.0, 1.0])


def test_S08_a_missing_value_is_missing_until_the_next_row(evaluate):
    values = evaluate(hours(3), ta.series(rows(t0030=1.0, t0130=np.nan, t0230=3.0), "1h"))

    np.testing.assert_array_equal(values, [1.0, np.nan, 3.0])


@pytest.mark.parametrize("dtype", ["int64", "float32", "bool", "Int64", "Float64", "boolean"])
def test_S07_numbers_of_any_kind_become_float(evaluate, dtype):
    data = pd.Series([1, 0], index=pd.to_datetime(["2024-01-01 00:30", "2024-01-01 01:30"])).astype(dtype)

    assert evaluate(hours(2), ta.series(data, "1h")).tolist() == [1.0, 0.0]


def test_S08_missing_values_of_nullable_kinds_are_nan(evaluate):
    data = pd.Series([1, None], index=pd.to_datetime(["2024-01-01 00:30", "2024-01-01 01:30"]), dtype="Int64")

    np.testing.assert_array_equal(evaluate(hours(2), ta.series(data, "1h")), [1.0, np.nan])


@pytest.mark.parametrize("m", [0, 3])
def test_S07_an_empty_series_is_nan(evaluate, m):
    data = pd.Series([], index=pd.DatetimeIndex([]), dtype=float)

    values = evaluate(hours(m), ta.series(data, "1h"))

    assert values.shape == (m,) and np.isnan(values).all()


def test_S07_a_series_is_a_node_like_any_other(evaluate):
    data = rows(t0030=1.0, t0130=2.0, t0230=4.0)

    assert evaluate(hours(3), ta.sma(ta.series(data, "1h"), 2))[1:].tolist() == [1.5, 3.0]
    assert ta.series(data, "1h") == ta.series(data.copy(), "H1") != ta.series(data + 1, "1h")


def test_S07_changing_the_series_afterwards_changes_nothing(evaluate):
    data = rows(t0030=1.0)
    node = ta.series(data, "1h")

    data.iloc[0] = 5.0

    assert evaluate(hours(1), node).tolist() == [1.0]


def test_S07_what_a_bar_sees_does_not_change_with_rows_that_come_later(evaluate):
    data = rows(t0030=1.0, t0130=2.0, t0230=3.0, t0330=4.0)
    full = evaluate(hours(4), ta.series(data, "1h"))

    for known in range(1, 4):
        cut = evaluate(hours(4), ta.series(data[:known], "1h"))
        np.testing.assert_array_equal(cut[:known], full[:known])


WIDE = pd.DataFrame({"a": [1.0], "b": ["x"]}, index=pd.to_datetime(["2024-01-01"]))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ta.series([1.0]), "ta.series: got a list; give a pandas Series or DataFrame indexed by time"),
        (lambda: ta.series(pd.Series([1.0])), "the index of series is int64, not times; convert it with pandas.to_dat"),
        (lambda: ta.series(pd.Series([1.0], index=["2024-01-01"])), "not times; convert it with pandas.to_datetime"),
        (lambda: ta.series(WIDE), r"2 columns \(a, b\); name one: column="),
        (lambda: ta.series(WIDE, column="c"), "no column 'c'; there are a, b"),
        (lambda: ta.series(WIDE, column="a", available="when"), "no column 'when'; there are a, b"),
        (lambda: ta.series(WIDE, column="a", available="b"), "column 'b' of a is .*, not times"),
        (lambda: ta.series(WIDE, column="b"), r"b is .*, not numeric; convert it with .astype\(float\)"),
        (lambda: ta.series(WIDE["a"], column="a"), "a Series has no columns"),
        (lambda: ta.series(WIDE["a"] * 1j), "a is complex128, not numeric"),
        (lambda: ta.series(WIDE["a"], lag="-1h"), "lag is '-1h'; a negative or missing lag"),
        (lambda: ta.series(WIDE["a"], lag=pd.NaT), "lag is NaT"),
        (lambda: ta.series(WIDE["a"], lag=60), "lag is 60; give a timedelta or a text like '1h'"),
        (lambda: ta.series(WIDE["a"], lag="soon"), "lag 'soon' is not a length of time"),
        (lambda: ta.series(WIDE["a"], "1M"), "ta.series: timeframe '1M' could be a minute or a month"),
    ],
)
def test_S05_what_cannot_be_joined_is_told_in_one_line(make, message):
    with pytest.raises(StrategyError, match=message) as error:
        make()

    assert "\n" not in str(error.value)
