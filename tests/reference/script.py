"""Scripted strategies: the same table of actions drives the oracle and the engine.

A script is `{callback: [actions of its 1st call, of its 2nd, ...]}`; an action is a dict with the keys of `ACTION`.
"""

CALLBACKS = ("on_bar", "on_tick", "on_time", "on_fill", "on_order", "on_end")
OPS = ("buy", "sell", "close", "cancel", "cancel_all", "modify")
ACTION = {
    "op": "buy",
    "quantity": None,  # decimal, or ("share", percent), ("risk", percent)
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
