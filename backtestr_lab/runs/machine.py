"""One engine with its memory: what `backtest` drives forward and time travel drives again."""

from functools import cached_property
from math import gcd

import numpy as np

from ..bars import boundaries
from ..bars.calendar import trading_dates
from ..engine import layout, loop
from ..engine.costs import RATES
from ..engine.intrabar import MODELS
from ..engine.layout import (
    CALL,
    CALLBACKS,
    CONFIG,
    ENDED,
    FINISHED,
    FRAME,
    GROW,
    INTERRUPTED,
    LOT,
    MORE,
    NEW_DAY,
    NEXT,
    REQUEST,
    ROLLOVER,
    ROUNDS,
    SCHEDULED,
    SERIES,
    STATE,
    SYM,
    WISH,
)
from ..jit import frozen
from ..records import BAR, EVENT, ORDER
from ..units import MINUTE, Timeframe
from .settled import arrange
from .streamed import StreamedTicks
from .windows import Windows

__all__ = ["CALL", "FINISHED", "INTERRUPTED", "MORE", "ROUNDS", "Machine", "cursors_of", "own_cursors", "stamp_of"]

_FAR = 2**62
_LEAST = 4 * layout.ROOM  # room at first; pages that stay empty are never touched


class Machine:
    """A run in memory, at some instant; `advance` moves it on (C1).

    Parameters
    ----------
    markets : list of Market
        One a symbol, in the run's order.
    plan : Plan
        The strategy: frames, series, slots and callbacks.
    rules : Rules
        Costs, limits and policies in whole units.
    values : list of dict
        For each symbol, indicator outputs by key.
    timers : (n,) int64
        Instants of `on_time`.
    python : bool
        Callbacks are CPython's.
    skip : bool
        False visits every tick, the definition (C6).
    """

    def __init__(self, markets, plan, rules, values, timers, *, python=False, skip=True):
        self.markets, self.plan, self.rules = markets, plan, rules
        self.flag = np.zeros(1, "i8")
        self.state = np.zeros(1, STATE)
        self.config = _config(plan, rules, python, skip)
        # Addresses go into the rows of symbols and frames; what lies there is kept here.
        self._columns = [_columns(market, rules) for market in markets]
        self.syms = _syms(markets, rules, self._columns)
        self.frames, columns = _frames(markets, plan, rules)
        series, flat = _series(plan, values, len(markets))
        self.forms = np.zeros(len(self.frames), BAR)
        self.wish = np.zeros(1, WISH)
        self.ints, self.floats = plan.ints.copy(), plan.floats.copy()
        self.iarr, self.farr = plan.iarr.copy(), plan.farr.copy()
        self._shared = {
            "config": frozen(self.config),
            "series": frozen(series),
            "schedule": frozen(_schedule(markets, rules, self._columns)),
            "columns": frozen(columns),
            "values": frozen(flat),
            "steps": frozen(plan.steps),
            "stepped": np.zeros(len(plan.steps)),
            "timers": frozen(np.asarray(timers, "i8")),
        }
        self.callbacks = [plan.callbacks[name] for name in CALLBACKS]
        state = self.state[0]
        state["pc"] = NEXT
        state["balance"] = state["peak"] = state["day_start"] = rules.cash
        state["now"] = rules.start - 1
        state["frame"] = -1
        state["unsure"] = 1
        # Where ticks are more than memory holds, only some of them are at hand.
        self.windows = Windows(self.market.ticks) if isinstance(self.market.ticks, StreamedTicks) else None
        self._bind()
        loop.close_bars(self.c)  # finds the first bar ends; at start - 1 nothing new has closed

    @property
    def columns(self):
        """The arrays that its rows of symbols point at, by symbol."""
        return self._columns

    @property
    def market(self):
        """That of the first symbol."""
        return self.markets[0]

    def _bind(self, growing=None):
        arrays = self._shared | {
            "state": self.state,
            "syms": self.syms,
            "frames": self.frames,
            "forms": self.forms,
            "wish": self.wish,
            "flag": self.flag,
            "ints": self.ints,
            "floats": self.floats,
            "iarr": self.iarr,
            "farr": self.farr,
        }
        arrays |= dict(zip(layout.GROWING, map(_roomier, growing or self._nothing())))
        self.c = layout.make_context(*(arrays[name] for name, _ in layout.FIELDS))

    @staticmethod
    def _nothing():
        return [np.empty(0, dtype) for dtype in (EVENT, "i8", ORDER, "i8", LOT, REQUEST)]

    def give(self, **arrays):
        """Go on with other series, schedule, columns, values or timers, by these names."""
        self._shared |= {name: frozen(array) for name, array in arrays.items()}
        layout.give(self.c, *(self._shared[name] for name in layout.GIVEN))

    def advance(self, until, *, limit=None, final=False):
        """Go on through every instant up to `until`; returns MORE, FINISHED, CALL, INTERRUPTED or ROUNDS.

        Parameters
        ----------
        until : int
            The last instant that may be visited; ticks after it are not looked at.
        limit : int, optional
            So many ticks of all symbols are there; left out, those stamped up to `until`.
        final : bool
            This is the end of the run: callbacks of its last instant, then `on_end` (C5).
        """
        state = self.state[0]
        if final:
            limits = self.tick_ends
        elif limit is None:
            limits = [int(np.searchsorted(market.ticks.ts, until, "right")) for market in self.markets]
        else:
            limits = cursors_of([market.ticks.ts for market in self.markets], until, limit)
        for y, there, end in zip(self.syms, limits, self.tick_ends):
            y["limit"] = max(int(y["first"]), min(there, end))
            y["seen_to"] = 0  # what was looked for ended where the ticks did
        state["until"] = until
        state["final"] = final
        if self.windows is None:
            return self._advance()
        try:
            return self._advance_through(int(self.syms[0]["limit"]))
        finally:
            self.windows.close()

    def _advance_through(self, limit):
        """The same where only some ticks are at hand: up to the last of these, then with the next ones (C4)."""
        state, y = self.state[0], self.syms[0]
        until, final = int(state["until"]), bool(state["final"])
        while True:
            y["limit"] = there = self.windows.move(self, limit)
            if there < limit:
                # What is due after the last tick at hand may be due after one that is not.
                state["until"] = min(until, self.windows.last_ts(there))
                state["final"] = False
            else:
                state["until"], state["final"] = until, final
            code = self._advance()
            if code != MORE or there == limit:
                return code

    def _advance(self):
        while True:
            code = loop.advance(self.c, *self.callbacks)
            if code != GROW:
                return code
            self._grow()

    def _grow(self):
        """Double what one step could fill: every open order, lot and request can write some events (`is_full`)."""
        still_open = layout.open_of(self.c)
        more = 16 * sum(map(len, still_open))
        layout.replace(
            self.c, *(_roomier(array, more) for array in (self.events, self.cursors, self.orders, *still_open))
        )
        if layout.is_full(self.c):
            raise AssertionError("the memory of the run grew and is still too small: a bug of ours, please report it")

    @cached_property
    def tick_ends(self):
        """For each symbol, the index after its last tick before `end`."""
        return [int(np.searchsorted(market.ticks.ts, self.rules.end, "left")) for market in self.markets]

    @property
    def tick_end(self):
        """How many ticks all symbols have taken at the end of the run, those before its start included."""
        return sum(self.tick_ends)

    @property
    def taken(self):
        """How many they have taken by now."""
        return int(self.syms["cursor"].sum())

    @property
    def events(self):
        """The journal so far."""
        return layout.events_of(self.c)

    @property
    def cursors(self):
        """For each event, how many ticks of all symbols had been taken when it was written."""
        return layout.cursors_of(self.c)

    @property
    def orders(self):
        """The order table so far."""
        return layout.orders_of(self.c)

    @property
    def ended(self):
        """Whether `on_end` has run."""
        return int(self.state[0]["pc"]) == ENDED

    def checkpoint(self, orders):
        """Everything that changes while running, of bounded size: journal and finished orders are not in it.

        `orders` is the full run's table, whose rows of finished orders this one shares.
        """
        if self.windows:
            self.windows.settle(self)
        working, lots, queue = layout.open_of(self.c)
        alive = np.union1d(working, queue["order"][queue["order"] > 0]) - 1
        alive = alive[alive < int(self.state[0]["n_orders"])].astype("i8")
        if self.rules.latency[0] != self.rules.latency[1]:
            # A request about an order that is done draws a latency too, and the next one another (F9).
            alive = np.union1d(alive, np.flatnonzero(self.orders["draws"] != orders["draws"][: len(self.orders)]))
        return *(part.copy() for part in self._parts), working, lots, queue, alive, self.orders[alive]

    @property
    def _parts(self):
        """The arrays that change in place, of a size that stays."""
        return self.state, self.syms, self.frames, self.forms, self.ints, self.floats, self.iarr, self.farr

    def restore(self, checkpoint, journal, orders):
        """Be as of a checkpoint again; `journal` and `orders` are the full run's, whose beginnings are this one's."""
        *parts, working, lots, queue, alive, rows = checkpoint
        for mine, kept in zip(self._parts, parts):
            mine[:] = kept
        if self.windows:
            self.windows.forget()
        n_events, n_orders = int(self.state[0]["n_events"]), int(self.state[0]["n_orders"])
        table = orders[:n_orders].copy()
        table[alive] = rows
        self._bind([journal[:n_events], np.zeros(n_events, "i8"), table, working, lots, queue])


def cursors_of(stamps, ts, taken):
    """For each symbol, how many of its ticks are among the first `taken` of all, the last of which is stamped ts.

    Of equal stamps the first symbol's come first (P6).

    Examples
    --------
    >>> cursors_of([np.array([1, 5, 5]), np.array([2, 5])], 5, 4)
    [3, 1]
    """
    if len(stamps) == 1:
        return [taken]
    before = [int(np.searchsorted(column, ts, "left")) for column in stamps]
    left = taken - sum(before)
    cursors = []
    for column, low in zip(stamps, before):
        here = min(max(left, 0), int(np.searchsorted(column, ts, "right")) - low)
        cursors.append(low + here)
        left -= here
    return cursors


def own_cursors(stamps, ts, taken):
    """The same for many instants: an (n, symbols) array.

    Parameters
    ----------
    stamps : list of (m,) int64
        Each symbol's ticks.
    ts, taken : (n,) int64
    """
    if len(stamps) == 1:
        return np.asarray(taken, "i8").reshape(-1, 1)
    before = np.array([np.searchsorted(column, ts, "left") for column in stamps]).T
    here = np.array([np.searchsorted(column, ts, "right") for column in stamps]).T - before
    left = (np.asarray(taken) - before.sum(axis=1))[:, None]
    # What the symbols named earlier took of the stamp is not there for the later ones.
    earlier = np.cumsum(here, axis=1) - here
    return before + np.clip(left - earlier, 0, here)


def stamp_of(stamps, taken):
    """The stamp of the last of the first `taken` ticks of all symbols, at least 1.

    Examples
    --------
    >>> stamp_of([np.array([1, 5, 5]), np.array([2, 5])], 3)
    5
    """
    if len(stamps) == 1:
        return int(stamps[0][taken - 1])
    low = min(int(column[0]) for column in stamps if len(column))
    high = max(int(column[-1]) for column in stamps if len(column))
    while low < high:
        middle = (low + high) // 2
        if sum(int(np.searchsorted(column, middle, "right")) for column in stamps) < taken:
            low = middle + 1
        else:
            high = middle
    return low


def _config(plan, rules, python, skip):
    config = np.zeros(1, CONFIG)
    g = config[0]
    g["start"], g["end"] = rules.start, rules.end
    g["python"], g["skip"] = python, skip
    g["close_at_end"] = rules.close_at_end
    for name in CALLBACKS:
        g["listens_" + name.removeprefix("on_")] = name in plan.defines
    g["hedging"], g["slips"], g["intrabar"] = rules.hedging, rules.slips, rules.intrabar
    g["commission"], g["rate"], g["maker_rate"] = rules.commission, rules.commission_rate, rules.maker_rate
    g["fee_least"], g["fee_most"] = rules.fee_least, rules.fee_most
    g["latency"], g["latency_most"] = rules.latency
    g["seed"] = rules.seed
    g["quoted"], g["participation"] = rules.quoted, rules.participation
    limits = rules.limits
    g["max_orders"], g["max_positions"], g["max_leverage"] = limits.orders, limits.positions, limits.leverage
    g["loss_kind"], g["loss"] = limits.daily_loss or (0, 0)
    g["drawdown_kind"], g["drawdown"] = limits.drawdown or (0, 0)
    g["limited"] = bool(limits.daily_loss or limits.drawdown)
    return config


def _columns(market, rules):
    """What a symbol's row points at: its columns, its base bars, its days."""
    ticks = market.ticks
    if isinstance(ticks, StreamedTicks):
        columns = {}  # `Windows` points at those at hand
    else:
        columns = {name: getattr(ticks, name) for name in ticks.COLUMNS if getattr(ticks, name) is not None}
    if rules.intrabar:
        if len(ticks) % 4:
            raise AssertionError("a run on bars has four ticks a bar, also of one that its end cuts: a bug of ours")
        # The order of a bar's extremes is decided while the run goes on, for this run alone (F10).
        bid, ask = ticks.bid.copy(), ticks.ask.copy()
        # Those whose first extreme was before the run came while it was flat.
        bars = np.arange(0, max(0, np.searchsorted(ticks.ts, rules.start, "left") - 1), 4)
        arrange(bid, ask, bars, np.zeros(len(bars)), MODELS[rules.intrabar])
        columns |= {"bid": bid, "ask": ask}
    days = boundaries("1d", market.symbol.anchor, rules.start, max(rules.start, rules.end) + 1)
    return columns | {"bars": market.base, "days": days}


def _syms(markets, rules, columns):
    syms = np.zeros(len(markets), SYM)
    for y, market, terms, arrays in zip(syms, markets, rules.symbols, columns, strict=True):
        symbol = market.symbol
        y["digits"], y["quantity_digits"] = symbol.digits, symbol.quantity_digits
        y["scale"], y["steps"] = 10.0**symbol.digits, 10.0**symbol.quantity_digits
        y["pip"] = symbol.pip_points
        y["contract"] = max(1, round(symbol.contract_size * 10**symbol.quantity_digits))
        y["least"] = max(1, round(symbol.least * 10**symbol.quantity_digits))
        y["largest"] = min(_FAR, round(symbol.largest * 10**symbol.quantity_digits))
        y["slippage"], y["slippage_most"] = terms.slippage, terms.slippage_most
        y["size_kind"], y["size"] = terms.size_kind, terms.size
        y["max_order"], y["max_position"] = terms.max_order, terms.max_position
        y["margin"], y["maintenance"] = terms.margin, terms.maintenance
        y["swap_long"], y["swap_short"] = terms.swap
        y["trades"] = terms.trades
        y["rated"], y["rate_symbol"] = terms.rate, terms.rate_symbol
        y["money_mul"], y["money_div"] = _money(symbol, terms, markets)
        for name, array in arrays.items():
            y[name] = array.ctypes.data
        y["n_bars"], y["n_days"] = len(market.base), len(arrays["days"])
        y["first"] = y["cursor"] = y["limit"] = np.searchsorted(market.ticks.ts, rules.start, "left")
        y["base"] = max(0, int(np.searchsorted(market.base["first"], y["first"], "right")) - 1)
        y["dirty"] = 1
    return syms


def _money(symbol, terms, markets):
    """(mul, div) of `costs.money`: one quote unit is 10^6 micro-units; the sum of a quote is twice its middle (U4)."""
    power = 6 - symbol.digits - symbol.quantity_digits
    mul, div = 10 ** max(power, 0), 10 ** max(-power, 0)
    one = 10 ** markets[terms.rate_symbol].symbol.digits
    if RATES[terms.rate] == "TIMES":
        div *= 2 * one
    elif RATES[terms.rate] == "OVER":
        mul *= 2 * one
    common = gcd(mul, div)
    return mul // common, div // common


def _schedule(markets, rules, columns):
    """What falls due and is known before: rollovers, symbols in order, then bookings, then new days for the limits."""
    rows = []
    for k, (market, terms, arrays) in enumerate(zip(markets, rules.symbols, columns)):
        days = arrays["days"]
        days = days[(days > rules.start) & (days < rules.end)]
        if any(terms.swap):
            nights = nights_of(days, market.symbol, terms.triple)
            rows += [(ts, ROLLOVER, k, n) for ts, n in zip(days.tolist(), nights) if n]
    rows += [(ts, kind, symbol, value) for ts, symbol, kind, value in rules.bookings if rules.start <= ts < rules.end]
    if rules.limits.daily_loss:
        days = columns[0]["days"]
        rows += [(ts, NEW_DAY, 0, 0) for ts in days[(days > rules.start) & (days <= rules.end)].tolist()]
    rows.sort(key=lambda row: row[0])  # stable: at one instant the order above
    return np.array(rows, SCHEDULED)


def nights_of(days, symbol, triple):
    """Nights of swap at each day boundary, by the trading date that ends there (F9); a market open always has one."""
    if symbol.days_a_year == 365:
        return [1] * len(days)
    weekdays = (trading_dates(days - 1, symbol.anchor) + 3) % 7  # day 0 was a Thursday
    return [3 if day == triple else 1 if day < 5 else 0 for day in weekdays.tolist()]


def _frames(markets, plan, rules):
    """Timeframe by timeframe, a row per symbol."""
    timeframes = list(plan.frames)
    minute = Timeframe(max(MINUTE, markets[0].period))
    if rules.limits.drawdown and minute not in timeframes:
        timeframes.append(minute)  # its ends are equity points
    frames = np.zeros(len(timeframes) * len(markets), FRAME)
    columns = []
    at = 0
    rows = [(timeframe, k) for timeframe in timeframes for k in range(len(markets))]
    for frame, (timeframe, k) in zip(frames, rows):
        market = markets[k]
        these = market.bars(timeframe)
        frame["us"], frame["symbol"] = timeframe.us, k
        frame["bars"], frame["count"] = these.ctypes.data, len(these)
        # Bars that ended by the start were the warm-up's: known, but no callback's (S8).
        frame["closed"] = np.searchsorted(these["end"], rules.start, "right")
        frame["listens"] = timeframe in plan.listens and rules.symbols[k].trades
        frame["points"] = timeframe == minute and rules.limits.drawdown is not None
        frame["form"] = -1
        frame["columns"] = -1
        if timeframe in plan.bars_frames:
            frame["columns"], frame["room"] = at, len(these)
            columns.append(market.columns(timeframe))
            at += len(columns[-1])
    return frames, _joined(columns, "f8")


def _series(plan, values, n):
    """Output by output, a row per symbol."""
    series = np.zeros(len(plan.nodes) * n, SERIES)
    offset = 0
    arrays = []
    placed = {}
    rows = [(key, k) for key in plan.nodes for k in range(n)]
    for row, (key, k) in zip(series, rows):
        # One that names its symbol has that symbol's values, whichever callback reads it.
        k = next((j for j in range(n) if key in values[j]), k) if key not in values[k] else k
        frame = plan.frames.index(key.timeframe) * n + k
        if (key, k) not in placed:
            placed[key, k] = offset
            arrays.append(values[k][key])
            offset += len(arrays[-1])
        row["offset"], row["frame"] = placed[key, k], frame
    return series, _joined(arrays, "f8")


def _roomier(array, more=0):
    """The same in an array of twice the room, at least, and `more`."""
    grown = np.zeros(2 * len(array) + _LEAST + more, array.dtype)
    grown[: len(array)] = array
    return grown


def _joined(arrays, dtype):
    if len(arrays) == 1:
        return arrays[0]  # the usual case copies nothing
    return np.concatenate(arrays) if arrays else np.empty(0, dtype)
