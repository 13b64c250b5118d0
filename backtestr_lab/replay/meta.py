"""What a page is told of a run before any block: names, units, timeframes, indicators (js/src/model/meta.ts)."""

import weakref

import numpy as np

from ..engine.costs import RATES
from ..engine.intrabar import MODELS
from ..indicators import Output
from ..records import EVENTS, ORDER_TYPES, PHASES, REASONS, ROLES, codes
from ..units import Timeframe, from_points
from .axis import TradingTime
from .colours import DARK, LIGHT
from .packing import MOST
from .summary import scope, why_no_trades

__all__ = ["BLOCK", "indicators_of", "count_of", "meta_of", "rounded", "timeframes_of", "variables_at"]

BLOCK = 4096  # rows: a block of bars takes some ms to make and 15 to 60 KB to send
LEVELS = 5_000  # least number of steps in the range of what has no price to be measured by
_PATTERNS = (-200, -100, 0, 100, 200)  # all that TA-Lib's candle patterns say
# Index by side, +1 or -1: the last is also the one before the first.
_SIDES = ("NONE", "BUY", "SELL")

_known_indicators: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # Run -> what `indicators_of` said


def meta_of(run, timeframes=None, *, base=None, ticks="all"):
    """Everything of `meta.ts`, as JSON has it.

    Parameters
    ----------
    run : Run
    timeframes : iterable of str or Timeframe, optional
        Those with a chart; left out, the run's.
    base : Timeframe, optional
        The shortest there is; left out, the run's own.
    ticks : {"all", "around", "none"}

    Returns
    -------
    dict
    """
    known = timeframes_of(run, timeframes, base)
    names = [t.name for t in known]
    symbols = range(len(run.symbols))
    bars = [run._markets[k].bars(known[0])[: count_of(run, known[0], k)] for k in symbols]
    return {
        "version": 1,
        "name": run.name,
        "scope": scope(run),
        "symbols": [_symbol(run, k) for k in symbols],
        "currency": run.currency,
        "cash": run._rules.cash,
        "start": run.start,
        "end": run.last,
        "stopped": run.stopped,
        "base": names[0],
        "timeframes": [
            {"name": t.name, "us": t.us, "counts": [count_of(run, t, k) for k in symbols], "size": BLOCK} for t in known
        ],
        "shown": [t.name for t in _shown(run, timeframes) if t in known],
        "indicators": [i for i in indicators_of(run) if i["timeframe"] in names],
        "codes": {
            "events": EVENTS,
            "reasons": REASONS,
            "types": ORDER_TYPES,
            "roles": ROLES,
            "sides": _SIDES,
            "phases": PHASES,
        },
        "tags": list(run._plan.tags),
        "axis": _axis(bars),
        "has": {"ticks": ticks, "variables": variables_at(run)},
        "levels": has_levels(run),
        "hedging": bool(run._rules.hedging),
        "intrabar": MODELS[run._rules.intrabar] if run._rules.intrabar else None,
        "dropped": [],
        "empty": None if len(run._trades[0]) else why_no_trades(run),
        "palette": {"light": LIGHT, "dark": DARK},
    }


def _shown(run, timeframes):
    given = run.timeframes if timeframes is None else timeframes
    return tuple(sorted({run._market.known(t) for t in given}))


def timeframes_of(run, timeframes=None, base=None):
    """Every timeframe a frame has bars of, ascending: the base, those shown, those of the indicators.

    Raises
    ------
    OptionError
        One that the run's base bars do not make up.
    """
    base = base or Timeframe(run._market.period)
    read = {key.timeframe for key in run._plan.indicators.values()}
    longer = {t for t in {*_shown(run, timeframes), *read} if t > base and t.us % base.us == 0}
    return base, *sorted(longer)


def count_of(run, timeframe, symbol=0):
    """How many bars of a symbol the run came to; a run that was stopped leaves the later ones out."""
    first = run._markets[symbol].bars(timeframe)["first"]
    return int(np.searchsorted(first, run._ends[symbol], "left"))


def has_levels(run):
    """Whether the run had trailing stops, whose levels are in a block of their own."""
    return bool((run._orders["type"] == codes(ORDER_TYPES)["TRAILING"]).any())


def variables_at(run):
    """How finely a strategy's variables are known: "tick" if it listens to ticks, "bar", or "none" if it has none."""
    plan = run._plan
    python = run._job.python and getattr(plan, "model", None) is not None
    if not python and not getattr(plan, "state_layout", None):
        return "none"
    return "tick" if "on_tick" in plan.defines else "bar"


def _symbol(run, k):
    symbol, y = run.symbols[k], run._syms[k]
    return {
        "name": symbol.name,
        "digits": symbol.digits,
        "quantity_digits": symbol.quantity_digits,
        "pip": symbol.pip_points,
        "base": symbol.base,
        "quote": symbol.quote,
        # Texts, because the product of the two may be beyond what a double holds.
        "money": {
            "mul": str(y["money_mul"]),
            "div": str(y["money_div"]),
            "rate": RATES[y["rated"]],
            "symbol": int(y["rate_symbol"]),
        },
        "trades": bool(y["trades"]),
        "first": run._firsts[k],
        "ticks": run._ends[k],
    }


def _axis(base):
    time = TradingTime.of_markets(base)
    return {"starts": time.starts.tolist(), "ends": time.ends.tolist()}


def indicators_of(run):
    """What the page knows of each indicator, in the order of the strategy's names.

    Returns
    -------
    list of dict
        As `IndicatorMeta` in meta.ts, one for each symbol it is read on; `column` is its number, the column's name in
        its ``values`` blocks.
    """
    if run not in _known_indicators:
        _known_indicators[run] = _indicators_of(run)
    return _known_indicators[run]


def _indicators_of(run):
    keys = run._plan.indicators
    if not keys:
        return []
    names = [symbol.name for symbol in run.symbols]
    nodes = {name: key.node if isinstance(key, Output) else key for name, key in keys.items()}
    on_price = {(name, k): _lies_on_price(run, keys[name], k) for name, k in _places(run)}
    # Outputs of one indicator belong together, so one that does not fit takes the others along, on every symbol.
    apart = {nodes[name] for (name, _), priced in on_price.items() if not priced}
    out = []
    for number, (name, k) in enumerate(on_price):
        key, priced = keys[name], nodes[name] not in apart
        out.append(
            {
                "name": name,
                "label": _label(key, names[k]),
                "symbol": k,
                "timeframe": key.timeframe.name,
                "digits": run.symbols[k].digits + 1 if priced else _digits(run._values(key, k)),
                "pane": "price" if priced else _label(nodes[name], names[k]),
                "column": str(number),
            }
        )
    return out


def _places(run):
    """(name, symbol) of each indicator: of the symbol it names, else of every one that is traded (P6)."""
    traded = [k for k, y in enumerate(run._syms) if y["trades"]]
    for name, key in run._plan.indicators.items():
        for k in traded if key.symbol is None else [run._place(key)]:
            yield name, k


def _label(key, first):
    """The text of an indicator, its symbol left out as it is when it was not written."""
    return str(key).replace(f"({first} ", "(")


def _lies_on_price(run, key, k):
    """Whether values can be drawn over the price: within its range widened by that range, and touching it."""
    bars, values = run._markets[k].bars(key.timeframe), run._values(key, k)
    finite = values[np.isfinite(values)]
    if not len(finite) or not len(bars) or np.isin(finite[:1000], _PATTERNS).all():
        return False
    digits = run.symbols[k].digits
    low, high = from_points(bars["low"].min(), digits), from_points(bars["high"].max(), digits)
    least, most = finite.min(), finite.max()
    # An oscillator between 0 and 100 lies within the widened range of a price of 50,000, far below the price itself.
    return bool(low - (high - low) <= least and most <= high + (high - low) and least <= high and most >= low)


def _digits(values):
    """Decimals in which the range of values has 5,000 to 50,000 steps, two for 0 to 100; none for whole numbers."""
    finite = values[np.isfinite(values)]
    if not len(finite) or (finite == np.rint(finite)).all():
        return 0
    size = float(finite.max() - finite.min()) or float(np.abs(finite).max())
    return int(np.clip(np.ceil(np.log10(LEVELS / size)), 0, 12))


def rounded(values, digits):
    """Values times 10^digits as whole numbers in float64; NaN where there is none that can be shown.

    Examples
    --------
    >>> rounded(np.array([1.23456, np.nan, np.inf]), 3).tolist()
    [1235.0, nan, nan]
    """
    scaled = np.rint(values * 10.0**digits)
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(scaled) < MOST, scaled, np.nan)
