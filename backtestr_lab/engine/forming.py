"""An indicator's value with the forming bar taken as if it closed now (S3, S7).

Closed bars have left what a running calculation needs (indicators/states.py), so that one more bar costs a few
operations, the ones TA-Lib would do in its order.
"""

import math

import numpy as np

from ..jit import kernel, part
from .context import update_form
from .steps import BAR_FIELDS, KINDS, LINES

__all__ = ["forming_value"]

NAN = np.nan
# fmt: off
(
    _PROGRAM, _BAR, _CLOSED,
    _ADD, _SUB, _MULT, _TIMES, _OVER, _RATIO, _GREATEST, _LEAST, _SHARE,
    _TOTAL, _MEAN, _EMA, _WILDER, _WMA, _TRIMA, _KAMA, _RSI,
    _TRANGE, _VARIANCE, _DEVIATION,
    _MOM, _ROC, _ROCP, _ROCR, _ROCR100, _LINE,
) = range(len(KINDS))
(
    _OPEN, _HIGH, _LOW, _CLOSE, _ASK_OPEN, _ASK_HIGH, _ASK_LOW, _ASK_CLOSE,
    _VOLUME, _TICKS, _TS, _END, _MID_OPEN, _MID_CLOSE,
) = range(len(BAR_FIELDS))
# fmt: on
_LINEARREG, _SLOPE, _INTERCEPT, _ANGLE, _TSF = range(len(LINES))
# TA-Lib's constants of KAMA: it smooths as over 30 bars when the price goes nowhere, as over 2 when it goes straight.
_SLOW = 2.0 / (30.0 + 1.0)
_FAST = 2.0 / (2.0 + 1.0) - _SLOW
_FLAT = 1e-14  # a range within this of its own size is rounding: TA-Lib's stochastics are 0 there


@kernel
def forming_value(c, program):
    """The value of a program's indicator; NaN before the forming bar has a tick, or with too few closed bars.

    Parameters
    ----------
    c : CTX
    program : int
        Place of its header in the array of steps.
    """
    head = c.steps[program]
    f = c.series[_row(c, head["s"])]["frame"]
    if c.frames[f]["closed"] < head["seed"] or not update_form(c, f):
        return NAN
    n = c.frames[f]["closed"]
    x = c.stepped
    last = program + head["n"]
    for i in range(program + 1, last + 1):
        step = c.steps[i]
        kind = step["kind"]
        if kind == _BAR:
            x[i] = _of_bar(c, f, step["n"])
        elif kind == _CLOSED:
            x[i] = _before(c, step["s"], n, 1)
        elif kind <= _SHARE:
            x[i] = _combined(kind, x[step["a"]], x[step["b"]], x[step["d"]], step["k"])
        elif kind <= _RSI:
            x[i] = _average(c, step, n, x[step["a"]])
        elif kind == _LINE:
            x[i] = _line(c, step, n, x[step["a"]])
        else:
            x[i] = _change(c, step, n, x[step["a"]], x[step["b"]])
    return x[last]


@part
def _row(c, number):
    """The row of a series for the symbol the callback is about."""
    return number * len(c.syms) + c.state[0]["symbol"]


@kernel
def _before(c, k, n, back):
    """Series k at the closed bar so many before the n-th, which is the forming one."""
    return c.values[c.series[_row(c, k)]["offset"] + n - back]


@kernel
def _of_bar(c, f, field):
    """A field of the forming bar, as the columns of closed bars have it."""
    form = c.forms[f]
    y = c.syms[c.frames[f]["symbol"]]
    p = y["scale"]
    if field == _CLOSE:
        return form["close"] / p
    if field == _HIGH:
        return form["high"] / p
    if field == _LOW:
        return form["low"] / p
    if field == _OPEN:
        return form["open"] / p
    if field == _ASK_OPEN:
        return form["ask_open"] / p
    if field == _ASK_HIGH:
        return form["ask_high"] / p
    if field == _ASK_LOW:
        return form["ask_low"] / p
    if field == _ASK_CLOSE:
        return form["ask_close"] / p
    if field == _VOLUME:
        return form["volume"] / y["steps"]
    if field == _TICKS:
        return float(form["ticks"])
    if field == _TS:
        return float(form["ts"])
    if field == _END:
        return float(form["end"])
    if field == _MID_OPEN:
        return ((form["open"] + form["ask_open"]) >> 1) / p
    return ((form["close"] + form["ask_close"]) >> 1) / p


@kernel
def _combined(kind, a, b, d, k):
    """Of values at the forming bar alone."""
    if kind == _ADD:
        return a + b
    if kind == _SUB:
        return a - b
    if kind == _MULT:
        return a * b
    if kind == _TIMES:
        return a * k
    if kind == _OVER:
        return a / k
    if kind == _RATIO:
        return a / b if b != 0.0 else 0.0
    if kind == _GREATEST:
        return max(a, b)
    if kind == _LEAST:
        return min(a, b)
    # _SHARE: how far a stands on the way from b to d, k being 100 or -100.
    return k * ((a - b) / (d - b)) if abs(d - b) > _FLAT * (abs(d) + abs(b)) else 0.0


@kernel
def _average(c, step, n, x):
    """The running averages."""
    kind = step["kind"]
    if kind == _WMA:
        return _wma(c, step, n, x)
    p = float(step["n"])
    s = _before(c, step["s"], n, 1)
    if kind == _MEAN:
        return (s + x) / p
    if kind == _TOTAL:
        return s + x
    if kind == _EMA:
        return (s + x) / p if n == step["seed"] else (x - s) * step["k"] + s
    if kind == _WILDER:
        return (s + x) / p if n == step["seed"] else (1.0 - step["k"]) * x + step["k"] * s
    t = _before(c, step["t"], n, 1)
    if kind == _TRIMA:
        return (s + (t + x)) * step["k"]
    if kind == _KAMA:
        return _kama(c, step, n, x, s, t)
    return _rsi(c, step, n, x, s, t)


@kernel
def _wma(c, step, n, x):
    """Weights rise by one from the oldest bar on."""
    period = step["n"]
    at = c.series[_row(c, step["s"])]["offset"] + n - (period - 1)
    total = 0.0
    for i in range(period - 1):
        total += float(i + 1) * c.values[at + i]
    return (total + period * x) / (period * (period + 1) * 0.5)


@kernel
def _kama(c, step, n, x, moves, average):
    """`d` is the series of its input."""
    moved = x - _before(c, step["d"], n, step["n"])
    moves += abs(x - _before(c, step["d"], n, 1))
    share = 1.0 if moves <= moved or moves == 0.0 else abs(moved / moves)
    share = share * _FAST + _SLOW
    return (x - average) * (share * share) + average


@kernel
def _rsi(c, step, n, x, gain, loss):
    """`d` is the series of its input, `k` the value when nothing has ever moved."""
    p = float(step["n"])
    change = x - _before(c, step["d"], n, 1)
    if n != step["seed"]:
        gain *= p - 1.0
        loss *= p - 1.0
    if change < 0.0:
        loss -= change
    else:
        gain += change
    gain *= 1.0 / p
    loss *= 1.0 / p
    return 100.0 * (gain / (gain + loss)) if gain + loss != 0.0 else step["k"]


@kernel
def _change(c, step, n, x, y):
    """Ranges, spreads, and the change since a bar."""
    kind = step["kind"]
    if kind == _TRANGE:
        close = _before(c, step["s"], n, 1)
        return max(max(x - y, abs(close - x)), abs(close - y))
    if kind == _VARIANCE:
        return _variance(c, step, n, x)
    if kind == _DEVIATION:
        return math.sqrt(_variance(c, step, n, x)) * step["k"]
    before = _before(c, step["s"], n, step["n"])
    if kind == _MOM:
        return x - before
    if before == 0.0:
        return 0.0
    if kind == _ROC:
        return (x / before - 1.0) * 100.0
    if kind == _ROCP:
        return (x - before) / before
    if kind == _ROCR:
        return x / before
    return x / before * 100.0


@kernel
def _variance(c, step, n, x):
    """Distances are taken from the newest number: squares of prices would leave nothing of a variance."""
    period = step["n"]
    at = c.series[_row(c, step["s"])]["offset"] + n - (period - 1)
    total = 0.0
    squares = 0.0
    for i in range(period - 1):
        distance = c.values[at + i] - x
        total += distance
        squares += distance * distance
    mean = total / period
    return max(squares / period - mean * mean, 0.0)


@kernel
def _line(c, step, n, x):
    """The least-squares line through the last bars, the forming one included."""
    period = step["n"]
    p = float(period)
    at = c.series[_row(c, step["s"])]["offset"] + n - (period - 1)
    sum_xy = 0.0
    sum_y = 0.0
    for i in range(period - 1):
        y = c.values[at + i]
        sum_y += y
        sum_xy += float(period - 1 - i) * y
    sum_y += x
    sum_x = period * (period - 1) * 0.5
    squares = float(period * (period - 1) * (2 * period - 1) // 6)
    slope = (p * sum_xy - sum_x * sum_y) / (sum_x * sum_x - p * squares)
    if step["seed"] == _SLOPE:
        return slope
    if step["seed"] == _ANGLE:
        return math.atan(slope) * (180.0 / math.pi)
    intercept = (sum_y - slope * sum_x) / p
    if step["seed"] == _INTERCEPT:
        return intercept
    return intercept + slope * (p if step["seed"] == _TSF else p - 1.0)
