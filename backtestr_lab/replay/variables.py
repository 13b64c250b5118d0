"""A strategy's variables as blocks: at which instants they can change, and their values as JSON has them (T3).

Without `on_tick` a strategy is asked at the ends of the bars it listens to, at its own times and after events, so its
variables change at those instants and at no other. With it, every tick is one too.
"""

import math
import re
import reprlib

import numpy as np

from ..records import PHASES, codes
from . import counts
from .meta import BLOCK, count_of, variables_at

__all__ = ["of_block", "of_stretches", "plain"]

MOST_VALUES = 32  # of an array; more are told, not shown
MOST_LETTERS = 120
_EXACT = 2**53  # whole numbers beyond are texts, as a double would change them
_END = codes(PHASES)["END"]
_short = reprlib.Repr()
_short.maxstring = _short.maxother = MOST_LETTERS


def of_block(run, base, block):
    """Columns and plain values of ``variables/<block>``.

    Parameters
    ----------
    run : Run
    base : Timeframe
        Of the base bars.
    block : int
        Of base bars of the first symbol.
    """
    bars = run.bars(base)[: count_of(run, base)]
    a, b = block * BLOCK, (block + 1) * BLOCK
    # The first block begins with the run: its own times may lie before its first bar.
    begin = _before(run, bars["ts"][a]) if block else (min([run.start, *bars["ts"][:1].tolist()]), 0)
    end = _before(run, bars["ts"][b]) if b < len(bars) else None
    last = run.last if end is None else end[0]
    places = _instants(run, begin[0], last)
    if variables_at(run) == "tick":
        for market in run._markets:
            ends = market.bars(base)["end"]
            places.append(_at(run, ends[np.searchsorted(ends, begin[0]) : np.searchsorted(ends, last, "right")]))
    return _told(run, *_in_order(run, begin, places, end))


def of_stretches(run, symbol, stretches):
    """Columns and plain values of ``variables/ticks/<symbol>/...``.

    Parameters
    ----------
    run : Run
    symbol : int
    stretches : (n, 2) int64
        First and last tick index (exclusive) of each stretch in the block.
    """
    pieces = [_within(run, symbol, *stretch) for stretch in stretches.tolist()]
    return _told(run, *(np.concatenate(column) for column in zip(*pieces)))


def _within(run, symbol, a, b):
    """(ts, taken) of the samples of one stretch of ticks; the first is before the ticks of its first one's stamp."""
    ts = run._markets[symbol].ticks.ts
    begin = _before(run, ts[a])
    end = _before(run, ts[b]) if b < len(ts) else None
    places = _instants(run, begin[0], run.last if end is None else end[0])
    return _in_order(run, begin, [*places, (ts[a:b], counts.after(run, symbol, a, b))], end)


def _before(run, ts):
    """(ts, taken) before the ticks of an instant."""
    return int(ts), int(counts.before(run, ts))


def _instants(run, start, end):
    """Where variables can change without a tick of their own, from `start` to `end`: list of (ts, ticks taken)."""
    places = []
    for timeframe in run._plan.listens:
        for market in run._markets:
            ends = market.bars(timeframe)["end"]
            places.append(_at(run, ends[np.searchsorted(ends, start) : np.searchsorted(ends, end, "right")]))
    timers = np.asarray(run._plan.timers(run.start, run.end), "i8")
    places.append(_at(run, timers[(timers >= start) & (timers <= end)]))
    journal = run.journal
    events = slice(*np.searchsorted(journal["ts"], [start, end + 1]).tolist())
    alive = journal["phase"][events] != _END
    places.append((journal["ts"][events][alive], run._cursors[events][alive]))
    return places


def _at(run, instants):
    """(instants, ticks taken) before the ticks of each."""
    return instants, counts.before(run, instants)


def _in_order(run, begin, places, end):
    """(ts, taken) of `begin`, and of the places after it and before `end`, each once."""
    ts = np.concatenate([[begin[0]], *(place[0] for place in places)]).astype("i8")
    taken = np.concatenate([[begin[1]], *(place[1] for place in places)]).astype("i8")
    taken = np.minimum(taken, run._cursor)
    keep = (ts > begin[0]) | ((ts == begin[0]) & (taken >= begin[1]))
    keep &= ts <= run.last
    if end is not None:
        keep &= (ts < end[0]) | ((ts == end[0]) & (taken < end[1]))
    keep[0] = True  # what held when the block began
    return np.unique(np.stack([ts[keep], taken[keep]]), axis=1)


def _told(run, ts, taken):
    """Samples and the rows at which each variable changed; but for the first, other rows are left out."""
    names, changes = {}, {0}
    for row, held in run._trace.samples(ts, taken, run._held):
        for name, value in held.items():
            value = plain(value)
            rows, values = names.setdefault(name, ([], []))
            if not rows or type(values[-1]) is not type(value) or values[-1] != value:
                rows.append(row)
                values.append(value)
                changes.add(row)
    kept = np.array(sorted(changes))
    told = {
        name: {"rows": np.searchsorted(kept, rows).tolist(), "values": values} for name, (rows, values) in names.items()
    }
    return {"ts": ts[kept], "taken": taken[kept]}, {"values": told}


def plain(value):
    """A variable as JSON has it.

    Numbers stay exact; what is not a number is None; of an array the first 32 values and how many more there are; of
    anything else a short text.

    Examples
    --------
    >>> plain(0.1), plain(float("nan")), plain(np.arange(3.0)), plain(2**60)
    (0.1, None, [0.0, 1.0, 2.0], '1152921504606846976')
    >>> plain(np.arange(40))[-2:], plain({"a": 1})
    ([31, '8 more'], "{'a': 1}")
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, str)):
        return value if not isinstance(value, str) or len(value) <= MOST_LETTERS else _text(value)
    if isinstance(value, int):
        return value if abs(value) < _EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None if math.isnan(value) else str(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        if value.ndim > 1 and value.size <= MOST_VALUES:
            return [plain(row) for row in value]
        shown = [plain(x) for x in value.reshape(-1)[:MOST_VALUES].tolist()]
        return shown if value.size <= MOST_VALUES else [*shown, f"{value.size - MOST_VALUES:,} more"]
    return _text(value)


def _text(value):
    # Where an object lies in memory is no part of it, and differs from copy to copy.
    return re.sub(r" at 0x[0-9a-f]+", "", _short.repr(value))
