"""Latency, by hand (C1, C3, O4, F9)."""

import pytest

from ..reference.chance import LATENCY, between, draw, mix
from ..reference.play import buy, cancel, close, fills, modify, sell, story
from ..reference.tape import at

MARKET = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10010 1.10012
    09:00:02  1.10020 1.10022
    09:00:03  1.10005 1.10007
"""
SECOND = (1_000_000, 1_000_000)


def test_F09_an_order_falls_due_after_the_latency_and_before_ticks_so_stamped(trade):
    on_time = trade(MARKET, {"on_tick": {0: buy()}}, latency=SECOND)
    late = trade(MARKET, {"on_tick": {0: buy()}}, latency=(1_000_001, 1_000_001))

    assert fills(on_time) == [(1, 110_012, 10_000)]
    assert fills(late) == [(1, 110_022, 10_000)]


def test_O03_an_arrival_is_checked_against_the_quote_of_its_instant(trade):
    # Right when it is sent at 1.10002, wrong at 09:00:01.5 with the ask at 1.10012.
    run = trade(MARKET, {"on_tick": {0: buy(stop=1.10010)}}, latency=(1_500_000, 1_500_000))

    assert [(e.kind, e.ts, e.phase, e.price, e.reason) for e in run.events[1:]] == [
        ("REJECTED", at("09:00:01.5"), "DUE", 110_012, "SIDE")
    ]


def test_O04_modify_and_cancel_arrive_late_too(trade):
    script = {"on_tick": {0: buy(limit=1.10007), 2: [modify(1, limit=1.10001), cancel(1)]}}
    run = trade(MARKET + "09:00:03.5 1.10005 1.10007", script, latency=(1_100_000, 1_100_000))

    # Both are due at 09:00:03.1; the order has filled at 09:00:03.
    assert [(e.kind, e.ts, e.reason) for e in run.events[1:]] == [
        ("FILLED", at("09:00:03"), "NONE"),
        ("REQUEST_REJECTED", at("09:00:03.1"), "UNKNOWN"),
        ("REQUEST_REJECTED", at("09:00:03.1"), "UNKNOWN"),
    ]


def test_O04_with_one_latency_for_all_a_request_follows_its_order(trade):
    script = {"on_tick": {0: [buy(limit=1.0), modify(1, limit=1.2), cancel(1)]}}
    run = trade(MARKET, script, latency=(500_000, 500_000))

    assert [(e.kind, e.ts) for e in run.events[1:]] == [
        ("MODIFIED", at("09:00:00.5")),
        ("CANCELLED", at("09:00:00.5")),
    ]


def test_O01_an_order_can_expire_on_its_way(trade):
    # The stop is wrong: it would be rejected if it arrived after all.
    run = trade(MARKET, {"on_tick": {0: buy(stop=1.0, tif="GTD", expires=at("09:00:00.5"))}}, latency=SECOND)

    assert story(run) == [("EXPIRED", 1, "TIF")]


def test_O01_at_one_instant_the_arrival_comes_before_the_expiry(trade):
    # A wrong stop is rejected on arrival: there is nothing left to expire.
    run = trade(MARKET, {"on_tick": {0: buy(stop=1.0, tif="GTD", expires=at("09:00:01"))}}, latency=SECOND)

    assert story(run) == [("REJECTED", 1, "SIDE")]


def test_F09_a_close_travels_and_exits_and_children_do_not(trade):
    script = {"on_tick": {0: [buy(2_000, take_profit=1.10020), sell(500, oto=1, limit=1.10020)], 1: close()}}
    run = trade(MARKET, script, latency=SECOND)

    # Filled at 09:00:01; exit and child are at work at 09:00:02; the close, asked for at 09:00:01, is due then as well.
    assert [(e.kind, e.order, e.price, e.quantity) for e in run.events if e.kind in ("FILLED", "CANCELLED")] == [
        ("FILLED", 1, 110_012, 2_000),
        ("FILLED", 3, 110_020, -2_000),
        ("FILLED", 2, 110_020, -500),
        ("CANCELLED", 4, 0, -2_000),
    ]


def test_F09_what_has_not_arrived_by_the_end_stays_pending(trade):
    run = trade(MARKET, {"on_tick": {3: [buy(), buy(limit=1.0)]}}, latency=(60_000_000, 60_000_000))

    assert run.order_states == ["PENDING", "PENDING"]


def test_F09_splitmix64_is_the_published_one():
    # The first numbers of Vigna's reference generator from seed 1234567.
    gamma = 0x9E3779B97F4A7C15

    assert [mix((1_234_567 + k * gamma) % 2**64) for k in (1, 2, 3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


@pytest.mark.parametrize("seed", [0, 4711, 2**63 - 1])
def test_F09_each_request_has_a_draw_of_its_own(trade, seed):
    least, most = 100_000, 900_000
    script = {"on_tick": {0: [buy(limit=1.0), cancel(1), cancel(1), cancel(999), cancel(999)]}, "on_order": {}}
    run = trade(MARKET, script, latency=(least, most), seed=seed)
    due = {(n, k): at("09:00:00") + between(least, most, draw(seed, LATENCY, n, k)) for n in (1, 999) for k in range(3)}

    cancels = sorted([due[1, 1], due[1, 2]])  # whichever comes first finds the order, on its way or arrived
    assert [(e.kind, e.order, e.ts) for e in run.events[1:]] == sorted(
        [
            ("CANCELLED", 1, cancels[0]),
            ("REQUEST_REJECTED", 1, cancels[1]),
            ("REQUEST_REJECTED", 999, due[999, 0]),
            ("REQUEST_REJECTED", 999, due[999, 0]),
        ],
        key=lambda row: row[2],
    )


def test_F09_a_waiting_order_leaves_its_first_draw_unused(trade):
    least, most = 0, 900_000
    run = trade(MARKET, {"on_tick": {0: [buy(limit=1.0), buy(oto=1), cancel(2)]}}, latency=(least, most), seed=5)

    assert [(e.order, e.ts) for e in run.events if e.kind == "CANCELLED"] == [
        (2, at("09:00:00") + between(least, most, draw(5, LATENCY, 2, 1)))
    ]
