"""Positions, orders and balance at any event, read back from the journal (T1).

The engine is not asked: what stood at an instant follows from the journal alone, and tests compare it with a run that
really stopped there (T2). Every 256th event has a snapshot, so a question costs a bisection and at most 255 events.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from ..records import EVENTS, ORDER_TYPES, REASONS, codes

__all__ = ["Book", "Lot", "Working", "submitted"]

_EVERY = 256
_K = codes(EVENTS)
_PROFIT = codes(REASONS)["PROFIT"]
_ENDS = {_K["REJECTED"], _K["CANCELLED"], _K["EXPIRED"]}
_TRIGGER = codes(REASONS)["TRIGGER"]
_LIMIT, _STOP, _STOP_LIMIT, _TRAILING = (codes(ORDER_TYPES)[n] for n in ("LIMIT", "STOP", "STOP_LIMIT", "TRAILING"))


@dataclass(frozen=True)
class Lot:
    """An open lot, in points and steps."""

    id: int
    order: int
    symbol: int
    side: int
    price: int
    steps: int
    ts: int


@dataclass(frozen=True)
class Working:
    """An order that is PENDING or PARTIALLY_FILLED, in points and steps."""

    id: int
    symbol: int
    side: int
    type: int
    role: int
    quantity: int  # still to fill
    limit: int
    stop: int
    parent: int
    position: int
    tag: int
    ts: int
    filled: int = 0
    level: int = 0  # of a trailing stop once it was triggered; until then `State` follows it
    triggered: bool = False


def submitted(events, orders):
    """The orders as they were submitted; the order table itself tells what became of them.

    Parameters
    ----------
    events : (n,) EVENT
    orders : (m,) ORDER

    Returns
    -------
    dict of str to (m,) int64
        The columns of a `Working`, and `trail` and `reduce_only`.
    """
    sent = events[events["kind"] == _K["SUBMITTED"]]
    row = np.zeros(len(orders), "i8")
    row[sent["order"] - 1] = np.arange(len(sent))
    sent = sent[row]
    columns = {name: orders[name] for name in ("id", "type", "role", "parent", "tag", "trail", "reduce_only")}
    columns |= {name: sent[name] for name in ("symbol", "position", "ts")}
    of = columns["type"]
    return columns | {
        "side": np.where(sent["quantity"] > 0, 1, -1),
        "quantity": np.abs(sent["quantity"]),
        # The event has one price: the limit where there is one. A stop-limit's stop is the table's.
        "limit": np.where((of == _LIMIT) | (of == _STOP_LIMIT), sent["price"], 0),
        "stop": np.where(of == _STOP, sent["price"], orders["stop_asked"]),
    }


_FIELDS = ("id", "symbol", "side", "type", "role", "quantity", "limit", "stop", "parent", "position", "tag", "ts")


@dataclass
class _Stand:
    balance: int
    lots: dict = field(default_factory=dict)  # id -> Lot, oldest first
    orders: dict = field(default_factory=dict)  # id -> Working, in order of submission

    def copy(self):
        return _Stand(self.balance, dict(self.lots), dict(self.orders))


class Book:
    """What the journal says stood after any of its events.

    Parameters
    ----------
    events : (n,) EVENT
    orders : (m,) ORDER
        The order table; only what an order was submitted with is read.
    cash : int
        Micro-units.
    """

    def __init__(self, events, orders, cash):
        self._events = events.tolist()
        columns = submitted(events, orders)
        self._orders = list(zip(*(columns[name].tolist() for name in _FIELDS)))
        self._snapshots = [_Stand(cash)]
        stand = _Stand(cash)
        for i in range(0, len(self._events), _EVERY):
            self._play(stand, i, min(i + _EVERY, len(self._events)))
            self._snapshots.append(stand.copy())

    def at(self, n):
        """(balance, lots, orders) after the first n events."""
        block = n // _EVERY
        stand = self._snapshots[block].copy()
        self._play(stand, block * _EVERY, n)
        return stand.balance, list(stand.lots.values()), list(stand.orders.values())

    def _play(self, stand, a, b):
        for ts, _phase, _seq, kind, symbol, order, position, price, quantity, amount, reason in self._events[a:b]:
            stand.balance += amount
            if kind == _K["SUBMITTED"]:
                stand.orders[order] = Working(*self._orders[order - 1])
            elif kind == _K["MODIFIED"]:
                old = stand.orders[order]
                moved = {_LIMIT: "limit", _STOP_LIMIT: "limit", _STOP: "stop"}.get(old.type)
                new = {"stop" if reason == _TRIGGER else moved: price} if moved else {}
                stand.orders[order] = replace(old, quantity=abs(quantity) - old.filled, **new)
            elif kind == _K["TRIGGERED"]:
                level = price if stand.orders[order].type == _TRAILING else 0
                stand.orders[order] = replace(stand.orders[order], triggered=True, level=level)
            elif kind in _ENDS:
                stand.orders.pop(order, None)
            elif kind == _K["FILLED"] or kind == _K["PARTIAL_FILL"]:
                side = 1 if quantity > 0 else -1
                if kind == _K["FILLED"]:
                    stand.orders.pop(order, None)
                elif order in stand.orders:
                    old = stand.orders[order]
                    left, filled = old.quantity - abs(quantity), old.filled + abs(quantity)
                    stand.orders[order] = replace(old, quantity=left, filled=filled)
                if position not in stand.lots:  # it opens a lot, of what the bookings that follow do not close
                    stand.lots[position] = Lot(position, order, symbol, side, price, abs(quantity), ts)
                    _tend(stand, order)
            elif kind == _K["BOOKING"] and reason == _PROFIT:
                self._close(stand, position, abs(quantity), order)

    def _close(self, stand, lot, steps, order):
        old = stand.lots[lot]
        # A reversing fill was taken in whole; what it closes is not part of what it opened.
        opened = next((x for x in reversed(stand.lots.values()) if x.order == order and x.id != lot), None)
        if opened is not None:
            stand.lots[opened.id] = replace(opened, steps=opened.steps - steps)
            _tend(stand, order)
        if old.steps == steps:
            del stand.lots[lot]
        else:
            stand.lots[lot] = replace(old, steps=old.steps - steps)
        _tend(stand, old.order)


def _tend(stand, entry):
    """Attached exits cover all that is open of their entry; those of one that holds nothing are about to be cancelled.

    (F6, P2)
    """
    held = sum(lot.steps for lot in stand.lots.values() if lot.order == entry)
    if held:
        for i, w in stand.orders.items():
            if w.parent == entry:
                stand.orders[i] = replace(w, quantity=held)
