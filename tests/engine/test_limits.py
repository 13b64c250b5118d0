"""Limits of size, number and loss, by hand (P4)."""

import pytest

from ..reference.config import Spec
from ..reference.play import buy, close, fills, modify, sell, story
from ..reference.tape import at

CALM = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10000 1.10002
    09:00:02  1.10000 1.10002
    09:00:03  1.10000 1.10002
"""
# Long 10,000 from 1.10002 loses 0.20, 1.20, 2.20, 3.20 of the account's currency.
FALL = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10000 1.10002
    09:00:02  1.09990 1.09992
    09:00:03  1.09980 1.09982
    09:00:04  1.09970 1.09972
"""
CASH = 100_000_000_000
OTHER = Spec(quote="BBB")


def account(run):
    """(kind, price, quantity, reason, phase) of the account's own events."""
    kinds = ("LIMIT_BREACH", "TRADING_STOPPED", "STOP_OUT")
    return [(e.kind, e.price, e.quantity, e.reason, e.phase) for e in run.events if e.kind in kinds]


def test_P04_an_order_above_the_largest_is_rejected_at_submission(trade):
    script = {"on_tick": {0: [buy(10_001), buy(10_000)], 1: sell(20_000, reduce_only=True)}}
    run = trade(CALM, script, max_order=10_000)

    assert story(run) == [("REJECTED", 1, "LIMIT"), ("FILLED", 2, "NONE"), ("FILLED", 3, "NONE")]
    assert run.events[1].price == 0  # no quote was asked


def test_P04_the_symbols_own_largest_comes_before(trade):
    run = trade(CALM, {"on_tick": {0: buy(10_001)}}, max_order=10_000, largest=10_000)

    assert story(run) == [("REJECTED", 1, "QUANTITY")]


def test_P04_open_entries_are_counted_on_their_way_and_waiting_too(trade):
    script = {
        "on_tick": {
            0: [
                buy(limit=1.0),
                buy(oto=1),
                sell(reduce_only=True, limit=1.2),
                buy(limit=1.0, stop_loss=0.9),
                buy(limit=1.0),
            ]
        }
    }
    run = trade(CALM, script, max_orders=3)

    assert run.order_states == ["PENDING", "PENDING", "PENDING", "PENDING", "REJECTED"]
    assert story(run) == [("REJECTED", 5, "LIMIT")]


def test_P04_exits_and_closes_are_no_entries(trade):
    script = {"on_tick": {0: buy(stop_loss=1.0, take_profit=1.2), 1: [close(), buy(), buy()]}}
    run = trade(CALM, script, max_orders=1)

    assert [(o.role, o.state) for o in run.orders if o.role in ("ENTRY", "CLOSE")] == [
        ("ENTRY", "FILLED"),
        ("CLOSE", "FILLED"),
        ("ENTRY", "FILLED"),
        ("ENTRY", "REJECTED"),
    ]


def test_P04_the_largest_position_is_tested_on_arrival_and_at_the_fill(trade):
    # Two of 6,000 would each alone fit; the second does not when it fills. Selling 16,001 would make a short of 10,001.
    script = {"on_tick": {0: [buy(10_001), buy(6_000), buy(6_000)], 1: [sell(16_001), sell(16_000)]}}
    run = trade(CALM, script, max_position=10_000)

    assert [(e.kind, e.order, e.price, e.reason) for e in run.events if e.reason == "LIMIT"] == [
        ("REJECTED", 1, 110_002, "LIMIT"),
        ("CANCELLED", 3, 0, "LIMIT"),
        ("REJECTED", 4, 110_000, "LIMIT"),
    ]
    assert fills(run) == [(2, 110_002, 6_000), (5, 110_000, -16_000)]


def test_P04_what_makes_a_position_smaller_is_not_tested(trade):
    # At 0.6 equity is 999.80: twice that bears 1,999.60, less than the 3,600 of the 6,000 that stay, or turn.
    market = CALM.replace("09:00:02  1.10000 1.10002", "09:00:02  0.60000 0.60002")
    script = {"on_tick": {0: buy(), 2: [sell(4_000), buy(1), sell(16_000)]}}
    run = trade(market, script, max_leverage=2_000_000, cash=6_000_000_000)

    assert story(run) == [
        ("FILLED", 1, "NONE"),
        ("REJECTED", 3, "LIMIT"),
        ("REJECTED", 4, "LIMIT"),
        ("FILLED", 2, "NONE"),
    ]


def test_P04_hedging_the_largest_position_is_that_of_one_entry(trade):
    script = {"on_tick": {0: [buy(10_000), buy(10_000), buy(10_001)]}}
    run = trade(CALM, script, max_position=10_000, hedging=True)

    assert story(run) == [("REJECTED", 3, "LIMIT"), ("FILLED", 1, "NONE"), ("FILLED", 2, "NONE")]


def test_P04_netting_the_positions_are_the_symbols(trade):
    script = {"on_tick": {0: [buy(1_000), buy(1_000)], 2: [buy(1_000, symbol=1), sell(5_000), close()]}}
    script["on_tick"][4] = buy(1_000, symbol=1)
    run = trade([CALM, CALM], script, others=(OTHER,), max_positions=1)

    # Growing and reversing the one there is makes no further one; once it is closed another may open.
    assert story(run) == [
        ("FILLED", 1, "NONE"),
        ("FILLED", 2, "NONE"),
        ("REJECTED", 3, "LIMIT"),
        ("FILLED", 4, "NONE"),
        ("CANCELLED", 5, "FLAT"),
        ("REJECTED", 6, "LIMIT"),
    ]


def test_P04_hedging_the_positions_are_the_entries(trade):
    script = {"on_tick": {0: [buy(), sell(), buy()], 1: close(position=1), 2: buy()}}
    run = trade(CALM, script, hedging=True, max_positions=2)

    assert story(run) == [
        ("FILLED", 1, "NONE"),
        ("FILLED", 2, "NONE"),
        ("CANCELLED", 3, "LIMIT"),
        ("FILLED", 4, "NONE"),
        ("FILLED", 5, "NONE"),
    ]


def test_P04_hedging_an_entry_that_is_partly_filled_is_counted_once(trade):
    parts = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10000 1.10002  6000 6000
        09:00:02  1.10000 1.10002  6000 6000
    """
    run = trade(parts, {"on_tick": {0: buy()}}, hedging=True, max_positions=1, max_position=10_000, liquidity="quoted")

    assert fills(run) == [(1, 110_002, 6_000), (1, 110_002, 4_000)]


def test_P04_hedging_what_its_entry_holds_already_counts_for_the_largest_position(trade):
    parts = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10000 1.10002  6000 6000
        09:00:02  1.10000 1.10002  6000 6000
    """
    script = {"on_tick": {0: buy(), 1: modify(1, quantity=10_001)}}
    run = trade(parts, script, hedging=True, max_position=10_000, liquidity="quoted")

    assert story(run) == [("PARTIAL_FILL", 1, "NONE"), ("MODIFIED", 1, "NONE"), ("CANCELLED", 1, "LIMIT")]


def test_P04_leverage_is_the_value_of_all_positions_over_equity(trade):
    # 10,000 at 1.10002 are 11,000.20, what there is. Then equity and value are 11,000 at the bid: a reversal to 10,001
    # short would be worth 11,001.10.
    script = {"on_tick": {0: [buy(10_001), buy(10_000)], 1: [sell(20_001), sell(20_000)]}}
    run = trade(CALM, script, max_leverage=1_000_000, cash=11_000_200_000)

    assert story(run) == [
        ("REJECTED", 1, "LIMIT"),
        ("FILLED", 2, "NONE"),
        ("REJECTED", 3, "LIMIT"),
        ("FILLED", 4, "NONE"),
    ]


def test_P04_leverage_counts_other_symbols_and_is_tested_at_the_fill(trade):
    # 1.5 times 22,000.20 less the spread of 0.20 are 33,000; 11,000 are held, so 20,000 at 1.10002 are 0.40 too much.
    script = {"on_tick": {0: buy(symbol=1), 2: [buy(20_000), buy(19_999)]}}
    run = trade([CALM, CALM], script, others=(OTHER,), max_leverage=1_500_000, cash=22_000_200_000)

    assert story(run) == [("FILLED", 1, "NONE"), ("REJECTED", 2, "LIMIT"), ("FILLED", 3, "NONE")]


def test_P04_limits_come_before_margin(trade):
    run = trade(CALM, {"on_tick": {0: buy(10_000)}}, max_position=9_999, margin_ppm=10**6, cash=1)

    assert story(run) == [("REJECTED", 1, "LIMIT")]


@pytest.mark.parametrize("most", [("amount", 1_200_000), ("ppm", 12)])
def test_P04_a_daily_loss_cancels_entries_closes_all_and_stops_trading(trade, most):
    script = {
        "on_tick": {0: [buy(stop_loss=1.0), buy(limit=1.0), sell(oto=2), sell(limit=1.2, reduce_only=True)], 3: buy()},
        "on_order": {0: []},
        "on_fill": {0: []},
    }
    run = trade(FALL, script, daily_loss=most)

    level = CASH - 1_200_000
    assert account(run) == [
        ("LIMIT_BREACH", level, level, "DAILY_LOSS", "TICK"),
        ("TRADING_STOPPED", 0, 0, "DAILY_LOSS", "TICK"),
    ]
    assert story(run) == [
        ("FILLED", 1, "NONE"),
        ("LIMIT_BREACH", 0, "DAILY_LOSS"),
        ("TRADING_STOPPED", 0, "DAILY_LOSS"),
        ("CANCELLED", 2, "LIMIT"),
        ("CANCELLED", 3, "PARENT"),
        ("FILLED", 6, "NONE"),
        ("CANCELLED", 5, "FLAT"),
        ("REJECTED", 7, "LIMIT"),
    ]
    closing = run.orders[5]
    assert (closing.role, closing.side, closing.quantity, closing.lot) == ("LIMIT", -1, 10_000, 0)
    assert fills(run)[1] == (6, 109_980, -10_000)
    told = [what[1] for name, _, what, *_ in run.heard if name in ("on_order", "on_fill")]
    assert told == ["FILLED", "CANCELLED", "CANCELLED", "FILLED", "CANCELLED", "REJECTED"]


def test_P04_a_point_short_of_the_loss_is_none(trade):
    run = trade(FALL, {"on_tick": {0: buy()}}, daily_loss=("amount", 3_200_001))

    assert account(run) == []


def test_P04_stopped_means_stopped_before_any_other_check_but_reducing_goes_on(trade):
    script = {"on_tick": {0: [buy(), buy(limit=1.0)], 2: [buy(0), close(), sell(reduce_only=True), sell(position=1)]}}
    run = trade(FALL, script, daily_loss=("amount", 1_000_000))

    # The house's order is the first of those that close.
    assert story(run)[4:] == [
        ("REJECTED", 4, "LIMIT"),
        ("FILLED", 3, "NONE"),
        ("CANCELLED", 5, "FLAT"),
        ("CANCELLED", 6, "FLAT"),
        ("CANCELLED", 7, "FLAT"),
    ]


def test_P04_the_day_begins_at_the_anchor_of_the_first_symbol_with_the_equity_it_finds(trade):
    # Long from 1.10002, -1.20 before 22:00 UTC. From there a loss of 2 more is a breach, at -3.20, not at -2.
    market = """
        21:59:00  1.10000 1.10002
        21:59:01  1.10000 1.10002
        21:59:02  1.09990 1.09992
        22:00:00  1.09981 1.09983
        22:00:01  1.09971 1.09973
        22:00:02  1.09970 1.09972
    """
    run = trade(market, {"on_tick": {0: buy()}}, daily_loss=("amount", 2_000_000), anchor="17:00 America/New_York")

    assert account(run)[0] == ("LIMIT_BREACH", CASH - 3_200_000, CASH - 3_200_000, "DAILY_LOSS", "TICK")
    assert [e.ts for e in run.events if e.kind == "LIMIT_BREACH"] == [at("22:00:02")]


def test_P04_a_new_day_trades_again(trade):
    market = """
        23:59:00            1.10000 1.10002
        23:59:01            1.10000 1.10002
        23:59:02            1.09990 1.09992
        23:59:59            1.09980 1.09982
        2024-01-03 00:00    1.09970 1.09972
        2024-01-03 00:00:01 1.09970 1.09972
    """
    script = {"on_tick": {0: buy(), 3: buy()}, "on_time": {0: buy()}}
    midnight = at("2024-01-03 00:00")
    run = trade(market, script, daily_loss=("amount", 1_000_000), timers=(midnight,))

    # 3 rejected at 23:59:59, 4 ordered in the CALL of midnight, which follows the day's reset.
    assert story(run)[3:] == [("FILLED", 2, "NONE"), ("REJECTED", 3, "LIMIT"), ("FILLED", 4, "NONE")]
    assert run.events[-1].ts == midnight


def test_P04_the_day_is_reset_at_the_end_as_well(trade):
    market = """
        23:59:00  1.10000 1.10002
        23:59:01  1.10000 1.10002
        23:59:02  1.09980 1.09982
        23:59:59  1.09980 1.09982
    """
    script = {"on_tick": {0: buy()}, "on_bar": {0: buy()}}
    run = trade(market, script, daily_loss=("amount", 1_000_000))

    assert run.end == at("2024-01-03 00:00")
    assert [o.state for o in run.orders] == ["FILLED", "FILLED", "PENDING"]


def test_P04_the_peak_is_of_equity_points_and_a_drawdown_stops_for_good(trade):
    # +9.80 at 09:00:30 is seen at no equity point; +4.80 ends the minute. 2 below it is +2.80, of which 0.20 is spread.
    market = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10000 1.10002
        09:00:30  1.10100 1.10102
        09:00:40  1.10050 1.10052
        09:01:10  1.10031 1.10033
        09:01:20  1.10030 1.10032
        09:01:30  1.10020 1.10022
        2024-01-03 09:00  1.10020 1.10022
    """
    script = {"on_tick": {0: buy(), 7: buy()}}
    run = trade(market, script, drawdown=("amount", 2_000_000), daily_loss=("amount", 10**10))

    assert account(run) == [
        ("LIMIT_BREACH", CASH + 2_800_000, CASH + 2_800_000, "DRAWDOWN", "TICK"),
        ("TRADING_STOPPED", 0, 0, "DRAWDOWN", "TICK"),
    ]
    assert [e.ts for e in run.events if e.kind == "LIMIT_BREACH"] == [at("09:01:20")]
    assert story(run)[-1] == ("REJECTED", 3, "LIMIT")


def test_P04_a_fill_is_an_equity_point_of_the_peak(trade):
    # Closed at +0.80: from there -1.20 is a fall of 2.
    market = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10000 1.10002
        09:00:02  1.10010 1.10012
        09:00:03  1.10010 1.10012
        09:00:04  1.09992 1.09994
        09:00:05  1.09990 1.09992
    """
    script = {"on_tick": {0: buy(), 1: close(), 2: buy()}}
    run = trade(market, script, drawdown=("amount", 2_000_000))

    # Bought again at 1.10012: -0.20, -2.00, -2.20 on a balance of +0.80.
    assert [(e.ts, e.price - CASH, e.quantity - CASH) for e in run.events if e.kind == "LIMIT_BREACH"] == [
        (at("09:00:04"), -1_200_000, -1_200_000)
    ]


def test_P04_a_fraction_is_of_what_the_loss_is_measured_from_rounded_half_to_even(trade):
    # 5 parts per million of 100,000.1 are 0.5000005.
    run = trade(FALL, {"on_tick": {0: buy()}}, cash=CASH + 100_000, daily_loss=("ppm", 5))

    breach = next(e for e in run.events if e.kind == "LIMIT_BREACH")
    assert breach.quantity == CASH + 100_000 - 500_000


def test_P04_of_two_losses_reached_at_once_the_daily_one_is_told(trade):
    run = trade(FALL, {"on_tick": {0: buy()}}, daily_loss=("amount", 1_000_000), drawdown=("amount", 1_000_000))

    assert [(kind, reason) for kind, _, _, reason, _ in account(run)] == [
        ("LIMIT_BREACH", "DAILY_LOSS"),
        ("TRADING_STOPPED", "DAILY_LOSS"),
    ]


def test_P04_a_drawdown_reached_while_stopped_is_told_on_the_new_day(trade):
    market = FALL + "2024-01-03 09:00  1.09970 1.09972\n2024-01-03 09:01  1.09970 1.09972"
    run = trade(market, {"on_tick": {0: buy()}}, daily_loss=("amount", 1_000_000), drawdown=("amount", 2_000_000))

    # Closed at 1.0998, 2.20 down.
    assert [(e.reason, e.ts, e.price - CASH) for e in run.events if e.kind == "LIMIT_BREACH"] == [
        ("DAILY_LOSS", at("09:00:02"), -1_200_000),
        ("DRAWDOWN", at("2024-01-03 09:00"), -2_200_000),
    ]


def test_P04_hedging_a_breach_closes_every_position_in_order_of_opening(trade):
    script = {"on_tick": {0: [buy(), sell(2_000, symbol=1), buy(3_000)]}}
    run = trade([FALL, CALM], script, others=(OTHER,), hedging=True, daily_loss=("amount", 1_500_000))

    # The second symbol's position opened first, at its tick of 09:00:00. At 09:00:02 the first symbol's tick costs
    # 12 points on 13,000, and 2 points on 2,000 are lost besides.
    assert [(o.id, o.symbol, o.lot, o.side * o.quantity) for o in run.orders if o.role == "LIMIT"] == [
        (4, 1, 1, 2_000),
        (5, 0, 2, -10_000),
        (6, 0, 3, -3_000),
    ]
    assert [(e.order, e.symbol, e.ts) for e in run.events if e.kind == "FILLED"][3:] == [
        (4, 1, at("09:00:02")),
        (5, 0, at("09:00:03")),
        (6, 0, at("09:00:03")),
    ]


def test_P04_a_modification_is_not_tested_for_limits_but_its_fill_is(trade):
    script = {"on_tick": {0: buy(5_000, limit=1.0), 1: [modify(1, quantity=10_000), modify(1, limit=1.2)]}}
    run = trade(CALM, script, max_position=9_000, max_order=9_000)

    assert [(e.kind, e.reason) for e in run.events[1:]] == [
        ("MODIFIED", "NONE"),
        ("MODIFIED", "NONE"),
        ("CANCELLED", "LIMIT"),
    ]
