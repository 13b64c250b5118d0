"""Which local names have a value on every way to where they are read.

Compiled code reads a variable that was never set as zero; Python raises. So a name that may be unset is refused.
"""

import ast

__all__ = ["maybe_unset"]


def maybe_unset(function, arguments):
    """The first Name node that may be read before it has a value, or None.

    Parameters
    ----------
    function : ast.FunctionDef
    arguments : iterable of str

    Examples
    --------
    >>> tree = ast.parse("def f(a):\\n  if a:\\n    b = 1\\n  return b").body[0]
    >>> maybe_unset(tree, ["a"]).id
    'b'
    """
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    walk = _Walk(stored - set(arguments))
    walk.block(function.body, set())
    return walk.found


class _Walk:
    def __init__(self, names):
        self.names = names
        self.found = None
        self.breaks = []  # a stack of lists of what is set where a loop is left by break

    def block(self, body, known):
        """What is set after a block; None when its end is never reached."""
        for statement in body:
            if known is None:
                return None
            known = self.statement(statement, known)
        return known

    def statement(self, node, known):
        if isinstance(node, ast.If):
            self.read(node.test, known)
            return _both(self.block(node.body, set(known)), self.block(node.orelse, set(known)))
        if isinstance(node, (ast.For, ast.While)):
            return self.loop(node, known)
        if isinstance(node, (ast.Return, ast.Raise)):
            self.read(node, known)
            return None
        if isinstance(node, ast.Break):
            self.breaks[-1].append(known)
            return None
        if isinstance(node, ast.Continue):
            return None
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            self.check(node.target, known)
        self.read(node, known)
        return known | _stores(node)

    def loop(self, node, known):
        forever = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
        self.read(node.iter if isinstance(node, ast.For) else node.test, known)
        inside = set(known) | (_stores(node.target) if isinstance(node, ast.For) else set())
        self.breaks.append([])
        self.block(node.body, inside)
        left = self.breaks.pop()
        after = None if forever else self.block(node.orelse, set(known))
        for way in left:
            after = _both(after, way)
        return after

    def read(self, node, known):
        known = known | {n.id for n in ast.walk(node) if isinstance(n, ast.comprehension) for n in _names(n.target)}
        for child in _in_order(node):
            if isinstance(child, ast.NamedExpr):
                known = known | {child.target.id}
            elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load):
                self.check(child, known)

    def check(self, name, known):
        if self.found is None and name.id in self.names and name.id not in known:
            self.found = name


def _in_order(node):
    """Nodes of an expression, each after its children, so that a walrus counts from where it stands."""
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)
    yield node


def _names(node):
    return [n for n in ast.walk(node) if isinstance(n, ast.Name)]


def _stores(node):
    return {n.id for n in _names(node) if isinstance(n.ctx, ast.Store)}


def _both(a, b):
    if a is None or b is None:
        return b if a is None else a
    return a & b
