"""The text of a user's function: found by file and line, so that line 4 stays line 4 of the cell (S5).

`inspect.getsource` of a class needs a module with a file; cells have none. A code object always knows its file's name
and its first line, and `linecache` knows the text, cells included.
"""

import ast
import linecache
from functools import lru_cache

from ..errors import StrategyError

__all__ = ["definition", "remember", "text_of", "tree_of"]


def remember(filename, source):
    """Make a text known under a file name, for error messages and tracebacks."""
    lines = source.splitlines(keepends=True)
    if linecache.getlines(filename) != lines:
        linecache.cache[filename] = (len(source), None, lines, filename)


def text_of(function):
    """The whole file or cell a function stands in, and its name."""
    code = function.__code__
    lines = linecache.getlines(code.co_filename, getattr(function, "__globals__", None))
    if not lines:
        raise StrategyError(
            f"the source of {function.__name__} cannot be found ({code.co_filename}); define it in a cell or a file"
        )
    return "".join(lines), code.co_filename


@lru_cache(maxsize=64)
def tree_of(source):
    """The syntax tree of a whole text; shared, so not to be changed."""
    return ast.parse(source)


@lru_cache(maxsize=64)
def _codes(source, filename):
    """(function name, first line) -> byte codes compiled from the text."""
    found: dict = {}
    try:
        todo = [compile(source, filename, "exec", dont_inherit=True)]
    except SyntaxError:  # a cell that awaits at its top
        return found
    while todo:
        code = todo.pop()
        found.setdefault((code.co_name, code.co_firstlineno), []).append(code.co_code)
        todo += [c for c in code.co_consts if hasattr(c, "co_code")]
    return found


def definition(function):
    """A fresh syntax tree of a function's `def`, or of a lambda as a `def`; lines count from the top of the cell.

    Raises
    ------
    StrategyError
        There is no source, or it has changed since.
    """
    source, filename = text_of(function)
    code = function.__code__
    try:
        tree = tree_of(source)
    except SyntaxError:
        tree = ast.Module([], [])
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == code.co_name:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first == code.co_firstlineno:
                # Test runners rewrite assert statements, so code with one cannot be compared.
                bare = not any(isinstance(n, ast.Assert) for n in ast.walk(node))
                if bare and code.co_code not in _codes(source, filename).get((code.co_name, first), [code.co_code]):
                    raise _stale(function, filename)
                return _copy(node)
        if isinstance(node, ast.Lambda) and code.co_name == "<lambda>" and node.lineno == code.co_firstlineno:
            result = ast.copy_location(ast.Return(node.body), node.body)
            made = ast.FunctionDef("lambda_", node.args, [result], [], lineno=node.lineno, col_offset=node.col_offset)
            return _copy(made)
    raise _stale(function, filename)


def _stale(function, filename):
    return StrategyError(
        f"the source of {function.__name__} in {filename} is not what was run; run the cell or import the file again"
    )


def _copy(node):
    """A deep copy of a syntax tree; much quicker than copy.deepcopy."""
    if isinstance(node, list):
        return [_copy(n) for n in node]
    if not isinstance(node, ast.AST):
        return node
    return type(node)(
        **{name: _copy(value) for name, value in ast.iter_fields(node)},
        **{name: getattr(node, name) for name in node._attributes if hasattr(node, name)},
    )
