"""Slippage, commission, swap and latency as a user writes them -> the whole units the engine reads (F9)."""

import math
import re

from ..engine.costs import COMMISSIONS, SLIPPAGES
from ..errors import OptionError, did_you_mean
from ..units import DAY
from .readers import MILLION, NUMBER, distance_of, each

__all__ = ["commission_of", "latency_of", "slippages_of", "swap_of", "triple_of"]

_POINTS, _SPREAD, _IMPACT, _RANDOM = range(len(SLIPPAGES))
_LATENCY = {"us": 1, "ms": 1_000, "s": 1_000_000, "": 1}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_RATE = re.compile(rf"\s*({NUMBER})\s*(?:/\s*(lot|unit|order)|(bps?|bp))\s*", re.IGNORECASE)
_BOUND = re.compile(rf"\s+(min|max)\s+({NUMBER})$", re.IGNORECASE)
_COMMISSION = "'3.5/lot', '0.00002/unit', '2bps', '2.5/order', '1bps/5bps' for maker and taker, '2bps min 1 max 20'"


def slippages_of(given, symbols):
    """The model of a run's slippage, and for each symbol its one or two numbers.

    Parameters
    ----------
    given : int, str, or dict of those by symbol
        Points; ``"0.5pips"``; ``"0.5spread"``; ``"2impact"``, points for an order as large as the size quoted;
        ``"0..3points"`` or ``"0..0.3pips"``, drawn.
    symbols : list of Symbol

    Returns
    -------
    (int, list of (int, int))
        Index in `SLIPPAGES`; points, or millionths, or the least and most points.

    Examples
    --------
    >>> from backtestr_lab.symbols import EURUSD
    >>> [slippages_of(s, [EURUSD]) for s in (3, "0.5spread", "2impact", "0..0.3pips")]
    [(0, [(3, 3)]), (1, [(500000, 500000)]), (2, [(2000000, 2000000)]), (3, [(0, 3)])]
    """
    values = each(given, [symbol.name for symbol in symbols], "slippage")
    found = [_slippage(value, symbol) for value, symbol in zip(values, symbols)]
    kinds = {kind for kind, _ in found if kind is not None}
    if len(kinds) > 1:
        models = " and ".join(SLIPPAGES[kind].lower() for kind in sorted(kinds))
        raise OptionError(f"slippage {given!r} mixes models, {models}; give all symbols the same model")
    return kinds.pop() if kinds else _POINTS, [numbers for _, numbers in found]


def _slippage(given, symbol):
    """(kind, numbers) of one symbol; no kind where there is none."""
    if given in (None, 0, "0", "none", ""):
        return None, (0, 0)
    text = str(given).strip()
    share = re.fullmatch(rf"({NUMBER})\s*(spread|impact)", text, re.IGNORECASE)
    if share:
        kind = SLIPPAGES.index(share[2].upper())
        whole = math.floor(float(share[1]) * MILLION + 0.5)
        if not 0 < whole <= 1_000 * MILLION:
            raise OptionError(f"slippage {given!r} must lie between 0.000001 and 1000")
        return kind, (whole, whole)
    least, dots, most = text.partition("..")
    if dots:
        unit = re.sub(r"[\d.\s]", "", most)
        numbers = (
            distance_of(least if re.search("[a-z]", least) else least + unit, symbol, "slippage"),
            distance_of(most, symbol, "slippage"),
        )
        if numbers[0] > numbers[1]:
            raise OptionError(f"slippage {given!r} goes down; write the smaller distance first")
        return _RANDOM, numbers
    if not re.fullmatch(r"\d+(?:\.\d+)?\s*(points?|pips?)?", text):
        raise OptionError(
            f"slippage {given!r} is not a distance; write 3 or '3points', '0.5pips', '0.5spread', '2impact', or a "
            "range to draw from: '0..3points'"
        )
    points = distance_of(given, symbol, "slippage")
    return _POINTS, (points, points)


def commission_of(given):
    """What fills pay, as (kind, taker's rate, maker's rate, least, most); kind is an index in `COMMISSIONS`.

    Examples
    --------
    >>> commission_of("3.5/lot"), commission_of("1bps/5bps"), commission_of("0.005/unit min 1 max 20")
    ((1, 3500000, 3500000, 0, 0), (3, 5000000, 1000000, 0, 0), (2, 5000, 5000, 1000000, 20000000))
    """
    if given in (None, 0, "0", "none", ""):
        return 0, 0, 0, 0, 0
    bounds = {}
    text = str(given).strip()
    while match := _BOUND.search(text):
        if match[1].lower() in bounds:
            raise OptionError(f"commission {given!r} has two {match[1]}; write one")
        bounds[match[1].lower()] = math.floor(float(match[2]) * MILLION + 0.5)
        text = text[: match.start()].rstrip()
    rates = _RATE.fullmatch(text), _RATE.fullmatch(text)
    for slash in (m.start() for m in re.finditer("/", text)) if None in rates else ():
        rates = _RATE.fullmatch(text[:slash]), _RATE.fullmatch(text[slash + 1 :])
        if None not in rates:
            break
    if None in rates:
        raise OptionError(f"commission {given!r} is not known; write {_COMMISSION}")
    kinds = {COMMISSIONS.index((match[2] or "bps").upper()) for match in rates}
    if len(kinds) > 1:
        raise OptionError(f"commission {given!r} has two units; give maker and taker the same, e.g. '1bps/5bps'")
    maker, taker = (math.floor(float(match[1]) * MILLION + 0.5) for match in rates)
    if any(rate == 0 and float(match[1]) > 0 for rate, match in zip((maker, taker), rates)):
        raise OptionError(f"commission {given!r} is below a millionth; the smallest is 0.000001")
    least, most = bounds.get("min", 0), bounds.get("max", 0)
    if most and least > most:
        raise OptionError(f"commission {given!r} has a min above its max; exchange them")
    return kinds.pop(), taker, maker, least, most


def swap_of(given, symbol):
    """Points per night for long and short, positive is received, in millionths of a point.

    Parameters
    ----------
    given : (float, float) or str
        ``(-6.5, 2)`` or ``"-6.5/2"`` points; ``"-0.65pips/0.2pips"``.

    Examples
    --------
    >>> from backtestr_lab.symbols import EURUSD
    >>> swap_of((-6.5, 2), EURUSD), swap_of("-0.65pips/0.2pips", EURUSD), swap_of(None, EURUSD)
    ((-6500000, 2000000), (-6500000, 2000000), (0, 0))
    """
    if given in (None, 0, "0", "none", ""):
        return 0, 0
    parts = given.split("/") if isinstance(given, str) else given
    try:
        found = [re.fullmatch(rf"\s*([+-]?(?:{NUMBER}))\s*(points?|pips?)?\s*", str(part)) for part in parts]
    except TypeError:
        found = [None]
    if len(found) != 2 or None in found:
        raise OptionError(
            f"swap {given!r} is not two numbers; give points per night for long and short, e.g. swap=(-6.5, 2), or "
            "'-0.65pips/0.2pips'; what is received is positive"
        )
    long, short = (
        float(match[1]) * (symbol.pip_points if (match[2] or "").startswith("pip") else 1) * MILLION for match in found
    )
    if max(abs(long), abs(short)) >= 2**40:
        raise OptionError(f"swap {given!r} is more than a million points per night; give points, not money")
    return math.floor(long + 0.5), math.floor(short + 0.5)


def triple_of(given):
    """The day of the week whose night counts three times, Monday 0; -1 for none.

    Examples
    --------
    >>> triple_of("Wed"), triple_of("friday"), triple_of(None)
    (2, 4, -1)
    """
    if given in (None, "none", "None", False):
        return -1
    day = str(given).strip().capitalize()[:3]
    if day not in _DAYS[:5]:
        raise OptionError(f"triple is {given!r}; give a day from 'Mon' to 'Fri', or None{did_you_mean(day, _DAYS[:5])}")
    return _DAYS.index(day)


def latency_of(given):
    """``"50ms"``, or a range to draw from, ``"20ms..80ms"``, as (least, most) in microseconds (F9).

    Examples
    --------
    >>> latency_of("50ms"), latency_of("20..80ms"), latency_of(("0", "1.5s")), latency_of(0)
    ((50000, 50000), (20000, 80000), (0, 1500000), (0, 0))
    """
    parts = given if isinstance(given, (tuple, list)) else str(0 if given is None else given).split("..")
    found = [re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(us|ms|s|)\s*", str(part), re.IGNORECASE) for part in parts]
    if len(found) not in (1, 2) or None in found:
        raise OptionError(f"latency {given!r} is not a time; write '50ms', '1.5s', or a range to draw from: '20..80ms'")
    units = [match[2].lower() for match in found]
    if units[-1] == "" and any(float(match[1]) for match in found):
        raise OptionError(f"latency {given!r} has no unit; write '50ms' or '1.5s'")
    # The unit of a range may stand at its end.
    micros = [float(match[1]) * _LATENCY[unit or units[-1]] for match, unit in zip(found, units)]
    if any(abs(m - round(m)) > 1e-6 for m in micros):
        raise OptionError(f"latency {given!r} is no whole number of microseconds, the smallest there is")
    least, most = round(micros[0]), round(micros[-1])
    if least > most:
        raise OptionError(f"latency {given!r} goes down; write the shorter time first")
    if most > DAY:
        raise OptionError(f"latency {given!r} is longer than a day; the most is '86400s'")
    return least, most
