"""Checked ticks of one file -> one transaction (D2, D3): all of it is in the store afterwards, or nothing."""

import contextlib
import json
from dataclasses import astuple, dataclass

import numpy as np
import pyarrow as pa

from ..errors import OptionError
from .catalog import SYMBOL_FIELDS, month_of, month_start, next_month, read_catalog
from .merge import merge
from .reader import QUOTES, SIZES, read_columns
from .schema import prepare

__all__ = ["FileRow", "commit", "known_file"]

_FILES = (
    "sha256, name, format, options, rows, added, duplicate, rejected, crossed, epoch_us(first_ts), epoch_us(last_ts)"
)


@dataclass
class FileRow:
    """One line of the ledger: what a file brought (D3)."""

    sha256: str
    name: str
    format: str
    options: dict
    rows: int
    added: int = 0
    duplicate: int = 0
    rejected: int = 0
    crossed: int = 0
    first: int | None = None
    last: int | None = None


def known_file(connection, number, sha256, options):
    """The ledger's line of a file that was read into this symbol with the same options before, or None."""
    found = connection.execute(
        f"SELECT {_FILES} FROM files WHERE symbol = ? AND sha256 = ? AND options = ?",
        [number, sha256, _text(options)],
    ).fetchall()
    if not found:
        return None
    row = FileRow(*found[0])
    row.options = options
    return row


def commit(connection, path, symbol, guessed, columns, row):
    """Write one file's ticks and its line of the ledger; on any error nothing is written.

    Parameters
    ----------
    columns : list of six (n,) int64
        ts, bid, ask, bid_size, ask_size, volume; sorted by ts, ties in file order.
    row : FileRow
        Its `added` and `duplicate` are filled in.

    Raises
    ------
    OptionError
        The store keeps the symbol with other digits.
    """
    connection.execute("BEGIN")
    try:
        prepare(connection, path)
        catalog = read_catalog(connection)
        number = _symbol_id(connection, catalog, symbol, guessed, path)
        known = {m.month: m for m in catalog.months.get(symbol.name, ())}
        row.added = sum(
            _write_month(connection, number, known.get(month), month, part) for month, part in _by_month(columns)
        )
        row.duplicate = len(columns[0]) - row.added
        _write_row(connection, number, row)
        connection.execute("COMMIT")
    except BaseException:
        # A commit that failed has ended its transaction already.
        with contextlib.suppress(Exception):
            connection.execute("ROLLBACK")
        raise


def _symbol_id(connection, catalog, symbol, guessed, path):
    if symbol.name in catalog.ids:
        stored = catalog.symbols[symbol.name]
        if guessed and symbol.name in catalog.guessed:
            return _refine(connection, catalog.ids[symbol.name], stored, symbol)
        if (stored.digits, stored.quantity_digits) != (symbol.digits, symbol.quantity_digits):
            raise OptionError(
                f"{path} keeps {symbol.name} with digits={stored.digits} and quantity_digits={stored.quantity_digits}, "
                f"the new ticks have {symbol.digits} and {symbol.quantity_digits}; convert them or use another store"
            )
        return catalog.ids[symbol.name]
    number = len(catalog.ids) + 1
    marks = ", ".join("?" * (2 + len(SYMBOL_FIELDS)))
    connection.execute(
        f"INSERT INTO symbols (id, guessed, {', '.join(SYMBOL_FIELDS)}) VALUES ({marks})",
        [number, guessed, *astuple(symbol)],
    )
    return number


def _refine(connection, number, stored, finer):
    """A guessed grid turns out too coarse: what is stored moves to the finer one, losing nothing (U5)."""
    prices = 10 ** (finer.digits - stored.digits)
    sizes = 10 ** (finer.quantity_digits - stored.quantity_digits)
    if prices == sizes == 1:
        return number
    rescale = ", ".join(
        [f"{c} = {c} * {prices}" for c in ("bid", "ask")] + [f"{c} = {c} * {sizes}" for c in SIZES if sizes > 1]
    )
    for table in ("tick_data", "contested"):
        connection.execute(f"UPDATE {table} SET {rescale} WHERE symbol = ?", [number])
    connection.execute(
        f"UPDATE months SET bid_low = bid_low * {prices}, bid_high = bid_high * {prices} WHERE symbol = ?", [number]
    )
    values = ", ".join(f"{name} = ?" for name in SYMBOL_FIELDS)
    connection.execute(f"UPDATE symbols SET {values} WHERE id = ?", [*astuple(finer), number])
    return number


def _by_month(columns):
    """(month, columns) for each UTC month the ticks touch."""
    ts = columns[0]
    at = 0
    while at < len(ts):
        month = month_of(ts[at])
        end = int(np.searchsorted(ts, month_start(next_month(month))))
        yield month, [c[at:end] for c in columns]
        at = end


def _write_month(connection, number, known, month, columns):
    """Append when the ticks are all later than what is there; else merge, and write the month anew."""
    if known is None or columns[0][0] > known.last:
        _insert(connection, number, columns)
        _record_month(connection, number, month, columns, append=known is not None)
        return len(columns[0])
    low, high = month_start(month), month_start(next_month(month))
    old = read_columns(connection, number, known)
    contested = _read_contested(connection, number, low, high)
    before = {stamp: list(versions) for stamp, versions in contested.items()}
    merged, added = merge(old, columns, contested)
    if contested != before:
        _write_contested(connection, number, low, high, contested)
    if added or any(not np.array_equal(a, b) for a, b in zip(old, merged)):
        connection.execute("DELETE FROM tick_data WHERE symbol = ? " + _within(low, high), [number])
        _insert(connection, number, merged)
        _record_month(connection, number, month, merged, append=False)
    return added


def _insert(connection, number, columns):
    arrays = {name: pa.array(column) for name, column in zip(QUOTES + SIZES, columns)}
    arrays["ts"] = arrays["ts"].view(pa.timestamp("us"))
    connection.register("incoming", pa.table(arrays))
    names = ", ".join(QUOTES + SIZES)
    connection.execute(f"INSERT INTO tick_data (symbol, {names}) SELECT {number}, {names} FROM incoming")
    connection.unregister("incoming")  # after an error the connection is closed anyway


def _record_month(connection, number, month, columns, *, append):
    ts, bid, ask, *sizes = columns
    new = [
        number,
        month,
        len(ts),
        int(ts[0]),
        int(ts[-1]),
        int((bid > ask).sum()),
        int((ts[1:] == ts[:-1]).sum()),
        int(bid.min()),
        int(bid.max()),
        bool(any(size.any() for size in sizes)),
    ]
    if append:
        connection.execute(
            "UPDATE months SET ticks = ticks + $3, last_ts = make_timestamp($5::BIGINT), crossed = crossed + $6, "
            "equal_ts = equal_ts + $7, bid_low = least(bid_low, $8), bid_high = greatest(bid_high, $9), "
            "sized = sized OR $10 WHERE symbol = $1 AND month = $2 AND $4 > epoch_us(last_ts)",
            new,
        )
        return
    connection.execute("DELETE FROM months WHERE symbol = ? AND month = ?", new[:2])
    connection.execute(
        "INSERT INTO months (symbol, month, ticks, first_ts, last_ts, crossed, equal_ts, bid_low, bid_high, sized) "
        "VALUES (?, ?, ?, make_timestamp(?::BIGINT), make_timestamp(?::BIGINT), ?, ?, ?, ?, ?)",
        new,
    )


def _read_contested(connection, number, low, high):
    versions = {}
    for stamp, version, *row in connection.execute(
        "SELECT epoch_us(ts), version, bid, ask, bid_size, ask_size, volume FROM contested WHERE symbol = ? "
        + _within(low, high)
        + " ORDER BY ts, version, place",
        [number],
    ).fetchall():
        versions.setdefault(stamp, {}).setdefault(version, []).append(tuple(row))
    return {stamp: [tuple(rows) for rows in each.values()] for stamp, each in versions.items()}


def _write_contested(connection, number, low, high, contested):
    connection.execute("DELETE FROM contested WHERE symbol = ? " + _within(low, high), [number])
    if not contested:
        return
    rows = [
        (number, stamp, version, place, *row)
        for stamp, versions in sorted(contested.items())
        for version, sequence in enumerate(versions)
        for place, row in enumerate(sequence)
    ]
    names = ("symbol", "ts", "version", "place", "bid", "ask", *SIZES)
    arrays = {name: pa.array(column, pa.int64()) for name, column in zip(names, zip(*rows))}
    arrays["ts"] = arrays["ts"].view(pa.timestamp("us"))
    connection.register("incoming", pa.table(arrays))
    connection.execute(f"INSERT INTO contested ({', '.join(names)}) SELECT {', '.join(names)} FROM incoming")
    connection.unregister("incoming")


def _write_row(connection, number, row):
    connection.execute(
        "INSERT INTO files (id, sha256, symbol, name, format, options, rows, added, duplicate, rejected, crossed, "
        "first_ts, last_ts, ingested_at) SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "make_timestamp(?::BIGINT), make_timestamp(?::BIGINT), make_timestamp(epoch_us(now())) FROM files",
        [
            row.sha256,
            number,
            row.name,
            row.format,
            _text(row.options),
            row.rows,
            row.added,
            row.duplicate,
            row.rejected,
            row.crossed,
            row.first,
            row.last,
        ],
    )


def _within(low, high):
    return f"AND ts >= make_timestamp({low}::BIGINT) AND ts < make_timestamp({high}::BIGINT)"


def _text(options):
    return json.dumps(options, sort_keys=True)
