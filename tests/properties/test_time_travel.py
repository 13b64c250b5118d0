"""The state at any instant, read from the journal, is what a run that stops there holds (T1-T3)."""

import random
from dataclasses import asdict, replace

import pytest

from backtestr_lab.engine import context, layout, loop
from backtestr_lab.engine.account import equity
from backtestr_lab.records import ORDER_TYPES, ROLES, STATES
from backtestr_lab.replay import counts
from backtestr_lab.runs.book import Book
from backtestr_lab.runs.settled import settle

from ..engine.drive import machine_for, play
from ..engine.outcome import Outcome, bar_of
from ..reference import Config, generate
from ..reference.generate import ScriptStrategy
from ..reference.result import State
from .cases import case, engine, reference


def instants(seed, ticks, run):
    """Instants worth asking for, as (t, tick or None): stamps, between stamps, ends of bars, k-ths of equal stamps."""
    rng = random.Random(seed)
    columns = ticks if ticks and isinstance(ticks[0], list) else [ticks]
    stamps = sorted(ts for ticks in columns for ts, *_ in ticks if run.start <= ts < run.end) or [run.start]
    ends = [bar.end for bars in run.bars.values() for bar in bars if run.start <= bar.end <= run.end] or [run.end]
    some = [rng.choice(stamps) + rng.choice((0, 0, -1, 1)) for _ in range(6)]
    some += [rng.choice(ends) for _ in range(4)] + [run.start, run.end, rng.randrange(run.start, run.end)]
    for _ in range(6):
        t = rng.choice(stamps)
        yield t, rng.randint(0, int(counts.before(run.run, t + 1) - counts.before(run.run, t)))
    for t in some:
        if run.start <= t <= run.end:
            yield t, None


def different(ours, theirs):
    ours, theirs = asdict(ours), asdict(theirs)
    return {name: (ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]}


def stopped(run, script, t, tick):
    """The memory of an engine that takes what is stamped up to t, or of t's own ticks so many, and stops."""
    machine = machine_for(run.job)
    limit = None if tick is None else int(counts.before(run.run, t)) + tick
    play(machine, ScriptStrategy(script), until=t, limit=limit)
    machine.state[0]["now"] = t
    settle(replace(run.job), machine)  # of bars that it passed without looking inside
    loop.close_bars(machine.c)  # nobody listened, so the engine has not looked whether bars have ended since
    _, lots, _ = layout.open_of(machine.c)
    (position, closed, forming, last), *others = [held_of(machine, run, k) for k in range(len(machine.syms))]
    return State(
        position,
        [tuple(int(lot[f]) for f in ("id", "side", "steps", "price")) for lot in lots],
        [
            (
                int(o["id"]),
                int(o["side"]),
                ORDER_TYPES[o["type"]],
                ROLES[o["role"]],
                int(o["quantity"] - o["filled"]),
                *(int(o[f]) for f in ("filled", "limit", "stop", "level", "parent", "position")),
            )
            for o in machine.orders
            if STATES[o["state"]] in ("PENDING", "PARTIALLY_FILLED")
        ],
        int(machine.state[0]["balance"]),
        int(equity(machine.c)),
        closed,
        forming,
        last,
        others,
    )


def held_of(machine, run, k):
    """What a State says of one symbol: net position, closed and forming bars, the last tick taken."""
    names = [str(frame) for frame in run.job.plan.frames]
    rows = {name: number * len(machine.syms) + k for number, name in enumerate(names)}
    y, ticks = machine.syms[k], run.run._markets[k].ticks
    i = int(y["cursor"]) - 1
    return (
        int(y["net"]),
        {name: int(machine.frames["closed"][row]) for name, row in rows.items()},
        {
            name: bar_of(machine.forms[row], name, k) if context.update_form(machine.c, row) else None
            for name, row in rows.items()
        },
        (int(ticks.ts[i]), int(ticks.bid[i]), int(ticks.ask[i])) if i >= int(y["first"]) else None,
    )


@pytest.mark.parametrize("seed", range(50))
def test_T02_the_state_at_an_instant_is_the_oracles_that_runs_up_to_it(seed):
    ticks, script, config = case(seed)
    theirs = reference(ticks, script, config)
    run = Outcome(ticks, ScriptStrategy(script), config)

    for t, tick in instants(seed, ticks, run):
        assert different(run.state_at(t, tick), theirs.state_at(t, tick)) == {}, (t, tick)


@pytest.mark.parametrize("seed", range(50))
def test_T01_the_state_at_an_instant_is_what_an_engine_that_stops_there_holds(seed):
    ticks, script, config = case(seed)
    run = Outcome(ticks, ScriptStrategy(script), config)

    for t, tick in instants(seed, ticks, run):
        assert different(run.state_at(t, tick), stopped(run, script, t, tick)) == {}, (t, tick)


def busy():
    """A run of some thousand events: in and out with every tick."""
    rng = random.Random(7)
    ticks = generate.tape(rng, 900)
    entries = [
        [generate.action("buy", quantity=1_000.0, stop_loss=("points", 5)), generate.action("sell", quantity=500.0)],
        [generate.action("sell", quantity=2_000.0, take_profit=("points", 9))],
        [generate.action("close"), generate.action("buy", quantity=1_000.0, limit=ticks[0][1] / 1e5)],
    ]
    return ticks, {"on_tick": [entries[k % 3] for k in range(900)]}, Config()


def test_T02_the_state_late_in_a_long_run_is_the_oracles():
    ticks, script, config = busy()
    run, theirs = engine(ticks, script, config), reference(ticks, script, config)

    assert len(run.journal) > 2_000
    for t, tick in instants(1, ticks, run):
        assert different(run.state_at(t, tick), theirs.state_at(t, tick)) == {}, (t, tick)


def test_T03_a_question_reads_a_bounded_part_of_the_journal(monkeypatch):
    ticks, script, config = busy()
    run = engine(ticks, script, config)
    run.state_at(run.start)
    read = []
    play_events = Book._play
    monkeypatch.setattr(Book, "_play", lambda self, stand, a, b: read.append(b - a) or play_events(self, stand, a, b))

    for t, tick in instants(2, ticks, run):
        run.state_at(t, tick)
    assert len(read) > 10
    assert max(read) < 256 < len(run.journal) / 8
