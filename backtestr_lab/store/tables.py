"""Columns of any table -> rows: Arrow, pandas, polars, a DuckDB relation, and what the text formats parsed (D1, D4).

Blank and null mean "unchanged" and are filled later; a NaN or a text that is no number is a row that cannot be a tick.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import DataError
from .check import Faults, Rows
from .names import find_columns
from .times import read_times

__all__ = ["column_numbers", "rows_from_columns", "table_columns"]

_NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"


def table_columns(data, mapping, place, *, find=find_columns):
    """The columns of a table by role.

    Parameters
    ----------
    data : pandas.DataFrame, pyarrow.Table, or anything with ``__arrow_c_stream__`` (polars, a DuckDB relation)
        A DatetimeIndex is the time when no column is.
    mapping : dict or None
        As `find_columns`.
    find : callable
        Which column plays which role; `find_columns`, or what takes and gives the same.

    Returns
    -------
    dict
        Role -> pyarrow Array.

    Examples
    --------
    >>> sorted(table_columns(pa.table({"time": [1], "bid": [1.1], "ask": [1.2]}), None, "table"))
    ['ask', 'bid', 'ts']
    """
    if _is_pandas(data):
        return _pandas_columns(data, mapping, place, find)
    table = data if isinstance(data, pa.Table) else pa.table(data)
    roles = find(table.column_names, mapping, place)
    return {role: table.column(name).combine_chunks() for role, name in roles.items()}


def _is_pandas(data):
    return type(data).__module__.partition(".")[0] == "pandas"


def _pandas_columns(frame, mapping, place, find):
    index = frame.index
    if mapping is None or "ts" not in mapping:
        import pandas as pd

        if isinstance(index, pd.DatetimeIndex) and "ts" not in frame.columns:
            name = index.name if index.name is not None and index.name not in frame.columns else "index (time)"
            frame = frame.assign(**{str(name): index})
            mapping = {**(mapping or {}), "ts": str(name)}
    roles = find(frame.columns, mapping, place)
    return {role: _pandas_array(frame[name], name, place) for role, name in roles.items()}


def _pandas_array(series, name, place):
    try:
        # NaN stays NaN: a missing price in pandas is not "unchanged".
        return pa.array(series, from_pandas=False) if series.dtype == object else _arrow(series)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        try:
            return pa.array([None if value is None else str(value) for value in series], pa.string())
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            raise DataError(f"{place}: column {name!r} holds {series.dtype}, which cannot be read") from None


def _arrow(series):
    kind = getattr(series.dtype, "kind", "O")
    if kind in "iufM" and isinstance(series.dtype, np.dtype):
        return pa.array(series.to_numpy(), from_pandas=False)
    array = pa.array(series, from_pandas=kind == "M")
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def rows_from_columns(columns, place, *, tz="UTC", day=None, unit="row", first=0, lines=None, faults=None):
    """Turn columns by role into rows; what cannot be read is marked (D4).

    Parameters
    ----------
    columns : dict
        Role -> Arrow array of numbers, times or text.
    place : str
    tz : str
        Zone of times that do not say theirs.
    day : date, optional
        The day that times without a date belong to, in `tz`.
    unit, first, lines
        How rows are named in messages: "line" or "row", the first one's number, or each one's.
    faults : Faults, optional
        What the format noted already.

    Raises
    ------
    DataError
        A column holds nothing that could be a price or a time.
    """
    n = len(next(iter(columns.values())))
    faults = faults or Faults(n, first=first, lines=lines, unit=unit)
    columns = {role: _flat(array) for role, array in columns.items()}
    ts = read_times(columns["ts"], tz, faults, place, day=day)
    numbers, missing = {}, {}
    for role in columns:
        if role != "ts":
            numbers[role], missing[role] = _numbers(columns[role], role, faults, place)
    if "price" in numbers:
        gap = missing["price"]
        if gap is not None:
            faults.add(gap, lambda i: "no price is given")
        numbers["bid"] = numbers["ask"] = numbers.pop("price")
        missing = {}
    return Rows(
        ts,
        numbers["bid"],
        numbers["ask"],
        faults,
        bid_size=numbers.get("bid_size"),
        ask_size=numbers.get("ask_size"),
        volume=numbers.get("volume"),
        missing_bid=missing.get("bid"),
        missing_ask=missing.get("ask"),
    )


def _flat(array):
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type):
        array = array.cast(pa.string())
    return array


def column_numbers(array, role, faults, place):
    """A column as float64, NaN where it is blank; texts that are no numbers are marked."""
    return _numbers(_flat(array), role, faults, place)[0]


def _numbers(array, role, faults, place):
    """float64 values and the mask of blanks (None when there are none)."""
    kind = array.type
    if pa.types.is_string(kind):
        array = _parse(array, role, faults, place)
    elif not (
        pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind) or kind == pa.null()
    ):
        raise DataError(f"{place}: {role} holds {kind}, a number is needed; choose another column with columns={{...}}")
    blank = array.is_null().to_numpy(zero_copy_only=False) if array.null_count else None
    values = array.cast(pa.float64(), safe=False).fill_null(np.nan).to_numpy(zero_copy_only=False)
    return values, blank


def _parse(array, role, faults, place):
    """Text to numbers; what is neither blank nor a number is a fault and becomes null."""
    trimmed = pc.utf8_trim_whitespace(array)
    blank = pc.fill_null(pc.equal(trimmed, ""), True)
    is_number = pc.fill_null(pc.match_substring_regex(trimmed, _NUMBER), False)
    wrong = pc.and_(pc.invert(blank), pc.invert(is_number)).to_numpy(zero_copy_only=False)
    if wrong.any():
        if not pc.any(is_number).as_py():
            i = int(np.flatnonzero(wrong)[0])
            raise DataError(
                f"{place}: {role} holds text such as {array[i].as_py()!r} ({faults.unit} {faults.line(i)}), "
                f"a number is needed; choose another column with columns={{{role!r}: ...}}"
            )
        faults.add(wrong, lambda i: f"{role} {array[i].as_py()!r} is not a number")
    return pc.if_else(is_number, trimmed, pa.scalar(None, pa.string())).cast(pa.float64())
