"""Reading an indicator's values as of a bar."""

from ..errors import StrategyError

__all__ = ["value_at"]


def value_at(values, closed, index):
    """The value a strategy sees at ``self.x[index]`` when so many bars are closed (S3, S4).

    Parameters
    ----------
    values : (m,) float64
        Aligned to the bars of the indicator's timeframe, those after now included.
    closed : int
        Count of its bars that are closed now, warm-up included.
    index : int
        -1 is the latest closed bar, -2 the one before it.

    Returns
    -------
    float
        NaN where history does not reach back so far.

    Raises
    ------
    StrategyError
        An index of 0 or more: it would count from the first bar, or reach beyond now.

    Examples
    --------
    >>> import numpy as np
    >>> value_at(np.array([1.0, 2.0, 3.0]), 2, -1), value_at(np.array([1.0, 2.0, 3.0]), 2, -3)
    (2.0, nan)
    """
    if index >= 0:
        raise StrategyError(
            f"an indicator has no value [{index}]; count back from the latest closed bar, which is [-1]"
        )
    k = closed + index
    return float(values[k]) if k >= 0 else float("nan")
