"""Dated bookings of a table: cash, dividends, funding (F9)."""

import math
from pathlib import Path

from ..engine.layout import CASH_BOOKING, DIVIDEND_BOOKING, FUNDING_BOOKING
from ..errors import OptionError, did_you_mean
from ..units import to_micros
from .sources import name_of

__all__ = ["bookings_of"]

_COLUMNS = ("time", "symbol", "amount", "per_unit", "rate")
_MICRO, _FUNDING_PARTS = 1_000_000, 10**10


def bookings_of(given, symbols):
    """What is booked when: ``(ts, index of the symbol, kind, value)`` in the table's order.

    Parameters
    ----------
    given : list of dict, DataFrame, or path of a CSV file
        Columns time, and one of amount (account currency), per_unit (of the symbol's quote currency, as a dividend: a
        long position receives it) and rate (of the position's value, as funding: a long position pays it), and
        symbol, which a run of one symbol may leave out.
    symbols : list of Symbol

    Returns
    -------
    tuple
        Values in micro-units, millionths of a point, or parts per 10^10.

    Raises
    ------
    OptionError
        Names the row.

    Examples
    --------
    >>> from backtestr_lab.symbols import EURUSD
    >>> bookings_of([{"time": "2024-01-02", "amount": -5}, {"time": "2024-01-03", "rate": 0.0001}], [EURUSD])
    ((1704153600000000, 0, 1, -5000000), (1704240000000000, 0, 3, 1000000))
    """
    return tuple(_booking(row, f"bookings, row {n}", symbols) for n, row in enumerate(_rows(given)))


def _rows(given):
    if given is None:
        return []
    if isinstance(given, (str, Path)):
        import pandas as pd

        try:
            given = pd.read_csv(given)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise OptionError(
                f"bookings: {given} cannot be read: {reason}; give a CSV file, a table or a list"
            ) from None
    if hasattr(given, "to_dict") and hasattr(given, "columns"):
        if "time" not in given.columns:
            given = given.rename_axis(index="time").reset_index()
        given = given.to_dict("records")
    if not isinstance(given, (list, tuple)) or not all(isinstance(row, dict) for row in given):
        raise OptionError(
            "bookings is neither a table nor a list of dicts; give rows like {'time': '2024-03-15', 'symbol': 'ACME', "
            "'per_unit': 0.25}"
        )
    return given


def _booking(row, where, symbols):
    row = {name: value for name, value in row.items() if not _is_missing(value)}
    for name in row:
        if name not in _COLUMNS:
            raise OptionError(f"{where}: there is no column {name}{did_you_mean(name, _COLUMNS)}")
    kinds = [name for name in ("amount", "per_unit", "rate") if name in row]
    if "time" not in row or len(kinds) != 1:
        raise OptionError(
            f"{where}: it has {', '.join(row) or 'nothing'}; give time, and one of amount, per_unit, rate"
        )
    ts = to_micros(row["time"], f"{where}: time")
    try:
        value = float(row[kinds[0]])
    except (TypeError, ValueError):
        value = math.nan
    if not abs(value) < 2**40:
        raise OptionError(f"{where}: {kinds[0]} is {row[kinds[0]]!r}; give a number")
    if kinds[0] == "amount":
        return ts, 0, CASH_BOOKING, math.floor(value * _MICRO + 0.5)
    k = _index(row.get("symbol"), where, symbols)
    if kinds[0] == "per_unit":
        return ts, k, DIVIDEND_BOOKING, math.floor(value * 10 ** symbols[k].digits * _MICRO + 0.5)
    return ts, k, FUNDING_BOOKING, math.floor(value * _FUNDING_PARTS + 0.5)


def _index(name, where, symbols):
    names = [symbol.name for symbol in symbols]
    if name is None:
        if len(names) > 1:
            raise OptionError(f"{where}: which symbol? Give it in the column symbol; the run has {', '.join(names)}")
        return 0
    name = name_of(name)
    if name not in names:
        raise OptionError(f"{where}: {name} is not in this run{did_you_mean(name, names)}; it has {', '.join(names)}")
    return names.index(name)


def _is_missing(value):
    return value is None or value != value or value == ""
