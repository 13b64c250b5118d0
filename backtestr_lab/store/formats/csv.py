"""Delimited text with a header, or with the columns named by position: .csv .tsv .txt, also in .gz or .zip."""

import re

from ...errors import DataError
from ..names import find_columns
from ..tables import rows_from_columns
from .delimited import read_delimited
from .unpack import unpack

ENDINGS = (".csv", ".csv.gz", ".csv.zip", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
_DELIMITERS = ",;\t|"


def fits(path, data):
    """Any text is tried."""
    return True


def read(path, data, request):
    """Rows of a delimited text."""
    text, _ = unpack(path, data)
    skip, first = _first_line(text)
    if first is None:
        raise DataError(f"{path} is empty")
    delimiter = max(_DELIMITERS, key=first.count)
    fields = [field.strip().strip('"').strip() for field in first.split(delimiter)]
    header = not any(re.match(r"[+-]?\.?\d", field) for field in fields)
    if header:
        names = fields
        skip += 1
        if not text.split(b"\n", skip)[-1].strip() or text.count(b"\n") < skip:
            raise DataError(f"{path} has a header, but no rows")
    else:
        names = list(range(len(fields)))
        if not request.columns:
            raise DataError(
                f"{path} has no header; its first line is {first[:80]!r}: "
                "say which column is which by position, like columns={'ts': 0, 'bid': 1, 'ask': 2}"
            )
    found = find_columns(names, request.columns, str(path))
    roles = {role: names.index(name) for role, name in found.items()}
    columns, faults = read_delimited(text, delimiter, len(fields), roles, skip, str(path))
    return rows_from_columns(columns, str(path), tz=request.tz or "UTC", day=request.date, faults=faults)


def _first_line(text):
    """Number of blank lines before the first one that is not, and that line."""
    for number, line in enumerate(text[:65_536].split(b"\n")):
        if line.strip():
            return number, line.decode("utf-8", "replace").strip("\r\n")
    return 0, None
