"""What a run is made on and with: the ticks or the symbols that a line names, and the arguments of `backtest`."""

from functools import lru_cache

from ..errors import OptionError, StoreError, SymbolError
from ..symbols import known
from .options import OPTIONS, Value

__all__ = ["data_of", "keywords_of"]


def keywords_of(given):
    """The arguments of `backtest` that were given.

    Examples
    --------
    >>> from backtestr_lab.magic.line import parse
    >>> keywords_of(parse(["--cash", "5_000", "--set", "fast=3", "--set", "slow=9", "--python"], "magic")[0])
    {'cash': 5000.0, 'python': True, 'params': {'fast': 3, 'slow': 9}}
    """
    wanted = ((option.keyword, getattr(given, option.key)) for option in OPTIONS if option.keyword)
    arguments = {name: value for name, value in wanted if value is not None}
    if given.set:
        arguments["params"] = dict(given.set)
    return arguments


def data_of(given, words):
    """What to run on: ticks and tables of the notebook, or names of symbols and their store.

    Parameters
    ----------
    given : argparse.Namespace
    words : list
        Symbols in the run's order, each a name or a `Value` that holds ticks or a table, ``ACME=$table``.

    Returns
    -------
    (data, dict)
        For ``backtest(strategy, data, **dict)``.

    Raises
    ------
    OptionError
        No symbol, or two sources of ticks.
    SymbolError, StoreError
        Unknown; nothing to run on, with the ways to get something.

    Examples
    --------
    >>> from backtestr_lab.magic.line import parse
    >>> data, more = data_of(*parse(["EURUSD", "--sample", "1"], "magic"))
    >>> data.symbol.name, len(data) > 50_000, more
    ('EURUSD', True, {})
    """
    if not words:
        raise OptionError("no symbol is named; write it first, e.g. EURUSD, with --sample to try without data")
    if given.sample is not None and given.store is not None:
        raise OptionError("--sample and --store are two sources of ticks; leave one out")
    data = [_held(word) if isinstance(word, Value) else word for word in words]
    names = [one for one in data if isinstance(one, str)]
    if given.sample is not None:
        data = [_sample(one, given.sample) if isinstance(one, str) else one for one in data]
    more = {"store": _store(given.store, names)} if names and given.sample is None else {}
    if len(data) == 1 and not isinstance(data[0], _Named):
        return data[0], more
    return [dict(one) if isinstance(one, _Named) else one for one in data], more


class _Named(dict):
    """A table under the name of its symbol."""


def _held(word):
    """What a word of the notebook holds: ``$ticks`` as it is, ``ACME=$table`` with its name."""
    name, equals, _ = word.partition("=")
    return _Named({name: word.object}) if equals else word.object


@lru_cache(maxsize=4)
def _sample(symbol, days):
    # Kept, so that the next run finds the bars of these ticks again.
    from ..store import sample

    return sample(symbol, days=days)


def _store(store, symbols):
    if hasattr(store, "columns"):
        return store
    from ..store import Store

    store = Store(store)
    try:
        if store.path.exists():
            for symbol in symbols:
                store.span(symbol)
            return store
    except SymbolError:
        if len(store.symbols()):
            raise
    name = symbols[0] if symbols[0].upper() in known() else "EURUSD"
    raise StoreError(
        f"there are no ticks in {store.path} yet; add --sample to run on a synthetic market, or fill the store: "
        f"lab.Store().ingest('ticks.csv', symbol={symbols[0]!r}), or python -m backtestr_lab sample --symbol {name}"
    )
