"""Strategies (S): the user's class in, compiled callbacks out.

Nothing heavy is imported here: the compiler comes with the first run.
"""

from .base import Strategy
from .functions import crossed_above, crossed_below, pct, pips, points, risk, share

__all__ = ["Strategy", "crossed_above", "crossed_below", "pct", "pips", "points", "risk", "share"]
