"""What compiled callbacks may not contain, and what to do instead (S5, S6).

Whether a cell may run at all, compiled or not, is asked before: trust.py.
"""

import ast

__all__ = ["BUILTINS", "refusal_of_builtin", "refusal_of_node"]

# Functions of Python that compiled callbacks may call.
BUILTINS = frozenset(
    {"abs", "bool", "divmod", "enumerate", "float", "int", "len", "list", "max", "min", "pow", "range", "reversed"}
    | {"round", "slice", "sorted", "sum", "tuple", "zip"}
)

_PYTHON = "run with --python"
_NODES = {
    ast.Try: f"try/except is not compiled; test for the case before, or {_PYTHON}",
    ast.With: f"with is not compiled; {_PYTHON}",
    ast.AsyncFunctionDef: "async is not compiled",
    ast.AsyncFor: "async is not compiled",
    ast.AsyncWith: "async is not compiled",
    ast.Await: "await is not compiled",
    ast.FunctionDef: "a function inside a callback is not compiled; make it a method, or a function outside the class",
    ast.Lambda: "lambda is not compiled inside a callback; make it a method, or a function outside the class",
    ast.ClassDef: "a class inside a callback is not compiled; define it outside",
    ast.Yield: "yield is not compiled",
    ast.YieldFrom: "yield is not compiled",
    ast.GeneratorExp: "a generator is not compiled; write a loop, or a list: [x for x in ...]",
    ast.DictComp: f"a dict is not compiled; use numpy arrays, or {_PYTHON}",
    ast.SetComp: f"a set is not compiled; use numpy arrays, or {_PYTHON}",
    ast.Dict: f"a dict is not compiled; use numpy arrays, or {_PYTHON}",
    ast.Set: f"a set is not compiled; use a tuple, or {_PYTHON}",
    ast.Global: "global is not compiled; keep it as self.x, set in init",
    ast.Nonlocal: "nonlocal is not compiled; keep it as self.x, set in init",
    ast.Import: "import belongs at the top of the notebook; compiled callbacks use np and math",
    ast.ImportFrom: "import belongs at the top of the notebook; compiled callbacks use np and math",
    ast.JoinedStr: f"text is not made in compiled code; {_PYTHON}",
    ast.Starred: "* is not compiled; write the values one by one",
    ast.Delete: "del is not compiled; leave it out",
    ast.NamedExpr: ":= is not compiled; write the assignment on a line of its own",
    ast.Match: "match is not compiled; write if and elif",
}
if hasattr(ast, "TryStar"):
    _NODES[ast.TryStar] = _NODES[ast.Try]

_CALLS = {
    "print": "print is not compiled; run with --python to print",
    "input": "input is not compiled; pass values as parameters",
    "breakpoint": "breakpoints need --python",
    "open": "files are not reached from compiled callbacks; read them before and keep arrays, or run with --python",
    "super": "super() is not compiled; give the parent's method another name and call it",
    "isinstance": "isinstance is not compiled; every value has one type",
    "hasattr": "hasattr is not compiled; set everything in init",
    "getattr": "getattr is not compiled; write self.name",
    "setattr": "setattr is not compiled; write self.name = ...",
    "str": "text is not made in compiled code; run with --python",
    "format": "text is not made in compiled code; run with --python",
    "repr": "text is not made in compiled code; run with --python",
    "dict": "a dict is not compiled; use numpy arrays, or run with --python",
    "set": "a set is not compiled; use numpy arrays, or run with --python",
    "any": "any is not compiled; use np.any(array), or write a loop",
    "all": "all is not compiled; use np.all(array), or write a loop",
    "map": "map is not compiled; write a loop",
    "filter": "filter is not compiled; write a loop",
}


def refusal_of_node(node):
    """Why a piece of syntax cannot be compiled, or None.

    Examples
    --------
    >>> refusal_of_node(ast.parse("del x").body[0])
    'del is not compiled; leave it out'
    """
    return _NODES.get(type(node))


def refusal_of_builtin(name):
    """Why a function of Python cannot be called in a compiled callback.

    Examples
    --------
    >>> refusal_of_builtin("print")
    'print is not compiled; run with --python to print'
    """
    return _CALLS.get(name, f"{name} is not available in compiled callbacks; run with --python")
