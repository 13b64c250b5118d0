"""What a run is made on and with: the ticks or the symbol that a line names, and the arguments of `backtest`."""

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
    """What to run on: ticks, or the name of a symbol and its store.

    Parameters
    ----------
    given : argparse.Namespace
    words : list
        Symbols; or one `Value` that holds ticks.

    Returns
    -------
    (data, dict)
        For ``backtest(strategy, data, **dict)``.

    Raises
    ------
    OptionError
        No symbol, or several.
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
    if len(words) > 1:
        raise OptionError(f"a run takes one symbol so far, and here are {', '.join(words)}; give each its own run")
    word = words[0]
    data = word.object if isinstance(word, Value) else word
    if not isinstance(data, str):
        return data, {}
    if given.sample is None:
        return data, {"store": _store(given.store, data)}
    if given.store is not None:
        raise OptionError("--sample and --store are two sources of ticks; leave one out")
    return _sample(data, given.sample), {}


@lru_cache(maxsize=4)
def _sample(symbol, days):
    # Kept, so that the next run finds the bars of these ticks again.
    from ..store import sample

    return sample(symbol, days=days)


def _store(store, symbol):
    if hasattr(store, "columns"):
        return store
    from ..store import Store

    store = Store(store)
    try:
        if store.path.exists():
            store.span(symbol)
            return store
    except SymbolError:
        if len(store.symbols()):
            raise
    name = symbol if symbol.upper() in known() else "EURUSD"
    raise StoreError(
        f"there are no ticks in {store.path} yet; add --sample to run on a synthetic market, or fill the store: "
        f"lab.Store().ingest('ticks.csv', symbol={symbol!r}), or python -m backtestr_lab sample --symbol {name}"
    )
