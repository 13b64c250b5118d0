"""Texts and numbers as a user writes them -> whole units; a value for all symbols, or one for each."""

import math
import re

from ..errors import OptionError, did_you_mean
from ..units import to_steps
from .sources import name_of

__all__ = ["amount_or_share_of", "choice_of", "count_of", "distance_of", "each", "steps_of"]

NUMBER = r"\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+"
MILLION = 1_000_000


def each(given, names, what):
    """What was given for each symbol: one value for all, or a dict (or ``"EURUSD=3,USDJPY=5"``) with None for the rest.

    Examples
    --------
    >>> each("1pips", ["EURUSD", "USDJPY"], "slippage"), each("usdjpy=3", ["EURUSD", "USDJPY"], "slippage")
    (['1pips', '1pips'], [None, '3'])
    """
    if isinstance(given, str) and "=" in given:
        pieces = [piece.partition("=") for piece in given.split(",") if piece.strip()]
        given = {name.strip(): value.strip() for name, _, value in pieces}
    if not isinstance(given, dict):
        return [given] * len(names)
    found = {name_of(name): value for name, value in given.items()}
    for name in found:
        if name not in names:
            raise OptionError(
                f"{what} names {name}, which is not in this run{did_you_mean(name, names)}; it has {', '.join(names)}"
            )
    return [found.get(name) for name in names]


def distance_of(text, symbol, what):
    """``5``, ``"5points"`` or ``"0.5pips"`` as points of a symbol.

    Examples
    --------
    >>> from backtestr_lab.symbols import EURUSD
    >>> distance_of("0.5pips", EURUSD, "slippage"), distance_of(3, EURUSD, "slippage")
    (5, 3)
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(points?|pips?)?\s*", str(0 if text is None else text))
    if not match:
        raise OptionError(f"{what} {text!r} is not a distance; write 5 or '5points' for points, '0.5pips' for pips")
    points = float(match[1]) * (symbol.pip_points if (match[2] or "").startswith("pip") else 1)
    if abs(points - round(points)) > 1e-6:
        raise OptionError(f"{what} {text!r} is {points:g} points of {symbol}; give whole points")
    return round(points)


def number_of(given, what, example):
    """A finite number above 0."""
    try:
        value = float(given) if not isinstance(given, bool) else math.nan
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value) or value <= 0:
        raise OptionError(f"{what} is {given!r}; give a positive number, e.g. {example}")
    return value


def count_of(given, what):
    """A whole number of at least 1; 0 for None.

    Examples
    --------
    >>> count_of("3", "max_orders"), count_of(None, "max_orders")
    (3, 0)
    """
    if given is None:
        return 0
    value = number_of(given, what, f"{what}=3")
    if value != int(value):
        raise OptionError(f"{what} is {given!r}; give a whole number, e.g. {what}=3")
    return int(value)


def steps_of(given, symbol, what):
    """Units of a symbol in steps; 0 for None.

    Examples
    --------
    >>> from backtestr_lab.symbols import EURUSD
    >>> steps_of("50_000", EURUSD, "max_order")
    50000
    """
    if given is None:
        return 0
    steps = to_steps(number_of(given, what, f"{what}=100_000"), symbol.quantity_digits)
    if not steps:
        raise OptionError(
            f"{what} {given!r} is not a positive multiple of {10**-symbol.quantity_digits:g} {symbol} units"
        )
    return steps


def amount_or_share_of(given, what):
    """``500`` as micro-units of money, ``"2%"`` as parts per million: (is a share, whole number); None for None.

    Examples
    --------
    >>> amount_or_share_of(500, "daily_loss"), amount_or_share_of("2%", "daily_loss")
    ((False, 500000000), (True, 20000))
    """
    if given is None:
        return None
    match = re.fullmatch(rf"\s*({NUMBER})\s*(%?)\s*", str(given), re.IGNORECASE)
    value = float(match[1]) if match and not isinstance(given, bool) else 0.0
    whole = math.floor(value * (MILLION // 100 if match and match[2] else MILLION) + 0.5)
    if not 0 < whole < 2**62 or (match[2] and value > 100):
        raise OptionError(f"{what} is {given!r}; give an amount of money, e.g. {what}=500, or a share of equity, '2%'")
    return bool(match[2]), whole


def choice_of(given, choices, what):
    """One of some words."""
    if given not in choices:
        raise OptionError(f"{what} is {given!r}; it must be one of {', '.join(choices)}{did_you_mean(given, choices)}")
    return given
