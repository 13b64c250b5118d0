"""Bars against ticks: the same strategy on the run's own bars, under each guess of what happened inside them (F10)."""

import time
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..engine.intrabar import MODELS
from ..errors import OptionError
from ..limits import Limits
from ..records import Ticks
from ..units import MINUTE, Timeframe
from .market import Market
from .streaming import refuse_streamed

__all__ = ["Intrabar", "compare"]

_WORDS = [name.lower() for name in MODELS[1:]]


@dataclass(frozen=True, repr=False)
class Intrabar:
    """What a strategy earns on bars that it does not earn on ticks; made by `Run.intrabar`.

    Attributes
    ----------
    table : DataFrame
        A row for the run itself and one for each guess: net profit, what of it the run does not have (`invented`),
        trades, and of these `flipped` (won here and lost in the run, or the other way round), `changed` (left another
        way or in another bar), `added` and `missing`, and `ambiguous`.
    trades : DataFrame
        Each trade that is not the same everywhere: symbol, side, the bar of its entry, and under the name of the run
        and of each guess its net profit and how it was left; NaN where it does not exist.
    runs : dict of str to Run
    line : str
        The finding in one sentence.
    """

    table: pd.DataFrame
    trades: pd.DataFrame
    runs: dict
    line: str

    @property
    def text(self):
        """Sentence and table, to print."""
        return f"{self.line}\n{_shown(self.table).to_string()}"

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        return f"<p>{self.line}</p>{_shown(self.table).to_html()}"


def compare(run):
    """The strategy of a run on its bars under each guess; see `Run.intrabar`."""
    job = run._job
    bars = job.bars or Timeframe(MINUTE)
    _check(run, bars)
    markets = job.markets if job.bars else [_on_bars(market, run, k) for k, market in enumerate(job.markets)]
    shown = tuple(t for t in job.timeframes if t >= bars) or (bars,)
    own = MODELS[run._rules.intrabar].lower() if job.bars else "ticks"
    runs = {own: run}
    for word in _WORDS:
        if word != own:
            rules = replace(job.rules, intrabar=1 + _WORDS.index(word))
            other = replace(
                job, markets=list(markets), rules=rules, timeframes=shown, bars=bars, graphs=(), warnings=[]
            )
            runs[word] = _played(other)
    trades = {word: _trades_by_bar(one, bars) for word, one in runs.items()}
    table = _table(runs, trades, own)
    return Intrabar(table, _differing(trades), runs, _line(run, table, own, bars))


def _played(job):
    from .backtest import _drive, fresh_machine

    began = job.ready = time.perf_counter()
    with Limits(None, None) as limits:
        return _drive(job, fresh_machine(job), began, None, limits)


def _check(run, bars):
    refuse_streamed(run, "intrabar()")
    shorter = next((t for t in run._plan.frames if t < bars), None)
    if shorter is not None:
        raise OptionError(
            f"{run.name} asks for bars of {shorter}, and intrabar() has bars of {bars}; there is no guess"
        )
    if run.stopped:
        raise OptionError(f"the run was {run.stopped}; run it to its end, then compare it with bars")
    if run._rules.quoted and any(not market.bars(bars)["volume"].any() for market in run._markets):
        raise OptionError("liquidity='quoted' needs the volume of bars, and these ticks have none; compare without it")


def _on_bars(market, run, k):
    """The market of a symbol's 1m bars: bids, and asks by the median spread of its ticks."""
    ticks, bars = market.ticks, market.bars(Timeframe(MINUTE))
    inside = slice(run._firsts[k], run._ends[k])
    spread = int(np.median(np.maximum(0, ticks.ask[inside] - ticks.bid[inside])))
    bid = np.stack([bars[name] for name in ("open", "low", "high", "close")], axis=1).reshape(-1)
    after = np.array([0, MINUTE // 3, 2 * MINUTE // 3, MINUTE - 1])
    quarter = bars["volume"] // 4
    volume = np.stack([quarter, quarter, quarter, bars["volume"] - 3 * quarter], axis=1).reshape(-1)
    made = Ticks(
        (bars["ts"][:, None] + after).reshape(-1),
        bid,
        bid + spread,
        volume=volume if volume.any() else None,
        symbol=market.symbol,
        checked=True,
    )
    return Market(made, MINUTE)


def _trades_by_bar(run, bars):
    """Net profit and exit of each trade, by symbol, side, the bar of its entry, and its number among those."""
    table = run.trades
    opened = table["entry_time"].astype("int64" if table.empty else "datetime64[us, UTC]").astype("int64")
    out = pd.DataFrame(
        {
            "symbol": table["symbol"].astype(str),
            "side": table["side"],
            "bar": pd.to_datetime(opened // bars.us * bars.us, unit="us", utc=True),
            "net": table["net"],
            "exit": table["exit"].astype(str),
            "left": table["exit_time"].dt.floor(f"{bars.us}us"),
        }
    )
    out["number"] = out.groupby(["symbol", "side", "bar"]).cumcount()
    return out.set_index(["symbol", "side", "bar", "number"])


def _table(runs, trades, own):
    ours, rows = trades[own], {}
    for word, run in runs.items():
        theirs = trades[word]
        both = ours.merge(theirs, left_index=True, right_index=True, suffixes=("_run", "_here"))
        flipped = np.sign(both["net_run"]) * np.sign(both["net_here"]) < 0
        changed = (both["exit_run"] != both["exit_here"]) | (both["left_run"] != both["left_here"])
        rows[word] = {
            "net_profit": run.stats.net_profit,
            "invented": run.stats.net_profit - runs[own].stats.net_profit,
            "trades": len(theirs),
            "flipped": int(flipped.sum()),
            "changed": int((changed & ~flipped).sum()),
            "added": len(theirs) - len(both),
            "missing": len(ours) - len(both),
            "ambiguous": int(run.trades["ambiguous"].sum()) if "ambiguous" in run.trades else 0,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("intrabar")


def _differing(trades):
    """Trades that are not left the same way in the same bar everywhere."""
    side_by_side = pd.concat(trades, axis=1).sort_index(level=["bar", "symbol", "number"])
    if side_by_side.empty:
        return side_by_side
    exits, left, net = (side_by_side.xs(name, axis=1, level=1) for name in ("exit", "left", "net"))
    same = (exits.nunique(axis=1, dropna=False) == 1) & (left.nunique(axis=1, dropna=False) == 1)
    flips = (net.min(axis=1) < 0) & (net.max(axis=1) > 0)
    return side_by_side.loc[~same | flips].drop(columns="left", level=1)


def _line(run, table, own, bars):
    guesses = table.drop(index=own)
    best, worst = guesses["net_profit"].idxmax(), guesses["net_profit"].idxmin()
    flipped = int(guesses["flipped"].max())
    on = "the ticks" if own == "ticks" else f"bars of {bars}, {own}"
    invented = table["invented"].loc[best]
    most = f"{invented:+,.2f} of it exists only because of the bars" if invented > 0 else "no guess adds to it"
    net = table["net_profit"]
    return (
        f"On {on}, {run.name} makes {net.loc[own]:+,.2f} {run.currency} with {table['trades'].loc[own]:,} trades; on "
        f"bars of {bars} between {net.loc[worst]:+,.2f} ({worst}) and {net.loc[best]:+,.2f} ({best}): {most}, and up "
        f"to {flipped:,} trades change sign."
    )


def _shown(table):
    return table.rename(columns=lambda name: name.replace("_", " ")).round({"net profit": 2, "invented": 2})
