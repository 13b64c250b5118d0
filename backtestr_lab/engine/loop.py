"""The clock (C1): one instant after another, one step after another, resumable at every callback.

`advance` is a state machine whose program counter lives in the run's memory. It runs until its bound, until it is
interrupted, or, when callbacks are Python's, until one is due; called again it goes on where it stopped. Chunks,
interrupts, time travel and callbacks in CPython are therefore the same thing.
"""

from numba import types

from ..jit import kernel, load_atomic, part
from .codes import EV_FILLED, EV_PARTIAL_FILL, EV_SUBMITTED, EV_SWAP, IN_CALL, IN_DUE, IN_END, IN_TICK
from .columns import bars_of, ts_of
from .layout import (
    CALL,
    CALL_BARS,
    CALL_ON_TICK,
    CALL_TIME,
    CALLBACK,
    CLOSE,
    CTX,
    DELIVER,
    DUE,
    END_CALL,
    END_CLOSE,
    ENDED,
    FINISHED,
    GROW,
    INTERRUPTED,
    MORE,
    NEVER,
    NEXT,
    ON_BAR,
    ON_END,
    ON_FILL,
    ON_ORDER,
    ON_TICK,
    ON_TIME,
    POINT,
    ROUNDS,
    TICK,
    TOLD,
    is_full,
)
from .limits import begin_day, can_lose, note_peak, watch
from .matching import close_at_end, match
from .queue import is_due
from .requests import do_due
from .schedule import do_scheduled, next_scheduled
from .skip import can_fill, next_symbol, next_tick, take_tick

MOST_ROUNDS = 1000  # of delivery in one step (C1)


@kernel
def close_bars(c):
    """Count the bars that have ended by now, and find the next ends (C2: by the clock, not by the next tick)."""
    s = c.state[0]
    now = s["now"]
    next_any = NEVER
    next_listened = NEVER
    for f in range(len(c.frames)):
        frame = c.frames[f]
        bars = bars_of(c, f)
        n = frame["closed"]
        while n < frame["count"] and bars[n]["end"] <= now:
            n += 1
        frame["closed"] = n
        if n < frame["count"]:
            end = bars[n]["end"]
            next_any = min(next_any, end)
            if frame["listens"] or frame["points"]:
                next_listened = min(next_listened, end)
    s["next_any"] = next_any
    s["next_listened"] = next_listened if next_listened <= c.config[0]["end"] else NEVER


@kernel
def closed_now(c, f):
    """Whether the last bar of a row of `frames` ends at this very instant."""
    now = c.state[0]["now"]
    n = c.frames[f]["closed"]
    # A bar that ends at the start was the warm-up's (S8).
    return n > 0 and now > c.config[0]["start"] and bars_of(c, f)[n - 1]["end"] == now


@part
def next_closed(c, f):
    """The first row of `frames` from f on that is listened to and whose last bar closed now, or -1."""
    while f < len(c.frames):
        if c.frames[f]["listens"] and closed_now(c, f):
            return f
        f += 1
    return -1


@part
def pass_point(c):
    """The day's reset, and the peak if a 1m bar closed (C1.3, P7)."""
    if c.state[0]["new_day"]:
        begin_day(c)
    for f in range(len(c.frames)):
        if c.frames[f]["points"] and closed_now(c, f):
            note_peak(c)
            break


@kernel
def next_event(c):
    """The next undelivered event somebody listens to: the callback it is for, or -1 when all is told."""
    s = c.state[0]
    g = c.config[0]
    if g["listens_fill"] == 0 and g["listens_order"] == 0:
        s["told"] = s["n_events"]
        return -1
    while s["told"] < s["n_events"]:
        i = s["told"]
        if i == s["mark"]:  # what follows was written while this delivery ran: a further round
            s["rounds"] += 1
            s["mark"] = s["n_events"]
        s["told"] += 1
        kind = c.events[i]["kind"]
        s["symbol"] = c.events[i]["symbol"]
        if kind in (EV_FILLED, EV_PARTIAL_FILL):
            if g["listens_fill"]:
                s["event"] = i
                return ON_FILL
        elif kind < EV_SWAP and kind != EV_SUBMITTED and g["listens_order"]:
            s["event"] = i
            return ON_ORDER
    return -1


@kernel(types.int64(CTX, CALLBACK, CALLBACK, CALLBACK, CALLBACK, CALLBACK, CALLBACK))
def advance(c, on_bar, on_tick, on_time, on_fill, on_order, on_end):
    """Run the clock up to `state.until`; returns MORE, FINISHED, CALL, INTERRUPTED, ROUNDS or GROW.

    GROW asks for larger arrays (`layout.replace`); CALL for callback `state.call` to be run (config.python only). Then
    the caller calls `advance` again.
    """
    s = c.state[0]
    g = c.config[0]
    y = c.syms[0]
    python = g["python"]
    ticks_matter = g["listens_tick"]
    alone = len(c.syms) == 1 and g["intrabar"] == 0
    ts = ts_of(c, 0)
    flag = c.flag
    timers = c.timers
    pc = s["pc"]
    while True:
        if is_full(c):
            s["pc"] = pc
            return GROW

        if pc == NEXT:
            if load_atomic(flag):
                s["pc"] = pc
                return INTERRUPTED
            stop = s["next_listened"]
            if s["n_queue"] > 0:
                stop = min(stop, c.queue[0]["due"])
            if s["timer"] < len(timers):
                stop = min(stop, timers[s["timer"]])
            stop = min(stop, next_scheduled(c))
            k = 0
            if not alone:
                k = next_symbol(c, stop)
                i = take_tick(c, k) if k >= 0 else -1
            else:
                if ticks_matter:
                    i = y["cursor"]
                    if i >= y["limit"] or ts[i] >= stop:
                        i = -1
                else:
                    i = next_tick(c, 0, stop)
                if i >= 0:
                    y["cursor"] = i + 1
            s["rounds"] = 0
            if i >= 0:
                s["now"] = ts_of(c, k)[i]
                s["ticked"] = k
                s["visited"] += 1
                pc = TICK
            elif stop <= s["until"]:
                s["now"] = stop
                pc = CLOSE
            elif s["final"]:
                s["now"] = g["end"]
                pc = END_CLOSE
            else:
                s["pc"] = pc
                return MORE

        elif pc == TICK:
            if s["now"] >= s["next_any"]:
                close_bars(c)
            s["phase"] = IN_TICK
            pc = ON_TICK
            s["then"] = ON_TICK
            k = s["ticked"]
            i = c.syms[k]["cursor"] - 1
            if s["n_working"] > 0 and can_fill(c, k, i):
                match(c, k, i)
                pc = TOLD
            if (s["n_lots"] > 0 or g["limited"]) and can_lose(c, k, i):
                watch(c)
                pc = TOLD

        elif pc == ON_TICK:
            s["then"] = NEXT
            pc = DUE
            if ticks_matter and c.syms[s["ticked"]]["trades"]:
                s["call"] = CALL_ON_TICK
                s["symbol"] = s["ticked"]
                if python:
                    s["pc"] = pc
                    return CALL
                on_tick(c)
            if s["n_queue"] == 0 and s["told"] == s["n_events"]:
                pc = NEXT

        elif pc == CLOSE:
            close_bars(c)
            s["phase"] = IN_DUE
            s["then"] = POINT if g["limited"] else CALL_BARS
            s["frame"] = -1
            do_scheduled(c)
            pc = DUE if is_due(c) else s["then"]

        elif pc == DUE:
            do_due(c)
            pc = DELIVER

        elif pc in (DELIVER, TOLD):
            call = next_event(c)
            if s["rounds"] > MOST_ROUNDS:
                s["pc"] = pc
                return ROUNDS
            if call < 0:
                pc = DUE if pc == DELIVER and is_due(c) else s["then"]
            else:
                s["call"] = call
                if python:
                    s["pc"] = pc
                    return CALL
                if call == ON_FILL:
                    on_fill(c)
                else:
                    on_order(c)

        elif pc == POINT:
            pass_point(c)
            pc = CALL_BARS

        elif pc == CALL_BARS:
            s["phase"] = IN_CALL
            f = next_closed(c, s["frame"] + 1)
            s["frame"] = f
            if f < 0:
                pc = CALL_TIME
            else:
                s["call"] = ON_BAR
                s["symbol"] = c.frames[f]["symbol"]
                if python:
                    s["pc"] = pc
                    return CALL
                on_bar(c)

        elif pc == CALL_TIME:
            s["then"] = NEXT
            s["symbol"] = 0
            pc = DUE
            if s["timer"] < len(timers) and timers[s["timer"]] == s["now"]:
                s["timer"] += 1
                s["call"] = ON_TIME
                if python:
                    s["pc"] = pc
                    return CALL
                on_time(c)
            if s["n_queue"] == 0 and s["told"] == s["n_events"]:
                pc = NEXT

        elif pc == END_CLOSE:
            s["phase"] = IN_END
            s["over"] = 1
            close_bars(c)
            if g["close_at_end"]:
                close_at_end(c)
            pc = END_CALL

        elif pc == END_CALL:
            pc = ENDED
            s["symbol"] = 0
            if g["listens_end"]:
                s["call"] = ON_END
                if python:
                    s["pc"] = pc
                    return CALL
                on_end(c)

        else:
            s["pc"] = ENDED
            return FINISHED
