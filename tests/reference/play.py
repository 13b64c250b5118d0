"""Play a script on a market told in a string, and read the journal as short tuples: what the tests here are made of."""

from . import tape
from .config import Config
from .generate import ScriptStrategy, action
from .result import run


def play(market, script=None, *, runner=run, digits=5, **settings):
    """Run `script` on `market`: {callback: {turn: action or list of actions}}, turns 0-based.

    With `others` in the settings `market` is a list, one text per symbol; with `intrabar` a text tells bars. `runner`
    is the oracle, or the engine in its shape.
    """
    table = {
        name: [listed(turns.get(turn, [])) for turn in range(max(turns, default=0) + 1)]
        for name, turns in (script or {}).items()
    }
    strategy = ScriptStrategy(table)
    config = Config(digits=digits, **settings)
    several = [market] if isinstance(market, str) else market
    read = tape.bars if config.intrabar else tape.ticks
    columns = [read(text, spec.digits) for text, spec in zip(several, config.specs, strict=True)]
    result = runner(columns if config.others else columns[0], strategy, config)
    result.heard = strategy.heard
    return result


def listed(one):
    return one if isinstance(one, list) else [one]


def buy(quantity=10_000, **fields):
    return action("buy", quantity=quantity, **fields)


def sell(quantity=10_000, **fields):
    return action("sell", quantity=quantity, **fields)


def close(**fields):
    return action("close", **fields)


def cancel(order):
    return action("cancel", order=order)


def cancel_all():
    return action("cancel_all")


def modify(order, **fields):
    return action("modify", order=order, **fields)


def fills(result):
    """[(order, price, signed quantity)]"""
    return [(e.order, e.price, e.quantity) for e in result.events if e.kind in ("FILLED", "PARTIAL_FILL")]


def story(result):
    """[(kind, order, reason)], bookings and acceptance aside."""
    return [(e.kind, e.order, e.reason) for e in result.events if e.kind not in ("SUBMITTED", "BOOKING")]


def bookings(result):
    """[(reason, order, amount)]"""
    return [(e.reason, e.order, e.amount) for e in result.events if e.kind == "BOOKING"]
