"""Ticks straight from a table, without a store (D1)."""

from ..errors import OptionError, SymbolError
from ..records import Ticks
from ..units import to_micros
from .check import check, refuse

__all__ = ["FrameSource"]


class FrameSource:
    """One symbol's ticks from a table or from `Ticks`, behind the same interface as a store.

    Parameters
    ----------
    data : pandas.DataFrame, pyarrow.Table, polars.DataFrame, DuckDB relation or Ticks
        A time column (or DatetimeIndex), and bid and ask or price; sizes and volume if there are any.
    symbol : str or Symbol
        May be left out for `Ticks`. An unknown name is guessed from the data (U5).
    columns : dict, optional
        Role (ts, bid, ask, price, bid_size, ask_size, volume) -> column, where names are not the usual ones.
    tz : str
        Zone of times that are naive.
    digits : int, optional
        Overrides the symbol's.

    Raises
    ------
    DataError
        A needed column is missing, or a row cannot be a tick; a table is taken whole or not at all.
    TickOrderError
        A tick is older than the one before it (R12).

    Examples
    --------
    >>> import pandas as pd
    >>> times = pd.to_datetime(["2024-01-02 09:00", "2024-01-02 09:01"])
    >>> source = FrameSource(pd.DataFrame({"bid": [1.1, 1.2], "ask": [1.1001, 1.2001]}, index=times), "EURUSD")
    >>> source.columns("EURUSD", None, "2024-01-02 09:01").bid.tolist()
    [110000]
    """

    def __init__(self, data, symbol=None, *, columns=None, tz="UTC", digits=None):
        self.ticks = data if isinstance(data, Ticks) else _read(data, symbol, columns, tz, digits)
        self.symbol = self.ticks.symbol

    def __repr__(self):
        return f"<FrameSource {self.ticks!r}>"

    def columns(self, symbol=None, start=None, end=None):
        """The ticks of ``[start, end)``; empty when there are none (U1).

        Raises
        ------
        SymbolError
            Another symbol than the table's.
        """
        self._know(symbol)
        if start is None and end is None:
            return self.ticks
        low = to_micros(start, "start") if start is not None else -(2**62)
        high = to_micros(end, "end") if end is not None else 2**62
        return self.ticks.between(low, high)

    def span(self, symbol=None):
        """First and last stamp in microseconds, or None when the table is empty."""
        self._know(symbol)
        return (int(self.ticks.ts[0]), int(self.ticks.ts[-1])) if len(self.ticks) else None

    def symbols(self):
        """The symbols there are: one."""
        return [self.symbol]

    def _know(self, symbol):
        name = getattr(symbol, "name", symbol)
        if name is not None and str(name).upper().replace("/", "") != self.symbol.name.upper():
            raise SymbolError.unknown(name, [self.symbol.name], " in this table", f"; it holds {self.symbol.name}")


def _read(data, symbol, columns, tz, digits):
    from .tables import rows_from_columns, table_columns

    if symbol is None:
        raise OptionError("symbol is missing; a table does not say whose prices it holds: give symbol='EURUSD'")
    place = f"{symbol} table"
    rows = rows_from_columns(table_columns(data, columns, place), place, tz=tz)
    checked, _ = check(rows, symbol, digits, sort=False)
    refuse(checked, place)
    return checked.ticks
