"""`State`: everything a strategy could see at one instant, and what it held (T1)."""

from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from ..bars import forming, to_frame
from ..bars.rows import bar_of
from ..engine.costs import RATES, effective, muldiv
from ..engine.views import Bar, Tick
from ..jit import frozen
from ..records import ORDER_TYPES, ROLES, codes
from ..units import Timeframe, format_micros, from_micros
from .machine import cursors_of
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
        self._cursor, self._n_events = cursor, n_events
        # Each symbol's own share of the ticks taken; those stamped at the end are not the run's.
        stamps = [market.ticks.ts for market in run._markets]
        self._cursors = cursors_of(stamps, ts, cursor)
        self.ts = ts
        self.balance_micro, self.lots, working = run._book.at(n_events)
        self.working = [replace(o, level=self._level(o)) if o.type == _TRAILING else o for o in working]

    def __repr__(self):
        held = [f"{self.quantity_of(s.name):+,g} {s.name}" for s in self._run.symbols if self.quantity_of(s.name)]
        return (
            f"<State {format_micros(self.ts)}: {', '.join(held) or 'flat'}, {len(self.working)} working orders, "
            f"equity {self.equity:,.2f} {self._run.currency}>"
        )

    def _level(self, order):
        """Where a trailing stop stands: from the tick that set it, by the extremes since; 0 before that (F5)."""
        if order.triggered:
            return order.level
        row = self._run._orders[order.id - 1]
        began, offset = int(row["began"]), int(row["offset"])
        cursor = self._cursors[order.symbol]
        if not 0 < began <= cursor:
            return 0
        market = self._run._markets[order.symbol]
        # A sell follows the bid up, a buy the ask down.
        low, high = market.extremes(-order.side, began - 1, cursor)
        return max(1, (int(low) if order.side > 0 else int(high)) + order.side * offset)

    @property
    def time(self):
        """The instant as an aware datetime."""
        return from_micros(self.ts)

    def _scale(self, k):
        return 10.0 ** self._run.symbols[k].digits

    def _steps(self, k):
        return 10.0 ** self._run.symbols[k].quantity_digits

    @property
    def tick(self):
        """The last tick of the first symbol taken by then, as quoted; None before the first."""
        return self.tick_of()

    def tick_of(self, symbol=None):
        """The last tick of a symbol taken by then, as quoted; None before the first."""
        k = self._run._number(symbol)
        i = self._cursors[k] - 1
        if i < self._run._firsts[k]:
            return None
        t, scale, steps = self._run._markets[k].ticks, self._scale(k), self._steps(k)

        def of(column):
            return 0.0 if column is None else column[i] / steps

        sizes = of(t.bid_size), of(t.ask_size), of(t.volume)
        return Tick(int(t.ts[i]), t.bid[i] / scale, t.ask[i] / scale, *sizes, k)

    @cached_property
    def quotes(self):
        """The last effective quote of each symbol in points, (bid, ask) (R13); None before the first tick."""
        quotes = []
        for market, cursor, first in zip(self._run._markets, self._cursors, self._run._firsts):
            i = cursor - 1
            quote = tuple(map(int, effective(market.ticks.bid[i], market.ticks.ask[i]))) if i >= first else None
            quotes.append(quote)
        return quotes

    @property
    def quote(self):
        """That of the first symbol."""
        return self.quotes[0]

    def _money(self, amount, k=0):
        """Points times steps of a symbol in micro-units (P6)."""
        y = self._run._syms[k]
        mul, div = int(y["money_mul"]), int(y["money_div"])
        if y["rated"]:
            quote = self.quotes[int(y["rate_symbol"])]
            if quote is None:
                return 0
            mul, div = (mul * sum(quote), div) if RATES[y["rated"]] == "TIMES" else (mul, div * sum(quote))
        return int(muldiv(amount, mul, div))

    def _points(self, lot):
        quote = self.quotes[lot.symbol]
        return lot.side * ((quote[0] if lot.side > 0 else quote[1]) - lot.price) * lot.steps

    def _profit(self, lot):
        return self._money(self._points(lot), lot.symbol)

    @property
    def quantity(self):
        """Net position of the first symbol, signed units."""
        return self.quantity_of()

    def quantity_of(self, symbol=None):
        """Net position of a symbol, signed units."""
        k = self._run._number(symbol)
        return sum(lot.side * lot.steps for lot in self.lots if lot.symbol == k) / self._steps(k)

    @cached_property
    def equity_micro(self):
        """Balance plus unrealised profit in micro-units, each symbol's rounded once."""
        points = {}
        for lot in self.lots:
            points[lot.symbol] = points.get(lot.symbol, 0) + self._points(lot)
        return self.balance_micro + sum(self._money(amount, k) for k, amount in points.items())

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
        lots = self.lots
        return pd.DataFrame(
            {
                "symbol": [self._run.symbols[lot.symbol].name for lot in lots],
                "side": ["LONG" if lot.side > 0 else "SHORT" for lot in lots],
                "quantity": [lot.steps / self._steps(lot.symbol) for lot in lots],
                "price": [lot.price / self._scale(lot.symbol) for lot in lots],
                "profit": [self._profit(lot) / MICRO for lot in lots],
                "time": times([lot.ts for lot in lots]),
                "order": [lot.order for lot in lots],
            },
            index=pd.Index([lot.id for lot in lots], name="position", dtype="i8"),
        )

    @property
    def orders(self):
        """Orders that can still fill, in order of submission."""
        w = self.working

        def prices(name):
            return [getattr(o, name) / self._scale(o.symbol) if getattr(o, name) else np.nan for o in w]

        return pd.DataFrame(
            {
                "time": times([o.ts for o in w]),
                "symbol": [self._run.symbols[o.symbol].name for o in w],
                "side": ["BUY" if o.side > 0 else "SELL" for o in w],
                "type": [ORDER_TYPES[o.type] for o in w],
                "role": [ROLES[o.role] for o in w],
                "quantity": [o.quantity / self._steps(o.symbol) for o in w],
                "filled": [o.filled / self._steps(o.symbol) for o in w],
                "limit": prices("limit"),
                "stop": prices("stop"),
                "level": prices("level"),
                "parent": [o.parent for o in w],
                "tag": [self._run._plan.tags[o.tag] for o in w],
            },
            index=pd.Index([o.id for o in w], name="order", dtype="i8"),
        )

    def _market(self, symbol):
        return self._run._markets[self._run._number(symbol)]

    def closed(self, timeframe, symbol=None):
        """How many bars of a timeframe have closed, warm-up included."""
        return self._market(symbol).closed(timeframe, self.ts)

    def bars(self, timeframe, n=50, side="bid", symbol=None):
        """The last n closed bars at most, oldest first, as a table of decimal prices."""
        market = self._market(symbol)
        bars = market.bars(market.known(timeframe), "bid")
        b = self.closed(timeframe, symbol)
        return to_frame(bars[max(0, b - max(0, n)) : b], market.symbol, side=side)

    def forming_record(self, timeframe, symbol=None):
        """The forming bar as a BAR record, or None before its first tick."""
        market = self._market(symbol)
        bars = market.bars(market.known(timeframe))
        n, cursor = self.closed(timeframe, symbol), self._cursors[self._run._number(symbol)]
        if n >= len(bars) or bars[n]["first"] >= cursor:
            return None
        # Ticks of the last base bar; of the others their bars tell.
        ticks = market.ticks.window(int(market.base[bar_of(market.base, cursor - 1)]["first"]), cursor)
        volume = np.empty(0, "i8") if ticks.volume is None else ticks.volume
        columns = [frozen(column) for column in (market.base, ticks.ts, ticks.bid, ticks.ask, volume)]
        return forming(*columns, int(bars[n]["ts"]), int(bars[n]["end"]), cursor)[0]

    def forming(self, timeframe, symbol=None):
        """The bar that had begun and not ended; prices are NaN and ticks 0 before its first tick."""
        us, k = Timeframe.parse(timeframe).us, self._run._number(symbol)
        record = self.forming_record(timeframe, symbol)
        if record is None:
            nan = np.nan
            return Bar(self.ts, self.ts, nan, nan, nan, nan, nan, nan, nan, nan, 0.0, 0, us, k)
        scale, steps = self._scale(k), self._steps(k)
        sides = [float(record[s + f]) / scale for s in ("", "ask_") for f in ("open", "high", "low", "close")]
        volume = float(record["volume"]) / steps
        return Bar(int(record["ts"]), int(record["end"]), *sides, volume, int(record["ticks"]), us, k)

    @property
    def indicators(self):
        """Latest closed value of each indicator the strategy reads, by the name it gave it."""
        out = {}
        symbols = self._run.symbols
        for name, key in self._run._plan.indicators.items():
            values = self._run._values(key)
            n = self.closed(key.timeframe, symbols[self._run._place(key)])
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
