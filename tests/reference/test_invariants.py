"""What must hold on any market with any script (P3, C4, C6, T2): seeds make both, see generate.py."""

import collections
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from . import run
from .future import columns_of, instants, scrambled
from .generate import ScriptStrategy, case
from .units import effective

ANY = {"seed": st.integers(0, 10**9), "size": st.integers(1, 150)}
NO_TRANSITION = {"REQUEST_REJECTED", "SWAP", "BOOKING", "LIMIT_BREACH", "STOP_OUT", "TRADING_STOPPED"}
CLOSED_FOREVER = {"FILLED", "CANCELLED", "REJECTED", "EXPIRED"}
FILLS = ("FILLED", "PARTIAL_FILL")
OPEN = ("PENDING", "PARTIALLY_FILLED")
# (state before, event): state after; what is not here cannot happen (O2).
TRANSITIONS = {
    ("", "SUBMITTED"): "PENDING",
    ("PENDING", "REJECTED"): "REJECTED",
    **{(state, kind): state for state in OPEN for kind in ("TRIGGERED", "MODIFIED")},
    **{(state, "PARTIAL_FILL"): "PARTIALLY_FILLED" for state in OPEN},
    **{(state, kind): kind for state in OPEN for kind in ("FILLED", "CANCELLED", "EXPIRED")},
}


def played(seed, size):
    ticks, script, config = case(seed, size)
    return ticks, script, config, run(ticks, ScriptStrategy(script), config)


@given(**ANY)
@settings(deadline=None, max_examples=60)
def test_P03_the_balance_is_the_start_plus_the_bookings(seed, size):
    _, _, config, result = played(seed, size)

    assert result.balance == config.cash + int(result.journal["amount"].sum())
    assert all(e.amount == 0 for e in result.events if e.kind not in ("BOOKING", "SWAP"))


@given(**ANY)
@settings(deadline=None, max_examples=60)
def test_P03_fills_make_the_position_lots_and_trades_add_up(seed, size):
    _, _, config, result = played(seed, size)
    filled = [e for e in result.events if e.kind in FILLS]

    for symbol in range(len(config.specs)):
        lots = [lot for lot in result.lots if lot.symbol == symbol and lot.open]
        assert sum(e.quantity for e in filled if e.symbol == symbol) == sum(lot.side * lot.open for lot in lots)
        assert config.hedging or len({lot.side for lot in lots}) <= 1
    assert sum(lot.opened - lot.open for lot in result.lots) == sum(t.quantity for t in result.trades)
    assert [t.profit for t in result.trades] == [e.amount for e in result.events if e.reason == "PROFIT"]


@given(**ANY)
@settings(deadline=None, max_examples=60)
def test_P03_fills_never_exceed_the_quantity_and_nothing_follows_an_orders_end(seed, size):
    _, _, _, result = played(seed, size)
    ordered, filled, ended = {}, {}, set()

    for e in result.events:
        if e.kind in NO_TRANSITION:
            continue
        assert e.order not in ended
        order = result.orders[e.order - 1]
        if e.kind in ("SUBMITTED", "MODIFIED"):
            ordered[e.order] = abs(e.quantity)
        if e.kind in FILLS:
            filled[e.order] = filled.get(e.order, 0) + abs(e.quantity)
            held = sum(lot.opened for lot in result.lots if lot.order == order.parent)
            assert filled[e.order] <= (held if order.attached else ordered[e.order])
        if e.kind in CLOSED_FOREVER:
            ended.add(e.order)
    assert ended == {o.id for o in result.orders if o.state in CLOSED_FOREVER}


@given(**ANY)
@settings(deadline=None, max_examples=60)
def test_P02_no_exit_outlives_its_lot(seed, size):
    _, _, _, result = played(seed, size)

    for order in result.orders:
        if order.attached and order.open:
            assert order.remaining == sum(lot.open for lot in result.lots if lot.order == order.parent) > 0


@given(**ANY)
@settings(deadline=None, max_examples=60)
def test_O02_every_event_is_a_transition_of_the_table(seed, size):
    _, _, _, result = played(seed, size)
    states = collections.defaultdict(str)

    for e in result.events:
        if e.kind not in NO_TRANSITION:
            states[e.order] = TRANSITIONS[states[e.order], e.kind]
    assert list(states.values()) == result.order_states


@given(**ANY)
@settings(deadline=None, max_examples=100)
def test_F08_no_more_is_filled_than_the_ticks_of_an_instant_offer(seed, size):
    ticks, _, config, result = played(seed, size)
    if config.liquidity == "unlimited":
        assert "PARTIALLY_FILLED" not in result.order_states
        return
    offered, filled = collections.Counter(), collections.Counter()
    for symbol, column in enumerate(columns_of(ticks, config)):
        for ts, bid, ask, bid_size, ask_size, volume in column:
            if config.crossed == "swap" and bid > ask:
                bid_size, ask_size = ask_size, bid_size
            if config.crossed != "drop" or bid <= ask:
                bought, sold = (ask_size, bid_size) if bid_size or ask_size else (volume, volume)
                offered[ts, symbol, 1] += bought * config.participation_ppm // 10**6
                offered[ts, symbol, -1] += sold * config.participation_ppm // 10**6
    for e in result.events:
        if e.kind in FILLS and e.phase != "END":
            filled[e.ts, e.symbol, 1 if e.quantity > 0 else -1] += abs(e.quantity)

    assert {key for key in filled if filled[key] > offered[key]} == set()


@given(**ANY)
@settings(deadline=None, max_examples=60)
def test_O01_time_in_force_keeps_its_word(seed, size):
    _, _, _, result = played(seed, size)

    for order in result.orders:
        events = [e for e in result.events if e.order == order.id]
        fills = [e for e in events if e.kind in FILLS]
        if order.tif == "FOK":
            assert len(fills) <= 1 and order.state != "PARTIALLY_FILLED"
        if order.tif == "IOC" and fills:
            assert not order.open and len(fills) == 1
        if order.tif == "GTC":
            assert not [e for e in events if e.kind == "EXPIRED" or (e.kind, e.reason) == ("CANCELLED", "TIF")]
        if order.post_only:
            assert {e.price for e in fills} <= {e.price for e in events if e.kind in ("SUBMITTED", "MODIFIED")}


@given(**ANY)
@settings(deadline=None, max_examples=60)
def test_F07_after_a_fill_no_other_of_its_group_is_open_and_nobody_waits_for_what_has_ended(seed, size):
    _, _, _, result = played(seed, size)
    filled = {e.order for e in result.events if e.kind in FILLS}
    groups = [order.group for order in result.orders if order.id in filled and order.group]

    assert len(groups) == len(set(groups))
    for order in result.orders:
        if order.open and order.group in groups:
            assert order.id in filled
        if order.open and order.waits_for:
            assert result.orders[order.waits_for - 1].open


@given(**ANY)
@settings(deadline=None, max_examples=60)
def test_C04_the_journal_is_in_order_and_the_same_twice(seed, size):
    ticks, script, config, result = played(seed, size)
    rows = result.journal

    assert [tuple(r)[:3] for r in rows.tolist()] == sorted(tuple(r)[:3] for r in rows.tolist())
    assert rows.tobytes() == run(ticks, ScriptStrategy(script), config).journal.tobytes()


@given(**ANY, cut=st.integers(0, 150))
@settings(deadline=None, max_examples=60)
def test_S04_what_comes_after_t_changes_nothing_journalled_up_to_t(seed, size, cut):
    ticks, script, config, result = played(seed, size)
    known = instants(ticks, config)
    t = known[min(cut, len(known) - 1)]
    other = run(scrambled(random.Random(seed), ticks, config, t), ScriptStrategy(script), config)

    assert [e for e in other.events if e.ts <= t and e.phase != "END"] == [
        e for e in result.events if e.ts <= t and e.phase != "END"
    ]


@given(**ANY, cut=st.integers(0, 150))
@settings(deadline=None, max_examples=60)
def test_T02_the_state_at_t_is_what_the_journal_up_to_t_says(seed, size, cut):
    ticks, _, config, result = played(seed, size)
    known = instants(ticks, config)
    t = known[min(cut, len(known) - 1)]
    state = result.state_at(t)
    past = [e for e in result.events if e.ts <= t and e.phase != "END"]
    ended = {e.order for e in past if e.kind in CLOSED_FOREVER}

    assert state.balance == config.cash + sum(e.amount for e in past)
    for symbol, position in enumerate([state.position, *(position for position, *_ in state.others)]):
        assert position == sum(e.quantity for e in past if e.kind in FILLS and e.symbol == symbol)
    assert {row[0] for row in state.orders} == {e.order for e in past if e.kind == "SUBMITTED"} - ended
    assert state.closed == {
        name: sum(bar.end <= min(t, result.end) for bar in bars) for name, bars in result.bars.items()
    }


@given(**ANY)
@settings(deadline=None, max_examples=60)
def test_F01_every_fill_price_lies_at_or_beyond_a_quote_of_its_instant(seed, size):
    ticks, _, config, result = played(seed, size)
    if config.crossed != "keep" or config.intrabar:
        return
    quotes = {}
    for symbol, column in enumerate(columns_of(ticks, config)):
        for ts, bid, ask, *_ in column:
            quotes.setdefault((ts, symbol), []).append(effective(bid, ask))

    for e in result.events:
        if e.kind not in FILLS or e.phase == "END":
            continue
        side = 1 if e.quantity > 0 else -1
        order = result.orders[e.order - 1]
        at_hand = [q[1] if side > 0 else q[0] for q in quotes[e.ts, e.symbol]]
        if order.type in ("LIMIT", "STOP_LIMIT"):
            assert any(side * (quote - e.price) <= 0 for quote in at_hand)
        elif config.slippage_kind == "points":
            assert e.price in {max(1, quote + side * config.slippage) for quote in at_hand}
        else:
            assert e.price == 1 or any(side * (e.price - quote) >= 0 for quote in at_hand)
