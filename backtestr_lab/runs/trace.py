"""The strategy's own variables at any instant (T3).

Recording every change of every variable would cost more than the run. Instead the run is driven a second time, once,
and its memory copied now and then; a question restores the nearest copy and drives on from there. The engine is
deterministic (C4), so what it then holds is what it held.
"""

import numpy as np

from ..engine.layout import CALL, CALLBACKS
from .machine import MORE

__all__ = ["Trace", "drive"]

_CHECKPOINTS = 2000
_LEAST = 2000  # ticks between two
_BYTES = 256 * 2**20  # all checkpoints together


class Trace:
    """Checkpoints of a run.

    Parameters
    ----------
    make_machine : callable
        A fresh machine at the run's start.
    journal, orders : arrays
        The full run's, which every re-run repeats.
    until : int
        Tick count up to which the run came.
    """

    def __init__(self, make_machine, journal, orders, until):
        self._machine = machine = make_machine()
        self._journal, self._orders = journal, orders
        self._ts = machine.market.ticks.ts
        first = int(machine.syms[0]["first"])
        size = sum(a.nbytes for a in (machine.ints, machine.floats, machine.iarr, machine.farr)) + 4096
        count = max(1, min(_CHECKPOINTS, _BYTES // size))
        step = max(_LEAST, (until - first) // count)
        self._cursors = [first]
        self._kept = [self._keep()]
        for limit in range(first + step, until, step):
            if drive(machine, int(self._ts[limit - 1]), limit) != MORE:
                break
            self._cursors.append(limit)
            self._kept.append(self._keep())

    def _keep(self):
        callbacks = getattr(self._machine, "python_callbacks", None)
        return self._machine.checkpoint(self._orders), callbacks and callbacks.save()

    def at(self, ts, cursor):
        """The machine as of instant `ts` with `cursor` ticks taken."""
        k = max(0, int(np.searchsorted(self._cursors, cursor, "right")) - 1)
        # A checkpoint stands at the last tick it took; what came between that and `ts` is still to come.
        checkpoint, saved = self._kept[k]
        machine = self._machine
        machine.restore(checkpoint, self._journal, self._orders)
        if saved:
            machine.python_callbacks.load(saved, machine)
        drive(machine, ts, cursor)
        return machine


def drive(machine, until, limit):
    """Advance to an instant with so many ticks taken, running Python's callbacks; returns why it stopped."""
    while True:
        code = machine.advance(until, limit=limit)
        if code != CALL:
            return code
        getattr(machine.python_callbacks, CALLBACKS[int(machine.state[0]["call"])])()
