"""The line of the strategy that wrote an event: its callbacks once more, in CPython, watched (S2, S5)."""

import sys
from contextlib import suppress
from dataclasses import replace

from ..engine.layout import CALL, CALLBACKS

__all__ = ["line_of"]


def line_of(job, until, count, event):
    """1-based line of the cell or file, or None where no callback wrote it or the text is not to be had.

    Parameters
    ----------
    job : Job
    until, count : int
        The instant and the count of ticks by which the event was written.
    event : int
        Its index in the journal.
    """
    with suppress(Exception):  # a hint in a message must not replace the message
        return _line(job, until, count, event)
    return None


def _line(job, until, count, event):
    from ..strategy.lower import prepare
    from .backtest import fresh_machine

    plan = job.plan
    if not job.python:
        again = {"namespace": plan.program.namespace, "timeframe": job.bars, "symbols": plan.symbols}
        plan = prepare(plan.model.cls, plan.params, python=True, **again)
    machine = fresh_machine(replace(job, plan=plan, python=True, graphs=()))
    state, last = machine.state[0], [None]

    def watch(frame, what, _):
        if frame.f_code.co_filename != plan.filename:
            return None
        if what == "line" and state["n_events"] <= event:
            last[0] = frame.f_lineno
        return watch

    while machine.advance(until, limit=count) == CALL:
        callback = getattr(machine.python_callbacks, CALLBACKS[int(state["call"])])
        last[0] = None
        before = sys.gettrace()
        sys.settrace(watch)
        try:
            callback()
        finally:
            sys.settrace(before)
        if state["n_events"] > event:
            return last[0]
    return None
