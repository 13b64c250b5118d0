"""The state at any instant, read from the journal, is what a run that stops there holds (T1, T2)."""

import random
from dataclasses import asdict

import numpy as np
import pytest

from backtestr_lab.engine import context, layout, loop
from backtestr_lab.engine.account import equity
from backtestr_lab.records import ORDER_TYPES, ROLES

from ..engine.drive import machine_for, play
from ..engine.outcome import Outcome, bar_of
from ..reference.generate import ScriptStrategy
from ..reference.result import State
from .cases import case, reference


def instants(seed, ticks, run):
    """Instants worth asking for, as (t, tick or None): stamps, between stamps, ends of bars, k-ths of equal stamps."""
    rng = random.Random(seed)
    stamps = [ts for ts, *_ in ticks if run.start <= ts < run.end] or [run.start]
    ends = [bar.end for bars in run.bars.values() for bar in bars if run.start <= bar.end <= run.end] or [run.end]
    some = [rng.choice(stamps) + rng.choice((0, 0, -1, 1)) for _ in range(6)]
    some += [rng.choice(ends) for _ in range(4)] + [run.start, run.end, rng.randrange(run.start, run.end)]
    kept = run.run.ticks.ts
    for _ in range(6):
        t = rng.choice(stamps)
        yield t, rng.randint(0, int(np.searchsorted(kept, t, "right") - np.searchsorted(kept, t, "left")))
    for t in some:
        if run.start <= t <= run.end:
            yield t, None


def different(ours, theirs):
    ours, theirs = asdict(ours), asdict(theirs)
    return {name: (ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]}


def stopped(run, script, t, tick):
    """The memory of an engine that takes what is stamped up to t, or of t's own ticks so many, and stops."""
    machine = machine_for(run.job)
    limit = None
    if tick is not None:
        limit = int(np.searchsorted(run.run.ticks.ts, t, "left")) + tick
    play(machine, ScriptStrategy(script), until=t, limit=limit)
    machine.state[0]["now"] = t
    loop.close_bars(machine.c)  # nobody listened, so the engine has not looked whether bars have ended since
    working, lots, queue = layout.open_of(machine.c)
    orders = [machine.orders[i - 1] for i in sorted(working.tolist() + queue["order"].tolist())]
    names = [str(frame) for frame in run.job.plan.frames]
    cursor = int(machine.syms[0]["cursor"]) - 1
    ticks = run.run.ticks
    known = cursor >= int(machine.syms[0]["first"])
    return State(
        int(machine.syms[0]["net"]),
        [tuple(int(lot[f]) for f in ("id", "side", "steps", "price")) for lot in lots],
        [
            (
                int(o["id"]),
                int(o["side"]),
                ORDER_TYPES[o["type"]],
                ROLES[o["role"]],
                int(o["quantity"] - o["filled"]),
                *(int(o[f]) for f in ("limit", "stop", "parent", "position")),
            )
            for o in orders
            if o["state"] == 0
        ],
        int(machine.state[0]["balance"]),
        int(equity(machine.c)),
        dict(zip(names, machine.frames["closed"].tolist())),
        {
            name: bar_of(machine.forms[f], name) if context.update_form(machine.c, f) else None
            for f, name in enumerate(names)
        },
        (int(ticks.ts[cursor]), int(ticks.bid[cursor]), int(ticks.ask[cursor])) if known else None,
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
