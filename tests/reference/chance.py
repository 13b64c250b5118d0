"""Draws that depend on nothing but their place (F9)."""

WORD = 2**64
LATENCY, SLIPPAGE = 1, 2  # purposes


def mix(z):
    """splitmix64's finaliser."""
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % WORD
    z = (z ^ z >> 27) * 0x94D049BB133111EB % WORD
    return z ^ z >> 31


def draw(seed, purpose, n, k):
    """Draw k of order n: 64 bits.

    Examples
    --------
    >>> hex(mix(0x9E3779B97F4A7C15))  # splitmix64's first number from seed 0, as published
    '0xe220a8397b1dcdaf'
    """
    state = seed % WORD
    for value in (purpose, n, k):
        state = mix((state + 0x9E3779B97F4A7C15 + value) % WORD)
    return state


def between(least, most, word):
    """A whole number from least to most, both included."""
    return least + word % (most - least + 1)
