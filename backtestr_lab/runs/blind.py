"""What a check by running again cannot see: whatever came into a run from outside as values (S10)."""

import numpy as np

from ..indicators.series import Series
from ..indicators.user import Held, User

__all__ = ["blind_spots"]


def blind_spots(run):
    """The ways by which a strategy could still know what comes, a sentence each; those of this run by name."""
    plan, graph = run._plan, run._job.graph
    nodes = graph.order if graph else ()
    arrays = [name for name, held in plan.captured.items() if held.startswith("array")]
    kept = [n for n in plan.state_layout if isinstance(v := plan.model.values[n].value, np.ndarray) and _says(v)]
    extras = [n for n in plan.model.extras if not n.startswith("_")]
    own = sorted({name for node in nodes if isinstance(node.function, User) for name in _arrays_of(node)})
    series = sorted({node.function.name for node in nodes if isinstance(node.function, Series)})
    out = []
    if arrays:
        out.append(f"arrays of the notebook that callbacks read, taken as they were: {', '.join(arrays)}")
    if kept or extras:
        out.append(f"arrays and objects that init put on self: {', '.join(kept + extras)}")
    if own:
        out.append(f"arrays and tables that indicators of yours read besides their inputs: {', '.join(own)}")
    if series:
        out.append(
            "how the rows of ta.series were made "
            f"({', '.join(series)}): figures that were revised, or chosen, with what "
            "was known later"
        )
    if run._job.python:
        out.append("what Python callbacks read elsewhere: files, other names of the notebook, the network")
    out.append("parameters and rules that were chosen by looking at this very data; try them on data they never saw")
    return out


def _says(array):
    """It holds something: an array of one value is a buffer to be filled."""
    flat = array.ravel()
    return len(flat) > 1 and not np.isnan(flat.astype("f8")).all() and bool((flat != flat[0]).any())


def _arrays_of(node):
    """Names of the arrays and tables an indicator of the user's finds outside its inputs."""
    code = node.function.code
    function = getattr(code, "calculate", code)
    function = getattr(function, "py_func", function)
    found = {name: value.value for name, value in node.params if isinstance(value, Held)}
    inner = getattr(function, "__code__", None)
    if inner is not None:
        cells = zip(inner.co_freevars, function.__closure__ or ())
        found |= {name: _content(cell) for name, cell in cells}
        found |= {n: function.__globals__[n] for n in inner.co_names if n in function.__globals__}
        defaults = function.__defaults__ or ()
        names = inner.co_varnames[: inner.co_argcount]
        found |= dict(zip(names[len(names) - len(defaults) :], defaults))
    return [name for name, value in found.items() if _is_table(value)]


def _content(cell):
    try:
        return cell.cell_contents
    except ValueError:  # not set yet
        return None


def _is_table(value):
    return isinstance(value, (np.ndarray, list)) or type(value).__module__.split(".")[0] in ("pandas", "polars")
