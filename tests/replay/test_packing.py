"""Blocks are packed as the reference page says, and come back as they were."""

import gzip
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtestr_lab.errors import DataError
from backtestr_lab.replay.packing import MOST, pack, unpack

WHOLE = st.integers(-MOST + 1, MOST - 1)


def same(columns, data):
    found, _ = unpack(data)
    assert list(found) == list(columns)
    for name, column in columns.items():
        assert np.array_equal(np.asarray(found[name], "f8"), np.asarray(column, "f8"), equal_nan=True)


@given(st.lists(st.one_of(WHOLE, st.just(float("nan"))), max_size=60))
def test_any_column_comes_back_with_its_missing_values(values):
    columns = {"a": np.array(values, "f8"), "b": np.arange(len(values))}

    same(columns, pack(columns))


@pytest.mark.parametrize("step", [1, 7, 1000, 60_000_000])
def test_a_clock_takes_next_to_nothing(step):
    ts = 1_704_067_200_000_000 + step * np.arange(4096)

    assert len(pack({"ts": ts})) < 200
    same({"ts": ts}, pack({"ts": ts}))


def test_columns_of_a_block_may_differ_in_length():
    columns = {"a": np.arange(5), "b": np.empty(0, "i8"), "c": np.array([np.nan, -3.0])}

    same(columns, pack(columns))


def test_the_bytes_are_those_of_the_reference_page():
    # Differences 3, -1, missing, 300: signed 6, 1, -, 600 and one more each; two bytes each, lowest bytes first.
    data = pack({"x": np.array([3.0, 2.0, np.nan, 302.0]), "y": np.array([5, 5, 5])}, {"head": {"open": 1}})

    raw = gzip.decompress(data)
    begin = 4 + int.from_bytes(raw[:4], "little")
    header = json.loads(raw[4:begin])
    assert header["head"] == {"open": 1}
    at, count, width, order, missing, unit = header["columns"]["x"]
    assert (count, width, order, missing, unit) == (4, 2, 1, 1, 1)
    assert list(raw[begin + at : begin + at + 8]) == [7, 2, 0, 601 % 256, 0, 0, 0, 601 // 256]
    assert header["columns"]["y"][5] == 5


def test_a_number_that_a_double_would_change_is_refused():
    with pytest.raises(DataError, match=r"volume is 4,503,599,627,370,496, .* 2\^52"):
        pack({"volume": np.array([1, MOST])})


def test_what_is_no_block_is_refused():
    data = pack({"a": np.arange(9)})

    for broken in (b"", b"BTLC", data[: len(data) // 2], gzip.compress(b"\x00\x00\x00\x00{}")):
        with pytest.raises(DataError, match="cannot be read"):
            unpack(broken)


def test_the_same_columns_are_the_same_bytes():
    columns = {"a": np.arange(100) ** 2}

    assert pack(columns) == pack(columns)
