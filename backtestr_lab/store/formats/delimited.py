"""Delimited text -> columns, with the line number of every row that is wrong (D4)."""

import numpy as np
import pyarrow as pa
import pyarrow.csv as pv

from ...errors import DataError
from ..check import Faults

__all__ = ["read_delimited"]


def read_delimited(text, delimiter, width, roles, skip, place):
    """The columns by role, and what could not be split.

    Parameters
    ----------
    text : bytes
    delimiter : str
    width : int
        Columns of a line.
    roles : dict
        Role -> 0-based position.
    skip : int
        Lines before the first row.

    Returns
    -------
    columns : dict
        Role -> Arrow array; float64, or text where something is no number; times are text.
    faults : Faults

    Notes
    -----
    A clean file is parsed on all cores. Only one with a wrong line is parsed again, as text and on one core, for that
    is what keeps count of the lines.

    Examples
    --------
    >>> columns, faults = read_delimited(b"1,2.5,3\\n2,x,3\\n3\\n", ",", 3, {"ts": 0, "bid": 1, "ask": 2}, 0, "x.csv")
    >>> columns["bid"].to_pylist(), faults.listed()
    (['2.5', 'x'], [(3, 'it has 1 column where 3 are expected')])
    """
    names = [f"c{i}" for i in range(width)]
    text = text.rstrip(b"\r\n")
    fast = {names[i]: pa.string() if role == "ts" else pa.float64() for role, i in roles.items()}
    invalid = []

    def parse(types, **more):
        return pv.read_csv(
            pa.py_buffer(text),
            read_options=pv.ReadOptions(column_names=names, skip_rows=skip, use_threads=not more),
            parse_options=pv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False, **more),
            convert_options=pv.ConvertOptions(
                include_columns=list(types), column_types=types, null_values=[""], strings_can_be_null=True
            ),
        )

    def note(row):
        invalid.append((row.number, row.text, row.actual_columns))
        return "skip"

    try:
        table = parse(fast)
    except pa.ArrowInvalid:
        try:
            table = parse(dict.fromkeys(fast, pa.string()), invalid_row_handler=note)
        except pa.ArrowInvalid as error:
            raise DataError(f"{place}: it cannot be read as delimited text: {str(error).splitlines()[0]}") from None
    lines = np.arange(skip + 1, skip + table.num_rows + len(invalid) + 1)
    if invalid:
        lines = np.delete(lines, [number - skip - 1 for number, *_ in invalid])
    blank = _blank(table, text, lines)
    if blank.any():
        lines, table = lines[~blank], table.filter(pa.array(~blank))
    faults = Faults(table.num_rows, lines=lines, unit="line")
    for number, line, count in invalid:
        if line.strip():
            faults.add_line(number, f"it has {count} column{'s' * (count != 1)} where {width} are expected")
    return {role: table.column(names[i]).combine_chunks() for role, i in roles.items()}, faults


def _blank(table, text, lines):
    """Which rows are blank lines, nobody's row; Arrow makes rows of nulls of them to keep count."""
    blank = np.ones(table.num_rows, bool)
    for column in table.columns:
        blank &= column.is_null().to_numpy() if column.null_count else False
    if blank.any():
        source = text.split(b"\n")
        blank[blank] = [not source[line - 1].strip() for line in lines[blank]]
    return blank
