"""Statements of a callback, and the plain function it becomes: ``f(c, ...)`` over the run's memory (S2).

Before a statement that can raise, its line is noted, and at the start of every round of a loop the interrupt flag is
read (S6). Scalars of the strategy live in slots, arrays are views of the flat buffers; both are fetched once, on top.
"""

import ast

from .base import CALLBACKS
from .expressions import Expressions
from .flow import maybe_unset
from .guard import refusal_of_node
from .meaning import ELEMENTS
from .model import TYPED
from .program import Lowered
from .source import definition, text_of

__all__ = ["FunctionLowering"]

# How a callback gets its argument.
_ARGUMENTS = {
    "on_bar": "_lab_closed_bar(_lab_c, _lab_c.state[0]['frame'])",
    "on_tick": "_lab_current_tick(_lab_c)",
    "on_time": "_lab_now(_lab_c)",
    "on_fill": "_lab_current_fill(_lab_c)",
    "on_order": "_lab_current_event(_lab_c)",
}
_KINDS = {"on_bar": "bar", "on_tick": "tick", "on_fill": "fill", "on_order": "event"}
# Arithmetic too: it divides, or meets a None.
_MAY_RAISE = (ast.Call, ast.Subscript, ast.Raise, ast.Assert, ast.BinOp, ast.AugAssign, ast.Compare)


class FunctionLowering(Expressions):
    """One function of the user's, lowered.

    Parameters
    ----------
    program : Program
    function : function
    role : {"callback", "helper", "captured"}
        A captured function of the notebook has no self and notes no lines: they would be another cell's.
    """

    def __init__(self, program, function, role):
        self.program, self.model = program, program.model
        self.function, self.role = function, role
        self.tree = definition(function)
        self.out = Lowered(self.tree.name, text_of(function)[1], role, None)
        self.uses = set()
        self.arrays = {}
        self.temporaries = 0
        arguments = self.tree.args
        self.arguments = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        self.self_name = None if role == "captured" else self.arguments[0]
        stored = {n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        self.locals = (stored | set(self.arguments)) - {self.self_name}
        self.kinds = {}

    def lower(self):
        """The plain function.

        Raises
        ------
        StrategyError
            With the line of what cannot be compiled and what to do instead.
        """
        node = self.tree
        self.check_signature(node)
        self.refuse_everywhere(node)
        self.kinds = self.kinds_of_locals(node)
        unset = maybe_unset(node, self.arguments)
        if unset is not None:
            self.fail(unset, f"{unset.id} may have no value here; give it one before the if or the loop")
        body = self.block(node.body)
        args = self.lowered_arguments(node)
        top = [*self.fetch(), *self.fetch_argument(body)]
        made = ast.FunctionDef(node.name, args, top + body or [ast.Pass()], [], None, None)
        made.type_params = []
        for statement in top:
            ast.copy_location(statement, node)
            for child in ast.walk(statement):
                if "lineno" in child._attributes:
                    ast.copy_location(child, node)
        self.out.tree = ast.fix_missing_locations(ast.copy_location(made, node))
        return self.out

    def check_signature(self, node):
        """Refuse *args, decorators and defaults that are not constants."""
        args = node.args
        if args.vararg or args.kwarg:
            self.fail(node, f"{node.name} takes * arguments; write them one by one")
        if node.decorator_list and self.role != "captured":
            self.fail(node, f"{node.name} has a decorator; compiled callbacks and helpers have none")
        for default in (*args.defaults, *(d for d in args.kw_defaults if d)):
            try:
                ast.literal_eval(default)
            except ValueError:
                self.fail(default, f"a default of {node.name} is not a constant; pass it in the call")

    def refuse_everywhere(self, node):
        """Refuse what no part of a function may hold, in the order of lines."""
        found = [n for s in node.body for n in ast.walk(s) if refusal_of_node(n)]
        found = [n for n in found if not isinstance(n, (ast.Dict, ast.Starred))]  # these depend on where they stand
        if found:
            first = min(found, key=lambda n: (n.lineno, n.col_offset))
            self.fail(first, refusal_of_node(first))

    def lowered_arguments(self, node):
        """``(_lab_c, ...)``; a callback has nothing else."""
        args = node.args
        plain = [ast.arg(a.arg) for a in (*args.posonlyargs, *args.args)]
        if self.self_name is not None:
            plain = plain[1:]
        if self.role == "callback":
            return ast.arguments([], [ast.arg("_lab_c")], None, [], [], None, [])
        only = [ast.arg(a.arg) for a in args.kwonlyargs]
        return ast.arguments([], [ast.arg("_lab_c"), *plain], None, only, args.kw_defaults, None, args.defaults)

    def fetch(self):
        """Slots, arrays, flag and state, each once."""
        lines = []
        for letter, field in (("I", "ints"), ("F", "floats"), ("flag", "flag")):
            if letter in self.uses:
                lines.append(f"_lab_{letter} = _lab_c.{field}")
        if "S" in self.uses:
            lines.append("_lab_S = _lab_c.state[0]")
        for name, array in self.arrays.items():
            flat = "_lab_c.farr" if array.dtype.kind == "f" else "_lab_c.iarr"
            self.name(f"_lab_offset_{name}")
            offset = f"_lab_offset_{name}"
            if array.dtype.kind == "b":
                words = -(-array.size // 8)
                part = f"{flat}[{offset}:{offset} + {words}].view(_lab_bool)[:{array.size}]"
                self.name("_lab_bool", bool_dtype())
            else:
                part = f"{flat}[{offset}:{offset} + {array.size}]"
            shape = f".reshape({array.shape})" if array.ndim > 1 else ""
            lines.append(f"_lab_a_{name} = {part}{shape}")
        return [ast.parse(line).body[0] for line in lines]

    def fetch_argument(self, body):
        """The callback's argument, when it is used."""
        name = self.tree.name
        if self.role != "callback" or not CALLBACKS[name]:
            return []
        argument = self.arguments[1]
        if not any(isinstance(n, ast.Name) and n.id == argument for s in body for n in ast.walk(s)):
            return []
        made = ast.parse(f"{argument} = {_ARGUMENTS[name]}").body[0]
        self.name(_ARGUMENTS[name].partition("(")[0])
        return [made]

    def kinds_of_locals(self, node):
        """Local name -> what it is, where every assignment says the same."""
        kinds = {}
        if self.role == "callback" and self.out.name in _KINDS:
            kinds[self.arguments[1]] = _KINDS[self.out.name]
        for _ in range(2):  # an alias of an alias
            found = {n: {k} for n, k in kinds.items() if n in self.arguments}
            self.kinds = kinds
            for child in ast.walk(node):
                if isinstance(child, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
                    targets = child.targets if isinstance(child, ast.Assign) else [child.target]
                    kind = self.kind(child.value) if child.value is not None else None
                elif isinstance(child, (ast.For, ast.comprehension)):
                    targets = [child.target]
                    over = self.kind(child.iter)
                    kind = ELEMENTS.get(over) if isinstance(over, str) else None
                elif isinstance(child, ast.AugAssign):
                    targets, kind = [child.target], None
                else:
                    continue
                for target in targets:
                    for name in (n for n in ast.walk(target) if isinstance(n, ast.Name)):
                        found.setdefault(name.id, set()).add(kind if name is target else None)
            kinds = {n: next(iter(k)) for n, k in found.items() if len(k) == 1 and None not in k}
        return kinds

    def block(self, body):
        """Statements, each after a note of its line if it can raise."""
        lowered = []
        for statement in body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue  # a docstring, or a lone ...
            made = self.visit(statement)
            made = made if isinstance(made, list) else [made]
            head = self.head(statement, made)
            if self.role != "captured" and any(map(_can_raise, head)):
                lowered.append(self.note(statement))
            lowered += made
        return lowered

    def head(self, statement, made):
        """What runs before the statement's own blocks."""
        if isinstance(statement, ast.If):
            return [made[0].test]
        if isinstance(statement, ast.While):
            return [statement]
        if isinstance(statement, ast.For):
            return [statement]
        return made

    def note(self, node):
        """``state.line = n``."""
        self.uses.add("S")
        target = ast.Subscript(ast.Name("_lab_S", ast.Load()), ast.Constant("line"), ast.Store())
        return ast.copy_location(ast.Assign([target], ast.Constant(node.lineno)), node)

    def visit_Assign(self, node):
        if len(node.targets) == 1 and not isinstance(node.targets[0], (ast.Tuple, ast.List)):
            return self.assign(node.targets[0], self.visit(node.value), node)
        if not any(self.own(n) for t in node.targets for n in ast.walk(t)):
            return ast.Assign([self.visit(t) for t in node.targets], self.visit(node.value))
        # Several targets, some of them state: through a temporary each, so that every one is checked.
        kept = self.temporary()
        made = [ast.Assign([ast.Name(kept, ast.Store())], self.visit(node.value))]
        for target in node.targets:
            if not isinstance(target, (ast.Tuple, ast.List)):
                made.append(self.assign(target, ast.Name(kept, ast.Load()), node))
                continue
            names = [self.temporary() for _ in target.elts]
            spread = ast.Tuple([ast.Name(n, ast.Store()) for n in names], ast.Store())
            made.append(ast.Assign([spread], ast.Name(kept, ast.Load())))
            made += [self.assign(t, ast.Name(n, ast.Load()), node) for t, n in zip(target.elts, names)]
        return [ast.copy_location(m, node) for m in made]

    def temporary(self):
        """A name of ours."""
        self.temporaries += 1
        return f"_lab_t{self.temporaries}"

    def visit_AnnAssign(self, node):
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return self.assign(node.target, self.visit(node.value), node)

    def visit_AugAssign(self, node):
        name = self.own(node.target)
        value = self.model.values.get(name) if name else None
        if name and value is None:
            self.unknown(node.target, name)
        if value is not None and value.kind == "array":
            target = ast.Name(self.load(value, name).id, ast.Store())
            if isinstance(node.op, (ast.Pow, ast.MatMult)):
                self.fail(node, f"self.{name} **= ... is not compiled; write self.{name}[:] = self.{name} ** ...")
            return ast.AugAssign(target, node.op, self.visit(node.value))
        if name or isinstance(node.op, (ast.Pow, ast.MatMult)):
            load = _as_load(node.target)
            made = ast.copy_location(ast.BinOp(load, node.op, node.value), node)
            return self.assign(node.target, self.visit(made), node)
        return ast.AugAssign(self.visit(node.target), node.op, self.visit(node.value))

    def assign(self, target, value, node):
        """One target gets a lowered value."""
        name = self.own(target)
        if name is None:
            return ast.copy_location(ast.Assign([self.visit(target)], value), node)
        held = self.model.values.get(name)
        if held is None:
            from .base import METHODS, PROPERTIES

            if name in METHODS or name in PROPERTIES or name in self.model.methods:
                self.fail(target, f"self.{name} cannot be set; take another name")
            self.unknown(target, name)
        if held.kind in ("indicator", "str", *TYPED):
            what = {"indicator": "an indicator", "str": "a text"}.get(held.kind, f"a {held.kind}")
            self.fail(target, f"self.{name} is {what}; it does not change in a run")
        self.program.assigned.add(name)
        where = f" since init (line {held.line})" if held.line else ""
        if held.kind == "array":
            return self.set_array(target, name, held, value, where, node)
        article = {"int": "an int", "float": "a float", "bool": "a bool"}[held.kind]
        way = {
            "int": "write 0.0 there to make it a float" if held.line else "make it a float",
            "float": "give it a number",
            "bool": "give it True or False",
        }[held.kind]
        if held.kind == "int" and name in self.model.params:
            way = f"write {float(held.value)!r} there to make it a float"
        guarded = self.guarded(held.kind, value, f"self.{name} is {article}{where} and cannot become {{got}}; {way}")
        if held.kind == "bool":
            guarded = ast.IfExp(guarded, ast.Constant(1), ast.Constant(0))
        slot = self.slot(held.kind, name)
        slot.ctx = ast.Store()
        return ast.copy_location(ast.Assign([slot], guarded), node)

    def set_array(self, target, name, held, value, where, node):
        """``self.x = array``: copied into the strategy's own, which keeps its shape."""
        array = held.value
        text = f"self.{name} is an array of {array.dtype}{where}, shape {array.shape}, and cannot become {{got}}"
        kind = {"f": "float64", "i": "int64", "b": "bool"}[array.dtype.kind]
        symbol = self.name(f"_lab_fits_{name}", ("array", kind, array.ndim, text))
        mine = self.load(held, name)
        setter = self.name("_lab_set_array")
        return ast.copy_location(ast.Expr(ast.Call(setter, [mine, ast.Call(symbol, [value], [])], [])), node)

    def visit_If(self, node):
        test = self.test(node.test)
        return ast.If(test, self.block(node.body) or [ast.Pass()], self.block(node.orelse))

    def visit_While(self, node):
        return ast.While(self.test(node.test), [self.check(node), *self.block(node.body)], self.block(node.orelse))

    def visit_For(self, node):
        over = self.argument(node.iter)
        for child in ast.walk(node.target):
            if isinstance(child, ast.Attribute):
                self.fail(node, "a loop counts with a name of its own; set self.x inside it")
        body = [self.check(node), *self.block(node.body)]
        return ast.For(node.target, over, body, self.block(node.orelse), None)

    def check(self, node):
        """Leave the loop when the run is to stop (S6)."""
        self.uses.add("flag")
        self.name("_lab_load")
        self.name("_lab_Interrupted")
        made = ast.parse("if _lab_load(_lab_flag): raise _lab_Interrupted").body[0]
        for child in ast.walk(made):
            if "lineno" in child._attributes:
                ast.copy_location(child, node)
        return made

    def visit_ListComp(self, node):
        made = []
        for part in node.generators:
            ifs = [self.test(i) for i in part.ifs]
            made.append(ast.comprehension(part.target, self.argument(part.iter), ifs, 0))
        return ast.ListComp(self.visit(node.elt), made)

    def visit_Return(self, node):
        if self.role == "callback" and node.value is not None:
            # A callback gives nothing back, but what it returns may be a request.
            return [ast.Expr(self.visit(node.value)), ast.copy_location(ast.Return(None), node)]
        return ast.Return(self.visit(node.value) if node.value else None)

    def visit_Expr(self, node):
        return ast.Expr(self.visit(node.value))

    def visit_Assert(self, node):
        if node.msg is not None and self.text(node.msg) is None:
            self.fail(node, "the text of an assert is written in place in compiled code")
        return ast.Assert(self.test(node.test), node.msg)

    def visit_Raise(self, node):
        if node.cause is not None or node.exc is None:
            self.fail(node, "raise needs one exception in compiled code, like raise ValueError('...')")
        return ast.Raise(self.visit(node.exc), None)

    def visit(self, node):
        """Lower a node and give what was made its line."""
        made = super().visit(node)
        if isinstance(made, ast.AST) and "lineno" in made._attributes and not hasattr(made, "lineno"):
            ast.copy_location(made, node)
        return made


def bool_dtype():
    """numpy's bool, as compiled code names it."""
    import numpy as np

    return np.bool_


def _as_load(target):
    made = ast.parse(ast.unparse(target), mode="eval").body
    for child in ast.walk(made):
        if "lineno" in child._attributes:
            ast.copy_location(child, target)
    return made


def _can_raise(node):
    if isinstance(node, (ast.For, ast.While)):
        return True
    return any(isinstance(child, _MAY_RAISE) and not _is_slot(child) for child in ast.walk(node))


def _is_slot(node):
    """Whether a subscript or call is one of ours that cannot fail."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id.startswith("_lab_guard_")
    return (
        isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in ("_lab_I", "_lab_F")
    )
