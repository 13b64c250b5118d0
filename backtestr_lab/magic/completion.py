"""What Tab offers on the line of `%%backtest`: symbols, options, and the values an option can have."""

import ast

from IPython.core.completer import SimpleCompletion, context_matcher

from ..errors import BacktestrError
from ..symbols import known
from .options import MAGIC, of

__all__ = ["Completions"]

MAGIC_NAME = "%%backtest"
NONE: dict = {"completions": []}


class Completions:
    """A matcher for IPython's completer.

    Examples
    --------
    >>> Completions.register(get_ipython())                    # doctest: +SKIP
    """

    @staticmethod
    def register(ipython):
        """Add it to a shell, once."""
        matchers = ipython.Completer.custom_matchers
        if match_line not in matchers:
            matchers.append(match_line)


@context_matcher(identifier="backtestr_lab.magic_line")
def match_line(context):
    """Completions of the token under the cursor; none outside the magic's line."""
    line = context.text_until_cursor
    if context.cursor_line != 0 or not line.startswith(f"{MAGIC_NAME} "):
        return NONE
    words = line[len(MAGIC_NAME) :].split()
    current = "" if line[-1].isspace() else words.pop()
    _, _, body = context.full_text.partition("\n")
    offered = offers(words, current, body)
    if offered is None:
        return NONE  # a file's name: IPython completes those
    fragment = context.token if current.endswith(context.token) else current
    kept = current[: len(current) - len(fragment)]
    found = [SimpleCompletion(text[len(kept) :], type=kind) for text, kind in offered if text.startswith(current)]
    return {"completions": found, "matched_fragment": fragment, "suppress": True, "ordered": True}


def offers(words, current, body):
    """What could stand after these words.

    Parameters
    ----------
    words : list of str
        The complete words before the cursor.
    current : str
        The beginning of the word at the cursor.
    body : str
        The cell below the line; its classes' attributes are what `--set` can set.

    Returns
    -------
    list of (text, kind), or None
        None where a file is meant.

    Examples
    --------
    >>> [text for text, _ in offers(["EURUSD", "--crossed"], "", "")]
    ['keep', 'drop', 'swap']
    """
    options = {name: option for option in of(MAGIC) for name in option.names}
    last = options.get(words[-1]) if words else None
    if last is not None and last.read is not None and not (last.key == "sample" and not current[:1].isdigit()):
        return _values(last, current, body)
    given = {options[word].key for word in words if word in options}
    if current.startswith("-") or (given and not current):
        return [(name, "option") for name, option in options.items() if option.many or option.key not in given]
    return [(name, "symbol") for name in _symbols(words)]


def _values(option, current, body):
    if option.key in ("store", "bookings"):
        return None
    if option.key == "timeframes":
        before, comma, _ = current.rpartition(",")
        return [(f"{before}{comma}{text}", "timeframe") for text in option.offers if text not in before.split(",")]
    if option.key == "set":
        return [(f"{name}=", "parameter") for name in _parameters(body)]
    return [(text, "value") for text in option.offers]


def _symbols(words):
    """Those of the store named on the line; with `--sample`, or without a store, those that a sample can be made of."""
    from ..store import Store

    try:
        path = words[words.index("--store") + 1] if "--store" in words[:-1] else None
        store = Store(path, lock_timeout=0.2)
        if "--sample" not in words and store.path.exists():
            return list(store.symbols().index)
    except BacktestrError:
        pass
    return [name for name in known() if name != "EQUITY"]


def _parameters(body):
    """Names that classes of the cell give a plain value."""
    try:
        tree = ast.parse(body)
    except SyntaxError:
        return []
    names = []
    for statement in (s for node in tree.body if isinstance(node, ast.ClassDef) for s in node.body):
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            parts = (part for target in targets for part in ast.walk(target))
            names += [t.id for t in parts if isinstance(t, ast.Name) and not t.id.startswith("_")]
    return [name for name in names if name not in ("timeframe", "timeframes", "times")]
