"""Draws that depend on nothing but their place: seed, purpose, order, number (F9, C4)."""

import numpy as np

from ..jit import kernel

LATENCY, SLIPPAGE = 1, 2  # purposes

# Everything is uint64: mixed with int64, numba would make it a float.
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)


@kernel
def mix(z):
    """The finaliser of splitmix64."""
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)


@kernel
def draw(seed, purpose, n, k):
    """Draw k of order n for a purpose: 64 bits (F9)."""
    z = np.uint64(seed)
    z = mix(z + _GOLDEN + np.uint64(purpose))
    z = mix(z + _GOLDEN + np.uint64(n))
    return mix(z + _GOLDEN + np.uint64(k))


@kernel
def between(least, most, word):
    """A whole number from least to most, both included."""
    return least + np.int64(word % np.uint64(most - least + 1))
