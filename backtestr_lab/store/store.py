"""The store: one DuckDB file of ticks, its door in and its doors out (D1-D4)."""

import threading
from contextlib import contextmanager

import duckdb

from ..errors import DataError, OptionError
from ..units import MINUTE, Timeframe, format_micros, to_micros
from .cache import shared as shared_cache
from .catalog import Catalog, read_catalog
from .connection import connect, damage, default_path, first_line, identity
from .reader import read_ticks
from .schema import verify
from .stream import TickRange

__all__ = ["Store"]


class Store:
    """Ticks in one DuckDB database file; nothing is held open between calls (D1, D2).

    Parameters
    ----------
    path : str or Path, optional
        The file, or a folder for it; default ``$BACKTESTR_STORE``, else in the user's data folder. Made by the first
        ingest.
    lock_timeout : float
        Seconds to wait while another process holds the file.
    cache_bytes : int, optional
        Bound of the ticks kept in memory, one for all stores of the process; default a quarter of the memory, at most
        4 GiB.

    Examples
    --------
    >>> import tempfile, backtestr_lab as lab
    >>> store = lab.Store(tempfile.mkdtemp())
    >>> report = store.ingest(lab.sample("EURUSD", days=1))
    >>> ticks = store.ticks("EURUSD", "2024-01-01 08:00", "2024-01-01 09:00")
    >>> report.added > len(ticks) > 1_000
    True
    """

    def __init__(self, path=None, *, lock_timeout=30.0, cache_bytes=None):
        if isinstance(lock_timeout, bool) or not isinstance(lock_timeout, (int, float)) or not lock_timeout >= 0:
            raise OptionError(f"lock_timeout is {lock_timeout!r}; give seconds, 0 or more")
        self.path = default_path(path)
        self.lock_timeout = lock_timeout
        if cache_bytes is not None:
            if isinstance(cache_bytes, bool) or not isinstance(cache_bytes, int) or cache_bytes < 0:
                raise OptionError(f"cache_bytes is {cache_bytes!r}; give a whole number of bytes, 0 or more")
            shared_cache.resize(cache_bytes)
        self._catalog, self._catalog_version = Catalog(), None
        self._lock = threading.Lock()

    def __repr__(self):
        return f"<Store {self.path}>"

    # ---- in

    def ingest(
        self,
        source,
        symbol=None,
        *,
        format="auto",
        columns=None,
        tz=None,
        digits=None,
        date=None,
        strict=False,
        progress=None,
    ):
        """Read ticks into the store: all of a file, or nothing (D3, D4).

        Parameters
        ----------
        source : path, Ticks, table, or a list of those
            A file (CSV, also .gz or .zip; Parquet; LEAN tick zip), a folder, a pattern like ``"ticks/*.csv"``, a
            pandas or polars DataFrame, a pyarrow Table, a DuckDB relation, or `Ticks`.
        symbol : str or Symbol
            Whose ticks they are; `Ticks` know it themselves. An unknown name is guessed, and the report says so (U5).
        format : str
            ``"auto"`` goes by the content.
        columns : dict, optional
            Role (ts, bid, ask, price, bid_size, ask_size, volume) -> name or 0-based position of its column.
        tz : str, optional
            IANA zone of times that do not name theirs; default UTC, for LEAN files of FXCM Etc/GMT+5.
        digits : int, optional
            Decimals of a price; default the symbol's, or what the data shows.
        date : str or date, optional
            Day of files that hold only times of day and do not tell it in their name (LEAN).
        strict : bool
            Refuse a file with rows that cannot be ticks, instead of leaving those out.
        progress : callable, optional
            ``progress(done, total, name)`` after each file.

        Returns
        -------
        IngestReport

        Raises
        ------
        DataError
            The source cannot be read as ticks; the store is as it was before that file.
        StoreError, StoreBusyError
            The store cannot be written.

        Notes
        -----
        The same file twice changes nothing. Overlapping files give the same store in any order: of each distinct row
        the larger of the two counts is kept.

        Examples
        --------
        >>> import tempfile, pandas as pd
        >>> table = pd.DataFrame({"time": ["2024-01-02 09:00"], "bid": [1.1], "ask": [1.1001]})
        >>> Store(tempfile.mkdtemp()).ingest(table, "EURUSD").added
        1
        """
        from .ingest import Request, ingest

        request = Request(symbol, format, columns, tz, digits, date, strict)
        return ingest(self, source, request, progress)

    # ---- out

    def ticks(self, symbol, start=None, end=None):
        """The ticks of ``[start, end)`` (U1, R12).

        Parameters
        ----------
        symbol : str or Symbol
        start, end : datetime, date or str, optional
            Default: all there is.

        Returns
        -------
        Ticks
            Columns are read-only and shared with the cache.

        Raises
        ------
        SymbolError
            Not in this store.
        DataError
            No ticks in the range; says what there is.
        OptionError
            `start` is after `end`.

        Examples
        --------
        >>> import tempfile, backtestr_lab as lab
        >>> store = Store(tempfile.mkdtemp())
        >>> _ = store.ingest(lab.sample("EURUSD", days=1))
        >>> store.ticks("EURUSD", "2025-01-01", "2025-01-02")
        Traceback (most recent call last):
        backtestr_lab.errors.DataError: EURUSD has no ticks in 2025-01-01 .. 2025-01-02; ...
        """
        low, high = _range(start, end)
        if low > high:
            raise OptionError(f"start {format_micros(low)} is after end {format_micros(high)}; exchange them")
        ticks = self.columns(symbol, low, high)
        if len(ticks) == 0:
            first, last = self.span(symbol) or (None, None)
            there = (
                f"there are {format_micros(first)} .. {format_micros(last)}" if first is not None else "there are none"
            )
            raise DataError(
                f"{ticks.symbol} has no ticks in {_words(start, low)} .. {_words(end, high)}; {there} in {self.path}"
            )
        return ticks

    def columns(self, symbol, start=None, end=None):
        """The ticks of ``[start, end)``, empty when there are none: the interface of a source of ticks (D1).

        Examples
        --------
        >>> import tempfile, backtestr_lab as lab
        >>> store = Store(tempfile.mkdtemp())
        >>> _ = store.ingest(lab.sample("EURUSD", days=1))
        >>> len(store.columns("EURUSD", "2025-01-01"))
        0
        """
        low, high = _range(start, end)
        catalog, version = self._read_catalog()
        name = catalog.symbol(symbol, self.path).name
        span = catalog.span(name)
        if span is not None:
            # The key is the range that exists, so that "all of it" is one entry however it is asked for.
            low, high = max(low, span[0]), min(high, span[1] + 1)
        key = (str(self.path), version, name, low, high)
        ticks = shared_cache.get(key)
        if ticks is None:
            ticks = self._load(name, low, high)
        return ticks

    def _load(self, name, low, high):
        with self._connect() as connection:
            version = identity(self.path)  # nobody can write while this connection is open
            catalog = read_catalog(connection)
            ticks = read_ticks(connection, catalog, name, low, high, self.path)
        shared_cache.put((str(self.path), version, name, low, high), ticks, ticks.nbytes)
        return ticks

    def stream(self, symbol, start=None, end=None):
        """The ticks of ``[start, end)`` to be read piece by piece, for ranges that are larger than memory (D1).

        Returns
        -------
        TickRange

        Examples
        --------
        >>> import tempfile, backtestr_lab as lab
        >>> store = Store(tempfile.mkdtemp())
        >>> _ = store.ingest(lab.sample("EURUSD", days=1))
        >>> sum(len(chunk) for chunk in store.stream("EURUSD").chunks(1000)) == len(store.ticks("EURUSD"))
        True
        """
        low, high = _range(start, end)
        catalog, version = self._read_catalog()
        name = catalog.symbol(symbol, self.path).name
        return TickRange(self, catalog, version, name, low, high)

    def span(self, symbol):
        """First and last stamp of a symbol in microseconds, or None.

        Examples
        --------
        >>> import tempfile, backtestr_lab as lab
        >>> store = Store(tempfile.mkdtemp())
        >>> _ = store.ingest(lab.sample("EURUSD", days=1))
        >>> first, last = store.span("EURUSD")
        >>> first < last
        True
        """
        catalog, _ = self._read_catalog()
        return catalog.span(catalog.symbol(symbol, self.path).name)

    def symbol(self, name):
        """The symbol as this store keeps it (U5).

        Examples
        --------
        >>> import tempfile, backtestr_lab as lab
        >>> store = Store(tempfile.mkdtemp())
        >>> _ = store.ingest(lab.sample("USDJPY", days=1))
        >>> store.symbol("USDJPY").digits
        3
        """
        return self._read_catalog()[0].symbol(name, self.path)

    def symbols(self):
        """What there is: a table with a row per symbol.

        Returns
        -------
        pandas.DataFrame
            Index `symbol`; columns ticks, first, last (UTC), digits, guessed.

        Examples
        --------
        >>> import tempfile, backtestr_lab as lab
        >>> store = Store(tempfile.mkdtemp())
        >>> _ = store.ingest(lab.sample("EURUSD", days=1))
        >>> store.symbols().index.tolist()
        ['EURUSD']
        """
        import pandas as pd

        catalog, _ = self._read_catalog()
        rows = []
        for name, symbol in sorted(catalog.symbols.items()):
            first, last = catalog.span(name) or (None, None)
            rows.append((name, catalog.ticks(name), first, last, symbol.digits, name in catalog.guessed))
        table = pd.DataFrame(rows, columns=["symbol", "ticks", "first", "last", "digits", "guessed"]).set_index(
            "symbol"
        )
        for column in ("first", "last"):
            table[column] = pd.to_datetime(table[column].astype("Int64"), unit="us", utc=True)
        return table

    def bars(self, symbol, timeframe, start=None, end=None, side="bid"):
        """Bars with decimal prices (R1-R5).

        Parameters
        ----------
        symbol : str or Symbol
        timeframe : str or Timeframe
            ``"1m"``, ``"5m"``, ``"1h"``, ``"1d"`` ...
        start, end : datetime, date or str, optional
            Ticks of ``[start, end)`` make the bars.
        side : {"bid", "ask"}

        Returns
        -------
        pandas.DataFrame
            Index `time`, the UTC instant each bar opens; columns open, high, low, close, volume, ticks.

        Raises
        ------
        OptionError, SymbolError, DataError
            As `ticks`; an unknown timeframe or side.

        Examples
        --------
        >>> import tempfile, backtestr_lab as lab
        >>> store = Store(tempfile.mkdtemp())
        >>> _ = store.ingest(lab.sample("EURUSD", days=1))
        >>> len(store.bars("EURUSD", "1h"))
        24
        """
        from ..bars import base_bars, roll_up, to_frame

        timeframe = Timeframe.parse(timeframe)
        if side not in ("bid", "ask"):
            raise OptionError(f"side is {side!r}; give 'bid' or 'ask'")
        ticks = self.ticks(symbol, start, end)
        bars = base_bars(ticks, min(timeframe.us, MINUTE))
        if timeframe.us > MINUTE:
            bars = roll_up(bars, timeframe, ticks.symbol.anchor)
        return to_frame(bars, ticks.symbol, side)

    def files(self):
        """The ledger: one row per file that was ingested (D3).

        Returns
        -------
        pandas.DataFrame
            symbol, name, format, options, rows, added, duplicate, rejected, crossed, first_ts, last_ts, ingested_at,
            sha256.

        Examples
        --------
        >>> import tempfile, backtestr_lab as lab
        >>> store = Store(tempfile.mkdtemp())
        >>> _ = store.ingest(lab.sample("EURUSD", days=1))
        >>> store.files()["duplicate"].tolist()
        [0]
        """
        return self.sql(
            "SELECT s.name AS symbol, f.name, format, options, rows, added, duplicate, rejected, crossed, first_ts, "
            "last_ts, ingested_at, sha256 FROM files f JOIN symbols s ON f.symbol = s.id ORDER BY f.id"
        )

    def sql(self, query, params=None):
        """Any SQL on the store, read-only (D1).

        The views `ticks` and `bars` (1m, bid) have decimal prices and UTC timestamps; `tick_data`, `symbols`, `months`
        and `files` are the tables beneath.

        Returns
        -------
        pandas.DataFrame
            Timestamps are UTC-aware (U1).

        Raises
        ------
        OptionError
            DuckDB refuses the query; its first line says why.

        Examples
        --------
        >>> import tempfile, backtestr_lab as lab
        >>> store = Store(tempfile.mkdtemp())
        >>> report = store.ingest(lab.sample("EURUSD", days=1))
        >>> int(store.sql("SELECT count(*) AS n FROM ticks")["n"][0]) == report.added
        True
        """
        with self._connect() as connection:
            try:
                table = connection.execute(query, params or []).df()
            except duckdb.Error as error:
                raise damage(error, self.path) or OptionError(f"sql: {first_line(error)}") from None
        for name in table.columns:
            if getattr(table[name].dtype, "kind", "") == "M" and getattr(table[name].dtype, "tz", None) is None:
                table[name] = table[name].dt.tz_localize("UTC")
        return table

    # ---- connections

    @contextmanager
    def _connect(self):
        """A read connection to a file that is a store of a version this code knows."""
        with connect(self.path, lock_timeout=self.lock_timeout) as connection:
            verify(connection, self.path)
            yield connection

    def _read_catalog(self):
        """The catalog and the version of the file it belongs to; read again only when the file has changed."""
        with self._lock:
            version = identity(self.path)
            if version != self._catalog_version or version[0] is None:
                with self._connect() as connection:
                    version = identity(self.path)
                    self._catalog = read_catalog(connection)
                self._catalog_version = version
                path = str(self.path)
                shared_cache.discard(lambda key: key[0] == path and key[1] != version)
            return self._catalog, self._catalog_version


def _range(start, end):
    low = to_micros(start, "start") if start is not None else -(2**62)
    high = to_micros(end, "end") if end is not None else 2**62
    return low, high


def _words(given, micros):
    return "its beginning" if given is None and micros < 0 else "its end" if given is None else format_micros(micros)
