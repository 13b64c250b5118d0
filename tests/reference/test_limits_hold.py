"""What limits, stop-out and hedging promise on any market with any script (P1, P4): seeds make both."""

import collections

from hypothesis import given, settings
from hypothesis import strategies as st

from backtestr_lab.records import PHASES

from .agenda import days
from .test_invariants import CLOSED_FOREVER, FILLS, played

ANY = {"seed": st.integers(0, 10**9), "size": st.integers(20, 200)}


def entries(result):
    """Ids of the orders that may open a position."""
    return {order.id for order in result.orders if not order.reduce_only}


def growing(config, result):
    """(event, steps held by its position after it, open positions) of each fill that makes one larger."""
    held = collections.Counter()  # by symbol, or, hedging, by entry
    entry = {lot.id: lot.order for lot in result.lots}
    opening = entries(result)
    for i, e in enumerate(result.events):
        if e.kind not in FILLS:
            continue
        if not config.hedging:
            before = held[e.symbol]
            held[e.symbol] += e.quantity
            opened, steps = abs(held[e.symbol]) > abs(before) or held[e.symbol] * before < 0, abs(held[e.symbol])
        elif e.order in opening:
            held[e.order] += abs(e.quantity)
            opened, steps = True, held[e.order]
        else:
            for booked in result.events[i + 1 :]:
                if booked.kind != "BOOKING":
                    break
                if booked.reason == "PROFIT":
                    held[entry[booked.position]] -= abs(booked.quantity)
            continue
        if opened:
            yield e, steps, sum(1 for q in held.values() if q)


@given(**ANY)
@settings(deadline=None, max_examples=150)
def test_P04_no_fill_makes_a_position_larger_than_the_largest_or_one_more_than_the_most(seed, size):
    _, _, config, result = played(seed, size)

    for e, steps, count in growing(config, result):
        assert not config.max_position or steps <= config.max_position, e
        assert not config.max_positions or count <= config.max_positions, e


@given(**ANY)
@settings(deadline=None, max_examples=100)
def test_P04_no_order_is_larger_than_the_largest_and_no_more_entries_are_open_than_the_most(seed, size):
    _, _, config, result = played(seed, size)
    opening = entries(result)
    refused = {e.order for e in result.events if e.kind == "REJECTED"}
    at_once = {
        before.order
        for before, e in zip(result.events, result.events[1:])
        if (before.kind, e.kind, e.order) == ("SUBMITTED", "REJECTED", before.order)
    }
    open_now = set()

    for e in result.events:
        if e.kind == "SUBMITTED" and e.order in opening:
            if config.max_order:
                assert abs(e.quantity) <= config.max_order or e.order in refused
            open_now.add(e.order)
            if config.max_orders and e.order not in at_once:
                assert len(open_now) <= config.max_orders
        if e.kind in CLOSED_FOREVER:
            open_now.discard(e.order)


@given(**ANY)
@settings(deadline=None, max_examples=150)
def test_P04_while_trading_is_stopped_nothing_opens(seed, size):
    _, _, config, result = played(seed, size)
    opening, resets = entries(result), days(config.anchor, result.start, result.end)
    reason, lifted = None, ()

    for e in result.events:
        if e.kind == "LIMIT_BREACH":
            assert e.price <= e.quantity
        if e.kind == "TRADING_STOPPED":
            reason = e.reason
            lifted = min(((ts, PHASES.index("POINT")) for ts in resets if ts > e.ts), default=())
        if reason == "DAILY_LOSS" and () < lifted <= (e.ts, PHASES.index(e.phase)):
            reason = None
        if reason and e.order in opening:
            assert e.kind in ("SUBMITTED", "REJECTED", "CANCELLED", "REQUEST_REJECTED", "BOOKING", "SWAP"), e


@given(**ANY)
@settings(deadline=None, max_examples=150)
def test_P04_a_stop_out_is_below_the_margin_and_never_twice_for_what_is_being_closed(seed, size):
    _, _, config, result = played(seed, size)
    roles = {order.id: order.role for order in result.orders}
    closing = {}  # order of the house: the position it is for

    for e, after in zip(result.events, [*result.events[1:], None]):
        if e.kind == "STOP_OUT":
            key = result.lots[e.position - 1].order if config.hedging else e.symbol
            assert e.price < e.quantity and key not in closing.values()
            assert (after.kind, roles[after.order], after.ts) == ("SUBMITTED", "STOP_OUT", e.ts)
            closing[after.order] = key
        if e.kind == "SUBMITTED" and roles[e.order] == "LIMIT":
            key = result.lots[e.position - 1].order if config.hedging else e.symbol
            assert key not in closing.values()
            closing[e.order] = key
        if e.kind in CLOSED_FOREVER:
            closing.pop(e.order, None)


@given(**ANY)
@settings(deadline=None, max_examples=100)
def test_P01_hedging_no_entry_closes_anything_and_named_orders_close_only_what_they_name(seed, size):
    _, _, config, result = played(seed, size)
    opening = entries(result)

    for trade in result.trades:
        order = result.orders[trade.exit_order - 1]
        if config.hedging:
            assert order.id not in opening
        if order.lot:
            assert trade.entry_order == result.lots[order.lot - 1].order
        assert order.symbol == trade.symbol and order.side == -trade.side


@given(**ANY)
@settings(deadline=None, max_examples=60)
def test_P03_every_lot_is_what_it_opened_less_its_trades(seed, size):
    _, _, _, result = played(seed, size)
    closed = collections.Counter()
    for trade in result.trades:
        closed[trade.position] += trade.quantity

    for lot in result.lots:
        assert 0 <= lot.open == lot.opened - closed[lot.id]
