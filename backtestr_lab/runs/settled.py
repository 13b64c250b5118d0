"""After a run on bars: the ticks of each bar in the order the run took them (F10).

The engine puts the extremes of a bar into their order when it comes to the first of them, and passes bars at which
nothing can happen without looking inside. What the position was at their open decides those too.
"""

import numpy as np

from ..engine.intrabar import MODELS
from ..jit import frozen
from ..records import EVENTS, codes

__all__ = ["arrange", "settle"]

_FILLS = [codes(EVENTS)[name] for name in ("PARTIAL_FILL", "FILLED")]


def settle(job, machine):
    """Let the markets of a job stand on the ticks as its machine took them; nothing for a run on ticks.

    Parameters
    ----------
    job : Job
        Its `markets` are replaced.
    machine : Machine
        At the end of the run, or where it was stopped; its own columns are put in order too.
    """
    if not job.rules.intrabar:
        return
    events = machine.events
    fills = events[np.isin(events["kind"], _FILLS)]
    for k, (market, columns, y) in enumerate(zip(job.markets, machine.columns, machine.syms)):
        ts, bid, ask = market.ticks.ts, columns["bid"], columns["ask"]
        # Those whose first extreme was taken by this run; the ones before it are in order already.
        bars = np.arange(0, len(bid), 4)
        bars = bars[(bars + 1 >= y["first"]) & (bars + 1 < y["cursor"])]
        mine = fills[fills["symbol"] == k]
        held = np.r_[0, np.cumsum(mine["quantity"])]
        net = held[np.searchsorted(mine["ts"], ts[bars], "right")]
        arrange(bid, ask, bars, net, MODELS[job.rules.intrabar])
        job.markets[k] = market.settled(frozen(bid), frozen(ask))


def arrange(bid, ask, bars, net, model):
    """Put the extremes of the bars that open at these ticks into their order, as `engine.intrabar.arrange` does."""
    first, second = bid[bars + 1], bid[bars + 2]
    high, low = np.maximum(first, second), np.minimum(first, second)
    if model in ("OHLC", "OLHC"):
        high_first = np.full(len(bars), model == "OHLC")
    else:
        flat = high - bid[bars] < bid[bars] - low
        high_first = np.where(net != 0, (net < 0) == (model == "WORST"), flat)
    spread = ask[bars + 1] - first
    bid[bars + 1], bid[bars + 2] = np.where(high_first, high, low), np.where(high_first, low, high)
    ask[bars + 1], ask[bars + 2] = bid[bars + 1] + spread, bid[bars + 2] + spread
