"""What a run was told about money, in whole units, and what that means in plain words."""

import math
import re
from dataclasses import dataclass

from ..engine.costs import COMMISSIONS, RATES
from ..errors import OptionError
from ..units import DAY, format_micros, to_steps

__all__ = ["Rules", "commission_of", "distance_of", "latency_of"]

CROSSED = ("keep", "drop", "swap")
LIQUIDITY = ("unlimited", "quoted")
_LATENCY = {"us": 1, "ms": 1_000, "s": 1_000_000, "": 1}
_WHOLE = 1_000_000  # parts


@dataclass(frozen=True)
class Terms:
    """What holds for one symbol of a run, in whole units.

    Attributes
    ----------
    margin, maintenance : int
        Rates, parts per million.
    size_kind, size : int, float
        Index in `QUANTITIES`, and units or percent: what an order without a quantity asks for.
    slippage, slippage_most : int
        Points, millionths of the spread or of the impact, or a range of points.
    max_order, max_position : int
        Steps, 0 for no limit.
    swap : (int, int)
        Long and short, millionths of a point per night.
    triple : int
        Day of the week of the triple night, Monday 0; -1 for none.
    rate, rate_symbol : int
        Index in `RATES`, and the symbol whose quote converts its money (P6).
    trades : bool
        False for a symbol that only converts.
    """

    margin: int
    maintenance: int
    size: float
    size_kind: int = 1
    slippage: int = 0
    slippage_most: int = 0
    max_order: int = 0
    max_position: int = 0
    swap: tuple = (0, 0)
    triple: int = 2
    rate: int = 0
    rate_symbol: int = 0
    trades: bool = True


@dataclass(frozen=True)
class Limits:
    """Limits of the account (P4); 0 or None for none.

    Attributes
    ----------
    orders, positions : int
    leverage : int
        Parts per million.
    daily_loss, drawdown : (int, int) or None
        `limits.AN_AMOUNT` and micro-units, or `limits.A_SHARE` and parts per million.
    """

    orders: int = 0
    positions: int = 0
    leverage: int = 0
    daily_loss: tuple | None = None
    drawdown: tuple | None = None


@dataclass(frozen=True)
class Rules:
    """Costs, margin, policies and the range of a run; what the engine reads and the manifest keeps.

    Attributes
    ----------
    start, end : int
        Instants, µs UTC.
    cash : int
        Micro-units.
    currency : str
    symbols : tuple of Terms
        What holds for each symbol, in the run's order.
    commission, commission_rate, maker_rate : int
        Index in `COMMISSIONS`; micro-units per lot, unit or order, or parts per 10^10.
    fee_least, fee_most : int
        Micro-units an order pays at least and at most, 0 for none.
    slips : int
        Index in `SLIPPAGES`.
    hedging : bool
        Each entry is a position of its own (P1).
    limits : Limits
    bookings : tuple of (ts, symbol, kind, value)
        Dated bookings, kinds of `layout` (F9).
    intrabar : int
        Index in `intrabar.MODELS`, 0 for real ticks (F10).
    crossed : str
        Policy for crossed quotes (R13).
    latency : (int, int)
        Least and most microseconds until a request falls due, drawn where they differ (F9).
    seed : int
        Of the draws.
    quoted : bool
        A tick offers the size it quotes; else liquidity is unlimited (F8).
    participation : int
        Share of that size that can be had, parts per million.
    """

    start: int
    end: int
    cash: int
    currency: str
    symbols: tuple
    crossed: str
    close_at_end: bool
    commission: int = 0
    commission_rate: int = 0
    maker_rate: int = 0
    fee_least: int = 0
    fee_most: int = 0
    slips: int = 0
    hedging: bool = False
    limits: Limits = Limits()
    bookings: tuple = ()
    intrabar: int = 0
    latency: tuple = (0, 0)
    seed: int = 0
    quoted: bool = False
    participation: int = 1_000_000


def commission_of(text):
    """``"3.5/lot"``, ``"0.00002/unit"``, ``"2bps"`` or 0 as (kind, rate) (F9).

    Examples
    --------
    >>> commission_of("3.5/lot"), commission_of("2bps"), commission_of(0)
    ((1, 3500000), (3, 2000000), (0, 0))
    """
    if text in (None, 0, "0", "none", ""):
        return 0, 0
    match = re.fullmatch(r"\s*([\d.]+(?:e-?\d+)?)\s*(?:/\s*(lot|unit)|(bps?|bp))\s*", str(text), re.IGNORECASE)
    try:
        amount = float(match[1])
    except (TypeError, ValueError):
        raise OptionError(f"commission {text!r} is not known; write '3.5/lot', '0.00002/unit' or '2bps'") from None
    kind = COMMISSIONS.index((match[2] or "bps").upper())
    rate = math.floor(amount * 1e6 + 0.5)
    if rate == 0 and amount > 0:
        raise OptionError(f"commission {text!r} is below a millionth; the smallest is 0.000001")
    return kind, rate


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


def _participation_of(given, liquidity):
    if liquidity not in LIQUIDITY:
        raise OptionError(f"liquidity is {liquidity!r}; it must be one of {', '.join(LIQUIDITY)}")
    if given is None:
        return _WHOLE
    if liquidity != "quoted":
        raise OptionError(f"participation {given!r} is a share of the size quoted; give liquidity='quoted' too")
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not 1e-6 <= given <= 1:
        raise OptionError(f"participation is {given!r}; give a share above 0 up to 1, e.g. participation=0.25")
    return math.floor(given * _WHOLE + 0.5)


def _seed_of(given):
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < 2**63:
        raise OptionError(f"seed is {given!r}; give a whole number from 0 to 2^63 - 1")
    return given


def rules_of(
    symbol,
    start,
    end,
    *,
    cash,
    currency,
    commission,
    slippage,
    leverage,
    size,
    crossed,
    close_at_end,
    latency,
    liquidity,
    participation,
    seed,
):
    """Check what the user gave and turn it into whole units."""
    if isinstance(cash, bool) or not isinstance(cash, (int, float)) or not math.isfinite(cash) or cash <= 0:
        raise OptionError(f"cash is {cash!r}; give a positive amount, e.g. cash=100_000")
    if cash * 1e6 >= 2**62:
        raise OptionError(f"cash is {cash:,}; the most is {2**62 // 10**6:,}")
    if crossed not in CROSSED:
        raise OptionError(f"crossed is {crossed!r}; it must be one of {', '.join(CROSSED)}")
    if currency is None:
        currency = "USD" if symbol.base == "USD" else symbol.quote
    if currency not in (symbol.quote, symbol.base):
        raise OptionError(
            f"the account is in {currency}, but {symbol} is {symbol.base or '?'}/{symbol.quote}; "
            f"use currency={symbol.quote!r}" + (f" or {symbol.base!r}" if symbol.base else "")
        )
    kind, rate = commission_of(commission)
    if leverage is not None and not (isinstance(leverage, (int, float)) and leverage > 0):
        raise OptionError(f"leverage is {leverage!r}; give a positive number, e.g. leverage=30")
    margin = 1 / leverage if leverage else symbol.initial_margin
    if size is None:
        size = symbol.contract_size / 10 if symbol.contract_size >= 1000 else 1
    steps = to_steps(size, symbol.quantity_digits)
    if not steps or steps < 0:
        raise OptionError(f"size {size!r} is not a positive multiple of {10**-symbol.quantity_digits:g} {symbol} units")
    terms = Terms(
        margin=math.floor(margin * 1e6 + 0.5),
        maintenance=math.floor(margin * symbol.maintenance_margin / symbol.initial_margin * 1e6 + 0.5),
        size=size,
        slippage=distance_of(slippage, symbol, "slippage"),
        rate=RATES.index("DIRECT" if currency == symbol.quote else "OVER"),
    )
    return Rules(
        start=start,
        end=end,
        cash=math.floor(cash * 1e6 + 0.5),
        currency=currency,
        symbols=(terms,),
        commission=kind,
        commission_rate=rate,
        maker_rate=rate,
        crossed=crossed,
        close_at_end=bool(close_at_end),
        latency=latency_of(latency),
        seed=_seed_of(seed),
        quoted=liquidity == "quoted",
        participation=_participation_of(participation, liquidity),
    )


def _arrival_in_words(rules):
    least, most = (f"{us / 1e6:g} s" if us >= 1_000_000 else f"{us / 1000:g} ms" for us in rules.latency)
    if rules.latency == (0, 0):
        return "Orders, changes and cancels arrive at once."
    if least == most:
        return f"Orders, changes and cancels arrive {least} after they were asked for."
    return (
        f"Orders, changes and cancels arrive {least} to {most} after they were asked for, each drawn evenly with seed "
        f"{rules.seed}."
    )


def in_words(rules, symbol, *, spread, loaded):
    """The assumptions a result rests on, a sentence each."""
    commission = COMMISSIONS[rules.commission]
    amount = rules.commission_rate / 1e6
    paid = {
        "NONE": "No commission is charged.",
        "LOT": f"Commission is {amount:g} {rules.currency} per lot of {symbol.contract_size:,.0f}, on every fill.",
        "UNIT": f"Commission is {amount:g} {rules.currency} per unit, on every fill.",
        "BPS": f"Commission is {amount:g} basis points of the value, on every fill.",
        "ORDER": f"Commission is {amount:g} {rules.currency} per order, at its first fill.",
    }[commission]
    terms = rules.symbols[0]
    pips = terms.slippage / symbol.pip_points
    return [
        "Buys pay the ask and sells get the bid of the first tick an order meets; limits fill at their price, stops at "
        "the tick that reaches them, gaps included.",
        f"Market and stop fills are {terms.slippage} points ({pips:g} pips) worse than the quote."
        if terms.slippage
        else "Market and stop fills pay no slippage beyond the spread.",
        paid,
        f"The spread is {spread} points on a feed of single prices." if spread else "The spread is the feed's own.",
        f"An order gets at most {rules.participation / 1e4:g} % of the size each tick quotes (where it quotes none, of "
        "its volume), and the rest at later ticks."
        if rules.quoted
        else "Every order is filled whole: the size quoted is not a limit.",
        _arrival_in_words(rules),
        "No swap is charged for nights.",
        f"A position needs {terms.margin / 1e4:g} % of its value as margin.",
        f"Ticks from {format_micros(loaded)} on feed bars and indicators; trading starts at "
        f"{format_micros(rules.start)}."
        if loaded < rules.start
        else f"Nothing before {format_micros(rules.start)} was seen.",
    ]
