"""Ranges of ticks from an open store, at column speed (D1)."""

import numpy as np
import pyarrow as pa

from ..errors import StoreError
from ..records import Ticks
from .catalog import month_start, next_month

__all__ = ["read_columns", "read_ticks"]

QUOTES = ("ts", "bid", "ask")
SIZES = ("bid_size", "ask_size", "volume")
_PIECE = 4_000_000  # rows per query: bounds what Arrow holds beside the arrays


def read_ticks(connection, catalog, name, start, end, place):
    """The ticks of ``[start, end)`` in microseconds; columns are read-only (U1, R12).

    Raises
    ------
    StoreError
        The file's rows are not what its catalog says, or out of order: it is damaged.
    """
    months = [m for m in catalog.months.get(name, ()) if m.last >= start and m.first < end]
    # Asked of the whole symbol, so that a range has the same columns however it was loaded, and so the same hash (D6).
    sized = any(m.sized for m in catalog.months.get(name, ()))
    wanted = QUOTES + SIZES if sized else QUOTES
    number = catalog.ids[name]
    pieces = [piece for m in months for piece in _pieces(connection, number, m, start, end)]
    columns = {column: np.empty(sum(count for *_, count in pieces), "i8") for column in wanted}
    at = 0
    for low, high, count in pieces:
        table = connection.sql(_select(", ".join(wanted), number, low, high)).to_arrow_table()
        if table.num_rows != count:
            raise StoreError(f"{place} is damaged: {name} has {table.num_rows:,} ticks where {count:,} are recorded")
        for column, chunks in zip(columns.values(), table.columns):
            _copy(chunks, column, at)
        at += count
    ts = columns["ts"]
    if len(ts) > 1 and (ts[1:] < ts[:-1]).any():
        raise StoreError(f"{place} is damaged: ticks of {name} are out of order; ingest its files into a new store")
    for column in columns.values():
        column.flags.writeable = False
    return Ticks(**columns, symbol=catalog.symbols[name], checked=True)


def read_columns(connection, number, low, high):
    """All six columns of ``[low, high)`` within one month, as a list."""
    table = connection.sql(_select(", ".join(QUOTES + SIZES), number, low, high)).to_arrow_table()
    columns = [np.empty(table.num_rows, "i8") for _ in table.columns]
    for column, chunks in zip(columns, table.columns):
        _copy(chunks, column, 0)
    return columns


def _pieces(connection, number, month, start, end):
    """(low, high, count) of the queries that cover one month's part of the range."""
    low, high = max(start, month_start(month.month)), min(end, month_start(next_month(month.month)))
    whole = low <= month.first and month.last < high
    if whole and month.ticks <= _PIECE:
        return [(low, high, month.ticks)]
    parts = -(-month.ticks // _PIECE)
    edges = np.linspace(low, high, parts + 1).astype("i8").tolist()
    edges[0], edges[-1] = low, high  # linspace goes through float64
    return [(a, b, _count(connection, number, a, b)) for a, b in zip(edges, edges[1:])]


def _count(connection, number, low, high):
    # fetchall, not fetchone: a result that is not read to its end blocks the connection.
    return connection.execute(_select("count(*)", number, low, high)).fetchall()[0][0]


def _select(what, number, low, high):
    return (
        f"SELECT {what} FROM tick_data WHERE symbol = {number} "
        f"AND ts >= make_timestamp({low}::BIGINT) AND ts < make_timestamp({high}::BIGINT)"
    )


def _copy(chunks, column, at):
    for chunk in chunks.chunks:
        column[at : at + len(chunk)] = chunk.view(pa.int64()).to_numpy(zero_copy_only=True)
        at += len(chunk)
