"""`MarketState`: bars of several timeframes kept up with a feed, without a strategy (R, C2)."""

import numpy as np

from ..bars import to_frame
from ..engine.views import Bar, Tick
from ..errors import OptionError
from ..records import Ticks
from ..units import DEFAULT_TIMEFRAMES, Timeframe, to_micros
from .fed import make_tape
from .incoming import Incoming, is_one

__all__ = ["MarketState"]


class MarketState:
    """What a market shows while its ticks come: closed bars, forming bars, the last tick.

    Parameters
    ----------
    timeframes : iterable of str, optional
        Left out, 1m 5m 15m 1h 4h 1d (R11).
    symbol : str or Symbol, optional
        Whose prices these are; may be left out where `Ticks` are fed first.

    Attributes
    ----------
    tick : Tick or None
        The last, as quoted.
    now : int or None
        The latest instant known, µs UTC: that of the last tick, or that of `advance`.

    Examples
    --------
    >>> import backtestr_lab as lab
    >>> state = lab.MarketState(["1m", "1h"], symbol="EURUSD")
    >>> state.feed(("2024-01-02 09:00:30", 1.1, 1.1001))
    >>> state.feed(("2024-01-02 09:01:10", 1.1003, 1.1004))
    >>> state.closed("1m"), state.forming("1m").close, state.forming("1h").ticks
    (1, 1.1003, 2)
    """

    def __init__(self, timeframes=None, *, symbol=None):
        self.timeframes = tuple(Timeframe.several(timeframes)) if timeframes else DEFAULT_TIMEFRAMES
        self._incoming = self._tape = None
        if symbol is not None:
            self._take_symbol(symbol)

    def __repr__(self):
        told = "no tick yet" if self.tick is None else f"{self._tape.n:,} ticks, last {self.tick.bid} {self.tick.ask}"
        return f"<MarketState {self.symbol or ''} {' '.join(map(str, self.timeframes))}: {told}>"

    @classmethod
    def _over(cls, tape, incoming, timeframes):
        """One that shows what a session takes in."""
        state = cls(timeframes)
        state._tape, state._incoming, state.feed = tape, incoming, None
        return state

    def _take_symbol(self, symbol):
        self._incoming = Incoming(symbol)
        self._tape = make_tape(self._incoming.symbol, self.timeframes)

    @property
    def symbol(self):
        """Whose prices these are; None before that is known."""
        return self._incoming and self._incoming.symbol

    @property
    def now(self):
        """The latest instant known, µs UTC; None before the first."""
        return self._incoming and self._incoming.seen

    def feed(self, ticks):
        """Take one tick or many.

        Parameters
        ----------
        ticks : tuple, Ticks or table
            (ts, bid, ask[, bid_size, ask_size[, volume]]) of one tick, or the same with arrays: instants in any usual
            form or µs UTC, decimal prices, units. Tables are read as by `backtest`.

        Raises
        ------
        DataError, TickOrderError
            One of them cannot be a tick, or is older than the last; none of them is taken then.
        """
        if self._tape is None:
            if not isinstance(ticks, Ticks):
                raise OptionError("whose prices these are is not known; give symbol='EURUSD' to MarketState")
            self._take_symbol(ticks.symbol)
        tape, incoming = self._tape, self._incoming
        if is_one(ticks):
            one = incoming.one(ticks)
            if not tape.has_room(one[0]):
                tape.make_room(1, one[0], one[0])
            tape.append_one(*one)
            incoming.seen = one[0]
        else:
            many = incoming.many(ticks)
            tape.append(many)
            if len(many):
                incoming.seen = int(many.ts[-1])

    def advance(self, until):
        """Let time pass without a tick: bars close by the clock (C2).

        Raises
        ------
        TickOrderError
            `until` is before the latest instant known.
        """
        until = to_micros(until, "until")
        if self._incoming is None:
            raise OptionError("nothing was fed yet; feed ticks, or give symbol='EURUSD' to MarketState")
        self._incoming.check_order(until)
        self._incoming.seen = until

    @property
    def tick(self):
        """The last tick as quoted; None before the first."""
        if self._tape is None or not self._tape.n:
            return None
        ts, bid, ask, *sizes = self._tape.columns[:, self._tape.n - 1].tolist()
        scale, steps = 10.0**self.symbol.digits, 10.0**self.symbol.quantity_digits
        return Tick(ts, bid / scale, ask / scale, *(size / steps for size in sizes))

    def closed(self, timeframe):
        """How many bars of a timeframe have closed."""
        timeframe = self._known(timeframe)
        return self._tape.closed(timeframe, self.now) if self.now is not None else 0

    def records(self, timeframe):
        """(m,) BAR: all closed bars of a timeframe, oldest first, prices in points; a view that stays what it is."""
        closed = self.closed(timeframe)
        view = self._tape.of(self._known(timeframe))[:closed]
        view.flags.writeable = False
        return view

    def bars(self, timeframe, n=50, side="bid"):
        """The last n closed bars at most, oldest first, as a table of decimal prices."""
        bars = self.records(timeframe)
        return to_frame(bars[max(0, len(bars) - max(0, n)) :].copy(), self.symbol, side=side)

    def forming(self, timeframe):
        """The bar that has begun and not ended; prices are NaN and ticks 0 before its first tick."""
        timeframe = self._known(timeframe)
        closed, bars = self.closed(timeframe), self._tape.of(timeframe)
        if closed == len(bars):
            now = self.now or 0
            return Bar(now, now, *[np.nan] * 8, 0.0, 0, timeframe.us)
        bar = bars[closed]
        scale, steps = 10.0**self.symbol.digits, 10.0**self.symbol.quantity_digits
        prices = [float(bar[side + name]) / scale for side in ("", "ask_") for name in ("open", "high", "low", "close")]
        return Bar(
            int(bar["ts"]), int(bar["end"]), *prices, float(bar["volume"]) / steps, int(bar["ticks"]), timeframe.us
        )

    def _known(self, timeframe):
        timeframe = Timeframe.parse(timeframe)
        if self._tape is None:
            raise OptionError("nothing was fed yet; feed ticks, or give symbol='EURUSD' to MarketState")
        if timeframe not in self.timeframes:
            raise OptionError(
                f"this keeps bars of {', '.join(map(str, self.timeframes))}; make it with timeframes=['{timeframe}', "
                f"...] to ask for {timeframe}"
            )
        return timeframe
