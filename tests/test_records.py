"""Records: their layout, their codes, and ticks as columns (C4, D6, R12, R13)."""

import numpy as np
import pytest

from backtestr_lab import records
from backtestr_lab.errors import DataError, TickOrderError
from backtestr_lab.records import Ticks, codes
from backtestr_lab.symbols import EURUSD, symbol

RECORDS = ["TICK", "BAR", "ORDER", "EVENT", "FILL", "TRADE"]


def ticks(ts, bid=None, ask=None, **columns):
    bid = bid if bid is not None else [110_000 + i for i in range(len(ts))]
    return Ticks(ts, bid, ask if ask is not None else [b + 2 for b in bid], symbol=EURUSD, **columns)


@pytest.mark.parametrize("name", RECORDS)
def test_C04_records_are_whole_words_without_padding(name):
    record = getattr(records, name)

    assert all(record[field] == np.dtype("i8") for field in record.names)
    assert record.itemsize == 8 * len(record.names)


def test_codes_are_the_places_in_their_table():
    assert codes(records.EVENTS) == {name: records.EVENTS.index(name) for name in records.EVENTS}
    assert (codes(records.EVENTS)["FILLED"], codes(records.PHASES)["TICK"]) == (6, 5)


def test_R12_a_tick_older_than_its_predecessor_is_refused_and_both_are_named():
    with pytest.raises(
        TickOrderError, match=r"tick 2 \(1970-01-01 00:00:01\) is older than tick 1 \(1970-01-01 00:00:02\)"
    ):
        ticks([0, 2_000_000, 1_000_000])


def test_R12_ticks_of_equal_time_keep_their_order():
    assert ticks([5, 5, 5], [3, 1, 2]).bid.tolist() == [3, 1, 2]


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(DataError, match="ticks of EURUSD: volume has 1 values, ts has 2"):
        ticks([1, 2], volume=[1])


def test_U01_a_range_includes_its_start_and_not_its_end():
    assert ticks([1, 2, 2, 3]).between(2, 3).ts.tolist() == [2, 2]


def test_a_part_of_ticks_is_a_view():
    whole = ticks([1, 2, 3], volume=[7, 8, 9])

    assert np.shares_memory(whole[1:].bid, whole.bid)
    assert whole[1:].volume.tolist() == [8, 9]
    assert whole.nbytes == 4 * 3 * 8


def test_D06_the_hash_tells_symbol_columns_and_values_apart():
    same = [ticks([1, 2]).hash(), ticks(np.array([1, 2])).hash()]
    others = [
        ticks([1, 3]).hash(),
        ticks([1, 2], [110_000, 110_002]).hash(),
        ticks([1, 2], volume=[0, 0]).hash(),
        Ticks([1, 2], [110_000, 110_001], [110_002, 110_003], symbol=symbol("GBPUSD")).hash(),
    ]

    assert len(set(same)) == 1
    assert len({same[0], *others}) == 5


def test_R13_crossed_quotes_are_dropped_or_swapped_before_everything():
    crossed = ticks([1, 2, 3], [10, 14, 12], [12, 11, 12], volume=[5, 6, 7])

    assert crossed.drop_crossed().ts.tolist() == [1, 3]
    assert crossed.drop_crossed().volume.tolist() == [5, 7]
    assert list(zip(crossed.swap_crossed().bid.tolist(), crossed.swap_crossed().ask.tolist())) == [
        (10, 12),
        (11, 14),
        (12, 12),
    ]
    assert crossed[:1].drop_crossed().bid is not None and crossed.bid.tolist() == [10, 14, 12]
