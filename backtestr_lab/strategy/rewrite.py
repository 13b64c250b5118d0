"""The user's methods with the house's arithmetic put in, for callbacks that run in CPython (S2).

Everything else stays as written, on the same lines of the same file, so that breakpoints hold and tracebacks tell.
"""

import ast
import builtins
import math
import sysconfig
from types import FunctionType

import numpy as np

from ..errors import StrategyError
from ..jit import kernel
from . import house, reduce
from .functions import crossed_above, crossed_below
from .source import definition, text_of

__all__ = ["rewritten"]

_OPERATIONS = {ast.Div: "divide", ast.FloorDiv: "floor", ast.Mod: "modulo", ast.Pow: "power", ast.MatMult: "matmul"}
# Functions of numpy's whose last bit differs from the C library's: compiled code's own version of them is called.
_SAME = frozenset(
    {"exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos", "arctan"}
    | {"arctan2", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "hypot", "cbrt", "convolve", "correlate"}
    | {"trapezoid", "nanprod"}
)
_kernels: dict = {}


def rewritten(function, indicators=None, namespace=None, known=None):
    """A function that does the same with the house's arithmetic, or the function itself where its text is not found.

    Parameters
    ----------
    function : function
    indicators : iterable of str, optional
        Of a method: names of self's indicators, which are arrays where they are passed to a function.
    namespace : dict, optional
        Names it sees before its module's.
    known : dict, optional
        Functions rewritten already.
    """
    known = {} if known is None else known
    if function in known:
        return known[function]
    known[function] = function  # a function that calls itself calls the original; compiled ones cannot
    try:
        tree = definition(function)
        _, filename = text_of(function)
    except StrategyError:
        return function
    if isinstance(tree, ast.AsyncFunctionDef) or _of_a_library(filename):
        return function
    cells = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        try:
            cells[name] = cell.cell_contents
        except ValueError:
            return function
    if "__class__" in cells and any(isinstance(n, ast.Nonlocal) for n in ast.walk(tree)):
        return function
    walk = _Rewrite(function, cells, indicators, namespace or {}, known)
    tree.decorator_list = []
    for defaults in (tree.args.defaults, tree.args.kw_defaults):
        defaults[:] = [d and ast.copy_location(ast.Constant(None), d) for d in defaults]
    tree = walk.visit(tree)
    bound = {**cells, **walk.bound}
    arguments = ast.arguments([], [ast.arg(n) for n in bound], None, [], [], None, [])
    back = ast.Return(ast.Name(tree.name, ast.Load()))
    outer = ast.FunctionDef("_lab_bind", arguments, [tree, back], [], None, None)
    outer.type_params = []
    ast.copy_location(outer, tree)
    module = ast.fix_missing_locations(ast.Module([outer], []))
    code = compile(module, filename, "exec")
    inner = next(c for c in code.co_consts if hasattr(c, "co_name") and c.co_name == "_lab_bind")
    made = FunctionType(inner, function.__globals__)(**bound)
    made.__defaults__, made.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    made.__qualname__, made.__doc__ = function.__qualname__, function.__doc__
    known[function] = made
    return made


def _of_a_library(filename):
    paths = sysconfig.get_paths()
    return any(filename.startswith(paths[p]) for p in ("stdlib", "purelib", "platlib"))


class _Rewrite(ast.NodeTransformer):
    def __init__(self, function, cells, indicators, namespace, known):
        self.function, self.cells, self.indicators = function, cells, set(indicators or ())
        self.namespace, self.known = namespace, known
        self.bound = {"_lab_py": _Arithmetic}
        code = function.__code__
        self.locals = {*code.co_varnames, *code.co_cellvars}
        self.self_name = code.co_varnames[0] if indicators is not None and code.co_argcount else None

    def resolve(self, node):
        """The object of a name or of ``module.name``, else None."""
        if isinstance(node, ast.Name):
            if node.id in self.locals and node.id not in self.cells:
                return None
            for scope in (self.cells, self.namespace, self.function.__globals__, vars(builtins)):
                if node.id in scope:
                    return scope[node.id]
        if isinstance(node, ast.Attribute):
            base = self.resolve(node.value)
            if base in (np, math):
                return getattr(base, node.attr, None)
        return None

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load) and node.id in self.namespace and node.id not in self.locals:
            self.bound[node.id] = self.namespace[node.id]
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if type(node.op) in _OPERATIONS:
            return _at(node, _house(_OPERATIONS[type(node.op)], [node.left, node.right]))
        return node

    def visit_AugAssign(self, node):
        simple = isinstance(node.target, (ast.Name, ast.Attribute)) or (
            isinstance(node.target, ast.Subscript)
            and isinstance(node.target.slice, (ast.Name, ast.Constant, ast.UnaryOp))
        )
        if type(node.op) not in _OPERATIONS or not simple:
            return self.generic_visit(node)
        load = ast.parse(ast.unparse(node.target), mode="eval").body
        for child in ast.walk(load):
            if "lineno" in child._attributes:
                ast.copy_location(child, node.target)
        value = self.visit(_at(node, ast.BinOp(load, node.op, node.value)))
        return _at(node, ast.Assign([self.visit(node.target)], value))

    def visit_Call(self, node):
        if isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", None) == "_lab_py":
            return node  # made here
        called = self.resolve(node.func)
        plain = called in (crossed_above, crossed_below, len) if _hashable(called) else False
        if not plain:
            node.args = [self.array(a) for a in node.args]
            for keyword in node.keywords:
                keyword.value = self.array(keyword.value)
        self.generic_visit(node)
        if called is None:
            method = isinstance(node.func, ast.Attribute) and node.func.attr in house.METHODS
            if method and not (isinstance(node.func.value, ast.Name) and node.func.value.id == self.self_name):
                name = ast.Constant(node.func.attr)
                made = _house("method", [name, node.func.value, *node.args])
                made.keywords = node.keywords
                return _at(node, made)
            return node
        replaced = _replacement(called, len(node.args))
        if replaced is None and isinstance(called, FunctionType) and isinstance(node.func, ast.Name):
            made = rewritten(called, None, self.namespace, self.known)
            replaced = made if made is not called else None
        elif replaced is None and hasattr(called, "py_func"):
            return node
        if replaced is None:
            return node
        name = f"_lab_f{len(self.bound)}"
        self.bound[name] = replaced
        node.func = _at(node.func, ast.Name(name, ast.Load()))
        return node

    def array(self, node):
        """``self.rsi`` as an argument is the array of its closed values."""
        own = node
        while isinstance(own, ast.Attribute) and isinstance(own.value, ast.Attribute):
            own = own.value
        of_self = isinstance(own, ast.Attribute) and isinstance(own.value, ast.Name) and own.value.id == self.self_name
        return _at(node, _house("array", [node])) if of_self and own.attr in self.indicators else node


def _hashable(value):
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _at(node, made):
    return ast.copy_location(made, node)


def _house(name, args):
    return ast.Call(ast.Attribute(ast.Name("_lab_py", ast.Load()), name, ast.Load()), args, [])


def _replacement(called, arguments):
    """A Python function that stands for one of numpy's, math's or Python's, or None."""
    if not _hashable(called):
        return None
    compiled = house.replacement(called, arguments)
    if compiled is None:
        name = getattr(called, "__name__", "")
        if name not in _SAME or getattr(np, name, None) is not called:
            return None
        if name not in _kernels:
            _kernels[name] = kernel(_calling(called), cache=False)
        compiled = _kernels[name]
    return _standing_in(compiled, called)


def _calling(function):
    def call(*args):
        return function(*args)

    return call


def _standing_in(compiled, original):
    def call(*args, **keywords):
        keywords = {{"decimals": "digits", "ndigits": "digits"}.get(n, n): v for n, v in keywords.items()}
        return _run(compiled, original, args, keywords)

    call.__name__ = getattr(original, "__name__", "call")
    return call


def _run(compiled, original, args, keywords):
    """The compiled function where it can take the arguments, else the original."""
    given = [np.asarray(a) if isinstance(a, np.ndarray) else a for a in args]
    given = [_listed(a) for a in given]
    if any(a is None for a in given) or not set(keywords) <= {"ddof", "q", "digits"}:
        return original(*args, **{("decimals" if n == "digits" else n): v for n, v in keywords.items()})
    return compiled(*given, **keywords)


def _listed(value):
    """A value the compiled functions can take, else None."""
    if isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating)):
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            return None
        return value
    if isinstance(value, (list, tuple)):
        value = np.asarray(value) if all(isinstance(v, (bool, int, float, np.generic)) for v in value) else None
    if isinstance(value, np.ndarray) and value.dtype.kind in "fib" and value.dtype.itemsize <= 8:
        return value
    return None


class _Arithmetic:
    """Operators and methods in a rewritten function."""

    @staticmethod
    def divide(a, b):
        """``a / b``: a zero divisor raises, as in compiled code."""
        return _scalar(a) / _scalar(b)

    @staticmethod
    def floor(a, b):
        """``a // b``."""
        return _scalar(a) // _scalar(b)

    @staticmethod
    def modulo(a, b):
        """``a % b``."""
        return _scalar(a) % _scalar(b)

    @staticmethod
    def power(a, b):
        """``a ** b``."""
        if _listed(a) is None or _listed(b) is None or isinstance(a, (list, tuple)):
            return a**b
        return house.power(a, b)

    @staticmethod
    def matmul(a, b):
        """``a @ b``: arrays of one dimension."""
        if getattr(a, "ndim", 0) == 1 and getattr(b, "ndim", 0) == 1 and isinstance(a, np.ndarray):
            return reduce.dot(a, b)
        return a @ b

    @staticmethod
    def method(name, value, *args, **keywords):
        """``value.mean()`` and its like."""
        array = getattr(value, "array", None) if type(value).__name__ == "Series" else value
        if isinstance(array, np.ndarray):
            return _run(house.METHODS[name], lambda x, *a, **k: getattr(x, name)(*a, **k), (array, *args), keywords)
        return getattr(value, name)(*args, **keywords)

    @staticmethod
    def array(series):
        """An indicator's closed values."""
        return getattr(series, "array", series) if type(series).__name__ == "Series" else series


def _scalar(value):
    return value.item() if isinstance(value, (np.floating, np.integer, np.bool_)) else value
