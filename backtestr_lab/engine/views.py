"""What a callback is handed: plain tuples in units a trader reads, the same in compiled code and in Python (S3).

Prices are decimals, quantities units, times µs UTC. A value that does not exist (a forming bar without a tick) is NaN.
"""

from typing import NamedTuple

import numpy as np

__all__ = ["Bar", "Bars", "Distance", "Fill", "OrderEvent", "Quantity", "Tick"]


class Bar(NamedTuple):
    """One bar: the closed one `on_bar` gets, or `self.forming(...)`.

    Attributes
    ----------
    ts, end : int
        Opening instant and first instant after it.
    open, high, low, close : float
        Bid prices (R5); NaN while a forming bar has no tick.
    ask_open, ask_high, ask_low, ask_close : float
    volume : float
        Units reported by the feed, or 0.
    ticks : int
    timeframe : int
        Length in microseconds; compares with ``"5m"`` in a strategy.
    symbol : int
        Index in the run's symbols; compares with ``"EURUSD"`` in a strategy.

    Examples
    --------
    >>> Bar(0, 60_000_000, 1.1, 1.2, 1.0, 1.15, 1.1, 1.2, 1.0, 1.15, 0.0, 4, 60_000_000).close
    1.15
    """

    ts: int
    end: int
    open: float
    high: float
    low: float
    close: float
    ask_open: float
    ask_high: float
    ask_low: float
    ask_close: float
    volume: float
    ticks: int
    timeframe: int
    symbol: int = 0


class Bars(NamedTuple):
    """The last closed bars of a timeframe as arrays, oldest first; views, not copies."""

    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray
    ticks: np.ndarray


class Tick(NamedTuple):
    """The tick `on_tick` gets, as the feed quoted it (R13)."""

    ts: int
    bid: float
    ask: float
    bid_size: float
    ask_size: float
    volume: float
    symbol: int = 0


class Fill(NamedTuple):
    """One execution, as `on_fill` gets it.

    `side` is +1 for a buy and -1 for a sell, `quantity` is positive; `role` is the index in `records.ROLES`.
    """

    ts: int
    order: int
    side: int
    price: float
    quantity: float
    role: int
    position: int
    symbol: int = 0


class OrderEvent(NamedTuple):
    """Any other order event, as `on_order` gets it; `kind` and `reason` index `records.EVENTS` and `REASONS`."""

    ts: int
    order: int
    kind: int
    price: float
    quantity: float
    reason: int
    symbol: int = 0


class Distance(NamedTuple):
    """A typed distance from a price: ``points(100)``, ``pips(10)``, ``pct(0.5)`` (O1).

    `kind` is the index in `DISTANCES`.
    """

    kind: int
    value: float


class Quantity(NamedTuple):
    """A quantity found when the order is placed: ``share(10)``, ``risk(1)``, percent of equity (P5).

    `kind` is the index in `QUANTITIES`.
    """

    kind: int
    value: float


# How many an order asks for: units, or percent of equity as its value or as its risk (P5).
QUANTITIES = ("NONE", "UNITS", "SHARE", "RISK")

DISTANCES = ("NONE", "PRICE", "POINTS", "PCT", "PIPS")  # the first four are records.EXIT_KINDS

# What `self.orders` and `self.positions` hold: records, so that iterating allocates nothing.
ORDER_VIEW = np.dtype(
    [
        ("id", "i8"),
        ("symbol", "i8"),  # index in the run's symbols
        ("side", "i8"),  # +1 BUY, -1 SELL
        ("type", "i8"),  # records.ORDER_TYPES
        ("role", "i8"),  # records.ROLES
        ("quantity", "f8"),  # units still open
        ("filled", "f8"),
        ("limit", "f8"),  # NaN = none
        ("stop", "f8"),  # NaN = none
        ("level", "f8"),  # of a trailing stop now, NaN = none yet
        ("state", "i8"),  # records.STATES
        ("reason", "i8"),  # records.REASONS of its end
        ("tif", "i8"),  # records.TIFS
        ("expires", "i8"),  # ts, 0 = never
        ("parent", "i8"),
        ("tag", "i8"),
        ("ts", "i8"),
        ("working", "i8"),  # 1 once it has arrived
    ]
)
POSITION_VIEW = np.dtype(
    [
        ("id", "i8"),  # lot id
        ("symbol", "i8"),
        ("quantity", "f8"),  # signed units
        ("price", "f8"),
        ("profit", "f8"),  # unrealised, account currency
        ("ts", "i8"),
        ("order", "i8"),
    ]
)
