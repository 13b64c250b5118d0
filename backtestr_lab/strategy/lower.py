"""From a strategy class to a plan the engine can run: `prepare`, the one door for cells, files and sweeps (S2)."""

import linecache
from dataclasses import dataclass, field

import numpy as np

from ..errors import StrategyError
from ..indicators.graph import Graph
from .base import CALLBACKS, lineage
from .forming import steps_of
from .model import TYPED, Value, class_node, read
from .program import Program
from .source import remember
from .symbols import NAMELESS
from .times import instants

__all__ = ["Plan", "prepare"]


@dataclass
class Plan:
    """A strategy with its parameters, ready for a run.

    Attributes
    ----------
    name, source, filename : str
        Of the class, and the text it stands in.
    params : dict
        Name -> value of this run.
    defines : tuple of str
        The callbacks it has.
    callbacks : dict of str to dispatcher
        All of the engine's callbacks, compiled; those not defined do nothing. With `python` none does anything.
    frames : list of Timeframe
        Ascending: those listened to, those of the indicators read, those of ``bars()`` and ``forming()``.
    listens, bars_frames : list of Timeframe
        Those that call `on_bar`; those whose columns ``bars()`` reads.
    nodes : list of Node or Output
        The indicators that are read, in the order of the engine's series; then what `steps` read beside them.
    indicators : dict of str to Node or Output
        Those that are read by the name the strategy gave them.
    steps : (n,) STEP
        Programs of the indicators whose value with the forming bar is read.
    forming : dict of str to int
        Where the program of each begins, by the indicator's name.
    ints, floats, iarr, farr : array
        Slots as of the start.
    state_layout : dict
        Variable -> (kind, offset, shape); kind is "int", "float", "bool", or one of those with "[]" for arrays.
    tags : list of str
        Texts of order tags by number; 0 is no tag. Python callbacks add to it.
    captured : dict
        Names of the notebook the callbacks read -> their values, arrays and functions as hashes (S10).
    symbols : tuple of str
        Names of the run's that can be named, in order.
    """

    name: str
    source: str
    filename: str
    params: dict
    defines: tuple
    callbacks: dict
    frames: list
    listens: list
    bars_frames: list
    nodes: list
    indicators: dict
    steps: np.ndarray
    forming: dict
    ints: np.ndarray
    floats: np.ndarray
    iarr: np.ndarray
    farr: np.ndarray
    state_layout: dict
    tags: list
    captured: dict
    symbols: tuple
    model: object
    program: object
    python: bool = False
    warnings: list = field(default_factory=list)

    def timers(self, start, end):
        """The instants of `on_time` in ``[start, end)``, µs UTC, ascending (S1)."""
        return instants(self.model.times, start, end)

    def variables(self, memory):
        """The strategy's variables out of a run's memory: an object with `ints`, `floats`, `iarr` and `farr` (T3)."""
        found = {}
        for name, (kind, offset, shape) in self.state_layout.items():
            flat = memory.farr if kind.startswith("float") else memory.iarr
            if kind.endswith("[]"):
                found[name] = view(flat, kind, offset, shape).copy()
            elif kind == "float":
                found[name] = float(memory.floats[offset])
            else:
                found[name] = (bool if kind == "bool" else int)(memory.ints[offset])
        return found


def view(flat, kind, offset, shape):
    """An array of a strategy inside its flat buffer."""
    size = int(np.prod(shape))
    if kind == "bool[]":
        return flat[offset : offset + -(-size // 8)].view("b1")[:size].reshape(shape)
    return flat[offset : offset + size].reshape(shape)


def prepare(
    cls, params=None, *, source=None, filename=None, namespace=None, python=False, timeframe=None, symbols=None
):
    """Read a strategy, lower its callbacks and compile them.

    Parameters
    ----------
    cls : type
        A subclass of `Strategy`, defined in a cell, a file or anywhere its text can be found.
    params : dict, optional
        Values for its parameters.
    source, filename : str, optional
        The text it was compiled from and the name it was compiled under, where `linecache` does not know them.
    namespace : dict, optional
        Names that callbacks see before those of their own module.
    python : bool
        For callbacks that stay in CPython: nothing is lowered or compiled, everything is allowed.
    timeframe : Timeframe, optional
        Whose bars call the `on_bar` of a class that does not say.
    symbols : iterable of str, optional
        Names of the run's symbols in its order (P6); those that only convert come after them and cannot be named. Left
        out, there is one, which cannot be named either.

    Returns
    -------
    Plan

    Raises
    ------
    StrategyError
        One line with the cell's line number and the way out (S5).

    Notes
    -----
    What was compiled for an earlier class with the same text is used again, so that after an edit only the edited
    callback is compiled.

    Examples
    --------
    >>> from backtestr_lab import Strategy
    >>> class Once(Strategy):
    ...     size = 10_000
    ...     def on_bar(self, bar):
    ...         if not self.position:
    ...             self.buy(self.size)
    >>> plan = prepare(Once, {"size": 5_000})
    >>> plan.params, plan.defines, plan.frames
    ({'size': 5000}, ('on_bar',), [Timeframe(us=60000000)])
    """
    if source is not None and filename is not None:
        remember(filename, source)
    model = read(cls, params, python=python, timeframe=timeframe, symbols=tuple(map(str, symbols or NAMELESS)))
    _check_symbols(model)
    program = Program(model, namespace)
    if python:
        from .python import survey

        lowered = {}
        found = survey(program)
    else:
        found = program
        lowered = {n: program.lowered(model.methods[n], "callback", None) for n in model.callbacks}
    layout, arrays, state = _layout(program)
    frames = sorted(program.frames)
    layout |= {f"_lab_frame_{t.us}": i for i, t in enumerate(frames)}
    indicators = dict(sorted(program.series.items()))
    nodes = list(dict.fromkeys(indicators.values()))
    layout |= {f"_lab_series_{n.replace('.', '__')}": nodes.index(k) for n, k in indicators.items()}
    steps, forming = steps_of(program.forming, nodes)
    layout |= {f"_lab_forming_{n.replace('.', '__')}": at for n, at in forming.items()}

    from .compile import callback, nothing

    callbacks = {n: callback(lowered[n], layout) if n in lowered else nothing for n in CALLBACKS}
    text, name = _text(model)
    return Plan(
        name=model.name,
        source=source if source is not None else text,
        filename=name,
        params=model.params,
        defines=tuple(model.callbacks),
        callbacks=callbacks,
        frames=frames,
        listens=list(model.listens),
        bars_frames=sorted(program.bars_frames),
        nodes=nodes,
        indicators=indicators,
        steps=steps,
        forming=forming,
        **arrays,
        state_layout=state,
        tags=["", *program.tags],
        captured=_manifest(found),
        symbols=model.symbols,
        model=model,
        program=program,
        python=python,
    )


def _check_symbols(model):
    """Refuse indicators on a symbol the run does not have, or on two (S7)."""
    if model.symbols == NAMELESS:
        return
    for value in model.values.values():
        if value.kind != "indicator" or value.value.symbol is None:
            continue  # one without a symbol follows the callback's
        try:
            for first in model.symbols:
                Graph([value.value], dict.fromkeys((first, *model.symbols)))
        except StrategyError as error:
            raise StrategyError(str(error), value.line) from None


def _text(model):
    """The class statements of a strategy and its parents, and the file of its own."""
    parts = []
    for base in lineage(model.cls):
        node, filename = class_node(base)
        if node is not None:
            lines = linecache.getlines(filename)
            parts.append("".join(lines[node.lineno - 1 : node.end_lineno]))
    return "\n\n".join(parts), model.filename or ""


def _layout(program):
    """Numbers of the slots and arrays, what they hold at the start, and where the variables are.

    Sorted by name, so that an edit moves as little as it can.
    """
    model = program.model
    values = dict(sorted(model.values.items()))
    values |= {f"cap_{n}": v for n, v in sorted(program.captured.items())}
    layout, state = {}, {}
    ints, floats, iarr, farr = [], [], [], []
    sizes = {"i": 0, "f": 0}
    for name, value in values.items():
        kept = name not in model.params or name in program.assigned
        kept = kept and not name.startswith(("cap_", "_"))
        if value.kind in ("int", "bool"):
            layout[f"_lab_slot_{name}"] = len(ints)
            ints.append(int(value.value))
        elif value.kind == "float":
            layout[f"_lab_slot_{name}"] = len(floats)
            floats.append(value.value)
        elif value.kind in TYPED:
            layout[f"_lab_slot_{name}"] = len(floats)
            floats.append(value.value.value)
            continue
        elif value.kind == "array":
            letter = "f" if value.value.dtype.kind == "f" else "i"
            flat = _flat(value.value)
            layout[f"_lab_offset_{name}"] = sizes[letter]
            (farr if letter == "f" else iarr).append(flat)
            sizes[letter] += len(flat)
        else:
            continue
        if kept:
            state[name] = _place(value, layout, name)
    arrays = {
        "ints": np.array(ints, "i8"),
        "floats": np.array(floats, "f8"),
        "iarr": np.concatenate(iarr) if iarr else np.empty(0, "i8"),
        "farr": np.concatenate(farr) if farr else np.empty(0, "f8"),
    }
    return layout, arrays, state


def _place(value, layout, name):
    if value.kind != "array":
        return value.kind, layout[f"_lab_slot_{name}"], ()
    kind = {"f": "float[]", "i": "int[]", "b": "bool[]"}[value.value.dtype.kind]
    return kind, layout[f"_lab_offset_{name}"], value.value.shape


def _flat(array):
    """An array's elements as int64 or float64; bools lie eight to a word."""
    flat = np.ascontiguousarray(array).ravel()
    if array.dtype.kind != "b":
        return flat
    words = np.zeros(-(-len(flat) // 8), "i8")
    words.view("b1")[: len(flat)] = flat
    return words


def _manifest(program):
    """What was captured, by name: values as they are, arrays and functions by hash (S10)."""
    import ast
    import hashlib

    found = {name: repr(value) for name, value in program.constants.items()}
    for name, value in program.captured.items():
        held = value.value
        if isinstance(value, Value) and value.kind == "array":
            digest = hashlib.sha256(np.ascontiguousarray(held).tobytes()).hexdigest()[:16]
            found[name] = f"array {held.dtype} {held.shape} sha256 {digest}"
        else:
            found[name] = repr(held)
    for lowered in program.functions:
        found[lowered.name] = f"function sha256 {hashlib.sha256(ast.unparse(lowered.tree).encode()).hexdigest()[:16]}"
    return dict(sorted(found.items()))
