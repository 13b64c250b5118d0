"""Reductions of arrays, one element after the other in the order of memory (S2).

numpy sums pairwise, compiled loops do not: these are called from both, so that a mean has one value.
"""

import math

import numpy as np

from ..jit import kernel


@kernel
def total(x):
    """Sum."""
    return np.sum(np.asarray(x))  # sequential in compiled code


@kernel
def product(x):
    """Product."""
    return np.prod(np.asarray(x))


@kernel
def mean(x):
    """Arithmetic mean; NaN of nothing."""
    flat = np.asarray(x).ravel()
    s = 0.0
    for v in flat:
        s += v
    return s / len(flat) if len(flat) else np.nan


@kernel
def var(x, ddof=0):
    """Variance in two passes."""
    flat = np.asarray(x).ravel()
    m = mean(flat)
    s = 0.0
    for v in flat:
        s += (v - m) * (v - m)
    n = len(flat) - ddof
    return s / n if n > 0 else np.nan


@kernel
def std(x, ddof=0):
    """Standard deviation."""
    return math.sqrt(var(x, ddof))


@kernel
def smallest(x):
    """Least value; NaN if one is NaN."""
    flat = np.asarray(x).ravel()
    if len(flat) == 0:
        raise ValueError("min of an empty array")
    best = flat[0]
    for v in flat:
        if v < best or v != v:
            best = v
        if best != best:
            break
    return best


@kernel
def largest(x):
    """Greatest value; NaN if one is NaN."""
    flat = np.asarray(x).ravel()
    if len(flat) == 0:
        raise ValueError("max of an empty array")
    best = flat[0]
    for v in flat:
        if v > best or v != v:
            best = v
        if best != best:
            break
    return best


@kernel
def where_smallest(x):
    """Index of the least value, the first of equals; of the first NaN if there is one."""
    flat = np.asarray(x).ravel()
    if len(flat) == 0:
        raise ValueError("argmin of an empty array")
    at = 0
    for i in range(len(flat)):
        if flat[i] != flat[i]:
            return i
        if flat[i] < flat[at]:
            at = i
    return at


@kernel
def where_largest(x):
    """Index of the greatest value, the first of equals; of the first NaN if there is one."""
    flat = np.asarray(x).ravel()
    if len(flat) == 0:
        raise ValueError("argmax of an empty array")
    at = 0
    for i in range(len(flat)):
        if flat[i] != flat[i]:
            return i
        if flat[i] > flat[at]:
            at = i
    return at


@kernel
def reach(x):
    """Greatest minus least value."""
    return largest(x) - smallest(x)


@kernel
def quantile(x, q):
    """Quantile, linear between neighbours; NaN of nothing, or if a value is NaN."""
    flat = np.sort(np.asarray(x).ravel().astype(np.float64))
    n = len(flat)
    if n == 0 or flat[n - 1] != flat[n - 1]:  # NaN sorts last
        return np.nan
    if not 0.0 <= q <= 1.0:
        raise ValueError("a quantile lies between 0 and 1")
    at = q * (n - 1)
    below = min(int(at), n - 1)
    above = min(below + 1, n - 1)
    return flat[below] + (at - below) * (flat[above] - flat[below])


@kernel
def percentile(x, q):
    """`quantile` in percent."""
    return quantile(x, q / 100.0)


@kernel
def median(x):
    """Middle value, or the mean of the two middle ones."""
    flat = np.sort(np.asarray(x).ravel().astype(np.float64))
    n = len(flat)
    if n == 0 or flat[n - 1] != flat[n - 1]:
        return np.nan
    return flat[n // 2] if n % 2 else (flat[n // 2 - 1] + flat[n // 2]) / 2.0


@kernel
def dot(a, b):
    """Scalar product of two arrays of one dimension."""
    if len(a) != len(b):
        raise ValueError("dot of arrays of different lengths")
    s = 0.0
    for i in range(len(a)):
        s += a[i] * b[i]
    return s


@kernel
def running_sum(x):
    """Sum up to each element."""
    flat = np.asarray(x).ravel().copy()
    for i in range(1, len(flat)):
        flat[i] += flat[i - 1]
    return flat


@kernel
def running_product(x):
    """Product up to each element."""
    flat = np.asarray(x).ravel().copy()
    for i in range(1, len(flat)):
        flat[i] *= flat[i - 1]
    return flat


@kernel
def numbers(x):
    """The elements that are not NaN."""
    flat = np.asarray(x).ravel().astype(np.float64)
    return flat[~np.isnan(flat)]


@kernel
def nan_total(x):
    """`total` without NaN."""
    return total(numbers(x))


@kernel
def nan_mean(x):
    """`mean` without NaN."""
    return mean(numbers(x))


@kernel
def nan_var(x, ddof=0):
    """`var` without NaN."""
    return var(numbers(x), ddof)


@kernel
def nan_std(x, ddof=0):
    """`std` without NaN."""
    return std(numbers(x), ddof)


@kernel
def nan_smallest(x):
    """`smallest` without NaN; NaN of nothing."""
    kept = numbers(x)
    return smallest(kept) if len(kept) else np.nan


@kernel
def nan_largest(x):
    """`largest` without NaN; NaN of nothing."""
    kept = numbers(x)
    return largest(kept) if len(kept) else np.nan


@kernel
def nan_median(x):
    """`median` without NaN."""
    return median(numbers(x))
