"""Source -> checked ticks -> one transaction per file (D3, D4)."""

import glob
import hashlib
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import BacktestrError, DataError, OptionError, did_you_mean
from ..records import Ticks
from ..symbols import Symbol
from ..units import from_micros, to_micros
from .catalog import Catalog
from .check import Faults, Rows, check, refuse
from .commit import FileRow, commit, known_file
from .connection import connect
from .formats import FORMATS, could_be_ticks, endings, recognise
from .report import IngestReport
from .tables import rows_from_columns, table_columns
from .zones import find_zone

__all__ = ["Request", "ingest"]


@dataclass
class Request:
    """What the user said about the source; see `Store.ingest`."""

    symbol: object = None
    format: str = "auto"
    columns: dict | None = None
    tz: str | None = None
    digits: int | None = None
    date: object = None
    strict: bool = False

    def __post_init__(self):
        names = ["auto", *FORMATS]
        if self.format not in names:
            raise OptionError(
                f"format {self.format!r} is not one of {', '.join(names)}{did_you_mean(self.format, names)}"
            )
        if self.tz is not None:
            self.tz = find_zone(self.tz).key
        if self.digits is not None and (isinstance(self.digits, bool) or not 0 <= int(self.digits) <= 10):
            raise OptionError(f"digits is {self.digits!r}; give 0 to 10")
        if self.date is not None:
            self.date = from_micros(to_micros(self.date, "date")).date()

    def options(self):
        """What, beside the content, decides which ticks a file gives: the ledger's key with its hash."""
        given = {"columns": self.columns, "tz": self.tz, "digits": self.digits}
        given["date"] = None if self.date is None else self.date.isoformat()
        return {name: value for name, value in given.items() if value is not None}


def ingest(store, source, request, progress=None):
    """Ingest a source or several, each in a transaction of its own; see `Store.ingest`."""
    items = list(_expand(source))
    reports = []
    for item in items:
        try:
            reports.append(_ingest_one(store, item, request))
        except BacktestrError as error:
            if reports:
                error.args = (f"{error} ({len(reports)} of {len(items)} files were ingested before it)",)
            raise
        if progress is not None:
            progress(len(reports), len(items), reports[-1].name)
    return IngestReport.total(reports, str(source) if isinstance(source, (str, Path)) else "several sources")


def _expand(source):
    """The files and tables of a path, pattern, folder or list, in order of name."""
    if isinstance(source, (list, tuple)):
        for item in source:
            yield from _expand(item)
        if not source:
            raise DataError("there is nothing to ingest: the list is empty")
        return
    if not isinstance(source, (str, Path)):
        yield source
        return
    path = Path(source).expanduser()
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file() and could_be_ticks(p))
        if not files:
            raise DataError(f"{path} holds no file that could be ticks; known are {endings()}")
        yield from files
    elif path.exists():
        yield path
    elif glob.has_magic(str(source)):
        files = sorted(Path(p) for p in glob.glob(str(path), recursive=True) if Path(p).is_file())
        if not files:
            raise DataError(f"no file matches {source}")
        yield from files
    else:
        near = did_you_mean(path.name, [p.name for p in path.parent.glob("*")] if path.parent.is_dir() else [])
        raise DataError(f"{source}: there is no such file{near}")


def _ingest_one(store, item, request):
    begun = time.perf_counter()
    symbol = request.symbol if request.symbol is not None else getattr(item, "symbol", None)
    if not isinstance(symbol, (str, Symbol)):
        raise OptionError("symbol is missing; the source does not say whose prices it holds: give symbol='EURUSD'")
    catalog = store._read_catalog()[0] if store.path.exists() else Catalog()
    name = symbol.name if isinstance(symbol, Symbol) else symbol.upper().replace("/", "")
    stored = catalog.symbols.get(name)
    place, kind, sha256, rows = _open(item, request)
    options = request.options()
    if stored is not None:
        with store._connect() as connection:
            ledger = known_file(connection, catalog.ids[name], sha256, options)
        if ledger is not None:
            return _again(ledger, stored, name in catalog.guessed, place, time.perf_counter() - begun)

    checked, guessed = check(rows(), symbol, request.digits, stored=stored, still_guessed=name in catalog.guessed)
    if request.strict:
        refuse(checked, place)
    ticks = checked.ticks
    if len(ticks) == 0:
        raise DataError(_nothing(checked, place))
    row = FileRow(sha256, place, kind, options, checked.rows, rejected=checked.rejected, crossed=checked.crossed)
    row.first, row.last = int(ticks.ts[0]), int(ticks.ts[-1])
    with connect(store.path, write=True, lock_timeout=store.lock_timeout) as connection:
        commit(connection, store.path, ticks.symbol, guessed, _six(ticks), row)
    return IngestReport(
        ticks.symbol,
        name=place,
        format=kind,
        guessed=guessed,
        rows=checked.rows,
        added=row.added,
        duplicate=row.duplicate,
        rejected=checked.rejected,
        crossed=checked.crossed,
        backwards=checked.backwards,
        rounded=checked.rounded,
        first_ts=row.first,
        last_ts=row.last,
        seconds=time.perf_counter() - begun,
        unit=checked.unit,
        problems=[(place, line, reason) for line, reason in checked.problems],
    )


def _open(item, request):
    """(name, format, hash of the content, function that reads the rows) of one file or table."""
    if isinstance(item, Path):
        try:
            data = item.read_bytes()
        except OSError as error:
            raise DataError(f"{item}: cannot be read: {error.strerror.lower()}") from None
        if not data:
            raise DataError(f"{item} is empty")
        kind = recognise(item, data) if request.format == "auto" else request.format
        return str(item), kind, hashlib.sha256(data).hexdigest(), lambda: FORMATS[kind].read(item, data, request)
    if isinstance(item, Ticks):
        ticks = item
        if request.symbol is not None:
            name = request.symbol if isinstance(request.symbol, str) else request.symbol.name
            ticks = Ticks(**item._columns(), symbol=replace(item.symbol, name=name), checked=True)
        return f"{ticks.symbol.name} ticks", "ticks", item.hash(), lambda: _rows_of_ticks(ticks)
    kind = type(item).__name__
    if not (hasattr(item, "__arrow_c_stream__") or hasattr(item, "columns")):
        raise DataError(f"a {kind} cannot be ingested; give a path, a DataFrame, an Arrow table or Ticks")
    place = f"the {kind}"
    columns = table_columns(item, request.columns, place)
    digest = hashlib.sha256()
    for role, array in columns.items():
        # Slices share their buffers: without offset and length two of them would look like one.
        digest.update(f"{role} {array.type} {array.offset} {len(array)}".encode())
        for buffer in array.buffers():
            if buffer is not None:
                digest.update(buffer)
    return place, "table", digest.hexdigest(), lambda: rows_from_columns(columns, place, tz=request.tz or "UTC")


def _rows_of_ticks(ticks):
    sizes = {n: None if (c := getattr(ticks, n)) is None else c for n in ("bid_size", "ask_size", "volume")}
    return Rows(ticks.ts, ticks.bid, ticks.ask, Faults(len(ticks)), symbol=ticks.symbol, **sizes)


def _six(ticks):
    zeros = np.zeros(len(ticks), "i8")
    return [zeros if (column := getattr(ticks, name)) is None else column for name in Ticks.COLUMNS]


def _again(row, symbol, guessed, place, seconds):
    """The report of a file that is in the store already: nothing was done."""
    return IngestReport(
        symbol,
        name=place,
        format=row.format,
        guessed=guessed,
        rows=row.rows,
        duplicate=row.rows - row.rejected,
        rejected=row.rejected,
        crossed=row.crossed,
        first_ts=row.first,
        last_ts=row.last,
        seconds=seconds,
    )


def _nothing(checked, place):
    if checked.rows == 0:
        return f"{place} holds no rows"
    line, reason = checked.problems[0]
    return f"{place}: none of its {checked.rows:,} rows can be a tick; {checked.unit} {line}: {reason}"
