"""The engine's skipping, by hand: what can do something is visited, the rest is not (C6, R13).

No script here listens to ticks, so the engine passes whole bars by their extremes.
"""

import pytest

from ..reference import Config
from ..reference.generate import ScriptStrategy
from ..reference.play import buy, close, fills, modify, play, sell
from ..reference.tape import at
from .outcome import Outcome

MARKET = """
    09:00:10  1.10000 1.10002
    09:01:10  1.10010 1.10012
    09:01:20  1.09990 1.09992
    09:01:30  1.10010 1.10012
    09:03:10  1.10010 1.10012
    09:03:20  1.10050 1.10052
    09:03:30  1.09950 1.09952
    09:03:40  1.10050 1.10052
    09:05:10  1.10000 1.10002
"""


@pytest.mark.parametrize(
    "order, when, price",
    [
        (buy(limit=1.09992), "09:01:20", 109_992),
        (buy(limit=1.09991), "09:03:30", 109_991),
        (buy(limit=1.09951), None, None),
        (sell(limit=1.10010), "09:01:10", 110_010),
        (sell(limit=1.10011), "09:03:20", 110_011),
        (sell(limit=1.10051), None, None),
        (buy(stop=1.10012), "09:01:10", 110_012),
        (buy(stop=1.10013), "09:03:20", 110_052),
        (buy(stop=1.10053), None, None),
        (sell(stop=1.09990), "09:01:20", 109_990),
        (sell(stop=1.09989), "09:03:30", 109_950),
        (sell(stop=1.09949), None, None),
        (buy(), "09:01:10", 110_012),
    ],
)
def test_C06_the_first_tick_that_reaches_a_level_is_visited(trade, order, when, price):
    run = trade(MARKET, {"on_bar": {0: order}})
    found = [(e.ts, e.price) for e in run.events if e.kind == "FILLED"]

    assert found == ([(at(when), price)] if when else [])


@pytest.mark.parametrize(
    "entry, exits",
    [
        (buy(stop_loss=1.09990), [("09:01:20", 109_990)]),
        (buy(take_profit=1.10050), [("09:03:20", 110_050)]),
        (sell(stop_loss=1.10052), [("09:03:20", 110_052)]),
        (sell(take_profit=1.09952), [("09:03:30", 109_952)]),
        (buy(stop_loss=1.09949, take_profit=1.10051), []),
    ],
)
def test_C06_attached_exits_are_levels_from_their_first_tick_on(trade, entry, exits):
    run = trade(MARKET, {"on_bar": {0: entry}})

    assert [(e.ts, e.price) for e in run.events if e.kind == "FILLED"][1:] == [(at(ts), p) for ts, p in exits]


def test_C06_a_limit_that_was_passed_by_has_met_its_first_tick(trade):
    # The ticks of 09:01 are passed without a visit; at 09:03:20 the bid gaps beyond the limit, which pays no more.
    run = trade(MARKET, {"on_bar": {0: sell(limit=1.10020)}})

    assert fills(run) == [(1, 110_020, -10_000)]


def test_C06_a_level_that_moves_is_looked_at_anew(trade):
    run = trade(MARKET, {"on_bar": {0: buy(limit=1.0), 1: modify(1, limit=1.09952)}})

    assert [(e.ts, e.price) for e in run.events if e.kind == "FILLED"] == [(at("09:03:30"), 109_952)]


def test_C06_what_falls_due_in_the_middle_of_a_bar_is_not_passed(trade):
    run = trade(MARKET, {"on_time": {0: buy(), 1: close()}}, timers=(at("09:03:15"), at("09:03:35")))

    assert [(e.ts, e.price) for e in run.events if e.kind == "FILLED"] == [
        (at("09:03:20"), 110_052),
        (at("09:03:40"), 110_050),
    ]


def visited(order):
    run = play(MARKET, {"on_bar": {0: order}}, runner=Outcome)
    return run.run.visited


def test_C06_nothing_but_the_ticks_that_can_do_something_is_visited():
    assert [visited(order) for order in (buy(limit=1.0), buy(), sell(limit=1.10050))] == [0, 1, 1]


TRAILING = """
    09:00:10  1.10000 1.10002
    09:01:10  1.10000 1.10002  # sets the levels
    09:02:10  1.10020 1.10022
    09:02:20  1.10040 1.10042  # a bar that is passed whole: a sell follows its bid, 50 behind it is 1.09990
    09:02:30  1.10020 1.10022
    09:03:10  1.10000 1.10002
    09:04:10  1.09990 1.09992
    09:05:10  1.10000 1.10002
"""


@pytest.mark.parametrize(
    "order, when, price, ticks_visited",
    [
        (sell(trailing_stop=("points", 50)), "09:04:10", 109_990, 2),
        (sell(trailing_stop=("points", 51)), None, None, 1),
        (sell(trailing_stop=("points", 20)), "09:02:30", 110_020, 2),
        (buy(trailing_stop=("points", 40)), "09:02:20", 110_042, 2),
        (buy(trailing_stop=("points", 41)), None, None, 1),
        (buy(trailing_stop=("points", 10)), "09:02:10", 110_022, 2),
    ],
)
def test_C06_a_trailing_stop_is_reached_at_the_tick_that_reaches_it_wherever_its_level_went(
    trade, order, when, price, ticks_visited
):
    run = trade(TRAILING, {"on_bar": {0: order}})

    assert [(e.ts, e.price) for e in run.events if e.kind == "FILLED"] == ([(at(when), price)] if when else [])
    assert getattr(run, "run", None) is None or run.run.visited == ticks_visited


def test_C06_of_two_trailing_stops_the_nearer_one_is_reached_and_the_other_has_followed(trade):
    script = {"on_bar": {0: [sell(trailing_stop=("points", 50)), sell(trailing_stop=("points", 45))]}}
    run = trade(TRAILING, script)

    assert fills(run) == [(1, 109_990, -10_000), (2, 109_990, -10_000)]
    assert [e.price for e in run.events if e.kind == "TRIGGERED"] == [109_990, 109_995]


def test_C06_what_a_bar_showed_before_a_trailing_stop_began_moves_it_not(trade):
    market = """
        09:01:10  1.10080 1.10082
        09:01:20  1.10000 1.10002  # sets the level, 1.09900
        09:01:30  1.09990 1.09992
        09:02:10  1.09975 1.09977
    """
    run = trade(market, {"on_time": {0: sell(trailing_stop=("points", 100))}}, timers=(at("09:01:15"),))

    assert fills(run) == []


def test_C06_without_skipping_every_tick_is_visited():
    run = Outcome([(k, 5, 7) for k in range(50)], ScriptStrategy({"on_bar": []}), Config(), skip=False)

    assert run.run.visited == 50


CROSSED = """
    09:00:10  1.10000 1.10002
    09:01:10  1.10007 1.10002  # crossed by 5: effective 1.10004 1.10005
    09:01:20  1.10000 1.10002
"""


@pytest.mark.parametrize(
    "order, filled",
    [
        (sell(limit=1.10007), []),
        (sell(limit=1.10005), []),
        (sell(limit=1.10004), [(1, 110_004, -10_000)]),
        (buy(stop=1.10006), []),
        (buy(stop=1.10005), [(1, 110_005, 10_000)]),
    ],
)
def test_R13_levels_are_compared_with_effective_quotes(trade, order, filled):
    assert fills(trade(CROSSED, {"on_bar": {0: order}})) == filled


def test_R13_marks_and_excursions_use_effective_quotes(trade):
    market = """
        09:00:10  1.10000 1.10002
        09:01:10  1.10000 1.10002
        09:01:20  1.10017 1.10012  # effective 1.10014 1.10015
        09:02:10  1.10000 1.10002
        09:02:20  1.09993 1.09984  # effective 1.09988 1.09989
        09:03:10  1.10000 1.10002
    """
    run = trade(market, {"on_bar": {0: buy(), 2: close()}})
    trip = run.trades[0]

    assert (trip.mfe, trip.mae) == (12, 14)
    assert [equity - balance for ts, balance, equity in run.equity if ts == at("09:02")] == [12 * 10**5]


def test_R13_keep_trades_at_the_floor_and_ceiling_of_the_middle_and_shows_raw_bars(trade):
    run = trade(CROSSED, {"on_bar": {0: [buy(), sell()]}})

    assert fills(run) == [(1, 110_005, 10_000), (2, 110_004, -10_000)]
    assert (run.bars["1m"][1].high, run.bars["1m"][1].ticks) == (110_007, 2)


def test_R13_drop_and_swap_act_before_everything(trade):
    script = {"on_bar": {0: [buy(), sell()]}}
    dropped, swapped = trade(CROSSED, script, crossed="drop"), trade(CROSSED, script, crossed="swap")

    assert fills(dropped) == [(1, 110_002, 10_000), (2, 110_000, -10_000)]
    assert dropped.bars["1m"][1].ticks == 1
    assert fills(swapped) == [(1, 110_007, 10_000), (2, 110_002, -10_000)]
    assert swapped.bars["1m"][1].ask_high == 110_007
