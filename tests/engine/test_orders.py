"""The engine's checks and requests, by hand (O, U3, U4, P4)."""

import math

import pytest

from ..reference.play import buy, cancel, cancel_all, close, fills, modify, sell, story

CALM = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10000 1.10002
    09:00:02  1.10000 1.10002
    09:00:03  1.10000 1.10002
"""


def first_two(result):
    """(kind, price, quantity, reason) of an order's SUBMITTED and what followed."""
    return [(e.kind, e.price, e.quantity, e.reason) for e in result.events[:2]]


@pytest.mark.parametrize(
    "quantity, shown",
    [(0, 0), (-5, -5), (0.5, 0), (math.nan, 0), (math.inf, 0), (1e30, 0), (9, 9), (1_001, 1_001)],
)
def test_O03_a_quantity_that_cannot_be_is_rejected_at_once(trade, quantity, shown):
    run = trade(CALM, {"on_tick": {0: buy(quantity, limit=1.05)}}, least=10, largest=1_000)

    assert first_two(run) == [("SUBMITTED", 105_000, shown, "NONE"), ("REJECTED", 105_000, shown, "QUANTITY")]
    assert run.order_states == ["REJECTED"]


def test_U02_a_price_between_two_points_becomes_the_nearer_one_half_upwards(trade):
    wishes = (0.999994, 0.999995, 1.0000049, 1.000005)  # x * 10^5 in float64 is 99999.4, 99999.5, 100000.49, 100000.5
    run = trade(CALM, {"on_tick": {0: [buy(limit=wish) for wish in wishes]}})

    assert [e.price for e in run.events] == [99_999, 100_000, 100_000, 100_001]


def test_U03_what_float64_makes_of_a_large_quantity_is_on_the_grid(trade):
    # 132.42589567 * 10^8 is 2e-6 step off in float64, one spacing of it.
    run = trade(CALM, {"on_tick": {0: [buy(132.42589567), buy(132.425895675)]}}, quantity_digits=8, contract_size=1)

    assert [(e.quantity, e.reason) for e in run.events if e.kind in ("FILLED", "REJECTED")] == [
        (0, "QUANTITY"),
        (13_242_589_567, "NONE"),
    ]


def test_U03_a_quantity_within_a_millionth_of_a_step_is_on_the_grid(trade):
    run = trade(CALM, {"on_tick": {0: [buy(0.1 + 0.2), buy(0.3001)]}}, quantity_digits=2)

    assert fills(run) == [(1, 110_002, 30)]


@pytest.mark.parametrize(
    "wish",
    [
        {"limit": math.nan},
        {"limit": 0.0},
        {"stop": -1.2},
        {"stop": math.inf},
        {"limit": 1e-9},
        {"stop_loss": math.nan},
        {"take_profit": 0.0},
        {"limit": 2**53 / 1e5},
        {"stop_loss": ("points", 2**53)},
        {"stop_loss": ("points", 0)},
        {"stop_loss": ("points", 0.3)},
        {"take_profit": ("pct", -1)},
        {"limit": 1.05, "stop_loss": ("pct", math.nan)},
    ],
)
def test_O03_a_price_or_distance_that_cannot_be_is_rejected_at_once(trade, wish):
    run = trade(CALM, {"on_tick": {0: sell(**wish)}})

    assert first_two(run) == [("SUBMITTED", 0, -10_000, "NONE"), ("REJECTED", 0, -10_000, "PRICE")]


def test_O03_the_first_failed_check_wins(trade):
    run = trade(CALM, {"on_tick": {0: buy(0, limit=math.nan)}})

    assert first_two(run)[1] == ("REJECTED", 0, 0, "QUANTITY")


def test_U04_an_order_whose_value_could_pass_the_integers_is_rejected(trade):
    # 110,002 points * 10^12 steps = 1.1e17, in micro-units ten times that; 10^14 points of limit reach 10^26.
    run = trade(CALM, {"on_tick": {0: [buy(10**12, limit=1e9), buy(10**12, limit=1.0)]}}, cash=10**18, margin_ppm=1)
    wide = trade(CALM, {"on_tick": {0: buy(5 * 10**12)}}, largest=10**13)
    exit_too = trade(CALM, {"on_tick": {0: buy(10**12, take_profit=1e9)}}, margin_ppm=0)
    # 5 * 10^13 steps of a hundred-millionth: few micro-units, but 5.5e18 points * steps are above 2^62 = 4.6e18
    fine = trade(CALM, {"on_tick": {0: buy(500_000)}}, largest=10**15, quantity_digits=8)

    assert [(e.kind, e.reason) for e in run.events] == [
        ("SUBMITTED", "NONE"),
        ("REJECTED", "OVERFLOW"),
        ("SUBMITTED", "NONE"),
    ]
    assert first_two(exit_too)[1] == ("REJECTED", 0, 10**12, "OVERFLOW")
    assert first_two(wide)[1] == ("REJECTED", 0, 5 * 10**12, "OVERFLOW")
    assert first_two(fine)[1] == ("REJECTED", 0, 5 * 10**13, "OVERFLOW")


@pytest.mark.parametrize(
    "order, checked",
    [(buy(stop=1.10002), 110_002), (sell(stop=1.10000), 110_000), (buy(stop=1.05), 110_002)],
)
def test_F03_a_users_stop_on_the_wrong_side_is_rejected_on_arrival(trade, order, checked):
    run = trade(CALM, {"on_tick": {0: order}})
    kind, price, _, reason = first_two(run)[1]

    assert (kind, price, reason) == ("REJECTED", checked, "SIDE")


@pytest.mark.parametrize("order", [buy(stop=1.10003), sell(stop=1.09999)])
def test_F03_a_stop_one_point_away_is_accepted(trade, order):
    run = trade(CALM, {"on_tick": {0: order}})

    assert run.order_states == ["PENDING"]


def test_O03_margin_is_tested_on_arrival_at_the_quote(trade):
    # 10,000 at 1.10002 is 11,000.20; a tenth of it 1,100.02
    short = trade(CALM, {"on_tick": {0: buy(limit=0.5)}}, margin_ppm=100_000, cash=1_100_019_999)
    enough = trade(CALM, {"on_tick": {0: buy(limit=0.5)}}, margin_ppm=100_000, cash=1_100_020_000)

    assert first_two(short)[1] == ("REJECTED", 110_002, 10_000, "MARGIN")
    assert enough.order_states == ["PENDING"]


def test_P04_margin_is_tested_again_at_the_fill_with_the_position_before_it(trade):
    # Each of the two needs 1,100.02 alone; 2,200.04 together.
    run = trade(CALM, {"on_tick": {0: [buy(), buy()]}}, margin_ppm=100_000, cash=2_000 * 10**6)

    assert story(run) == [("FILLED", 1, "NONE"), ("CANCELLED", 2, "MARGIN")]
    assert run.events[-1].quantity == 10_000


def test_P04_a_stop_short_of_margin_at_its_fill_was_triggered_first(trade):
    market = """
        09:00:00  1.10000 1.10002
        09:00:01  1.30000 1.30002
    """
    run = trade(market, {"on_tick": {0: buy(stop=1.2)}}, margin_ppm=100_000, cash=1_200 * 10**6)

    assert story(run) == [("TRIGGERED", 1, "NONE"), ("CANCELLED", 1, "MARGIN")]


def test_P04_reducing_needs_no_margin_and_reversing_needs_that_of_the_rest(trade):
    # Long 10,000 from 1.10002 with 1,200 cash: at 1.02 there are 399.80 left. Short 15,000 takes 1,530, short 4,000
    # takes 408; selling 4,000 or 10,000 of the position alone takes nothing.
    market = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10000 1.10002
        09:00:02  1.02000 1.02002
        09:00:03  1.02000 1.02002
    """
    script = {"on_tick": {0: buy(), 2: [sell(4_000), sell(25_000), sell(10_000)]}}
    run = trade(market, script, margin_ppm=100_000, maintenance_ppm=0, cash=1_200 * 10**6)

    assert story(run) == [
        ("FILLED", 1, "NONE"),
        ("REJECTED", 3, "MARGIN"),
        ("FILLED", 2, "NONE"),
        ("CANCELLED", 4, "MARGIN"),
    ]


def test_O03_pending_at_once_and_not_when_rejected(trade):
    run = trade(CALM, {"on_tick": {0: [buy(limit=1.0), sell(0), sell(limit=1.2)]}, "on_order": {}})

    assert run.order_states == ["PENDING", "REJECTED", "PENDING"]
    assert [row[-1] for row in run.heard if row[0] == "on_order"] == [(1, 3)]


def test_O04_cancel_and_cancel_too_late(trade):
    run = trade(CALM, {"on_tick": {0: [buy(limit=1.0), buy()], 1: [cancel(1), cancel(1), cancel(2), cancel(77)]}})

    assert [(e.kind, e.order, e.quantity, e.reason) for e in run.events if e.reason != "NONE"] == [
        ("CANCELLED", 1, 10_000, "USER"),
        ("REQUEST_REJECTED", 1, 0, "UNKNOWN"),
        ("REQUEST_REJECTED", 2, 0, "UNKNOWN"),
        ("REQUEST_REJECTED", 77, 0, "UNKNOWN"),
    ]


def test_O04_a_cancel_given_with_the_order_follows_it_and_finds_it_working(trade):
    run = trade(CALM, {"on_tick": {0: [buy(), cancel(1)]}})

    assert story(run) == [("CANCELLED", 1, "USER")]


def test_P02_cancel_all_spares_attached_exits_and_closes(trade):
    entry = buy(take_profit=1.2)
    run = trade(CALM, {"on_tick": {0: entry, 1: [buy(limit=1.0), sell(limit=1.3), close(), cancel_all()]}})

    assert story(run) == [
        ("FILLED", 1, "NONE"),
        ("CANCELLED", 3, "USER"),
        ("CANCELLED", 4, "USER"),
        ("FILLED", 5, "NONE"),
        ("CANCELLED", 2, "FLAT"),
    ]


def test_O04_a_modify_is_told_with_the_new_price_and_total(trade):
    run = trade(CALM, {"on_tick": {0: sell(limit=1.2), 1: modify(1, quantity=7_000, limit=1.3)}})
    event = run.events[-1]

    assert (event.kind, event.price, event.quantity) == ("MODIFIED", 130_000, -7_000)


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"quantity": 0}, "QUANTITY"),
        ({"quantity": 0.5, "stop": math.nan}, "QUANTITY"),
        ({"stop": math.nan}, "PRICE"),
        ({"stop": -1.0}, "PRICE"),
        ({"limit": 1.2}, "PRICE"),
        ({"stop": 1.10002}, "SIDE"),
        ({"stop": 1e9, "quantity": 10**12}, "OVERFLOW"),
    ],
)
def test_O04_a_modify_to_bad_values_is_refused_and_changes_nothing(trade, change, reason):
    run = trade(CALM, {"on_tick": {0: buy(stop=1.2), 1: modify(1, **change)}})
    event, order = run.events[-1], run.orders[0]

    assert (event.kind, event.price, event.quantity, event.reason) == ("REQUEST_REJECTED", 0, 0, reason)
    assert (order.stop, order.quantity, order.state) == (120_000, 10_000, "PENDING")


def test_O04_attached_exits_take_prices_only(trade):
    script = {"on_tick": {0: buy(stop_loss=1.0), 1: [modify(2, quantity=5_000), modify(2, stop=1.05)]}}
    run = trade(CALM, script)

    assert story(run)[1:] == [("REQUEST_REJECTED", 2, "QUANTITY"), ("MODIFIED", 2, "NONE")]
    assert run.events[-1].position == 1


RISE = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10001 1.10003
    09:00:02  1.10020 1.10022
    09:00:03  1.10020 1.10022
"""


def order_of_fills(trade, change):
    """Two sell limits reached by the same tick, the first one changed before."""
    script = {"on_tick": {0: [sell(limit=1.10010), sell(limit=1.10011)], 1: modify(1, **change)}}
    return [order for order, *_ in fills(trade(RISE, script))]


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"quantity": 9_000}, [1, 2]),
        ({"limit": 1.10010}, [1, 2]),
        ({}, [1, 2]),
        ({"quantity": 11_000}, [2, 1]),
        ({"limit": 1.10009}, [2, 1]),
    ],
)
def test_O04_a_new_price_or_a_larger_quantity_loses_the_place(trade, change, expected):
    assert order_of_fills(trade, change) == expected


def test_O04_a_changed_price_is_a_new_meeting_and_a_larger_quantity_is_not(trade):
    moved = trade(RISE, {"on_tick": {0: sell(limit=1.10010), 1: modify(1, limit=1.10011)}})
    grown = trade(RISE, {"on_tick": {0: sell(limit=1.10010), 1: modify(1, quantity=11_000)}})

    assert fills(moved) == [(1, 110_020, -10_000)]
    assert fills(grown) == [(1, 110_010, -11_000)]


def test_P02_close_is_reduce_only_and_says_flat_when_nothing_is_left(trade):
    run = trade(CALM, {"on_tick": {0: buy(), 1: [close(), close()], 3: close()}})

    assert story(run) == [("FILLED", 1, "NONE"), ("FILLED", 2, "NONE"), ("CANCELLED", 3, "FLAT")]
    assert run.events[-1].quantity == -10_000
    assert len(run.orders) == 3


def test_P02_what_is_open_can_always_be_closed_and_a_flat_close_writes_nothing(trade):
    run = trade(CALM, {"on_tick": {0: [close(), buy(), buy()], 1: close()}}, largest=15_000)

    assert fills(run)[-1] == (3, 110_000, -20_000)


def test_P02_close_takes_what_is_open_at_its_fill(trade):
    run = trade(CALM, {"on_tick": {0: buy(), 1: [sell(7_000), close()]}})

    assert fills(run) == [(1, 110_002, 10_000), (2, 110_000, -7_000), (3, 110_000, -3_000)]
    assert run.order_states == ["FILLED"] * 3


def test_O04_cancel_all_cancels_in_order_of_submission(trade):
    run = trade(CALM, {"on_tick": {0: [buy(limit=1.0), sell(limit=1.2)], 1: cancel_all()}})

    assert story(run) == [("CANCELLED", 1, "USER"), ("CANCELLED", 2, "USER")]
