"""What a user gives a run as data -> where the ticks of each symbol come from, in the run's order (D1, P6)."""

import weakref
from dataclasses import dataclass

from ..errors import OptionError, SymbolError
from ..records import Ticks
from ..symbols import Symbol

__all__ = ["Given", "Sources", "kept", "sources_of"]

_derived: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # Ticks -> {what: Ticks made of them}
_MOST_DERIVED = 4


def kept(ticks, what, make):
    """Ticks made of others, the same object as last time, so that its bars are found again."""
    made = _derived.setdefault(ticks, {})
    if what not in made:
        new = make()
        if new is ticks:
            return ticks
        while len(made) >= _MOST_DERIVED:
            del made[next(iter(made))]
        made[what] = new
    return made[what]


class Given:
    """Ticks the caller holds, as a source."""

    where = "the ticks given"

    def __init__(self, ticks):
        self.ticks = ticks

    def span(self, symbol):
        """First and last stamp, or None."""
        return (int(self.ticks.ts[0]), int(self.ticks.ts[-1])) if len(self.ticks) else None

    def columns(self, symbol, start, end):
        """The ticks of ``[start, end)``."""
        if len(self.ticks) and start <= self.ticks.ts[0] and end > self.ticks.ts[-1]:
            return self.ticks  # the same object, so that its bars are found again
        return kept(self.ticks, (start, end), lambda: self.ticks.between(start, end))


@dataclass(frozen=True)
class Sources:
    """Where the ticks of a run come from.

    Attributes
    ----------
    pairs : tuple of (source, name)
        One a symbol, in the run's order; a source has ``span(name)`` and ``columns(name, start, end)``.
    store : Store or None
        Where a symbol that only converts may be looked for.
    """

    pairs: tuple
    store: object = None

    @property
    def bars(self):
        """Of the bars that the run is made on, the longest; None for ticks (F10)."""
        found = [getattr(source, "timeframe", None) for source, _ in self.pairs]
        if None in found and any(found):
            ticks, bars = (next(n for n, t in zip(self.names, found) if bool(t) is has) for has in (False, True))
            raise OptionError(f"{bars} has bars and {ticks} has ticks; a run takes one or the other")
        return max(found) if all(found) else None

    @property
    def names(self):
        """Names of the symbols, in order."""
        return [name_of(name) for _, name in self.pairs]

    def find(self, name):
        """(source, name) of a symbol that nobody named, or None when there are no ticks of it."""
        if self.store is None:
            return None
        try:
            return (self.store, name) if self.store.span(name) is not None else None
        except SymbolError:
            return None


def name_of(symbol):
    """``"EURUSD"`` of ``"eur/usd"`` or of the symbol itself."""
    return getattr(symbol, "name", None) or str(symbol).upper().replace("/", "")


def sources_of(data, symbol=None, store=None, **bars):
    """Where the ticks of each symbol come from.

    Parameters
    ----------
    data : str, Ticks, table, dict of name to table or Ticks, or list of names, Ticks and such dicts
    symbol : str or Symbol, optional
        Of a single table.
    store : Store or path, optional
        Of names.
    **bars
        How tables of bars are read: `label`, `timeframe`.

    Returns
    -------
    Sources

    Raises
    ------
    OptionError
        A table without a name, a symbol twice, nothing at all.

    Examples
    --------
    >>> from backtestr_lab.symbols import EURUSD
    >>> ticks = Ticks([0], [110000], [110002], symbol=EURUSD)
    >>> sources_of([ticks]).names, sources_of({"eurusd": ticks}).names
    (['EURUSD'], ['EURUSD'])
    """
    if isinstance(data, Sources):
        return data
    opened = _Store(store, bars)
    if isinstance(data, (dict, list, tuple)):
        pairs = [pair for one in ([data] if isinstance(data, dict) else data) for pair in _pairs(one, opened)]
    else:
        pairs = [_pair(data, symbol, opened)]
        symbol = None
    if symbol is not None:
        raise OptionError(f"symbol={symbol!r} names one table; several are named in a dict: {{'EURUSD': table, ...}}")
    if not pairs:
        raise OptionError("data names no symbol; give a name of the store, ticks, or a table with symbol='EURUSD'")
    found = Sources(tuple(pairs), opened.store)
    twice = next((name for name in found.names if found.names.count(name) > 1), None)
    if twice:
        raise OptionError(f"{twice} is named twice; a run has each symbol once")
    return found


class _Store:
    """The store of a run, opened when the first name is looked for in it, and how tables of bars are read."""

    def __init__(self, given, bars):
        self._given, self.store, self.bars = given, None, bars

    def open(self):
        from ..store import Store

        if self.store is None:
            self.store = self._given if hasattr(self._given, "columns") else Store(self._given)
        return self.store


def _pairs(data, opened):
    if isinstance(data, dict):
        return [_named(name, one, opened) for name, one in data.items()]
    return [_pair(data, None, opened)]


def _named(name, data, opened):
    if not isinstance(data, Ticks):
        return _pair(data, name, opened)
    if name_of(name) != data.symbol.name:
        raise OptionError(f"data has ticks of {data.symbol} under the name {name_of(name)}; name them {data.symbol}")
    return Given(data), data.symbol


def _pair(data, symbol, opened):
    if isinstance(data, Ticks):
        return Given(data), data.symbol
    if isinstance(data, (str, Symbol)):
        return opened.open(), data
    from ..store import BarSource, FrameSource, has_bars

    if has_bars(data):
        bars = BarSource(data, symbol, **opened.bars)
        return bars, bars.symbol
    if symbol is None:
        raise OptionError(f"data is a {type(data).__name__} without a name; say which symbol it is: symbol='EURUSD'")
    ticks = FrameSource(data, symbol).columns(symbol, None, None)
    return Given(ticks), ticks.symbol
