"""A capsule has the run's blocks and the ticks around its events; where bytes are short it says what it lacks."""

import json

import numpy as np
import pytest

from backtestr_lab.errors import DataError, OptionError
from backtestr_lab.replay import capsule as packing
from backtestr_lab.replay.blocks import Blocks
from backtestr_lab.replay.capsule import capsule, read
from backtestr_lab.replay.frames import frame
from backtestr_lab.replay.packing import unpack

from .page import Page
from .runs import KINDS, made


@pytest.mark.parametrize("kind", KINDS)
def test_a_capsule_has_every_block_but_the_ticks_as_the_run_has_it(kind, monkeypatch):
    monkeypatch.setattr(packing, "MOST_TICKS", 10**9)  # no run here has so many events that ticks get fewer
    run = made(kind)
    blocks, packed = Blocks(run), read(capsule(run))

    keys = [key for key in list(blocks.keys()) if "ticks" not in key]
    assert [key for key in list(packed.keys()) if "ticks" not in key] == keys
    assert all(packed.get(key) == blocks.get(key) for key in keys)
    assert packed.meta()["dropped"] == []
    assert packed.meta() | {"has": 0} == json.loads(json.dumps(blocks.meta())) | {"has": 0}


@pytest.mark.parametrize("kind", ["bars", "warm", "ticks", "stamps", "stopped", "closed"])
def test_a_capsule_has_the_ticks_around_every_event(kind):
    run = made(kind)
    packed = read(capsule(run))
    index = unpack(packed.get("index/ticks/0"))[0]

    assert packed.meta()["has"]["ticks"] == "around"
    for taken in run._cursors.tolist():
        row = int(np.searchsorted(index["first"], taken - 1, "right")) - 1
        first, end = int(index["first"][row]), int(index["first"][row] + index["count"][row])
        assert first <= max(0, taken - 40) and end >= min(run._cursor, taken + 40)
    for row in range(0, len(index["ts"]), 5):
        columns = unpack(packed.get(f"ticks/0/{index['block'][row]}"))[0]
        these = slice(int(index["at"][row]), int(index["at"][row] + index["count"][row]))
        first = int(index["first"][row])
        assert np.array_equal(columns["bid"][these], run.ticks.bid[first : first + index["count"][row]])
        assert (columns["ts"][these][0], columns["ts"][these][-1]) == (index["ts"][row], index["last"][row])


@pytest.mark.parametrize("kind", ["bars", "stamps"])
def test_a_stretch_says_what_its_first_bar_looked_like_before_it(kind):
    run = made(kind)
    packed = read(capsule(run))
    index = unpack(packed.get("index/ticks/0"))[0]
    opened = 0

    for block in np.unique(index["block"]).tolist():
        columns = unpack(packed.get(f"ticks/0/{block}"))[0]
        for row, stretch in enumerate(np.flatnonzero(index["block"] == block).tolist()):
            first = int(index["first"][stretch])
            before = run.ticks.ts[first - 1] if first else None
            minute = int(index["ts"][stretch]) // 60_000_000
            if before is None or before // 60_000_000 < minute:
                assert np.isnan(columns["head_open"][row])
                opened += 1
                continue
            forming = frame(run, before)["bars"][0]["1m"]["forming"]
            head = {name: columns[f"head_{name}"][row] for name in ("open", "high", "low", "close", "volume", "ticks")}
            assert head == {name: forming[name] for name in head}
            assert columns["head_ask_close"][row] == run.ticks.ask[first - 1]
    assert opened > 0


def test_T03_variables_within_stretches_are_those_of_the_run():
    run = made("stamps")
    page = Page(read(capsule(run)))
    index = page.columns("index/ticks/0")

    for row in range(len(index["ts"])):
        first, count = int(index["first"][row]), int(index["count"][row])
        for taken in range(max(first, run._first + 1), first + count, 29):
            ts = int(run.ticks.ts[taken - 1]) if taken > first else int(index["ts"][row])
            held = frame(run, ts, taken)["variables"]
            assert page.sample(f"variables/ticks/0/{index['block'][row]}", ts, taken) == held


def test_around_many_events_there_are_fewer_ticks(monkeypatch):
    run = made("bars")
    n = len(np.unique(run._cursors))
    monkeypatch.setattr(packing, "MOST_TICKS", 20 * n)

    told = f"Ticks are there 10 before and after each event; there are {n:,} places with events."
    assert read(capsule(run)).meta()["dropped"] == [told]


def steps(run):
    """What is dropped as bytes grow fewer: {sentences: size}, from all to the least."""
    size, found = len(capsule(run)), {}
    while True:
        try:
            packed = capsule(run, max_bytes=size)
        except OptionError as error:
            return found, str(error)
        assert len(packed) <= size
        found.setdefault(tuple(read(packed).meta()["dropped"]), len(packed))
        size = min(size - 1, int(0.93 * size))


@pytest.mark.parametrize("kind", ["bars", "ticks"])
def test_with_fewer_bytes_ticks_go_first_then_variables_then_detail(kind):
    run = made(kind)
    found, refused = steps(run)
    told = list(found)

    assert told[0] == ()
    assert told[1][0].startswith("Ticks are there ") and "more would not have fitted" in told[1][0]
    order = ["The ticks", "The strategy's variables", "Bars shorter than 5m"]
    assert [sentence[: len(start)] for sentence, start in zip(told[-1], order)] == order
    assert all(list(b)[: len(a)] == list(a) for a, b in zip(told, told[1:]) if a and a[0].startswith("The "))
    assert "the least this run can be packed into is" in refused and "; give that" in refused


def test_the_least_that_is_named_is_enough():
    run = made("bars")
    with pytest.raises(OptionError) as told:
        capsule(run, max_bytes=100)
    least = int(str(told.value).split("packed into is ")[1].split(" ")[0].replace(",", ""))

    assert len(capsule(run, max_bytes=least)) == least
    with pytest.raises(OptionError):
        capsule(run, max_bytes=least - 1)


def test_what_is_dropped_is_gone_from_meta_and_blocks_alike():
    run = made("bars")
    with pytest.raises(OptionError) as told:
        capsule(run, max_bytes=100)
    least = int(str(told.value).split("packed into is ")[1].split(" ")[0].replace(",", ""))
    packed = read(capsule(run, max_bytes=least))
    meta = packed.meta()

    assert meta["has"] == {"ticks": "none", "variables": "none"}
    assert meta["base"] == meta["timeframes"][0]["name"] == "5m" and "1m" not in meta["shown"]
    kinds = {key.split("/")[0] for key in list(packed.keys())}
    assert kinds == {"events", "orders", "trades", "curve", "index", "bars", "values"}
    assert not any(key.split("/")[2] == "1m" for key in list(packed.keys()) if key.startswith(("bars", "values")))
    bars = unpack(packed.get("bars/0/5m/0"))[0]
    end = int(bars["end"][100])
    assert bars["peak"][100] == frame(run, end, int(np.searchsorted(run.ticks.ts, end)))["peak"]


def test_a_budget_is_found_without_packing_again_and_again(monkeypatch):
    run = made("bars")
    size = len(capsule(run))
    packed = []
    get = Blocks.get
    monkeypatch.setattr(Blocks, "get", lambda self, key: packed.append(key) or get(self, key))

    capsule(run, max_bytes=int(0.9 * size))
    assert max(map(packed.count, packed)) <= 3
    assert sum(not key.startswith(("ticks", "index/ticks")) for key in packed) == len(set(packed) - ticks_of(packed))


def ticks_of(keys):
    return {key for key in keys if key.startswith(("ticks", "index/ticks"))}


@pytest.mark.parametrize("wrong", [0, -5, 1.5, "900 KB", True])
def test_a_budget_that_is_no_number_of_bytes_is_refused(wrong):
    with pytest.raises(OptionError, match="max_bytes is "):
        capsule(made("quiet"), max_bytes=wrong)


def test_what_is_no_capsule_is_refused():
    with pytest.raises(DataError, match="not a packed run"):
        read(b"<html>")


def test_a_capsule_that_is_cut_short_is_refused():
    data = capsule(made("quiet"))

    for n in (6, 100, len(data) - 1):
        with pytest.raises(DataError, match="cut short"):
            read(data[:n])


def test_a_capsule_of_a_later_version_says_which(monkeypatch):
    monkeypatch.setattr(packing, "VERSION", 7)
    data = capsule(made("quiet"))
    monkeypatch.undo()

    with pytest.raises(DataError, match="has version 7, and this backtestr-lab reads up to 1; upgrade backtestr-lab"):
        read(data)


def test_the_same_run_is_the_same_capsule():
    assert capsule(made("bars")) == capsule(made("bars"))
