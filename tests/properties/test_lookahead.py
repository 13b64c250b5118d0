"""`check_lookahead` finds nothing where there is nothing, and a strategy that peeks (S4)."""

import random
from types import SimpleNamespace

import pytest

from backtestr_lab.runs.lookahead import check_lookahead

from ..engine.drive import machine_for, play
from ..engine.outcome import Outcome
from ..reference import Config, generate
from ..reference.generate import ScriptStrategy
from .cases import case, engine


class Peeks:
    """Buys when the tick after this one is higher: it reads the engine's memory, which no strategy can."""

    def on_tick(self, ctx, tick):
        bid, i = ctx.machine.market.ticks.bid, int(ctx.machine.syms[0]["cursor"])
        if i < len(bid) and bid[i] > tick[1]:
            ctx.buy(1_000)


def checked(outcome, strategy, **how):
    """The check of a run whose callbacks are a script's."""
    vars(outcome.run._plan).update(captured={}, state_layout={}, model=SimpleNamespace(extras={}))

    def again(job, until, count):
        return play(machine_for(job), strategy(), until=until, limit=count)

    return check_lookahead(outcome.run, play=again, **how)


@pytest.mark.parametrize("seed", range(20))
def test_S04_nothing_is_found_in_a_run_that_knew_nothing(seed):
    ticks, script, config = case(seed)
    outcome = engine(ticks, script, config)

    found = checked(outcome, lambda: ScriptStrategy(script), samples=4, seed=seed)

    assert found.ok, found.text
    assert len(found.instants) == min(4, max(0, outcome.run.n_ticks - 1))


@pytest.mark.parametrize("seed", range(5))
def test_S04_a_strategy_that_peeks_at_the_next_tick_is_found(seed):
    outcome = Outcome(generate.tape(random.Random(seed), 60), Peeks(), Config())

    found = checked(outcome, Peeks, samples=4, seed=seed)

    assert not found
    assert "SUBMITTED of order" in found.offender
