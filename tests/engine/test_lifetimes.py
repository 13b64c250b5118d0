"""Time in force, reduce-only and post-only, by hand (O1, F2, P2)."""

import pytest

from ..reference.play import buy, cancel, fills, modify, sell, story
from ..reference.tape import at

MARKET = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10010 1.10012
    09:00:02  1.10020 1.10022
    09:00:03  1.10005 1.10007
"""
THIN = """
    09:00:00  1.10000 1.10002  600 600
    09:00:01  1.10010 1.10012  600 600
    09:00:02  1.10020 1.10022  600 600
    09:00:03  1.10005 1.10007  600 600
"""
GONE = [("CANCELLED", 1, "TIF")]


@pytest.mark.parametrize("tif", ["IOC", "FOK"])
def test_O01_what_its_first_tick_cannot_fill_is_cancelled(trade, tif):
    assert story(trade(MARKET, {"on_tick": {0: buy(limit=1.10007, tif=tif)}})) == GONE
    assert fills(trade(MARKET, {"on_tick": {0: buy(limit=1.10012, tif=tif)}})) == [(1, 110_012, 10_000)]
    assert fills(trade(MARKET, {"on_tick": {0: buy(tif=tif)}})) == [(1, 110_012, 10_000)]


@pytest.mark.parametrize("tif", ["IOC", "FOK"])
@pytest.mark.parametrize("order", [buy(stop=1.10015), buy(stop=1.10015, limit=1.10022)])
def test_O01_a_stop_resolves_at_the_tick_that_triggers_it(trade, order, tif):
    run = trade(MARKET, {"on_tick": {0: order | {"tif": tif}}})

    assert story(run) == [("TRIGGERED", 1, "NONE"), ("FILLED", 1, "NONE")]
    assert fills(run) == [(1, 110_022, 10_000)]


@pytest.mark.parametrize("tif", ["IOC", "FOK"])
def test_O01_a_stop_limit_beyond_its_limit_when_it_triggers_is_cancelled(trade, tif):
    run = trade(MARKET, {"on_tick": {0: buy(stop=1.10015, limit=1.10021, tif=tif)}})

    assert story(run) == [("TRIGGERED", 1, "NONE"), *GONE]


def test_O01_the_first_tick_of_a_trailing_stop_only_sets_its_level(trade):
    run = trade(MARKET, {"on_tick": {0: sell(trailing_stop=("points", 12), tif="IOC")}})

    assert story(run) == [("TRIGGERED", 1, "NONE"), ("FILLED", 1, "NONE")]


@pytest.mark.parametrize("order", [buy(1_000), buy(1_000, limit=1.2), buy(1_000, stop=1.10012)])
def test_F08_an_ioc_keeps_what_it_got_and_a_fok_wants_all(trade, order):
    ioc = trade(THIN, {"on_tick": {0: order | {"tif": "IOC"}}}, liquidity="quoted")
    fok = trade(THIN, {"on_tick": {0: order | {"tif": "FOK"}}}, liquidity="quoted")
    small = trade(THIN, {"on_tick": {0: order | {"tif": "FOK", "quantity": 600}}}, liquidity="quoted")

    assert fills(ioc) == [(1, 110_012, 600)]
    assert (ioc.events[-1].kind, ioc.events[-1].quantity, ioc.events[-1].reason) == ("CANCELLED", 400, "TIF")
    assert fills(fok) == []
    assert (fok.events[-1].kind, fok.events[-1].quantity, fok.events[-1].reason) == ("CANCELLED", 1_000, "TIF")
    assert fills(small) == [(1, 110_012, 600)]


def test_F08_a_stop_that_is_fok_is_triggered_all_the_same(trade):
    run = trade(THIN, {"on_tick": {0: buy(1_000, stop=1.10012, tif="FOK")}}, liquidity="quoted")

    assert story(run) == [("TRIGGERED", 1, "NONE"), *GONE]


def test_O01_the_rest_is_cancelled_after_the_events_of_its_fill(trade):
    script = {"on_tick": {0: [buy(1_000, tif="IOC", stop_loss=1.09), buy(50, oco=1)]}}
    run = trade(THIN, script, liquidity="quoted")

    assert [(e.kind, e.order, e.reason) for e in run.events[2:]] == [
        ("PARTIAL_FILL", 1, "NONE"),
        ("SUBMITTED", 3, "NONE"),
        ("CANCELLED", 2, "OCO"),
        ("CANCELLED", 1, "TIF"),
    ]


def test_F08_a_reduce_only_fok_wants_no_more_than_is_open(trade):
    script = {"on_tick": {0: buy(500), 1: sell(1_000, tif="FOK", reduce_only=True)}}
    run = trade(THIN, script, liquidity="quoted")

    assert fills(run) == [(1, 110_012, 500), (2, 110_020, -500)]
    assert run.order_states == ["FILLED", "FILLED"]


def test_O01_gtd_expires_before_ticks_so_stamped(trade):
    order = buy(limit=1.10007)
    late = trade(MARKET, {"on_tick": {0: order | {"tif": "GTD", "expires": at("09:00:03.000001")}}})
    early = trade(MARKET, {"on_tick": {0: order | {"tif": "GTD", "expires": at("09:00:03")}}})

    assert fills(late) == [(1, 110_007, 10_000)]
    assert [(e.kind, e.ts, e.phase, e.quantity, e.reason) for e in early.events[1:]] == [
        ("EXPIRED", at("09:00:03"), "DUE", 10_000, "TIF")
    ]


def test_O01_gtd_expires_without_a_tick_and_is_told(trade):
    script = {"on_tick": {0: buy(limit=1.0, tif="GTD", expires=at("09:00:02.5"))}, "on_order": {0: sell()}}
    run = trade(MARKET, script)

    assert [(e.kind, e.ts) for e in run.events if e.order in (1, 2)] == [
        ("SUBMITTED", at("09:00:00")),
        ("EXPIRED", at("09:00:02.5")),
        ("SUBMITTED", at("09:00:02.5")),
        ("FILLED", at("09:00:03")),
    ]


@pytest.mark.parametrize(
    "anchor, end",
    [("UTC", "2024-01-03 00:00"), ("17:00 America/New_York", "22:00"), ("09:00 Europe/London", "2024-01-03 09:00")],
)
def test_O01_a_day_order_expires_at_the_next_day_boundary_of_its_symbol(trade, anchor, end):
    market = MARKET + "\n2024-01-04 09:00 1.10010 1.10012"
    run = trade(market, {"on_tick": {0: buy(limit=1.0, tif="DAY")}}, anchor=anchor)

    assert [(e.kind, e.ts, e.reason) for e in run.events[1:]] == [("EXPIRED", at(end), "TIF")]


def test_O01_an_expiry_finds_a_waiting_order_too_and_an_ended_one_not(trade):
    script = {
        "on_tick": {
            0: [
                buy(limit=1.0),
                buy(oto=1, tif="GTD", expires=at("09:00:02.5")),
                buy(limit=1.0, tif="GTD", expires=at("09:00:02.5")),
                cancel(3),
            ]
        }
    }
    run = trade(MARKET, script)

    assert story(run) == [("CANCELLED", 3, "USER"), ("EXPIRED", 2, "TIF")]


def test_O01_what_a_partly_filled_order_holds_stays_when_the_rest_expires(trade):
    script = {"on_tick": {0: buy(1_000, limit=1.10012, stop_loss=1.09, tif="GTD", expires=at("09:00:02.5"))}}
    run = trade(THIN, script, liquidity="quoted")

    assert story(run) == [("PARTIAL_FILL", 1, "NONE"), ("EXPIRED", 1, "TIF")]
    assert (run.events[-1].quantity, run.open_lots) == (400, [(1, 1, 600, 110_012)])
    assert run.order_states == ["EXPIRED", "PENDING"]


@pytest.mark.parametrize(
    "order",
    [
        buy(tif="GTD"),
        buy(tif="GTD", expires=at("09:00:00")),
        buy(expires=at("09:00:02")),
        buy(limit=1.0, tif="IOC", expires=at("09:00:02")),
        buy(post_only=True),
        buy(stop=1.2, post_only=True),
        buy(stop=1.2, limit=1.2, post_only=True),
        sell(trailing_stop=("points", 5), post_only=True),
        buy(limit=1.0, post_only=True, tif="IOC"),
        buy(limit=1.0, post_only=True, tif="FOK"),
    ],
)
def test_O01_terms_that_contradict_each_other_are_rejected(trade, order):
    assert story(trade(MARKET, {"on_tick": {0: order}})) == [("REJECTED", 1, "TIF")]


@pytest.mark.parametrize(
    "order, quote",
    [(buy(limit=1.10002), 110_002), (buy(limit=1.10003), 110_002), (sell(limit=1.10000), 110_000)],
)
def test_F02_post_only_is_rejected_if_marketable_on_arrival(trade, order, quote):
    run = trade(MARKET, {"on_tick": {0: order | {"post_only": True}}})

    assert [(e.kind, e.price, e.reason) for e in run.events[1:]] == [("REJECTED", quote, "POST_ONLY")]


def test_F02_post_only_never_takes_it_fills_at_its_limit(trade):
    plain = trade(MARKET, {"on_tick": {0: sell(limit=1.10005)}})
    posted = trade(MARKET, {"on_tick": {0: sell(limit=1.10005, post_only=True)}})

    assert fills(plain) == [(1, 110_010, -10_000)]
    assert fills(posted) == [(1, 110_005, -10_000)]


def test_F02_post_only_does_not_take_after_a_modify_either(trade):
    script = {"on_tick": {0: sell(limit=1.10090, post_only=True), 1: modify(1, limit=1.10008)}}

    assert fills(trade(MARKET, script)) == [(1, 110_008, -10_000)]


def test_P02_reduce_only_fills_no_more_than_is_open_and_is_filled_then(trade):
    run = trade(MARKET, {"on_tick": {0: buy(3_000), 1: sell(10_000, reduce_only=True)}})

    assert fills(run) == [(1, 110_012, 3_000), (2, 110_020, -3_000)]
    assert run.order_states == ["FILLED", "FILLED"]
    assert run.open_lots == []


def test_P02_reduce_only_with_nothing_to_reduce_is_cancelled_at_its_fill_and_not_before(trade):
    script = {
        "on_tick": {0: [sell(reduce_only=True, stop=1.09), sell(reduce_only=True), buy(tif="IOC", reduce_only=True)]}
    }
    run = trade(MARKET, script)

    assert story(run) == [("CANCELLED", 2, "FLAT"), ("CANCELLED", 3, "FLAT")]
    assert run.order_states[0] == "PENDING"


def test_P02_a_triggered_reduce_only_stop_shows_what_it_can_fill(trade):
    market = MARKET + "\n09:00:04 1.09990 1.09992"
    some = trade(market, {"on_tick": {0: buy(3_000), 1: sell(10_000, stop=1.09995, reduce_only=True)}})
    none = trade(market, {"on_tick": {0: sell(10_000, stop=1.09995, reduce_only=True)}})

    assert [e.quantity for e in some.events if e.kind == "TRIGGERED"] == [-3_000]
    assert [(e.kind, e.quantity) for e in none.events[1:]] == [("TRIGGERED", 0), ("CANCELLED", -10_000)]


@pytest.mark.parametrize("reduce_only, outcome", [(True, "FILLED"), (False, "REJECTED")])
def test_P02_reduce_only_needs_no_margin(trade, reduce_only, outcome):
    # Bought for a margin of 366.70 out of 366.80; at 09:00:03 0.70 are lost, and -10,000 would need 366.68.
    script = {"on_tick": {0: buy(), 3: sell(20_000, reduce_only=reduce_only)}}
    run = trade(MARKET + "\n09:00:04 1.10005 1.10007", script, cash=366_800_000)

    assert run.order_states == ["FILLED", outcome]
