"""The key figures of a run as they are read: a name, a value, a note, a tone."""

import math
from typing import NamedTuple

__all__ = ["Figure", "amount", "key_figures", "number", "signed"]

NONE = "–"  # a figure that has no value; the note says why


class Figure(NamedTuple):
    """One key figure.

    Attributes
    ----------
    name, value, unit, note : str
    tone : {"good", "bad", ""}
        Only for a figure that says by itself which of the two it is.
    """

    name: str
    value: str
    unit: str = ""
    note: str = ""
    tone: str = ""


def number(value, digits=2):
    """A number with grouped thousands and a real minus sign; a dash when there is none.

    Examples
    --------
    >>> number(-1234.5), number(float("nan"))
    ('−1,234.50', '–')
    """
    if value is None or math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    value = round(float(value), digits) + 0.0  # no minus zero
    return f"{value:,.{digits}f}".replace("-", "−")


def signed(value, digits=2):
    """A number that says its sign, as profits do; zero has none.

    Examples
    --------
    >>> signed(3.5), signed(-0.001), signed(-2)
    ('+3.50', '0.00', '−2.00')
    """
    shown = number(value, digits)
    return f"+{shown}" if shown[0].isdigit() and value > 0 and any(c in "123456789" for c in shown) else shown


def amount(value):
    """A quantity without needless decimals.

    Examples
    --------
    >>> amount(10_000.0), amount(0.25)
    ('10,000', '0.25')
    """
    return f"{float(value):,.8f}".rstrip("0").rstrip(".")


def key_figures(run):
    """The figures shown large, in reading order.

    Parameters
    ----------
    run : Run

    Returns
    -------
    list of Figure
    """
    stats, trades = run.stats, run.trades
    net = float(stats.net_profit)
    days = (run.end - run.start) / 86_400e6
    drawdown = float(run.equity["drawdown"].max()) if len(run.equity) else 0.0
    won = int((trades["net"] > 0).sum()) if len(trades) else 0
    factor, sharpe = float(stats.profit_factor), float(stats.sharpe)
    return [
        Figure(
            "Net profit",
            signed(net),
            run.currency,
            f"{signed(stats.total_return)} % on {number(run.cash)}",
            "good" if net > 0 else "bad" if net < 0 else "",
        ),
        Figure("Largest drawdown", number(stats.max_drawdown), "%", f"{number(drawdown)} {run.currency}"),
        Figure("Trades", f"{len(trades):,}", "", f"{won:,} won, {number(stats.win_rate, 1)} %" if len(trades) else ""),
        Figure("Profit factor", number(factor), "", _why_no_factor(len(trades), won) or "profits ÷ losses"),
        Figure("Sharpe ratio", number(sharpe), "", "annualised" if not math.isnan(sharpe) else _why_no_sharpe(days)),
        Figure("In the market", number(stats.exposure, 1), "%", "of the time"),
    ]


def _why_no_factor(trades, won):
    if not trades:
        return "no trades"
    return "no losing trade" if won == trades else ""


def _why_no_sharpe(days):
    return "from 30 days on" if days < 30 else "returns do not vary"
