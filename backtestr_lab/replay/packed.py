"""The player's figures as they travel: one JSON text by name, and the bytes of all their arrays."""

import json
import re

from bokeh.document import Document

from ..errors import OptionError
from .panes import lines_on_price, panes
from .widget import pack, pack_document

__all__ = ["packed_panes"]


def packed_panes(meta, decorate=None):
    """Make the figures of a run and pack them.

    Parameters
    ----------
    meta : dict
        What is known of the run before any block (docs/reference/capsule.md).
    decorate : callable, optional
        Called with the figures by name; may change them.

    Returns
    -------
    (str, bytes)

    Raises
    ------
    OptionError
        `decorate` cannot be called.

    Notes
    -----
    Bokeh takes 40 ms to make and write a figure, and the first picture waits for it: small charts that are alike are
    made once.

    Examples
    --------
    >>> meta = {"axis": {"starts": [], "ends": []}, "shown": ["5m", "1h"], "indicators": []}
    >>> list(json.loads(packed_panes(meta)[0]))
    ['focus', 'small:5m', 'small:1h', 'timeline']
    """
    if decorate is None:
        return _joined(_alike(meta))
    if not callable(decorate):
        raise OptionError(f"decorate is {decorate!r}; give a function that takes the figures by name")
    figures = panes(meta)
    decorate(figures)
    # What others have added Bokeh checks for mistakes.
    return _joined((name, lambda at, figure=figure: pack(figure, at)) for name, figure in figures.items())


def _joined(figures):
    texts, parts, at = [], [], 0
    for name, packed in figures:
        text, data = packed(at)
        texts.append(f"{json.dumps(name)}:{text}")
        parts.append(data)
        at += len(data)
    return f"{{{','.join(texts)}}}", b"".join(parts)


def _alike(meta):
    """(name, what packs it) of each figure; a small chart with as many lines as another is a copy of it."""
    on_price = lines_on_price(meta)
    lines = {t: on_price.get(t, 0) for t in meta["shown"]}
    first = {n: t for t, n in reversed(lines.items())}
    made = panes(meta | {"shown": [t for t in meta["shown"] if first[lines[t]] == t]})
    copied = {}
    for name, figure in made.items():
        kind, _, timeframe = name.partition(":")
        yield name, lambda at, figure=figure, name=name: copied.setdefault(name, _written(figure, at))
        if kind != "small":
            continue
        for i, t in enumerate(meta["shown"]):
            if t != timeframe and first[lines[t]] == timeframe:
                yield f"small:{t}", lambda at, name=name, t=t, i=i: _copy(copied[name], name, t, i)


def _written(figure, at):
    document = Document(title="")
    document.add_root(figure)
    return pack_document(document, at)


def _copy(packed, name, timeframe, number):
    """The same figure under another name, its models with ids of their own; its arrays are the other's."""
    text = re.sub(r'"p(\d+)"', rf'"p\1c{number}"', packed[0])
    return text.replace(f'"name":"{name}"', f'"name":"small:{timeframe}"'), b""
