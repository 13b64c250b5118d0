"""Units at the edges: timeframes, points and prices, microseconds and datetimes (U1-U3).

Inside, everything is an int64: microseconds since 1970 UTC, points, steps. The functions here are the only place where
decimal prices and datetimes turn into them and back.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .errors import OptionError

__all__ = ["Timeframe", "from_micros", "from_points", "format_micros", "to_micros", "to_points", "to_steps"]

SECOND = 1_000_000  # us
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, order=True)
class Timeframe:
    """The length of a bar (R7, R11), ordered by length.

    Attributes
    ----------
    us : int
        Length in microseconds; a week counts as 7 days.

    Examples
    --------
    >>> Timeframe.parse("H1") == Timeframe.parse("1h") == Timeframe.parse("60m")
    True
    >>> str(Timeframe.parse("M5")), Timeframe.parse("5m").us
    ('5m', 300000000)
    """

    us: int

    @classmethod
    def parse(cls, text):
        """Read ``"5m"``, ``"1h"``, ``"1d"``, ``"1w"`` and the aliases ``"M5"``, ``"H1"``, ``"1H"`` (R7, R11).

        Raises
        ------
        OptionError
            Not a timeframe; ``"1M"`` is ambiguous; a length that the grid cannot hold.

        Examples
        --------
        >>> Timeframe.parse("1M")
        Traceback (most recent call last):
        backtestr_lab.errors.OptionError: timeframe '1M' could be a minute or a month; write '1m' for a minute
        """
        if isinstance(text, Timeframe):
            return text
        text = str(text).strip()
        match = re.fullmatch(r"(\d+)([smhdwHDWS])", text) or re.fullmatch(r"([SMHDW])(\d+)", text)
        if not match:
            if re.fullmatch(r"\d+M", text):
                raise OptionError(
                    f"timeframe {text!r} could be a minute or a month; write {text.lower()!r} for a minute"
                )
            raise OptionError(f"timeframe {text!r} is not known; write it like '1m', '5m', '1h', '4h', '1d' or '1w'")
        number, unit = match.groups() if match[1].isdigit() else match.groups()[::-1]
        us = int(number) * _UNITS[unit.lower()]
        if us == 0 or us > WEEK or (us <= HOUR and HOUR % us) or (HOUR < us <= DAY and DAY % us) or (DAY < us < WEEK):
            raise OptionError(
                f"timeframe {text!r} does not fit the grid: up to 1h it must divide 1h, above that 24h, or be 1w"
            )
        return cls(us)

    @classmethod
    def several(cls, given):
        """One timeframe or some of them, shortest first, each once.

        Examples
        --------
        >>> [str(t) for t in Timeframe.several(["1h", "5m", "H1"])], [str(t) for t in Timeframe.several("5m")]
        (['5m', '1h'], ['5m'])
        """
        if isinstance(given, (str, Timeframe)):
            given = [given]
        return tuple(sorted({cls.parse(one) for one in given}))

    @cached_property
    def name(self):
        """The shortest usual name, ``"90s"`` aside from the grid: ``"1m"``, ``"4h"``, ``"1d"``.

        Examples
        --------
        >>> Timeframe(14_400_000_000).name
        '4h'
        """
        for unit in "wdhms":
            if self.us % _UNITS[unit] == 0:
                return f"{self.us // _UNITS[unit]}{unit}"
        return f"{self.us}us"

    def __str__(self):
        return self.name


DEFAULT_TIMEFRAMES = tuple(Timeframe.parse(t) for t in ("1m", "5m", "15m", "1h", "4h", "1d"))  # R11


def to_micros(when, what="time"):
    """Any usual form of an instant to int microseconds since 1970 UTC; naive means UTC (U1).

    Parameters
    ----------
    when : datetime, date, str, numpy.datetime64, pandas.Timestamp or int
        A date means its midnight UTC; an int is taken as microseconds.

    Raises
    ------
    OptionError
        Cannot be read as an instant; `what` names the argument.

    Examples
    --------
    >>> to_micros("2014-05-02 12:30:00.125")
    1399033800125000
    >>> to_micros("2014-05-02T12:30+02:00") == to_micros("2014-05-02 10:30")
    True
    """
    if isinstance(when, (bool, float)):
        raise OptionError(f"{what} is {when!r}; give a datetime or a text like '2014-05-01 12:30'")
    if isinstance(when, (int, np.integer)):
        return int(when)
    if isinstance(when, str):
        try:
            when = dt.datetime.fromisoformat(when.strip())
        except ValueError:
            raise OptionError(
                f"{what} {when!r} is not a time; write it like '2014-05-01' or '2014-05-01 12:30:00.125'"
            ) from None
    elif isinstance(when, np.datetime64):
        return int(when.astype("M8[us]").astype("i8"))
    elif isinstance(when, dt.date) and not isinstance(when, dt.datetime):
        when = dt.datetime(when.year, when.month, when.day)
    if not isinstance(when, dt.datetime):
        raise OptionError(f"{what} is a {type(when).__name__}; give a datetime or a text like '2014-05-01 12:30'")
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    return (when - _EPOCH) // dt.timedelta(microseconds=1)


def from_micros(ts):
    """Microseconds to an aware UTC datetime (U1).

    Examples
    --------
    >>> from_micros(1399033800125000).isoformat()
    '2014-05-02T12:30:00.125000+00:00'
    """
    return _EPOCH + dt.timedelta(microseconds=int(ts))


def format_micros(ts):
    """The shortest exact ISO text of an instant, UTC, as messages show it.

    Examples
    --------
    >>> format_micros(1399033800125000), format_micros(1399033800000000), format_micros(1398988800000000)
    ('2014-05-02 12:30:00.125', '2014-05-02 12:30', '2014-05-02')
    """
    when = from_micros(ts).replace(tzinfo=None)
    if when.microsecond:
        return when.isoformat(" ", "microseconds").rstrip("0")
    if when.second:
        return when.isoformat(" ", "seconds")
    if when.hour or when.minute:
        return when.isoformat(" ", "minutes")
    return when.date().isoformat()


def to_points(price, digits):
    """Decimal prices to int64 points: ``sign(x) * floor(abs(x) * 10^digits + 0.5)`` in float64 (U2).

    Parameters
    ----------
    price : float or array of float
        Finite; callers check that.

    Examples
    --------
    >>> to_points(1.12345, 5), to_points(-0.00005, 4)
    (112345, -1)
    """
    scaled = np.floor(np.abs(price) * 10.0**digits + 0.5)
    return (np.sign(price) * scaled).astype("i8") if np.ndim(price) else int(np.sign(price) * scaled)


def from_points(points, digits):
    """Points to the nearest float64 price; one division, so that it equals the decimal literal (U2).

    Examples
    --------
    >>> from_points(112345, 5) == 1.12345
    True
    """
    return points / 10**digits


def to_steps(quantity, quantity_digits):
    """A quantity to int64 steps, or None when it is off the grid (U3).

    On the grid is what lies within 1e-6 step of it, or within four float64 spacings of the quantity in steps, which is
    more for large ones: 132.42589567 at eight digits cannot come closer than 2e-6 step.

    Examples
    --------
    >>> to_steps(10_000, 0), to_steps(0.25, 8), to_steps(0.5, 0), to_steps(132.42589567, 8)
    (10000, 25000000, None, 13242589567)
    """
    try:
        scaled = float(quantity) * 10.0**quantity_digits
    except (TypeError, ValueError):
        return None
    if not abs(scaled) < 2**62:
        return None
    nearest = int(np.floor(scaled + 0.5))
    return nearest if abs(scaled - nearest) <= max(1e-6, 4 * float(np.spacing(abs(scaled)))) else None
