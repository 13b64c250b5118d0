"""The assumptions a result rests on, in plain words."""

from collections import Counter

from ..engine.costs import COMMISSIONS, SLIPPAGES
from ..engine.intrabar import MODELS
from ..engine.layout import CASH_BOOKING, DIVIDEND_BOOKING, FUNDING_BOOKING
from ..engine.limits import A_SHARE
from ..units import format_micros

__all__ = ["assumptions"]

_MILLION = 1_000_000
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_BOOKED = {CASH_BOOKING: "of cash", DIVIDEND_BOOKING: "per unit held", FUNDING_BOOKING: "of the value held"}
_INTRABAR = {
    "WORST": "the extreme that hurts the open position comes first, flat the one nearer to the open",
    "BEST": "the extreme that helps the open position comes first, flat the one nearer to the open",
    "OHLC": "the high comes before the low",
    "OLHC": "the low comes before the high",
}


def assumptions(job):
    """The assumptions of a run, a sentence each; `job` is what was prepared for it."""
    rules = job.rules
    traded = [(m.symbol, t, s) for m, t, s in zip(job.markets, rules.symbols, job.spread) if t.trades]
    return [
        *_fills(rules, job),
        _slippage(rules, traded),
        _commission(rules, traded),
        _spread(traded),
        *_liquidity(rules),
        _arrival(rules),
        _swap(traded),
        *_bookings(rules),
        _margin(traded),
        "A position is closed by force when equity falls below the maintenance margin, "
        f"{_values([(symbol, f'{terms.maintenance / 1e4:g} %') for symbol, terms, _ in traded])} of its value.",
        *_money(job),
        *_positions(rules),
        *_limits(rules, traded),
        f"Ticks from {format_micros(job.loaded)} on feed bars and indicators; trading starts at "
        f"{format_micros(rules.start)}."
        if job.loaded < rules.start
        else f"Nothing before {format_micros(rules.start)} was seen.",
    ]


def _values(pairs):
    """One value for all symbols, or each with its symbol."""
    if len({value for _, value in pairs}) == 1:
        return pairs[0][1]
    return ", ".join(f"{value} for {symbol}" for symbol, value in pairs)


def _fills(rules, job):
    if not rules.intrabar:
        return [
            "Buys pay the ask and sells get the bid of the first tick an order meets; limits fill at their price, "
            "stops at the tick that reaches them, gaps included."
        ]
    name = MODELS[rules.intrabar]
    return [
        f"The data are bars of {job.bars}: what happened inside one is not known. Each becomes four ticks, open, two "
        f"extremes, close; {_INTRABAR[name]} (intrabar={name.lower()!r}).",
        "Buys pay the ask and sells get the bid of the first of these an order meets; limits and stops inside a bar "
        "fill at their price, a gap at the open is paid.",
    ]


def _slippage(rules, traded):
    kind = SLIPPAGES[rules.slips]
    if not any(terms.slippage_most for _, terms, _ in traded):
        return "Market and stop fills pay no slippage beyond the spread."
    told = {
        "POINTS": lambda s, t: f"{t.slippage} points ({t.slippage / s.pip_points:g} pips)",
        "SPREAD": lambda s, t: f"{t.slippage / _MILLION:g} of the spread, rounded up to a point,",
        "IMPACT": lambda s, t: f"{t.slippage / _MILLION:g} points, times the order over the size quoted, rounded up,",
        "RANDOM": lambda s, t: f"{t.slippage} to {t.slippage_most} points, drawn evenly with seed {rules.seed},",
    }[kind]
    return f"Market and stop fills are {_values([(s, told(s, t)) for s, t, _ in traded])} worse than the quote."


def _commission(rules, traded):
    kind = COMMISSIONS[rules.commission]
    if kind == "NONE":
        return "No commission is charged."
    lots = _values([(symbol, f"{symbol.contract_size:,.0f}") for symbol, _, _ in traded])
    per = {
        "LOT": f"{rules.currency} per lot of {lots}, on every fill",
        "UNIT": f"{rules.currency} per unit, on every fill",
        "BPS": "basis points of the value, on every fill",
        "ORDER": f"{rules.currency} per order, at its first fill",
    }[kind]
    taker, maker = rules.commission_rate / _MILLION, rules.maker_rate / _MILLION
    rate = f"{taker:g}" if taker == maker else f"{taker:g}, {maker:g} for limit orders that rested,"
    bounds = [f"at least {rules.fee_least / _MILLION:g}"] if rules.fee_least else []
    bounds += [f"at most {rules.fee_most / _MILLION:g}"] if rules.fee_most else []
    return f"Commission is {rate} {per}" + (f"; {' and '.join(bounds)} an order" if bounds else "") + "."


def _spread(traded):
    if not any(spread for _, _, spread in traded):
        return "The spread is the feed's own."
    told = [(symbol, f"{spread} points" if spread else "the feed's own") for symbol, _, spread in traded]
    return f"The spread is {_values(told)} on a feed of single prices."


def _liquidity(rules):
    if not rules.quoted:
        return ["Every order is filled whole: the size quoted is not a limit."]
    return [
        f"An order gets at most {rules.participation / 1e4:g} % of the size each tick quotes (where it quotes none, of "
        "its volume), and the rest at later ticks."
    ]


def _arrival(rules):
    least, most = (f"{us / 1e6:g} s" if us >= 1_000_000 else f"{us / 1000:g} ms" for us in rules.latency)
    if rules.latency == (0, 0):
        return "Orders, changes and cancels arrive at once."
    if least == most:
        return f"Orders, changes and cancels arrive {least} after they were asked for."
    return (
        f"Orders, changes and cancels arrive {least} to {most} after they were asked for, each drawn evenly with seed "
        f"{rules.seed}."
    )


def _swap(traded):
    if not any(any(terms.swap) for _, terms, _ in traded):
        return "No swap is charged for nights."
    told = []
    for symbol, terms, _ in traded:
        long, short = (f"{s / _MILLION:+g}" for s in terms.swap)
        triple = f", three times on {_DAYS[terms.triple]}" if terms.triple >= 0 and symbol.days_a_year != 365 else ""
        told.append((symbol, f"{long} points for long and {short} for short positions each night{triple}"))
    return f"Swap is {_values(told)}."


def _bookings(rules):
    counts = Counter(kind for ts, _, kind, _ in rules.bookings if rules.start <= ts < rules.end)
    if not rules.bookings:
        return []
    told = ", ".join(f"{n:,} {_BOOKED[kind]}" for kind, n in sorted(counts.items()))
    return [f"The table of bookings has {told or 'none'} within the run."]


def _margin(traded):
    shares = _values([(symbol, f"{terms.margin / 1e4:g} %") for symbol, terms, _ in traded])
    return f"A position needs {shares} of its value as margin."


def _money(job):
    """Which symbols convert, where they were not named."""
    out = []
    symbols = [market.symbol for market in job.markets]
    for k, terms in enumerate(job.rules.symbols):
        if not terms.trades:
            quotes = sorted({s.quote for s, t in zip(symbols, job.rules.symbols) if t.rate_symbol == k and t.trades})
            out.append(
                f"Money in {', '.join(quotes)} becomes {job.rules.currency} at the middle of the last quote of "
                f"{symbols[k]}, which is there for that alone."
            )
    return out


def _positions(rules):
    return ["Each entry is a position of its own (hedging)."] if rules.hedging else []


def _limits(rules, traded):
    limits = rules.limits
    found = []
    for name, what in (("max_order", "an order"), ("max_position", "a position")):
        most = [(s, getattr(t, name) / 10**s.quantity_digits) for s, t, _ in traded if getattr(t, name)]
        found += [f"{what} has at most {_values([(s, f'{units:,g}') for s, units in most])} units"] if most else []
    found += [f"at most {limits.orders} entry orders are open at once"] if limits.orders else []
    found += [f"at most {limits.positions} positions"] if limits.positions else []
    found += [f"positions are worth at most {limits.leverage / _MILLION:g} times equity"] if limits.leverage else []
    out = [f"Limits: {'; '.join(found)}. An entry beyond them is rejected."] if found else []
    for loss, of, until in (
        (limits.daily_loss, "the equity at the day's beginning", "until the next day"),
        (limits.drawdown, "the highest equity", "for good"),
    ):
        if loss:
            size = f"{loss[1] / 1e4:g} %" if loss[0] == A_SHARE else f"{loss[1] / _MILLION:,g} {rules.currency}"
            out.append(f"At a loss of {size} from {of} all is closed, and entries are refused {until}.")
    return out
