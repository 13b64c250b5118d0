"""Names that code gives a value itself, scope by scope, and what its imports stand for."""

import ast

from .allowed import NAMES

__all__ = ["OWN", "arguments_of", "bindings_of", "defaults_of"]

OWN = object()  # what a name stands for that the code gives a value


def defaults_of(arguments):
    """The expressions of a function's arguments that are evaluated where it is defined."""
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    noted = [a.annotation for a in every if a is not None]
    return [part for part in (*arguments.defaults, *arguments.kw_defaults, *noted) if part is not None]


def arguments_of(arguments):
    """Names of a function's arguments, all of them its own."""
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {a.arg: OWN for a in every if a is not None}


def bindings_of(body):
    """Names that statements give a value in their own scope: name -> dotted name of an import, else OWN."""
    names, imports = {}, {}
    elsewhere = set()  # `global x`: the module's
    todo = list(body)
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names[node.name] = OWN
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports |= _imported_names(node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = OWN
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            names[node.name] = OWN
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            elsewhere |= set(node.names)
        elif isinstance(node, ast.Lambda):
            continue
        todo += ast.iter_child_nodes(node)
    return {n: v for n, v in (names | imports).items() if n not in elsewhere}


def _imported_names(node):
    if isinstance(node, ast.Import):
        return {
            a.asname or a.name.partition(".")[0]: a.name if a.asname else a.name.partition(".")[0] for a in node.names
        }
    home = node.module or ""
    if node.level:
        return {a.asname or a.name: OWN for a in node.names}
    names = {a.asname or a.name: f"{home}.{a.name}" for a in node.names if a.name != "*"}
    if len(names) < len(node.names):  # from numpy import *
        names |= {n.removeprefix(f"{home}."): n for n in NAMES if n.startswith(f"{home}.")}
    return names
