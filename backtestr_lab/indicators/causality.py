"""Proof by example that an indicator of the user's does not look ahead: prefix in, prefix out (S7)."""

import numpy as np

from ..errors import NotCausalError, StrategyError

# Where the bars are cut, as shares of all: besides these the last bar alone is taken away. With the two scrambled
# futures that is less than four times the work of the indicator itself.
CUTS = (0.5, 0.25, 1 / 16)
SCRAMBLES = (0.9, 0.33)
# The first bars, in counts: values filled backwards at the start show nowhere else.
FIRST_CUTS = (31, 7, 1)
# Once it has failed, all short prefixes up to this are tried, so that the message names the first bar that fails.
FIRST_BARS = 32
# numpy may add up arrays shorter than a window in another order: so few bars are compared to rounding, others to the
# bit.
ROUNDING = 1e-9


def check_causal(node, arrays, params, outputs, time_of):
    """Refuse an indicator whose past values change with what comes later.

    Computed on seven prefixes of its inputs, and twice on inputs of the same length whose future is scrambled, it must
    give the values it gave before, bit for bit (on the very first bars to rounding), NaN being NaN.

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

    def prefix(cut):
        return _difference(outputs, node.function.calculate([a[:cut] for a in arrays], params), cut)

    def scrambled(cut):
        # Turned round and scaled alike in every input, so that highs stay above lows.
        future = [np.concatenate([a[:cut], a[cut:][::-1] * 1.5]) for a in arrays]
        return _difference(outputs, node.function.calculate(future, params), cut)

    def first_bars(cuts):
        return next(filter(None, (_unless_refused(prefix, cut) for cut in cuts if cut < m)), None)

    found = next(filter(None, map(prefix, sorted({m - 1, *(int(m * s) for s in CUTS)} - {-1, 0}, reverse=True))), None)
    found = found or first_bars(FIRST_CUTS)
    found = found or next(filter(None, (_unless_refused(scrambled, int(m * s)) for s in SCRAMBLES)), None)
    if not found:
        return
    if _difference(outputs, node.function.calculate(arrays, params), m):
        raise StrategyError(
            f"indicator {node.function.name} gives other values for the same bars; "
            "take out what is random or kept from call to call"
        )
    bar, number, full, alone = first_bars(range(1, FIRST_BARS + 1)) or found
    output = f".{node.outputs[number]}" if len(outputs) > 1 else ""
    way_out = "use only bars up to the one it is for"
    if abs(full - alone) <= ROUNDING * abs(full):
        way_out = "its rounding depends on the number of bars, so calculate it bar by bar"
    raise NotCausalError(
        f"indicator {node.function.name}{output} looks ahead: bar {bar} ({time_of(bar)}) is {full!r} with the bars "
        f"after it and {alone!r} without them; {way_out}"
    )


def _unless_refused(difference, cut):
    """None where the indicator refuses so few bars, or prices that never were."""
    try:
        return difference(cut)
    except StrategyError:
        return None


def _difference(outputs, again, cut):
    """(bar, number of the output, value of the full one, value of the other) where they first differ, or None."""
    first = []
    for number, (full, other) in enumerate(zip(outputs, again, strict=True)):
        full, other = full[:cut], other[:cut]
        differs = (full.view("i8") != other.view("i8")) & ~(np.isnan(full) & np.isnan(other))
        if cut <= FIRST_BARS and differs.any():
            size = np.max(np.abs(full[np.isfinite(full)]), initial=0.0)
            differs &= ~np.isclose(full, other, rtol=0, atol=ROUNDING * size, equal_nan=True)
        if differs.any():
            bar = int(differs.argmax())
            first.append((bar, number, float(full[bar]), float(other[bar])))
    return min(first, default=None, key=lambda f: f[:2])
