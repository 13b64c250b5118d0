"""What to look at before believing a result, a sentence each."""

from ..bars import partial
from ..records import STATES, codes
from ..units import format_micros

__all__ = ["warnings_of"]

_REJECTED = codes(STATES)["REJECTED"]


def warnings_of(run):
    """The sentences, the run's own first; one about the data names its symbol where there are several."""
    out = list(run._job.warnings) + list(run._plan.warnings)
    if run._looked is not None and not run._looked:
        out.append(f"{run._looked.line} run.check_lookahead() tells more")
    for market in run._markets:
        of = f"{market.symbol}: " if len(run._markets) > 1 else ""
        out += [of + said for said in _about_data(run, market)]
    unclear = int(run.trades["ambiguous"].sum()) if run._rules.intrabar else 0
    if unclear:
        out.append(
            f"{unclear:,} of {len(run.trades):,} trades are ambiguous: their bar reached more than one of their "
            "prices, and which came first is a guess; run.intrabar() shows the other guesses"
        )
    rejected = int((run._orders["state"] == _REJECTED).sum())
    if rejected:
        reasons = run.orders.loc[run.orders["state"] == "REJECTED", "reason"].value_counts()
        out.append(f"{rejected:,} orders were rejected, most for {reasons.index[0]} ({reasons.iloc[0]:,})")
    return out


def _about_data(run, market):
    out = []
    base = market.base
    crossed = int(base["crossed"].sum())
    if crossed:
        n = len(market.ticks)
        out.append(
            f"{crossed:,} of {n:,} quotes ({100 * crossed / n:.2g} %) are crossed (bid above ask); fills and marks "
            "use the middle of each (crossed='keep')"
        )
    longest = max(run.timeframes)
    bars = market.bars(longest)
    if len(bars) and partial(bars, run._job.loaded, run.end)[0]:
        out.append(
            f"the first {longest} bar is partial: it opened at {format_micros(bars['ts'][0])}, the data begins at "
            f"{format_micros(run._job.loaded)}"
        )
    if all((base[f] == base["ask_" + f]).all() for f in ("high", "low", "close")):
        out.append("the feed has single prices and no spread was given: trades are free of spread")
    return out
