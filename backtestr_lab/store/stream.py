"""A range of a symbol's ticks that is read piece by piece, because it is larger than memory (D1, C4)."""

from contextlib import contextmanager

import numpy as np

from ..errors import StoreError
from ..records import Ticks
from .catalog import month_start, next_month, read_catalog
from .reader import columns_of, read_chunks, read_ticks

__all__ = ["TickRange"]


class TickRange:
    """Ticks of ``[start, end)`` of a store's symbol; nothing is held open between two pieces (D2).

    Parameters
    ----------
    store : Store
    catalog : Catalog
    version : tuple
        Of the file that the catalog is of.
    name : str
    start, end : int
        µs UTC.

    Attributes
    ----------
    symbol : Symbol
    columns : tuple of str
        Those that the symbol has.
    key : tuple
        Equal for equal ticks.
    most : int
        No fewer ticks than there are: those of all months the range touches.
    """

    def __init__(self, store, catalog, version, name, start, end):
        self._store, self._name, self._start, self._end = store, name, start, end
        self._known = tuple(catalog.months.get(name, ()))
        self._months = [m for m in self._known if m.last >= start and m.first < end]
        self.symbol = catalog.symbols[name]
        self.columns = columns_of(catalog, name)
        self.key = (str(store.path), version, name, start, end)
        self.most = sum(m.ticks for m in self._months)

    def __repr__(self):
        return f"<TickRange {self._name}: up to {self.most:,} of {self._store.path}>"

    def chunks(self, rows, start=None):
        """All ticks in order, so many at a time; the last chunk may have fewer.

        Parameters
        ----------
        rows : int
        start : int, optional
            Those from an instant on, µs UTC.

        Yields
        ------
        Ticks
            Valid until the next one is asked for.

        Raises
        ------
        StoreError
            The file is damaged, or its ticks were changed meanwhile.
        """
        room = {name: np.empty(rows, "i8") for name in self.columns}
        n, before = 0, None
        start = self._start if start is None else max(start, self._start)
        for month in self._months:
            if month.last < start:
                continue
            low = max(start, month_start(month.month))
            high = min(self._end, month_start(next_month(month.month)))
            # A connection a month: what DuckDB keeps of the blocks it has read goes with it.
            with self._open() as (connection, catalog):
                for columns in read_chunks(connection, catalog.ids[self._name], self.columns, low, high):
                    at = 0
                    while at < len(columns[0]):
                        take = min(rows - n, len(columns[0]) - at)
                        for column, part in zip(room.values(), columns):
                            column[n : n + take] = part[at : at + take]
                        n, at = n + take, at + take
                        if n == rows:
                            before = self._checked(room["ts"], before)
                            yield Ticks(**room, symbol=self.symbol, checked=True)
                            n = 0
        if n:
            self._checked(room["ts"][:n], before)
            yield Ticks(**{k: c[:n] for k, c in room.items()}, symbol=self.symbol, checked=True)

    def read(self, start, end):
        """The ticks of a part ``[start, end)`` of the range, µs UTC; columns are read-only."""
        with self._open() as (connection, catalog):
            low, high = max(start, self._start), min(end, self._end)
            return read_ticks(connection, catalog, self._name, low, high, self._store.path)

    @contextmanager
    def _open(self):
        with self._store._connect() as connection:
            catalog = read_catalog(connection)
            if tuple(catalog.months.get(self._name, ())) != self._known:
                raise StoreError(
                    f"the ticks of {self._name} in {self._store.path} were changed while a run streamed them; run it "
                    "again"
                )
            yield connection, catalog

    def _checked(self, ts, before):
        if (before is not None and ts[0] < before) or (ts[1:] < ts[:-1]).any():
            raise StoreError(
                f"{self._store.path} is damaged: ticks of {self._name} are out of order; ingest its files into a new "
                "store"
            )
        return ts[-1]
