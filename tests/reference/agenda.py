"""What is scheduled before a run: rollovers and the table's bookings (C1 step 2, F9)."""

from dataclasses import dataclass

from .grid import around


@dataclass(frozen=True)
class Item:
    """One thing that falls due; `value` is a booking's."""

    ts: int
    kind: str  # ROLLOVER, CASH, DIVIDEND, FUNDING
    symbol: int
    value: int = 0


def agenda(config, start, end):
    """Items by time; at one instant rollovers, symbols in order, then bookings in the table's order."""
    rollovers = [
        Item(ts, "ROLLOVER", symbol)
        for symbol, spec in enumerate(config.specs)
        if spec.swap
        for ts in days(spec.anchor, start, end)
        if ts < end
    ]
    bookings = [Item(ts, kind, symbol, value) for ts, symbol, kind, value in config.bookings if start <= ts < end]
    return sorted(rollovers + bookings, key=lambda item: item.ts)


def days(anchor, start, end):
    """The instants after `start`, and up to `end`, that open a day (R7)."""
    found = []
    ts = around(start, "1d", anchor)[1]
    while ts <= end:
        found.append(ts)
        ts = around(ts, "1d", anchor)[1]
    return found
