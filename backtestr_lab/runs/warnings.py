"""What to look at before believing a result, in plain words."""

import numpy as np

from ..bars import partial
from ..records import STATES, codes
from ..units import format_micros

__all__ = ["warnings"]

_REJECTED = codes(STATES)["REJECTED"]


def warnings(run):
    """The warnings of a run, a sentence each."""
    looked = run._looked
    return [
        *run._job.warnings,
        *run._plan.warnings,
        *([f"{looked.line} run.check_lookahead() tells more"] if looked is not None and not looked else []),
        *_crossed(run),
        *_partial(run),
        *_ambiguous(run),
        *_rejected(run),
        *_spreadless(run),
    ]


def _traded(run):
    return [market for market, terms in zip(run._markets, run._rules.symbols) if terms.trades]


def _of(run, market):
    """Names the symbol where there are several."""
    return f" of {market.symbol}" if len(run._markets) > 1 else ""


def _crossed(run):
    out = []
    for market in _traded(run):
        crossed, n = int(market.base["crossed"].sum()), len(market.ticks)
        if crossed:
            out.append(
                f"{crossed:,} of {n:,} quotes{_of(run, market)} ({100 * crossed / n:.2g} %) are crossed (bid above ask)"
                "; fills and marks use the middle of each (crossed='keep')"
            )
    return out


def _partial(run):
    longest = max(run.timeframes)
    bars = run.bars(longest)
    if not len(bars) or not partial(bars, run._job.loaded, run.end)[0]:
        return []
    return [
        f"the first {longest} bar is partial: it opened at {format_micros(bars['ts'][0])}, the data begins at "
        f"{format_micros(run._job.loaded)}"
    ]


def _ambiguous(run):
    unclear = int(run.trades["ambiguous"].sum()) if run._rules.intrabar else 0
    if not unclear:
        return []
    return [
        f"{unclear:,} of {len(run.trades):,} trades are ambiguous: their bar reached more than one of their prices, "
        "and which came first is a guess; run.intrabar() shows the other guesses"
    ]


def _rejected(run):
    rejected = int(np.count_nonzero(run._orders["state"] == _REJECTED))
    if not rejected:
        return []
    reasons = run.orders.loc[run.orders["state"] == "REJECTED", "reason"].value_counts()
    return [f"{rejected:,} orders were rejected, most for {reasons.index[0]} ({reasons.iloc[0]:,})"]


def _spreadless(run):
    free = [m for m in _traded(run) if all((m.base[f] == m.base["ask_" + f]).all() for f in ("high", "low", "close"))]
    if len(run._markets) == 1:
        return ["the feed has single prices and no spread was given: trades are free of spread"] if free else []
    names = ", ".join(market.symbol.name for market in free)
    return [f"{names} has single prices and no spread was given: its trades are free of spread"] if free else []
