"""The ticks a machine has at hand, where they are more than memory holds: one stretch after another (C4)."""

from ..bars.rows import bar_of
from ..engine.context import update_form
from .streamed import window_of

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

    def forget(self):
        """The machine stands elsewhere, and points at memory that may be gone."""
        self._here = None

    def move(self, machine, limit):
        """Let the machine point at ticks from its cursor on; how many ticks there are then, `limit` at most."""
        y = machine.syms[0]
        cursor = int(y["cursor"])
        # The base bar of the last quote from its beginning, and something of what comes.
        base = self._ticks.base
        first = int(base[bar_of(base, cursor - 1)]["first"]) if cursor else 0
        here = self._here
        if here is None or first < here.first or min(cursor + 1, limit) > here.end:
            if here is not None:
                self.settle(machine)
            # From the store in one piece; blocks are for those who look here and there.
            end = min(cursor + self._ticks.rows, max(limit, cursor), len(self._ticks))
            here = self._here = window_of(self._ticks.read(first, end), first)
            for name in here.COLUMNS:
                column = getattr(here, name)
                y[name] = 0 if column is None else column.ctypes.data
        return min(here.end, limit)

    def last_ts(self, taken):
        """The stamp of the last of so many ticks."""
        return int(self._here.ts[taken - 1])

    @staticmethod
    def settle(machine):
        """Bring forming bars up to the ticks taken, so that they go on from these and need none before (S3)."""
        for f, frame in enumerate(machine.frames):
            if frame["form"] == frame["closed"]:
                update_form(machine.c, f)
