"""The engine and the oracle, written apart from the same rules, agree on random markets with random strategies.

The oracle visits every tick in plain Python (tests/reference). Journals are compared byte for byte; besides them all
that is derived: what callbacks heard and saw, order states, trades, the equity curve.
"""

import collections

import pytest

from backtestr_lab.records import EVENTS, PHASES, REASONS

from .cases import case, engine, first_difference, reference

PER_BLOCK = 25


def parting(seed, size=None):
    """Where engine and oracle part on a case, in words; None when they agree."""
    ticks, script, config = case(seed, size)
    ours, theirs = engine(ticks, script, config), reference(ticks, script, config)
    if ours is None or theirs is None:
        return None if ours is theirs is None else f"seed {seed}: one was stopped, the other not"
    for what in ("events", "heard", "order_states", "equity", "open_lots"):
        if found := first_difference(getattr(ours, what), getattr(theirs, what)):
            return f"seed {seed}: {what}[{found[0]}] is {found[1]}, by the oracle {found[2]}"
    if ours.journal.tobytes() != theirs.journal.tobytes():
        return f"seed {seed}: the journals' bytes differ"
    mine, yours = ours.trade_records, theirs.trade_records
    # A commission shared by several lots is divided exactly by the engine, by the oracle rounded piece by piece.
    if len(mine) != len(yours) or (len(mine) and abs(mine["commission"] - yours["commission"]).max() > 1):
        return f"seed {seed}: commission of trades {mine['commission']}, by the oracle {yours['commission']}"
    mine, yours = mine.copy(), yours.copy()
    mine["commission"] = yours["commission"] = 0
    if found := first_difference(mine.tolist(), yours.tolist()):
        return f"seed {seed}: trades[{found[0]}] is {found[1]}, by the oracle {found[2]}"
    unclear, theirs_unclear = ([bool(t.ambiguous) for t in of.trades] for of in (ours, theirs))
    return None if unclear == theirs_unclear else f"seed {seed}: ambiguous {unclear}, by the oracle {theirs_unclear}"


def partings(seeds):
    return [words for seed in seeds if (words := parting(seed))]


@pytest.mark.parametrize("block", range(12))
def test_C04_the_engine_writes_the_oracles_journal_and_derives_the_same_from_it(block):
    assert partings(range(block * PER_BLOCK, (block + 1) * PER_BLOCK)) == []


@pytest.mark.slow
@pytest.mark.parametrize("block", range(200))
def test_C04_the_engine_writes_the_oracles_journal_twenty_thousand_times(block):
    assert partings(range(1_000 + block * 100, 1_100 + block * 100)) == []


def test_O02_the_random_cases_reach_every_kind_phase_and_reason_in_use():
    seen = collections.Counter()
    for seed in range(250):
        result = engine(*case(seed))
        for e in result.events if result else []:
            seen.update({e.kind, e.phase, e.reason})

    later = {"SWAP", "LIMIT_BREACH", "STOP_OUT", "TRADING_STOPPED"}
    later |= {"NO_RATE", "LIMIT", "UNSUPPORTED"}  # reasons of what is not built yet
    silent = {"NONE", "CLOSE", "POINT"}  # phases in which nothing is written
    assert {name for name in {*EVENTS, *REASONS, *PHASES} - later - silent if seen[name] < 3} == set()
