"""Which cell made which player: a cell that runs again lets go of the player it made before.

The registry of ipywidgets keeps every widget, and the output history every value, so without this each time a cell
runs there would be one more run in memory. JupyterLab, Notebook 7 and VS Code name the cell with each request; where
nobody does, a cell is known by its text.
"""

import weakref
from typing import NamedTuple

__all__ = ["adopt", "this_cell"]

_made: dict = {}  # a cell's name -> [(request, weak reference to a player)]


class Cell(NamedTuple):
    """The cell that is being run.

    Attributes
    ----------
    name : str
        The front end's, or the cell's text.
    sure : bool
        It is the front end's: no other cell can have it.
    request : str
        Differs each time the cell runs.
    deleted : tuple of str
        Cells that are no longer in the notebook.
    """

    name: str
    sure: bool
    request: str
    deleted: tuple


def this_cell():
    """The cell that is being run; None outside a kernel.

    Returns
    -------
    Cell or None

    Examples
    --------
    >>> this_cell() is None
    True
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return None
    parent = shell.get_parent() or {}
    request = parent.get("header", {}).get("msg_id", "")
    told = parent.get("metadata", {})
    deleted = tuple(told.get("deletedCells") or ())
    if told.get("cellId"):
        return Cell(told["cellId"], True, request, deleted)
    return Cell(parent.get("content", {}).get("code", ""), False, request, deleted)


def adopt(player):
    """Note that the cell that is being run made a player; those it made when it ran before are retired.

    Parameters
    ----------
    player : object
        With ``retire(cell)``, which may be called once, later.
    """
    cell = this_cell()
    if cell is None:
        return
    for name in (cell.name, *cell.deleted):
        for request, earlier in _made.pop(name, ()):
            if request == cell.request:  # several in one cell stay together
                _made.setdefault(name, []).append((request, earlier))
            elif (old := earlier()) is not None:
                old.retire(Cell(name, cell.sure or name in cell.deleted, request, ()))
    _made.setdefault(cell.name, []).append((cell.request, weakref.ref(player)))
