"""The engine's fills and costs, by hand (F)."""

import pytest

from ..reference.play import bookings, buy, close, fills, modify, sell, story
from ..reference.tape import at

FALL = """
    09:00:00  1.10000 1.10002
    09:00:01  1.09990 1.09992
    09:00:02  1.09980 1.09982
    09:00:03  1.09970 1.09972
    09:00:04  1.09990 1.09992
"""


def test_F01_market_orders_buy_at_the_ask_and_sell_at_the_bid_of_the_next_tick(trade):
    run = trade(FALL, {"on_tick": {0: [buy(), sell()]}})

    assert fills(run) == [(1, 109_992, 10_000), (2, 109_990, -10_000)]


def test_F02_a_limit_marketable_at_its_first_tick_fills_at_that_ticks_quote(trade):
    run = trade(FALL, {"on_tick": {0: [buy(limit=1.10001), sell(limit=1.09980)]}})

    assert fills(run) == [(1, 109_992, 10_000), (2, 109_990, -10_000)]


def test_F02_later_a_limit_fills_at_its_price_without_improvement(trade):
    run = trade(FALL, {"on_tick": {0: buy(limit=1.09975)}})

    assert [(e.ts, e.price) for e in run.events if e.kind == "FILLED"] == [(at("09:00:03"), 109_975)]


def test_F02_a_touch_is_enough(trade):
    run = trade(FALL, {"on_tick": {0: [buy(limit=1.09972), buy(limit=1.09971)]}})

    assert fills(run) == [(1, 109_972, 10_000)]
    assert run.order_states == ["FILLED", "PENDING"]


def test_F03_a_stop_fills_at_the_quote_that_reached_it_and_pays_the_gap(trade):
    run = trade(FALL, {"on_tick": {0: sell(stop=1.09985), 3: buy(stop=1.09980)}}, slippage=2)

    assert [(e.kind, e.order, e.price, e.quantity) for e in run.events if e.kind in ("TRIGGERED", "FILLED")] == [
        ("TRIGGERED", 1, 109_985, -10_000),
        ("FILLED", 1, 109_978, -10_000),
        ("TRIGGERED", 2, 109_980, 10_000),
        ("FILLED", 2, 109_994, 10_000),
    ]


def test_F03_a_touch_triggers(trade):
    run = trade(FALL, {"on_tick": {0: [sell(stop=1.09980), sell(stop=1.09969)]}})

    assert fills(run) == [(1, 109_980, -10_000)]


def test_F03_an_attached_stop_on_the_wrong_side_triggers_at_its_first_tick(trade):
    run = trade(FALL, {"on_tick": {0: buy(stop_loss=1.2)}})

    assert story(run) == [("FILLED", 1, "NONE"), ("TRIGGERED", 2, "NONE"), ("FILLED", 2, "NONE")]
    assert fills(run)[1] == (2, 109_980, -10_000)


def test_F06_distances_are_measured_from_the_fill_and_exits_are_submitted_stop_loss_first(trade):
    long = trade(FALL, {"on_tick": {0: buy(stop_loss=("points", 100), take_profit=("pct", 0.01))}}, slippage=8)
    short = trade(FALL, {"on_tick": {0: sell(take_profit=("points", 100), stop_loss=("pct", 0.01))}})

    # 0.01 % of 110,000 points is 11, of 109,990 10.999
    assert [(e.kind, e.price, e.quantity, e.position) for e in long.events[1:]] == [
        ("FILLED", 110_000, 10_000, 1),
        ("SUBMITTED", 109_900, -10_000, 1),
        ("SUBMITTED", 110_011, -10_000, 1),
    ]
    assert [(o.role, o.type, o.price) for o in short.orders[1:]] == [
        ("STOP_LOSS", "STOP", 110_001),
        ("TAKE_PROFIT", "LIMIT", 109_890),
    ]


def test_F06_a_level_is_never_below_one_point(trade):
    run = trade(FALL, {"on_tick": {0: buy(stop_loss=("points", 200_000), take_profit=("pct", 300))}})

    assert [order.price for order in run.orders[1:]] == [1, 109_992 * 4]


def test_F06_an_attached_exit_meets_the_tick_after_its_entrys_fill(trade):
    # Bought at 1.09992 with the bid at 1.09990: the stop at 1.09991 is reached by the fill's own tick.
    run = trade(FALL, {"on_tick": {0: buy(stop_loss=1.09991)}})

    assert [(e.ts, e.price) for e in run.events if e.kind == "FILLED"] == [
        (at("09:00:01"), 109_992),
        (at("09:00:02"), 109_980),
    ]


def test_F06_a_take_profit_met_beyond_its_price_takes_the_quote_only_at_its_first_tick(trade):
    market = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10000 1.10002
        09:00:02  1.10030 1.10032
        09:00:03  1.10050 1.10052
    """
    first = trade(market, {"on_tick": {0: buy(take_profit=1.10010)}})
    later = trade(market, {"on_tick": {0: buy(take_profit=1.10040)}})

    assert fills(first)[1] == (2, 110_030, -10_000)
    assert fills(later)[1] == (2, 110_040, -10_000)


def test_F07_at_one_tick_orders_fill_in_order_of_acceptance(trade):
    run = trade(FALL, {"on_tick": {0: [buy(limit=1.09975), sell(stop=1.09971), buy(limit=1.09980)]}})

    assert [order for order, *_ in fills(run)] == [1, 2, 3]


def test_F07_the_fill_of_an_exit_cancels_its_sibling(trade):
    run = trade(FALL, {"on_tick": {0: buy(stop_loss=1.09985, take_profit=1.2)}})

    assert story(run)[-3:] == [("TRIGGERED", 2, "NONE"), ("FILLED", 2, "NONE"), ("CANCELLED", 3, "SIBLING")]
    assert run.events[-1].quantity == 0


def test_F07_both_exits_reachable_at_one_tick_the_stop_loss_was_accepted_first(trade):
    run = trade(FALL, {"on_tick": {0: buy(stop_loss=1.2, take_profit=1.0)}})

    assert story(run)[1:] == [("TRIGGERED", 2, "NONE"), ("FILLED", 2, "NONE"), ("CANCELLED", 3, "SIBLING")]


def test_F07_a_moved_stop_loss_comes_after_its_take_profit(trade):
    script = {"on_tick": {0: buy(stop_loss=1.09971, take_profit=1.09970), 1: modify(2, stop=1.09979)}}
    run = trade(FALL, script)

    # At 09:00:02 the bid is 1.09980: the take-profit at 1.09970 meets it first.
    assert story(run)[-2:] == [("FILLED", 3, "NONE"), ("CANCELLED", 2, "SIBLING")]


@pytest.mark.parametrize("order, price", [(buy(), 109_997), (sell(), 109_985), (buy(limit=1.2), 109_992)])
def test_F09_slippage_in_points_makes_market_orders_worse_and_limits_not(trade, order, price):
    run = trade(FALL, {"on_tick": {0: order}}, slippage=5)

    assert fills(run)[0][1] == price


def test_F09_slippage_never_takes_a_price_below_one_point(trade):
    run = trade("09:00:00 0.00004 0.00006\n09:00:01 0.00004 0.00006", {"on_tick": {0: sell()}}, slippage=5)

    assert fills(run) == [(1, 1, -10_000)]


@pytest.mark.parametrize(
    "kind, rate, paid",
    [
        ("lot", 3_500_000, 350_000),  # 3.50 for 100,000: 0.35 for 10,000
        ("unit", 7, 70_000),
        ("bps", 500_000, 549_960),  # half a basis point of 10,999.20
        ("bps", 123_456, 135_792),  # 10,999,200,000 * 123,456 / 10^10 = 135,791.7...
    ],
)
def test_F09_commission_is_booked_once_per_fill(trade, kind, rate, paid):
    run = trade(FALL, {"on_tick": {0: buy()}}, commission=kind, commission_rate=rate)

    assert bookings(run) == [("COMMISSION", 1, -paid)]
    assert (run.events[2].price, run.events[2].quantity, run.events[2].position) == (109_992, 10_000, 1)


@pytest.mark.parametrize("quantity, paid", [(1, []), (3, [2]), (5, [2]), (7, [4]), (25, [12])])
def test_F09_half_a_micro_unit_goes_to_the_even_one_and_zero_is_not_booked(trade, quantity, paid):
    # half a micro-unit each: 0.5 -> 0, 1.5 -> 2, 2.5 -> 2, 3.5 -> 4, 12.5 -> 12
    run = trade(FALL, {"on_tick": {0: buy(quantity)}}, commission="lot", commission_rate=1, contract_size=2)

    assert [-amount for _, _, amount in bookings(run)] == paid


def test_F09_close_pays_commission_before_its_profit_is_booked(trade):
    run = trade(FALL, {"on_tick": {0: buy(), 1: close()}}, commission="unit", commission_rate=1)

    assert bookings(run) == [
        ("COMMISSION", 1, -10_000),
        ("COMMISSION", 2, -10_000),
        ("PROFIT", 2, -12 * 10**5),  # 109,980 - 109,992 = -12 points of 10,000: -1.20
    ]
