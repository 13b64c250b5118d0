"""Overlapping imports: the same store in any order (D3), shown against a plain multiset."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backtestr_lab as lab
from backtestr_lab.records import Ticks
from backtestr_lab.store.merge import merge
from backtestr_lab.symbols import EURUSD

# Few stamps and few prices, so that equal times, real duplicates and contradicting orders are the rule.
rows = st.tuples(st.integers(0, 4), st.integers(1, 3), st.integers(1, 3))
files = st.lists(rows, min_size=1, max_size=12).map(lambda r: sorted(r, key=lambda row: row[0]))


def columns(file):
    ts, bid, ask = (np.array(c, "i8") for c in zip(*file))
    return [ts, bid, ask, *(np.zeros(len(ts), "i8") for _ in range(3))]


def merged(*tapes):
    contested = {}
    whole = columns(tapes[0])
    for tape in tapes[1:]:
        whole, _ = merge(whole, columns(tape), contested)
    return [tuple(row[:3]) for row in zip(*(c.tolist() for c in whole))]


def larger_counts(*tapes):
    whole = Counter()
    for tape in tapes:
        whole |= Counter(tape)
    return whole


@given(st.lists(files, min_size=1, max_size=4))
@settings(deadline=None, max_examples=300)
def test_D03_of_each_distinct_row_the_larger_count_is_kept(tapes):
    whole = merged(*tapes)

    assert Counter(whole) == larger_counts(*tapes)
    assert [row[0] for row in whole] == sorted(row[0] for row in whole)


@given(st.lists(files, min_size=2, max_size=4), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=300)
def test_D03_files_merge_to_the_same_rows_in_any_order_and_grouping(tapes, chance):
    shuffled = list(tapes)
    chance.shuffle(shuffled)

    assert merged(*shuffled) == merged(*tapes)


@given(files, st.data())
@settings(deadline=None, max_examples=200)
def test_D03_overlapping_pieces_of_a_tape_give_the_tape_back_in_file_order(tape, data):
    cuts = data.draw(st.lists(st.tuples(st.integers(0, len(tape) - 1), st.integers(1, len(tape))), max_size=3))
    pieces = [tape[a : a + n] for a, n in cuts] + [tape]

    for order in permutations(pieces):
        assert merged(*order) == tape


@given(files)
@settings(deadline=None, max_examples=100)
def test_D03_a_file_merged_with_itself_adds_nothing(tape):
    whole, added = merge(columns(tape), columns(tape), {})

    assert added == 0
    assert all(np.array_equal(a, b) for a, b in zip(whole, columns(tape)))


def test_D03_contradicting_orders_settle_on_the_value_whichever_came_first():
    one, other = [(0, 2, 2), (0, 1, 1)], [(0, 1, 1), (0, 2, 2)]

    assert merged(one, other) == merged(other, one) == other


def test_R12_one_files_order_of_equal_times_survives_a_merge_with_part_of_it():
    tape = [(0, 3, 3), (0, 1, 1), (0, 2, 2)]

    assert merged(tape[1:], tape) == tape
    assert merged(tape[2:], tape[:2], tape) == tape


def ticks(file):
    month = 31 * 86_400_000_000
    ts, bid, ask = (np.array(c, "i8") for c in zip(*file))
    # Stamps fall into two months, so that files span a border of the physical layout.
    return Ticks(month - 2 + ts, bid, ask, symbol=EURUSD)


@given(st.lists(files, min_size=2, max_size=3))
@settings(deadline=None, max_examples=8)
def test_D03_the_store_holds_what_the_multiset_holds_in_any_order_of_files(tmp_path_factory, tapes):
    hashes = set()
    for order in permutations(tapes):
        store = lab.Store(tmp_path_factory.mktemp("store"))
        for tape in order:
            store.ingest(ticks(tape))
        whole = store.ticks("EURUSD")
        hashes.add(whole.hash())
        held = Counter(zip(whole.ts.tolist(), whole.bid.tolist(), whole.ask.tolist()))

        assert held == larger_counts(*([(31 * 86_400_000_000 - 2 + t, b, a) for t, b, a in tape] for tape in tapes))
        assert store.symbols()["ticks"].item() == len(whole)
    assert len(hashes) == 1


def test_D03_a_contest_ends_when_a_file_has_the_whole_order(tmp_path):
    store = lab.Store(tmp_path)
    whole = [(0, 2, 2), (0, 1, 1), (0, 3, 3)]
    for tape in (whole[:1], whole[1:], whole):
        store.ingest(ticks(tape))

    assert store.ticks("EURUSD").bid.tolist() == [2, 1, 3]
    assert store.sql("SELECT count(*) AS n FROM contested")["n"].item() == 0


@pytest.mark.parametrize("first_later", [False, True])
def test_D03_days_arrive_in_either_order(tmp_path, first_later):
    whole = lab.sample("EURUSD", days=3)
    middle = whole.ts[len(whole) // 2]
    parts = [whole.between(0, middle + 3_600_000_000), whole.between(middle, 2**62)]
    store = lab.Store(tmp_path)
    for part in parts[::-1] if first_later else parts:
        store.ingest(part)

    assert store.ticks("EURUSD").hash() == whole.hash()
