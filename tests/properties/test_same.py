"""What must not change the journal: the future, chunks, skipping, another process (C4, C6, S4)."""

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from ..reference import Config, future, generate
from .cases import case, engine, first_difference, story

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("seed", range(60))
def test_S04_what_comes_after_an_instant_changes_nothing_before_it(seed):
    ticks, script, config = case(seed)
    rng = random.Random(seed)
    stamps = future.instants(ticks, config)
    t = rng.choice(stamps) + rng.choice((0, 0, -1, 1, 30_000_000))
    end = config.end if config.end is not None else (stamps[-1] // 60_000_000 + 1) * 60_000_000
    start = config.start if config.start is not None else stamps[0]
    config = type(config)(**(vars(config) | {"start": start, "end": end}))

    whole = engine(ticks, script, config)
    other = engine(future.scrambled(rng, ticks, config, t), script, config)
    cut = engine(future.known(ticks, config, t), script, config)

    assert first_difference(story(whole, t), story(other, t)) is None
    assert first_difference([h for h in whole.heard if h[1] <= t], [h for h in other.heard if h[1] <= t]) is None
    if all(column[0][0] <= t for column in future.columns_of(ticks, config)):
        assert first_difference(story(whole, t), story(cut, t)) is None


@pytest.mark.parametrize("seed", range(40))
def test_C04_chunks_of_any_size_write_the_same_journal(seed):
    ticks, script, config = case(seed)
    whole = engine(ticks, script, config)

    for chunk in (1, 7, 1_000):
        part = engine(ticks, script, config, chunk=chunk)

        assert part.journal.tobytes() == whole.journal.tobytes(), chunk
        assert part.heard == whole.heard, chunk


@pytest.mark.parametrize("seed", range(1, 160, 2))
def test_C06_skipping_writes_the_journal_of_the_loop_that_visits_every_tick(seed):
    ticks, script, config = case(seed)
    skipping, visiting = engine(ticks, script, config), engine(ticks, script, config, skip=False)

    assert first_difference(story(skipping), story(visiting)) is None
    assert skipping.heard == visiting.heard
    assert skipping.run.visited <= visiting.run.visited


def test_C06_ticks_that_can_do_nothing_are_not_visited():
    ticks, config = generate.tape(random.Random(4), 200), Config()
    script = {"on_bar": [[], [generate.action("buy", quantity=1000.0, limit=0.5, stop_loss=0.4)]]}
    skipping, visiting = engine(ticks, script, config), engine(ticks, script, config, skip=False)

    assert visiting.run.visited == visiting.run.n_ticks > 100
    assert skipping.run.visited == 0
    assert skipping.order_states == visiting.order_states == ["PENDING"]


def digest(seeds):
    """What a process makes of some cases, as a hash."""
    journals = [engine(*case(seed)).journal.tobytes() for seed in seeds]
    return hashlib.sha256(b"".join(journals)).hexdigest()


def test_C04_the_same_run_twice_writes_the_same_journal():
    assert digest(range(15)) == digest(range(15))


@pytest.mark.serial
def test_C04_another_process_writes_the_same_journal():
    code = "from tests.properties.test_same import digest; print(digest(range(15)))"
    environment = os.environ | {"PYTHONHASHSEED": "4711", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == digest(range(15))
