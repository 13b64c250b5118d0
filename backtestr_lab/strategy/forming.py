"""Programs of the indicators whose value with the forming bar is read, as the engine runs them."""

import numpy as np

from ..engine.steps import BAR_FIELDS, KINDS, LINES, STEP
from ..errors import StrategyError
from ..indicators.forming import program_of

__all__ = ["has_forming", "steps_of"]


def has_forming(key):
    """Whether an indicator has a value with the forming bar."""
    try:
        program_of(key)
    except StrategyError:
        return False
    return True


def steps_of(wanted, nodes):
    """The programs one after another, and where each begins.

    Parameters
    ----------
    wanted : dict of str to Node or Output
        By name.
    nodes : list of Node or Output
        The engine's series in their order; those that the steps read beside them are added at its end.

    Returns
    -------
    steps : (n,) STEP
    begins : dict of str to int
    """
    rows, begins = [], {}
    for name, key in sorted(wanted.items()):
        begins[name] = begin = len(rows)
        program = program_of(key)
        rows.append(_row("program", (), [_number(key, nodes)], len(program), key.lookback, 0.0))
        for step in program:
            takes = [begin + 1 + place for place in step.takes]
            series = [_number(k, nodes) for k in step.series]
            n = BAR_FIELDS.index(step.n) if step.kind == "bar" else step.n
            seed = LINES.index(step.seed) if step.kind == "line" else step.seed
            rows.append(_row(step.kind, takes, series, n, seed, step.k))
    return np.array(rows, STEP) if rows else np.zeros(0, STEP), begins


def _row(kind, takes, series, n, seed, k):
    # A step with three series takes one number, so the third has the third number's place.
    a, b, d = (*takes, 0, 0, 0)[:3]
    s, t, *third = (*series, 0, 0)
    return KINDS.index(kind), a, b, third[0] if len(series) == 3 else d, s, t, n, seed, k


def _number(key, nodes):
    """The place of a series, a new one where there is none."""
    key = key.keys[0] if len(getattr(key, "outputs", ())) == 1 else key
    if key not in nodes:
        nodes.append(key)
    return nodes.index(key)
