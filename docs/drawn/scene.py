"""What there is to draw of a run on a small market: ticks, the levels of its orders, a mark for each event."""

from dataclasses import dataclass, field

import numpy as np

from backtestr_lab.records import EVENTS, ORDER_TYPES, REASONS, ROLES
from backtestr_lab.runs.levels import levels_of

__all__ = ["Level", "Mark", "Scene", "scene_of"]

_FOREVER = np.iinfo("i8").max
_LAST = ("FILLED", "CANCELLED", "REJECTED", "EXPIRED")
_OF_ORDERS = ("SUBMITTED", "TRIGGERED", "MODIFIED", "PARTIAL_FILL", "REQUEST_REJECTED", *_LAST)


@dataclass
class Mark:
    """One event of an order; `seq` is None for an acceptance, which the journal does not write."""

    seq: int | None
    ts: int
    kind: str
    order: int
    side: int
    price: int | None  # points the event says, if any
    y: int  # points where it is drawn
    quantity: float  # units, without a sign
    partial: bool  # a fill of less than was ordered
    reason: str


@dataclass
class Level:
    """The price of an order over time: (from, to, points, at work) pieces in order."""

    order: int
    name: str
    role: str
    pieces: list = field(default_factory=list)


@dataclass
class Scene:
    """All of it; times µs UTC, prices in points."""

    ts: np.ndarray
    bid: np.ndarray
    ask: np.ndarray
    digits: int
    marks: list
    levels: list
    end: int

    @property
    def n_orders(self):
        """How many orders the run had."""
        return len({m.order for m in self.marks})


def scene_of(run):
    """The scene of a finished run with one symbol."""
    ticks, journal = run.ticks, run.journal
    moved = levels_of(run)
    marks, levels = [], []
    for order in run._orders:
        mine = journal[journal["order"] == order["id"]]
        follower = ORDER_TYPES[order["type"]] == "TRAILING"
        steps = moved["order"] == order["id"]
        path = list(zip(ticks.ts[moved["taken"][steps] - 1 - run._first], moved["level"][steps])) if follower else None
        drawn = _levels(order, mine, path, run.end)
        levels += drawn
        marks += _marks(order, mine, drawn, ticks)
    waited = {int(order["id"]) for order in run._orders if order["oto"]}
    # What travelled is accepted before the ticks of that instant, what waited after the fill that released it.
    unwritten = {order: len(journal) if order in waited else -1 for order in range(1, len(run._orders) + 1)}
    marks.sort(key=lambda m: (m.ts, unwritten[m.order] if m.seq is None else m.seq))
    return Scene(ticks.ts, ticks.bid, ticks.ask, run.symbol.digits, marks, levels, run.end)


def _accepted(order, mine):
    """When it was put to work, or None: rejected, or gone before."""
    ended = [int(e["ts"]) for e in mine if EVENTS[e["kind"]] in _LAST]
    due = int(order["due"])
    return due if order["rank"] and due < _FOREVER and due <= min(ended, default=_FOREVER) else None


def _levels(order, mine, path, end):
    sent = int(mine[0]["ts"])
    ended = [int(e["ts"]) for e in mine if EVENTS[e["kind"]] in _LAST]
    last = min(ended, default=end)
    accepted = _accepted(order, mine)
    works = last if accepted is None else accepted
    triggered = next((int(e["ts"]) for e in mine if EVENTS[e["kind"]] == "TRIGGERED"), None)
    role = ROLES[order["role"]]
    kind = ORDER_TYPES[order["type"]]
    if kind == "TRAILING":
        stop = [(int(ts), int(level)) for ts, level in path]
        return [Level(int(order["id"]), "trail", role, _pieces(stop, last, works))] if stop else []
    limits, stops = [], [(sent, int(order["stop_asked"]))]
    for e in mine:
        if EVENTS[e["kind"]] in ("SUBMITTED", "MODIFIED"):
            changes = stops if REASONS[e["reason"]] == "TRIGGER" else limits
            changes.append((int(e["ts"]), int(e["price"])))
    if kind == "MARKET":
        return []
    name = {"STOP_LOSS": "stop-loss", "TAKE_PROFIT": "take-profit"}.get(role)
    if kind != "STOP_LIMIT":
        return [Level(int(order["id"]), name or kind.lower(), role, _pieces(limits, last, works))]
    until = triggered or last
    return [
        Level(int(order["id"]), "stop", role, _pieces(stops, until, works)),
        Level(int(order["id"]), "limit", role, _pieces(limits, last, triggered or last)),
    ]


def _pieces(changes, last, works):
    """Cut a level where it changes, where its order is put to work and where it ends."""
    cuts = sorted({ts for ts, _ in changes} | {works, last})
    pieces = []
    for a, b in zip(cuts, cuts[1:]):
        standing = [price for ts, price in changes if ts <= a]
        if standing and b <= last:
            pieces.append((a, b, standing[-1], a >= works))
    return pieces or [(last, last, changes[-1][1], False)]


def _marks(order, mine, levels, ticks):
    side, number = int(order["side"]), int(order["id"])
    steps = 10**ticks.symbol.quantity_digits
    ordered = int(mine[0]["quantity"])

    def place(ts):
        return _standing(levels, ts) or _quote(ticks, ts, side)

    marks = []
    for e in mine[np.isin(mine["kind"], [EVENTS.index(kind) for kind in _OF_ORDERS])]:
        kind, ts, price = EVENTS[e["kind"]], int(e["ts"]), int(e["price"]) or None
        units = abs(int(e["quantity"])) / steps
        part = kind in ("FILLED", "PARTIAL_FILL") and e["quantity"] != ordered
        why = REASONS[e["reason"]]
        marks.append(Mark(int(e["seq"]), ts, kind, number, side, price, price or place(ts), units, part, why))
    accepted = _accepted(order, mine)
    if accepted is not None and accepted > marks[0].ts:
        marks.append(Mark(None, accepted, "ACCEPTED", number, side, None, place(accepted), 0, False, "NONE"))
    return marks


def _standing(levels, ts):
    """Where the order's last level stood then."""
    prices = [price for level in levels for a, b, price, _ in level.pieces if a <= ts <= b]
    return prices[-1] if prices else None


def _quote(ticks, ts, side):
    """The quote the order would have got."""
    i = max(0, int(np.searchsorted(ticks.ts, ts, "right")) - 1)
    return int((ticks.ask if side > 0 else ticks.bid)[i])
