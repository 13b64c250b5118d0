"""A run, seen: the result in a notebook's cell, the replay, a page of its own.

A result is three outputs: a static picture, for pages without a kernel; a summary in HTML and text; live charts. Once
the live charts are there, the page hides the picture. Bokeh, matplotlib and the widgets load when they are first used.
"""

import warnings
from importlib import import_module

from ..errors import DataError

__all__ = ["display", "live", "plot", "replay", "to_html"]

_HOMES = {"plot": "charts", "live": "widget", "replay": "player", "to_html": "export"}


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def display(run):
    """Show a run in the cell: picture, summary, live charts (`Run._ipython_display_`).

    Parameters
    ----------
    run : Run

    Warns
    -----
    UserWarning
        The package was installed without its built JavaScript; picture and summary are shown all the same.

    Examples
    --------
    >>> display(run)                                           # doctest: +SKIP
    """
    from IPython import get_ipython
    from IPython.display import display as show

    from . import summary

    told = {"text/plain": summary.text(run), "text/html": summary.html(run)}
    shell = get_ipython()
    if shell is not None and not hasattr(shell, "kernel"):
        show(told, raw=True)  # a terminal has nowhere to put a picture
        return
    from . import picture

    size = {"image/png": {"width": picture.WIDTH, "height": picture.HEIGHT}}
    show({"image/png": picture.png(run)}, metadata=size, raw=True)
    show(told, raw=True)
    try:
        from . import widget

        live = widget.result(run)
    except DataError as error:
        warnings.warn(str(error), stacklevel=2)
        return
    show(live)
