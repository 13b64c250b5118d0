"""Proof by example that an indicator of the user's does not look ahead: prefix in, prefix out (S7)."""

import numpy as np

from ..errors import NotCausalError, StrategyError

# Where the bars are cut, as shares of all of them: the last bar taken away, then late, middle and early. Together with
# two scrambled futures this costs less than five times the indicator itself.
CUTS = (0.75, 0.5, 0.25, 1 / 16, 1 / 64)
SCRAMBLES = (0.9, 0.33)
# Once it has failed, short prefixes are tried for the first bar that fails: the message should name bar 0 if it can.
FIRST_BARS = 32


def check_causal(node, arrays, params, outputs, time_of):
    """Refuse an indicator whose past values change with what comes later.

    Computed on up to six prefixes of its inputs, and twice on inputs of the same length whose future is scrambled, it
    must give the values it gave before, bit for bit, NaN being NaN.

    Parameters
    ----------
    node : Node
    arrays : list of (m,) array
        Its inputs.
    params : dict
    outputs : tuple of (m,) float64
        What it gave for all bars.
    time_of : callable
        Bar index -> text of the instant the bar opens.

    Raises
    ------
    NotCausalError
        Names the indicator, the first offending bar, and its value with and without the bars after it.
    StrategyError
        It gives other values for the same bars: it is random or keeps a state.

    Notes
    -----
    An example can't prove; a look-ahead that none of these cuts meets is not seen.

    Examples
    --------
    >>> import numpy as np
    >>> from backtestr_lab import ta
    >>> def peek(close):
    ...     return np.append(close[1:], close[-1])
    >>> node, close = ta.custom(peek, "1h", "close"), np.arange(9.0)
    >>> check_causal(node, [close], {}, (peek(close),), "bar {} opens".format)
    Traceback (most recent call last):
    backtestr_lab.errors.NotCausalError: indicator peek looks ahead: bar 0 (bar 0 opens) is 1.0 with the bars ...
    """
    m = len(outputs[0])
    calculate = node.function.calculate
    found = None
    for cut in _cuts(m, (*CUTS, (m - 1) / max(m, 1))):
        found = found or _difference(outputs, calculate([a[:cut] for a in arrays], params), cut)
    for cut in _cuts(m, SCRAMBLES):
        found = found or _scrambled_difference(node, arrays, params, outputs, cut)
    if not found:
        return
    if _difference(outputs, calculate(arrays, params), m):
        raise StrategyError(
            f"indicator {node.function.name} gives other values for the same bars; "
            "take out what is random or kept from call to call"
        )
    bar, number, full, alone = _earliest(node, arrays, params, outputs) or found
    output = f".{node.outputs[number]}" if len(outputs) > 1 else ""
    raise NotCausalError(
        f"indicator {node.function.name}{output} looks ahead: bar {bar} ({time_of(bar)}) is {full!r} with the bars "
        f"after it and {alone!r} without them; use only bars up to the one it is for"
    )


def _cuts(m, shares):
    """Counts of bars to keep, most first: a peek at the next bar shows at any of them."""
    return sorted({round(m * share) for share in shares} - {0, m}, reverse=True)


def _scrambled_difference(node, arrays, params, outputs, cut):
    # Turned round and scaled alike in every input, so that highs stay above lows.
    future = [np.concatenate([a[:cut], a[cut:][::-1] * 1.5]) for a in arrays]
    try:
        return _difference(outputs, node.function.calculate(future, params), cut)
    except StrategyError:
        return None  # it may refuse prices that never were


def _earliest(node, arrays, params, outputs):
    for cut in range(1, min(FIRST_BARS, len(outputs[0]) - 1) + 1):
        try:
            again = node.function.calculate([a[:cut] for a in arrays], params)
        except StrategyError:
            continue
        if early := _difference(outputs, again, cut):
            return early
    return None


def _difference(outputs, again, cut):
    """(bar, number of the output, value of the full one, value of the other) where they first differ, or None."""
    first = []
    for number, (full, other) in enumerate(zip(outputs, again, strict=True)):
        full, other = full[:cut], other[:cut]
        differs = (full.view("i8") != other.view("i8")) & ~(np.isnan(full) & np.isnan(other))
        if differs.any():
            bar = int(differs.argmax())
            first.append((bar, number, float(full[bar]), float(other[bar])))
    return min(first, default=None, key=lambda f: f[:2])
