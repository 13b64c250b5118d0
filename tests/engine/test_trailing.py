"""Stop-limits and trailing stops, by hand (F4, F5, O4)."""

import pytest

from ..reference.play import buy, cancel, fills, modify, sell, story
from ..reference.tape import at

RISE = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10010 1.10012
    09:00:02  1.10020 1.10022
    09:00:03  1.10005 1.10007
    09:00:04  1.10015 1.10017
    09:00:05  1.10030 1.10032
"""


def triggers(run):
    """[(time, order, level)]"""
    return [(e.ts - at("09:00:00"), e.order, e.price) for e in run.events if e.kind == "TRIGGERED"]


def levels(run, *stamps):
    """A trailing stop's level after each of those instants, the only order open then."""
    return [order[8] for stamp in stamps for order in run.state_at(at(stamp)).orders]


def test_F04_a_stop_limit_marketable_when_it_triggers_fills_at_that_ticks_quote(trade):
    run = trade(RISE, {"on_tick": {0: buy(stop=1.10010, limit=1.10015)}}, slippage=3)

    assert triggers(run) == [(1_000_000, 1, 110_010)]
    assert fills(run) == [(1, 110_012, 10_000)]


def test_F04_a_stop_limit_that_is_not_rests_at_its_limit(trade):
    # The ask jumps to 1.10022, past the limit 1.10013; at 09:00:03 it is below: filled at the limit, no improvement.
    run = trade(RISE, {"on_tick": {0: buy(stop=1.10015, limit=1.10013)}})

    assert triggers(run) == [(2_000_000, 1, 110_015)]
    assert [(e.ts - at("09:00:00"), e.price) for e in run.events if e.kind == "FILLED"] == [(3_000_000, 110_013)]


def test_F04_before_it_triggers_a_stop_limit_is_no_limit_order(trade):
    # Marketable all the time as a limit, but the stop is not reached before 09:00:05.
    run = trade(RISE, {"on_tick": {0: buy(stop=1.10025, limit=1.2)}})

    assert [(e.kind, e.ts - at("09:00:00"), e.price) for e in run.events[1:]] == [
        ("TRIGGERED", 5_000_000, 110_025),
        ("FILLED", 5_000_000, 110_032),
    ]


def test_F04_a_stop_limit_on_the_wrong_side_is_rejected(trade):
    run = trade(RISE, {"on_tick": {0: [buy(stop=1.10002, limit=1.2), sell(stop=1.10000, limit=1.0)]}})

    assert [(e.kind, e.price, e.reason) for e in run.events if e.kind == "REJECTED"] == [
        ("REJECTED", 110_002, "SIDE"),
        ("REJECTED", 110_000, "SIDE"),
    ]


def test_F04_it_keeps_its_rank_when_it_rests(trade):
    # Triggered at 09:00:02; at 09:00:03 the ask 1.10007 reaches both limits.
    run = trade(RISE, {"on_tick": {0: [buy(stop=1.10020, limit=1.10008), buy(limit=1.10007)]}})

    assert [order for order, *_ in fills(run)] == [1, 2]


@pytest.mark.parametrize(
    "change, shown",
    [
        ({"stop": 1.10018}, [(110_018, "TRIGGER")]),
        ({"limit": 1.10021}, [(110_021, "NONE")]),
        ({"stop": 1.10018, "limit": 1.10021}, [(110_018, "TRIGGER"), (110_021, "NONE")]),
        ({"stop": 1.10018, "quantity": 20_000}, [(110_018, "TRIGGER"), (110_030, "NONE")]),
        ({"stop": 1.10015}, [(110_030, "NONE")]),
        ({}, [(110_030, "NONE")]),
    ],
)
def test_O04_a_modified_stop_limit_shows_its_new_stop_and_its_new_limit(trade, change, shown):
    script = {"on_tick": {0: buy(stop=1.10015, limit=1.10030), 1: modify(1, **change)}}
    run = trade(RISE, script)

    assert [(e.price, e.reason) for e in run.events if e.kind == "MODIFIED"] == shown


def test_O04_after_it_triggered_a_stop_limits_stop_is_past_and_its_limit_meets_anew(trade):
    script = {
        "on_tick": {
            0: buy(stop=1.10015, limit=1.10001),
            2: [modify(1, stop=1.10030), modify(1, stop=1.10015), modify(1, limit=1.10009)],
        }
    }
    run = trade(RISE, script)

    assert story(run) == [
        ("TRIGGERED", 1, "NONE"),
        ("REQUEST_REJECTED", 1, "PRICE"),
        ("REQUEST_REJECTED", 1, "PRICE"),
        ("MODIFIED", 1, "NONE"),
        ("FILLED", 1, "NONE"),
    ]
    assert fills(run) == [(1, 110_007, 10_000)]  # the quote, not the limit: a new meeting


def test_F05_the_first_tick_sets_the_level_and_each_later_one_tests_before_it_moves_it(trade):
    # Met at 09:00:01 with the bid 1.10010, 12 points behind; at 09:00:02 it follows to 1.10008; 1.10005 reaches it.
    run = trade(RISE, {"on_tick": {0: sell(trailing_stop=("points", 12))}}, slippage=2)

    assert levels(run, "09:00:00", "09:00:01", "09:00:02") == [0, 109_998, 110_008]
    assert triggers(run) == [(3_000_000, 1, 110_008)]
    assert fills(run) == [(1, 110_003, -10_000)]


def test_F05_the_tick_that_sets_the_level_does_not_test_it_even_where_the_offset_is_nothing(trade):
    # 0.0001 % of 1.10010 are 0.11 points: 0. The level is the bid of 09:00:01, reached by 09:00:03 only.
    run = trade(RISE, {"on_tick": {0: sell(trailing_stop=("pct", 0.0001))}})

    assert triggers(run) == [(3_000_000, 1, 110_020)]


def test_F05_a_touch_triggers_and_one_point_more_does_not(trade):
    touched = trade(RISE, {"on_tick": {0: sell(trailing_stop=("points", 15))}})
    missed = trade(RISE, {"on_tick": {0: sell(trailing_stop=("points", 16))}})

    assert triggers(touched) == [(3_000_000, 1, 110_005)]
    assert triggers(missed) == []
    assert levels(missed, "09:00:02", "09:00:04", "09:00:05") == [110_004, 110_004, 110_014]


def test_F05_a_trailing_buy_follows_the_ask_down(trade):
    market = """
        09:00:00  1.10020 1.10022
        09:00:01  1.10010 1.10012
        09:00:02  1.10000 1.10002
        09:00:03  1.10009 1.10011
        09:00:04  1.10010 1.10012
    """
    run = trade(market, {"on_tick": {0: buy(trailing_stop=("points", 10))}})

    assert levels(run, "09:00:01", "09:00:02", "09:00:03") == [110_022, 110_012, 110_012]
    assert fills(run) == [(1, 110_012, 10_000)]


def test_F05_a_percentage_is_of_the_quote_that_sets_the_level_and_then_fixed(trade):
    # 0.01 % of 1.10010 are 11.001 points: 11.
    run = trade(RISE, {"on_tick": {0: sell(trailing_stop=("pct", 0.01))}})

    assert levels(run, "09:00:01", "09:00:02") == [109_999, 110_009]


def test_F05_a_level_is_never_below_one_point(trade):
    run = trade(RISE, {"on_tick": {0: sell(trailing_stop=("points", 200_000))}})

    assert levels(run, "09:00:01", "09:00:05") == [1, 1]


def test_F05_an_attached_one_starts_from_the_closing_quote_of_the_fill_and_shows_its_level(trade):
    # Bought at 1.10012 with the bid at 1.10010.
    run = trade(RISE, {"on_tick": {0: buy(trail=("points", 12))}})

    submitted = run.events[2]
    assert (submitted.kind, submitted.order, submitted.price, submitted.quantity) == ("SUBMITTED", 2, 109_998, -10_000)
    assert triggers(run) == [(3_000_000, 2, 110_008)]
    assert fills(run)[1] == (2, 110_005, -10_000)


def test_F06_stop_loss_before_take_profit_before_trailing(trade):
    run = trade(RISE, {"on_tick": {0: buy(trail=("points", 90), stop_loss=1.09, take_profit=1.2)}})

    assert [(order.role, order.type) for order in run.orders[1:]] == [
        ("STOP_LOSS", "STOP"),
        ("TAKE_PROFIT", "LIMIT"),
        ("TRAIL", "TRAILING"),
    ]


def test_F07_the_fill_of_a_trailing_exit_cancels_its_siblings(trade):
    run = trade(RISE, {"on_tick": {0: buy(trail=("points", 12), stop_loss=1.09, take_profit=1.2)}})

    assert story(run)[1:] == [
        ("TRIGGERED", 4, "NONE"),
        ("FILLED", 4, "NONE"),
        ("CANCELLED", 2, "SIBLING"),
        ("CANCELLED", 3, "SIBLING"),
    ]


def test_O04_a_trailing_stop_takes_a_quantity_and_no_price(trade):
    script = {
        "on_tick": {
            0: sell(trailing_stop=("points", 12)),
            1: [modify(1, stop=1.09), modify(1, limit=1.2), modify(1, quantity=7_000)],
        }
    }
    run = trade(RISE, script)

    assert story(run) == [
        ("REQUEST_REJECTED", 1, "PRICE"),
        ("REQUEST_REJECTED", 1, "PRICE"),
        ("MODIFIED", 1, "NONE"),
        ("TRIGGERED", 1, "NONE"),
        ("FILLED", 1, "NONE"),
    ]
    assert triggers(run) == [(3_000_000, 1, 110_008)]  # what it had followed to
    assert [e.price for e in run.events if e.kind in ("SUBMITTED", "MODIFIED")] == [0, 0]


def test_O03_a_distance_that_cannot_be_is_rejected_for_its_price(trade):
    wishes = [sell(trailing_stop=("points", 0)), sell(trailing_stop=("pct", float("nan"))), buy(trail=("points", -1))]
    run = trade(RISE, {"on_tick": {0: wishes}})

    assert story(run) == [("REJECTED", 1, "PRICE"), ("REJECTED", 2, "PRICE"), ("REJECTED", 3, "PRICE")]


def test_F05_a_cancelled_trailing_stop_triggers_no_more(trade):
    run = trade(RISE, {"on_tick": {0: sell(trailing_stop=("points", 12)), 2: cancel(1)}})

    assert story(run) == [("CANCELLED", 1, "USER")]
