"""Random cases for the properties, played by the engine and by the oracle."""

from ..engine.outcome import Outcome
from ..reference import StrategyError, generate
from ..reference import run as oracle

SIZES = (3, 20, 60, 120, 200)


def case(seed, size=None):
    """(ticks, script, config); every other script does not listen to ticks, so that the engine may skip (C6)."""
    ticks, script, config = generate.case(seed, size or SIZES[seed % len(SIZES)])
    if seed % 2:
        script.pop("on_tick", None)
    return ticks, script, config


def by(runner, ticks, script, config, **how):
    """The result of a run with what its strategy heard, or None when the strategy was stopped (C1)."""
    strategy = generate.ScriptStrategy(script)
    try:
        result = runner(ticks, strategy, config, **how)
    except StrategyError:
        return None
    result.heard = strategy.heard
    return result


def engine(ticks, script, config, **how):
    """By the engine; `chunk`, `skip` as in `tests.engine.drive`."""
    return by(Outcome, ticks, script, config, **how)


def reference(ticks, script, config):
    """By the oracle."""
    return by(oracle, ticks, script, config)


def story(result, until=None):
    """The journal as tuples, up to an instant if there is one; the end aside then, which is no part of the past."""
    events = result.journal.tolist()
    return events if until is None else [e for e in events if e[0] <= until and e[1] != 6]


def first_difference(ours, theirs):
    """Where two lists part, with what stands there; None when they are equal."""
    for i, (a, b) in enumerate(zip(ours, theirs)):
        if a != b:
            return i, a, b
    if len(ours) != len(theirs):
        n = min(len(ours), len(theirs))
        return n, ours[n : n + 1], theirs[n : n + 1]
    return None
