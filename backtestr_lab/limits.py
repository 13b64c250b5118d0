"""How long a run may take and how much memory it may add, and what ends it there (S6).

A thread watches the limits. Where one is reached it sets the run's flag, which the engine's loop and the loops of
compiled callbacks read. The user's own Python (callbacks with ``python=True``, `init`, custom indicators) has no such
place: it is interrupted, as by the user, and `LimitReached` is raised at its next step.
"""

import _thread
import datetime as dt
import math
import re
import threading
import time

from .errors import OptionError
from .interrupts import can_be_interrupted, careful
from .process import resident_bytes

__all__ = ["LimitReached", "Limits", "bytes_of", "reachable", "seconds_of"]

EVERY = 0.02  # seconds between two looks
AGAIN = 1.0  # seconds until it is raised again, in code that has swallowed it
_SECONDS = {"ms": 0.001, "": 1, "s": 1, "min": 60, "m": 60, "h": 3600}
_BYTES = {"": 1, "b": 1}
for _power, _letter in enumerate("kmgt", 1):
    _BYTES |= {_letter: 1000**_power, f"{_letter}b": 1000**_power, f"{_letter}ib": 1024**_power}
_current = threading.local()


class LimitReached(BaseException):
    """Raised in Python code of the user's that is ended; not an `Exception`, which the code may catch."""


class Limits:
    """The limits of one run, counted from when this is made.

    Parameters
    ----------
    timeout : str, number or timedelta, optional
        ``"30s"``, ``"5min"``; a number is seconds.
    max_memory : str or int, optional
        ``"2GB"``; a number is bytes. What the process may grow beyond the size it has now.

    Attributes
    ----------
    what : str or None
        What was reached, as far as anybody looked.

    Raises
    ------
    OptionError
        One of them is no such amount.

    Examples
    --------
    >>> Limits("30s", "2GB").reached() is None
    True
    >>> over = Limits("0.1ms")
    >>> time.sleep(0.001)
    >>> over.reached(), over.what
    ('timeout=0.1ms reached', 'timeout=0.1ms reached')
    """

    def __init__(self, timeout=None, max_memory=None):
        self.timeout, self.max_memory = timeout, max_memory
        self._until = None if timeout is None else time.monotonic() + seconds_of(timeout)
        self._most = None if max_memory is None else bytes_of(max_memory)
        self._before = resident_bytes() if self._most is not None else 0
        self.what = None

    def __bool__(self):
        return self._until is not None or self._most is not None

    def __enter__(self):
        self._outer = getattr(_current, "limits", None)
        _current.limits = self
        return self

    def __exit__(self, *_):
        _current.limits = self._outer

    def reached(self):
        """Look; which limit is reached, in words; once one is, always that; None while none is."""
        if self.what is None and self._until is not None and time.monotonic() >= self._until:
            self.what = f"timeout={self.timeout} reached"
        if self.what is None and self._most is not None:
            grown = resident_bytes() - self._before
            if grown > self._most:
                self.what = f"max_memory={self.max_memory} reached (the process grew by {_amount(grown)})"
        return self.what

    @property
    def way_out(self):
        """What to do about the limit that was reached."""
        if self.what.startswith("timeout"):
            return "allow more time, or run a shorter range"
        return "allow more memory, keep less, or run a shorter range"


def reachable(work, *arguments, flag=None):
    """Do some work so that the limits of the run it belongs to, and interrupts, can end it.

    Parameters
    ----------
    work : callable
    *arguments
        What it is called with.
    flag : (1,) int64, optional
        Set where a limit is reached, for compiled code that is called from there.

    Returns
    -------
    object
        What the work returns.

    Raises
    ------
    LimitReached
        In the work, if this is the main thread: in another there is only the flag.

    Examples
    --------
    >>> def forever():
    ...     while True:
    ...         pass
    >>> with Limits("20ms"):
    ...     reachable(forever)
    Traceback (most recent call last):
    backtestr_lab.limits.LimitReached
    """
    limits = getattr(_current, "limits", None)
    if getattr(_current, "watched", False):
        return work(*arguments)
    try:
        _current.watched = True
        return careful(work, *arguments, watch=_Watch(limits, flag) if limits else None)
    finally:
        _current.watched = False


class _Watch:
    """A thread that looks at the limits, and interrupts the main thread where one is reached."""

    def __init__(self, limits, flag):
        self._limits, self._flag, self._interrupts = limits, flag, can_be_interrupted()
        self._over, self._gone = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._look, name="backtest-limits")

    def start(self):
        self._thread.start()

    def error(self):
        """What is raised instead of an interrupt."""
        return LimitReached() if self._limits.what else None

    def _look(self):
        pause = EVERY
        while not self._over.wait(pause):
            if self._limits.reached():
                if self._flag is not None:
                    self._flag[0] = 1
                if self._interrupts:
                    _thread.interrupt_main()
                pause = AGAIN
        self._gone.set()

    def call_off(self):
        """It interrupts nothing after this."""
        self._over.set()
        # A thread that was interrupted before it began never comes to be gone; should it begin yet, it sees `over`.
        while not self._gone.wait(EVERY) and self._thread.is_alive():
            pass


def seconds_of(given):
    """``"30s"``, ``"5min"``, a number of seconds or a timedelta, in seconds.

    Examples
    --------
    >>> seconds_of("1.5min"), seconds_of("200ms"), seconds_of(30)
    (90.0, 0.2, 30.0)
    """
    if isinstance(given, dt.timedelta):
        given = given.total_seconds()
    amount = _scaled(given, _SECONDS)
    if amount is None:
        raise OptionError(f"timeout {given!r} is not a time above 0; write '30s', '5min', '1h', or a number of seconds")
    return amount


def bytes_of(given):
    """``"2GB"``, ``"500MB"``, ``"1.5GiB"`` or a number of bytes.

    Examples
    --------
    >>> bytes_of("2GB"), bytes_of("1.5 GiB"), bytes_of(10**6)
    (2000000000, 1610612736, 1000000)
    """
    amount = _scaled(given, _BYTES)
    if amount is None or amount < 1:
        raise OptionError(f"max_memory {given!r} is not an amount; write '500MB', '2GB', or a number of bytes")
    return round(amount)


def _scaled(given, units):
    """A positive, finite amount times its unit, else None."""
    match = re.fullmatch(r"\s*(\d+(?:_\d+)*(?:\.\d+)?(?:e[+-]?\d+)?)\s*([a-z]*)\s*", str(given).lower())
    if match is None or isinstance(given, bool) or match[2] not in units:
        return None
    amount = float(match[1]) * units[match[2]]
    return amount if amount > 0 and math.isfinite(amount) else None


def _amount(count):
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
