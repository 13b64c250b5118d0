"""What a store holds, read at once: its symbols and, per symbol and UTC month, how many ticks (D1)."""

import datetime as dt
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from ..errors import SymbolError
from ..symbols import Symbol
from ..units import DAY, to_micros

__all__ = ["Catalog", "Month", "month_of", "month_start", "read_catalog"]

SYMBOL_FIELDS = [f.name for f in fields(Symbol)]
_MONTHS = "SELECT symbol, month, ticks, epoch_us(first_ts), epoch_us(last_ts), sized FROM months ORDER BY month"


class Month(NamedTuple):
    """Ticks of one symbol in one UTC month; stamps in microseconds."""

    month: int  # 201405
    ticks: int
    first: int
    last: int
    sized: bool


@dataclass
class Catalog:
    """Symbols of a store by name, their ids and their months in order.

    Examples
    --------
    >>> Catalog().symbol("EURUSD", "ticks.duckdb")
    Traceback (most recent call last):
    backtestr_lab.errors.SymbolError: ticks.duckdb holds no 'EURUSD'; it is empty: ingest ticks first
    """

    symbols: dict = field(default_factory=dict)
    ids: dict = field(default_factory=dict)
    guessed: set = field(default_factory=set)
    months: dict = field(default_factory=dict)

    def symbol(self, name, place):
        """The stored symbol of that name.

        Raises
        ------
        SymbolError
            Not in this store; suggests the nearest name.
        """
        key = name.name if isinstance(name, Symbol) else str(name)
        found = self.symbols.get(key) or self.symbols.get(key.upper().replace("/", ""))
        if found is not None:
            return found
        if not self.symbols:
            raise SymbolError(f"{place} holds no {key!r}; it is empty: ingest ticks first")
        raise SymbolError.unknown(key, self.symbols, f" in {place}", f"; it holds {', '.join(sorted(self.symbols))}")

    def span(self, name):
        """First and last stamp of a symbol, or None when it has no ticks."""
        months = self.months.get(name)
        return (months[0].first, months[-1].last) if months else None

    def ticks(self, name):
        """Count of a symbol's ticks."""
        return sum(m.ticks for m in self.months.get(name, ()))


def read_catalog(connection):
    """The catalog of an open store."""
    catalog = Catalog()
    names = {}
    for number, guessed, *values in connection.execute(
        f"SELECT id, guessed, {', '.join(SYMBOL_FIELDS)} FROM symbols ORDER BY id"
    ).fetchall():
        symbol = Symbol(**dict(zip(SYMBOL_FIELDS, values)))
        names[number] = symbol.name
        catalog.symbols[symbol.name] = symbol
        catalog.ids[symbol.name] = number
        if guessed:
            catalog.guessed.add(symbol.name)
    for number, *values in connection.execute(_MONTHS).fetchall():
        catalog.months.setdefault(names[number], []).append(Month(*values))
    return catalog


def month_of(ts):
    """The UTC month of an instant as a number.

    Examples
    --------
    >>> month_of(1399033800125000)
    201405
    """
    day = dt.date(1970, 1, 1) + dt.timedelta(days=int(ts) // DAY)
    return day.year * 100 + day.month


def month_start(month):
    """First instant of a month, in microseconds.

    Examples
    --------
    >>> month_start(197002) // 86_400_000_000
    31
    """
    return to_micros(f"{month // 100:04d}-{month % 100:02d}-01")


def next_month(month):
    """The month after.

    Examples
    --------
    >>> next_month(201312)
    201401
    """
    return month + 1 if month % 100 < 12 else month + 89
