"""What a run ran on, so that it can be run again (D6)."""

import platform
from importlib.metadata import PackageNotFoundError, version

from .. import __version__
from ..units import format_micros

__all__ = ["manifest_of"]

_PACKAGES = ("numpy", "numba", "TA-Lib", "pandas", "duckdb")


def manifest_of(run):
    """Symbols, range, rows, hash of the ticks, cell source and captured names, parameters, versions, seed."""
    ticks = run._market.given
    return {
        "symbols": [s.name for s in run.symbols],
        "start": format_micros(run.start),
        "end": format_micros(run.end),
        "rows": len(ticks),
        "ticks_sha256": ticks.hash(),
        "strategy": run.name,
        "source": run._plan.source,
        "captured": dict(run._plan.captured),
        "params": run.params,
        "options": dict(run.options),
        "timeframes": [str(t) for t in run.timeframes],
        "seed": run.options.get("seed", 0),
        "versions": {"backtestr_lab": __version__, "python": platform.python_version()}
        | {p: _version(p) for p in _PACKAGES},
        "machine": platform.machine(),
    }


def _version(package):
    try:
        return version(package)
    except PackageNotFoundError:
        return None
