"""DISK: ticks in one DuckDB file, the formats they come in, and the sample. The only importer of duckdb and pyarrow.

A source of ticks is one small interface, kept by `Store`, `FrameSource` and `BarSource` alike: ``columns(symbol, start,
end)`` is the `Ticks` of a range, ``span(symbol)`` the first and last stamp there is (D1).
"""

from importlib import import_module

# Not lazily: the module has the function's name, and its first import would put the module here instead.
from .sample import sample

# public name -> module that holds it; loaded on first use, for duckdb, pyarrow and pandas take 0.4 s
_HOMES = {
    "BarSource": "bar_source",
    "FrameSource": "frame",
    "IngestReport": "report",
    "Store": "store",
    "has_bars": "bar_source",
}

__all__ = ["BarSource", "FrameSource", "IngestReport", "Store", "has_bars", "sample"]


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'backtestr_lab.store' has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
