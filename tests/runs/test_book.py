"""What stood after each event, read from hand-written journals: also what the engine does not write yet (O2, T1)."""

import numpy as np

from backtestr_lab.records import EVENT, EVENTS, ORDER, ORDER_TYPES, REASONS
from backtestr_lab.runs.book import Book, submitted


def journal(*lines):
    """EVENT rows from (kind, order, position, price, quantity[, amount, reason])."""
    events = np.zeros(len(lines), EVENT)
    for row, (kind, *values) in zip(events, lines):
        row["kind"] = EVENTS.index(kind)
        for name, value in zip(("order", "position", "price", "quantity", "amount", "reason"), values):
            row[name] = REASONS.index(value) if name == "reason" else value
    events["seq"] = events["ts"] = np.arange(len(lines))
    return events


def orders(*types):
    """ORDER rows of these types, ids from 1."""
    table = np.zeros(len(types), ORDER)
    table["id"] = np.arange(len(types)) + 1
    table["type"] = [ORDER_TYPES.index(name) for name in types]
    return table


def test_O02_a_partial_fill_leaves_the_rest_to_fill():
    events = journal(
        ("SUBMITTED", 1, 0, 110_000, 500),
        ("PARTIAL_FILL", 1, 1, 110_000, 200),
        ("PARTIAL_FILL", 1, 2, 109_990, 100),
        ("FILLED", 1, 3, 109_980, 200),
    )
    book = Book(events, orders("LIMIT"), cash=0)

    left = [[(o.quantity, o.filled) for o in book.at(n)[2]] for n in range(5)]
    assert left == [[], [(500, 0)], [(300, 200)], [(200, 300)], []]
    assert [(lot.id, lot.order, lot.steps, lot.price) for lot in book.at(4)[1]] == [
        (1, 1, 200, 110_000),
        (2, 1, 100, 109_990),
        (3, 1, 200, 109_980),
    ]


def test_O04_a_changed_quantity_is_the_total_of_which_some_is_filled():
    events = journal(
        ("SUBMITTED", 1, 0, 110_000, -500),
        ("PARTIAL_FILL", 1, 1, 110_000, -200),
        ("MODIFIED", 1, 0, 110_050, -900),
    )

    (order,) = Book(events, orders("LIMIT"), cash=0).at(3)[2]
    assert (order.quantity, order.filled, order.limit, order.stop, order.side) == (700, 200, 110_050, 0, -1)


def test_O02_an_order_cancelled_with_a_part_filled_keeps_its_lot():
    events = journal(
        ("SUBMITTED", 1, 0, 0, 500), ("PARTIAL_FILL", 1, 1, 110_000, 200), ("CANCELLED", 1, 0, 0, 300, 0, "TIF")
    )
    _, lots, working = Book(events, orders("MARKET"), cash=0).at(3)

    assert [lot.steps for lot in lots] == [200]
    assert working == []


def test_orders_as_submitted_have_the_price_of_their_type():
    table = orders("MARKET", "LIMIT", "STOP", "STOP_LIMIT")
    table["limit"], table["stop"], table["quantity"] = [0, 9, 0, 9], [0, 0, 9, 9], 77  # as they ended
    table["stop_asked"] = [0, 0, 0, 103]
    events = journal(
        ("SUBMITTED", 1, 0, 0, 10),
        ("SUBMITTED", 2, 0, 101, -20),
        ("SUBMITTED", 3, 8, 102, 30),
        ("SUBMITTED", 4, 0, 105, 40),  # of its two prices the limit
    )
    found = submitted(events, table)

    assert found["limit"].tolist() == [0, 101, 0, 105]
    assert found["stop"].tolist() == [0, 0, 102, 103]
    assert found["quantity"].tolist() == [10, 20, 30, 40]
    assert found["side"].tolist() == [1, -1, 1, 1]
    assert found["position"].tolist() == [0, 0, 8, 0]
