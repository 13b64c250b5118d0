"""Nothing is made or lost: sums that must hold at the end of every run (P3).

Each invariant is a row of what `conserved` returns: the end of a run raises on the first that does not hold, and
`Run.audit` shows them all.
"""

from typing import NamedTuple

import numpy as np

from ..engine.layout import open_of
from ..records import EVENTS, STATES, codes

__all__ = ["Checked", "check_conservation", "conserved"]

_FILLS = [codes(EVENTS)[name] for name in ("PARTIAL_FILL", "FILLED")]
_OPEN = [codes(STATES)[name] for name in ("PENDING", "PARTIALLY_FILLED")]


class Checked(NamedTuple):
    """One invariant and how it came out."""

    name: str
    says: str
    how: str
    checked: int  # records the sum or comparison went over
    wrong: bool
    found: str  # the figures, for the message of one that is wrong


def conserved(machine):
    """Every invariant of a machine that stands between two steps of the clock, checked (P3)."""
    events, orders = machine.events, machine.orders
    _, lots, _ = open_of(machine.c)
    balance = int(machine.state[0]["balance"])
    booked = machine.rules.cash + int(events["amount"].sum())
    fills = np.isin(events["kind"], _FILLS)
    symbols = np.arange(len(machine.syms))
    filled = _by_symbol(events["symbol"][fills], events["quantity"][fills], symbols)
    held = _by_symbol(lots["symbol"], lots["side"] * lots["steps"], symbols)
    net = machine.syms["net"].tolist()
    over = orders["id"][(orders["filled"] > orders["quantity"]) & (orders["filled"] > 0)]
    exits = orders[(orders["parent"] > 0) & np.isin(orders["state"], _OPEN)]
    covered = np.array([lots["steps"][lots["order"] == entry].sum() for entry in exits["parent"]], "i8")
    orphans = exits["id"][(covered == 0) | (exits["quantity"] - exits["filled"] != covered)]
    return [
        Checked(
            "balance",
            "the balance is the cash plus everything that was booked",
            "the engine's balance against cash and the amounts of the journal, in micro-units",
            int(np.count_nonzero(events["amount"])),
            balance != booked,
            f"the balance is {balance}, cash and bookings make {booked} micro-units",
        ),
        Checked(
            "position",
            "what was bought minus what was sold is the position, and the sum of its lots",
            "the fills of the journal against the engine's position and its open lots, in steps",
            int(np.count_nonzero(fills)),
            not filled == held == net,
            f"fills add up to {filled} steps, lots to {held}, the position is {net}",
        ),
        Checked(
            "quantity",
            "no order filled more than it asked for",
            "what each order filled against its quantity, in steps",
            len(orders),
            len(over) > 0,
            f"orders {over.tolist()} were filled beyond their quantity",
        ),
        Checked(
            "exits",
            "every attached exit that is open covers exactly what is open of its entry",
            "what each open exit can still fill against the open lots of its entry, in steps",
            len(exits),
            len(orphans) > 0,
            f"exits {orphans.tolist()} do not cover what is open of their entries",
        ),
    ]


def _by_symbol(symbol, quantity, symbols):
    return [int(quantity[symbol == k].sum()) for k in symbols]


def check_conservation(machine):
    """Balance, position and orders against the journal (P3); returns what was checked.

    Parameters
    ----------
    machine : Machine
        Between two steps of the clock.

    Raises
    ------
    AssertionError
        They differ: a bug of the engine, never the user's.
    """
    found = conserved(machine)
    for one in found:
        if one.wrong:
            raise AssertionError(f"{one.found}: a bug of the engine, please report it")
    return found
