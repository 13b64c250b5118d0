"""Callbacks in CPython (S2): the same class, context functions and arithmetic; any library, breakpoints and print.

The numbers and arrays a strategy keeps lie in the same slots as when it is compiled, so that checkpoints and time
travel know no difference. Anything else it keeps stays Python's.
"""

import ast
import copy
from contextlib import suppress
from functools import partial

import numpy as np

from ..engine import context
from ..engine.forming import forming_value
from ..errors import OptionError, StrategyError
from ..indicators import Node
from ..indicators.forming import program_of
from ..units import Timeframe
from .codes import NAMES, Tag, code_of
from .forming import has_forming
from .live import ArraySlot, IndicatorSlot, Live, Outputs, ScalarSlot, Series, frame_of, named, named_fill
from .model import run_init, stores
from .program import Program
from .rewrite import rewritten
from .source import definition
from .symbols import SymbolNumber, number_of

__all__ = ["PythonCallbacks", "survey"]


class PythonCallbacks:
    """A strategy's callbacks over a machine, in CPython.

    The engine hands a callback out by its name; the method of that name runs it.

    Parameters
    ----------
    plan : Plan
        Prepared with ``python=True``.
    machine : object
        Has the context `c` and the slots `ints`, `floats`, `iarr`, `farr`.
    """

    def __init__(self, plan, machine):
        self.plan, self.machine = plan, machine
        self._instance = _live(plan)
        self._instance.__dict__["_lab"] = self

    def on_bar(self):
        """Run `on_bar` with the bar that closed."""
        c = self.machine.c
        bar = context.closed_bar(c, int(self.machine.state[0]["frame"]))
        self._run("on_bar", named(bar, self))

    def on_tick(self):
        """Run `on_tick` with the tick that was taken."""
        self._run("on_tick", named(context.current_tick(self.machine.c), self))

    def on_time(self):
        """Run `on_time`."""
        self._run("on_time", int(context.now(self.machine.c)))

    def on_fill(self):
        """Run `on_fill` with the fill that is told."""
        self._run("on_fill", named_fill(context.current_fill(self.machine.c), self))

    def on_order(self):
        """Run `on_order` with the event that is told."""
        self._run("on_order", named_fill(context.current_event(self.machine.c), self))

    def on_end(self):
        """Run `on_end`."""
        self._run("on_end")

    def _run(self, name, *arguments):
        # numpy's warnings about NaN and zero would come for what compiled code does silently.
        with np.errstate(all="ignore"):
            getattr(self._instance, name)(*arguments)

    def variables(self):
        """What the strategy keeps, by name (T1)."""
        held = self.plan.model.values
        kept = {n: v for n, v in self._extras().items() if not n.startswith("_")}
        # Parameters, texts and distances are plain attributes: variables once they are changed.
        kept = {n: v for n, v in kept.items() if n not in held or v != held[n].value}
        return self.plan.variables(self.machine) | copy_of(kept)

    def save(self):
        """What the slots do not hold, for a checkpoint."""
        return copy_of(self._extras())

    def load(self, saved, machine):
        """Be as of a checkpoint again, over a machine that was restored to it."""
        self.machine = machine
        for name in self._extras():
            del self._instance.__dict__[name]
        self._instance.__dict__.update(copy_of(saved))

    def _extras(self):
        return {n: v for n, v in vars(self._instance).items() if n != "_lab"}

    def frame(self, text, method):
        """The number of a timeframe."""
        return frame_of(self.plan, text, method)

    def symbol(self, number):
        """A symbol's number that equals its name."""
        return SymbolNumber(number, self.plan.symbols)

    def number_in(self, column):
        """``number(text)``, the code that a name means in a column of rows; None where it holds no codes."""
        if column in NAMES:
            return partial(code_of, column)
        own = {"symbol": lambda text: number_of(text, self.plan.symbols), "tag": self.tag}
        return own.get(column)

    def tag(self, text):
        """The number of a tag, new ones included."""
        if not text:
            return 0
        number = self.plan.program.tag(text)
        if number == len(self.plan.tags):
            self.plan.tags.append(text)
        return number

    def tag_named(self, number):
        """A tag's number that equals its text."""
        return Tag(number, self.plan.tags[number])

    def tag_of(self, order):
        """The tag of an order."""
        orders = self.machine.orders
        return self.tag_named(int(orders["tag"][order - 1]) if 1 <= order <= len(orders) else 0)

    def series(self, name, node):
        """An indicator as a callback reads it."""
        if isinstance(node, Node):
            if len(node.outputs) > 1:
                return Outputs(name, node, self)
            node = node.keys[0]
        symbol = -1 if node.symbol is None else number_of(node.symbol, self.plan.symbols)
        return Series(name, self.plan.nodes.index(node), symbol, self)

    def forming(self, name):
        """The value of an indicator with the forming bar, by the indicator's name."""
        if name not in self.plan.forming:
            program_of(self.plan.indicators[name])  # says what has none
            raise StrategyError(f"self.{name}.forming was not prepared; write it in place, somewhere in the class")
        return forming_value(self.machine.c, self.plan.forming[name])


def copy_of(values):
    """Deep copies where they can be made."""
    made = {}
    for name, value in values.items():
        try:
            made[name] = copy.deepcopy(value)
        except Exception:  # whatever an object of the user's says to being copied
            made[name] = value
    return made


def _live(plan):
    """An instance of the user's class whose numbers lie in slots."""
    model = plan.model
    members = {}
    for name, value in model.values.items():
        if value.kind == "indicator":
            members[name] = IndicatorSlot(name, value.value)
        elif value.kind == "array":
            kind, offset, _ = plan.state_layout[name]
            members[name] = ArraySlot(name, value, kind, offset)
        elif value.kind in ("int", "float", "bool") and name in plan.state_layout:
            members[name] = ScalarSlot(name, value, plan.state_layout[name][1])
    indicators = [n for n, v in model.values.items() if v.kind == "indicator"]
    known = {}
    for name, function in model.methods.items():
        if function.__name__ == name:
            members[name] = rewritten(function, indicators, plan.program.namespace, known)
    live = type(model.name, (Live, model.cls), members)
    # init runs anew for every machine after the first, so that two of them share nothing they keep.
    source = run_init(model) if plan.program.instances else model.instance
    plan.program.instances += 1
    made = object.__new__(live)
    made.__dict__.update({n: v for n, v in vars(source).items() if n not in members})
    return made


def survey(program):
    """Find the timeframes, indicators and tags that Python callbacks may ask for; returns what knows the captures.

    A strategy that could be compiled is lowered, so that tags and series have the same numbers in both worlds; of
    others the text is searched.
    """
    model = program.model
    trial = Program(model, program.namespace)
    try:
        for name in model.callbacks:
            trial.lowered(model.methods[name], "callback", None)
    except Exception:  # a strategy of Python's may hold anything
        found = program
        _search(program)
    else:
        program.tags, program.frames, program.bars_frames = trial.tags, trial.frames, trial.bars_frames
        program.forming = trial.forming
        found = trial
    for function in model.methods.values():
        with suppress(StrategyError):
            program.assigned |= {n for n, _ in stores(definition(function), function.__code__.co_varnames[0])}
    for name, value in model.values.items():
        if value.kind == "indicator":
            outputs = value.value.keys if isinstance(value.value, Node) else (value.value,)
            for key in outputs:
                dotted = name if len(outputs) == 1 else f"{name}.{key.name}"
                program.series[dotted] = key
                program.frames.add(key.timeframe)
    if found is program and _reads_forming(program):
        program.forming = {n: k for n, k in program.series.items() if has_forming(k)}
    return found


def _reads_forming(program):
    """Whether the text of the class has ``.forming`` of anything."""
    for function in program.model.methods.values():
        with suppress(StrategyError):
            nodes = ast.walk(definition(function))
            if any(isinstance(n, ast.Attribute) and n.attr == "forming" for n in nodes):
                return True
    return False


def _search(program):
    """Take every text of the class that is a timeframe for one."""
    texts = {v.value for v in program.model.values.values() if v.kind == "str"}
    for function in program.model.methods.values():
        with suppress(StrategyError):
            constants = (n.value for n in ast.walk(definition(function)) if isinstance(n, ast.Constant))
            texts |= {c for c in constants if isinstance(c, str)}
    for text in texts:
        with suppress(OptionError):
            timeframe = Timeframe.parse(text)
            program.frames.add(timeframe)
            program.bars_frames.add(timeframe)
