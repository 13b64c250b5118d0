"""What the oracle keeps: orders, lots, trades, requests, events. Names of states, kinds and reasons are plain text."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Wish:
    """What `buy` and `sell` take, as the strategy gives it: decimal prices, distances as ("points", n), ("pct", x)."""

    quantity: float | tuple  # decimal, or ("share", percent), ("risk", percent); steps for a close
    limit: float | None = None
    stop: float | None = None
    trailing_stop: tuple | None = None
    stop_loss: float | tuple | None = None
    take_profit: float | tuple | None = None
    trail: tuple | None = None
    tif: str = "GTC"
    expires: int = 0  # ts
    reduce_only: bool = False
    post_only: bool = False
    oco: int = 0
    oto: int = 0
    symbol: int = 0
    position: int = 0  # a lot of the position it is to close
    role: str = "ENTRY"

    @property
    def type(self):
        if self.trailing_stop is not None:
            return "TRAILING"
        if self.limit is not None and self.stop is not None:
            return "STOP_LIMIT"
        return "LIMIT" if self.limit is not None else "STOP" if self.stop is not None else "MARKET"


@dataclass
class Exit:
    """Where an exit is to be: a price, or a distance from a price known later (F5, F6)."""

    kind: str  # PRICE, POINTS, PCT
    value: int  # points, or 1e-6 percent

    def distance(self, price):
        """Points away from `price`."""
        return self.value if self.kind == "POINTS" else (2 * price * self.value + 10**8) // (2 * 10**8)

    def level(self, price, direction):
        """Points of the exit; `direction` is +1 above `price`, -1 below. Never below 1 point."""
        return self.value if self.kind == "PRICE" else max(1, price + direction * self.distance(price))


@dataclass
class Order:
    """One order; 0 means none for prices and ids."""

    id: int
    symbol: int
    side: int
    type: str  # MARKET, LIMIT, STOP, STOP_LIMIT, TRAILING
    role: str = "ENTRY"
    quantity: int = 0  # steps in total
    filled: int = 0
    limit: int = 0
    stop: int = 0
    trailing: Exit | None = None  # how far behind a trailing stop follows
    offset: int = 0  # the same in points, once its level was set
    level: int = 0  # where it stands, 0 until then
    stop_loss: Exit | None = None
    take_profit: Exit | None = None
    trail: Exit | None = None
    tif: str = "GTC"
    reduces: bool = False  # asked to be reduce-only
    post_only: bool = False
    group: int = 0  # of a plain OCO
    waits_for: int = 0  # the order whose FILLED releases it (OTO)
    parent: int = 0  # the entry of an attached exit
    lot: int = 0  # the lot whose fill submitted an attached exit; one of the position that others are to close
    state: str = "PENDING"
    reason: str = "NONE"
    rank: int = 0  # order of acceptance (F7); 0 until it is accepted
    met: bool = False  # has met a tick since its price was set (F2)
    triggered: bool = False
    draws: int = 0  # requests about it so far, which number their draws of latency
    fills: int = 0  # so far, which number their draws of slippage
    cost: int = 0  # micro-units its fills have come to, each by itself
    paid: int = 0  # what was booked for them, with a least and a most for all
    stood: list = field(default_factory=list)  # (bar, level) of an attached exit, at each bar's open tick or its own

    @property
    def price(self):
        """What the journal shows: limit, else stop, else 0."""
        return self.limit or self.stop

    @property
    def remaining(self):
        return self.quantity - self.filled

    @property
    def attached(self):
        return self.role in ("STOP_LOSS", "TAKE_PROFIT", "TRAIL")

    @property
    def limits(self):
        """It fills at a limit and no worse."""
        return self.type in ("LIMIT", "STOP_LIMIT")

    @property
    def reduce_only(self):
        return self.role != "ENTRY" or self.reduces or self.lot > 0

    @property
    def open(self):
        return self.state in ("PENDING", "PARTIALLY_FILLED")

    @property
    def working(self):
        """Open and accepted: it meets ticks."""
        return self.open and self.rank > 0


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
    tick: int = 0  # index of the tick that filled it


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
    tick: int  # index of the tick of its exit
    ambiguous: bool = False


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
    """Something that falls due: an order's arrival, a modification, a cancel, an expiry (C1 step 2)."""

    due: int
    sequence: int
    kind: str  # ARRIVE, MODIFY, CANCEL, EXPIRE
    order: int
    changes: dict = field(default_factory=dict)
