"""How many ticks a run has taken, those of all symbols counted together: what a cursor says (P6)."""

import numpy as np

__all__ = ["after", "before"]


def before(run, ts):
    """How many ticks of all symbols are stamped earlier than `ts`.

    Parameters
    ----------
    run : Run
    ts : int or (n,) int64

    Returns
    -------
    int64 or (n,) int64
    """
    return sum(np.searchsorted(market.ticks.ts, ts, "left") for market in run._markets)


def after(run, symbol, first, end):
    """How many are taken after each of the ticks `first` to `end` of one symbol.

    Of equal stamps those of the symbols before it have been taken, those of later symbols have not.

    Returns
    -------
    (end - first,) int64
    """
    own = np.arange(first, end) + 1
    ts = run._markets[symbol].ticks.ts[first:end]
    for k, market in enumerate(run._markets):
        if k != symbol:
            own = own + np.searchsorted(market.ticks.ts, ts, "right" if k < symbol else "left")
    return own
