"""What every bench shares: works timed side by side, and the rows of the table."""

import time
from dataclasses import asdict, dataclass

import numpy as np

__all__ = ["Row", "at_least", "at_most", "note", "percentile", "rows_of", "side_by_side"]


@dataclass
class Row:
    """One line of the table.

    Attributes
    ----------
    work, measured, target : str
        `target` is empty for a line that only explains the one before.
    value : float
        What is compared with the target.
    met : bool or None
        None without a target.
    """

    work: str
    measured: str
    target: str = ""
    value: float = float("nan")
    met: bool | None = None


def at_least(work, value, target, unit="x", detail=""):
    """A row whose value must reach the target.

    Examples
    --------
    >>> at_least("six timeframes", 1.03, 0.4).met
    True
    """
    return Row(work, _told(value, unit, detail), f">= {target:g}{_unit(unit)}", value, bool(value >= target))


def at_most(work, value, target, unit="s", detail=""):
    """A row whose value must not exceed the target.

    Examples
    --------
    >>> at_most("start", 3.1, 2.5).target, at_most("start", 3.1, 2.5).met
    ('<= 2.5 s', False)
    """
    return Row(work, _told(value, unit, detail), f"<= {target:g}{_unit(unit)}", value, bool(value <= target))


def note(work, measured):
    """A row that explains the one before."""
    return Row("  " + work, measured)


def _told(value, unit, detail):
    return f"{value:.3g}{_unit(unit)}" + (f"   {detail}" if detail else "")


def _unit(unit):
    return unit if unit in ("x", "") else f" {unit}"


def rows_of(rows):
    """Rows as plain values, for JSON."""
    return [asdict(row) for row in rows]


def side_by_side(works, rounds=5):
    """Seconds each work takes, least of several rounds; within a round each has its turn.

    A machine that is shared is slow for seconds at a time: taking turns, everybody is slowed alike, and ratios hold.

    Parameters
    ----------
    works : dict of str to callable
    rounds : int

    Examples
    --------
    >>> sorted(side_by_side({"a": list, "b": dict}, rounds=2))
    ['a', 'b']
    """
    times = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - began)
    return {name: min(taken) for name, taken in times.items()}


def percentile(values, share):
    """The value that a share of the values does not exceed.

    Examples
    --------
    >>> percentile([3.0, 1.0, 2.0, 4.0], 0.5)
    2.0
    """
    return float(np.quantile(values, share, method="inverted_cdf"))
