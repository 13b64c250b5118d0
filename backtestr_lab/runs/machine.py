"""One engine with its memory: what `backtest` drives forward and time travel drives again."""

from functools import cached_property

import numpy as np

from ..bars import boundaries
from ..engine import layout, loop
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
    NEXT,
    REQUEST,
    ROUNDS,
    SERIES,
    STATE,
    SYM,
    WISH,
)
from ..jit import frozen
from ..records import BAR, EVENT, ORDER

__all__ = ["CALL", "FINISHED", "INTERRUPTED", "MORE", "ROUNDS", "Machine"]

_FAR = 2**62
_LEAST = 4 * layout.ROOM  # room at first; pages that stay empty are never touched
_NONE = frozen(np.empty(0, "i8"))


class Machine:
    """A run in memory, at some instant; `advance` moves it on (C1).

    Parameters
    ----------
    market : Market
    plan : Plan
        The strategy: frames, series, slots and callbacks.
    rules : Rules
        Costs, limits and policies in whole units.
    values : dict
        Indicator outputs by key, from `Graph.evaluate`.
    timers : (n,) int64
        Instants of `on_time`.
    python : bool
        Callbacks are CPython's.
    skip : bool
        False visits every tick, the definition (C6).
    """

    def __init__(self, market, plan, rules, values, timers, *, python=False, skip=True):
        self.market, self.plan, self.rules = market, plan, rules
        ticks = market.ticks
        self.flag = np.zeros(1, "i8")
        self.state = np.zeros(1, STATE)
        self.config = _config(plan, rules, python, skip)
        self.syms = _syms(market, rules)
        self.frames, bars, columns = _frames(market, plan, rules.start)
        series, flat = _series(plan, values)
        self.forms = np.zeros(len(self.frames), BAR)
        self.wish = np.zeros(1, WISH)
        self.ints, self.floats = plan.ints.copy(), plan.floats.copy()
        self.iarr, self.farr = plan.iarr.copy(), plan.farr.copy()
        self._shared = {
            "config": frozen(self.config),
            "series": frozen(series),
            "ts": frozen(ticks.ts),
            "bid": frozen(ticks.bid),
            "ask": frozen(ticks.ask),
            "bid_size": _NONE if ticks.bid_size is None else frozen(ticks.bid_size),
            "ask_size": _NONE if ticks.ask_size is None else frozen(ticks.ask_size),
            "volume": _NONE if ticks.volume is None else frozen(ticks.volume),
            "base": frozen(market.base),
            "bars": frozen(bars),
            "columns": frozen(columns),
            "values": frozen(flat),
            "steps": frozen(plan.steps),
            "stepped": np.zeros(len(plan.steps)),
            "timers": frozen(np.asarray(timers, "i8")),
            "days": frozen(boundaries("1d", market.symbol.anchor, rules.start, rules.end + 1)),
        }
        self.callbacks = [plan.callbacks[name] for name in CALLBACKS]
        state = self.state[0]
        state["pc"] = NEXT
        state["balance"] = rules.cash
        state["now"] = rules.start - 1
        state["frame"] = -1
        self._bind()
        loop.close_bars(self.c)  # finds the first bar ends; at start - 1 nothing new has closed

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

    def advance(self, until, *, limit=None, final=False):
        """Go on through every instant up to `until`; returns MORE, FINISHED, CALL, INTERRUPTED or ROUNDS.

        Parameters
        ----------
        until : int
            The last instant that may be visited; ticks after it are not looked at.
        limit : int, optional
            Ticks with an index below are there; left out, those stamped up to `until`.
        final : bool
            This is the end of the run: callbacks of its last instant, then `on_end` (C5).
        """
        y, state = self.syms[0], self.state[0]
        if final:
            limit = self.tick_end
        elif limit is None:
            limit = int(np.searchsorted(self._shared["ts"], until, "right"))
        y["limit"] = max(int(y["first"]), min(limit, self.tick_end))
        state["until"] = until
        state["final"] = final
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
    def tick_end(self):
        """Index after the last tick of the run: those before `end`."""
        return int(np.searchsorted(self._shared["ts"], self.rules.end, "left"))

    @property
    def events(self):
        """The journal so far."""
        return layout.events_of(self.c)

    @property
    def cursors(self):
        """For each event, how many ticks had been taken when it was written."""
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
        n_events, n_orders = int(self.state[0]["n_events"]), int(self.state[0]["n_orders"])
        table = orders[:n_orders].copy()
        table[alive] = rows
        self._bind([journal[:n_events], np.zeros(n_events, "i8"), table, working, lots, queue])


def _config(plan, rules, python, skip):
    config = np.zeros(1, CONFIG)
    g = config[0]
    g["start"], g["end"] = rules.start, rules.end
    g["python"], g["skip"] = python, skip
    g["close_at_end"] = rules.close_at_end
    for name in CALLBACKS:
        g["listens_" + name.removeprefix("on_")] = name in plan.defines
    g["slippage"] = rules.slippage
    g["commission"], g["rate"] = rules.commission, rules.commission_rate
    g["size"] = rules.size
    g["latency"], g["latency_most"] = rules.latency
    g["seed"] = rules.seed
    g["quoted"], g["participation"] = rules.quoted, rules.participation
    return config


def _syms(market, rules):
    symbol = market.symbol
    syms = np.zeros(1, SYM)
    y = syms[0]
    y["digits"], y["quantity_digits"] = symbol.digits, symbol.quantity_digits
    y["scale"], y["steps"] = 10.0**symbol.digits, 10.0**symbol.quantity_digits
    y["pip"] = symbol.pip_points
    y["contract"] = max(1, round(symbol.contract_size * 10**symbol.quantity_digits))
    y["least"] = max(1, round(symbol.least * 10**symbol.quantity_digits))
    y["largest"] = min(_FAR, round(symbol.largest * 10**symbol.quantity_digits))
    y["margin"] = rules.margin
    y["inverse"] = rules.inverse
    # One quote unit is 10^6 micro-units; in the base currency it is divided by the middle, (bid + ask) / 2 points (U4).
    power = 6 - symbol.quantity_digits - (0 if rules.inverse else symbol.digits)
    y["money_mul"] = 10 ** max(power, 0) * (2 if rules.inverse else 1)
    y["money_div"] = 10 ** max(-power, 0)
    y["first"] = y["cursor"] = y["limit"] = np.searchsorted(market.ticks.ts, rules.start, "left")
    y["base"] = max(0, int(np.searchsorted(market.base["first"], y["first"], "right")) - 1)
    y["dirty"] = 1
    return syms


def _frames(market, plan, start):
    frames = np.zeros(len(plan.frames), FRAME)
    columns = []
    offset = at = 0
    for frame, timeframe in zip(frames, plan.frames):
        these = market.bars(timeframe)
        frame["us"] = timeframe.us
        frame["offset"], frame["count"] = offset, len(these)
        # Bars that ended by the start were the warm-up's: known, but no callback's (S8).
        frame["closed"] = np.searchsorted(these["end"], start, "right")
        frame["listens"] = timeframe in plan.listens
        frame["form"] = -1
        frame["columns"] = -1
        offset += len(these)
        if timeframe in plan.bars_frames:
            frame["columns"] = at
            columns.append(market.columns(timeframe))
            at += len(columns[-1])
    bars = market.joined(plan.frames) if plan.frames else np.empty(0, BAR)
    return frames, bars, _joined(columns, "f8")


def _series(plan, values):
    series = np.zeros(len(plan.nodes), SERIES)
    offset = 0
    arrays = [values[key] for key in plan.nodes]
    for row, key, array in zip(series, plan.nodes, arrays):
        row["offset"], row["frame"] = offset, plan.frames.index(key.timeframe)
        offset += len(array)
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
