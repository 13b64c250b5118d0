"""The account's currency, and which symbol's quote turns each symbol's money into it (P6)."""

from ..engine.costs import RATES
from ..errors import OptionError, did_you_mean
from ..symbols import known
from .sources import name_of

__all__ = ["currency_of", "rates_of"]

_DIRECT, _TIMES, _OVER = map(RATES.index, ("DIRECT", "TIMES", "OVER"))


def currency_of(given, first):
    """The account's currency: the one given, else USD when the first symbol has it, else what it is quoted in.

    Examples
    --------
    >>> from backtestr_lab.symbols import symbol
    >>> currency_of(None, symbol("USDJPY")), currency_of(None, symbol("EURGBP")), currency_of("eur", symbol("EURUSD"))
    ('USD', 'GBP', 'EUR')
    """
    if given is None:
        return "USD" if "USD" in (first.base, first.quote) else first.quote
    if not isinstance(given, str) or not given.strip():
        raise OptionError(f"currency is {given!r}; give a code, e.g. currency='USD'")
    return given.strip().upper()


def rates_of(symbols, currency, convert, load):
    """For each symbol, how its money becomes the account's.

    Parameters
    ----------
    symbols : list of Symbol
        The run's; what only converts is appended.
    currency : str
        Of the account.
    convert : dict of str to str, Symbol or Ticks
        Currency -> the symbol whose quote converts it.
    load : callable
        ``load(name or Ticks)`` loads ticks of one that only converts and gives its Symbol, None without ticks.

    Returns
    -------
    list of (rate, index)
        Index in `RATES`, and of the symbol whose quote it is; a row for each symbol, those appended included.

    Raises
    ------
    OptionError
        Nothing joins two currencies; says which pair to add.

    Examples
    --------
    >>> from backtestr_lab.symbols import symbol
    >>> run = [symbol("EURUSD"), symbol("EURJPY"), symbol("USDJPY")]
    >>> [(RATES[rate], run[k].name) for rate, k in rates_of(run, "USD", {}, lambda name: None)]
    [('DIRECT', 'EURUSD'), ('OVER', 'USDJPY'), ('OVER', 'USDJPY')]
    """
    named = _converters(convert)
    foreign = {symbol.quote for symbol in symbols if currency not in (symbol.quote, symbol.base)}
    if named.keys() - foreign:
        one = min(named.keys() - foreign)
        asked = ", ".join(sorted(foreign)) or f"none: every symbol has {currency}"
        raise OptionError(
            f"convert names {one}{did_you_mean(one, foreign)}; currencies to convert to {currency}: {asked}"
        )
    joins = {quote: _joining(quote, currency, symbols, named.get(quote), load) for quote in sorted(foreign)}
    return [_rate(k, symbol, currency, joins, symbols) for k, symbol in enumerate(symbols)]


def _rate(k, symbol, currency, joins, symbols):
    if symbol.quote == currency:
        return _DIRECT, k
    if symbol.base == currency:
        return _OVER, k
    other = joins[symbol.quote]
    return (_TIMES if symbols[other].quote == currency else _OVER), other


def _converters(convert):
    if convert is None:
        return {}
    if isinstance(convert, str) and "=" in convert:
        pieces = (piece.partition("=") for piece in convert.split(",") if piece.strip())
        convert = {code.strip(): name.strip() for code, _, name in pieces}
    if not isinstance(convert, dict):
        raise OptionError(
            f"convert is {convert!r}; give a dict of currency to symbol, e.g. convert={{'JPY': 'USDJPY'}}"
        )
    return {str(code).upper(): symbol for code, symbol in convert.items()}


def _joining(quote, currency, symbols, named, load):
    """Index of the symbol that joins two currencies; it is appended when it is not one of the run's."""
    pairs = f"{quote}{currency}", f"{currency}{quote}"
    if named is not None:
        return _place(named, quote, currency, symbols, load)
    for k, symbol in enumerate(symbols):
        if _joins(symbol, quote, currency):
            return k
    for name in pairs:
        found = load(name)
        if found is not None and _joins(found, quote, currency):
            symbols.append(found)
            return len(symbols) - 1
    usual = next((name for name in pairs if name in known()), pairs[0])
    raise OptionError(
        f"nothing converts {quote} to {currency}: there are no ticks of {pairs[0]} or {pairs[1]}; add {usual} to "
        f"the store or to the symbols of the run, or give convert={{{quote!r}: ticks}}, or currency={quote!r}"
    )


def _place(named, quote, currency, symbols, load):
    name = name_of(getattr(named, "symbol", named))
    names = [symbol.name for symbol in symbols]
    found = symbols[names.index(name)] if name in names else load(named)
    if found is None:
        raise OptionError(
            f"convert={{{quote!r}: {name!r}}}: there are no ticks of {name}; add it to the store or the run"
        )
    if not _joins(found, quote, currency):
        raise OptionError(
            f"convert={{{quote!r}: {name!r}}}: {name} is {found.base or '?'}/{found.quote} and does not join {quote} "
            f"and {currency}"
        )
    if name not in names:
        symbols.append(found)
        return len(symbols) - 1
    return names.index(name)


def _joins(symbol, one, other):
    return {symbol.base, symbol.quote} == {one, other}
