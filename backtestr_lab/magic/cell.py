"""The text of a cell or a file -> the one strategy it defines, with the names it needs brought in.

Line 1 of the text is the magic's own line, so that line numbers are those the editor shows (S5).
"""

import ast

from ..errors import BacktestrError, StrategyError
from ..strategy.trust import check

__all__ = ["BROUGHT", "define"]

# Names a cell may use without importing them -> where they come from.
BROUGHT = (
    "Strategy", "Indicator", "ta", "pips", "points", "pct", "share", "risk", "crossed_above", "crossed_below",
    "lab", "np",
)  # fmt: skip
# Of these, functions with everyday names: ours only where the cell calls them and the notebook has no function of its
# own, so that `risk = 0.01` of the notebook stays what it is.
_FUNCTIONS = ("pips", "points", "pct", "share", "risk")


def define(text, filename, namespace, *, flags=0, bring=None, folder=None, trust=True):
    """Run the text; everything it defines stays in the namespace.

    Parameters
    ----------
    text : str
        As the file name knows it in `linecache`.
    filename : str
    namespace : dict
        Of the notebook; names brought in are added where it has none of its own.
    flags : int
        Compiler flags of the notebook (its ``from __future__`` imports).
    bring : callable, optional
        ``bring(dict)`` adds names to the namespace; by default as they are.
    folder : Path, optional
        Where modules of the text's own lie.
    trust : bool
        False has it read before it runs: one that reaches files, programs or the network is refused (S6).

    Returns
    -------
    (type, dict)
        The strategy, and the names its code sees: `namespace`, unless that has something else under a name the text
        uses for ours. `_FUNCTIONS` are ours where they are called.

    Raises
    ------
    StrategyError
        The text does not compile, is not trusted or does not run, or defines no strategy, or several; with the line.

    Examples
    --------
    >>> strategy, _ = define("class Flat(Strategy):\\n    def on_bar(self, bar): pass\\n", "<cell>", {})
    >>> strategy.__name__
    'Flat'
    """
    tree = _parsed(text, filename, flags)
    names = {name: _found(name) for name in BROUGHT}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    bound = set(_bound(tree.body))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    theirs = {n for n in _FUNCTIONS if n not in called or _is_theirs(namespace.get(n))}
    taken = {n for n in names if n in used - bound - theirs and namespace.get(n, names[n]) is not names[n]}
    (bring or namespace.update)({n: v for n, v in names.items() if n not in namespace})
    # `points` may be a list in the notebook and still be ours in the cell: then the cell sees names of its own.
    scope = namespace | {n: names[n] for n in taken} if taken else namespace
    if not trust:
        check(tree, scope, folder)
    before = dict(scope) if taken else {}
    try:
        _run(compile(tree, filename, "exec", flags, dont_inherit=True), scope, filename)
    finally:
        for name, value in scope.items() if taken else ():
            if name not in before or before[name] is not value:
                namespace[name] = value
    return _the_strategy(tree, scope), scope


def _parsed(text, filename, flags):
    try:
        return compile(text, filename, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    except SyntaxError as error:
        where = (error.text or "").strip()
        message = f"{error.msg[:1].lower()}{error.msg[1:]}{f', in {where!r}' if where else ''}"
        raise StrategyError(message, line=error.lineno) from None
    except ValueError as error:  # a null byte
        raise StrategyError(str(error)) from None


def _found(name):
    if name == "np":
        import numpy

        return numpy
    import backtestr_lab

    return backtestr_lab if name == "lab" else getattr(backtestr_lab, name)


def _is_theirs(value):
    """Whether a value is a function that is not ours, of this or an earlier import."""
    return callable(value) and not str(getattr(value, "__module__", "")).startswith("backtestr_lab")


def _run(code, scope, filename):
    try:
        exec(code, scope)
    except BacktestrError:
        raise
    except Exception as error:
        line = None
        trace = error.__traceback__
        while trace is not None:
            line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == filename else line
            trace = trace.tb_next
        raise StrategyError(f"{type(error).__name__}: {error}", line=line) from error


def _blocks(body):
    """Every statement of a module that is not inside a class or a function."""
    for node in body:
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for part in ("body", "orelse", "finalbody", "handlers"):
                yield from _blocks(getattr(node, part, ()))


def _bound(body):
    """Names the module's own statements give a value."""
    for node in _blocks(body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif not hasattr(node, "body"):
            yield from (n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))


def _the_strategy(tree, scope):
    Strategy = _found("Strategy")
    written = {node.name: node.lineno for node in _blocks(tree.body) if isinstance(node, ast.ClassDef)}
    classes = {name: scope[name] for name in written if isinstance(scope.get(name), type)}
    found = [name for name, value in classes.items() if issubclass(value, Strategy)]
    if len(found) == 1:
        return scope[found[0]]
    if found:
        *others, last = found
        raise StrategyError(
            f"{', '.join(others)} and {last} are {len(found)} strategies in one cell; leave the one to run, "
            "and define the others in a cell of their own",
            line=written[last],
        )
    if classes:
        name = next(iter(classes))
        raise StrategyError(f"{name} is no strategy; write class {name}(Strategy):", line=written[name])
    raise StrategyError("there is no strategy here; define one: class Trend(Strategy):, with an on_bar")
