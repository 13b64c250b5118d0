"""Does a series of the user's know what comes? Only statistics can tell: its rows came from outside the run (S7).

A row that is dated too early (a day's close by that day's midnight) is not caught by altering the ticks, because the
rows stay what they are. But it moves with the price *after* its availability, as nothing does that was known in time.
"""

import numpy as np

__all__ = ["FOUND", "foresight"]

HORIZONS = (1, 2, 3, 5, 8, 13)  # in rows
FOUND = 0.5  # correlation with the move to come; what earns money for a living has a few hundredths
_SURE = 5.0  # standard errors
_LEAST = 12  # moves that do not overlap


def foresight(values, closes):
    """How strongly a series moves with the price that comes after it, or None where that could be chance.

    Parameters
    ----------
    values, closes : (m,) float64
        The series as a strategy sees it at the end of each bar, and the close of that bar.

    Returns
    -------
    (correlation, rows ahead, rows) or None

    Notes
    -----
    Partial correlation of the series' level, or of its change, with the move over the next h rows, given the price and
    its last moves: what the past explains is no foresight. A row is a bar at which the value changes; overlapping moves
    count for 1/h.

    Examples
    --------
    >>> closes = np.cumsum(np.random.default_rng(1).normal(size=200))
    >>> foresight(np.append(closes[1:], np.nan), closes)
    (1.0, 1, 197)
    >>> foresight(closes, closes) is None
    True
    """
    with np.errstate(invalid="ignore"):
        fresh = np.flatnonzero(np.isfinite(values) & (values != np.append(np.nan, values[:-1])))
    v, p = values[fresh], closes[fresh]
    best = None
    for h in HORIZONS:
        n = len(p) - 2 * h
        if n // h < _LEAST:
            break
        now, past = p[h : h + n], p[:n]
        known = np.column_stack([np.ones(n), now, now - past, now - p[h - 1 : h - 1 + n]])
        move = _unexplained(p[2 * h :] - now, known)
        for feature in (v[h : h + n], v[h : h + n] - v[h - 1 : h - 1 + n]):
            c = _correlation(_unexplained(feature, known), move)
            free = n / h - 2 - known.shape[1]
            sure = abs(c) * np.sqrt(free / max(1e-12, 1 - c * c))
            if abs(c) >= FOUND and sure > _SURE and (best is None or abs(c) > abs(best[0]) + 1e-6):
                best = round(float(c), 3), h, n
    return best


def _unexplained(y, known):
    """What a linear fit on the past leaves; zeros when that is nothing but rounding."""
    rest = y - known @ np.linalg.lstsq(known, y, rcond=None)[0]
    return rest if np.std(rest) > 1e-6 * np.std(y) else np.zeros_like(y)


def _correlation(a, b):
    size = np.sqrt((a * a).sum() * (b * b).sum())
    return float((a * b).sum() / size) if size > 0 else 0.0
