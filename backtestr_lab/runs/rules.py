"""What a run was told about money, in whole units: what the engine reads."""

import math
import re
from dataclasses import dataclass

from ..engine.intrabar import MODELS
from ..engine.limits import A_SHARE, AN_AMOUNT
from ..engine.views import QUANTITIES
from ..errors import OptionError
from ..units import to_steps
from .bookings import bookings_of
from .costs import commission_of, latency_of, slippages_of, swap_of, triple_of
from .readers import MILLION, NUMBER, amount_or_share_of, choice_of, count_of, each, number_of, steps_of

__all__ = ["Limits", "Rules", "Terms", "rules_of", "size_of"]

CROSSED = ("keep", "drop", "swap")
LIQUIDITY = ("unlimited", "quoted")
_UNITS, _SHARE, _RISK = (QUANTITIES.index(name) for name in ("UNITS", "SHARE", "RISK"))


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


def rules_of(options, symbols, rates, currency, start, end, *, traded=None, bars=False):
    """Check what the user gave and turn it into whole units.

    Parameters
    ----------
    options : Options
    symbols : list of Symbol
        Those named, then those that only convert.
    rates : list of (int, int)
        As `rates.rates_of` gives them.
    currency : str
        Of the account.
    start, end : int
    traded : int, optional
        How many of the symbols are named; the rest only convert. Left out, all.
    bars : bool
        The data are bars (F10).

    Returns
    -------
    Rules

    Raises
    ------
    OptionError
        An option that cannot be; says what and what to write.
    """
    cash = options.cash
    if isinstance(cash, bool) or not isinstance(cash, (int, float)) or not math.isfinite(cash) or cash <= 0:
        raise OptionError(f"cash is {cash!r}; give a positive amount, e.g. cash=100_000")
    if cash * 1e6 >= 2**62:
        raise OptionError(f"cash is {cash:,}; the most is {2**62 // 10**6:,}")
    choice_of(options.crossed, CROSSED, "crossed")
    commission, taker, maker, least, most = commission_of(options.commission)
    traded = len(symbols) if traded is None else traded
    slips, terms = _terms_of(options, symbols[:traded], rates)
    terms += [_converting(symbol, *rate) for symbol, rate in zip(symbols[traded:], rates[traded:])]
    return Rules(
        start=start,
        end=end,
        cash=math.floor(cash * MILLION + 0.5),
        currency=currency,
        symbols=tuple(terms),
        commission=commission,
        commission_rate=taker,
        maker_rate=maker,
        fee_least=least,
        fee_most=most,
        slips=slips,
        hedging=bool(options.hedging),
        limits=_limits_of(options),
        bookings=bookings_of(options.bookings, symbols[:traded]),
        intrabar=_intrabar_of(options.intrabar, bars),
        crossed=options.crossed,
        close_at_end=bool(options.close_at_end),
        latency=latency_of(options.latency),
        seed=_seed_of(options.seed),
        quoted=options.liquidity == "quoted",
        participation=_participation_of(options.participation, options.liquidity),
    )


def _terms_of(options, symbols, rates):
    """The model of slippage, and what holds for each symbol."""
    names = [symbol.name for symbol in symbols]
    slips, slippages = slippages_of(options.slippage, symbols)
    asked = ("leverage", "size", "swap", "triple", "max_order", "max_position")
    columns = {name: each(getattr(options, name), names, name) for name in asked}
    if isinstance(options.triple, dict) or "=" in str(options.triple):
        columns["triple"] = ["Wed" if value is None else value for value in columns["triple"]]
    terms = []
    for k, (symbol, (rate, rate_symbol)) in enumerate(zip(symbols, rates)):
        given = {name: column[k] for name, column in columns.items()}
        margin = symbol.initial_margin
        if given["leverage"] is not None:
            margin = 1 / number_of(given["leverage"], "leverage", "leverage=30")
        size_kind, size = size_of(given["size"], symbol)
        terms.append(
            Terms(
                margin=math.floor(margin * MILLION + 0.5),
                maintenance=math.floor(margin * symbol.maintenance_margin / symbol.initial_margin * MILLION + 0.5),
                size_kind=size_kind,
                size=size,
                slippage=slippages[k][0],
                slippage_most=slippages[k][1],
                max_order=steps_of(given["max_order"], symbol, "max_order"),
                max_position=steps_of(given["max_position"], symbol, "max_position"),
                swap=swap_of(given["swap"], symbol),
                triple=triple_of(given["triple"]),
                rate=rate,
                rate_symbol=rate_symbol,
            )
        )
    return slips, terms


def _converting(symbol, rate, rate_symbol):
    """Terms of a symbol that nobody trades."""
    margins = (math.floor(m * MILLION + 0.5) for m in (symbol.initial_margin, symbol.maintenance_margin))
    return Terms(*margins, size=1.0, rate=rate, rate_symbol=rate_symbol, trades=False)


def size_of(given, symbol):
    """What an order without a quantity asks for: (index in `QUANTITIES`, units or percent) (P5).

    Examples
    --------
    >>> from backtestr_lab.symbols import EURUSD
    >>> size_of("20_000", EURUSD), size_of("10%", EURUSD), size_of("1%risk", EURUSD), size_of(None, EURUSD)
    ((1, 20000.0), (2, 10.0), (3, 1.0), (1, 10000.0))
    """
    if given is None:
        return _UNITS, symbol.contract_size / 10 if symbol.contract_size >= 1000 else 1.0
    match = re.fullmatch(rf"\s*({NUMBER})\s*(%\s*(?:risk)?)?\s*", str(given), re.IGNORECASE)
    if match and match[2] and not isinstance(given, bool):
        percent = float(match[1])
        if not 1e-6 <= percent <= 100_000:
            raise OptionError(f"size {given!r} must lie between 0.000001% and 100000%")
        return (_RISK if "risk" in match[2].lower() else _SHARE), percent
    steps = to_steps(match[1].replace("_", ""), symbol.quantity_digits) if match else None
    if not steps or steps < 0:
        raise OptionError(
            f"size {given!r} is not a positive multiple of {10**-symbol.quantity_digits:g} {symbol} units; or give a "
            "share of equity, '10%', or a risk by the distance to the stop-loss, '1%risk'"
        )
    return _UNITS, float(match[1])


def _limits_of(options):
    leverage = options.max_leverage
    if leverage is not None:
        leverage = number_of(leverage, "max_leverage", "max_leverage=10")
        if not 1 <= math.floor(leverage * MILLION + 0.5) <= 10**12:
            raise OptionError(f"max_leverage is {leverage:g}; it must lie between 0.000001 and 1,000,000")
    losses = {name: amount_or_share_of(getattr(options, name), name) for name in ("daily_loss", "drawdown")}
    return Limits(
        orders=count_of(options.max_orders, "max_orders"),
        positions=count_of(options.max_positions, "max_positions"),
        leverage=math.floor(leverage * MILLION + 0.5) if leverage else 0,
        **{n: (A_SHARE if loss[0] else AN_AMOUNT, loss[1]) if loss else None for n, loss in losses.items()},
    )


def _participation_of(given, liquidity):
    choice_of(liquidity, LIQUIDITY, "liquidity")
    if given is None:
        return MILLION
    if liquidity != "quoted":
        raise OptionError(f"participation {given!r} is a share of the size quoted; give liquidity='quoted' too")
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not 1e-6 <= given <= 1:
        raise OptionError(f"participation is {given!r}; give a share above 0 up to 1, e.g. participation=0.25")
    return math.floor(given * MILLION + 0.5)


def _intrabar_of(given, bars):
    if not bars:
        if given is not None:
            raise OptionError(f"intrabar {given!r} is for bars as input, and the data are ticks; leave it out")
        return 0
    words = [name.lower() for name in MODELS[1:]]
    return 1 + words.index(choice_of("worst" if given is None else given, words, "intrabar"))


def _seed_of(given):
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < 2**63:
        raise OptionError(f"seed is {given!r}; give a whole number from 0 to 2^63 - 1")
    return given
