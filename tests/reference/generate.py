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
    "order": 0,  # id; -k: the k-th pending order, modulo their number, nothing is done when there is none
}


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
        return told.timeframe, told.ts, told.open, told.high, told.low, told.close, told.ticks
    return told


def action(op, **fields):
    """One row of a script, every key present."""
    assert op in OPS and fields.keys() <= ACTION.keys(), (op, fields)
    return ACTION | {"op": op} | fields


def do(ctx, one):
    """Carry out one action."""
    op = one["op"]
    order = one["order"]
    if op in ("cancel", "modify") and order < 0:
        pending = ctx.orders
        if not pending:
            return
        order = pending[(-order - 1) % len(pending)]
    if op in ("buy", "sell"):
        prices = {name: one[name] for name in ("limit", "stop", "stop_loss", "take_profit")}
        getattr(ctx, op)(one["quantity"], **prices)
    elif op == "modify":
        ctx.modify(order, quantity=one["quantity"], limit=one["limit"], stop=one["stop"])
    elif op == "cancel":
        ctx.cancel(order)
    else:
        getattr(ctx, op)()


def tape(rng, size, *, price=110_000, first="2024-01-04 20:50"):
    """`size` ticks of a random walk with equal stamps, ticks on minute boundaries, gaps, weekends, crossed quotes."""
    ts = at(first) + rng.randrange(MINUTE)
    rows = []
    wild = rng.choice((2, 15, 60))
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
        rows.append((ts, price, price + spread))
    return rows


def script(rng, ticks, config, *, bad=0.12, calls=60):
    """A script whose prices lie around those of the tape; a share of its actions is deliberately wrong."""
    names = [name for name in CALLBACKS if rng.random() < (0.85 if name in ("on_bar", "on_tick") else 0.5)]
    busy = {"on_bar": 0.35, "on_tick": 0.15, "on_time": 0.9, "on_fill": 0.25, "on_order": 0.25, "on_end": 1}
    return {
        name: [
            [some_action(rng, ticks, config, bad) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
            if rng.random() < busy[name]
            else []
            for _ in range(calls)
        ]
        for name in names
    }


def some_action(rng, ticks, config, bad):
    op = rng.choices(OPS, (7, 7, 3, 2, 0.5, 3))[0]
    one = action(op)
    if op in ("cancel", "modify"):
        one["order"] = -rng.randint(1, 5) if rng.random() < 0.8 else rng.choice((rng.randint(1, 40), 999))
    if op in ("buy", "sell") or (op == "modify" and rng.random() < 0.5):
        one["quantity"] = some_quantity(rng, config, bad)
    if op in ("buy", "sell"):
        one[rng.choice(("limit", "stop", "none"))] = some_price(rng, ticks, config, bad)
        for name in ("stop_loss", "take_profit"):
            if rng.random() < 0.4:
                one[name] = some_exit(rng, ticks, config, bad)
        one.pop("none", None)
    if op == "modify" and rng.random() < 0.8:
        one[rng.choice(("limit", "stop"))] = some_price(rng, ticks, config, bad)
    return one


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
    if rng.random() < bad:
        return rng.choice((("points", 0), ("points", -5), ("pct", float("nan")), ("pct", 0.0), ("points", 10**7)))
    return rng.choice((("points", rng.randint(1, 80)), ("pct", rng.choice((0.01, 0.0125, 0.05, 1 / 3)))))


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
