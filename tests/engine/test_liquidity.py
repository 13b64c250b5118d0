"""Quoted liquidity, partial fills and the exits that grow with them, by hand (F6-F8)."""

import pytest

from ..reference.play import bookings, buy, cancel, close, fills, modify, sell, story
from ..reference.tape import at

# bid size, ask size
MARKET = """
    09:00:00  1.10000 1.10002  900 900
    09:00:01  1.10010 1.10012  100 300
    09:00:02  1.10020 1.10022  200 500
    09:00:03  1.10005 1.10007  300 400
    09:00:04  1.10015 1.10017  900 900
"""


def filled(run):
    """[(second, kind, order, price, quantity)]"""
    return [
        ((e.ts - at("09:00:00")) // 10**6, e.kind, e.order, e.price, e.quantity)
        for e in run.events
        if e.kind in ("FILLED", "PARTIAL_FILL")
    ]


def working(run, stamp):
    """{order: (remaining, filled)} after an instant."""
    return {order[0]: (order[4], order[5]) for order in run.state_at(at(stamp)).orders}


def quoted(trade, script, market=MARKET, **settings):
    return trade(market, script, liquidity="quoted", **settings)


def test_F08_a_market_order_takes_what_each_tick_offers_at_its_quote(trade):
    run = quoted(trade, {"on_tick": {0: buy(1_000)}}, slippage=1)

    assert filled(run) == [
        (1, "PARTIAL_FILL", 1, 110_013, 300),
        (2, "PARTIAL_FILL", 1, 110_023, 500),
        (3, "FILLED", 1, 110_008, 200),
    ]
    assert run.open_lots == [(1, 1, 300, 110_013), (2, 1, 500, 110_023), (3, 1, 200, 110_008)]
    assert [working(run, f"09:00:0{s}") for s in range(4)] == [{1: (1_000, 0)}, {1: (700, 300)}, {1: (200, 800)}, {}]


def test_F08_unlimited_liquidity_knows_no_sizes(trade):
    assert filled(trade(MARKET, {"on_tick": {0: buy(1_000)}})) == [(1, "FILLED", 1, 110_012, 1_000)]


def test_F08_orders_share_a_tick_in_the_order_they_are_tested(trade):
    run = quoted(trade, {"on_tick": {0: [buy(200), buy(200), sell(50), buy(5, limit=1.10025)]}})

    assert filled(run) == [
        (1, "FILLED", 1, 110_012, 200),
        (1, "PARTIAL_FILL", 2, 110_012, 100),
        (1, "FILLED", 3, 110_010, -50),
        (2, "FILLED", 2, 110_022, 100),
        # It got none at 09:00:01, but it met that tick: now it fills at its limit, not at the better quote.
        (2, "FILLED", 4, 110_025, 5),
    ]


def test_F08_participation_is_a_share_rounded_down(trade):
    run = quoted(trade, {"on_tick": {0: buy(1_000)}}, participation_ppm=333_333)

    assert [quantity for *_, quantity in filled(run)] == [99, 166, 133, 299]


def test_F08_without_sizes_the_volume_is_for_buyers_and_sellers_together(trade):
    market = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10010 1.10012  0 0 300
        09:00:02  1.10020 1.10022  0 0 500
        09:00:03  1.10005 1.10007  5 0 900
        09:00:04  1.10015 1.10017
    """
    run = quoted(trade, {"on_tick": {0: [buy(200), sell(400), sell(400)]}}, market)

    # 300 - 200 = 100 at 09:00:01; 500 at 09:00:02; a size on one side alone is what is quoted: 5 to sell at 09:00:03.
    assert filled(run) == [
        (1, "FILLED", 1, 110_012, 200),
        (1, "PARTIAL_FILL", 2, 110_010, -100),
        (2, "FILLED", 2, 110_020, -300),
        (2, "PARTIAL_FILL", 3, 110_020, -200),
        (3, "PARTIAL_FILL", 3, 110_005, -5),
    ]


def test_F08_a_feed_without_any_sizes_fills_nothing(trade):
    market = "09:00:00 1.10000 1.10002\n09:00:01 1.10010 1.10012\n09:00:02 1.10010 1.10012"
    run = quoted(trade, {"on_tick": {0: [buy(), sell(stop=1.09), buy(limit=1.2)]}}, market)

    assert run.order_states == ["PENDING"] * 3


def test_F08_a_stop_is_triggered_once_and_then_wants_the_rest(trade):
    run = quoted(trade, {"on_tick": {0: buy(700, stop=1.10011)}}, slippage=1)

    assert story(run) == [("TRIGGERED", 1, "NONE"), ("PARTIAL_FILL", 1, "NONE"), ("FILLED", 1, "NONE")]
    assert [quantity for *_, quantity in filled(run)] == [300, 400]
    assert filled(run)[1][3] == 110_023


def test_F08_a_stop_triggered_where_nothing_is_offered_fills_later_whatever_the_price(trade):
    market = """
        09:00:00  1.10000 1.10002  9 9
        09:00:01  1.09990 1.09992  0 9
        09:00:02  1.10030 1.10032  9 9
    """
    for order in (sell(9, stop=1.09995), sell(9, trailing_stop=("points", 3))):
        run = quoted(
            trade, {"on_tick": {0: order}}, market + "09:00:03 1.10020 1.10022 0 9\n09:00:04 1.10040 1.10042 9 9"
        )

        assert [e.kind for e in run.events[:3]] == ["SUBMITTED", "TRIGGERED", "FILLED"]
        assert run.events[2].price == (110_030 if order["stop"] else 110_040)


def test_F08_a_limit_gets_its_rest_at_its_limit_whenever_the_quote_allows(trade):
    run = quoted(trade, {"on_tick": {0: buy(900, limit=1.10015)}})

    # Marketable at its first tick: that quote. Not at 09:00:02 (1.10022); 400 more at 09:00:03 at the limit.
    assert filled(run) == [(1, "PARTIAL_FILL", 1, 110_012, 300), (3, "PARTIAL_FILL", 1, 110_015, 400)]


def test_F08_margin_is_tested_for_the_steps_of_each_fill(trade):
    # Each alone would need 18.34 of 25. Order 2 gets its first 300 at 09:00:02: 800 together would need 29.34.
    script = {"on_tick": {0: [buy(500), buy(500)]}}
    run = quoted(trade, script, cash=25 * 10**6)

    assert story(run) == [("PARTIAL_FILL", 1, "NONE"), ("FILLED", 1, "NONE"), ("CANCELLED", 2, "MARGIN")]
    assert run.events[-1].quantity == 500


def test_F08_margin_is_not_tested_for_steps_the_tick_cannot_fill(trade):
    # Order 2 gets 100 at 09:00:02: 600 together need 22.00 of 25. The 400 of 09:00:03 would make that 36.66.
    market = MARKET.replace("1.10020 1.10022  200 500", "1.10020 1.10022  200 300")
    run = quoted(trade, {"on_tick": {0: [buy(500), buy(500)]}}, market, cash=25 * 10**6)

    assert filled(run)[2:] == [(2, "PARTIAL_FILL", 2, 110_022, 100)]
    assert (run.events[-1].kind, run.events[-1].quantity, run.events[-1].reason) == ("CANCELLED", 400, "MARGIN")


def test_F08_an_order_short_of_margin_takes_nothing_from_the_tick(trade):
    script = {"on_tick": {0: [buy(500), buy(150)], 1: buy(100)}}
    market = MARKET.replace("1.10020 1.10022  200 500", "1.10020 1.10022  200 350")
    run = quoted(trade, script, market, cash=20 * 10**6)

    # 500 need 18.34: filled 300 and 200. 150 more would need 23.84: cancelled. So 150 are left for order 3, whose 100
    # would need 22.00: cancelled too.
    assert story(run)[-2:] == [("CANCELLED", 2, "MARGIN"), ("CANCELLED", 3, "MARGIN")]


def test_F08_closing_at_the_end_is_not_limited(trade):
    run = quoted(trade, {"on_tick": {0: buy(1_000)}}, close_at_end=True)

    assert fills(run)[-1] == (2, 110_015, -1_000)


def test_F08_each_fill_pays_its_own_commission(trade):
    run = quoted(trade, {"on_tick": {0: buy(500)}}, commission="unit", commission_rate=3)

    assert bookings(run) == [("COMMISSION", 1, -900), ("COMMISSION", 1, -600)]


def test_P02_a_close_gets_what_each_tick_offers_and_no_more_than_is_open(trade):
    script = {"on_tick": {0: buy(250), 1: [close(), sell(100, reduce_only=True)]}}
    run = quoted(trade, script)

    # 200 at 09:00:02 for the close; at 09:00:03 it takes the last 50, and nothing is left for order 3.
    assert filled(run) == [
        (1, "FILLED", 1, 110_012, 250),
        (2, "PARTIAL_FILL", 2, 110_020, -200),
        (3, "FILLED", 2, 110_005, -50),
    ]
    assert story(run)[-1] == ("CANCELLED", 3, "FLAT")


def test_P02_reduce_only_is_filled_when_the_last_open_step_is_closed(trade):
    script = {"on_tick": {0: buy(250), 1: sell(1_000, reduce_only=True)}}
    run = quoted(trade, script)

    assert filled(run)[1:] == [(2, "PARTIAL_FILL", 2, 110_020, -200), (3, "FILLED", 2, 110_005, -50)]


def test_R13_swapped_quotes_swap_their_sizes(trade):
    market = "09:00:00 1.10000 1.10002 9 9\n09:00:01 1.10012 1.10010 100 300\n09:00:02 1.10000 1.10002 0 0"
    script = {"on_tick": {0: [buy(1_000), sell(1_000)]}}

    # bid 1.10010 for 300, ask 1.10012 for 100
    assert fills(quoted(trade, script, market, crossed="swap")) == [(1, 110_012, 100), (2, 110_010, -300)]
    assert fills(quoted(trade, script, market)) == [(1, 110_011, 300), (2, 110_011, -100)]


GROWTH = buy(1_000, stop_loss=("points", 100), take_profit=("points", 200))


def test_F06_exits_are_submitted_by_the_first_fill_and_grow_without_an_event(trade):
    run = quoted(trade, {"on_tick": {0: GROWTH}})
    exits = [(e.kind, e.order, e.price, e.quantity, e.position) for e in run.events if e.order > 1]

    # Distances are from the first fill's price, 1.10012.
    assert exits == [("SUBMITTED", 2, 109_912, -300, 1), ("SUBMITTED", 3, 110_212, -300, 1)]
    assert [working(run, f"09:00:0{s}").get(2) for s in (1, 2, 3)] == [(300, 0), (800, 0), (1_000, 0)]


def test_F06_an_exit_that_was_done_is_submitted_anew_by_the_next_fill_at_the_price_it_had(trade):
    market = """
        09:00:00  1.10000 1.10002  900 900
        09:00:01  1.10010 1.10012  900 300
        09:00:02  1.10030 1.10032  900 0
        09:00:03  1.10020 1.10022  900 500
        09:00:04  1.10020 1.10022  900 0
    """
    order = buy(1_000, stop_loss=("points", 100), take_profit=("points", 18), trail=("points", 50))
    run = quoted(trade, {"on_tick": {0: order}}, market)

    # The take-profit at 1.10030 closes the first 300 and takes the others along. The 500 of 09:00:03 get all three:
    # at their prices, the trailing stop 50 behind that tick's bid.
    assert [
        (e.kind, e.order, e.price, e.quantity, e.position, e.reason) for e in run.events if e.kind != "BOOKING"
    ] == [
        ("SUBMITTED", 1, 0, 1_000, 0, "NONE"),
        ("PARTIAL_FILL", 1, 110_012, 300, 1, "NONE"),
        ("SUBMITTED", 2, 109_912, -300, 1, "NONE"),
        ("SUBMITTED", 3, 110_030, -300, 1, "NONE"),
        ("SUBMITTED", 4, 109_960, -300, 1, "NONE"),
        ("FILLED", 3, 110_030, -300, 1, "NONE"),
        ("CANCELLED", 2, 0, 0, 1, "SIBLING"),
        ("CANCELLED", 4, 0, 0, 1, "SIBLING"),
        ("PARTIAL_FILL", 1, 110_022, 500, 2, "NONE"),
        ("SUBMITTED", 5, 109_912, -500, 2, "NONE"),
        ("SUBMITTED", 6, 110_030, -500, 2, "NONE"),
        ("SUBMITTED", 7, 109_970, -500, 2, "NONE"),
    ]


def test_F06_one_that_was_cancelled_comes_back_for_all_that_is_open_at_its_last_price(trade):
    script = {"on_tick": {0: GROWTH, 1: [modify(2, stop=1.09950), cancel(2)]}}
    run = quoted(trade, script)
    anew = [(e.order, e.price, e.quantity, e.position) for e in run.events if e.kind == "SUBMITTED"][3:]

    # The modify and the cancel fall due after 09:00:01; the fill of 09:00:02 makes 800.
    assert anew == [(4, 109_950, -800, 2)]
    assert working(run, "09:00:02") == {1: (200, 800), 3: (800, 0), 4: (800, 0)}


def test_F06_an_exit_closes_its_entrys_lots_oldest_first_and_no_others(trade):
    script = {"on_tick": {0: [buy(50), buy(450, take_profit=1.10015)]}}
    market = MARKET.replace("1.10005 1.10007  300 400", "1.10005 1.10007  300 0")
    run = quoted(trade, script, market)

    # Order 2 fills 250 and 200; its exit can have 200 of 250 at 09:00:02, before the second fill has made it larger.
    assert [(t.entry_order, t.position, t.quantity) for t in run.trades] == [(2, 2, 200), (2, 2, 50), (2, 3, 200)]
    assert run.open_lots == [(1, 1, 50, 110_012)]


def test_F07_a_partial_exit_takes_the_same_off_its_siblings(trade):
    script = {"on_tick": {0: buy(300, stop_loss=1.09, take_profit=1.10015)}}
    run = quoted(trade, script)

    assert working(run, "09:00:02") == {2: (100, 0), 3: (100, 200)}
    assert story(run) == [
        ("FILLED", 1, "NONE"),
        ("PARTIAL_FILL", 3, "NONE"),
        ("FILLED", 3, "NONE"),
        ("CANCELLED", 2, "SIBLING"),
    ]


def test_O04_a_modify_tells_the_total_and_cannot_go_below_what_has_filled(trade):
    script = {
        "on_tick": {0: buy(1_000, limit=1.10015), 1: [modify(1, quantity=q) for q in (299, 300, 301)]},
    }
    run = quoted(trade, script)

    assert story(run) == [
        ("PARTIAL_FILL", 1, "NONE"),
        ("REQUEST_REJECTED", 1, "QUANTITY"),
        ("REQUEST_REJECTED", 1, "QUANTITY"),
        ("MODIFIED", 1, "NONE"),
        ("FILLED", 1, "NONE"),
    ]
    assert filled(run)[-1] == (3, "FILLED", 1, 110_015, 1)


@pytest.mark.parametrize("how", [buy(700, stop=1.10011), sell(700, trailing_stop=("points", 1))])
def test_O04_a_triggered_stop_that_waits_for_liquidity_has_no_stop_to_modify(trade, how):
    market = MARKET.replace("1.10020 1.10022  200 500", "1.10005 1.10022  0 0")
    run = quoted(trade, {"on_tick": {0: how, 2: [modify(1, stop=1.2), cancel(1)]}}, market)

    assert story(run)[0] == ("TRIGGERED", 1, "NONE")
    assert story(run)[-2:] == [("REQUEST_REJECTED", 1, "PRICE"), ("CANCELLED", 1, "USER")]
