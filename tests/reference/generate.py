"""Random markets and scripted strategies: the same table of actions drives the oracle and the engine.

A script is `{callback: [actions of its 1st call, of its 2nd, ...]}`; an action is a dict with the keys of `ACTION`.
Everything follows from one seed.
"""

import random

from .config import Config
from .grid import DAY, HOUR, SECOND
from .tape import at

MINUTE = 60 * SECOND
CALLBACKS = ("on_bar", "on_tick", "on_time", "on_fill", "on_order", "on_end")
OPS = ("buy", "sell", "close", "cancel", "cancel_all", "modify")
ACTION = {
    "op": "buy",
    "quantity": None,  # decimal
    "limit": None,  # decimal price
    "stop": None,
    "stop_loss": None,  # decimal price, or ("points", n), ("pct", x)
    "take_profit": None,
    "trailing_stop": None,  # ("points", n), ("pct", x)
    "trail": None,
    "tif": "GTC",
    "expires": 0,  # ts
    "reduce_only": False,
    "post_only": False,
    "oco": 0,  # ids, as `order`; 0 is none
    "oto": 0,
    "symbol": None,  # index; None is the callback's
    "position": 0,  # lot id; -k: the k-th open lot, modulo their number, nothing is done when there is none
    "order": 0,  # id; -k: the k-th open order, modulo their number, nothing is done when there is none
}
TERMS = ("limit", "stop", "stop_loss", "take_profit", "trailing_stop", "trail")
TERMS += ("tif", "expires", "reduce_only", "post_only", "oco", "oto", "position")


class ScriptStrategy:
    """Plays a script through the oracle's callbacks; only those the script names are defined.

    Attributes
    ----------
    heard : list of (callback, now, ...)
        What it was told, for comparisons.
    """

    def __init__(self, script):
        self.script = script
        self.calls = dict.fromkeys(script, 0)
        self.heard = []

    def __getattr__(self, name):
        if name in CALLBACKS and name in self.__dict__.get("script", {}):
            return lambda ctx, *told: self._act(name, ctx, *told)
        raise AttributeError(name)

    def _act(self, name, ctx, told=None):
        turn = self.calls[name]
        self.calls[name] += 1
        self.heard.append((name, ctx.now, brief(told), ctx.position, ctx.balance, ctx.equity, tuple(ctx.orders)))
        for action in self.script[name][turn : turn + 1]:
            for one in action:
                do(ctx, one)


def brief(told):
    """What a callback was told, as plain values."""
    if hasattr(told, "kind"):
        return told.seq, told.kind
    if hasattr(told, "timeframe"):
        return told.timeframe, told.ts, told.open, told.high, told.low, told.close, told.ticks, told.symbol
    return told


def action(op, **fields):
    """One row of a script, every key present."""
    assert op in OPS and fields.keys() <= ACTION.keys(), (op, fields)
    return ACTION | {"op": op} | fields


def do(ctx, one):
    """Carry out one action."""
    op = one["op"]
    pending = ctx.orders
    ids = {name: one[name] for name in ("order", "oco", "oto")}
    for name, id in ids.items():
        if id < 0:
            ids[name] = pending[(-id - 1) % len(pending)] if pending else 0
    order = ids.pop("order")
    position, symbol = one["position"], one["symbol"]
    if position < 0:
        held = ctx.lots
        if not held:
            return
        position = held[(-position - 1) % len(held)]
    if op in ("cancel", "modify") and one["order"] < 0 and not pending:
        return
    about = {"position": position} | ({} if symbol is None else {"symbol": symbol})
    if op in ("buy", "sell"):
        getattr(ctx, op)(one["quantity"], **{name: one[name] for name in TERMS} | ids | about)
    elif op == "modify":
        ctx.modify(order, quantity=one["quantity"], limit=one["limit"], stop=one["stop"])
    elif op == "cancel":
        ctx.cancel(order)
    elif op == "close":
        ctx.close(**about)
    else:
        getattr(ctx, op)()


def tape(rng, size, *, price=110_000, first="2024-01-04 20:50"):
    """`size` ticks of a random walk with equal stamps, ticks on minute boundaries, gaps, weekends, crossed quotes.

    Some tapes quote sizes, some report volume, some both, some change between.
    """
    ts = at(first) + rng.randrange(MINUTE)
    rows = []
    wild = rng.choice((2, 15, 60))
    quoted, traded = rng.choice(((0, 0), (0, 1), (1, 0), (1, 0), (0.8, 0.8)))
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
        price = max(50, price + rng.randint(-wild, wild) * (8 if rng.random() < 0.03 else 1))
        spread = rng.choice((0, 1, 2, 2, 3, 10)) if rng.random() > 0.06 else -rng.randint(1, 5)
        sizes = [some_size(rng) if rng.random() < quoted else 0 for _ in range(2)]
        rows.append((ts, price, price + spread, *sizes, some_size(rng) if rng.random() < traded else 0))
    return rows


def some_size(rng):
    """Steps: from far less than the orders want to far more."""
    return rng.choice((0, 3, 10, 1_000, 5_000, 10_000, 50_000, 10**6, 10**7, 10**8))


def script(rng, ticks, config, *, bad=0.12, calls=60):
    """A script whose prices lie around those of the tape; a share of its actions is deliberately wrong.

    A third of the scripts keeps to plain orders, as most strategies do.
    """
    rich = rng.random() < 2 / 3
    names = [name for name in CALLBACKS if rng.random() < (0.85 if name in ("on_bar", "on_tick") else 0.5)]
    busy = {"on_bar": 0.45, "on_tick": 0.25, "on_time": 0.9, "on_fill": 0.25, "on_order": 0.25, "on_end": 1}
    return {
        name: [
            [some_action(rng, ticks, config, bad, rich) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
            if rng.random() < busy[name]
            else []
            for _ in range(calls)
        ]
        for name in names
    }


def some_action(rng, ticks, config, bad, rich):
    op = rng.choices(OPS, (7, 7, 2, 1.5, 0.3, 4 if rich else 2))[0]
    one = action(op)
    if op in ("cancel", "modify"):
        one["order"] = some_id(rng, 0.8)
    if op in ("buy", "sell") or (op == "modify" and rng.random() < 0.5):
        one["quantity"] = some_quantity(rng, config, bad)
    if op in ("buy", "sell"):
        kind = rng.choices(("market", "limit", "stop", "stop_limit", "trailing"), (3, 3, 3, 2 * rich, 1.5 * rich))[0]
        for name in {"limit": ("limit",), "stop": ("stop",), "stop_limit": ("limit", "stop")}.get(kind, ()):
            one[name] = some_price(rng, ticks, config, bad)
        if kind == "trailing":
            one["trailing_stop"] = some_distance(rng, bad)
        for name in ("stop_loss", "take_profit"):
            if rng.random() < 0.4:
                one[name] = some_exit(rng, ticks, config, bad)
        if rich:
            one |= some_terms(rng, ticks, kind, bad)
    if op == "modify":
        for name in rng.choice(((), ("limit",), ("limit",), ("stop",), ("stop",), ("limit", "stop"))):
            one[name] = some_price(rng, ticks, config, bad)
    return one


def some_terms(rng, ticks, kind, bad):
    """Trail, time in force, reduce-only, post-only, OCO and OTO: each often enough to meet the others."""
    terms = {}
    if rng.random() < 0.25:
        terms["trail"] = some_distance(rng, bad)
    if rng.random() < 0.3:
        terms["tif"] = rng.choice(("IOC", "FOK", "DAY", "GTD", "GTD"))
    if (terms.get("tif") == "GTD") != (rng.random() < bad / 8):
        terms["expires"] = rng.choice(ticks[len(ticks) // 3 :])[0] + rng.choice((0, 0, -1, 1, 90 * SECOND))
    if rng.random() < 0.1:
        terms["reduce_only"] = True
    if rng.random() < (0.25 if kind == "limit" else bad / 8):
        terms["post_only"] = True
    for name in ("oco", "oto"):
        if rng.random() < 0.15:
            terms[name] = some_id(rng, 0.9)
    return terms


def some_id(rng, near):
    """One of the open orders, or by chance another, or none that exists."""
    return -rng.randint(1, 5) if rng.random() < near else rng.choice((rng.randint(1, 40), 999))


def some_quantity(rng, config, bad):
    step = 10.0**-config.quantity_digits
    if rng.random() < bad:
        return rng.choice((0.0, -1.0, 0.5 * step, 1.3 * step, float("nan"), float("inf"), 1e13, 1e30, 5e9))
    return rng.choice((1, 2, 3, 5, 10, 1_000, 10_000, 12_345, 100_000)) * max(1, config.least) * step


def some_price(rng, ticks, config, bad):
    if rng.random() < bad:
        return rng.choice((float("nan"), 0.0, -1.0, float("inf"), 1e-9, 1e9, 1e12))
    near = rng.choice(ticks)[rng.choice((1, 2))]
    return max(1, near + rng.randint(-30, 30)) / 10**config.digits


def some_exit(rng, ticks, config, bad):
    if rng.random() < 0.4:
        return some_price(rng, ticks, config, bad)
    return some_distance(rng, bad)


def some_distance(rng, bad):
    if rng.random() < bad:
        return rng.choice((("points", 0), ("points", -5), ("pct", float("nan")), ("pct", 0.0), ("points", 10**7)))
    return rng.choice((("points", rng.randint(1, 80)), ("pct", rng.choice((0.0001, 0.01, 0.0125, 0.05, 1 / 3)))))


def config(rng, ticks):
    """A run's settings: every commission, policy and currency mode, short cash now and then, warm-up, timers."""
    first, last = ticks[0][0], ticks[-1][0]
    listen = rng.sample(("30s", "1m", "5m", "15m", "1h", "4h", "1d"), rng.randint(1, 4))
    start = rng.choice((None, None, first, rng.choice(ticks)[0], first + (last - first) // 3 // MINUTE * MINUTE))
    end = rng.choice((None, None, None, last, last + 1, rng.randrange(first, last + 9 * HOUR) // MINUTE * MINUTE))
    if end is not None:
        end = max(end, (start or first) + 1)
    timers = [rng.randrange(first, last + 1) for _ in range(rng.randint(0, 5))]
    timers += [rng.choice(ticks)[0], first - first % MINUTE + MINUTE]
    kind, rate = rng.choice(
        (("none", 0), ("lot", 3_500_000), ("unit", rng.choice((7, 1_250))), ("bps", rng.choice((500_000, 1_234_567))))
    )
    return Config(
        quantity_digits=rng.choice((0, 0, 2)),
        contract_size=rng.choice((1.0, 100_000)),
        least=rng.choice((1, 1, 10)),
        largest=rng.choice((10**12, 150_000)),
        margin_ppm=rng.choice((33_333, 1_000_000, 0)),
        cash=rng.choice((100_000, 5_000, 50)) * 10**6 + rng.choice((0, 123_457)),
        account=rng.choice(("quote", "quote", "base")),
        commission=kind,
        commission_rate=rate,
        slippage=rng.choice((0, 0, 1, 7)),
        latency=rng.choice(((0, 0),) * 4 + ((250_000, 250_000), (0, 8 * SECOND), (0, 8 * MINUTE))),
        seed=rng.choice((0, 1, 4711, 2**63 - 1)),
        liquidity=rng.choice(("unlimited", "quoted")),
        participation_ppm=rng.choice((1_000_000, 1_000_000, 333_333, 100_000)),
        crossed=rng.choice(("keep", "keep", "drop", "swap")),
        listen=tuple(listen),
        timers=tuple(timers) if rng.random() < 0.6 else (),
        start=start,
        end=end,
        close_at_end=rng.random() < 0.5,
        anchor=rng.choice(("UTC", "UTC", "17:00 America/New_York", "00:00 Asia/Kolkata")),
    )


def case(seed, size=200):
    """(ticks, script, config) of a seed."""
    rng = random.Random(seed)
    ticks = tape(rng, size)
    settings = config(rng, ticks)
    return ticks, script(rng, ticks, settings), settings
