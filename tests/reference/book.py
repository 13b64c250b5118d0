"""What the oracle keeps: orders, lots, trades, requests, events. Names of states, kinds and reasons are plain text."""

from dataclasses import dataclass, field


@dataclass
class Exit:
    """A stop-loss or take-profit asked for with an entry: a price, or a distance from its first fill (F6)."""

    kind: str  # PRICE, POINTS, PCT
    value: int  # points, or 1e-6 percent

    def level(self, fill_price, direction):
        """Points of the exit; `direction` is +1 above the fill, -1 below. Never below 1 point."""
        if self.kind == "PRICE":
            return self.value
        if self.kind == "POINTS":
            distance = self.value
        else:
            distance = (2 * fill_price * self.value + 10**8) // (2 * 10**8)
        return max(1, fill_price + direction * distance)


@dataclass
class Order:
    """One order; 0 means none for prices and ids."""

    id: int
    symbol: int
    side: int
    type: str  # MARKET, LIMIT, STOP
    role: str = "ENTRY"
    quantity: int = 0  # steps in total
    filled: int = 0
    limit: int = 0
    stop: int = 0
    stop_loss: Exit | None = None
    take_profit: Exit | None = None
    parent: int = 0  # the entry of an attached exit
    lot: int = 0  # the lot of an attached exit
    state: str = "PENDING"
    reason: str = "NONE"
    rank: int = 0  # order of acceptance (F7); 0 until it has arrived
    met: bool = False  # has met a tick since its price was set (F2)

    @property
    def price(self):
        """What the journal shows: limit, else stop, else 0."""
        return self.limit or self.stop

    @property
    def remaining(self):
        return self.quantity - self.filled

    @property
    def attached(self):
        return self.role in ("STOP_LOSS", "TAKE_PROFIT")

    @property
    def reduce_only(self):
        return self.attached or self.role in ("CLOSE", "END")

    @property
    def working(self):
        return self.state in ("PENDING", "PARTIALLY_FILLED") and self.rank > 0


@dataclass
class Lot:
    """What one entry fill opened and what is left of it (P1)."""

    id: int
    symbol: int
    side: int
    price: int
    opened: int  # steps
    open: int  # steps left
    ts: int
    order: int
    lowest: int  # closing-side quotes since the fill tick (P7)
    highest: int


@dataclass
class Trade:
    """A lot's piece from entry fill to exit fill (P7); the fields of records.TRADE."""

    symbol: int
    position: int
    side: int
    quantity: int
    entry_ts: int
    entry_price: int
    entry_order: int
    exit_ts: int
    exit_price: int
    exit_order: int
    exit_role: str
    profit: int
    commission: int
    mae: int
    mfe: int


@dataclass
class Event:
    """One record of the journal, with names instead of codes."""

    ts: int
    phase: str
    seq: int
    kind: str
    symbol: int = 0
    order: int = 0
    position: int = 0
    price: int = 0
    quantity: int = 0
    amount: int = 0
    reason: str = "NONE"


@dataclass
class Request:
    """Something that falls due: an order's arrival, a modification, a cancel (C1 step 2)."""

    due: int
    sequence: int
    kind: str  # ARRIVE, MODIFY, CANCEL
    order: int
    changes: dict = field(default_factory=dict)
