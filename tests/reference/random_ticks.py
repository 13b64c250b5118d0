"""Random ticks of one symbol, of several that meet, and of bars."""

from .grid import DAY, HOUR, SECOND
from .tape import at, four

MINUTE = 60 * SECOND
FIRST = "2024-01-04 20:50"  # a Thursday


def tape(rng, size, *, price=110_000, stamps=None):
    """`size` ticks of a random walk from `price` with equal stamps, ticks on minute boundaries, gaps, crossed quotes.

    Some tapes quote sizes, some report volume, some both, some change between.
    """
    rows = []
    wild = rng.choice((2, 15, 60))
    quoted, traded = rng.choice(((0, 0), (0, 1), (1, 0), (1, 0), (0.8, 0.8)))
    for ts in stamps or some_stamps(rng, size):
        price = max(50, price + rng.randint(-wild, wild) * (8 if rng.random() < 0.03 else 1))
        spread = rng.choice((0, 1, 2, 2, 3, 10)) if rng.random() > 0.06 else -rng.randint(1, 5)
        sizes = [some_size(rng) if rng.random() < quoted else 0 for _ in range(2)]
        rows.append((ts, price, price + spread, *sizes, some_size(rng) if rng.random() < traded else 0))
    return rows


def some_stamps(rng, size):
    """Stamps that are often equal or on a minute, with nights and weekends between some."""
    ts = at(FIRST) + rng.randrange(MINUTE)
    stamps = []
    for _ in range(size):
        kind = rng.random()
        if kind < 0.15:
            pass  # the same stamp again
        elif kind < 0.25:
            ts += MINUTE - ts % MINUTE  # exactly on a boundary
        elif kind < 0.90:
            ts += rng.randrange(1, 20 * SECOND)
        elif kind < 0.97:
            ts += rng.randrange(1, 12 * MINUTE)
        elif kind < 0.995:
            ts += rng.randrange(HOUR, 7 * HOUR)
        else:
            ts += 2 * DAY + rng.randrange(HOUR)
        stamps.append(ts)
    return stamps


def beside(rng, stamps, size, late):
    """Stamps of a further symbol that meet those of another; `late`: from a while after it began."""
    least = rng.choice(stamps) if late else 0
    near = [rng.choice(stamps) + rng.choice((0, 0, rng.randint(-20, 20) * SECOND)) for _ in range(size)]
    return sorted(max(ts, least) for ts in near)


def bars(rng, size, length, *, price=110_000):
    """`size` bars of a random walk as four ticks each: open, low, high, close; with gaps, some without any range."""
    ts = at(FIRST) - at(FIRST) % length
    wild, spread, volume = rng.choice((2, 15, 60)), rng.choice((0, 2, 10)), rng.choice((0, 40_003))
    rows = []
    for _ in range(size):
        ts += length * rng.choices((1, 3, 40, 2 * DAY // length), (85, 10, 4, 1))[0]
        begin = max(200, price + rng.choice((0, 0, rng.randint(-wild, wild))))
        price = max(200, begin + rng.randint(-wild, wild))
        high = max(begin, price) + rng.choice((0, rng.randint(0, wild)))
        low = min(begin, price) - rng.choice((0, rng.randint(0, wild)))
        rows += four(ts, (begin, high, low, price), rng.randint(0, volume), length, spread)
    return rows


def some_size(rng):
    """Steps: from far less than the orders want to far more."""
    return rng.choice((0, 3, 10, 1_000, 5_000, 10_000, 50_000, 10**6, 10**7, 10**8))
