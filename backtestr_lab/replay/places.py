"""Where to open a replay: an instant, a trade, or a row of one of the run's tables."""

from typing import NamedTuple

import numpy as np

from ..errors import OptionError
from ..units import format_micros, to_micros
from . import counts

__all__ = ["Place", "find", "of_trade", "trade_id"]


class Place(NamedTuple):
    """A cursor, and the trade it was chosen for.

    Attributes
    ----------
    ts : int
        Microseconds UTC.
    tick : int or None
        After the tick-th of the ticks stamped `ts`; None is after all of them.
    trade : int or None
        Row of `Run.trades`.
    """

    ts: int
    tick: int | None = None
    trade: int | None = None


def find(run, at=None):
    """The place that `at` means.

    Parameters
    ----------
    run : Run
    at : None, datetime, str, int, or row of a table
        A text or datetime is an instant. An int inside the run is an instant in µs UTC, any other a row of
        `Run.trades`. A row of `Run.trades` is its entry; a row of `Run.orders`, `fills`, `events`, `positions` its
        time. None is the entry of the first trade, or the end when there is none.

    Raises
    ------
    OptionError
        It names nothing in this run.
    """
    if at is None:
        return of_trade(run, 0) if len(run.trades) else Place(run.last)
    if isinstance(at, (int, np.integer)) and not isinstance(at, bool):
        ts = int(at)
        return Place(ts) if run.start <= ts <= run.last else of_trade(run, trade_id(run, ts))
    if _field(at, "entry_time") is not None:
        return of_trade(run, trade_id(run, at))
    when = _field(at, "time")
    ts = to_micros(at if when is None else when, "at")
    return Place(run._inside(ts))


def trade_id(run, trade):
    """The row number of a trade given by it or by the row itself.

    Raises
    ------
    OptionError
        There is no such trade; says which there are.
    """
    n = len(run.trades)
    if isinstance(trade, (int, np.integer)) and not isinstance(trade, bool):
        if 0 <= trade < n:
            return int(trade)
        there = f"this run has trades 0 to {n - 1:,}" if n else "this run has no trades"
        raise OptionError(f"there is no trade {trade}; {there}, as run.trades numbers them")
    if _field(trade, "entry_time") is None:
        raise OptionError(f"trade is a {type(trade).__name__}; give its number in run.trades, or its row")
    name = getattr(trade, "name", getattr(trade, "Index", None))
    if isinstance(name, (int, np.integer)):
        return trade_id(run, name)
    entry, leave = (to_micros(_field(trade, f"{side}_time")) for side in ("entry", "exit"))
    records = run._trades[0]
    same = np.flatnonzero((records["entry_ts"] == entry) & (records["exit_ts"] == leave))
    if not len(same):
        raise OptionError(f"no trade of this run was entered at {format_micros(entry)}; run.trades has those there are")
    return int(same[0])


def of_trade(run, row):
    """The place right after the entry of a trade."""
    ts = int(run._trades[0]["entry_ts"][row])
    k = int(run._trade_cursors[row, 0]) - first_tick(run, ts)
    return Place(ts, k if 0 <= k <= ticks_at(run, ts) else None, int(row))


def first_tick(run, ts):
    """How many ticks of all symbols are stamped before `ts`, warm-up included."""
    return int(counts.before(run, ts))


def ticks_at(run, ts):
    """How many ticks of all symbols are stamped exactly `ts`."""
    return int(counts.before(run, ts + 1)) - first_tick(run, ts)


def _field(row, name):
    """A field of a table's row, however it was taken out: Series, named tuple or dict."""
    if isinstance(row, str):
        return None
    if isinstance(row, dict):
        return row.get(name)
    if hasattr(row, "index") and hasattr(row, "loc"):
        return row[name] if name in row.index else None
    return getattr(row, name, None) if isinstance(row, tuple) else None
