"""`Stats`: the statistics of one run as a mapping, a table, and something to read (M1)."""

import datetime as dt
from collections.abc import Mapping
from html import escape

from ..errors import OptionError, did_you_mean
from .facts import Facts
from .figures import REGISTRY

__all__ = ["Stats", "reference", "statistics"]

SHORT = "the run is shorter than 30 days: what would have to be annualised is left out"


def statistics(
    equity,
    trades,
    *,
    symbol,
    start,
    end,
    cash,
    currency,
    exposure,
    intrabar_low=None,
    commission=None,
):
    """All statistics of a run (M1).

    Parameters
    ----------
    equity : mapping or structured array
        Columns ``ts`` (µs UTC, ascending) and ``equity`` (int64 micro-units), the equity points of P7.
    trades : (n,) TRADE
    symbol : Symbol or sequence of Symbol
        All symbols in the run's order; the first one's anchor cuts the days.
    start, end : int
        µs UTC.
    cash : int
        Micro-units.
    currency : str
    exposure : float
        Share of the time with an open position, 0..1.
    intrabar_low : (m,) int64, optional
        Per equity point the lowest equity at any tick since the point before it, micro-units.
    commission : int, optional
        Micro-units booked in all; without it, what the closed trades paid.

    Returns
    -------
    Stats

    Raises
    ------
    OptionError
        Cash is not positive, or start is after end.

    Examples
    --------
    >>> import numpy as np
    >>> from backtestr_lab.records import TRADE
    >>> from backtestr_lab.symbols import EURUSD
    >>> points = {"ts": [3_600_000_000], "equity": [101_000_000]}
    >>> stats = statistics(points, np.empty(0, TRADE), symbol=EURUSD, start=0, end=86_400_000_000, cash=100_000_000,
    ...                    currency="USD", exposure=0.25)
    >>> round(stats.total_return, 9), stats["trades"], stats.win_rate
    (1.0, 0, nan)
    """
    facts = Facts(
        equity,
        trades,
        symbols=symbol,
        start=start,
        end=end,
        cash=cash,
        exposure=exposure,
        intrabar_low=intrabar_low,
        commission=commission,
    )
    notes = [] if facts.annual else [SHORT]
    values = {name: figure(facts) for name, figure in REGISTRY.items()}
    return Stats(values, currency=currency, notes=notes, dates=facts.dates, returns=facts.returns)


class Stats(Mapping):
    """The statistics of one run, by name: ``stats.sharpe``, ``stats["sharpe"]``, ``stats.table()`` (M1).

    Attributes
    ----------
    currency : str
        Of every amount of money.
    notes : list of str
        What a reader must know, such as that nothing was annualised.

    Examples
    --------
    >>> stats = Stats({"sharpe": 1.25, "net_profit": -1234.5}, currency="EUR")
    >>> stats.sharpe, list(stats)
    (1.25, ['sharpe', 'net_profit'])
    >>> stats
    Account
      net profit  -1,234.50 EUR
    Return
      sharpe               1.25
    """

    def __init__(self, values, *, currency, notes=(), dates=(), returns=()):
        self._values = dict(values)
        self.currency = currency
        self.notes = list(notes)
        self._daily = (dates, returns)

    def __getitem__(self, name):
        return self._values[name]

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def __getattr__(self, name):
        if name.startswith("_") or name not in self._values:
            raise AttributeError(f"Stats has no {name!r}{did_you_mean(name, self.__dict__.get('_values', ()))}")
        return self._values[name]

    def __dir__(self):
        return sorted({*super().__dir__(), *self._values})

    def table(self):
        """The values as a pandas Series, in the order of the tables.

        Examples
        --------
        >>> Stats({"sharpe": 1.25}, currency="EUR").table()["sharpe"]
        1.25
        """
        import pandas as pd

        return pd.Series(self._values, dtype=object, name="value")

    @property
    def daily_returns(self):
        """The daily returns everything annual rests on: a pandas Series of fractions by trading date.

        Examples
        --------
        >>> daily = Stats({}, currency="EUR", dates=[19723], returns=[0.01]).daily_returns
        >>> str(daily.index[0].date()), float(daily.iloc[0])
        ('2024-01-01', 0.01)
        """
        import numpy as np
        import pandas as pd

        dates, returns = self._daily
        index = pd.DatetimeIndex(np.asarray(dates, "i8").astype("M8[D]"), name="date")
        return pd.Series(np.asarray(returns, "f8"), index=index, name="return")

    def text(self, name):
        """One value as the tables show it, with its unit.

        Examples
        --------
        >>> Stats({"max_drawdown": 3.14159}, currency="EUR").text("max_drawdown")
        '3.14 %'
        """
        return _text(self._values[name], REGISTRY[name].unit, self.currency)

    def describe(self, name):
        """What a statistic means: its value, unit, formula and reference.

        Raises
        ------
        OptionError
            No statistic has that name; suggests the nearest.

        Examples
        --------
        >>> print(Stats({"win_rate": 55.0}, currency="EUR").describe("win_rate"))
        win_rate = 55.00 %
        Share of the trades that earned.
        formula: W = number of trades with p > 0 / N; p is a trade's profit after commission
        """
        if name not in self._values:
            raise OptionError(f"no statistic is called {name!r}{did_you_mean(name, self._values)}")
        figure = REGISTRY[name]
        lines = [f"{name} = {self.text(name)}", f"{figure.meaning}.", f"formula: {figure.formula}"]
        if figure.reference:
            lines.append(f"reference: {figure.reference}")
        if figure.annual:
            lines.append("annualised; not a number under 30 days")
        return "\n".join(lines)

    def groups(self):
        """Names by group, in the order of the tables.

        Examples
        --------
        >>> Stats({"sharpe": 1.0, "trades": 3}, currency="EUR").groups()
        {'Return': ['sharpe'], 'Trades': ['trades']}
        """
        found = {}
        for name, figure in REGISTRY.items():
            if name in self._values:
                found.setdefault(figure.group, []).append(name)
        return found

    def __repr__(self):
        texts = {name: self.text(name) for name in self._values}
        left = max((len(name) for name in texts), default=0)
        right = max((len(text) for text in texts.values()), default=0)
        lines = []
        for group, names in self.groups().items():
            lines.append(group)
            lines += [f"  {name.replace('_', ' '):<{left}}  {texts[name]:>{right}}" for name in names]
        return "\n".join(lines + [f"note: {note}" for note in self.notes])

    def _repr_html_(self):
        # Colours are inherited, so that dark and light themes both read; titles carry the formula.
        tables = []
        for group, names in self.groups().items():
            rows = "".join(
                f'<tr title="{escape(REGISTRY[n].formula)}"><td style="text-align:left;padding:1px 12px 1px 0">'
                f'{n.replace("_", " ")}</td><td style="text-align:right;padding:1px 0;white-space:nowrap;'
                f'font-variant-numeric:tabular-nums">{escape(self.text(n))}</td></tr>'
                for n in names
            )
            tables.append(
                '<table style="border-collapse:collapse;display:inline-table;vertical-align:top;margin:0 28px 12px 0">'
                f'<thead><tr><th colspan="2" style="text-align:left;border-bottom:1px solid currentColor">{group}</th>'
                f"</tr></thead><tbody>{rows}</tbody></table>"
            )
        notes = "".join(f"<div><em>{escape(note)}</em></div>" for note in self.notes)
        return f'<div class="backtestr-stats">{"".join(tables)}{notes}</div>'


def _text(value, unit, currency):
    if value != value:
        return "-"
    if unit == "time":
        return value.replace(tzinfo=None).isoformat(" ", "seconds" if value.second else "minutes")
    if unit == "duration":
        hours, rest = divmod(round(value / dt.timedelta(seconds=1)), 3600)
        days, hours = divmod(hours, 24)
        clock = f"{hours:02}:{rest // 60:02}:{rest % 60:02}"
        return f"{days} d {clock}" if days else clock
    if unit == "count":
        return f"{value:,}"
    if unit == "money":
        return f"{value:,.2f} {currency}"
    if unit == "ratio":
        return f"{value:,.2f}"
    return f"{value:,.2f} {unit}"


_UNITS = {"time": "UTC", "ratio": "", "money": "account currency"}


def reference():
    """docs/reference/statistics.md, written from the registry.

    Examples
    --------
    >>> reference().splitlines()[0]
    '# Statistics'
    """
    lines = [_HEAD]
    group = None
    for figure in REGISTRY.values():
        if figure.group != group:
            group = figure.group
            lines += [f"\n## {group}\n", "| name | meaning | unit | formula | reference |", "|---|---|---|---|---|"]
        annual = " (annualised)" if figure.annual else ""
        unit = _UNITS.get(figure.unit, figure.unit)
        formula = figure.formula.replace("|", "\\|")
        lines.append(f"| `{figure.name}` | {figure.meaning}{annual} | {unit} | {formula} | {figure.reference} |")
    return "\n".join(lines) + "\n"


_HEAD = """# Statistics

`run.stats` (M1). This page is written from the registry in `backtestr_lab/runs/figures.py`: `make docs`.

- **Names carry no unit.** Percentages are percent (12.5 means 12.5 %), money is in the account currency, durations are
  `timedelta`, times are UTC. `run.stats.describe("sharpe")` tells one, `run.stats.table()` gives a pandas Series.
- **Daily returns** r are cut at the anchor of the first symbol (R7): equity at a day's end, the last equity point at or
  before it, against the day before; the cash before the first. D is the symbol's days a year, n the number of returns
  (`run.stats.daily_returns`). Where D is 252, a day counts when it is a Monday to Friday by trading date and had an
  equity point; what happens on other days is part of the next day that counts (at the end of a run, of the last). With
  the anchor `UTC` the two hours of a Sunday evening would otherwise be a sixth day of the week: years would come out a
  fifth too long, deviations too small. Where D is 365, every day counts, with a return of zero where nothing happened:
  there a quiet day is one on which the strategy was free to trade.
- **Under 30 days nothing is annualised**: those values are NaN, and `run.stats.notes` says so.
- **Drawdown** is over equity points (P7), the cash being the first peak: it is at least as deep as over daily returns.
- **Undefined values** follow one rule: counts and sums of nothing are 0; an average of nothing, and a ratio whose
  denominator is 0 (no losing trade, returns without any variation), is NaN, never infinite; after a total loss, returns
  are NaN. A run without a drawdown has an average drawdown of 0.
- **A trade's profit** p is after commission. N is the number of trades."""
