"""Arithmetic with one definition for compiled and Python callbacks, so that both give the same bits (S2).

numpy sums pairwise and compiled loops one after another; numpy's `exp` is a vector unit's, compiled code's the C
library's; powers of small integers are products in one world and `pow` in the other; a division by zero raises or is
infinite. Lowered code calls what stands here instead, and `--python` calls the very same compiled functions.
"""

import math

import numpy as np
from numba import types
from numba.extending import overload

from ..jit import kernel
from . import reduce

__all__ = ["METHODS", "replacement"]


def _power(a, b):
    raise NotImplementedError


@overload(_power, jit_options={"error_model": "python"})
def _power_of(a, b):
    if isinstance(a, types.Array) or isinstance(b, types.Array):
        a_is, b_is = isinstance(a, types.Array), isinstance(b, types.Array)
        if a_is and b_is:

            def both(a, b):
                if a.shape != b.shape:
                    raise ValueError("a power of arrays of different shapes")
                out = np.empty(a.shape)
                left, right, flat = a.ravel(), b.ravel(), out.ravel()
                for i in range(len(flat)):
                    flat[i] = _real_power(float(left[i]), float(right[i]))
                return out

            return both
        if a_is:

            def base(a, b):
                out = np.empty(a.shape)
                left, flat = a.ravel(), out.ravel()
                for i in range(len(flat)):
                    flat[i] = _real_power(float(left[i]), float(b))
                return out

            return base

        def exponent(a, b):
            out = np.empty(b.shape)
            right, flat = b.ravel(), out.ravel()
            for i in range(len(flat)):
                flat[i] = _real_power(float(a), float(right[i]))
            return out

        return exponent
    if isinstance(a, types.Integer) and isinstance(b, types.Integer):
        return lambda a, b: _whole_power(a, b)

    def real(a, b):
        x, y = float(a), float(b)
        if x == 0.0 and y < 0.0:
            raise ZeroDivisionError("0.0 cannot be raised to a negative power")
        if x < 0.0 and y != np.floor(y):
            raise ValueError("a negative number to a fractional power is not real")
        return _real_power(x, y)

    return real


@kernel
def _real_power(x, y):
    # Products for the exponents that compilers turn into products sometimes.
    if y == 2.0:
        return x * x
    if y == 3.0:
        return x * x * x
    if y == 1.0:
        return x
    if y == -1.0:
        return 1.0 / x
    if y == 0.5 and x >= 0.0:
        return math.sqrt(x)
    return math.pow(x, y)


@kernel
def _whole_power(a, b):
    if b < 0:
        raise ValueError("a whole number to a negative power; write it with a point, like 2.0 ** -1")
    result = 1
    while b > 0:
        if b & 1:
            result *= a
        a *= a
        b >>= 1
    return result


@kernel
def power(a, b):
    """``a ** b``: whole for whole numbers, else real; arrays element by element."""
    return _power(a, b)


def _whole(x):
    raise NotImplementedError


@overload(_whole)
def _whole_of(x):
    if isinstance(x, types.Float):

        def cut(x):
            if x != x:
                raise ValueError("cannot convert float NaN to integer")
            if abs(x) >= 9.3e18:
                raise OverflowError("float too large for an integer")
            return np.int64(x)

        return cut
    return lambda x: np.int64(x)


@kernel
def whole(x):
    """``int(x)``; NaN raises."""
    return _whole(x)


@kernel
def nearest(x):
    """``round(x)``: half to even; NaN raises."""
    return _whole(np.rint(float(x)))


@kernel
def rounded(x, digits):
    """``round(x, digits)`` as a float: scaled, rounded half to even, scaled back."""
    scale = 10.0 ** abs(digits)
    y = x * scale if digits >= 0 else x / scale
    if not abs(y) < 9007199254740992.0:
        return x + 0.0
    y = np.rint(y)
    return y / scale if digits >= 0 else y * scale


@kernel
def root(x):
    """`math.sqrt`: raises below zero."""
    if x < 0.0:
        raise ValueError("math domain error: the square root of a negative number")
    return math.sqrt(x)


@kernel
def natural_log(x):
    """`math.log`: raises at and below zero."""
    if x <= 0.0:
        raise ValueError("math domain error: the logarithm of a number that is not positive")
    return math.log(x)


@kernel
def log_base(x, base):
    """`math.log` with a base, the quotient of two logarithms."""
    if base == 1.0:
        raise ZeroDivisionError("a logarithm to the base 1")
    return natural_log(x) / natural_log(base)


@kernel
def log10(x):
    """`math.log10`: raises at and below zero."""
    if x <= 0.0:
        raise ValueError("math domain error: the logarithm of a number that is not positive")
    return math.log10(x)


@kernel
def log2(x):
    """`math.log2`: raises at and below zero."""
    if x <= 0.0:
        raise ValueError("math domain error: the logarithm of a number that is not positive")
    return math.log2(x)


@kernel
def exponential(x):
    """`math.exp`: raises where the result is too large."""
    y = math.exp(x)
    if y == np.inf and x != np.inf:
        raise OverflowError("math range error")
    return y


@kernel
def real_power(x, y):
    """`math.pow`: `power` of reals."""
    return _power(float(x), float(y))


def _round_all(x, digits):
    raise NotImplementedError


@overload(_round_all)
def _round_all_of(x, digits):
    if isinstance(x, types.Array):

        def each(x, digits):
            out = np.empty(x.shape)
            flat, target = x.ravel(), out.ravel()
            for i in range(len(flat)):
                target[i] = rounded(float(flat[i]), digits)
            return out

        return each
    return lambda x, digits: rounded(float(x), digits)


@kernel
def round_all(x, digits=0):
    """`np.round`: of a number or of each element."""
    return _round_all(x, digits)


_NUMPY = {
    "sum": reduce.total,
    "prod": reduce.product,
    "mean": reduce.mean,
    "average": reduce.mean,
    "var": reduce.var,
    "std": reduce.std,
    "min": reduce.smallest,
    "max": reduce.largest,
    "amin": reduce.smallest,
    "amax": reduce.largest,
    "argmin": reduce.where_smallest,
    "argmax": reduce.where_largest,
    "ptp": reduce.reach,
    "median": reduce.median,
    "quantile": reduce.quantile,
    "percentile": reduce.percentile,
    "dot": reduce.dot,
    "inner": reduce.dot,
    "vdot": reduce.dot,
    "cumsum": reduce.running_sum,
    "cumprod": reduce.running_product,
    "nansum": reduce.nan_total,
    "nanmean": reduce.nan_mean,
    "nanvar": reduce.nan_var,
    "nanstd": reduce.nan_std,
    "nanmin": reduce.nan_smallest,
    "nanmax": reduce.nan_largest,
    "nanmedian": reduce.nan_median,
    "power": power,
    "float_power": power,
    "round": round_all,
    "around": round_all,
}
_MATH = {"sqrt": root, "log10": log10, "log2": log2, "exp": exponential, "pow": real_power}

# What the user's text calls -> what is called instead; the same in compiled and in Python callbacks.
CALLS = {getattr(np, n): f for n, f in _NUMPY.items()} | {getattr(math, n): f for n, f in _MATH.items()}
CALLS |= {pow: power}

# Methods of arrays, whatever the expression before the dot is.
METHODS = {
    n: _NUMPY[n]
    for n in (
        "sum",
        "prod",
        "mean",
        "var",
        "std",
        "min",
        "max",
        "argmin",
        "argmax",
        "dot",
        "cumsum",
        "cumprod",
        "round",
    )
}
METHODS["ptp"] = reduce.reach


def replacement(called, arguments):
    """What is called instead of an object of the user's text with so many arguments, or None."""
    if arguments == 1 and called in (sum, min, max):
        return {sum: reduce.total, min: reduce.smallest, max: reduce.largest}[called]
    if called is math.log:
        return natural_log if arguments == 1 else log_base
    if called is round:
        return nearest if arguments == 1 else rounded
    if called is int and arguments == 1:
        return whole
    try:
        return CALLS.get(called)
    except TypeError:
        return None
