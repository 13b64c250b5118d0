"""Bars, pure: the calendar that says where they open, and the one pass that makes them of ticks (R)."""

from .build import bars_from_ticks, base_bars, partial, roll_up
from .calendar import boundaries, trading_dates
from .forming_bar import forming, forming_into
from .frame import to_frame

__all__ = [
    "bars_from_ticks",
    "base_bars",
    "boundaries",
    "forming",
    "forming_into",
    "partial",
    "roll_up",
    "to_frame",
    "trading_dates",
]
