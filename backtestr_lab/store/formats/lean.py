"""LEAN quote ticks of FX and CFD: a zip of headerless ``ms,bid,ask``, the date in the file's name.

Milliseconds count from midnight in the data's zone: New York winter time all year for FXCM (Etc/GMT+5), UTC for OANDA.
They may have decimals; stamps are rounded to the microsecond.
"""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

from ...errors import DataError
from ..tables import rows_from_columns
from .delimited import read_delimited
from .unpack import is_zip, unpack

ENDINGS = (".zip",)
_ROLES = {"ts": 0, "bid": 1, "ask": 2}
_LINE = rb"\d+(\.\d+)?,\d+(\.\d+)?,\d+(\.\d+)?\r?(\n|$)"
_NAME = re.compile(r"^(\d{8})_.*\.csv$")


def fits(path, data):
    """A zip whose one member is named like ``20140501_eurusd_tick_quote.csv``, or holds such lines."""
    if not is_zip(data):
        return False
    if re.match(r"\d{8}_(quote|trade)\.zip$", Path(path).name):
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if len(names) != 1:
                return False
            with archive.open(names[0]) as member:
                return bool(_NAME.match(names[0])) and bool(re.match(_LINE, member.read(256)))
    except (zipfile.BadZipFile, OSError, RuntimeError):
        return False


def read(path, data, request):
    """Rows of one day."""
    text, member = unpack(path, data)
    day = request.date or _day(path, member)
    first = text[:4096].split(b"\n", 1)[0].strip()
    width = first.count(b",") + 1
    if width != 3:
        raise DataError(
            f"{path}: LEAN quote ticks of FX and CFD have 3 columns (ms,bid,ask), this file has {width}: "
            f"{first.decode('utf-8', 'replace')[:60]!r}; other LEAN files cannot be read yet"
        )
    columns, faults = read_delimited(text, ",", 3, _ROLES, 0, str(path))
    tz = request.tz or ("Etc/GMT+5" if "fxcm" in str(path).lower() else "UTC")
    return rows_from_columns(columns, str(path), tz=tz, day=day, faults=faults)


def _day(path, member):
    for name in (Path(path).name, member or ""):
        found = re.match(r"(\d{4})(\d\d)(\d\d)_", name)
        if found:
            try:
                return dt.date(*map(int, found.groups()))
            except ValueError:
                raise DataError(f"{path}: its name begins with {found[0][:-1]}, which is no date; give date=") from None
    raise DataError(f"{path}: neither its name nor its member's begins with a date (20140501_quote.zip); give date=")
