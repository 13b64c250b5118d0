"""Does code reach files, programs or the network? Its syntax tree is read before it runs (S6).

The check guards against accidents, not against malice: Python has ways around any list of names (docs/how-to/trust.md
says which). allowed.py has the lists.
"""

import ast
import os
import sys
from pathlib import Path
from types import ModuleType

from ..errors import OptionError, StrategyError
from .allowed import BUILTINS, DUNDERS, IMPORTS, INSIDE, METHODS, MODULES, NAMES, PREFIXES
from .bindings import OWN, arguments_of, bindings_of, defaults_of

__all__ = ["check", "findings", "trusted_always"]

ALWAYS = "BACKTESTR_TRUST"
_BY_NAME = ("getattr", "setattr", "delattr", "hasattr")


def trusted_always():
    """Whether everything is to run unchecked: ``BACKTESTR_TRUST=1`` in the environment.

    Raises
    ------
    OptionError
        It is set to something else than 1 or 0.
    """
    given = os.environ.get(ALWAYS, "").strip().lower()
    if given in ("1", "true", "yes", "on"):
        return True
    if given in ("", "0", "false", "no", "off"):
        return False
    raise OptionError(f"{ALWAYS} is {given!r} in the environment; set it to 1 to run every cell unchecked, or to 0")


def check(tree, namespace=None, folder=None):
    """Refuse code that reaches files, programs or the network.

    Parameters
    ----------
    tree : ast.Module
    namespace : dict, optional
        What its names mean that it does not define itself.
    folder : Path, optional
        Where its own modules lie; they are read too.

    Raises
    ------
    StrategyError
        It does; the first place, what it is, and how to run it nevertheless.

    Examples
    --------
    >>> check(ast.parse("import os"))
    Traceback (most recent call last):
    backtestr_lab.errors.StrategyError: line 1: import os reaches this process and others; add --trust if you know ...
    """
    found = findings(tree, namespace, folder)
    if found:
        line, what = found[0]
        more = f" (and {len(found) - 1} more like it)" if len(found) > 1 else ""
        raise StrategyError(f"{what}{more}; add --trust if you know this code and want that", line)


def findings(tree, namespace=None, folder=None):
    """Every place that reaches out, as (line, what it is), in the order of the text.

    Examples
    --------
    >>> findings(ast.parse("x = open('ticks.csv')"))
    [(1, 'open reaches files')]
    >>> findings(ast.parse("open = [1.1, 1.2]; x = open[0]"))
    []
    """
    walk = _Walk(namespace or {}, folder, set())
    walk.within("module", tree.body, bindings_of(tree.body))
    return sorted(walk.found.items())


class _Walk(ast.NodeVisitor):
    def __init__(self, namespace, folder, seen):
        self.namespace, self.folder, self.seen = namespace, folder, seen
        self.scopes = []  # (kind, name -> dotted name of what it was imported as, or OWN), innermost last
        self.found = {}  # line -> what; the first of a line is enough

    def say(self, node, what):
        self.found.setdefault(node.lineno, what)

    def within(self, kind, nodes, names):
        self.scopes.append((kind, names))
        for node in nodes:
            self.visit(node)
        self.scopes.pop()

    # -- scopes ----------------------------------------------------------------------------------------------------

    def visit_FunctionDef(self, node):
        for part in (*node.decorator_list, *defaults_of(node.args)):
            self.visit(part)
        self.within("function", node.body, arguments_of(node.args) | bindings_of(node.body))

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node):
        for part in defaults_of(node.args):
            self.visit(part)
        self.within("function", [node.body], arguments_of(node.args))

    def visit_ClassDef(self, node):
        for part in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
            self.visit(part)
        self.within("class", node.body, bindings_of(node.body))

    def _comprehension(self, node):
        names = {n.id: OWN for part in node.generators for n in ast.walk(part.target) if isinstance(n, ast.Name)}
        self.within("function", list(ast.iter_child_nodes(node)), names)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    # -- names -----------------------------------------------------------------------------------------------------

    def meaning(self, name):
        """The dotted name that a name stands for, OWN, or None for one of Python's."""
        for depth, (kind, names) in enumerate(reversed(self.scopes)):
            if name in names and (kind != "class" or depth == 0):
                return names[name]
        return _origin(self.namespace[name]) if name in self.namespace else None

    def visit_Name(self, node):
        if not isinstance(node.ctx, ast.Load):
            return
        meaning = self.meaning(node.id)
        # IPython puts an `open` of its own into the notebook, and it is no other.
        python = meaning is None or (meaning is not OWN and _root(meaning) in MODULES)
        if python and node.id in BUILTINS:
            self.say(node, f"{node.id} {BUILTINS[node.id]}")
        elif meaning not in (None, OWN):
            self.dotted(node, meaning)
        elif meaning is None and node.id.startswith("__") and node.id not in DUNDERS:
            self.say(node, f"{node.id} reaches what is not written here")

    def visit_Attribute(self, node):
        attributes, root = [], node
        while isinstance(root, ast.Attribute):
            attributes.insert(0, root.attr)
            root = root.value
        meaning = self.meaning(root.id) if isinstance(root, ast.Name) else OWN
        own = isinstance(root, ast.Name) and root.id == "self"
        for attribute in attributes:
            self.attribute(node, attribute, own)
            own = False
        if meaning not in (None, OWN):
            self.dotted(node, ".".join([meaning, *attributes]), ast.unparse(node))
        else:
            self.visit(root)

    def attribute(self, node, name, own=False):
        """One attribute, whatever it is of."""
        if name.startswith("__") and name not in DUNDERS:
            self.say(node, f".{name} reaches what is not written here")
        elif name in METHODS and not own:
            self.say(node, f".{name} {METHODS[name]}")

    def dotted(self, node, path, said=None):
        """A name whose home is known."""
        why = _why(path)
        if why:
            self.say(node, f"{said or path} {why}")

    def visit_Call(self, node):
        function = node.func
        if isinstance(function, ast.Attribute) and _is_ipython(function.value):
            self.say(node, _magic(function.attr, node.args))
        elif isinstance(function, ast.Name) and function.id in _BY_NAME and self.meaning(function.id) is None:
            self.by_name(node)
        self.generic_visit(node)

    def by_name(self, node):
        """``getattr(x, "name")`` is x.name."""
        if len(node.args) < 2:
            return
        base, name = node.args[:2]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            made = ast.copy_location(ast.Attribute(base, name.value, ast.Load()), node)
            self.visit_Attribute(made)
        elif not (isinstance(base, ast.Name) and base.id == "self"):
            self.say(node, f"{node.func.id} with a name that is not written here reaches anything")

    # -- imports ---------------------------------------------------------------------------------------------------

    def visit_Import(self, node):
        for alias in node.names:
            self.imported(node, alias.name, alias.name)

    def visit_ImportFrom(self, node):
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            self.imported(node, module, f"{module}.{alias.name}" if alias.name != "*" else module)

    def imported(self, node, module, path):
        """`path` is the module, or a name in it."""
        files = _neighbours(self.folder, path)
        if files:
            for file in files:
                self.neighbour(node, file)
        elif module.startswith("."):
            self.say(node, f"import {module} cannot be read before it runs")
        elif module.partition(".")[0] in IMPORTS:
            self.dotted(node, path, f"import {path}")
        else:
            why = MODULES.get(_root(module), "is not among the modules that may be imported unasked")
            self.say(node, f"import {module} {why}")

    def neighbour(self, node, file):
        """A module beside the code is as good as the code."""
        if file in self.seen:
            return
        self.seen.add(file)
        try:
            tree = ast.parse(file.read_bytes(), str(file))
        except (SyntaxError, ValueError, OSError):
            return  # what is wrong with it is told when it is imported
        walk = _Walk({}, file.parent, self.seen)
        walk.within("module", tree.body, bindings_of(tree.body))
        for line, what in sorted(walk.found.items())[:1]:
            self.say(node, f"{what} in line {line} of {file.name}, which is imported here")


def _root(path):
    """The module a dotted name begins with; `_io` is io."""
    return path.partition(".")[0].lstrip("_") if not path.startswith("__") else path


def _why(path):
    """Why a dotted name is refused, or None."""
    first, *rest = path.split(".")
    if _root(path) in MODULES:
        return MODULES[_root(path)]
    for part in rest:
        bare = part.lstrip("_")
        if bare in INSIDE:
            return INSIDE[bare]
        for prefix, why in PREFIXES.get(first, {}).items():
            if part.startswith(prefix):
                return why
    return next((why for name, why in NAMES.items() if path == name or path.startswith(f"{name}.")), None)


def _origin(value):
    """The dotted name of what a name of the notebook holds; OWN for what is the notebook's own."""
    if isinstance(value, ModuleType):
        return value.__name__
    home = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None)
    if isinstance(home, str) and isinstance(name, str):
        if home.partition(".")[0] == "backtestr_lab":
            home = "backtestr_lab"  # by its public name: lab.sample, not where that lies
        return f"{home}.{name}" if home != "__main__" else OWN
    home = type(value).__module__  # an object: a path, a connection, a session
    return f"{home}.{type(value).__name__}" if _root(home) in MODULES and home != "builtins" else OWN


def _is_ipython(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_ipython"


def _magic(method, arguments):
    """What IPython made a call of: ``!ls`` or ``%cd ..``."""
    words = [a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if method in ("system", "getoutput"):
        return f"!{' '.join(words)} runs a program"
    if method in ("run_line_magic", "run_cell_magic") and words:
        return f"%{' '.join(words[:2]).strip()} is a command of IPython's"
    return "get_ipython reaches this process and others"


def _neighbours(folder, path):
    """Files beside the code that an import of a dotted name runs."""
    first = path.partition(".")[0]
    if folder is None or (first in IMPORTS and first in sys.modules):  # what is loaded is not loaded from there
        return []
    bare = path.lstrip(".")
    for _ in range(len(path) - len(bare) - 1):
        folder = folder.parent
    found = []
    for part in bare.split("."):
        for file in (Path(folder, f"{part}.py"), Path(folder, part, "__init__.py")):
            if file.is_file():
                found.append(file)
        folder = Path(folder, part)
    return found
