"""A column of times, in any of the usual spellings -> microseconds UTC (U1, D4)."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import DataError
from ..units import DAY
from .zones import to_utc

__all__ = ["read_times"]

# spelling -> the same as ISO; tried in this order on a column of text
_SPELLINGS = (
    (r"^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?)\d*)?$", r"\1-\2-\3 \4"),
    (r"^(\d{4})[./](\d\d)[./](\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?)\d*)?$", r"\1-\2-\3 \4"),
    (r"^(\d{4})(\d\d)(\d\d)[ T-](\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)\d*$", r"\1-\2-\3 \4"),
    (r"^(\d{4})(\d\d)(\d\d)[ T-](\d\d)(\d\d)(\d\d)\.?(\d{3,6})?$", r"\1-\2-\3 \4:\5:\6.\7"),
    (r"^(\d\d)\.(\d\d)\.(\d{4}) (\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?)\d*$", r"\3-\2-\1 \4"),
    (r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3"),
    (r"^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})?$", r"\1-\2-\3 \4:\5:\6.\7"),
)
_CALENDAR = (8, 14, 17)  # digits of YYYYMMDD[HHMMSS[mmm]]; epoch numbers have 10, 13, 16 or 19
_OFFSET = r"^(?P<text>.*\d:\d\d.*\d)\s*(?:Z|UTC|GMT|(?:GMT|UTC)?(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?)$"
_WHOLE = r"^[+-]?(\d{1,18}|[1-8]\d{18})$"  # what an int64 holds
_NUMBER = r"^[+-]?\d{1,19}(\.\d+)?$"
# epoch numbers by size: seconds until the year 5138, then milli-, micro-, nanoseconds
_EPOCHS = ((1e11, 1_000_000), (1e14, 1_000), (1e17, 1))


def read_times(array, tz, faults, place, *, day=None):
    """Microseconds UTC of a column; rows that cannot be read are marked in `faults`.

    Parameters
    ----------
    array : pyarrow.Array
        Timestamps, dates, ISO and vendors' texts, or epoch numbers in s, ms, us or ns (told apart by size).
    tz : str
        Zone of times that do not name theirs. Epoch numbers count from 1970 UTC, unless `tz` says otherwise.
    day : date, optional
        The numbers are milliseconds since that day's midnight in `tz`.

    Raises
    ------
    DataError
        Nothing in the column is a time.

    Examples
    --------
    >>> from .check import Faults
    >>> read_times(pa.array(["04.02.2019 00:00:00.994"]), "UTC", Faults(1), "x.csv").tolist()
    [1549238400994000]
    """
    kind = array.type
    if pa.types.is_string(kind):
        local, zoned = _texts(array, faults, place, day)
    elif pa.types.is_timestamp(kind):
        local, zoned = _stamps(array), kind.tz is not None
        _mark_null(array, faults)
    elif pa.types.is_date(kind):
        local, zoned = _stamps(array.cast(pa.timestamp("us"))), False
        _mark_null(array, faults)
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        local, zoned = _numbers(array, faults, day), False
    else:
        raise DataError(f"{place}: the time column holds {kind}; choose another with columns={{'ts': ...}}")
    if zoned:
        return local
    utc, skipped = to_utc(local, tz)
    if skipped is not None:
        faults.add(skipped, lambda i: f"its wall time does not exist in {tz}: the clocks went forward")
    return utc


def _stamps(array):
    if array.type.unit == "ns":
        # floor, also before 1970
        return array.cast(pa.timestamp("ns")).view(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False) // 1000
    zone = array.type.tz
    return array.cast(pa.timestamp("us", zone)).view(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)


def _mark_null(array, faults):
    if array.null_count:
        faults.add(array.is_null().to_numpy(zero_copy_only=False), lambda i: "the time is missing")


def _numbers(array, faults, day):
    _mark_null(array, faults)
    if pa.types.is_decimal(array.type):
        array = array.cast(pa.float64())
    if day is not None:
        ms = array.cast(pa.float64()).fill_null(0).to_numpy(zero_copy_only=False)
        wrong = ~((ms >= 0) & (ms < 86_400_000))
        faults.add(wrong, lambda i: f"time {ms[i]:g} is not within a day's 86,400,000 ms")
        midnight = (day - dt.date(1970, 1, 1)).days * DAY
        return midnight + np.floor(np.where(wrong, 0, ms) * 1000 + 0.5).astype("i8")
    whole = pa.types.is_integer(array.type)
    values = array.fill_null(0).to_numpy(zero_copy_only=False)
    if not whole:
        wrong = ~np.isfinite(values)
        faults.add(wrong, lambda i: f"time {values[i]:g} is not a number")
        values = np.where(wrong, 0, values)
    typical = float(np.median(np.abs(values))) if len(values) else 0.0
    factor = next((f for below, f in _EPOCHS if typical < below), None)
    if whole:
        values = values.astype("i8")
        return values // 1000 if factor is None else values * factor
    scaled = values / 1000 if factor is None else values * factor
    return np.floor(scaled + 0.5).astype("i8")


def _texts(array, faults, place, day):
    """Microseconds of the texts, and whether they were UTC already."""
    array = pc.utf8_trim_whitespace(array)
    probe = next((v.as_py() for v in array if v.is_valid and v.as_py()), None)
    if probe is None:
        raise DataError(f"{place}: the time column is blank")
    if day is not None or (_matches(probe, _NUMBER) and not _is_calendar(probe)):
        exact = day is None and not pc.any(pc.match_substring(array, ".")).as_py()
        fits = pc.fill_null(pc.match_substring_regex(array, _WHOLE if exact else _NUMBER), False)
        _mark(fits, array, faults)
        return _numbers(pc.if_else(fits, array, "0").cast(pa.int64() if exact else pa.float64()), faults, day), False
    shift = None
    if _matches(probe, _OFFSET):
        array, shift = _offsets(array, faults)
    bare = next((v.as_py() for v in array if v.is_valid and v.as_py()), "")
    pattern, iso = next(((p, iso) for p, iso in _SPELLINGS if _matches(bare, p)), (None, None))
    if pattern is None:
        raise DataError(
            f"{place}: {probe!r} ({faults.unit} {faults.line(0)}) is not a time; known are ISO, YYYYMMDD HHMMSSmmm, "
            "DD.MM.YYYY HH:MM:SS and epoch numbers; choose another column with columns={'ts': ...}"
        )
    fits = pc.fill_null(pc.match_substring_regex(array, pattern), False)
    _mark(fits, array, faults)
    text = pc.if_else(fits, array, bare)
    text = pc.replace_substring(pc.replace_substring_regex(text, pattern, iso), ",", ".")
    text = pc.utf8_rtrim(text, " .")
    try:
        stamps = text.cast(pa.timestamp("ns"))
    except pa.ArrowInvalid:
        text = _only_real(text, array, faults)
        stamps = text.cast(pa.timestamp("ns"))
    micros = stamps.view(pa.int64()).to_numpy(zero_copy_only=False) // 1000
    return (micros, False) if shift is None else (micros - shift, True)


def _only_real(text, array, faults):
    """Texts in the right shape that no calendar has (a 31st of February): found one by one, for they are few."""
    wrong = np.zeros(len(text), bool)
    values = text.to_pylist()
    for i, value in enumerate(values):
        try:
            dt.datetime.fromisoformat(value[:26])
        except ValueError:
            wrong[i] = True
            values[i] = "1970-01-01"
    faults.add(wrong, lambda i: f"time {array[i].as_py()!r} does not exist")
    return pa.array(values)


def _offsets(array, faults):
    """Texts without their offset, and the offsets in microseconds."""
    parts = pc.extract_regex(array, _OFFSET)
    text, sign, hours, minutes = (pc.struct_field(parts, name) for name in ("text", "sign", "hours", "minutes"))
    hours, minutes = (
        pc.if_else(pc.equal(pc.fill_null(part, ""), ""), "0", part).cast(pa.int64()).to_numpy()
        for part in (hours, minutes)
    )
    size = (hours * 60 + minutes) * 60_000_000
    negative = pc.fill_null(pc.equal(sign, "-"), False).to_numpy(zero_copy_only=False)
    return text, np.where(negative, -size, size)


def _mark(fits, array, faults):
    wrong = pc.invert(fits).to_numpy(zero_copy_only=False)
    if wrong.any():
        faults.add(wrong, lambda i: f"time {array[i].as_py()!r} cannot be read")


def _is_calendar(text):
    return text.isdigit() and len(text) in _CALENDAR


def _matches(text, pattern):
    return bool(pc.match_substring_regex(pa.scalar(text), pattern).as_py())
