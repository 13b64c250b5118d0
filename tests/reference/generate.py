"""Random cases: markets, settings and scripts of strategies (script.py), all from one seed."""

import random

from .grid import SECOND, length
from .intrabar import WAYS
from .random_config import config, some_symbols
from .random_ticks import bars, beside, tape
from .script import CALLBACKS, OPS, ScriptStrategy, action

__all__ = ["ScriptStrategy", "action", "case", "tape"]


def case(seed, size=200):
    """(ticks, script, config) of a seed; `ticks` are a list for each symbol where there are several."""
    rng = random.Random(seed)
    symbols = some_symbols(rng)
    way = rng.choice(WAYS) if rng.random() < 0.25 else None
    bar = rng.choice(("10s", "1m", "1m", "5m", "15m")) if way else "1m"
    columns = some_columns(rng, size, 1 + len(symbols.get("others", ())), way, bar)
    settings = config(rng, columns, symbols, way, bar)
    return columns if settings.others else columns[0], script(rng, columns, settings), settings


def some_columns(rng, size, count, way, bar):
    """The ticks of each symbol: `size` of one, somewhat more of several together; a later one may begin late."""
    each = max(1, size * 3 // (2 + count))
    prices = [rng.choice((110_000, 110_000, 9_000)) for _ in range(count)]
    if way:
        return [bars(rng, max(1, each // 4), length(bar), price=price) for price in prices]
    columns = [tape(rng, each, price=prices[0])]
    stamps = [tick[0] for tick in columns[0]]
    for price in prices[1:]:
        columns.append(tape(rng, each, price=price, stamps=beside(rng, stamps, each, rng.random() < 0.4)))
    return columns


def script(rng, columns, config, *, bad=0.12, calls=60):
    """A script whose prices lie around those of the tape; a share of its actions is deliberately wrong.

    A third of the scripts keeps to plain orders, as most strategies do.
    """
    rich = rng.random() < 2 / 3
    names = [name for name in CALLBACKS if rng.random() < (0.85 if name in ("on_bar", "on_tick") else 0.5)]
    busy = {"on_bar": 0.45, "on_tick": 0.25, "on_time": 0.9, "on_fill": 0.25, "on_order": 0.25, "on_end": 1}
    return {
        name: [
            [some_action(rng, columns, config, bad, rich) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
            if rng.random() < busy[name]
            else []
            for _ in range(calls)
        ]
        for name in names
    }


def some_action(rng, columns, config, bad, rich):
    op = rng.choices(OPS, (7, 7, 2, 1.5, 0.3, 4 if rich else 2))[0]
    one = action(op)
    index = rng.choice([i for i, spec in enumerate(config.specs) if spec.trades])
    ticks, spec = columns[index], config.specs[index]
    if op in ("cancel", "modify"):
        one["order"] = some_id(rng, 0.8)
    if op in ("buy", "sell") or (op == "modify" and rng.random() < 0.5):
        one["quantity"] = some_quantity(rng, spec, bad)
    if op in ("buy", "sell", "close") and config.others and rng.random() < 0.9:
        one["symbol"] = index
    if op in ("buy", "sell", "close") and rng.random() < (0.4 if op == "close" else 0.06 if rich else 0):
        one["position"] = some_id(rng, 0.9)
    if op in ("buy", "sell"):
        kind = rng.choices(("market", "limit", "stop", "stop_limit", "trailing"), (3, 3, 3, 2 * rich, 1.5 * rich))[0]
        for name in {"limit": ("limit",), "stop": ("stop",), "stop_limit": ("limit", "stop")}.get(kind, ()):
            one[name] = some_price(rng, ticks, spec, bad)
        if kind == "trailing":
            one["trailing_stop"] = some_distance(rng, bad)
        for name in ("stop_loss", "take_profit"):
            if rng.random() < 0.4:
                one[name] = some_exit(rng, ticks, spec, bad)
        if rich:
            one |= some_terms(rng, ticks, kind, bad)
        if rng.random() < 0.15:
            one["quantity"] = some_size(rng, bad)
    if op == "modify":
        for name in rng.choice(((), ("limit",), ("limit",), ("stop",), ("stop",), ("limit", "stop"))):
            one[name] = some_price(rng, ticks, spec, bad)
    return one


def some_terms(rng, ticks, kind, bad):
    """Trail, time in force, reduce-only, post-only, OCO and OTO: each often enough to meet the others."""
    terms = {}
    if rng.random() < 0.25:
        terms["trail"] = some_distance(rng, bad)
    if rng.random() < 0.4:
        terms["tif"] = rng.choice(("IOC", "FOK", "DAY", "GTD", "GTD"))
    if (terms.get("tif") == "GTD") != (rng.random() < bad / 8):
        terms["expires"] = rng.choice(ticks[len(ticks) // 3 :])[0] + rng.choice((0, 0, -1, 1, 90 * SECOND))
    if rng.random() < 0.1:
        terms["reduce_only"] = True
    if rng.random() < (0.25 if kind == "limit" else bad / 8):
        terms["post_only"] = True
    for name, share in (("oco", 0.2), ("oto", 0.15)):
        if rng.random() < share:
            terms[name] = some_id(rng, 0.9)
    return terms


def some_id(rng, near):
    """One of the open orders, or by chance another, or none that exists."""
    return -rng.randint(1, 5) if rng.random() < near else rng.choice((rng.randint(1, 40), 999))


def some_quantity(rng, spec, bad):
    step = 10.0**-spec.quantity_digits
    if rng.random() < bad:
        return rng.choice((0.0, -1.0, 0.5 * step, 1.3 * step, float("nan"), float("inf"), 1e13, 1e30, 5e9))
    return rng.choice((1, 2, 3, 10, 1_000, 10_000, 10_000, 12_345, 100_000, 100_000)) * max(1, spec.least) * step


def some_size(rng, bad):
    """A share of equity or a risk (P5)."""
    if rng.random() < bad:
        return rng.choice(("share", "risk")), rng.choice((float("nan"), -1.0, 0.0, 1e-9))
    return rng.choice((("share", rng.choice((0.5, 100 / 3, 99.9, 100.0))), ("risk", rng.choice((0.01, 0.1, 1.0)))))


def some_price(rng, ticks, spec, bad):
    if rng.random() < bad:
        return rng.choice((float("nan"), 0.0, -1.0, float("inf"), 1e-9, 1e9, 1e12))
    near = rng.choice(ticks)[rng.choice((1, 2))]
    return max(1, near + rng.randint(-30, 30)) / 10**spec.digits


def some_exit(rng, ticks, spec, bad):
    if rng.random() < 0.4:
        return some_price(rng, ticks, spec, bad)
    return some_distance(rng, bad)


def some_distance(rng, bad):
    if rng.random() < bad:
        return rng.choice((("points", 0), ("points", -5), ("pct", float("nan")), ("pct", 0.0), ("points", 10**7)))
    return rng.choice((("points", rng.randint(1, 80)), ("pct", rng.choice((0.0001, 0.01, 0.0125, 0.05, 1 / 3)))))
