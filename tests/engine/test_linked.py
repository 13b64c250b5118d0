"""One cancels the other, one triggers the other, by hand (O1, F6, F7)."""

import pytest

from ..reference.play import buy, cancel, cancel_all, close, fills, modify, sell, story
from ..reference.tape import at

MARKET = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10010 1.10012
    09:00:02  1.10020 1.10022
    09:00:03  1.10005 1.10007
    09:00:04  1.10015 1.10017
"""
THIN = """
    09:00:00  1.10000 1.10002  600 600
    09:00:01  1.10010 1.10012  600 600
    09:00:02  1.10020 1.10022  600 600
    09:00:03  1.10005 1.10007  600 600
"""


def told(run):
    """[(kind, order, reason)] with acceptances, bookings aside."""
    return [(e.kind, e.order, e.reason) for e in run.events if e.kind != "BOOKING"]


def test_F07_the_first_fill_cancels_the_others_of_its_group_in_order_of_submission(trade):
    script = {"on_tick": {0: [buy(stop=1.10025), sell(stop=1.09990, oco=1), buy(limit=1.10012, oco=2), buy(limit=1.0)]}}
    run = trade(MARKET, script)

    assert story(run) == [("FILLED", 3, "NONE"), ("CANCELLED", 1, "OCO"), ("CANCELLED", 2, "OCO")]
    assert [e.quantity for e in run.events if e.reason == "OCO"] == [10_000, -10_000]
    assert run.order_states[3] == "PENDING"


def test_F07_a_partial_fill_cancels_the_others_and_the_rest_works_on(trade):
    script = {"on_tick": {0: [buy(1_000, limit=1.10012), buy(stop=1.10020, oco=1)]}}
    run = trade(THIN, script, liquidity="quoted")

    # The stop would have triggered at 09:00:02.
    assert story(run) == [("PARTIAL_FILL", 1, "NONE"), ("CANCELLED", 2, "OCO"), ("FILLED", 1, "NONE")]
    assert fills(run) == [(1, 110_012, 600), (1, 110_012, 400)]


def test_F07_both_reached_at_one_tick_the_one_accepted_first_fills(trade):
    run = trade(MARKET, {"on_tick": {0: [buy(), sell(oco=1)]}})

    assert story(run) == [("FILLED", 1, "NONE"), ("CANCELLED", 2, "OCO")]


def test_F07_what_ends_without_a_fill_cancels_nobody(trade):
    script = {"on_tick": {0: [buy(limit=1.10001), buy(stop=1.10020, oco=1), sell(stop=1.2, oco=1)], 1: cancel(1)}}
    run = trade(MARKET, script)

    assert story(run) == [
        ("REJECTED", 3, "SIDE"),
        ("CANCELLED", 1, "USER"),
        ("TRIGGERED", 2, "NONE"),
        ("FILLED", 2, "NONE"),
    ]


def test_F07_orders_on_their_way_and_waiting_ones_are_cancelled_too(trade):
    # A latency of 600 ms: order 1 meets 09:00:01, order 4 is then on its way, order 3 waits.
    script = {"on_tick": {0: [buy(), buy(limit=1.0), buy(oto=2, oco=1)]}, "on_time": {0: buy(oco=1)}}
    run = trade(MARKET, script, latency=(600_000, 600_000), timers=(at("09:00:00.5"),))

    assert story(run) == [("FILLED", 1, "NONE"), ("CANCELLED", 3, "OCO"), ("CANCELLED", 4, "OCO")]


def test_F07_an_attached_exit_can_be_of_a_group(trade):
    script = {"on_tick": {0: buy(take_profit=1.10020), 1: sell(limit=1.10020, oco=2)}}
    run = trade(MARKET, script)

    assert told(run)[-2:] == [("FILLED", 2, "NONE"), ("CANCELLED", 3, "OCO")]


def test_F07_siblings_go_before_the_group(trade):
    script = {"on_tick": {0: buy(take_profit=1.10020, stop_loss=1.0), 1: buy(limit=1.0, oco=3)}}
    run = trade(MARKET, script)

    assert told(run)[-3:] == [("FILLED", 3, "NONE"), ("CANCELLED", 2, "SIBLING"), ("CANCELLED", 4, "OCO")]


@pytest.mark.parametrize("link", [{"oco": 7}, {"oto": 7}, {"oco": 2}, {"oto": 2}, {"oco": 1}, {"oco": 3}, {"oto": 3}])
def test_O03_a_link_to_what_cannot_be_is_rejected(trade, link):
    # Order 1 is filled, 2 cancelled, 3 would be the order itself, 7 does not exist.
    run = trade(MARKET, {"on_tick": {0: [buy(), buy(limit=1.0)], 1: cancel(2), 2: buy(**link)}})

    assert story(run)[-1] == ("REJECTED", 3, "UNKNOWN")


def test_O03_no_group_with_an_order_that_is_partly_filled(trade):
    script = {"on_tick": {0: buy(1_000), 1: [buy(oco=1), sell(100, oto=1)]}}
    run = trade(THIN, script, liquidity="quoted")

    assert run.order_states == ["FILLED", "REJECTED", "FILLED"]


def test_F06_a_waiting_order_is_accepted_when_its_parent_is_filled_and_meets_the_next_tick(trade):
    script = {"on_tick": {0: [buy(limit=1.10007), sell(oto=1), sell(limit=1.10001, oto=1)]}}
    run = trade(MARKET, script)

    # Both children could have filled at every tick before; at 09:00:03 they are released, at 09:00:04 filled.
    assert [(e.kind, e.order, e.ts) for e in run.events if e.kind == "FILLED"] == [
        ("FILLED", 1, at("09:00:03")),
        ("FILLED", 2, at("09:00:04")),
        ("FILLED", 3, at("09:00:04")),
    ]
    assert fills(run)[1:] == [(2, 110_015, -10_000), (3, 110_015, -10_000)]


def test_F06_a_partial_fill_releases_nobody(trade):
    run = trade(THIN, {"on_tick": {0: [buy(1_000), sell(100, oto=1)]}}, liquidity="quoted")

    assert [(e.kind, e.order, e.ts) for e in run.events if e.kind in ("PARTIAL_FILL", "FILLED")] == [
        ("PARTIAL_FILL", 1, at("09:00:01")),
        ("FILLED", 1, at("09:00:02")),
        ("FILLED", 2, at("09:00:03")),
    ]


def test_F06_released_orders_are_checked_like_arrivals(trade):
    children = [sell(stop=1.10010, oto=1), buy(limit=1.10020, post_only=True, oto=1), buy(10**7, oto=1), sell(oto=1)]
    run = trade(MARKET, {"on_tick": {0: [buy(), *children]}})

    # Released at 09:00:01, at 1.10010 / 1.10012.
    assert [(e.kind, e.order, e.price, e.reason, e.phase) for e in run.events if e.kind == "REJECTED"] == [
        ("REJECTED", 2, 110_010, "SIDE", "TICK"),
        ("REJECTED", 3, 110_012, "POST_ONLY", "TICK"),
        ("REJECTED", 4, 110_012, "MARGIN", "TICK"),
    ]
    assert run.order_states[4] == "FILLED"


def test_O01_to_wait_for_an_order_that_is_filled_already_is_no_wait(trade):
    run = trade(MARKET, {"on_tick": {0: buy(), 1: sell(oto=1)}})

    assert fills(run) == [(1, 110_012, 10_000), (2, 110_020, -10_000)]


def test_O01_who_waits_for_an_order_that_ends_unfilled_ends_with_it_one_after_the_other(trade):
    script = {"on_tick": {0: [buy(limit=1.0), buy(oto=1), buy(oto=2), buy(oto=1), buy(oto=3)], 1: cancel(1)}}
    run = trade(MARKET, script)

    assert story(run) == [
        ("CANCELLED", 1, "USER"),
        ("CANCELLED", 2, "PARENT"),
        ("CANCELLED", 3, "PARENT"),
        ("CANCELLED", 5, "PARENT"),
        ("CANCELLED", 4, "PARENT"),
    ]


def test_O01_a_rejected_or_expired_parent_takes_its_children_along(trade):
    script = {
        "on_tick": {
            0: [sell(stop=1.2), buy(oto=1)],
            1: [buy(limit=1.0, tif="GTD", expires=at("09:00:02.5")), buy(oto=3)],
            2: [buy(limit=1.0, tif="IOC"), buy(oto=5)],
        }
    }
    run = trade(MARKET, script)

    assert story(run) == [
        ("REJECTED", 1, "SIDE"),
        ("CANCELLED", 2, "PARENT"),
        ("EXPIRED", 3, "TIF"),
        ("CANCELLED", 4, "PARENT"),
        ("CANCELLED", 5, "TIF"),
        ("CANCELLED", 6, "PARENT"),
    ]


def test_O01_a_child_of_an_exit_goes_when_the_exit_does(trade):
    script = {"on_tick": {0: buy(stop_loss=1.0), 1: buy(oto=2), 2: close()}}
    run = trade(MARKET, script)

    assert story(run)[-3:] == [("FILLED", 4, "NONE"), ("CANCELLED", 2, "FLAT"), ("CANCELLED", 3, "PARENT")]


def test_O01_a_waiting_order_can_be_changed_and_cancelled(trade):
    script = {
        "on_tick": {
            0: [buy(limit=1.10007), sell(limit=1.2, oto=1), sell(oto=1)],
            1: [modify(2, limit=1.10015, quantity=7_000), cancel(3)],
        }
    }
    run = trade(MARKET, script)

    assert story(run) == [
        ("MODIFIED", 2, "NONE"),
        ("CANCELLED", 3, "USER"),
        ("FILLED", 1, "NONE"),
        ("FILLED", 2, "NONE"),
    ]
    assert fills(run)[1] == (2, 110_015, -7_000)


def test_O04_the_side_of_a_waiting_stop_is_checked_when_it_is_released(trade):
    # 1.10030 is above the bid all the time; on release it is on the wrong side as well.
    script = {"on_tick": {0: [buy(limit=1.10007), sell(stop=1.0, oto=1)], 1: modify(2, stop=1.10030)}}
    run = trade(MARKET, script)

    assert story(run) == [("MODIFIED", 2, "NONE"), ("FILLED", 1, "NONE"), ("REJECTED", 2, "SIDE")]


def test_P02_cancel_all_takes_waiting_entries(trade):
    script = {"on_tick": {0: [buy(limit=1.0), buy(oto=1), buy(limit=1.0)], 1: cancel_all()}}
    run = trade(MARKET, script)

    # The second's own cancel finds it gone with its parent.
    assert story(run) == [
        ("CANCELLED", 1, "USER"),
        ("CANCELLED", 2, "PARENT"),
        ("REQUEST_REJECTED", 2, "UNKNOWN"),
        ("CANCELLED", 3, "USER"),
    ]


def test_F07_the_group_goes_before_the_children_are_released(trade):
    script = {"on_tick": {0: [buy(), buy(limit=1.0, oco=1), sell(oto=1), sell(oto=2)]}}
    run = trade(MARKET, script)

    assert story(run) == [
        ("FILLED", 1, "NONE"),
        ("CANCELLED", 2, "OCO"),
        ("CANCELLED", 4, "PARENT"),
        ("FILLED", 3, "NONE"),
    ]
