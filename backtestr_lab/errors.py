"""The whole error tree on one page.

A class exists where a caller would handle it differently; everything else is a message. A message states the fact with
its value and unit, the place the user knows, and the next step. In a notebook each prints as one line: the cause is in
the user's cell or data, so a page of our frames would only hide it.
"""

from difflib import get_close_matches

__all__ = [
    "BacktestrError",
    "DataError",
    "NotCausalError",
    "OptionError",
    "RunStopped",
    "StoreBusyError",
    "StoreError",
    "StrategyError",
    "SymbolError",
    "TickOrderError",
]


class BacktestrError(Exception):
    """Root of every error this library raises on purpose.

    Examples
    --------
    >>> issubclass(StoreBusyError, BacktestrError)
    True
    """

    def _render_traceback_(self):
        # IPython prints these lines instead of a traceback.
        return [f"{type(self).__name__}: {self}"]


class OptionError(BacktestrError, ValueError):
    """An argument or option of ours has a value that cannot be used.

    Examples
    --------
    >>> raise OptionError("cash is -5.00; give a positive amount")
    Traceback (most recent call last):
    backtestr_lab.errors.OptionError: cash is -5.00; give a positive amount
    """


class SymbolError(OptionError):
    """A symbol is not known, or not in this store.

    Examples
    --------
    >>> str(SymbolError.unknown("EURUSDD", ["EURUSD", "GBPUSD"]))
    "unknown symbol 'EURUSDD'; did you mean 'EURUSD'?"
    """

    @classmethod
    def unknown(cls, name, known, where="", hint=""):
        """Name the symbol and the nearest known one.

        Examples
        --------
        >>> str(SymbolError.unknown("XYZ", [], where=" in ticks.duckdb"))
        "unknown symbol 'XYZ' in ticks.duckdb"
        """
        return cls(f"unknown symbol {name!r}{where}{did_you_mean(name, known)}{hint}")


class DataError(BacktestrError, ValueError):
    """Ticks or bars that cannot be used: an empty range, a broken file, a wrong column.

    Examples
    --------
    >>> raise DataError("half.zip: the archive is cut short; download it again")
    Traceback (most recent call last):
    backtestr_lab.errors.DataError: half.zip: the archive is cut short; download it again
    """


class TickOrderError(DataError):
    """A tick is older than the one before it (R12); names both.

    Examples
    --------
    >>> str(TickOrderError.at(7, "2024-01-02 00:00:02", "2024-01-02 00:00:01"))
    'tick 7 (2024-01-02 00:00:01) is older than tick 6 (2024-01-02 00:00:02); sort the ticks by time, ...'
    """

    @classmethod
    def at(cls, index, before, after):
        """Name both ticks by 0-based index and time.

        Examples
        --------
        >>> str(TickOrderError.at(1, "b", "a")).startswith("tick 1 (a) is older than tick 0 (b)")
        True
        """
        return cls(
            f"tick {index} ({after}) is older than tick {index - 1} ({before}); "
            "sort the ticks by time, keeping file order"
        )


class StoreError(BacktestrError):
    """The store's file is missing, damaged, from a newer version, or not a store.

    Examples
    --------
    >>> raise StoreError("notes.txt is not a DuckDB database")
    Traceback (most recent call last):
    backtestr_lab.errors.StoreError: notes.txt is not a DuckDB database
    """


class StoreBusyError(StoreError):
    """Another process held the store longer than `lock_timeout` (D2); names the process.

    Examples
    --------
    >>> issubclass(StoreBusyError, StoreError)
    True
    """


class StrategyError(BacktestrError):
    """A mistake in a strategy, told in one line with the cell's line number (S5).

    Attributes
    ----------
    line : int or None
        1-based line of the cell or file.

    Examples
    --------
    >>> str(StrategyError("Trend has no 'bye'; did you mean 'buy'?", line=4))
    "line 4: Trend has no 'bye'; did you mean 'buy'?"
    """

    def __init__(self, message, line=None):
        super().__init__(message if line is None else f"line {line}: {message}")
        self.line = line


class NotCausalError(StrategyError):
    """An indicator's past values change when later bars arrive: it looks ahead (S7).

    Examples
    --------
    >>> issubclass(NotCausalError, StrategyError)
    True
    """


class RunStopped(BacktestrError):
    """A run ended early (interrupt, time or memory limit); what was computed is kept (S6).

    Attributes
    ----------
    run : Run or None
        The partial run; its journal is a prefix of the full one.

    Examples
    --------
    >>> RunStopped("interrupted at 2024-01-02 10:00").run is None
    True
    """

    def __init__(self, message, run=None):
        super().__init__(message)
        self.run = run


def did_you_mean(word, known):
    """The suffix ``; did you mean 'x'?``, or nothing when nothing is near.

    Examples
    --------
    >>> did_you_mean("bye", ["buy", "sell"])
    "; did you mean 'buy'?"
    """
    near = get_close_matches(str(word), [str(k) for k in known], n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
