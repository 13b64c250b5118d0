"""What costs, bookings and bars as input promise on any market with any script (F9, F10): seeds make both."""

import collections

from hypothesis import given, settings
from hypothesis import strategies as st

from .future import columns_of
from .grid import around
from .test_invariants import FILLS, played

ANY = {"seed": st.integers(0, 10**9), "size": st.integers(20, 200)}


@given(**ANY)
@settings(deadline=None, max_examples=100)
def test_F09_an_order_that_fills_pays_no_less_than_its_least_and_no_more_than_its_most(seed, size):
    _, _, config, result = played(seed, size)
    paid = collections.Counter()

    for e in result.events:
        if e.reason == "COMMISSION":
            paid[e.order] -= e.amount
            assert e.amount < 0
            assert config.commission_least <= paid[e.order] <= (config.commission_most or paid[e.order])
    filled = {e.order for e in result.events if e.kind in FILLS}
    assert filled == set(paid) if config.commission_least else filled >= set(paid)


@given(**ANY)
@settings(deadline=None, max_examples=100)
def test_P07_the_commission_of_trades_and_of_what_is_open_is_all_that_was_paid(seed, size):
    _, _, _, result = played(seed, size)
    paid = -sum(e.amount for e in result.events if e.reason == "COMMISSION")
    borne = sum(trip.commission for trip in result.trades)

    # Each trade's share is rounded by itself.
    assert borne <= paid + len(result.trades)
    if not result.open_lots:
        assert abs(paid - borne) <= len(result.trades)


@given(**ANY)
@settings(deadline=None, max_examples=100)
def test_F09_swaps_fall_on_day_boundaries_and_bookings_where_the_table_has_them(seed, size):
    _, _, config, result = played(seed, size)
    table = {(ts, kind) for ts, _, kind, _ in config.bookings if result.start <= ts < result.end}

    for e in result.events:
        if e.kind == "SWAP":
            spec, lot = config.specs[e.symbol], result.lots[e.position - 1]
            assert e.phase == "DUE" and e.ts == around(e.ts, "1d", spec.anchor)[0] > result.start
            assert (e.order, lot.symbol) == (lot.order, e.symbol) and 0 < lot.side * e.quantity <= lot.opened
            assert e.amount * spec.swap[e.quantity < 0] > 0
        if e.reason in ("CASH", "DIVIDEND", "FUNDING"):
            assert e.phase == "DUE" and (e.ts, e.reason) in table


@given(**ANY)
@settings(deadline=None, max_examples=100)
def test_F09_no_limit_slips_and_the_rest_never_for_the_better(seed, size):
    ticks, _, config, result = played(seed, size)
    if config.crossed != "keep":
        return
    reached = collections.defaultdict(list)
    for symbol, column in enumerate(columns_of(ticks, config)):
        for i, (ts, *_) in enumerate(column):
            # Inside a bar all between its extremes can be had, at its open just that (F10).
            way = column[i - i % 4 : i - i % 4 + 4] if config.intrabar and i % 4 else [column[i]]
            reached[symbol, ts] += way

    for e in result.events:
        if e.kind in FILLS and e.phase != "END":
            order, side = result.orders[e.order - 1], 1 if e.quantity > 0 else -1
            quotes = [min(ask, bid) if side > 0 else -max(bid, ask) for _, bid, ask, *_ in reached[e.symbol, e.ts]]
            assert side * e.price >= min(quotes) or e.price == 1
            if order.limits and config.intrabar:
                asks = [ask if side > 0 else -bid for _, bid, ask, *_ in reached[e.symbol, e.ts]]
                assert min(asks) <= side * e.price
            if order.limits:
                assert side * e.price <= max(side * price for price in limits_of(result, e.order))


def limits_of(result, id):
    """Every limit the order ever had."""
    return [e.price for e in result.events if e.order == id and e.kind in ("SUBMITTED", "MODIFIED")]


@given(**ANY)
@settings(deadline=None, max_examples=100)
def test_F10_only_trades_on_bars_whose_entry_had_exits_are_ambiguous(seed, size):
    _, _, config, result = played(seed, size)
    entries = {order.parent for order in result.orders if order.attached}

    for trip in result.trades:
        assert not trip.ambiguous or (config.intrabar and trip.entry_order in entries)
