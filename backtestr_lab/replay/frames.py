"""A frame: all state at one cursor, as the page shows it (T1, docs/reference/capsule.md).

The page computes frames from blocks; these are made from `Run.at` alone. tests/contract holds one against the other.
"""

import numpy as np

from . import counts, variables
from . import meta as about

__all__ = ["frame"]

_LOT = ("id", "order", "symbol", "side", "price", "steps", "ts")
_ORDER = (
    *("id", "symbol", "side", "type", "role", "quantity", "filled", "limit", "stop", "level", "parent", "position"),
    *("tag", "ts"),
)
_FORMING = ("ts", "end", "open", "high", "low", "close", "volume", "ticks")


def frame(run, ts, taken=None, timeframes=None):
    """The frame of a run at a cursor.

    Parameters
    ----------
    run : Run
    ts : int
        µs UTC.
    taken : int, optional
        How many ticks of all symbols have been taken, warm-up included, where several share the stamp; left out,
        everything stamped up to `ts`.
    timeframes : iterable of str, optional
        Those with a chart, as of `Blocks`; bars of others are left out.

    Returns
    -------
    dict
        `Frame` of js/src/model/frame.ts as JSON has it, without `missing`.

    Raises
    ------
    OptionError
        Outside the run, or `taken` is not among the ticks stamped `ts`.

    Examples
    --------
    >>> import backtestr_lab as lab
    >>> class Hold(lab.Strategy):
    ...     def on_bar(self, bar):
    ...         if not self.position:
    ...             self.buy(10_000)
    >>> run = lab.backtest(Hold, lab.sample("EURUSD", days=1))
    >>> now = frame(run, run.start + 3_600_000_000)
    >>> len(now["lots"]), now["bars"][0]["1h"]["closed"], now["events"] > 1
    (1, 1, True)
    """
    ts = int(ts)
    tick = None if taken is None else int(taken) - int(counts.before(run, ts))
    state = run.at(ts, tick)
    return {
        "ts": ts,
        "taken": state._cursor,
        "exact": True,
        "quotes": [_quote(run, state, k) for k in range(len(run.symbols))],
        "bars": [
            {t.name: _bars(state, t, symbol) for t in about.timeframes_of(run, timeframes)} for symbol in run.symbols
        ],
        "lots": [_fields(lot, _LOT) | {"profit": state._profit(lot)} for lot in state.lots],
        "orders": [_fields(order, _ORDER) for order in state.working],
        "balance": state.balance_micro,
        "equity": state.equity_micro,
        "peak": state.peak_micro,
        "events": state._n_events,
        "indicators": [_indicators(run, state, k) for k in range(len(run.symbols))],
        "variables": _variables(run, state),
    }


def _fields(record, names):
    return {name: int(getattr(record, name)) for name in names}


def _quote(run, state, k):
    i = state._cursors[k] - 1
    if i < run._firsts[k]:
        return None
    ticks = run._markets[k].ticks
    return {"ts": int(ticks.ts[i]), "bid": int(ticks.bid[i]), "ask": int(ticks.ask[i])}


def _bars(state, timeframe, symbol):
    record = state.forming_record(timeframe, symbol)
    return {
        "closed": state.closed(timeframe, symbol),
        "forming": None if record is None else {name: int(record[name]) for name in _FORMING},
    }


def _indicators(run, state, k):
    shown = {}
    for indicator in about.indicators_of(run):
        if indicator["symbol"] != k:
            continue
        key = run._plan.indicators[indicator["name"]]
        closed = state.closed(key.timeframe, run.symbols[k])
        value = float(about.rounded(run._values(key, k)[closed - 1], indicator["digits"])) if closed else np.nan
        shown[indicator["name"]] = None if np.isnan(value) else value / 10 ** indicator["digits"]
    return shown


def _variables(run, state):
    if about.variables_at(run) == "none":
        return None
    return {name: variables.plain(value) for name, value in state.variables.items()}
