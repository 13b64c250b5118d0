"""An exception inside a callback as one line: where, when, and what the strategy held (S5)."""

from ..engine.layout import CALLBACKS, ON_BAR, open_of
from ..errors import BacktestrError, StrategyError
from ..units import DAY, Timeframe, format_micros, from_micros
from .model import user_line

__all__ = ["explain"]

_SHOWN = 6  # variables named in a message


def explain(error, plan, machine):
    """A StrategyError for what a callback raised, or None when it is not the user's to mend.

    Parameters
    ----------
    error : Exception
    plan : Plan
    machine : Machine
        As it stood when the callback raised.
    """
    if isinstance(error, AssertionError) and user_line(error, plan.filename) is None and plan.python:
        return None
    state = machine.state[0]
    line = user_line(error, plan.filename) if plan.python else int(state["line"])
    if isinstance(error, StrategyError) and error.line is not None:
        return error
    if isinstance(error, BacktestrError) and not isinstance(error, StrategyError):
        return None
    if isinstance(error, StrategyError):
        what = str(error)
        head = ""
    else:
        what = " ".join(str(error).split()) or "no message"
        head = f"{type(error).__name__} in "
    where = f"{head}{CALLBACKS[int(state['call'])]} at {format_micros(state['now'])}{_bar(machine)}"
    text = f"{where}: {what}; the strategy held {_held(machine)}{_variables(plan, machine)}"
    found = StrategyError(text, line or None)
    found.__cause__ = error
    return found


def _bar(machine):
    """`` (bar 5m 12:30)`` of the bar that `on_bar` was for."""
    state = machine.state[0]
    row = int(state["frame"])
    if int(state["call"]) != ON_BAR or not 0 <= row < len(machine.frames):
        return ""
    frame = machine.frames[row]
    timeframe, market = Timeframe(int(frame["us"])), machine.markets[int(frame["symbol"])]
    opened = from_micros(market.bars(timeframe)["ts"][int(frame["closed"]) - 1])
    whose = f"{market.symbol} {timeframe}" if len(machine.markets) > 1 else timeframe
    return f" (bar {whose} {opened:%H:%M})" if timeframe.us < DAY else f" (bar {whose} {opened:%Y-%m-%d})"


def _held(machine):
    steps = {}  # hedging, a symbol can be held on both sides
    for lot in open_of(machine.c)[1]:
        held = int(lot["symbol"]), int(lot["side"])
        steps[held] = steps.get(held, 0) + int(lot["steps"])
    shown = []
    for (k, side), count in steps.items():
        symbol = machine.markets[k].symbol
        digits = symbol.quantity_digits
        shown.append(f"{side * count / 10**digits:+,.{digits}f} {symbol.name}")
    return ", ".join(shown) or "nothing"


def _variables(plan, machine):
    callbacks = getattr(machine, "python_callbacks", None)
    values = callbacks.variables() if callbacks else plan.variables(machine)
    shown = [f"{n}={_short(v)}" for n, v in values.items() if isinstance(v, (bool, int, float))]
    more = ["..."] if len(shown) > _SHOWN else []
    return "".join(f", {s}" for s in shown[:_SHOWN] + more)


def _short(value):
    return f"{value:.10g}" if isinstance(value, float) else str(value)
