"""What is compared: a strategy, data, a peer and how it is set. One list; `compared` plays one of them."""

import os
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np

import backtestr_lab as lab
from backtestr_lab.symbols import EURUSD
from backtestr_lab.units import MINUTE

from . import strategies
from .bars import eurusd, goog
from .compare import compare
from .explain import inside_bars, on_closes, on_ticks
from .ours import over_bars, over_ticks, side_of
from .peer import play
from .signals import Crosses

__all__ = ["ALIKE", "CASES", "Case", "DataMissing", "compared"]

CASH = 1_000_000
LENGTHS = {"fast": 10, "slow": 20}
FIVE = 5 * MINUTE


class DataMissing(Exception):
    """`BACKTESTR_DATA` does not name the folder with the ticks."""


@dataclass(frozen=True)
class Case:
    """One comparison.

    Attributes
    ----------
    peer, strategy, data : str
        The environment, the class in strategies.py, the data set.
    setting : str
        How the peer is set, where that is not as it comes.
    """

    peer: str
    strategy: str
    data: str
    setting: str = ""
    options: dict = field(default_factory=dict, compare=False)

    def __str__(self):
        return " ".join(filter(None, (self.peer, self.strategy, self.data, self.setting)))


# Distances in price: entry, stop-loss, take-profit.
_DISTANCES = {"GOOG": (5.0, 10.0, 20.0), "EURUSD 1h": (0.0005, 0.002, 0.004)}
_ON_TICKS = (0.0003, 0.0010, 0.0015)
# How nautilus_trader is set.
ALIKE = {"latency_ns": 1, "empty_bars": False}
AS_IT_COMES = {"latency_ns": 0, "empty_bars": True}

CASES = [
    *(
        Case("backtesting", strategy, data)
        for data in ("GOOG", "EURUSD 1h")
        for strategy in ("Cross", "Flip", "Bracket", "Limit", "Breakout")
    ),
    *(Case("vectorbt", "Cross", data) for data in ("GOOG", "EURUSD 1h")),
    *(
        Case("nautilus", strategy, data, "next tick", ALIKE)
        for data in ("sample", "OANDA")
        for strategy in ("Cross", "Flip", "Bracket", "Limit", "Breakout")
    ),
    *(
        Case("nautilus", strategy, data, "as it comes", AS_IT_COMES)
        for data in ("sample", "OANDA")
        for strategy in ("Cross", "Bracket")
    ),
    Case("nautilus", "Cross", "FXCM", "next tick", ALIKE),
]


def compared(case):
    """Play a case on both sides.

    Returns
    -------
    Comparison, (points times units) in the quote currency

    Raises
    ------
    PeerMissing, DataMissing
    """
    strategy = getattr(strategies, case.strategy)
    if case.peer == "nautilus":
        return _ticks(case, strategy)
    return _bars(case, strategy)


def _bars(case, strategy):
    bars = {"GOOG": goog, "EURUSD 1h": eurusd}[case.data]()
    params = _params(case, 100 if case.data == "GOOG" else 10_000, _DISTANCES[case.data])
    whole = case.peer == "backtesting"
    run = over_bars(strategy, bars, params, cash=CASH, leverage=1, warmup=0, close_at_end=whole)
    columns = {name: getattr(bars, name) for name in ("ts", "open", "high", "low", "close")}
    job = {"strategy": case.strategy, "params": params, "cash": CASH, "commission": 0, "margin": 1.0}
    theirs, _ = play(case.peer, f"{case.peer}_py.py", columns, bars.symbol.digits, **job)
    # They name the bar whose close decided; the decision falls when it ends.
    ended = [replace(t, decided=t.decided + bars.period) for t in theirs.trades]
    waited = [(begun + bars.period, done + bars.period) for begun, done in theirs.unfilled]
    theirs = replace(theirs, trades=ended, unfilled=waited)
    crosses = Crosses(bars.ts + bars.period, bars.close)
    explain = inside_bars(bars) if whole else on_closes(bars, crosses)
    return compare(side_of(run, bars.holding), theirs, explain), 10.0**-bars.symbol.digits


def _ticks(case, strategy):
    ticks = _market(case.data)
    params = _params(case, 10_000, _ON_TICKS)
    run = over_ticks(strategy, ticks, params, cash=CASH, warmup=0)
    columns = {name: getattr(ticks, name) for name in ("ts", "bid", "ask")}
    job = {"strategy": case.strategy, "params": params, "cash": CASH, "bars": "5-MINUTE", **case.options}
    theirs, _ = play("nautilus", "nautilus.py", columns, ticks.symbol.digits, **job)
    closed = lab.bars_from_ticks(ticks, "5m")
    crosses = Crosses(closed["end"], closed["close"])
    filled = Crosses.with_empty_bars(closed["end"], closed["close"], FIVE) if case.options["empty_bars"] else None
    return compare(side_of(run), theirs, on_ticks(ticks, crosses, filled)), 10.0**-ticks.symbol.digits


def _params(case, size, distances):
    params = {"size": size, **LENGTHS}
    if case.strategy in ("Bracket", "Limit", "Breakout"):
        params |= dict(zip(("reach", "stop", "profit"), distances, strict=True))
    return params


@cache
def _market(name):
    """Five days of the built-in sample, or seven days of real quotes; FXCM's are crossed now and then."""
    if name == "sample":
        return lab.sample("EURUSD", days=5)
    folder = os.environ.get("BACKTESTR_DATA")
    file = f"EURUSD_{name.lower()}_ticks_20140501_20140509_utc.parquet"
    if not folder or not (Path(folder) / "normalised" / file).exists():
        raise DataMissing(f"BACKTESTR_DATA names no folder that holds normalised/{file}")
    import pandas as pd

    table = pd.read_parquet(Path(folder) / "normalised" / file)
    ts = table["ts"].dt.tz_localize(None).astype("datetime64[us]").astype("i8").to_numpy()
    prices = (np.rint(table[side].to_numpy() * 10**EURUSD.digits).astype("i8") for side in ("bid", "ask"))
    return lab.Ticks(ts, *prices, symbol=EURUSD)
