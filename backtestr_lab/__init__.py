"""BackTestr Lab: tick-exact backtests in a notebook, and every instant of them open to questions.

Importing it loads nothing heavy: numba, pandas, DuckDB and Bokeh come with the first use of a name that needs them.
"""

from importlib import import_module

__version__ = "0.1.0"

# public name -> module that holds it
_HOMES = {
    "Symbol": "symbols",
    "symbol": "symbols",
    "register": "symbols",
    "Timeframe": "units",
    "BacktestrError": "errors",
    "DataError": "errors",
    "NotCausalError": "errors",
    "OptionError": "errors",
    "RunStopped": "errors",
    "StoreBusyError": "errors",
    "StoreError": "errors",
    "StrategyError": "errors",
    "SymbolError": "errors",
    "TickOrderError": "errors",
    "Ticks": "records",
    "Store": "store",
    "sample": "store",
    "bars_from_ticks": "bars",
    "Strategy": "strategy",
    "pips": "strategy",
    "points": "strategy",
    "pct": "strategy",
    "share": "strategy",
    "risk": "strategy",
    "crossed_above": "strategy",
    "crossed_below": "strategy",
    "Indicator": "indicators",
    "ta": "indicators",
    "MarketState": "runs",
    "Run": "runs",
    "Session": "runs",
    "State": "runs",
    "backtest": "runs",
}

__all__ = sorted(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'backtestr_lab' has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *_HOMES})


def load_ipython_extension(ipython):
    """``%load_ext backtestr_lab``: registers the magics and warms the compiler up in the background."""
    from .magic import load

    load(ipython)
