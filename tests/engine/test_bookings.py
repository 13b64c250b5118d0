"""Dated bookings by table: cash, dividends, funding (F9)."""

from ..reference.play import buy, sell
from ..reference.tape import at

MARKET = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10000 1.10002
    09:00:10  1.10000 1.10002
    09:00:20  1.20000 1.20002
    09:00:30  1.20000 1.20002
"""
AT_TEN, AT_TWENTY = at("09:00:10"), at("09:00:20")


def booked(run):
    """(ts, reason, price, quantity, micro-units) of the table's bookings."""
    return [
        (e.ts, e.reason, e.price, e.quantity, e.amount)
        for e in run.events
        if e.reason in ("CASH", "DIVIDEND", "FUNDING")
    ]


def test_F09_cash_is_booked_as_it_is(trade):
    run = trade(MARKET, bookings=((AT_TEN, 0, "CASH", 5_000_000), (AT_TWENTY, 0, "CASH", -7)))

    assert booked(run) == [(AT_TEN, "CASH", 0, 0, 5_000_000), (AT_TWENTY, "CASH", 0, 0, -7)]
    assert run.balance == 10**11 + 4_999_993


def test_F09_a_dividend_is_paid_on_what_is_held_and_by_the_short(trade):
    table = ((AT_TWENTY, 0, "DIVIDEND", 12_500_000),)
    long = trade(MARKET, {"on_tick": {0: buy()}}, bookings=table)
    short = trade(MARKET, {"on_tick": {0: sell(4_000)}}, bookings=table)

    # 12.5 points of 10,000: 1.25 USD
    assert booked(long) == [(AT_TWENTY, "DIVIDEND", 0, 10_000, 1_250_000)]
    assert booked(short) == [(AT_TWENTY, "DIVIDEND", 0, -4_000, -500_000)]


def test_F09_funding_is_a_part_of_the_value_at_the_closing_side_and_paid_by_the_long(trade):
    table = ((at("09:00:25"), 0, "FUNDING", 1_000_000),)
    long = trade(MARKET, {"on_tick": {0: buy()}}, bookings=table)
    short = trade(MARKET, {"on_tick": {0: sell()}}, bookings=table)

    # One basis point of 12,000.00 and of 12,000.20 USD
    assert booked(long) == [(at("09:00:25"), "FUNDING", 120_000, 10_000, -1_200_000)]
    assert booked(short) == [(at("09:00:25"), "FUNDING", 120_002, -10_000, 1_200_020)]


def test_F09_a_negative_rate_is_received_by_the_long(trade):
    run = trade(MARKET, {"on_tick": {0: buy()}}, bookings=((AT_TEN, 0, "FUNDING", -1_000_000),))

    assert booked(run) == [(AT_TEN, "FUNDING", 110_000, 10_000, 1_100_000)]


def test_F09_bookings_come_before_ticks_and_requests_of_their_instant(trade):
    script = {"on_tick": {0: buy(), 1: sell(limit=1.5, tif="GTD", expires=AT_TWENTY)}}
    run = trade(MARKET, script, bookings=((AT_TWENTY, 0, "FUNDING", 1_000_000),))

    # Marked at the quote before: the tick of that instant comes later.
    assert [(e.kind, e.phase, e.price) for e in run.events if e.ts == AT_TWENTY] == [
        ("BOOKING", "DUE", 110_000),
        ("EXPIRED", "DUE", 0),
    ]


def test_F09_the_table_falls_due_by_time_and_in_its_order_at_one_instant(trade):
    table = (
        (AT_TWENTY, 0, "CASH", 1),
        (AT_TEN, 0, "CASH", 2),
        (AT_TEN, 0, "CASH", 3),
        (AT_TWENTY, 0, "CASH", 4),
    )
    run = trade(MARKET, bookings=table)

    assert [amount for *_, amount in booked(run)] == [2, 3, 1, 4]


def test_F09_a_rollover_comes_before_the_table(trade):
    market = "2024-01-02 12:00  1.1 1.1\n2024-01-02 12:01  1.1 1.1\n2024-01-03 12:01  1.1 1.1"
    midnight = at("2024-01-03 00:00")
    run = trade(market, {"on_tick": {0: buy()}}, swap=(-(10**6), 0), bookings=((midnight, 0, "CASH", 1),))

    assert [(e.kind, e.amount) for e in run.events if e.ts == midnight] == [("SWAP", -100_000), ("BOOKING", 1)]


def test_F09_what_comes_to_nothing_is_left_out(trade):
    table = (
        (AT_TEN, 0, "CASH", 0),
        (AT_TEN, 0, "DIVIDEND", 12_500_000),
        (AT_TEN, 0, "FUNDING", 1_000_000),
    )
    flat = trade(MARKET, bookings=table)
    tiny = trade(
        MARKET, {"on_tick": {0: buy(1)}}, bookings=((AT_TEN, 0, "DIVIDEND", 50_000), (AT_TEN, 0, "FUNDING", 4_545))
    )

    # 0.05 points of a unit: 0.5 micro-units, half to even; 4,545e-10 of 1.10 USD: 0.49995
    assert booked(flat) == []
    assert booked(tiny) == []


def test_F09_only_bookings_from_the_start_and_before_the_end_are_made(trade):
    first, end = at("09:00"), at("09:01")
    table = ((first - 1, 0, "CASH", 1), (first, 0, "CASH", 2), (end - 1, 0, "CASH", 3), (end, 0, "CASH", 4))
    run = trade(MARKET, bookings=table)

    assert [(ts, amount) for ts, *_, amount in booked(run)] == [(first, 2), (end - 1, 3)]


def test_F09_a_callback_sees_the_balance_and_is_not_told(trade):
    run = trade(MARKET, {"on_tick": {}, "on_order": {}, "on_fill": {}}, bookings=((AT_TEN, 0, "CASH", 5),))

    assert [(name, balance - 10**11) for name, _, _, _, balance, *_ in run.heard] == [
        ("on_tick", 0),
        ("on_tick", 0),
        ("on_tick", 5),
        ("on_tick", 5),
        ("on_tick", 5),
    ]


def test_P01_hedged_positions_are_held_net(trade):
    table = ((AT_TEN, 0, "DIVIDEND", 10**6), (AT_TWENTY, 0, "FUNDING", 1_000_000))
    net = trade(MARKET, {"on_tick": {0: [buy(), sell(4_000)]}}, hedging=True, bookings=table)
    none = trade(MARKET, {"on_tick": {0: [buy(), sell()]}}, hedging=True, bookings=table)

    # A point of 6,000: 0.06 USD; a basis point of 6,600.00 USD
    assert booked(net) == [(AT_TEN, "DIVIDEND", 0, 6_000, 60_000), (AT_TWENTY, "FUNDING", 110_000, 6_000, -660_000)]
    assert booked(none) == []
