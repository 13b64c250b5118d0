"""Swap at rollovers, by hand (F9, R7)."""

from ..reference.play import buy, close, fills, sell, story
from ..reference.tape import at

# 2024-01-02 is a Tuesday.
WEEK = """
    2024-01-02 12:00:00  1.10000 1.10002
    2024-01-02 12:00:01  1.10000 1.10002
    2024-01-03 12:00:00  1.10000 1.10002
    2024-01-08 12:00:00  1.10000 1.10002
"""
SWAP = {"swap": (-750_000, 250_000)}  # a long position pays 0.75 points a night, a short one receives 0.25


def swaps(run):
    """(rollover, lot, micro-units) of each SWAP."""
    return [(e.ts, e.position, e.amount) for e in run.events if e.kind == "SWAP"]


def midnight(day):
    return at(f"2024-01-{day:02} 00:00")


def test_F09_a_lot_pays_for_each_night_and_on_wednesday_for_three(trade):
    run = trade(WEEK, {"on_tick": {0: buy()}}, **SWAP)

    # 0.75 points of 10,000: 0.075 USD. Tuesday, Wednesday, Thursday, Friday; not Saturday and Sunday.
    assert swaps(run) == [
        (midnight(3), 1, -75_000),
        (midnight(4), 1, -225_000),
        (midnight(5), 1, -75_000),
        (midnight(6), 1, -75_000),
    ]
    assert run.balance == 10**11 - 450_000


def test_F09_a_short_lot_has_a_rate_of_its_own(trade):
    run = trade(WEEK, {"on_tick": {0: sell()}}, **SWAP)

    assert [amount for *_, amount in swaps(run)] == [25_000, 75_000, 25_000, 25_000]


def test_F09_the_journal_says_which_lot_and_how_much_of_it(trade):
    run = trade(WEEK, {"on_tick": {0: [sell(), sell(4_000)], 1: buy(3_000)}}, end=midnight(3) + 1, **SWAP)

    assert [
        (e.phase, e.symbol, e.order, e.position, e.price, e.quantity, e.amount, e.reason)
        for e in run.events
        if e.kind == "SWAP"
    ] == [
        ("DUE", 0, 1, 1, 0, -10_000, 25_000, "NONE"),
        ("DUE", 0, 2, 2, 0, -4_000, 10_000, "NONE"),
    ]


def test_F09_the_open_part_of_a_lot_pays_oldest_lot_first(trade):
    market = WEEK.replace("01-03 12", "01-02 13")
    run = trade(market, {"on_tick": {0: [buy(), buy(4_000)], 1: sell(12_000)}}, end=midnight(4), **SWAP)

    assert swaps(run) == [(midnight(3), 2, -15_000)]


def test_F09_it_comes_before_ticks_and_orders_of_its_instant(trade):
    market = """
        2024-01-02 12:00  1.10000 1.10002
        2024-01-02 13:00  1.10000 1.10002
        2024-01-03 00:00  1.10000 1.10002
        2024-01-03 00:01  1.10000 1.10002
    """
    script = {"on_tick": {0: buy(), 1: [close(), buy(limit=1.0, tif="DAY")]}}
    run = trade(market, script, **SWAP)

    # The close meets the tick at midnight, the limit order expires before it.
    assert story(run)[1:] == [("SWAP", 1, "NONE"), ("EXPIRED", 3, "TIF"), ("FILLED", 2, "NONE")]


def test_F09_a_lot_opened_by_the_tick_at_the_rollover_does_not_pay_for_it(trade):
    market = "2024-01-02 23:00  1.1 1.1\n2024-01-03 00:00  1.1 1.1\n2024-01-03 01:00  1.1 1.1"
    run = trade(market, {"on_tick": {0: buy()}}, **SWAP)

    assert fills(run) == [(1, 110_000, 10_000)]
    assert swaps(run) == []


def test_F09_the_triple_day_can_be_another_or_none(trade):
    friday = trade(WEEK, {"on_tick": {0: buy()}}, triple=4, **SWAP)
    sunday = trade(WEEK, {"on_tick": {0: buy()}}, triple=6, **SWAP)
    none = trade(WEEK, {"on_tick": {0: buy()}}, triple=None, **SWAP)

    assert [(ts, amount) for ts, _, amount in swaps(friday)][-2:] == [(midnight(5), -75_000), (midnight(6), -225_000)]
    assert [(ts, amount) for ts, _, amount in swaps(sunday)][-2:] == [(midnight(6), -75_000), (midnight(8), -225_000)]
    assert [amount for *_, amount in swaps(none)] == [-75_000] * 4


def test_F09_a_market_that_never_closes_rolls_over_daily(trade):
    run = trade(WEEK, {"on_tick": {0: buy()}}, always_open=True, **SWAP)

    assert swaps(run) == [(midnight(day), 1, -75_000) for day in range(3, 9)]


def test_R07_the_nights_count_by_the_trading_date_of_the_day_that_ends(trade):
    market = """
        2024-03-06 21:59  1.1 1.1  # Wednesday in New York: 16:59
        2024-03-06 21:59  1.1 1.1
        2024-03-11 22:00  1.1 1.1
    """
    run = trade(market, {"on_tick": {0: buy()}}, anchor="17:00 America/New_York", **SWAP)

    # Summer time begins on Sunday 10 March: 17:00 is 22:00 UTC before and 21:00 after. Sunday evening opens Monday.
    assert swaps(run) == [
        (at("2024-03-06 22:00"), 1, -225_000),
        (at("2024-03-07 22:00"), 1, -75_000),
        (at("2024-03-08 22:00"), 1, -75_000),
        (at("2024-03-11 21:00"), 1, -75_000),
    ]


def test_R07_a_day_that_opens_in_the_morning_has_the_date_of_its_opening(trade):
    market = "2024-01-05 06:59  1.1 1.1\n2024-01-05 06:59:30  1.1 1.1\n2024-01-08 08:00  1.1 1.1"
    run = trade(market, {"on_tick": {0: buy()}}, anchor="08:00 Europe/Berlin", **SWAP)

    # Thursday's day ends on Friday at 07:00 UTC, Friday's on Saturday; Sunday's on Monday counts for nothing.
    assert swaps(run) == [(at("2024-01-05 07:00"), 1, -75_000), (at("2024-01-06 07:00"), 1, -75_000)]


def test_F09_the_start_and_the_end_of_a_run_are_no_rollovers(trade):
    market = "2024-01-03 00:00  1.1 1.1\n2024-01-03 00:00  1.1 1.1\n2024-01-03 23:59:30  1.1 1.1"
    run = trade(market, {"on_tick": {0: buy()}}, **SWAP)

    assert run.end == midnight(4)
    assert swaps(run) == []


def test_F09_it_is_rounded_once_and_left_out_when_it_is_nothing(trade):
    market = "2024-01-02 12:00  1.1 1.1\n2024-01-02 12:01  1.1 1.1\n2024-01-04 12:01  1.1 1.1"
    # A point of 0.01 units is 0.1 micro-units: 0.5 for one night, 1.5 for three.
    run = trade(market, {"on_tick": {0: buy(0.1)}}, quantity_digits=2, swap=(-500_000, 0))
    short = trade(market, {"on_tick": {0: sell(0.1)}}, quantity_digits=2, swap=(-500_000, 0))

    assert swaps(run) == [(midnight(4), 1, -2)]
    assert swaps(short) == []


def test_F09_without_rates_there_is_no_swap(trade):
    run = trade(WEEK, {"on_tick": {0: buy()}})

    assert swaps(run) == []


def test_F09_the_profit_of_a_trade_is_without_swap_and_the_balance_with_it(trade):
    script = {"on_tick": {0: buy(), 2: close()}}
    run = trade(WEEK, script, **SWAP)

    assert [trip.profit for trip in run.trades] == [-200_000]
    assert run.balance == 10**11 - 200_000 - 450_000
