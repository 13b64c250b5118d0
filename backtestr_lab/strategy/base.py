"""`Strategy`: what a user subclasses (S1, S3).

The methods here are the words of the language, with their signatures and documentation. They are never run: callbacks
are compiled (lower.py), or run in CPython by a class derived from the user's (python.py).
"""

import numpy as np

from ..errors import StrategyError, did_you_mean

__all__ = ["CALLBACKS", "Strategy"]

# Callback -> names of its arguments after self; engine/layout.py has the same in the same order.
CALLBACKS = {
    "on_bar": ("bar",),
    "on_tick": ("tick",),
    "on_time": ("now",),
    "on_fill": ("fill",),
    "on_order": ("event",),
    "on_end": (),
}
SETTINGS = ("timeframe", "timeframes", "times")  # class attributes that are not parameters


class Strategy:
    """A trading strategy: subclass it and write the callbacks you need (S1).

    Class attributes that are int, float, bool or str are its parameters. `init` runs once, in Python: declare
    indicators there with ``self.rsi = ta.rsi("1h", 14)`` and set what the strategy keeps between callbacks: numbers,
    bools and numpy arrays, each of one type from then on. The callbacks are compiled; those not defined cost nothing.

    Attributes
    ----------
    timeframe : str or tuple of str
        Which bars call `on_bar`; "1m" by default. ``bar.timeframe == "5m"`` tells several apart.
    times : list of str
        When `on_time` is called: ``"16:55"``, ``"Fri 16:55 America/New_York"``; UTC by default.

    Notes
    -----
    Callbacks: ``on_bar(self, bar)``, ``on_tick(self, tick)``, ``on_time(self, now)``, ``on_fill(self, fill)``,
    ``on_order(self, event)``, ``on_end(self)``. Other methods are helpers they may call.

    Examples
    --------
    >>> from backtestr_lab import ta
    >>> class Trend(Strategy):
    ...     fast, slow = 10, 20
    ...     timeframe = "5m"
    ...
    ...     def init(self):
    ...         self.quick, self.calm = ta.ema("5m", self.fast), ta.ema("5m", self.slow)
    ...
    ...     def on_bar(self, bar):
    ...         if self.quick[-1] > self.calm[-1] and not self.position:
    ...             self.buy(10_000, stop_loss=bar.low)
    >>> parameters(Trend)
    {'fast': 10, 'slow': 20}
    """

    timeframe = "1m"

    def init(self):
        """Declare indicators and set what the strategy keeps; runs once before the data."""

    def buy(
        self,
        qty=None,
        *,
        limit=None,
        stop=None,
        trailing_stop=None,
        stop_loss=None,
        take_profit=None,
        trail=None,
        tif="GTC",
        expires=None,
        tag=None,
        symbol=None,
        position=None,
        reduce_only=False,
        post_only=False,
        oco=None,
        oto=None,
    ):
        """Order a purchase; returns the order's id (O1, O3).

        Parameters
        ----------
        qty : float or quantity, optional
            Units of the base currency, ``share(50)`` or ``risk(1)``; the run's `size` when left out.
        limit, stop : float, optional
            Prices; without either it is a market order, with both a stop-limit: once the stop is reached, a limit (F4).
        trailing_stop : distance, optional
            A stop that follows the price at ``pips(10)``, ``points(100)`` or ``pct(0.5)``, never away from it (F5).
        stop_loss, take_profit : float or distance, optional
            Exits that belong to the position this order opens: a price, or a distance from the first fill (F6).
        trail : distance, optional
            An exit that is a trailing stop.
        tif : {"GTC", "IOC", "FOK", "DAY", "GTD"}
            How long it works: until cancelled; only at the first tick it meets, or the one that triggers it, IOC as
            much as there is, FOK all or nothing; to the end of the symbol's day; until `expires`.
        expires : int or str, optional
            The instant a GTD order ends, µs UTC or a text like ``"2024-05-01 16:00"``.
        tag : str, optional
            A text that stays with the order.
        symbol : str, optional
            The symbol to order, by its name; that of the callback when left out, or that of `position`.
        position : position, optional
            The open position of the other side that this order makes smaller, by its id or as one of
            `self.positions`; the order is reduce-only (P1).
        reduce_only : bool
            May only make the position smaller.
        post_only : bool
            A limit that never takes: rejected when it could fill on arrival (F2).
        oco : order, optional
            One cancels the other: a fill of either, even a partial one, cancels the rest of the group (F7).
        oto : order, optional
            One triggers the other: this one waits until that one is filled.
        """
        _outside("buy")

    def sell(
        self,
        qty=None,
        *,
        limit=None,
        stop=None,
        trailing_stop=None,
        stop_loss=None,
        take_profit=None,
        trail=None,
        tif="GTC",
        expires=None,
        tag=None,
        symbol=None,
        position=None,
        reduce_only=False,
        post_only=False,
        oco=None,
        oto=None,
    ):
        """Order a sale; everything as in `buy` (O1, O3)."""
        _outside("sell")

    def submit(self, order):
        """Order from a dict written in place: ``self.submit({"side": "BUY", "qty": 10_000, "limit": 1.1})``."""
        _outside("submit")

    def close(self, position=None, *, symbol=None):
        """Close at market: the callback's symbol, another, or one position of it; returns the order's id (P1, P2).

        Parameters
        ----------
        position : position, optional
            By its id, or as one of `self.positions`: what is open of its entry is closed.
        symbol : str, optional
            The symbol whose positions are closed, by its name.

        Returns
        -------
        int
            Of the last order, 0 when there is nothing to close.
        """
        _outside("close")

    def order(self, order):
        """The order of an id, whatever became of it: fields as in `self.orders`, id 0 when there is none."""
        _outside("order")

    def cancel(self, order=None, *, tag=None):
        """Cancel an order, given by its id or as one of `self.orders`; or all that are open with a tag (O4)."""
        _outside("cancel")

    def cancel_all(self):
        """Cancel every pending entry; attached exits stay (P2)."""
        _outside("cancel_all")

    def modify(self, order, *, qty=None, limit=None, stop=None):
        """Change an open order, given by its id or as one of `self.orders` (O4)."""
        _outside("modify")

    def bars(self, timeframe, n, *, symbol=None):
        """The last `n` closed bars at most, oldest first: arrays `.open .high .low .close .volume .ticks` (S3)."""
        _outside("bars")

    def forming(self, timeframe, *, symbol=None):
        """The bar that has begun and not ended, from the ticks so far (S4)."""
        _outside("forming")

    def position_of(self, symbol):
        """The net position of a symbol, as `position` is that of the callback's (P1, P6)."""
        _outside("position_of")

    @property
    def position(self):
        """The net position of the callback's symbol: signed `.quantity`, `.price`, `.profit`; false when flat."""
        _outside("position")

    @property
    def positions(self):
        """The open lots of all symbols, oldest first: `.id .symbol .quantity .price .profit .ts .order`."""
        _outside("positions")

    @property
    def orders(self):
        """The open orders of all symbols.

        Each has `.id .symbol .side .type .role .state .quantity .filled .limit .stop .level .tag .ts ...`.
        """
        _outside("orders")

    @property
    def symbols(self):
        """The run's symbols in order: their names in `init`, and in callbacks numbers that equal their names (P6)."""
        if "_symbols" not in self.__dict__:
            _outside("symbols")
        return self.__dict__["_symbols"]

    @property
    def equity(self):
        """Balance and unrealised profit, account currency."""
        _outside("equity")

    @property
    def balance(self):
        """Cash and realised profit, account currency."""
        _outside("balance")

    @property
    def now(self):
        """The instant, µs since 1970 UTC."""
        _outside("now")


def _outside(name):
    raise StrategyError(f"self.{name} exists only in callbacks, while a run goes on; init only declares")


PROPERTIES = tuple(n for n, v in vars(Strategy).items() if isinstance(v, property))
METHODS = tuple(n for n, v in vars(Strategy).items() if callable(v) and not n.startswith("_") and n != "init")
# What no attribute of a user's may be called.
RESERVED = (*PROPERTIES, *METHODS, *CALLBACKS, *SETTINGS, "init")


def lineage(cls):
    """The user's classes of a strategy, the topmost first."""
    return [c for c in reversed(cls.__mro__) if c is not Strategy and issubclass(c, Strategy)]


def parameters(cls):
    """Class attributes that are parameters, in the order written: name -> default (S1)."""
    found = {}
    for base in lineage(cls):
        for name, value in vars(base).items():
            if name.startswith("_") or name in SETTINGS or name in RESERVED:
                continue
            value = plain(value)
            if isinstance(value, (bool, int, float, str)):
                found[name] = value
    return found


def plain(value):
    """A number of numpy's as Python's; everything else as it is.

    Examples
    --------
    >>> plain(np.float64(0.5)), plain(np.bool_(True)), plain("5m")
    (0.5, True, '5m')
    """
    return value.item() if isinstance(value, (np.integer, np.floating, np.bool_)) else value


def with_overrides(cls, given):
    """Parameters with a run's own values for some of them, each of its default's type.

    Raises
    ------
    StrategyError
        No such parameter; a value of another type.

    Examples
    --------
    >>> class Trend(Strategy):
    ...     fast = 10
    >>> with_overrides(Trend, {"fast": "x"})
    Traceback (most recent call last):
    backtestr_lab.errors.StrategyError: fast is an int (10) in Trend; got 'x'
    """
    values = parameters(cls)
    for name, value in dict(given or {}).items():
        if name not in values:
            there = ", ".join(values) or "none"
            raise StrategyError(
                f"{cls.__name__} has no parameter {name!r}{did_you_mean(name, values)}; there are {there}"
            )
        default, value = values[name], plain(value)
        kind = type(default)
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            article = "an" if kind is int else "a"
            raise StrategyError(f"{name} is {article} {kind.__name__} ({default!r}) in {cls.__name__}; got {value!r}")
        if kind is int and not -(2**63) <= value < 2**63:
            raise StrategyError(f"{name} is {value}; whole numbers end at 2^63")
        values[name] = value
    return values
