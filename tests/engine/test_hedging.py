"""Hedging: a position per entry, by hand (P1, P2)."""

from ..reference.config import Spec
from ..reference.play import bookings, buy, close, fills, modify, sell, story
from ..reference.tape import at

RISE = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10010 1.10012
    09:00:02  1.10020 1.10022
    09:00:03  1.10030 1.10032
    09:00:04  1.10040 1.10042
"""
IN_PARTS = """
    09:00:00  1.10000 1.10002  1000 1000
    09:00:01  1.10010 1.10012  6000 6000
    09:00:02  1.10020 1.10022  9000 9000
    09:00:03  1.10030 1.10032  9000 9000
    09:00:04  1.10040 1.10042  9000 9000
"""


def profits(run):
    """(lot, amount) of each profit booked."""
    return [(e.position, e.amount) for e in run.events if e.reason == "PROFIT"]


def orders(run, role):
    """(id, position, signed quantity) of the orders of a role, as submitted."""
    ids = {order.id for order in run.orders if order.role == role}
    return [(e.order, e.position, e.quantity) for e in run.events if e.kind == "SUBMITTED" and e.order in ids]


def test_P01_every_entry_opens_a_position_of_its_own_on_either_side(trade):
    run = trade(RISE, {"on_tick": {0: [buy(), sell(5_000)], 1: []}}, hedging=True)

    assert run.open_lots == [(1, 1, 10_000, 110_012), (2, -1, 5_000, 110_010)]
    assert [position for *_, position, _, _, _ in run.heard] == [0, 5_000, 5_000, 5_000, 5_000]
    assert bookings(run) == []
    # At the last tick 28 points on 10,000, less 32 on 5,000, a tenth of a dollar each point on 10,000.
    assert run.equity[-1][2] - run.equity[-1][1] == 2_800_000 - 1_600_000


def test_P01_close_names_the_position_it_closes(trade):
    run = trade(RISE, {"on_tick": {0: [buy(), buy(3_000)], 1: close(position=2)}}, hedging=True)

    assert orders(run, "CLOSE") == [(3, 2, -3_000)]
    assert profits(run) == [(2, 8 * 3_000 * 10)]
    assert run.open_lots == [(1, 1, 10_000, 110_012)]


def test_P01_a_position_is_all_that_its_entry_opened_whichever_lot_is_named(trade):
    # 6,000 at 1.10012, 4,000 at 1.10022, then 2,000 of another entry: the second lot stands for both of the first.
    script = {"on_tick": {0: buy(), 1: buy(2_000), 2: close(position=2)}}
    run = trade(IN_PARTS, script, hedging=True, liquidity="quoted")

    assert run.open_lots == [(3, 1, 2_000, 110_022)]
    assert orders(run, "CLOSE") == [(3, 2, -10_000)]
    # 9,000 at a bid of 1.1003, 1,000 at 1.1004.
    assert profits(run) == [(1, 18 * 6_000 * 10), (2, 8 * 3_000 * 10), (2, 18 * 1_000 * 10)]
    assert fills(run)[-2:] == [(3, 110_030, -9_000), (3, 110_040, -1_000)]


def test_P01_close_without_a_name_closes_every_position_in_order_of_opening(trade):
    run = trade(RISE, {"on_tick": {0: [buy(), sell(5_000)], 2: close(), 4: close()}}, hedging=True)

    assert orders(run, "CLOSE") == [(3, 1, -10_000), (4, 2, 5_000)]
    assert fills(run)[2:] == [(3, 110_030, -10_000), (4, 110_032, 5_000)]
    assert run.open_lots == []


def test_P01_close_shows_the_oldest_lot_that_is_open(trade):
    # The first lot of 6,000 is gone when everything is closed.
    script = {"on_tick": {0: buy(), 2: sell(6_000, reduce_only=True), 3: close()}}
    run = trade(IN_PARTS, script, hedging=True, liquidity="quoted")

    assert orders(run, "CLOSE") == [(3, 2, -4_000)]


def test_P01_nothing_open_of_it_is_no_order(trade):
    script = {"on_tick": {0: buy(), 1: close(position=1), 3: [close(position=1), close(position=7), close()]}}
    run = trade(RISE, script, hedging=True)

    assert len(run.orders) == 2


def test_P02_two_closes_of_one_position_close_it_once(trade):
    script = {"on_tick": {0: [buy(), buy()], 1: [close(position=1), close(position=1)]}}
    run = trade(RISE, script, hedging=True)

    assert story(run)[2:] == [("FILLED", 3, "NONE"), ("CANCELLED", 4, "FLAT")]
    assert run.open_lots == [(2, 1, 10_000, 110_012)]


def test_P02_another_reduce_only_order_closes_the_other_side_first_in_first_out(trade):
    script = {"on_tick": {0: [buy(4_000), sell(1_000), buy(3_000)], 1: sell(9_000, reduce_only=True)}}
    run = trade(RISE, script, hedging=True)

    assert fills(run)[-1] == (4, 110_020, -7_000)
    assert profits(run) == [(1, 8 * 4_000 * 10), (3, 8 * 3_000 * 10)]
    assert run.open_lots == [(2, -1, 1_000, 110_010)]


def test_P02_an_order_that_names_a_position_only_reduces_that_one(trade):
    script = {"on_tick": {0: [buy(4_000), buy(3_000)], 1: sell(9_000, limit=1.10030, position=2)}}
    run = trade(RISE, script, hedging=True)

    assert [(e.kind, e.position, e.price, e.quantity) for e in run.events if e.order == 3 and e.kind != "BOOKING"] == [
        ("SUBMITTED", 2, 110_030, -9_000),
        ("FILLED", 2, 110_030, -3_000),
    ]
    assert run.open_lots == [(1, 1, 4_000, 110_012)]


def test_O03_a_name_of_no_position_or_of_one_that_cannot_be_closed_so_is_unknown(trade):
    script = {
        "on_tick": {
            0: buy(position=1),
            2: [buy(), sell(symbol=1, position=1)],
            4: [buy(position=1), sell(symbol=1, position=1), sell(position=9), sell(0, position=9)],
        }
    }
    run = trade([RISE, RISE], script, hedging=True, others=(Spec(quote="BBB"),))

    assert story(run) == [
        ("REJECTED", 1, "UNKNOWN"),
        ("REJECTED", 3, "UNKNOWN"),
        ("FILLED", 2, "NONE"),
        ("REJECTED", 4, "UNKNOWN"),  # a buy cannot close what was bought
        ("REJECTED", 5, "UNKNOWN"),  # the lot is the first symbol's
        ("REJECTED", 6, "UNKNOWN"),
        ("REJECTED", 7, "QUANTITY"),  # which is asked before
    ]


def test_P02_attached_exits_belong_to_their_position(trade):
    script = {"on_tick": {0: [buy(4_000, take_profit=1.10020), buy(3_000, stop_loss=1.0)]}}
    run = trade(RISE, script, hedging=True)

    assert profits(run) == [(1, 8 * 4_000 * 10)]
    assert run.open_lots == [(2, 1, 3_000, 110_012)]
    assert run.order_states == ["FILLED", "FILLED", "FILLED", "PENDING"]


def test_P02_exits_shrink_and_die_with_what_a_reduce_only_order_closes(trade):
    script = {"on_tick": {0: [buy(4_000, stop_loss=1.0), buy(3_000, stop_loss=1.0)], 1: sell(5_000, reduce_only=True)}}
    run = trade(RISE, script, hedging=True)

    assert [(e.order, e.reason) for e in run.events if e.kind == "CANCELLED"] == [(3, "FLAT")]
    assert run.orders[3].quantity == 2_000


def test_P04_margin_is_the_sum_over_positions_and_the_order(trade):
    calm = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10000 1.10002
        09:00:02  1.10000 1.10002
    """
    script = {"on_tick": {0: buy(), 1: [sell(9_001), sell(9_000)]}}
    run = trade(calm, script, hedging=True, margin_ppm=10**6, maintenance_ppm=0, cash=20_900_200_000)

    # Bound by the first at the bid: 11,000, equity 20,900; the second needs 9,900 more, selling against the first.
    assert story(run) == [("FILLED", 1, "NONE"), ("REJECTED", 2, "MARGIN"), ("FILLED", 3, "NONE")]


def test_C05_close_at_end_closes_position_by_position(trade):
    run = trade(RISE, {"on_tick": {0: [buy(), sell(5_000)]}}, hedging=True, close_at_end=True)

    ending = [(e.kind, e.order, e.position, e.price, e.quantity) for e in run.events if e.phase == "END"]
    assert ending == [
        ("SUBMITTED", 3, 1, 0, -10_000),
        ("FILLED", 3, 1, 110_040, -10_000),
        ("BOOKING", 3, 1, 110_012, -10_000),
        ("SUBMITTED", 4, 2, 0, 5_000),
        ("FILLED", 4, 2, 110_042, 5_000),
        ("BOOKING", 4, 2, 110_010, 5_000),
    ]


def test_C05_at_the_end_each_position_shows_its_oldest_open_lot(trade):
    script = {"on_tick": {0: buy(), 2: sell(6_000, reduce_only=True)}}
    run = trade(IN_PARTS, script, hedging=True, liquidity="quoted", close_at_end=True)

    assert orders(run, "END") == [(3, 2, -4_000)]


def test_P01_netting_close_may_name_a_lot_and_leaves_the_others(trade):
    run = trade(RISE, {"on_tick": {0: [buy(4_000), buy(3_000)], 1: close(position=2)}})

    assert orders(run, "CLOSE") == [(3, 2, -3_000)]
    assert profits(run) == [(2, 8 * 3_000 * 10)]
    assert run.open_lots == [(1, 1, 4_000, 110_012)]


def test_P01_the_symbol_of_a_named_close_is_its_lots(trade):
    script = {"on_tick": {0: buy(symbol=0), 3: close(position=1)}}
    run = trade([RISE, RISE], script, hedging=True, others=(Spec(quote="BBB"),))

    # The fourth tick is the second symbol's.
    assert [(e.symbol, e.ts) for e in run.events if e.kind == "FILLED"] == [(0, at("09:00:01")), (0, at("09:00:02"))]


def test_O04_a_close_may_be_made_smaller(trade):
    script = {"on_tick": {0: [buy(4_000), buy(3_000)], 1: [close(position=1), modify(3, quantity=1_000)]}}
    run = trade(RISE, script, hedging=True)

    assert run.open_lots == [(1, 1, 3_000, 110_012), (2, 1, 3_000, 110_012)]
