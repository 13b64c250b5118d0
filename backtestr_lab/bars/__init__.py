"""Bars, pure: the calendar that says where they open, and the one pass that makes them of ticks (R)."""

from .build import bars_from_ticks, base_bars, partial, roll_up
from .calendar import boundaries, trading_dates

__all__ = [
    "bars_from_ticks",
    "base_bars",
    "boundaries",
    "partial",
    "roll_up",
    "trading_dates",
]
