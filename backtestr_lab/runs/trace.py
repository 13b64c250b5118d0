"""The strategy's own variables at any instant (T3).

Recording every change of every variable would cost more than the run. Instead the run is driven a second time, once,
and its memory copied now and then; a question restores the nearest copy and drives on from there. The engine is
deterministic (C4), so what it then holds is what it held.
"""

from threading import RLock
from types import SimpleNamespace

import numpy as np

from ..engine.layout import CALL, CALLBACKS
from ..errors import StrategyError
from ..jit import frozen
from .machine import MORE, own_cursors, stamp_of

__all__ = ["Trace", "drive"]

_CHECKPOINTS = 2000
_LEAST = 2000  # ticks between two
_BYTES = 256 * 2**20  # all checkpoints together
_ROWS_BYTES = 8 * 2**20  # copies of the memory held at once while many instants are sampled
_MEMORY = ("ints", "floats", "iarr", "farr")


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
    stopped : int, optional
        The instant at which it was stopped: what ran then may never end, or raises again, so nothing is driven there
        and the variables are those it had before.
    """

    def __init__(self, make_machine, journal, orders, until, stopped=None):
        # A notebook's widget is answered in a thread of its own, while a cell may ask too; there is one machine.
        self._turn = RLock()
        self._machine = machine = make_machine()
        self._journal, self._orders = journal, orders
        self._stamps = [market.ticks.ts for market in machine.markets]
        self._last = None if stopped is None else stopped - 1
        if stopped is not None:
            until = min(until, sum(int(np.searchsorted(column, stopped, "left")) for column in self._stamps))
        self._until = until
        self._place = None  # (instant, ticks taken) the machine stands at, when it is known
        first = int(machine.syms["first"].sum())
        size = sum(a.nbytes for a in (machine.ints, machine.floats, machine.iarr, machine.farr)) + 4096
        count = max(1, min(_CHECKPOINTS, _BYTES // size))
        step = max(_LEAST, (until - first) // count)
        self._cursors = [first]
        self._kept = [self._keep()]
        for limit in range(first + step, until, step):
            if self._drive(stamp_of(self._stamps, limit), limit) != MORE:
                break
            self._cursors.append(limit)
            self._kept.append(self._keep())

    def _keep(self):
        callbacks = getattr(self._machine, "python_callbacks", None)
        return self._machine.checkpoint(self._orders), callbacks and callbacks.save()

    def _drive(self, until, limit):
        return drive(self._machine, until, limit)

    def at(self, ts, cursor, read):
        """What ``read(machine)`` gives of the machine as of instant `ts` with `cursor` ticks taken."""
        with self._turn:
            return read(self._at(ts, cursor))

    def _at(self, ts, cursor):
        ts, cursor = int(self._no_later(ts)), min(int(cursor), self._until)
        k = max(0, int(np.searchsorted(self._cursors, cursor, "right")) - 1)
        here = self._place
        self._place = None
        # Where it stands may be nearer than the checkpoint, and the rest of the way is driven in any case.
        if here is None or not (here[0] <= ts and self._cursors[k] <= here[1] <= cursor):
            checkpoint, saved = self._kept[k]
            # It stands at the last tick it took; what came between that and `ts` is still to come.
            self._machine.restore(checkpoint, self._journal, self._orders)
            if saved:
                self._machine.python_callbacks.load(saved, self._machine)
        self._drive(ts, cursor)
        self._place = ts, cursor
        return self._machine

    def _no_later(self, ts):
        return ts if self._last is None else np.minimum(ts, self._last)

    def samples(self, ts, taken, read):
        """What the strategy held at many instants, in one drive.

        Parameters
        ----------
        ts, taken : (n,) int64
            Ascending: instants, and how many ticks have been taken then.
        read : callable
            ``read(memory)`` gives the variables as a dict; memory is a machine, or has its `ints`, `floats`, `iarr` and
            `farr`.

        Returns
        -------
        list of (int, dict)
            A row of `ts`, and what `read` gave there; rows at which the memory is as it was in the row before are left
            out. Callbacks in Python can hide a change, so all their rows come.
        """
        with self._turn:
            return self._samples(ts, taken, read)

    def _samples(self, ts, taken, read):
        ts = np.ascontiguousarray(self._no_later(np.asarray(ts)), "i8")
        taken = np.ascontiguousarray(np.minimum(taken, self._until), "i8")
        if not len(ts):
            return []
        machine = self._at(ts[0], taken[0])
        self._place = None
        found = []
        if getattr(machine, "python_callbacks", None):
            for row in range(len(ts)):
                self._drive(int(ts[row]), int(taken[row]))
                found.append((row, read(machine)))
        else:
            before = None
            step = max(1, _ROWS_BYTES // (1 + sum(getattr(machine, name).nbytes for name in _MEMORY)))
            sampled = self._sampled if machine.windows is None else self._sampled_through
            for a in range(0, len(ts), step):
                memory = sampled(frozen(ts[a : a + step]), frozen(taken[a : a + step]))
                for row in _changes(memory, before):
                    found.append((a + row, read(SimpleNamespace(**{n: rows[row] for n, rows in memory.items()}))))
                before = {name: rows[-1] for name, rows in memory.items()}
        self._place = int(ts[-1]), int(taken[-1])
        return found

    def _room(self, n):
        held = {name: getattr(self._machine, name) for name in _MEMORY}
        return {name: np.empty((n, len(array)), array.dtype) for name, array in held.items()}

    def _sampled_through(self, ts, taken):
        """As `_sampled` where ticks are at hand by windows."""
        memory = self._room(len(ts))
        for k in range(len(ts)):
            if self._drive(int(ts[k]), int(taken[k])) != MORE:
                raise StrategyError("the strategy no longer runs as it ran; run the cell again")
            for name, rows in memory.items():
                rows[k] = getattr(self._machine, name)
        return memory

    def _sampled(self, ts, taken):
        from ..engine.sample import sample

        machine, n = self._machine, len(ts)
        memory = self._room(n)
        room = [rows.reshape(-1) for rows in memory.values()]
        limits = frozen(own_cursors(self._stamps, ts, taken).reshape(-1))
        k = sample(machine.c, *machine.callbacks, ts, limits, 0, *room)
        while k < n:
            # It stopped for more room, which `_drive` makes on its way to the next instant.
            if self._drive(int(ts[k]), int(taken[k])) != MORE:
                raise StrategyError("the strategy no longer runs as it ran; run the cell again")
            k = sample(machine.c, *machine.callbacks, ts, limits, k, *room)
        return memory


def drive(machine, until, limit):
    """Advance to an instant with so many ticks taken, running Python's callbacks; returns why it stopped."""
    while True:
        code = machine.advance(until, limit=limit)
        if code != CALL:
            return code
        getattr(machine.python_callbacks, CALLBACKS[int(machine.state[0]["call"])])()


def _changes(memory, before):
    """Rows at which the memory differs from that of the row before; the first unless it equals `before`."""
    n = len(memory["ints"])
    changed = np.zeros(n, bool)
    changed[0] = before is None
    for name, rows in memory.items():
        # As bytes: NaN equals itself, and -0.0 is not 0.0.
        bits = rows.view("i8")
        changed[1:] |= (bits[1:] != bits[:-1]).any(axis=1)
        if before is not None:
            changed[0] |= bool((bits[0] != before[name].view("i8")).any())
    return np.flatnonzero(changed).tolist()
