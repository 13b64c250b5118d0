"""Live charts in a cell: our own loader for Bokeh, offline, small in the saved notebook.

The page gets the figure as one JSON text with its columns beside it as bytes. BokehJS itself is the file of the
installed Bokeh, so both always match; a page asks for it once, however many results it shows, and gets it compressed
over the kernel's channel. None of it is saved with the notebook.

    page                              kernel
    {kind: "bokeh"}              ->   {kind: "bokeh", version} + gzip
    {kind: "view", id, x: [..]}  ->   {kind: "view", id, columns, limits, title} + bytes
"""

import gzip
import json
import weakref
from functools import cache
from pathlib import Path

import anywidget
import bokeh
import numpy as np
import traitlets
from bokeh.core.serialization import Buffer
from bokeh.embed.util import OutputDocumentFor

from ..errors import BacktestrError, DataError
from .charts import layout
from .colours import DARK, LIGHT
from .source import Source

__all__ = ["Live", "live", "result"]

STATIC = Path(__file__).parent.parent / "static"
PROTOCOL = 1  # the page's `PROTOCOL` must say the same


class Live(anywidget.AnyWidget):
    """A Bokeh layout in a cell, with finer columns on request.

    Attributes
    ----------
    figure : str
        The layout's JSON. A text and not a dict: a dict is re-ordered when saved and then fails.
    columns : bytes
        The arrays the JSON refers to, one after the other.
    palette : str
        JSON of the light and dark colours by role.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    protocol = traitlets.Int(PROTOCOL).tag(sync=True)
    bokeh_version = traitlets.Unicode(bokeh.__version__).tag(sync=True)
    figure = traitlets.Unicode().tag(sync=True)
    columns = traitlets.Bytes().tag(sync=True)
    palette = traitlets.Unicode(json.dumps({"light": LIGHT, "dark": DARK})).tag(sync=True)

    def __init__(self, model, source=None):
        figure, columns = pack(model)
        super().__init__(figure=figure, columns=columns)
        self._source = source
        self.on_msg(self._answer)

    @traitlets.default("_esm")
    def _script(self):
        return static("result.js")

    @traitlets.default("_css")
    def _style(self):
        return static("result.css")

    def forget(self):
        """Let go of what the charts were made from; they stay as they are."""
        self._source = None

    def _answer(self, _widget, message, _buffers):
        kind = message.get("kind")
        if kind == "bokeh":
            self.send({"kind": "bokeh", "version": bokeh.__version__}, [bokeh_js()])
        elif kind == "view":
            answer, columns = self._view(message)
            self.send({"kind": "view", "id": message["id"], **answer}, [columns])

    def _view(self, message):
        try:
            if self._source is None:
                raise DataError("the run is no longer in memory; run the cell again to see more detail")
            start, end = self._source.time.instant(message["x"])
            view = self._source.view(int(start), int(end))
        except BacktestrError as error:
            return {"error": str(error)}, b""
        columns, data = pack_columns(view.sources)
        return {"columns": columns, "limits": view.limits, "title": view.title}, data


def live(model):
    """Any Bokeh layout as a widget of ours, e.g. a changed `run.plot()`.

    Raises
    ------
    DataError
        The package was installed without its built JavaScript.

    Examples
    --------
    >>> from bokeh.plotting import figure
    >>> live(figure())._view_name                              # doctest: +SKIP
    'AnyView'
    """
    return Live(model)


def result(run):
    """The live charts of a run as a widget.

    The run is not kept alive: once the notebook has forgotten it, the charts stay and zoom without new detail.

    Raises
    ------
    DataError
        The package was installed without its built JavaScript.
    """
    source = Source(run)
    widget = Live(layout(source), source)
    weakref.finalize(run, widget.forget)
    return widget


def static(name):
    """The text of a file that is built from js/.

    Raises
    ------
    DataError
        The package was installed without it.

    Examples
    --------
    >>> static("none.js")
    Traceback (most recent call last):
    backtestr_lab.errors.DataError: none.js is not built, which the page needs; run `make dev` in the checkout
    """
    try:
        return (STATIC / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(f"{name} is not built, which the page needs; run `make dev` in the checkout") from None


@cache
def bokeh_js():
    """`bokeh.min.js` of the installed Bokeh, gzipped: 0.35 MB for 1.27 MB."""
    path = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"
    return gzip.compress(path.read_bytes(), 6, mtime=0)


def pack(model, offset=0):
    """A Bokeh model as JSON text and the bytes of its arrays.

    Parameters
    ----------
    model : bokeh.model.Model
    offset : int
        Where these bytes will begin among others.

    Returns
    -------
    (str, bytes)
        In the text an array's data is ``{"at": offset, "length": bytes}``.
    """
    with OutputDocumentFor([model]) as document:
        document.title = ""
        return pack_document(document, offset)


def pack_document(document, offset=0):
    """A Bokeh document alike, unchecked: for models of ours, which belong to no other document.

    Returns
    -------
    (str, bytes)
    """
    serialized = document.to_json(deferred=True)
    at, parts = {}, []
    for buffer in serialized.buffers:
        data = buffer.to_bytes()
        at[buffer.id] = {"at": offset, "length": len(data)}
        parts.append(data)
        offset += len(data)
    text = json.dumps(serialized.content, default=lambda value: _plain(value, at), separators=(",", ":"))
    return text, b"".join(parts)


def _plain(value, at):
    if isinstance(value, Buffer):
        return at[value.id]
    raise TypeError(f"{type(value).__name__} in a figure")


def pack_columns(sources):
    """Columns by source: numbers as one stretch of float64 bytes, texts as lists.

    Returns
    -------
    (dict, bytes)
        ``{"candles": {"x": {"at": 0, "count": 165}, "side": ["LONG", ...]}}``

    Examples
    --------
    >>> pack_columns({"won": {"net": np.array([1.5]), "side": np.array(["LONG"])}})[0]
    {'won': {'net': {'at': 0, 'count': 1}, 'side': ['LONG']}}
    """
    packed, parts, offset = {}, [], 0
    for name, columns in sources.items():
        packed[name] = {}
        for key, column in columns.items():
            column = np.asarray(column)
            if column.dtype.kind not in "iuf":
                packed[name][key] = [str(text) for text in column]
                continue
            data = np.ascontiguousarray(column, "<f8").tobytes()
            packed[name][key] = {"at": offset, "count": len(column)}
            parts.append(data)
            offset += len(data)
    return packed, b"".join(parts)
