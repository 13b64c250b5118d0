"""Ranges of ticks from an open store, at column speed (D1)."""

import duckdb
import numpy as np
import pyarrow as pa

from ..errors import StoreError
from ..records import Ticks
from .catalog import month_start, next_month

__all__ = ["columns_of", "read_chunks", "read_columns", "read_ticks"]

QUOTES = ("ts", "bid", "ask")
SIZES = ("bid_size", "ask_size", "volume")
_BATCH = 122_880  # rows asked for at once: one of DuckDB's row groups


def read_ticks(connection, catalog, name, start, end, place):
    """The ticks of ``[start, end)`` in microseconds; columns are read-only (U1, R12).

    Raises
    ------
    StoreError
        The file's rows are not what its catalog says, or out of order: it is damaged.
    """
    months = [m for m in catalog.months.get(name, ()) if m.last >= start and m.first < end]
    wanted = columns_of(catalog, name)
    number = catalog.ids[name]
    parts = [_part(connection, number, m, start, end) for m in months]
    columns = {column: np.empty(sum(count for *_, count in parts), "i8") for column in wanted}
    at = 0
    for low, high, count in parts:
        views = [column[at : at + count] for column in columns.values()]
        found = _fill(views, connection, _select(", ".join(wanted), number, low, high))
        if found != count:
            raise StoreError(f"{place} is damaged: {name} has {found:,} ticks where {count:,} are recorded")
        at += count
    ts = columns["ts"]
    if len(ts) > 1 and (ts[1:] < ts[:-1]).any():
        raise StoreError(f"{place} is damaged: ticks of {name} are out of order; ingest its files into a new store")
    for column in columns.values():
        column.flags.writeable = False
    return Ticks(**columns, symbol=catalog.symbols[name], checked=True)


def columns_of(catalog, name):
    """The columns that a symbol has."""
    # Asked of the whole symbol, so that a range has the same columns however it was loaded, and so the same hash (D6).
    return QUOTES + SIZES if any(m.sized for m in catalog.months.get(name, ())) else QUOTES


def read_chunks(connection, number, wanted, start, end):
    """Columns of the ticks of ``[start, end)`` within one month, as lists of arrays of a size that DuckDB chooses."""
    reader = connection.sql(_select(", ".join(wanted), number, start, end)).to_arrow_reader(_BATCH)
    try:
        for batch in reader:
            yield [part.view(pa.int64()).to_numpy(zero_copy_only=True) for part in batch.columns]
    except (OSError, pa.ArrowException) as error:
        raise duckdb.IOException(str(error)) from None
    finally:
        reader.close()


def read_columns(connection, number, month):
    """All six columns of one month, as a list."""
    low, high = month_start(month.month), month_start(next_month(month.month))
    columns = [np.empty(month.ticks, "i8") for _ in QUOTES + SIZES]
    _fill(columns, connection, _select(", ".join(QUOTES + SIZES), number, low, high))
    return columns


def _part(connection, number, month, start, end):
    """(low, high, count) of one month's part of the range."""
    low, high = max(start, month_start(month.month)), min(end, month_start(next_month(month.month)))
    if low <= month.first and month.last < high:
        return low, high, month.ticks
    # fetchall, not fetchone: a result that is not read to its end blocks the connection.
    return low, high, connection.execute(_select("count(*)", number, low, high)).fetchall()[0][0]


def _select(what, number, low, high):
    return (
        f"SELECT {what} FROM tick_data WHERE symbol = {number} "
        f"AND ts >= make_timestamp({low}::BIGINT) AND ts < make_timestamp({high}::BIGINT)"
    )


def _fill(columns, connection, query):
    """Copy a result into arrays batch by batch, which takes no memory beside them; returns how many rows there were."""
    reader = connection.sql(query).to_arrow_reader(_BATCH)
    at = 0
    try:
        for batch in reader:
            n = batch.num_rows
            if at + n <= len(columns[0]):
                for column, part in zip(columns, batch.columns):
                    column[at : at + n] = part.view(pa.int64()).to_numpy(zero_copy_only=True)
            at += n
    except (OSError, pa.ArrowException) as error:
        # Arrow wraps what DuckDB says; as DuckDB's own it is told like the rest of them.
        raise duckdb.IOException(str(error)) from None
    finally:
        reader.close()  # an abandoned one blocks its connection
    return at
