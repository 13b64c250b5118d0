"""The records that cross a module, a process or the wire, each field with its unit.

Not classes with getters: arrays of these go to numba, pandas, DuckDB and the browser unchanged. `ts` is microseconds
since 1970 UTC, prices are points, quantities steps, money micro-units of the account currency (U1-U4). Every field is
eight bytes wide, so a journal has no padding and two equal journals are equal byte for byte (C4).
"""

import hashlib

import numpy as np

from .errors import DataError, TickOrderError
from .units import format_micros

TICK = np.dtype(
    [
        ("ts", "i8"),
        ("bid", "i8"),
        ("ask", "i8"),
        ("bid_size", "i8"),  # steps quoted, 0 where the feed has none
        ("ask_size", "i8"),
        ("volume", "i8"),  # steps traded, 0 for quotes
    ]
)

# A bar of one timeframe: bid bars with the ask bars kept beside them (R5), and where its ticks lie.
BAR = np.dtype(
    [
        ("ts", "i8"),  # the instant the bar OPENS (R2)
        ("end", "i8"),  # first instant after it: usable from here, never before
        ("open", "i8"),
        ("high", "i8"),
        ("low", "i8"),
        ("close", "i8"),
        ("ask_open", "i8"),
        ("ask_high", "i8"),
        ("ask_low", "i8"),
        ("ask_close", "i8"),
        ("volume", "i8"),  # steps, sum of what the feed reports, or 0 (R6)
        ("ticks", "i8"),  # count, >= 1 (R4)
        ("first", "i8"),  # index of its first tick; its ticks are [first, first + ticks)
        # Extremes of the effective quotes (R13), which differ from the raw ones where quotes are crossed; the skip
        # rule C6 reads these.
        ("bid_max", "i8"),
        ("bid_min", "i8"),
        ("ask_max", "i8"),
        ("ask_min", "i8"),
        ("crossed", "i8"),  # count of ticks with bid > ask
    ]
)

# What was ordered, as of now. `orders` is indexed by id - 1; ids start at 1, so 0 means "none". The fields that most
# orders use come first, and nothing is here that can be found elsewhere: fresh memory for twelve fields more took a
# fifth of the time of a run that orders much.
ORDER = np.dtype(
    [
        ("id", "i8"),
        ("symbol", "i8"),  # index in the run's list of symbols
        ("side", "i8"),  # +1 BUY, -1 SELL
        ("type", "i8"),  # ORDER_TYPES
        ("role", "i8"),  # ROLES: why it exists
        ("state", "i8"),  # STATES (O2)
        ("quantity", "i8"),  # steps ordered in total, > 0
        ("filled", "i8"),  # steps
        ("limit", "i8"),  # points, 0 = none
        ("stop", "i8"),  # points, 0 = none; the trigger
        ("rank", "i8"),  # acceptance sequence (F7), 0 = not accepted yet
        ("met", "i8"),  # 1 once it has met a tick (F2)
        ("triggered", "i8"),  # 1 once its stop was reached
        ("reduce_only", "i8"),
        ("post_only", "i8"),
        ("tif", "i8"),  # TIFS
        ("parent", "i8"),  # the entry an attached exit belongs to, 0 = none
        ("position", "i8"),  # the lot it was submitted for, 0 = none
        ("group", "i8"),  # one-cancels-other: the id of the first of its group, 0 = none
        ("ts", "i8"),  # submitted
        ("due", "i8"),  # when it arrives, ts + latency; 2^63 - 1 while it waits for the order `oto`
        ("tag", "i8"),  # index in the run's list of tags, 0 = none
        ("reason", "i8"),  # REASONS of its end
        ("sl_kind", "i8"),  # EXIT_KINDS of the attached stop-loss
        ("sl", "i8"),  # points, or 1e-6 percent
        ("tp_kind", "i8"),
        ("tp", "i8"),
        ("trail_kind", "i8"),
        ("trail", "i8"),
        ("stop_asked", "i8"),  # points, the stop a stop-limit was submitted with; its SUBMITTED shows the limit
        ("offset_kind", "i8"),  # EXIT_KINDS of the distance a trailing stop was to keep (F5)
        ("offset", "i8"),  # that distance, in points once the level was set
        ("level", "i8"),  # points, a trailing stop's level now, 0 = not set yet
        ("began", "i8"),  # ticks that had been taken when the level was set, that one included
        ("expires", "i8"),  # ts, 0 = never
        ("oto", "i8"),  # the order whose FILLED releases this one, 0 = none
        ("draws", "i8"),  # requests about it so far, which number their draws of latency (F9)
        ("closes", "i8"),  # the entry whose lots it closes, 0 = by FIFO
        ("fills", "i8"),  # fills so far, which number their draws of slippage
        ("fees", "i8"),  # micro-units, commission of its fills before the least and most of an order
    ]
)

# The journal (O2, C4): ordered by (ts, phase, seq); the only output of the engine.
EVENT = np.dtype(
    [
        ("ts", "i8"),
        ("phase", "i8"),  # PHASES: the step of the clock (C1)
        ("seq", "i8"),  # 0-based, over the whole run
        ("kind", "i8"),  # EVENTS
        ("symbol", "i8"),
        ("order", "i8"),  # order id, 0 = none
        ("position", "i8"),  # lot id, 0 = none
        ("price", "i8"),  # points
        ("quantity", "i8"),  # steps, signed: + bought, - sold
        ("amount", "i8"),  # micro-units booked to the balance
        ("reason", "i8"),  # REASONS
    ]
)

FILL = np.dtype(
    [
        ("ts", "i8"),
        ("order", "i8"),
        ("symbol", "i8"),
        ("side", "i8"),
        ("price", "i8"),
        ("quantity", "i8"),  # steps, > 0
        ("commission", "i8"),  # micro-units paid, >= 0
        ("slippage", "i8"),  # points, positive = worse than the quote or level
        ("role", "i8"),
    ]
)

# A round trip: a lot's piece from its entry fill to its exit fill (P7).
TRADE = np.dtype(
    [
        ("symbol", "i8"),
        ("position", "i8"),  # lot id
        ("side", "i8"),  # +1 LONG, -1 SHORT
        ("quantity", "i8"),  # steps, > 0
        ("entry_ts", "i8"),
        ("entry_price", "i8"),
        ("entry_order", "i8"),
        ("exit_ts", "i8"),
        ("exit_price", "i8"),
        ("exit_order", "i8"),
        ("exit_role", "i8"),  # ROLES: stop-loss, take-profit, close, ...
        ("profit", "i8"),  # micro-units, before commission
        ("commission", "i8"),  # micro-units, both fills' share
        ("mae", "i8"),  # points against the position at the worst tick, >= 0
        ("mfe", "i8"),  # points in favour at the best tick, >= 0
    ]
)

# Codes. A name's index is its code; the tuples are the single place where both are written.
ORDER_TYPES = ("MARKET", "LIMIT", "STOP", "STOP_LIMIT", "TRAILING")
ROLES = ("ENTRY", "CLOSE", "STOP_LOSS", "TAKE_PROFIT", "TRAIL", "STOP_OUT", "END", "LIMIT")
STATES = ("PENDING", "PARTIALLY_FILLED", "FILLED", "CANCELLED", "REJECTED", "EXPIRED")
TIFS = ("GTC", "IOC", "FOK", "DAY", "GTD")
EXIT_KINDS = ("NONE", "PRICE", "POINTS", "PCT")
PHASES = ("NONE", "CLOSE", "DUE", "POINT", "CALL", "TICK", "END")
EVENTS = (
    "SUBMITTED",
    "REJECTED",
    "TRIGGERED",
    "MODIFIED",
    "REQUEST_REJECTED",
    "PARTIAL_FILL",
    "FILLED",
    "CANCELLED",
    "EXPIRED",
    "SWAP",
    "BOOKING",
    "LIMIT_BREACH",
    "STOP_OUT",
    "TRADING_STOPPED",
)
REASONS = (
    "NONE",
    "USER",  # cancelled by the strategy
    "QUANTITY",  # zero, negative, off the grid, below the least or above the largest
    "PRICE",  # not a number or not positive
    "SIDE",  # a stop on the wrong side of the last quote
    "MARGIN",
    "OVERFLOW",
    "FLAT",  # nothing left to close
    "SIBLING",  # the other exit of the lot took the whole quantity
    "UNKNOWN",  # modify or cancel of an order that is not working
    "END",  # the run is over
    "PROFIT",  # booking of a closed lot piece
    "COMMISSION",
    "TIF",
    "NO_RATE",  # no quote yet of the symbol that converts its money
    "LIMIT",  # a limit of the run: size, count, leverage, or a loss that stopped trading
    "POST_ONLY",
    "UNSUPPORTED",
    "OCO",  # another of its one-cancels-other group has filled
    "PARENT",  # the order it waited for ended without being filled
    "TRIGGER",  # the modification changed the stop of a stop-limit
    "CASH",  # bookings of the table: an amount
    "DIVIDEND",  # ... per unit held
    "FUNDING",  # ... a rate of the value held
    "DAILY_LOSS",
    "DRAWDOWN",
)


def codes(names):
    """``{"MARKET": 0, ...}`` of one of the tuples above.

    Examples
    --------
    >>> codes(STATES)["FILLED"]
    2
    """
    return {name: code for code, name in enumerate(names)}


class Ticks:
    """The ticks of one symbol as columns, sorted by time (R12).

    Parameters
    ----------
    ts, bid, ask : (n,) int64
        Microseconds UTC; points. Used as they are when contiguous int64, never copied.
    bid_size, ask_size, volume : (n,) int64, optional
        Steps; left out where the feed has none.
    symbol : Symbol
    checked : bool
        True skips the order check, for sources that guarantee it.

    Raises
    ------
    TickOrderError
        A tick is older than the one before it; names both.
    DataError
        Columns of different lengths.

    Examples
    --------
    >>> from backtestr_lab.symbols import EURUSD
    >>> ticks = Ticks([0, 5, 5], [110000, 110001, 110002], [110002, 110003, 110004], symbol=EURUSD)
    >>> len(ticks), ticks.between(5, 6).bid.tolist()
    (3, [110001, 110002])
    """

    COLUMNS = ("ts", "bid", "ask", "bid_size", "ask_size", "volume")

    def __init__(self, ts, bid, ask, *, symbol, bid_size=None, ask_size=None, volume=None, checked=False):
        self.symbol = symbol
        for name, column in zip(self.COLUMNS, (ts, bid, ask, bid_size, ask_size, volume), strict=True):
            setattr(self, name, None if column is None else np.ascontiguousarray(column, dtype="i8"))
        for name in self.COLUMNS:
            column = getattr(self, name)
            if column is not None and len(column) != len(self.ts):
                raise DataError(f"ticks of {symbol}: {name} has {len(column):,} values, ts has {len(self.ts):,}")
        if not checked and len(self.ts) > 1:
            late = np.flatnonzero(self.ts[1:] < self.ts[:-1])
            if len(late):
                i = int(late[0]) + 1
                raise TickOrderError.at(i, format_micros(self.ts[i - 1]), format_micros(self.ts[i]))
        self._hash = None

    def __len__(self):
        return len(self.ts)

    def __repr__(self):
        if not len(self):
            return f"<Ticks {self.symbol.name}: empty>"
        return f"<Ticks {self.symbol.name}: {len(self):,}, {format_micros(self.ts[0])} .. {format_micros(self.ts[-1])}>"

    @property
    def nbytes(self):
        """Bytes the columns take."""
        return sum(c.nbytes for c in self._columns().values())

    def _columns(self):
        return {n: getattr(self, n) for n in self.COLUMNS if getattr(self, n) is not None}

    def between(self, start, end):
        """The ticks of ``[start, end)`` in microseconds: views, not copies (U1)."""
        a, b = np.searchsorted(self.ts, [start, end], side="left")
        return self[int(a) : int(b)]

    def __getitem__(self, index):
        columns = {n: c[index] for n, c in self._columns().items()}
        return Ticks(**columns, symbol=self.symbol, checked=True)

    def window(self, first, end):
        """Ticks of which at least ``[first, end)`` are at hand, under their own indexes: here all of them."""
        return self

    def hash(self):
        """SHA-256 of symbol and columns as 16 hex digits; kept after the first call (D6)."""
        if self._hash is None:
            digest = hashlib.sha256(self.symbol.name.encode())
            for name, column in self._columns().items():
                digest.update(name.encode())
                digest.update(column)
            self._hash = digest.hexdigest()[:16]
        return self._hash

    def drop_crossed(self):
        """Without the ticks whose bid is above their ask (R13, policy `drop`)."""
        keep = self.bid <= self.ask
        return self if keep.all() else self[np.flatnonzero(keep)]

    def swap_crossed(self):
        """With bid and ask, and their sizes, exchanged where the bid is above the ask (R13, policy `swap`)."""
        if (self.bid <= self.ask).all():
            return self
        columns = self._columns() | {"bid": np.minimum(self.bid, self.ask), "ask": np.maximum(self.bid, self.ask)}
        if self.bid_size is not None or self.ask_size is not None:
            crossed = self.bid > self.ask
            bid_size, ask_size = (0 if size is None else size for size in (self.bid_size, self.ask_size))
            columns["bid_size"] = np.where(crossed, ask_size, bid_size)
            columns["ask_size"] = np.where(crossed, bid_size, ask_size)
        return Ticks(**columns, symbol=self.symbol, checked=True)
