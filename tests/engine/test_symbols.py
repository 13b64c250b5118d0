"""Several symbols in one account, by hand (P6, C1, C3)."""

import pytest

from ..reference.config import Spec
from ..reference.play import bookings, buy, cancel_all, close, fills, sell, story
from ..reference.tape import at

OTHER = Spec(base="CCC", quote="BBB")
FIRST = """
    09:00:00  1.10000 1.10002
    09:00:02  1.10010 1.10012
    09:00:02  1.10020 1.10022
    09:01:00  1.10030 1.10032
"""
SECOND = """
    09:00:00  2.00000 2.00004
    09:00:01  2.00010 2.00014
    09:00:02  2.00020 2.00024
    09:01:10  2.00030 2.00034
"""
EURUSD = {"base": "EUR", "quote": "USD", "currency": "USD"}
USDJPY = Spec(digits=3, base="USD", quote="JPY")
GBPJPY = Spec(digits=3, base="GBP", quote="JPY")
GBPUSD = Spec(base="GBP", quote="USD")
EURGBP = Spec(base="EUR", quote="GBP")
EUROS = "09:00:00  1.10000 1.10002"


def told(run, name):
    """What each call of a callback was told, with the instant."""
    return [(now, what) for called, now, what, *_ in run.heard if called == name]


def profits(run):
    return [amount for reason, _, amount in bookings(run) if reason == "PROFIT"]


def test_P06_ticks_merge_by_time_and_of_equal_stamps_the_first_symbols_come_first(trade):
    run = trade([FIRST, SECOND], {"on_tick": {0: []}}, others=(OTHER,))

    assert [(what[0], what[3], what[1]) for _, what in told(run, "on_tick")] == [
        (at("09:00:00"), 0, 110_000),
        (at("09:00:00"), 1, 200_000),
        (at("09:00:01"), 1, 200_010),
        (at("09:00:02"), 0, 110_010),
        (at("09:00:02"), 0, 110_020),
        (at("09:00:02"), 1, 200_020),
        (at("09:01:00"), 0, 110_030),
        (at("09:01:10"), 1, 200_030),
    ]


def test_P06_what_a_callback_asks_is_asked_of_the_symbol_it_is_about(trade):
    run = trade([FIRST, SECOND], {"on_tick": {0: buy(), 1: sell(5_000), 7: close()}}, others=(OTHER,))

    # The last tick is the second symbol's and closes that position only, after its end: nothing fills any more.
    assert [(e.symbol, e.price, e.quantity) for e in run.events if e.kind == "FILLED"] == [
        (1, 200_010, -5_000),
        (0, 110_012, 10_000),
    ]
    assert [(o.symbol, o.side, o.role) for o in run.orders] == [(0, 1, "ENTRY"), (1, -1, "ENTRY"), (1, 1, "CLOSE")]


def test_P06_a_callback_may_name_another_symbol(trade):
    script = {"on_tick": {0: buy(symbol=1), 3: [close(), close(symbol=1)]}}
    run = trade([FIRST, SECOND], script, others=(OTHER,))

    # The fourth tick is the first symbol's, where nothing is open.
    assert [(e.symbol, e.order, e.price) for e in run.events if e.kind == "FILLED"] == [
        (1, 1, 200_004),
        (1, 2, 200_020),
    ]


def test_C03_an_order_meets_the_next_tick_of_its_own_symbol_at_the_same_instant_too(trade):
    run = trade([FIRST, SECOND], {"on_tick": {0: [buy(), buy(symbol=1)]}}, others=(OTHER,))

    assert [(e.ts, e.symbol, e.price) for e in run.events if e.kind == "FILLED"] == [
        (at("09:00:00"), 1, 200_004),
        (at("09:00:02"), 0, 110_012),
    ]


def test_P06_fills_and_order_events_are_told_about_their_symbol(trade):
    script = {"on_tick": {0: buy(symbol=1)}, "on_fill": {0: close()}}
    run = trade([FIRST, SECOND], script, others=(OTHER,))

    assert [position for called, *_, position, _, _, _ in run.heard if called == "on_fill"] == [10_000, 0]
    assert fills(run) == [(1, 200_004, 10_000), (2, 200_010, -10_000)]


def test_C01_bars_of_all_symbols_close_before_any_callback_shortest_first_then_as_named(trade):
    script = {"on_bar": {0: []}}
    first = "09:04:10  1.10000 1.10002"
    second = "09:04:20  2.00000 2.00004"
    run = trade([first, second], script, others=(OTHER,), listen=("5m", "1m"))

    assert [(what[0], what[-1]) for _, what in told(run, "on_bar")] == [("1m", 0), ("1m", 1), ("5m", 0), ("5m", 1)]
    assert {now for now, _ in told(run, "on_bar")} == {at("09:05")}
    assert len(run.equity) == 1  # one per instant (P7)


def test_P07_the_end_of_a_minute_of_any_symbol_is_an_equity_point(trade):
    first = "09:00:10  1.10000 1.10002"
    second = "09:02:20  2.00000 2.00004"
    run = trade([first, second], {}, others=(OTHER,))

    assert [ts for ts, *_ in run.equity] == [at("09:01"), at("09:03")]


def test_P06_the_end_is_the_minute_after_the_last_tick_of_any_symbol_that_trades(trade):
    converts = Spec(base="BBB", quote="EEE", trades=False)
    third = """
        08:00:10  3.00000 3.00004
        09:00:30  3.00000 3.00004
        11:00:20  3.00000 3.00004
    """
    run = trade([FIRST, SECOND, third], {"on_tick": {0: []}, "on_bar": {0: []}}, others=(OTHER, converts))

    assert (run.start, run.end) == (at("09:00"), at("09:02"))
    assert {what[3] for _, what in told(run, "on_tick")} == {0, 1}
    assert {what[-1] for _, what in told(run, "on_bar")} == {0, 1}


def test_P02_cancel_all_is_for_the_whole_account(trade):
    script = {"on_tick": {0: [buy(limit=1.0), buy(limit=1.0, symbol=1)], 2: cancel_all()}}
    run = trade([FIRST, SECOND], script, others=(OTHER,))

    assert story(run) == [("CANCELLED", 1, "USER"), ("CANCELLED", 2, "USER")]


def test_O01_a_child_may_be_of_another_symbol(trade):
    script = {"on_tick": {0: [buy(limit=1.10012), sell(oto=1, symbol=1), sell(stop=2.1, oto=1, symbol=1)]}}
    run = trade([FIRST, SECOND], script, others=(OTHER,))

    # Released by the fill at 09:00:02, checked against its own symbol's quote, filled at its next tick.
    assert [(e.kind, e.symbol, e.order, e.price, e.ts) for e in run.events if e.kind in ("FILLED", "REJECTED")] == [
        ("FILLED", 0, 1, 110_012, at("09:00:02")),
        ("REJECTED", 1, 3, 200_010, at("09:00:02")),
        ("FILLED", 1, 2, 200_020, at("09:00:02")),
    ]


def test_P06_profit_of_another_quote_currency_is_converted_at_the_mid_of_the_pair(trade):
    pounds = """
        09:00:02  190.000 190.002
        09:00:03  190.102 190.104
    """
    script = {"on_tick": {1: buy(symbol=2), 2: close()}}
    yen = "09:00:01  149.990 150.010"
    run = trade([EUROS, yen, pounds], script, others=(USDJPY, GBPJPY), close_at_end=True, **EURUSD)

    # 0.1 JPY on 10,000 are 1,000 JPY, at 150 to the dollar 6.666667 USD.
    assert profits(run) == [6_666_667]


def test_P06_the_pair_may_have_the_accounts_currency_as_its_quote(trade):
    cross = """
        09:00:02  0.85000 0.85002
        09:00:03  0.85102 0.85104
    """
    dollars = "09:00:01  1.24990 1.25010"
    script = {"on_tick": {1: buy(symbol=2)}}
    run = trade([EUROS, dollars, cross], script, others=(GBPUSD, EURGBP), close_at_end=True, **EURUSD)

    # 100 points on 10,000 are 10 GBP, at 1.25 12.50 USD.
    assert profits(run) == [12_500_000]


def test_P06_a_symbol_named_for_a_currency_converts_it_instead_of_the_first_that_could(trade):
    pounds = """
        09:00:02  190.000 190.002
        09:00:03  190.102 190.104
    """
    yen, late = "09:00:01  149.990 150.010", "09:00:00  199.990 200.010"
    run = trade(
        [EUROS, yen, pounds, late],
        {"on_tick": {1: buy(symbol=2)}},
        others=(USDJPY, GBPJPY, Spec(digits=3, base="USD", quote="JPY", trades=False)),
        converts=(("JPY", 3),),
        close_at_end=True,
        **EURUSD,
    )

    assert profits(run) == [5_000_000]


def test_P06_equity_moves_with_the_pair_that_converts(trade):
    yen = """
        09:00:01  149.990 150.010
        09:01:01  249.990 250.010
    """
    pounds = """
        09:00:02  190.000 190.002
        09:00:03  190.102 190.104
    """
    run = trade([EUROS, yen, pounds], {"on_tick": {1: buy(symbol=2)}}, others=(USDJPY, GBPJPY), **EURUSD)

    cash = 100_000_000_000
    assert [(ts, equity - cash) for ts, _, equity in run.equity] == [
        (at("09:00:02"), -133_333),  # 2 points on 10,000 are 20 JPY
        (at("09:01"), 6_666_667),
        (at("09:02"), 4_000_000),
    ]


def test_P06_an_entry_without_a_rate_is_rejected_and_shows_its_own_price(trade):
    pounds = """
        09:00:00  190.000 190.002
        09:00:03  190.102 190.104
    """
    yen = "09:00:02  149.990 150.010"
    script = {"on_tick": {0: [buy(symbol=2), buy(symbol=2, limit=191), sell(symbol=2, reduce_only=True)]}}
    run = trade([EUROS, yen, pounds], script, others=(USDJPY, GBPJPY), **EURUSD)

    assert [(e.kind, e.order, e.price, e.reason) for e in run.events if e.kind != "SUBMITTED"] == [
        ("REJECTED", 1, 0, "NO_RATE"),
        ("REJECTED", 2, 191_000, "NO_RATE"),
        ("CANCELLED", 3, 0, "FLAT"),
    ]


def test_P06_the_symbols_own_quote_is_waited_for(trade):
    yen = """
        09:00:02  149.990 150.010
        09:00:03  149.990 150.010
    """
    run = trade([EUROS, yen], {"on_tick": {0: buy(symbol=1)}}, others=(USDJPY,), **EURUSD)

    assert fills(run) == [(1, 150_010, 10_000)]


def test_P06_a_currency_that_nothing_joins_is_refused_before_the_run(trade):
    with pytest.raises(ValueError, match="JPY"):
        trade([EUROS, EUROS.replace("1.1", "190.0")], {}, others=(Spec(base="GBP", quote="JPY"),), **EURUSD)


def test_P04_margin_counts_the_positions_of_other_symbols_at_the_quote_they_would_close_at(trade):
    # Long 10,000 of the second from 2.00014, at a bid of 2.0001: 20,001 bound, 0.40 lost, equity 31,002.00. 10,001 of
    # the first need 11,001.30 at 1.10002 on arrival, 10,000 no more than 11,000.20, but 11,001.20 at their fill.
    script = {"on_tick": {1: buy(), 2: [buy(10_001, symbol=0), buy(10_000, symbol=0), buy(9_999, symbol=0)]}}
    other = Spec(base="CCC", quote="BBB", margin_ppm=10**6)
    run = trade([FIRST, SECOND], script, others=(other,), margin_ppm=10**6, cash=31_002_400_000)

    assert story(run) == [
        ("FILLED", 1, "NONE"),
        ("REJECTED", 2, "MARGIN"),
        ("CANCELLED", 3, "MARGIN"),
        ("FILLED", 4, "NONE"),
    ]


def test_C05_close_at_end_closes_symbol_by_symbol(trade):
    script = {"on_tick": {0: [buy(symbol=1), sell()]}}
    run = trade([FIRST, SECOND], script, others=(OTHER,), close_at_end=True)

    ending = [(e.kind, e.symbol, e.price) for e in run.events if e.phase == "END" and e.kind != "BOOKING"]
    assert ending == [("SUBMITTED", 0, 0), ("FILLED", 0, 110_032), ("SUBMITTED", 1, 0), ("FILLED", 1, 200_030)]
