"""The engine's positions and account, by hand (P)."""

import pytest

from backtestr_lab.engine import layout
from backtestr_lab.runs.conservation import check_conservation

from ..reference.play import bookings, buy, close, fills, play, sell, story
from ..reference.tape import at
from .outcome import Outcome

STEPS = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10000 1.10002
    09:00:02  1.10010 1.10012
    09:00:03  1.10020 1.10022
    09:00:04  1.10030 1.10032
"""


def spoil_orders(machine, field, value):
    layout.orders_of(machine.c)[field] = value


def profits(result):
    """(lot, entry price, signed piece, amount) of each profit booked."""
    return [(e.position, e.price, e.quantity, e.amount) for e in result.events if e.reason == "PROFIT"]


def test_P01_lots_close_first_in_first_out(trade):
    run = trade(STEPS, {"on_tick": {0: buy(3_000), 1: buy(2_000), 2: sell(4_000)}})

    assert profits(run) == [
        (1, 110_002, -3_000, 18 * 3_000 * 10),
        (2, 110_012, -1_000, 8 * 1_000 * 10),
    ]
    assert run.open_lots == [(2, 1, 1_000, 110_012)]
    assert run.events[-3].position == 1  # a fill that only closes names the first lot it closes


def test_P02_a_reversal_closes_first_then_opens_the_rest_with_its_exits(trade):
    run = trade(STEPS, {"on_tick": {0: buy(3_000, take_profit=1.2), 1: sell(5_000, stop_loss=1.2)}})

    assert [(e.kind, e.order, e.position, e.quantity, e.reason) for e in run.events[4:]] == [
        ("FILLED", 3, 2, -5_000, "NONE"),
        ("BOOKING", 3, 1, -3_000, "PROFIT"),
        ("SUBMITTED", 4, 2, 2_000, "NONE"),
        ("CANCELLED", 2, 1, 0, "FLAT"),
    ]


def test_P02_an_entry_that_only_closes_has_no_exits(trade):
    run = trade(STEPS, {"on_tick": {0: buy(), 1: sell(stop_loss=1.2)}})

    assert len(run.orders) == 2


def test_P02_an_attached_exit_closes_the_lot_of_its_own_entry(trade):
    run = trade(STEPS, {"on_tick": {0: [buy(3_000), buy(2_000, take_profit=1.10020)]}})

    assert profits(run) == [(2, 110_002, -2_000, 18 * 2_000 * 10)]
    assert run.open_lots == [(1, 1, 3_000, 110_002)]


def test_P02_an_exit_shrinks_with_its_lot_and_dies_with_it(trade):
    run = trade(
        STEPS,
        {"on_tick": {0: buy(3_000, stop_loss=1.0, take_profit=1.10030), 1: sell(1_000)}},
    )

    assert fills(run) == [(1, 110_002, 3_000), (4, 110_010, -1_000), (3, 110_030, -2_000)]
    assert story(run)[-1] == ("CANCELLED", 2, "SIBLING")


def test_P02_a_close_flattens_several_lots_and_their_exits_are_flat(trade):
    script = {"on_tick": {0: [buy(3_000, stop_loss=1.0), buy(2_000, stop_loss=1.0)], 2: close()}}
    run = trade(STEPS, script)

    assert story(run)[2:] == [("FILLED", 5, "NONE"), ("CANCELLED", 3, "FLAT"), ("CANCELLED", 4, "FLAT")]
    assert [amount for *_, amount in profits(run)] == [18 * 30_000, 18 * 20_000]


def test_P03_a_profit_of_zero_is_booked(trade):
    market = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10000 1.10002
        09:00:02  1.10002 1.10004
    """
    run = trade(market, {"on_tick": {0: buy(), 1: close()}})

    assert bookings(run) == [("PROFIT", 2, 0)]


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda machine: machine.state["balance"].__iadd__(1), "the balance is"),
        (lambda machine: machine.syms["net"].__iadd__(1), "fills add up to"),
        (lambda machine: spoil_orders(machine, "filled", 10_001), "beyond their quantity"),
        (lambda machine: spoil_orders(machine, "parent", 9), "do not cover what is open"),
    ],
)
def test_P03_a_run_that_does_not_add_up_is_a_bug_and_says_so(spoil, words):
    run = play(STEPS, {"on_tick": {0: buy(stop_loss=1.0)}}, runner=Outcome)
    spoil(run.machine)

    with pytest.raises(AssertionError, match=words):
        check_conservation(run.machine)


def test_U04_profit_in_the_base_currency_divides_by_the_mid_of_the_last_quote(trade):
    run = trade(STEPS, {"on_tick": {0: buy(10_001), 1: close()}}, account="base")

    # 8 points of 10,001 = 0.80008 USD; mid 1.10011: 0.7272727... EUR
    assert bookings(run) == [("PROFIT", 2, 727_273)]


def test_P07_equity_points_are_the_ends_of_minutes_with_ticks_and_every_fill(trade):
    market = """
        09:00:10  1.10000 1.10002
        09:00:50  1.10000 1.10002
        09:03:10  1.10010 1.10012
    """
    run = trade(market, {"on_tick": {0: buy(), 1: close()}}, commission="unit", commission_rate=10)
    start, paid = 10**11, 10_000 * 10

    assert run.equity == [
        (at("09:00:50"), start - paid, start - paid - 2 * 10**5),
        (at("09:01"), start - paid, start - paid - 2 * 10**5),
        (at("09:03:10"), start - 2 * paid + 8 * 10**5, start - 2 * paid + 8 * 10**5),
        (at("09:04"), start - 2 * paid + 8 * 10**5, start - 2 * paid + 8 * 10**5),
    ]


def test_P07_mae_and_mfe_run_over_closing_quotes_from_the_fill_tick_to_the_exit_tick(trade):
    market = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10000 1.10005  # bought at 1.10005: 5 against already
        09:00:02  1.10030 1.10031
        09:00:03  1.09980 1.09982
        09:00:04  1.09970 1.09972  # closed here
        09:00:05  1.00000 1.30000
    """
    long = trade(market, {"on_tick": {0: buy(), 3: close()}}).trades[0]
    short = trade(market, {"on_tick": {0: sell(), 3: close()}}).trades[0]

    assert (long.mae, long.mfe, long.exit_price) == (35, 25, 109_970)
    assert (short.mae, short.mfe, short.exit_price) == (31, 28, 109_972)


def test_P07_the_fills_own_tick_counts_for_its_excursions(trade):
    market = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10000 1.10005
        09:00:02  1.10008 1.10009
        09:00:03  1.10007 1.10008
    """
    run = trade(market, {"on_tick": {0: buy(), 1: close()}})

    assert [(trip.mae, trip.mfe) for trip in run.trades] == [(5, 3)]


def test_P07_a_trade_never_in_favour_has_no_favourable_excursion(trade):
    trade = trade("09:00 1.1 1.2\n09:01 1.1 1.2\n09:02 1.1 1.2", {"on_tick": {0: buy(), 1: close()}}).trades[0]

    assert (trade.mae, trade.mfe) == (10_000, 0)


def test_P07_the_pieces_of_a_lot_are_trades_of_their_own_and_share_its_commission(trade):
    script = {"on_tick": {0: buy(3_000), 1: sell(1_000), 2: sell(2_000)}}
    run = trade(STEPS, script, commission="unit", commission_rate=2)

    assert [(t.position, t.quantity, t.exit_price, t.mfe, t.commission, t.exit_role) for t in run.trades] == [
        (1, 1_000, 110_010, 8, 4_000, "ENTRY"),
        (1, 2_000, 110_020, 18, 8_000, "ENTRY"),
    ]
