"""The clock (C1-C6): every instant, every tick, in the order the rules give."""

import math

from .agenda import agenda, days
from .ambiguity import mark_ambiguous, note_levels
from .bookings import carry_out
from .context import Context
from .fills import fill
from .grid import SECOND, length
from .intrabar import OPEN, settle_extremes
from .losses import new_day, watch_losses
from .machine import Machine
from .matching import match
from .positions import closing_order, positions
from .requests import due, fall_due

ROUNDS = 1_000  # C1
TOLD_AS_FILL = ("PARTIAL_FILL", "FILLED")
TOLD_TO_NOBODY = ("SUBMITTED", "SWAP", "BOOKING", "LIMIT_BREACH", "STOP_OUT", "TRADING_STOPPED")


class TickOrderError(ValueError):
    """A tick is older than its predecessor (R12)."""


class StrategyError(Exception):
    """The strategy and the engine answer each other without end (C1)."""


def prepare(ticks, policy):
    """Check the order of the ticks, give each its sizes, and apply the policies that act before all (R12, R13)."""
    ticks = [(*tick, 0, 0, 0)[:6] for tick in ticks]
    for (before, *_), (after, *_) in zip(ticks, ticks[1:]):
        if after < before:
            raise TickOrderError(f"a tick of {after} follows one of {before}")
    if policy == "drop":
        return [tick for tick in ticks if tick[1] <= tick[2]]
    if policy == "swap":
        return [(t[0], t[2], t[1], t[4], t[3], t[5]) if t[1] > t[2] else t for t in ticks]
    return ticks


def merged(columns):
    """[(ts, symbol, index)] by time, of equal stamps the first symbol's first, each symbol's in their order (P6)."""
    return sorted((tick[0], symbol, i) for symbol, ticks in enumerate(columns) for i, tick in enumerate(ticks))


def span(columns, config):
    """(start, end) of the run, defaults filled in by the ticks of the symbols that trade."""
    stamps = [tick[0] for ticks, spec in zip(columns, config.specs) if spec.trades for tick in ticks] or [0]
    start = config.start if config.start is not None else min(stamps)
    if config.end is not None:
        return start, config.end
    last = max(stamps)
    minute = 60 * SECOND
    return start, last - last % minute + minute


class Clock:
    """One run, from its beginning as far as it is asked to go."""

    def __init__(self, ticks, strategy, config):
        self.machine = Machine(config)
        self.strategy = strategy
        self.context = Context(self.machine)
        self.listen = config.listen
        self.columns = [prepare(column, config.crossed) for column in (ticks if config.others else [ticks])]
        self.start, self.end = span(self.columns, config)
        ticks = merged(self.columns)
        first = config.warmup_start if config.warmup_start is not None else -math.inf
        self.warmup = [place for place in ticks if first <= place[0] < self.start]
        self.ticks = [place for place in ticks if self.start <= place[0] < self.end]
        for ts, symbol, i in ticks:
            if config.intrabar and ts < self.start:
                settle_extremes(self.columns[symbol], i, 0, config.intrabar)
        self.taken = 0
        self.rounds = 0  # of delivery in this step
        self.agenda = agenda(config, self.start, self.end)
        self.resets = days(config.anchor, self.start, self.end) if config.daily_loss else []
        self.timers = sorted({t for t in config.timers if self.start <= t < self.end})

    def warm_up(self, until):
        """Bars of the ticks before the start, and no more than that (S8)."""
        for ts, symbol, i in self.warmup:
            if ts <= until:
                for series in self.machine.markets[symbol].series.values():
                    series.close(ts)
                    series.add(self.columns[symbol][i])
        for market in self.machine.markets:
            for series in market.series.values():
                series.close(min(until, self.start))

    def advance(self, until, ticks_there=None):
        """Visit every instant up to and including `until`; of its ticks all, or as many as asked for (C1, T1)."""
        until = min(until, self.end)
        while (t := self.next_instant()) is not None and t <= until:
            cut = ticks_there if t == until else None
            self.visit(t, cut)
            if cut is not None:
                return

    def next_instant(self):
        """The earliest bar's end, due time, timer or tick."""
        machine = self.machine
        coming = [r.due for r in machine.queue] + [item.ts for item in self.agenda[:1]]
        coming += self.timers[:1] + self.resets[:1]
        if self.taken < len(self.ticks):
            coming.append(self.ticks[self.taken][0])
        for market in machine.markets:
            coming += [series.forming.end for series in market.series.values() if series.forming]
        return min(coming, default=None)

    def visit(self, t, ticks_there=None):
        """The five steps of one instant (C1)."""
        machine = self.machine
        machine.now = t
        self.rounds = 0

        machine.phase = "CLOSE"
        closed = [
            bar
            for market in machine.markets
            for series in market.series.values()
            if (bar := series.close(t)) is not None
        ]

        machine.phase = "DUE"
        self.settle()

        machine.phase = "POINT"
        if self.resets[:1] == [t]:
            self.resets.pop(0)
            new_day(machine)
        if any(bar.timeframe == machine.config.minute for bar in closed):
            machine.point()

        machine.phase = "CALL"
        for bar in sorted(closed, key=lambda bar: (length(bar.timeframe), bar.symbol)):
            if bar.timeframe in self.listen and machine.markets[bar.symbol].spec.trades:
                self.call("on_bar", bar.symbol, bar)
        if self.timers[:1] == [t]:
            self.timers.pop(0)
            self.call("on_time", 0, t)
        self.settle()

        machine.phase = "TICK"
        count = 0
        while self.taken < len(self.ticks) and self.ticks[self.taken][0] == t and count != ticks_there:
            self.taken += 1
            count += 1
            _, symbol, i = self.ticks[self.taken - 1]
            self.take(machine.markets[symbol], i)

    def take(self, market, i):
        """One tick (C1 step 5)."""
        machine = self.machine
        self.rounds = 0
        column, way = self.columns[market.index], machine.config.intrabar
        if way:
            settle_extremes(column, i, market.net, way)
        tick = column[i]
        market.take(tick, i)
        if way and i % 4 == OPEN:
            note_levels(machine, market)
        match(machine, market)
        watch_losses(machine)
        for series in market.series.values():
            series.add(tick)
        self.deliver()
        if market.spec.trades:
            several = (market.index,) if machine.config.others else ()
            self.call("on_tick", market.index, tick[:3] + several)
        self.settle()

    def settle(self):
        """DUE, first of it what was scheduled before the run, and delivery in turn until nothing is due (C1)."""
        while self.agenda and self.agenda[0].ts <= self.machine.now:
            carry_out(self.machine, self.agenda.pop(0))
        fall_due(self.machine)
        self.deliver()
        while due(self.machine):
            fall_due(self.machine)
            self.deliver()

    def deliver(self):
        """Tell the strategy all it has not heard; what it causes by listening makes a further round (C1)."""
        machine = self.machine
        while machine.delivered < len(machine.journal):
            self.rounds += 1
            if self.rounds > ROUNDS:
                raise StrategyError(f"more than {ROUNDS:,} rounds at {machine.now}")
            upto = len(machine.journal)
            while machine.delivered < upto:
                event = machine.journal[machine.delivered]
                machine.delivered += 1
                if event.kind not in TOLD_TO_NOBODY:
                    self.call("on_fill" if event.kind in TOLD_AS_FILL else "on_order", event.symbol, event)

    def call(self, name, symbol, *told):
        """A callback about a symbol."""
        callback = getattr(self.strategy, name, None)
        if callback is not None:
            self.context.symbol = symbol
            callback(self.context, *told)

    def finish(self):
        """After the last instant: close if asked to, then `on_end` (C5)."""
        machine = self.machine
        machine.now, machine.phase = self.end, "END"
        if machine.config.close_at_end:
            for market in machine.markets:
                for position in positions(machine, market):
                    order = closing_order(machine, position, "END")
                    fill(machine, market, order, market.entering(order.side), math.inf)
        if machine.config.intrabar:
            mark_ambiguous(machine, self.columns, self.ticks)
        machine.ended = True
        self.call("on_end", 0)
