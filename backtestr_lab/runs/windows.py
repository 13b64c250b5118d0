"""The ticks a machine has at hand, where they are more than memory holds: one stretch after another (C4)."""

import numpy as np

from ..bars.rows import bar_of
from ..engine.context import update_form
from ..errors import StoreError
from ..records import Ticks
from .streamed import BLOCK, window_of

__all__ = ["Windows"]


class Windows:
    """A stretch of ticks that the engine's row of a symbol points at, moved on as the run goes.

    What callbacks read lies in it: the last quote, and the ticks of the base bar it is in.

    Parameters
    ----------
    ticks : StreamedTicks
    """

    def __init__(self, ticks):
        self._ticks = ticks
        self._here = None
        self._chunks = None  # what comes after `_here` while one goes straight on
        self._room = {name: np.empty(0, "i8") for name in ticks.source.columns}

    def forget(self):
        """The machine stands elsewhere, and points at memory that may be gone."""
        self.close()
        self._here = None

    def close(self):
        """Let go of the store: whoever waits for it has its turn (D2)."""
        if self._chunks is not None:
            self._chunks.close()
            self._chunks = None

    def move(self, machine, limit):
        """Let the machine point at ticks from its cursor on; how many ticks there are then, `limit` at most."""
        y = machine.syms[0]
        cursor = int(y["cursor"])
        # The base bar of the last quote from its beginning, and something of what comes.
        base = self._ticks.base
        b = bar_of(base, max(0, cursor - 1))
        first = int(base[b]["first"]) if b < len(base) else 0
        here = self._here
        if here is None or first < here.first or min(cursor + 1, limit) > here.end:
            if here is not None:
                self.settle(machine)
            if limit - first <= min(BLOCK, self._ticks.rows):
                self.close()
                here = self._ticks.window(first, max(first, cursor, limit))
            else:
                here = self._next(first, b)
            self._here = here
            for name in here.COLUMNS:
                column = getattr(here, name)
                y[name] = 0 if column is None else column.ctypes.data
        return min(here.end, limit)

    def _next(self, first, bar):
        """What is at hand from a tick on, and the next chunk."""
        here = self._here
        if self._chunks is None or not here.first <= first <= here.end:
            self.close()
            self._chunks = self._ticks.chunks(int(self._ticks.base[bar]["ts"]))
            kept = 0
        else:
            kept = here.end - first
        chunk = next(self._chunks, None)
        if chunk is None:
            raise StoreError(f"{self._ticks.source!r} has fewer ticks than the run found before; run it again")
        return window_of(Ticks(**self._joined(kept, chunk), symbol=self._ticks.symbol, checked=True), first)

    def _joined(self, kept, chunk):
        """The last so many ticks at hand and the chunk, in memory that is used again: fresh pages cost more."""
        joined = {}
        for name, room in self._room.items():
            column = getattr(chunk, name)
            if len(room) < kept + len(column):
                self._room[name] = np.empty(kept + len(column) + len(column) // 8, "i8")
            new = self._room[name]
            if kept:
                new[:kept] = getattr(self._here, name)[self._here.end - kept :]
            new[kept : kept + len(column)] = column
            joined[name] = new[: kept + len(column)]
        return joined

    def last_ts(self, taken):
        """The stamp of the last of so many ticks."""
        return int(self._here.ts[taken - 1])

    @staticmethod
    def settle(machine):
        """Bring forming bars up to the ticks taken, so that they go on from these and need none before (S3)."""
        for f, frame in enumerate(machine.frames):
            if frame["form"] == frame["closed"]:
                update_form(machine.c, f)
