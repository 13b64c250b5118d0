"""The statistics of a run: each is one function below, with its unit, formula and reference (M1).

To add one, write a function that takes `Facts` and put `@statistic` on it; tables, documents and tests follow.
Names carry no unit, the registry does: "%" values are percent, "money" is the account currency, durations are
timedeltas. One rule for what is undefined: counts and sums of nothing are 0; an average of nothing, or a ratio whose
denominator is 0, is NaN; what must be annualised is NaN under 30 days.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from ..units import from_micros
from .facts import MICRO

__all__ = ["REGISTRY", "Statistic", "statistic"]

NAN = float("nan")
REGISTRY: dict[str, "Statistic"] = {}  # by name, in the order of the tables


@dataclass(frozen=True)
class Statistic:
    """One figure: how it is computed and where that comes from.

    Attributes
    ----------
    name, group, meaning, formula, reference : str
    unit : str
        ``"%"``, ``"money"``, ``"count"``, ``"time"``, ``"duration"``, ``"pips"``, ``"ratio"`` or ``"currency"``.
    annual : bool
        NaN under 30 days.
    function : callable
        Facts to value.

    Examples
    --------
    >>> REGISTRY["sharpe"].formula
    'mean(r) / std(r) * sqrt(D)'
    """

    name: str
    group: str
    unit: str
    meaning: str
    formula: str
    reference: str
    annual: bool
    function: object

    def __call__(self, facts):
        if self.annual and not facts.annual:
            return NAN
        value = self.function(facts)
        return value.item() if isinstance(value, np.generic) else value


def statistic(group, unit, formula, reference="", annual=False):
    """Register a function of `Facts` as a statistic; its name and first docstring line are the figure's.

    Examples
    --------
    >>> @statistic("Trades", "count", "number of trades that neither earned nor lost")
    ... def break_even(facts):
    ...     "Trades that came out even."
    ...     return int((facts.net == 0).sum())
    >>> REGISTRY.pop("break_even").meaning
    'Trades that came out even'
    """

    def register(function):
        meaning = function.__doc__.splitlines()[0].rstrip(".")
        name = function.__name__
        REGISTRY[name] = Statistic(name, group, unit, meaning, formula, reference, annual, function)
        return function

    return register


def _ratio(a, b):
    return float(a / b) if b else NAN


def _mean(values):
    return float(np.mean(values)) if len(values) else NAN


def _money(micro):
    return float(micro) / MICRO


def _span(us):
    return NAN if us != us else dt.timedelta(microseconds=round(float(us)))


def _spread(values):
    """Sample deviation; exactly 0 for equal values, whose mean can be off by the last bit."""
    return float(np.std(values, ddof=1)) if len(values) > 1 and np.ptp(values) != 0 else NAN


def _streak(flags):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags, [0]])))
    return int(np.max(edges[1::2] - edges[::2], initial=0))


EMPYRICAL = "empyrical-reloaded, `{}`"
SWEENEY = "J. Sweeney, Maximum Adverse Excursion (1997)"


@statistic("Time", "time", "first instant of the run")
def start(f):
    """When the run starts, UTC."""
    return from_micros(f.start)


@statistic("Time", "time", "first instant after the run")
def end(f):
    """When the run ends, UTC."""
    return from_micros(f.end)


@statistic("Time", "duration", "end - start")
def duration(f):
    """How long the run is."""
    return _span(f.end - f.start)


@statistic("Time", "count", "n, the number of daily returns r")
def days(f):
    """Days that count as a daily return."""
    return len(f.returns)


@statistic("Time", "%", "time with an open position / duration")
def exposure(f):
    """Share of the time in the market."""
    return 100 * f.exposure


@statistic("Account", "money", "cash")
def initial_cash(f):
    """What the account starts with."""
    return _money(f.cash)


@statistic("Account", "money", "balance + unrealised profit at the end")
def final_equity(f):
    """What the account is worth at the end."""
    return _money(f.equity[-1])


@statistic("Account", "money", "max(equity)")
def peak_equity(f):
    """The highest equity at any equity point."""
    return _money(f.peak[-1])


@statistic("Account", "money", "final_equity - initial_cash")
def net_profit(f):
    """What the run earned, open positions included."""
    return _money(f.equity[-1] - f.cash)


@statistic("Account", "money", "sum of commissions, >= 0")
def commission(f):
    """Commission paid."""
    return _money(f.commission)


@statistic("Return", "%", "final_equity / initial_cash - 1", EMPYRICAL.format("cum_returns_final"))
def total_return(f):
    """Profit as a share of the cash."""
    return 100 * (f.equity[-1] / f.cash - 1)


@statistic("Return", "%", "(final_equity / initial_cash)^(D / n) - 1", EMPYRICAL.format("cagr"), annual=True)
def cagr(f):
    """Compound annual growth rate; -100 % when everything was lost."""
    growth = max(f.equity[-1] / f.cash, 0.0)
    # A few days of a huge gain raised to the power of a year leave float64: infinite growth is no figure.
    with np.errstate(over="ignore"):
        yearly = np.float64(growth) ** (f.days_a_year / len(f.returns))
    return float(100 * (yearly - 1)) if np.isfinite(yearly) else NAN


@statistic("Return", "%", "std(r) * sqrt(D)", EMPYRICAL.format("annual_volatility"), annual=True)
def volatility(f):
    """Annualised deviation of daily returns."""
    return 100 * float(np.std(f.returns, ddof=1)) * f.days_a_year**0.5 if len(f.returns) > 1 else NAN


@statistic(
    "Return",
    "ratio",
    "mean(r) / std(r) * sqrt(D)",
    f"W. F. Sharpe, The Sharpe Ratio, J. Portfolio Management 21 (1994); {EMPYRICAL.format('sharpe_ratio')}",
    annual=True,
)
def sharpe(f):
    """Mean daily return per unit of its deviation, annualised, no risk-free rate."""
    return _mean(f.returns) / _spread(f.returns) * f.days_a_year**0.5


@statistic(
    "Return",
    "ratio",
    "mean(r) / sqrt(mean(min(r, 0)^2)) * sqrt(D)",
    f"F. Sortino, L. Price, J. of Investing 3 (1994); {EMPYRICAL.format('sortino_ratio')}",
    annual=True,
)
def sortino(f):
    """Mean daily return per unit of downside deviation, annualised, target 0."""
    if len(f.returns) < 2:
        return NAN
    return _ratio(np.mean(f.returns), np.sqrt(np.mean(np.minimum(f.returns, 0) ** 2))) * f.days_a_year**0.5


@statistic(
    "Return",
    "ratio",
    "cagr / max_drawdown",
    f"T. W. Young, Futures 20 (1991); {EMPYRICAL.format('calmar_ratio')}, there over daily drawdown",
    annual=True,
)
def calmar(f):
    """Annual growth per unit of the largest drawdown over equity points."""
    return _ratio(cagr(f), max_drawdown(f))


@statistic("Return", "%", "max(r)")
def best_day(f):
    """The best daily return."""
    return 100 * float(np.max(f.returns))


@statistic("Return", "%", "min(r)")
def worst_day(f):
    """The worst daily return."""
    return 100 * float(np.min(f.returns))


@statistic("Drawdown", "%", "max((peak - equity) / peak) over equity points", EMPYRICAL.format("max_drawdown"))
def max_drawdown(f):
    """The largest fall from a peak, as a share of that peak."""
    return 100 * float(np.max((f.peak - f.equity) / f.peak))


@statistic("Drawdown", "%", "as max_drawdown, with the lowest equity at any tick between points")
def intrabar_drawdown(f):
    """The largest fall from a peak to the equity at any tick; NaN for several symbols."""
    if f.intrabar_low is None:
        return NAN
    # The peak moves at equity points only (P4): a low since the last point is measured from the peak of that point.
    peak = f.peak[:-1]
    return max(max_drawdown(f), 100 * float(np.max((peak - f.intrabar_low) / peak, initial=0.0)))


@statistic("Drawdown", "money", "max(peak - equity) over equity points")
def max_drawdown_money(f):
    """The largest fall from a peak, in money."""
    return _money(np.max(f.peak - f.equity))


@statistic("Drawdown", "%", "mean over drawdowns of max((peak - equity) / peak)")
def average_drawdown(f):
    """The mean depth of all drawdowns; 0 without one."""
    return 100 * _mean(f.drawdowns[0]) if len(f.drawdowns[0]) else 0.0


@statistic("Drawdown", "duration", "max(time from a peak until equity is there again, or the last point)")
def max_drawdown_duration(f):
    """The longest time below a peak."""
    return _span(np.max(f.drawdowns[1], initial=0))


@statistic("Drawdown", "duration", "mean over drawdowns of their duration")
def average_drawdown_duration(f):
    """The mean time below a peak; 0 without a drawdown."""
    return _span(_mean(f.drawdowns[1]) if len(f.drawdowns[1]) else 0)


@statistic("Drawdown", "ratio", "net_profit / max_drawdown_money")
def recovery_factor(f):
    """Profit per unit of the largest drawdown."""
    return _ratio(net_profit(f), max_drawdown_money(f))


@statistic("Trades", "count", "N, the number of closed lot pieces (P7)")
def trades(f):
    """Round trips."""
    return len(f.trades)


@statistic("Trades", "count", "number of trades with side LONG")
def longs(f):
    """Trades that bought first."""
    return int((f.trades["side"] > 0).sum())


@statistic("Trades", "count", "number of trades with side SHORT")
def shorts(f):
    """Trades that sold first."""
    return int((f.trades["side"] < 0).sum())


@statistic("Trades", "%", "W = number of trades with p > 0 / N; p is a trade's profit after commission")
def win_rate(f):
    """Share of the trades that earned."""
    return 100 * _ratio(len(f.wins), len(f.net))


@statistic("Trades", "money", "sum of p > 0")
def gross_profit(f):
    """What the winning trades earned."""
    return _money(f.wins.sum())


@statistic("Trades", "money", "sum of p < 0, <= 0")
def gross_loss(f):
    """What the losing trades lost."""
    return _money(f.losses.sum())


@statistic("Trades", "ratio", "gross_profit / |gross_loss|", "J. D. Schwager, Schwager on Futures (1996)")
def profit_factor(f):
    """Money won per money lost."""
    return _ratio(f.wins.sum(), -f.losses.sum())


@statistic("Trades", "money", "mean(p)")
def average_trade(f):
    """Mean profit of a trade."""
    return _mean(f.net) / MICRO


@statistic("Trades", "money", "mean of p > 0")
def average_win(f):
    """Mean profit of a winning trade."""
    return _mean(f.wins) / MICRO


@statistic("Trades", "money", "mean of p < 0, < 0")
def average_loss(f):
    """Mean result of a losing trade."""
    return _mean(f.losses) / MICRO


@statistic("Trades", "money", "max(p)")
def best_trade(f):
    """The best trade."""
    return _money(f.net.max()) if len(f.net) else NAN


@statistic("Trades", "money", "min(p)")
def worst_trade(f):
    """The worst trade."""
    return _money(f.net.min()) if len(f.net) else NAN


@statistic("Trades", "ratio", "B = average_win / |average_loss|")
def payoff_ratio(f):
    """Mean win per mean loss."""
    return _mean(f.wins) / -_mean(f.losses)


@statistic(
    "Trades",
    "ratio",
    "average_trade / |average_loss|",
    "V. K. Tharp, Trade Your Way to Financial Freedom (1998), ch. 7",
)
def expectancy(f):
    """Mean profit of a trade in units of the mean loss."""
    return _mean(f.net) / -_mean(f.losses)


@statistic("Trades", "ratio", "sqrt(N) * mean(p) / std(p)", "V. K. Tharp, Definitive Guide to Position Sizing (2008)")
def sqn(f):
    """System quality number."""
    return len(f.net) ** 0.5 * _mean(f.net) / _spread(f.net)


@statistic("Trades", "%", "W - (1 - W) / B", "J. L. Kelly, A New Interpretation of Information Rate, BSTJ 35 (1956)")
def kelly(f):
    """The share of capital to risk that would have grown it fastest."""
    share = win_rate(f) / 100
    return 100 * (share - _ratio(1 - share, payoff_ratio(f)))


@statistic("Trades", "count", "longest run of trades with p < 0, in order of exit")
def longest_losing_streak(f):
    """Most losing trades in a row."""
    return _streak(f.net[np.argsort(f.trades["exit_ts"], kind="stable")] < 0)


@statistic("Trades", "duration", "mean(exit - entry)")
def average_trade_duration(f):
    """Mean time a trade is open."""
    return _span(_mean(f.trades["exit_ts"] - f.trades["entry_ts"]))


@statistic("Trades", "duration", "max(exit - entry)")
def max_trade_duration(f):
    """The longest time a trade is open."""
    return _span(np.max(f.trades["exit_ts"] - f.trades["entry_ts"])) if len(f.trades) else NAN


@statistic("Trades", "pips", "mean of the worst closing-side quote against the entry, >= 0 (P7)", SWEENEY)
def average_mae(f):
    """Mean maximum adverse excursion."""
    return _mean(f.trades["mae"] / f.pip_points)


@statistic("Trades", "pips", "mean of the best closing-side quote from the entry, >= 0 (P7)", SWEENEY)
def average_mfe(f):
    """Mean maximum favourable excursion."""
    return _mean(f.trades["mfe"] / f.pip_points)
