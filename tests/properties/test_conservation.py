"""What must hold at every event of every run (P1-P3, O2, C4)."""

import collections

import pytest

from backtestr_lab.engine.orders import TRANSITIONS

from .cases import case, engine

SEEDS = range(60)
BOOKS = ("BOOKING", "SWAP")
NOT_ABOUT_AN_ORDERS_STATE = (*BOOKS, "REQUEST_REJECTED", "LIMIT_BREACH", "STOP_OUT", "TRADING_STOPPED")
FILLS = ("FILLED", "PARTIAL_FILL")


def played(seed):
    ticks, script, config = case(seed)
    return config, engine(ticks, script, config)


@pytest.mark.parametrize("seed", SEEDS)
def test_P03_the_balance_is_the_cash_plus_all_that_was_booked(seed):
    config, run = played(seed)

    assert run.balance == config.cash + sum(e.amount for e in run.events)
    assert all(e.amount == 0 for e in run.events if e.kind not in BOOKS)
    assert run.equity == [] or run.equity[-1][1] == run.balance


@pytest.mark.parametrize("seed", SEEDS)
def test_P03_the_position_is_the_sum_of_fills_and_of_lots(seed):
    config, run = played(seed)
    _, lots, _ = run.run._book.at(len(run.journal))

    for symbol in range(len(config.specs)):
        filled = sum(e.quantity for e in run.events if e.kind in FILLS and e.symbol == symbol)
        held = [lot for lot in lots if lot.symbol == symbol]
        assert filled == int(run.machine.syms[symbol]["net"]) == sum(lot.side * lot.steps for lot in held)
        assert config.hedging or len({lot.side for lot in held}) <= 1
    assert sum(t.quantity for t in run.trades) == sum(abs(e.quantity) for e in run.events if e.reason == "PROFIT")


@pytest.mark.parametrize("seed", SEEDS)
def test_P03_fills_never_exceed_the_quantity_ordered(seed):
    _, run = played(seed)
    ordered, filled = {}, {}
    entry = {order.id: order.parent for order in run.orders if order.attached}

    for e in run.events:
        if e.kind in ("SUBMITTED", "MODIFIED"):
            ordered[e.order] = abs(e.quantity)
        elif e.kind in FILLS:
            filled[e.order] = filled.get(e.order, 0) + abs(e.quantity)
            # An exit grows with what its entry has filled, without an event.
            assert filled[e.order] <= (filled[entry[e.order]] if e.order in entry else ordered[e.order]), e


@pytest.mark.parametrize("seed", SEEDS)
def test_P02_no_attached_exit_outlives_its_lot(seed):
    _, run = played(seed)
    orders = {order.id: order for order in run.orders}

    # Where events of other orders follow, the bookings and cancels of a fill are complete.
    for n in range(1, len(run.events) + 1):
        if n < len(run.events) and run.events[n].kind in ("BOOKING", "SUBMITTED", "CANCELLED"):
            continue
        _, lots, working = run.run._book.at(n)
        held = collections.Counter()
        for lot in lots:
            held[lot.order] += lot.steps
        for order in working:
            if orders[order.id].attached:
                assert held[order.parent] == order.quantity > 0, (n, order)


@pytest.mark.parametrize("seed", SEEDS)
def test_O02_every_event_is_a_transition_of_the_table(seed):
    _, run = played(seed)
    states = {}

    for e in run.events:
        if e.kind not in NOT_ABOUT_AN_ORDERS_STATE:
            assert (states.get(e.order, ""), e.kind) in TRANSITIONS, e
            states[e.order] = TRANSITIONS[states.get(e.order, ""), e.kind]
    assert states == {order.id: order.state for order in run.orders}


@pytest.mark.parametrize("seed", SEEDS)
def test_P07_the_commission_of_a_fill_is_shared_without_loss(seed):
    _, run = played(seed)
    paid = -sum(e.amount for e in run.events if e.reason == "COMMISSION")
    borne = sum(trip.commission for trip in run.trades)

    assert borne <= paid
    if not run.open_lots:
        assert borne == paid


@pytest.mark.parametrize("seed", SEEDS)
def test_C04_the_journal_is_ordered_by_time_phase_and_sequence(seed):
    _, run = played(seed)
    keys = [tuple(e)[:3] for e in run.journal.tolist()]

    assert keys == sorted(keys)
    assert [seq for *_, seq in keys] == list(range(len(keys)))
