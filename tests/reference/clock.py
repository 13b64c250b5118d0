"""The clock (C1-C6): every instant, every tick, in the order the rules give."""

import math

from .context import Context
from .fills import fill, slipped
from .grid import SECOND, length
from .machine import Machine
from .matching import match
from .requests import due, fall_due
from .submission import submit_end

ROUNDS = 1_000  # C1
TOLD_AS_FILL = ("PARTIAL_FILL", "FILLED")
TOLD_TO_NOBODY = ("SUBMITTED", "BOOKING", "SWAP")


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


def span(ticks, config):
    """(start, end) of the run, defaults filled in."""
    start = config.start if config.start is not None else ticks[0][0] if ticks else 0
    if config.end is not None:
        return start, config.end
    last = ticks[-1][0] if ticks else 0
    minute = 60 * SECOND
    return start, last - last % minute + minute


class Clock:
    """One run, from its beginning as far as it is asked to go."""

    def __init__(self, ticks, strategy, config):
        self.machine = Machine(config)
        self.strategy = strategy
        self.context = Context(self.machine)
        self.listen = config.listen
        ticks = prepare(ticks, config.crossed)
        self.start, self.end = span(ticks, config)
        first = config.warmup_start if config.warmup_start is not None else ticks[0][0] if ticks else 0
        self.warmup = [tick for tick in ticks if first <= tick[0] < self.start]
        self.ticks = [tick for tick in ticks if self.start <= tick[0] < self.end]
        self.taken = 0
        self.rounds = 0  # of delivery in this step
        self.timers = sorted({t for t in config.timers if self.start <= t < self.end})

    def warm_up(self, until):
        """Bars of the ticks before the start, and no more than that (S8)."""
        market = self.machine.markets[0]
        for tick in self.warmup:
            if tick[0] <= until:
                for series in market.series.values():
                    series.close(tick[0])
                    series.add(tick)
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
        coming = [r.due for r in machine.queue] + self.timers[:1]
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
            (market, bar)
            for market in machine.markets
            for series in market.series.values()
            if (bar := series.close(t)) is not None
        ]

        machine.phase = "DUE"
        self.settle()

        machine.phase = "POINT"
        if any(bar.timeframe == "1m" for _, bar in closed):
            machine.point()

        machine.phase = "CALL"
        for _, bar in sorted(closed, key=lambda pair: (length(pair[1].timeframe), pair[0].index)):
            if bar.timeframe in self.listen:
                self.call("on_bar", bar)
        if self.timers[:1] == [t]:
            self.timers.pop(0)
            self.call("on_time", t)
        self.settle()

        machine.phase = "TICK"
        count = 0
        while self.taken < len(self.ticks) and self.ticks[self.taken][0] == t and count != ticks_there:
            self.taken += 1
            count += 1
            self.take(machine.markets[0], self.ticks[self.taken - 1])

    def take(self, market, tick):
        """One tick (C1 step 5)."""
        self.rounds = 0
        market.take(tick)
        match(self.machine, market)
        for series in market.series.values():
            series.add(tick)
        self.deliver()
        self.call("on_tick", tick[:3])
        self.settle()

    def settle(self):
        """DUE and delivery in turn until nothing is due (C1)."""
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
                    self.call("on_fill" if event.kind in TOLD_AS_FILL else "on_order", event)

    def call(self, name, *arguments):
        callback = getattr(self.strategy, name, None)
        if callback is not None:
            callback(self.context, *arguments)

    def finish(self):
        """After the last instant: close if asked to, then `on_end` (C5)."""
        machine = self.machine
        machine.now, machine.phase = self.end, "END"
        if machine.config.close_at_end:
            for market in machine.markets:
                if market.net:
                    order = submit_end(machine, market)
                    fill(machine, market, order, slipped(market, order.side, market.entering(order.side)), math.inf)
        machine.ended = True
        self.call("on_end")
