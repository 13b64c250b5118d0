"""Random settings of a run: symbols that convert to the account, costs, limits, bookings, clocks."""

from .config import DEFAULT_TIMEFRAMES, Config, Spec
from .grid import HOUR, SECOND, length
from .random_ticks import MINUTE

ANCHORS = ("UTC", "UTC", "17:00 America/New_York", "00:00 Asia/Kolkata")
PAIRS = (("CCC", "BBB"), ("BBB", "CCC"), ("CCC", "DDD"), ("AAA", "CCC"))  # besides the first symbol's AAA and BBB


def some_symbols(rng):
    """The Config's fields that say which symbols there are: one in two cases, else as many as convert."""
    account = rng.choice(("quote", "quote", "base"))
    pairs = [("AAA", "BBB")]
    if rng.random() < 0.55:
        return some_spec(rng, *pairs[0]) | {"account": account}
    currency = rng.choice((None, None, "EEE"))
    own = currency or {"quote": "BBB", "base": "AAA"}[account]
    pairs += rng.sample(PAIRS, rng.randint(1, 2))
    converting = []
    for money in sorted({quote for base, quote in pairs if own not in (base, quote)}):
        for _ in range(rng.choice((1, 1, 2))):
            if not any({money, own} == set(pair) for pair in pairs + converting) or rng.random() < 0.3:
                converting.append(rng.choice(((money, own), (own, money))))
    traded = [rng.random() < 0.3 for _ in converting]
    pairs += [pair for pair, trades in zip(converting, traded) if trades]
    silent = [pair for pair, trades in zip(converting, traded) if not trades]
    others = [Spec(**some_spec(rng, *pair)) for pair in pairs[1:]]
    others += [Spec(base=base, quote=quote, trades=False) for base, quote in silent]
    fields = {"account": account, "currency": currency, "others": tuple(others)}
    return some_spec(rng, *pairs[0]) | fields | {"converts": named(rng, pairs + silent, own)}


def some_spec(rng, base, quote):
    margin = rng.choice((33_333, 33_333, 1_000_000, 1_000_000, 0))
    return {
        "digits": rng.choice((5, 5, 5, 3)),
        "quantity_digits": rng.choice((0, 0, 2)),
        "contract_size": rng.choice((1.0, 100_000)),
        "least": rng.choice((1, 1, 10)),
        "largest": rng.choice((10**12, 150_000)),
        "margin_ppm": margin,
        "maintenance_ppm": rng.choice((None, margin, margin)),
        "anchor": rng.choice(ANCHORS),
        "always_open": rng.random() < 0.3,
        "base": base,
        "quote": quote,
        "swap": (some_rate(rng), some_rate(rng)) if rng.random() < 0.6 else None,
    }


def some_rate(rng):
    """Millionths of a point per night: from what rounds to nothing to some points."""
    return rng.choice((0, -3, 1_500_000, -750_000, rng.randint(-9_000_000, 9_000_000)))


def named(rng, pairs, own):
    """Now and then which symbol converts, where any could."""
    found = []
    for money in sorted({quote for base, quote in pairs if own not in (base, quote)}):
        able = [i for i, pair in enumerate(pairs) if {money, own} == set(pair)]
        if rng.random() < 0.4:
            found.append((money, rng.choice(able)))
    return tuple(found)


def config(rng, columns, symbols, way, bar):
    """A run's settings: every cost, limit, policy and currency mode, short cash now and then, warm-up, timers."""
    stamps = sorted(tick[0] for column in columns for tick in column)
    first, last = stamps[0], stamps[-1]
    # A run on bars has none that are shorter.
    there = [t for t in ("30s", "1m", "5m", "15m", "1h", "4h", "1d") if not way or length(t) >= length(bar)]
    listen = rng.sample(there, min(len(there), rng.randint(1, 4)))
    start = rng.choice((None, None, first, rng.choice(stamps), first + (last - first) // 3 // MINUTE * MINUTE))
    end = rng.choice((None, None, None, last, last + 1, rng.randrange(first, last + 9 * HOUR) // MINUTE * MINUTE))
    if end is not None:
        end = max(end, (start or first) + 1)
    timers = [rng.randrange(first, last + 1) for _ in range(rng.randint(0, 5))]
    timers += [rng.choice(stamps), first - first % MINUTE + MINUTE]
    return Config(
        **symbols | some_costs(rng) | some_limits(rng),
        hedging=rng.random() < 0.35,
        cash=rng.choice((100_000, 100_000, 100_000, 20_000, 3_700, 370)) * 10**6 + rng.choice((0, 123_457)),
        latency=rng.choice(((0, 0),) * 4 + ((250_000, 250_000), (0, 8 * SECOND), (0, 8 * MINUTE))),
        seed=rng.choice((0, 1, 4711, 2**63 - 1)),
        liquidity=rng.choice(("unlimited", "quoted")),
        participation_ppm=rng.choice((1_000_000, 1_000_000, 333_333, 100_000)),
        crossed=rng.choice(("keep", "keep", "drop", "swap")),
        bookings=some_bookings(rng, stamps, len(columns)) if rng.random() < 0.3 else (),
        triple=rng.choice((2, 3, 4, None)),
        intrabar=way,
        bar=bar,
        timeframes=tuple(t for t in DEFAULT_TIMEFRAMES if t in there),
        listen=tuple(listen),
        timers=tuple(timers) if rng.random() < 0.6 else (),
        start=start,
        end=end,
        close_at_end=rng.random() < 0.5,
    )


def some_costs(rng):
    """Commission and slippage of every kind (F9)."""
    kind, *rates = rng.choice(
        (
            ("none", 0),
            ("lot", 3_500_000, 1_000_000),
            ("unit", rng.choice((7, 1_250)), 3),
            ("bps", rng.choice((500_000, 1_234_567)), 250_000),
            ("order", 900_000, 0),
        )
    )
    slips, *points = rng.choice(
        (
            ("points", 0),
            ("points", rng.choice((1, 7))),
            ("spread", rng.choice((250_000, 1_000_000, 1_700_001))),
            ("impact", rng.choice((1_000_000, 10_000_000))),
            ("random", *rng.choice(((0, 5), (3, 3), (0, 1)))),
        )
    )
    costs = {"commission": kind, "commission_rate": rates[0], "slippage_kind": slips, "slippage": points[0]}
    if slips == "random":
        costs["slippage_most"] = points[1]
    if slips == "impact":
        costs["largest"] = 150_000  # else a fill of all that can be ordered moves the price out of int64
    if kind != "none" and rng.random() < 0.5:
        costs["commission_maker"] = rates[1]
    if kind != "none":
        costs["commission_least"] = rng.choice((0, 0, 100_000, 2_000_000))
        costs["commission_most"] = rng.choice((0, 0, 2_500_000))
    return costs


def some_limits(rng):
    """One in two runs has limits, some of them (P4)."""
    limits = {
        "max_order": rng.choice((12_345, 50_000)),
        "max_position": rng.choice((20_000, 120_000)),
        "max_orders": rng.randint(2, 8),
        "max_positions": rng.randint(1, 3),
        "max_leverage": rng.choice((500_000, 1_000_000, 10_000_000)),
        "daily_loss": rng.choice((("amount", rng.randint(1, 60) * 10**6), ("ppm", rng.randint(1, 900)))),
        "drawdown": rng.choice((("amount", rng.randint(1, 90) * 10**6), ("ppm", rng.randint(1, 1_200)))),
    }
    kept = rng.sample(sorted(limits), rng.choice((0, 0, 0, 1, 1, 3)))
    return {name: limits[name] for name in kept}


def some_bookings(rng, stamps, symbols):
    """A table of them, not in order of time, some outside the run."""
    rows = []
    for _ in range(rng.randint(1, 8)):
        kind, *values = rng.choice(
            (
                ("CASH", 0, 5_000_000, -123_457),
                ("DIVIDEND", 12_500_000, 1_500, -40_000),
                ("FUNDING", 1_000_000, -2_345_678, 7),
            )
        )
        ts = rng.choice(stamps) + rng.choice((0, 0, -1, 30 * SECOND))
        rows.append((ts - rng.choice((0, ts % MINUTE)), rng.randrange(symbols), kind, rng.choice(values)))
    return tuple(rows)
