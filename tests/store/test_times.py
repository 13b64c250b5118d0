"""Times in vendors' spellings and zones -> microseconds UTC (U1)."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backtestr_lab as lab
from backtestr_lab.store.check import Faults
from backtestr_lab.store.times import read_times
from backtestr_lab.store.zones import to_utc

NOON = 1_399_033_800_125_000  # 2014-05-02 12:30:00.125


def read(values, tz="UTC", **more):
    array = values if isinstance(values, pa.Array) else pa.array(values)
    faults = Faults(len(array))
    return read_times(array, tz, faults, "table", **more).tolist(), faults


@pytest.mark.parametrize(
    "text",
    [
        "2014-05-02 12:30:00.125",
        "2014-05-02T12:30:00.125000",
        "2014-05-02T12:30:00.125000000999",
        "2014-05-02T12:30:00.125Z",
        "2014-05-02 12:30:00.125 UTC",
        "2014-05-02 14:30:00.125+02:00",
        "2014-05-02 07:00:00.125-0530",
        "2014.05.02 12:30:00.125",
        "2014/05/02 12:30:00,125",
        "20140502 12:30:00.125",
        "20140502 123000125",
        "20140502123000125",
        "02.05.2014 12:30:00.125",
        "02.05.2014 14:30:00.125 GMT+0200",
        "1399033800.125",
        "1399033800125",
        "1399033800125000",
        "1399033800125000999",
    ],
)
def test_U01_a_time_is_read_in_its_vendors_spelling(text):
    assert read([text])[0] == [NOON]


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("2014-05-02", 1_398_988_800_000_000),
        ("20140502", 1_398_988_800_000_000),
        ("20140502123000", NOON - 125_000),
        ("2014-05-02 12:30", NOON - 125_000),
        ("1399033800", NOON - 125_000),
        ("1969-12-31 23:59:59.999999", -1),
    ],
)
def test_U01_coarser_times_are_read_as_well(text, micros):
    assert read([text])[0] == [micros]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([NOON], pa.timestamp("us")),
        pa.array([NOON], pa.timestamp("us", "Asia/Tokyo")),
        pa.array([NOON * 1000 + 999], pa.timestamp("ns")),
        pa.array([NOON // 1000], pa.timestamp("ms", "UTC")),
        pa.array([NOON // 1000], pa.int64()),
        pa.array([NOON / 1e6], pa.float64()),
    ],
)
def test_U01_typed_columns_are_read_by_their_type(array):
    assert read(array)[0] == [NOON]


def test_dates_are_midnight_utc():
    assert read(pa.array([dt.date(2014, 5, 2)]))[0] == [1_398_988_800_000_000]


def test_fractions_of_different_length_mix():
    values = ["2014-05-02 12:30:00", "2014-05-02 12:30:00.1", "2014-05-02 12:30:00.125"]

    assert read(values)[0] == [NOON - 125_000, NOON - 25_000, NOON]


def test_D04_times_that_cannot_be_read_are_marked():
    _, faults = read(["2014-05-02 12:30", "soon", None, "", "2014-05-02 25:00"])

    assert faults.listed() == [
        (1, "time 'soon' cannot be read"),
        (2, "time None cannot be read"),
        (3, "time '' cannot be read"),
        (4, "time '2014-05-02 25:00' does not exist"),
    ]


def test_milliseconds_of_a_day_need_a_day_and_stay_within_it():
    micros, faults = read([0, 86_399_999, 86_400_000], day=dt.date(2014, 5, 2))

    assert micros[:2] == [1_398_988_800_000_000, 1_399_075_199_999_000]
    assert faults.listed() == [(2, "time 8.64e+07 is not within a day's 86,400,000 ms")]


@given(
    st.sampled_from(
        ["America/New_York", "Europe/London", "Asia/Tokyo", "Etc/GMT+5", "Australia/Lord_Howe", "Asia/Kolkata"]
    ),
    st.lists(st.integers(946_684_800, 1_893_456_000), min_size=1, max_size=5),
)
@settings(deadline=None, max_examples=150)
def test_R08_wall_times_become_utc_by_the_rules_of_their_zone(zone, seconds):
    rules = ZoneInfo(zone)
    walls = [dt.datetime.fromtimestamp(s, rules).replace(tzinfo=None) for s in seconds]
    local = np.array([(w - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1) for w in walls])
    # fold=0: where a wall time happens twice, a lone one is its first pass
    expected = [int(w.replace(tzinfo=rules).timestamp() * 1_000_000) for w in walls]
    descending = np.diff(local) < -30 * 60_000_000
    utc, skipped = to_utc(local, zone)

    assert skipped is None
    if not descending.any():
        assert utc.tolist() == expected


def test_R08_the_hour_that_happens_twice_is_told_apart_by_its_jump_back():
    walls = ["2024-11-03 01:00", "2024-11-03 01:59:59", "2024-11-03 01:00:01", "2024-11-03 01:30", "2024-11-03 02:00"]
    utc, _ = read(walls, "America/New_York")
    hours = [(u - 1_730_606_400_000_000) / 3_600_000_000 for u in utc]

    assert hours == pytest.approx([1, 1 + 3599 / 3600, 2 + 1 / 3600, 2.5, 3])


def test_R08_the_hour_that_is_skipped_does_not_exist():
    micros, faults = read(["2024-03-10 01:59", "2024-03-10 02:30", "2024-03-10 03:00"], "America/New_York")

    assert micros[2] - micros[0] == 60_000_000
    assert faults.listed() == [
        (1, "its wall time does not exist in America/New_York: the clocks went forward"),
    ]


def test_a_column_of_another_type_is_told():
    with pytest.raises(lab.DataError, match=r"table: the time column holds bool; choose another"):
        read([True])
