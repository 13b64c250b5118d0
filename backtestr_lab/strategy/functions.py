"""The functions a strategy uses beside its own methods: typed distances (O1), sizes (P5) and crossings (S9)."""

from ..engine.views import DISTANCES, QUANTITIES, Distance, Quantity
from ..errors import StrategyError

__all__ = ["crossed_above", "crossed_below", "pct", "pips", "points", "risk", "share"]


def points(n):
    """A distance of so many points, the last digit of the symbol's price (O1, U2).

    Examples
    --------
    >>> points(100)
    Distance(kind=2, value=100.0)
    """
    return Distance(DISTANCES.index("POINTS"), _number("points", n))


def pips(n):
    """A distance of so many pips; what a pip is, the symbol says (O1, U5).

    Measured from the fill: ``self.buy(10_000, stop_loss=pips(10), take_profit=pips(15))``.

    Examples
    --------
    >>> pips(10)
    Distance(kind=4, value=10.0)
    """
    return Distance(DISTANCES.index("PIPS"), _number("pips", n))


def pct(x):
    """A distance of so many percent of the fill's price (O1).

    Examples
    --------
    >>> pct(0.5)
    Distance(kind=3, value=0.5)
    """
    return Distance(DISTANCES.index("PCT"), _number("pct", x))


def share(percent):
    """A quantity worth so many percent of equity (P5): ``self.buy(share(50))``.

    Valued at the order's limit, else its stop, else the quote it would fill at, in the account's currency, and rounded
    down to the symbol's grid. Margin is another matter: ``share(200)`` asks for twice the equity.

    Examples
    --------
    >>> share(50)
    Quantity(kind=2, value=50.0)
    """
    return Quantity(QUANTITIES.index("SHARE"), _number("share", percent))


def risk(percent):
    """A quantity that loses so many percent of equity at its stop (P5): ``self.buy(risk(1), stop_loss=pips(20))``.

    The order needs a `stop_loss` or a `trail`, whose distance from the order's price it goes by. Rounded down to the
    symbol's grid; slippage, commission and gaps come on top.

    Examples
    --------
    >>> risk(1)
    Quantity(kind=3, value=1.0)
    """
    return Quantity(QUANTITIES.index("RISK"), _number("risk", percent))


def _number(name, number):
    try:
        if isinstance(number, (bool, str)):
            raise TypeError
        return float(number)
    except TypeError:
        raise StrategyError(f"{name} takes a number, not {number!r}") from None


def crossed_above(a, b):
    """Whether `a` rose through `b` with the bar that closed now: ``a[-2] <= b[-2] and a[-1] > b[-1]`` (S9).

    True only in the callback of that bar: an indicator of 1h bars crosses once an hour, however often it is asked.

    Parameters
    ----------
    a, b : indicator or number
        At least one is an indicator of the strategy, like ``self.fast``.

    Examples
    --------
    >>> from backtestr_lab import Strategy, ta
    >>> class Cross(Strategy):
    ...     def init(self):
    ...         self.fast, self.slow = ta.ema("5m", 10), ta.ema("5m", 20)
    ...     def on_bar(self, bar):
    ...         if crossed_above(self.fast, self.slow):
    ...             self.buy(10_000)
    """
    return _crossed(a, b, 1)


def crossed_below(a, b):
    """Whether `a` fell through `b` with the bar that closed now: ``a[-2] >= b[-2] and a[-1] < b[-1]`` (S9).

    Examples
    --------
    >>> from backtestr_lab import Strategy, ta
    >>> class Oversold(Strategy):
    ...     def init(self):
    ...         self.rsi = ta.rsi("1h", 14)
    ...     def on_bar(self, bar):
    ...         if crossed_below(self.rsi, 30):
    ...             self.buy(10_000)
    """
    return _crossed(a, b, -1)


def _crossed(a, b, direction):
    for series, other, sign in ((a, b, direction), (b, a, -direction)):
        if hasattr(series, "_crossed"):
            return series._crossed(other, sign)
    name = "crossed_above" if direction > 0 else "crossed_below"
    raise StrategyError(
        f"{name} compares an indicator of the strategy with another or with a number, inside a callback; "
        f"it got {a!r} and {b!r}"
    )
