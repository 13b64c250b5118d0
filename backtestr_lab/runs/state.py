"""`State`: everything a strategy could see at one instant, and what it held (T1)."""

from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from ..bars import forming, to_frame
from ..engine.costs import effective, muldiv
from ..engine.trades import extremes
from ..engine.views import Bar, Tick
from ..jit import frozen
from ..records import ORDER_TYPES, ROLES, codes
from ..units import Timeframe, format_micros, from_micros
from .tables import MICRO, times

__all__ = ["State"]

_TRAILING = codes(ORDER_TYPES)["TRAILING"]


class State:
    """The state of a run after everything stamped up to an instant (T1, T2).

    Attributes
    ----------
    ts : int
        The instant, µs UTC; `time` is the same as a datetime.
    balance, equity : float
        Account currency.
    peak, drawdown : float
        The highest equity at any equity point so far (P7), the cash at least; how far below it the equity is, or 0.
    positions : DataFrame
        Open lots, oldest first.
    orders : DataFrame
        Working orders with their levels.
    indicators : dict
        Latest closed value of each indicator the strategy reads.
    variables : dict
        The strategy's own.
    tick : Tick or None
        The last tick taken.

    Examples
    --------
    >>> import backtestr_lab as lab
    >>> class Hold(lab.Strategy):
    ...     def on_bar(self, bar):
    ...         if not self.position:
    ...             self.buy(10_000)
    >>> run = lab.backtest(Hold, lab.sample("EURUSD", days=1))
    >>> state = run.at("2024-01-01 12:00")
    >>> state.positions.quantity.tolist(), len(state.bars("1h", 3))
    ([10000.0], 3)
    """

    def __init__(self, run, ts, cursor, n_events):
        self._run = run
        self._market = run._market
        self._cursor, self._n_events = cursor, n_events
        self.ts = ts
        self.balance_micro, self.lots, working = run._book.at(n_events)
        self.working = [replace(o, level=self._level(o)) if o.type == _TRAILING else o for o in working]

    def __repr__(self):
        held = f"{self.quantity:+,g} {self._run.symbol.name}" if self.quantity else "flat"
        return (
            f"<State {format_micros(self.ts)}: {held}, {len(self.working)} working orders, "
            f"equity {self.equity:,.2f} {self._run.currency}>"
        )

    def _level(self, order):
        """Where a trailing stop stands: from the tick that set it, by the extremes since; 0 before that (F5)."""
        if order.triggered:
            return order.level
        row = self._run._orders[order.id - 1]
        began, offset = int(row["began"]), int(row["offset"])
        if not 0 < began <= self._cursor:
            return 0
        ticks = self._market.ticks
        # A sell follows the bid up, a buy the ask down.
        low, high = extremes(self._market.base, ticks.bid, ticks.ask, -order.side, began - 1, self._cursor)
        return max(1, (int(low) if order.side > 0 else int(high)) + order.side * offset)

    @property
    def time(self):
        """The instant as an aware datetime."""
        return from_micros(self.ts)

    @property
    def _scale(self):
        return 10.0**self._run.symbol.digits

    @property
    def _steps(self):
        return 10.0**self._run.symbol.quantity_digits

    @property
    def tick(self):
        """The last tick of the run taken by then, as quoted; None before the first."""
        i = self._cursor - 1
        if i < self._run._first:
            return None
        t = self._market.ticks

        def of(column):
            return 0.0 if column is None else column[i] / self._steps

        return Tick(
            int(t.ts[i]), t.bid[i] / self._scale, t.ask[i] / self._scale, of(t.bid_size), of(t.ask_size), of(t.volume)
        )

    @cached_property
    def quote(self):
        """The last effective quote in points, (bid, ask) (R13); None before the first tick."""
        i = self._cursor - 1
        if i < self._run._first:
            return None
        bid, ask = effective(self._market.ticks.bid[i], self._market.ticks.ask[i])
        return int(bid), int(ask)

    def _money(self, amount):
        y = self._run._syms[0]
        div = int(y["money_div"]) * (sum(self.quote) if y["rated"] else 1)
        return int(muldiv(amount, int(y["money_mul"]), div))

    def _points(self, lot):
        mark = self.quote[0] if lot.side > 0 else self.quote[1]
        return lot.side * (mark - lot.price) * lot.steps

    @property
    def quantity(self):
        """Net position, signed units."""
        return sum(lot.side * lot.steps for lot in self.lots) / self._steps

    @cached_property
    def equity_micro(self):
        """Balance plus unrealised profit in micro-units."""
        if not self.lots:
            return self.balance_micro
        return self.balance_micro + self._money(sum(map(self._points, self.lots)))

    @property
    def balance(self):
        """Cash plus realised profit."""
        return self.balance_micro / MICRO

    @property
    def equity(self):
        """Balance plus unrealised profit, at the side each position would close at."""
        return self.equity_micro / MICRO

    @cached_property
    def peak_micro(self):
        """The highest equity at any equity point so far, the cash at least, in micro-units (P7, M1)."""
        return int(self._run._peaks.at(self.ts, self._n_events))

    @property
    def peak(self):
        """The highest equity at any equity point so far, the cash at least."""
        return self.peak_micro / MICRO

    @property
    def drawdown(self):
        """How far the equity is below the peak, >= 0."""
        return max(0, self.peak_micro - self.equity_micro) / MICRO

    @property
    def positions(self):
        """Open lots, oldest first."""
        return pd.DataFrame(
            {
                "symbol": [self._run.symbols[lot.symbol].name for lot in self.lots],
                "side": ["LONG" if lot.side > 0 else "SHORT" for lot in self.lots],
                "quantity": [lot.steps / self._steps for lot in self.lots],
                "price": [lot.price / self._scale for lot in self.lots],
                "profit": [self._money(self._points(lot)) / MICRO for lot in self.lots],
                "time": times([lot.ts for lot in self.lots]),
                "order": [lot.order for lot in self.lots],
            },
            index=pd.Index([lot.id for lot in self.lots], name="position", dtype="i8"),
        )

    @property
    def orders(self):
        """Orders that can still fill, in order of submission."""
        w = self.working
        return pd.DataFrame(
            {
                "time": times([o.ts for o in w]),
                "symbol": [self._run.symbols[o.symbol].name for o in w],
                "side": ["BUY" if o.side > 0 else "SELL" for o in w],
                "type": [ORDER_TYPES[o.type] for o in w],
                "role": [ROLES[o.role] for o in w],
                "quantity": [o.quantity / self._steps for o in w],
                "filled": [o.filled / self._steps for o in w],
                "limit": [o.limit / self._scale if o.limit else np.nan for o in w],
                "stop": [o.stop / self._scale if o.stop else np.nan for o in w],
                "level": [o.level / self._scale if o.level else np.nan for o in w],
                "parent": [o.parent for o in w],
                "tag": [self._run._plan.tags[o.tag] for o in w],
            },
            index=pd.Index([o.id for o in w], name="order", dtype="i8"),
        )

    def closed(self, timeframe):
        """How many bars of a timeframe have closed, warm-up included."""
        return self._market.closed(timeframe, self.ts)

    def bars(self, timeframe, n=50, side="bid"):
        """The last n closed bars at most, oldest first, as a table of decimal prices."""
        bars = self._market.bars(self._market.known(timeframe), "bid")
        b = self.closed(timeframe)
        return to_frame(bars[max(0, b - max(0, n)) : b], self._run.symbol, side=side)

    def forming_record(self, timeframe):
        """The forming bar as a BAR record, or None before its first tick."""
        bars = self._market.bars(self._market.known(timeframe))
        n = self.closed(timeframe)
        if n >= len(bars) or bars[n]["first"] >= self._cursor:
            return None
        ticks = self._market.ticks
        volume = np.empty(0, "i8") if ticks.volume is None else ticks.volume
        columns = [frozen(column) for column in (self._market.base, ticks.ts, ticks.bid, ticks.ask, volume)]
        return forming(*columns, int(bars[n]["ts"]), int(bars[n]["end"]), self._cursor)[0]

    def forming(self, timeframe):
        """The bar that had begun and not ended; prices are NaN and ticks 0 before its first tick."""
        us = Timeframe.parse(timeframe).us
        record = self.forming_record(timeframe)
        if record is None:
            nan = np.nan
            return Bar(self.ts, self.ts, nan, nan, nan, nan, nan, nan, nan, nan, 0.0, 0, us)
        sides = [float(record[s + f]) / self._scale for s in ("", "ask_") for f in ("open", "high", "low", "close")]
        return Bar(
            int(record["ts"]),
            int(record["end"]),
            *sides,
            float(record["volume"]) / self._steps,
            int(record["ticks"]),
            us,
        )

    @property
    def indicators(self):
        """Latest closed value of each indicator the strategy reads, by the name it gave it."""
        out = {}
        for name, (timeframe, values) in self._run.indicators.items():
            n = self.closed(timeframe)
            out[name] = float(values[n - 1]) if n else np.nan
        return out

    @cached_property
    def variables(self):
        """The strategy's own variables (T3); the first question of a run drives it once more."""
        return self._run._variables(self.ts, self._cursor)

    def to_dict(self):
        """Everything above as plain values, for comparing and for messages."""
        return {
            "time": self.time.isoformat(),
            "balance": self.balance,
            "equity": self.equity,
            "positions": self.positions.reset_index().to_dict("records"),
            "orders": self.orders.reset_index().to_dict("records"),
            "indicators": self.indicators,
            "variables": self.variables,
            "forming": {str(t): self.forming(t)._asdict() for t in self._run.timeframes},
        }
