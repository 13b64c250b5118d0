"""What closed bars leave for one more: the state of TA-Lib's running calculations after each bar.

A state is a node like any other, which no strategy names: `forming.py` asks for those that an indicator's value with
the forming bar needs. Each is TA-Lib's own recurrence, operation by operation, stopped where the next bar's number
comes in; while a calculation is still gathering its first bars, the state is what it has gathered.
"""

from dataclasses import dataclass

import numpy as np

from ..jit import frozen, kernel
from .node import Node

__all__ = ["STATES", "State", "state"]


@dataclass(frozen=True)
class State:
    """A running calculation, by name."""

    name: str

    fields = ()
    checked = True  # causal as TA-Lib's functions are; the tests compare each with them

    @property
    def outputs(self):
        """Names of the numbers kept per bar."""
        return STATES[self.name][1]

    def lookback(self, params):
        """0: what is gathered counts from the first bar on."""
        return 0

    def calculate(self, arrays, params):
        """The numbers after each bar; NaN before the inputs begin."""
        return STATES[self.name][0](*map(frozen, arrays), **params)


def state(name, source, **params):
    """The node of a state.

    Examples
    --------
    >>> from backtestr_lab import ta
    >>> state("ema", ta.rsi("1h", 14), timeperiod=9, factor=0.2, skip=0)
    ema state(rsi(1h, 14), 9, 0.2, 0)
    """
    sources = source if isinstance(source, tuple) else (source,)
    return Node(State(f"{name} state"), sources, tuple(params.items()))


@kernel
def _begin(x):
    for i in range(len(x)):
        if x[i] == x[i]:
            return i
    return len(x)


def _values(x):
    return (x,)


@kernel
def _sum(x, timeperiod):
    n = len(x)
    out = np.full(n, np.nan)
    begin = _begin(x)
    s = 0.0
    for i in range(begin, n):
        s += x[i]
        if i >= begin + timeperiod - 1:
            s -= x[i - timeperiod + 1]
        out[i] = s
    return (out,)


@kernel
def _ema(x, timeperiod, factor, skip):
    n = len(x)
    out = np.full(n, np.nan)
    begin = _begin(x) + skip
    s = 0.0
    for i in range(begin, n):
        if i < begin + timeperiod - 1:
            s += x[i]
        elif i == begin + timeperiod - 1:
            s = (s + x[i]) / timeperiod
        else:
            s = (x[i] - s) * factor + s
        out[i] = s
    return (out,)


@kernel
def _wilder(x, timeperiod, kept):
    n = len(x)
    out = np.full(n, np.nan)
    begin = _begin(x)
    s = 0.0
    for i in range(begin, n):
        if i < begin + timeperiod - 1:
            s += x[i]
        elif i == begin + timeperiod - 1:
            s = (s + x[i]) / timeperiod
        else:
            s = (1.0 - kept) * x[i] + kept * s
        out[i] = s
    return (out,)


@kernel
def _trima(x, timeperiod):
    """The weighted sum, and what is added to the next number before that is added to it."""
    n = len(x)
    sums, starts = np.full(n, np.nan), np.full(n, np.nan)
    begin = _begin(x)
    half = timeperiod >> 1
    odd = timeperiod % 2 == 1
    first = begin + timeperiod - 1  # the first bar with a value
    middle = begin + half if odd else begin + half - 1
    total = falling = rising = 0.0
    for i in range(min(middle, n - 1), begin - 1, -1):
        falling += x[i]
        total += falling
    middle += 1
    for i in range(middle, min(first, n)):
        rising += x[i]
        total += rising
    if first < 1 or first - 1 >= n:
        return sums, starts
    if first > begin:
        sums[first - 1], starts[first - 1] = total, rising
    for i in range(first, n):
        if i == first:
            rising += x[i]
            total += rising
        else:
            rising += x[i]
            total += x[i]
        # The next bar's weights, as far as they don't need its number.
        total -= falling
        falling -= x[i - timeperiod + 1]
        moved = x[middle]
        middle += 1
        falling += moved
        if odd:
            total += rising
            rising -= moved
        else:
            rising -= moved
            total += rising
        sums[i], starts[i] = total, 0.0
    return sums, starts


@kernel
def _kama(x, timeperiod):
    n = len(x)
    moves, averages = np.full(n, np.nan), np.full(n, np.nan)
    begin = _begin(x)
    slow = 2.0 / (30.0 + 1.0)
    fast = 2.0 / (2.0 + 1.0) - slow
    total = 0.0
    still = 0  # bars that have not moved, up to this one
    average = x[begin] if begin < n else 0.0
    for i in range(begin, n):
        if i > begin:
            total += abs(x[i] - x[i - 1])
            still = still + 1 if x[i] == x[i - 1] else 0
        if still >= timeperiod:
            total = 0.0
        if i < begin + timeperiod:
            average = x[i]
        else:
            moved = x[i] - x[i - timeperiod]
            share = 1.0 if total <= moved or total == 0.0 else abs(moved / total)
            share = share * fast + slow
            average = (x[i] - average) * (share * share) + average
            total -= abs(x[i - timeperiod] - x[i - timeperiod + 1])
        if still >= timeperiod - 1:
            total = 0.0  # what is left of a sum of moves that are gone is rounding
        moves[i], averages[i] = total, average
    return moves, averages


@kernel
def _rsi(x, timeperiod):
    n = len(x)
    gains, losses = np.full(n, np.nan), np.full(n, np.nan)
    begin = _begin(x)
    p = float(timeperiod)
    gain = loss = 0.0
    for i in range(begin, n):
        if i > begin:
            change = x[i] - x[i - 1]
            if i > begin + timeperiod:
                gain *= p - 1.0
                loss *= p - 1.0
            if change < 0.0:
                loss -= change
            else:
                gain += change
            if i >= begin + timeperiod:
                gain *= 1.0 / p
                loss *= 1.0 / p
        gains[i], losses[i] = gain, loss
    return gains, losses


# Name -> (how it is calculated, what is kept).
STATES = {
    "values state": (_values, ("value",)),
    "sum state": (_sum, ("sum",)),
    "ema state": (_ema, ("average",)),
    "wilder state": (_wilder, ("average",)),
    "trima state": (_trima, ("weighted", "next")),
    "kama state": (_kama, ("moves", "average")),
    "rsi state": (_rsi, ("gain", "loss")),
}
