"""Slippage and commission, by hand (F9)."""

from ..reference.play import bookings, buy, close, fills, modify, sell, story

QUOTES = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10000 1.10002
    09:00:02  1.10000 1.10010
    09:00:03  1.10000 1.10000
"""
SIZES = """
    09:00:00  1.10000 1.10002      0      0      0
    09:00:01  1.10000 1.10002  30000  40000  10000
    09:00:02  1.10000 1.10002      0      0  50000
    09:00:03  1.10000 1.10002      0      0      0
    09:00:04  1.10000 1.10002   4000      0  90000
"""
FALL = """
    09:00:00  1.10000 1.10002
    09:00:01  1.09990 1.09992
    09:00:02  1.09980 1.09982
    09:00:03  1.09970 1.09972
"""
IN_THIRDS = """
    09:00:00  1.10000 1.10002  3000 3000
    09:00:01  1.10000 1.10002  3000 3000
    09:00:02  1.10000 1.10002  3000 3000
    09:00:03  1.10000 1.10002  9000 9000
"""


def paid(run):
    """(order, micro-units) of each commission booked."""
    return [(order, -amount) for reason, order, amount in bookings(run) if reason == "COMMISSION"]


def test_F09_a_fraction_of_the_spread_is_rounded_up(trade):
    run = trade(QUOTES, {"on_tick": {0: buy(), 1: sell(), 2: buy()}}, slippage_kind="spread", slippage=260_000)

    # 0.52 -> 1 of a spread of 2, 2.6 -> 3 of one of 10, nothing of none
    assert fills(run) == [(1, 110_003, 10_000), (2, 109_997, -10_000), (3, 110_000, 10_000)]


def test_F09_the_spread_is_that_of_the_effective_quote(trade):
    crossed = "09:00:00  1.10000 1.10002\n09:00:01  1.10009 1.10004"
    run = trade(crossed, {"on_tick": {0: [buy(), sell()]}}, slippage_kind="spread", slippage=2_000_000)

    # 1.100065 between: 1.10006 and 1.10007, so 2 x 1 point
    assert fills(run) == [(1, 110_009, 10_000), (2, 110_004, -10_000)]


def test_F09_impact_is_a_part_of_the_size_quoted_on_that_side_else_of_the_volume(trade):
    script = {"on_tick": {0: [buy(), sell()], 1: [buy(), sell()], 2: buy(), 3: [sell(), buy()]}}
    run = trade(SIZES, script, slippage_kind="impact", slippage=10_000_000)

    # 10 points x 10,000 of 40,000: 2.5; of 30,000: 3.3; of 50,000: 2; of nothing: 0; of 4,000: 25, of no ask size: 0
    assert [price for _, price, _ in fills(run)] == [110_005, 109_996, 110_004, 109_998, 110_002, 109_975, 110_002]


def test_F09_impact_counts_the_steps_of_this_fill_and_the_size_as_it_is_quoted(trade):
    run = trade(
        "09:00:00  1.10000 1.10002\n09:00:01  1.10000 1.10002  0 8000\n09:00:02  1.10000 1.10002  0 40000",
        {"on_tick": {0: [buy(2_000), buy(10_000)]}},
        slippage_kind="impact",
        slippage=10_000_000,
        liquidity="quoted",
        participation_ppm=500_000,
    )

    # 2,000 of 8,000; then the 2,000 that are left of the half; then 8,000 of 40,000
    assert fills(run) == [(1, 110_005, 2_000), (2, 110_005, 2_000), (2, 110_004, 8_000)]


def test_F09_random_slippage_is_drawn_by_order_and_fill(trade):
    run = trade(
        IN_THIRDS,
        {"on_tick": {0: [buy(9_000), sell(1_000)]}},
        slippage_kind="random",
        slippage=2,
        slippage_most=9,
        seed=7,
        liquidity="quoted",
    )

    # The first three draws of order 1, and the first of order 2, of splitmix64(7, 2, order, fill) from 2 to 9.
    assert fills(run) == [(1, 110_011, 3_000), (2, 109_992, -1_000), (1, 110_011, 3_000), (1, 110_007, 3_000)]


def test_F09_a_limit_never_slips_and_a_stop_does(trade):
    script = {
        "on_tick": {0: [buy(limit=1.09991), buy(limit=1.2), sell(stop=1.09985, limit=1.09970), sell(stop=1.09985)]}
    }
    run = trade(FALL, script, slippage_kind="spread", slippage=1_000_000)

    assert fills(run) == [(2, 109_992, 10_000), (1, 109_991, 10_000), (3, 109_980, -10_000), (4, 109_978, -10_000)]


def test_F09_exits_slip_by_their_kind_and_so_does_a_trailing_stop(trade):
    rise = "09:00:00  1.10000 1.10002\n09:00:01  1.10000 1.10002\n09:00:02  1.10020 1.10022\n09:00:03  1.09990 1.09992"
    target = trade(rise, {"on_tick": {0: buy(take_profit=1.10010)}}, slippage_kind="spread", slippage=500_000)
    loss = trade(rise, {"on_tick": {0: buy(stop_loss=1.09995)}}, slippage_kind="spread", slippage=500_000)
    trail = trade(rise, {"on_tick": {0: buy(trail=("points", 20))}}, slippage_kind="spread", slippage=500_000)

    assert [fills(run)[1][1] for run in (target, loss, trail)] == [
        110_020,
        109_989,
        109_989,
    ]  # the target at its first tick (F2)


def test_F09_no_price_slips_below_one_point(trade):
    low = "09:00:00  0.00003 0.00004\n09:00:01  0.00003 0.00004"
    run = trade(low, {"on_tick": {0: sell()}}, slippage_kind="random", slippage=50, slippage_most=60)

    assert fills(run) == [(1, 1, -10_000)]


def test_F09_close_at_end_slips_like_a_market_order(trade):
    run = trade(SIZES, {"on_tick": {0: buy()}}, slippage_kind="impact", slippage=10_000_000, close_at_end=True)

    assert fills(run)[-1] == (2, 109_975, -10_000)  # 10 points x 10,000 of the 4,000 last bid for


def test_P04_margin_at_the_fill_is_tested_with_slippage(trade):
    script = {"on_tick": {0: buy()}}
    enough = trade(QUOTES, script, margin_ppm=1_000_000, cash=11_000_300_000, slippage_kind="spread", slippage=500_000)
    short = trade(QUOTES, script, margin_ppm=1_000_000, cash=11_000_299_999, slippage_kind="spread", slippage=500_000)

    assert fills(enough) == [(1, 110_003, 10_000)]
    assert story(short) == [("CANCELLED", 1, "MARGIN")]


def test_F09_commission_per_order_is_paid_at_its_first_fill(trade):
    script = {"on_tick": {0: buy(9_000), 3: close()}}
    run = trade(
        IN_THIRDS + "09:00:04 1.1 1.1 9000 9000",
        script,
        commission="order",
        commission_rate=1_500_000,
        liquidity="quoted",
    )

    assert len(fills(run)) == 4
    assert paid(run) == [(1, 1_500_000), (2, 1_500_000)]
    # One piece for each lot; the first lot paid its order's commission, each a third of the close's.
    assert [trip.commission for trip in run.trades] == [2_000_000, 500_000, 500_000]


def test_F09_a_limit_order_that_has_met_a_tick_is_the_maker(trade):
    script = {
        "on_tick": {
            0: [
                buy(100, limit=1.09985),  # rests, fills at 09:00:02
                buy(200, limit=1.10000),  # marketable at 09:00:01
                buy(400, limit=1.09985, post_only=True),
                sell(800, stop=1.09995),
                buy(1_600, limit=1.09995, stop=1.10003),  # is never triggered
                sell(3_200),
            ]
        }
    }
    run = trade(FALL, script, commission="unit", commission_rate=3, commission_maker=1)

    assert sorted(paid(run)) == [(1, 100), (2, 600), (3, 400), (4, 2_400), (6, 9_600)]


def test_F09_a_post_only_order_is_the_maker_at_its_first_tick_too(trade):
    script = {"on_tick": {0: buy(100, limit=1.09995, post_only=True)}}
    run = trade(FALL, script, commission="unit", commission_rate=3, commission_maker=1)

    assert fills(run) == [(1, 109_995, 100)]
    assert paid(run) == [(1, 100)]


def test_F09_a_stop_limit_is_the_maker_once_it_rests_after_its_trigger(trade):
    market = """
        09:00:00  1.10000 1.10002
        09:00:01  1.09990 1.09992  # both trigger here, one fills
        09:00:02  1.09996 1.09998
    """
    script = {"on_tick": {0: [sell(100, stop=1.09995, limit=1.09980), sell(200, stop=1.09995, limit=1.09995)]}}
    run = trade(market, script, commission="unit", commission_rate=3, commission_maker=1)

    assert fills(run) == [(1, 109_990, -100), (2, 109_995, -200)]
    assert paid(run) == [(1, 300), (2, 200)]


def test_F09_a_limit_whose_price_was_changed_meets_anew_and_takes(trade):
    script = {"on_tick": {0: buy(100, limit=1.0), 1: modify(1, limit=1.2)}}
    run = trade(FALL, script, commission="unit", commission_rate=3, commission_maker=1)

    assert fills(run) == [(1, 109_982, 100)]
    assert paid(run) == [(1, 300)]


def test_F09_a_market_order_that_waits_for_liquidity_takes_all_the_same(trade):
    script = {"on_tick": {0: buy(9_000)}}
    run = trade(IN_THIRDS, script, commission="unit", commission_rate=3, commission_maker=1, liquidity="quoted")

    assert paid(run) == [(1, 9_000)] * 3


def test_F09_a_take_profit_is_the_maker_and_a_stop_loss_the_taker(trade):
    script = {"on_tick": {0: [buy(100, stop_loss=1.09985), sell(400, take_profit=1.09975)]}}
    run = trade(FALL, script, commission="unit", commission_rate=3, commission_maker=1, hedging=True)

    assert sorted(paid(run)) == [(1, 300), (2, 1_200), (3, 300), (4, 400)]


def test_F09_the_rate_per_order_is_the_makers_by_the_first_fill(trade):
    script = {"on_tick": {0: [buy(limit=1.09985), buy()]}}
    run = trade(FALL, script, commission="order", commission_rate=900, commission_maker=500)

    assert sorted(paid(run)) == [(1, 500), (2, 900)]


def test_F09_the_least_of_an_order_is_paid_at_once_and_counts_for_later_fills(trade):
    # 3,000, 6,000 and 9,000 so far: 8,000 at first, nothing more, then the 1,000 above it.
    run = trade(
        IN_THIRDS,
        {"on_tick": {0: buy(9_000)}},
        commission="unit",
        commission_rate=1,
        commission_least=8_000,
        liquidity="quoted",
    )

    assert [e.kind for e in run.events[1:]] == ["PARTIAL_FILL", "BOOKING", "PARTIAL_FILL", "FILLED", "BOOKING"]
    assert paid(run) == [(1, 8_000), (1, 1_000)]


def test_F09_the_most_of_an_order_ends_what_it_pays(trade):
    run = trade(
        IN_THIRDS,
        {"on_tick": {0: buy(9_000)}},
        commission="unit",
        commission_rate=1,
        commission_most=4_000,
        liquidity="quoted",
    )

    assert paid(run) == [(1, 3_000), (1, 1_000)]


def test_F09_every_order_has_its_own_least(trade):
    script = {"on_tick": {0: buy(100), 1: close()}}
    run = trade(
        FALL, script, commission="bps", commission_rate=1_000_000, commission_least=20_000, commission_most=50_000
    )

    # 1 basis point of 109.992 is 10,999 and of 109.980 10,998 micro-units
    assert paid(run) == [(1, 20_000), (2, 20_000)]
    assert [trip.commission for trip in run.trades] == [40_000]
