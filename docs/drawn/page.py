"""A page whose snippets are run, and whose marked places are written from what they made.

A place is ``<!-- drawn: what name -->`` up to ``<!-- end -->``; `what` is a way of drawing, `name` what it is about.
A place shows what the next snippet below it makes: readers want the picture first.
"""

import re

__all__ = ["written"]

_PIECE = re.compile(
    r"^```python\n(?P<code>.*?)^```$|^<!-- drawn: (?P<what>\S+)(?: (?P<name>\S+))? -->\n(?:.*?)^<!-- end -->$",
    re.M | re.S,
)


def written(text, ways, run_cell):
    """The page as it should be.

    Parameters
    ----------
    text : str
    ways : dict of str to callable
        ``way(name, namespace)`` gives the Markdown of a place.
    run_cell : callable
        Runs a snippet and returns the names that are known then.

    Returns
    -------
    str
    """
    out, done, waiting = [], 0, []
    for piece in _PIECE.finditer(text):
        if piece["code"] is None:
            waiting.append(len(out) + 1)
            out += [text[done : piece.start()], piece]
            done = piece.end()
        else:
            known = run_cell(piece["code"])
            _fill(out, waiting, ways, known)
            waiting = []
    _fill(out, waiting, ways, {})
    return "".join(out) + text[done:]


def _fill(out, waiting, ways, known):
    for i in waiting:
        inside = ways[out[i]["what"]](out[i]["name"], known).strip("\n")
        out[i] = f"{out[i][0].splitlines()[0]}\n{inside}\n<!-- end -->"
