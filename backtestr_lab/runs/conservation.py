"""Nothing is made or lost: sums that must hold at the end of every run (P3)."""

import numpy as np

from ..engine.layout import open_of
from ..records import EVENTS, STATES, codes

__all__ = ["check_conservation"]

_FILLS = [codes(EVENTS)[name] for name in ("PARTIAL_FILL", "FILLED")]
_OPEN = [codes(STATES)[name] for name in ("PENDING", "PARTIALLY_FILLED")]


def check_conservation(machine):
    """Balance, position and orders against the journal (P3).

    Parameters
    ----------
    machine : Machine
        Between two steps of the clock.

    Raises
    ------
    AssertionError
        They differ: a bug of the engine, never the user's.
    """
    events, orders = machine.events, machine.orders
    _, lots, _ = open_of(machine.c)
    balance = int(machine.state[0]["balance"])
    booked = machine.rules.cash + int(events["amount"].sum())
    filled = int(events["quantity"][np.isin(events["kind"], _FILLS)].sum())
    held = int((lots["side"] * lots["steps"]).sum())
    net = int(machine.syms["net"].sum())
    over = orders["id"][(orders["filled"] > orders["quantity"]) & (orders["filled"] > 0)]
    exits = orders[(orders["parent"] > 0) & np.isin(orders["state"], _OPEN)]
    covered = np.array([lots["steps"][lots["order"] == entry].sum() for entry in exits["parent"]], "i8")
    orphans = exits["id"][(covered == 0) | (exits["quantity"] - exits["filled"] != covered)]
    for what, bad in (
        (f"the balance is {balance}, cash and bookings make {booked} micro-units", balance != booked),
        (f"fills add up to {filled} steps, lots to {held}, the position is {net}", not filled == held == net),
        (f"orders {over.tolist()} were filled beyond their quantity", len(over)),
        (f"exits {orphans.tolist()} do not cover what is open of their entries", len(orphans)),
    ):
        if bad:
            raise AssertionError(f"{what}: a bug of the engine, please report it")
