"""The compiler's complaints as one line of the user's words, with the line of the cell (S5)."""

import ast
import os
import re

from ..errors import StrategyError, did_you_mean
from .meaning import FIELDS
from .runtime import refusals

__all__ = ["complaint"]

_READONLY = "what a strategy is shown cannot be changed; take a copy: x.copy()"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PLACE = re.compile(r'File "([^"\n]+)", line (\d+)')
_OPERATORS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
    "and_": "&",
    "or_": "|",
    "xor": "^",
    "neg": "-",
    "pos": "+",
    "getitem": "[...]",
    "setitem": "[...] =",
    "contains": "in",
}
_TYPES = (
    (r"^(?:Literal\[int\]\(.*\)|u?int\d+)$", "an int"),
    (r"^float\d+$", "a float"),
    (r"^(?:Literal\[bool\]\(.*\)|bool|boolean)$", "a bool"),
    (r"^(?:Literal\[str\]\(.*\)|unicode_type)$", "a str"),
    (r"^none$", "None"),
    (r"(?:readonly |unaligned )*array\(Record.*", "an array of records"),
    (r"(?:readonly |unaligned )*array\((\w+), .*", r"an array of \1"),
    (r"^Record\(.*", "a record"),
    (r"^OptionalType\((\w+)\).*", r"\1 or None"),
    (r"^(Bar|Bars|Tick|Fill|OrderEvent|Distance|Quantity|Position)\b.*", r"a \1"),
    (r"^(?:UniTuple|Tuple|tuple)\b.*", "a tuple"),
    (r"^(?:reflected )?list\b.*", "a list"),
    (r"^LiteralList\b.*", "a list of several types"),
)


def complaint(error, lowered):
    """A StrategyError for an error of the compiler.

    Parameters
    ----------
    error : NumbaError
    lowered : Lowered
        The callback that was compiled; what it calls may be where the error is.
    """
    text = _COLOUR.sub("", str(error))
    line, inside = _where(error, text, lowered)
    refused = [r for r in refusals if r in text]
    return StrategyError(inside + (refused[-1] if refused else _in_words(text)), line)


def _where(error, text, lowered):
    """(line of the strategy's file, "in f, line 3 of its cell: " for functions from elsewhere)."""
    functions = {}  # (file, first line, last line) -> name

    def collect(one):
        functions[one.filename, one.tree.lineno, max(n.lineno for n in _numbered(one.tree))] = one
        for other in one.calls.values():
            collect(other)

    collect(lowered)
    names = {os.path.abspath(file): file for file, _, _ in functions}  # the compiler shortens the paths of files
    places = [(names.get(os.path.abspath(file), file), int(line)) for file, line in _PLACE.findall(text)]
    loc = getattr(error, "loc", None)
    if loc is not None and loc.filename:
        places.append((loc.filename, int(loc.line or 0)))
    for file, line in places:
        for (name, first, last), one in functions.items():
            if file == name and first <= line <= last:
                if one.role != "captured":
                    return line, ""
                outer = [
                    n
                    for f, n in places
                    for (g, a, b), o in functions.items()
                    if f == g and a <= n <= b and o.role != "captured"
                ]
                return (outer[0] if outer else lowered.tree.lineno), f"in {one.name}, line {line} of its cell: "
    return lowered.tree.lineno, ""


def _numbered(tree):
    return [n for n in ast.walk(tree) if hasattr(n, "lineno")]


def _in_words(text):
    for pattern, words in _PATTERNS:
        match = re.search(pattern, text, re.DOTALL)
        if match:
            return words(match)
    line = next((l.strip() for l in reversed(text.splitlines()) if _telling(l)), "the compiler gives no reason")
    return f"this does not compile: {line}; --python runs it as it is"


def _telling(line):
    line = line.strip()
    noise = (
        "File ",
        "During",
        "Failed in",
        "<source",
        "def ",
        "This ",
        "Enable",
        "[1]",
        "[2]",
        "^",
        "-",
        "http",
        "For ",
    )
    return bool(line) and not line.startswith(noise) and not line.endswith("^")


def _type(text):
    text = text.strip()
    for pattern, words in _TYPES:
        match = re.match(pattern, text)
        if match:
            return match.expand(words)
    return text.split("(")[0]


def _split(signature):
    """The top-level parts of ``float64, array(int64, 1d, C)``."""
    parts, depth, part = [], 0, ""
    for letter in signature:
        depth += (letter in "([{<") - (letter in ")]}>")
        if letter == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += letter
    return [p.strip() for p in [*parts, part] if p.strip()]


def _signature(match):
    name, arguments = match[1], [_type(a) for a in _split(match[2])]
    sign = _OPERATORS.get(name.removeprefix("i")) or _OPERATORS.get(name)
    if sign == "[...] =" and match[2].startswith("readonly"):
        return _READONLY
    if sign in ("[...]", "[...] ="):
        what = "be indexed with" if sign == "[...]" else "be set at"
        return f"{arguments[0]} cannot {what} {arguments[1] if len(arguments) > 1 else 'that'}"
    if sign == "in":
        return f"'in' cannot look for {arguments[1]} in {arguments[0]}"
    if sign and len(arguments) == 1:
        return f"{sign} cannot be used on {arguments[0]}"
    if sign:
        none = "; test for None first" if any("None" in a for a in arguments) else ""
        return f"{sign} cannot be used between {arguments[0]} and {arguments[1]}{none}"
    shown = name.removeprefix("_lab_obj_")
    return f"{shown} cannot be called with {', '.join(arguments) or 'no arguments'} in compiled code"


def _unify(match):
    name = match[3] or "a value"
    if name.startswith(("$", "_lab")):
        name = "a value"
    a, b = _type(match[1]), _type(match[2])
    return f"{name.split('.')[0]} is {a} on one way and {b} on another; give it one type"


def _attribute(match):
    name, kind = match[1], match[2]
    shown = _type(kind)
    fields = {
        "a Bar": FIELDS["bar"],
        "a Bars": FIELDS["bars"],
        "a Tick": FIELDS["tick"],
        "a Fill": FIELDS["fill"],
        "a OrderEvent": FIELDS["event"],
        "a Position": FIELDS["position"],
    }.get(shown, ())
    if shown == "a record":
        fields = re.findall(r"(\w+)\[type=", kind)
    return f"{shown} has no {name!r}{did_you_mean(name, fields)}"


_PATTERNS = (
    (
        r"Untyped global name '_lab_obj_(\w+)'",
        lambda m: (
            f"{m[1].replace('__', '.')} is not available in compiled code; calculate it in an indicator, or run "
            "with --python"
        ),
    ),
    (r"Unknown attribute '(\w+)' of type (.+?)(?:\n|$)", _attribute),
    (r"Cannot unify (.+?) and (.+?) for '([^']*)'", _unify),
    (
        r"Can't unify return type from the following types: (.+?)\n",
        lambda m: f"it returns different types: {', '.join(_type(t) for t in _split(m[1]))}",
    ),
    (
        r"No implementation of function Function\(<(?:built-in function|ufunc|function|intrinsic|class) '?([\w.]+)'?"
        r"[^)]*?\)?>?\) found for signature:\s*>>> \w+\((.*?)\)\s*\n",
        _signature,
    ),
    (r"missing a required argument: '(\w+)'", lambda m: f"an argument is missing: {m[1]}"),
    (r"too many positional arguments", lambda m: "a function is called with too many arguments"),
    (r"got an unexpected keyword argument '(\w+)'", lambda m: f"a function has no argument {m[1]!r}"),
    (r"Cannot cast (.+?) to (.+?):", lambda m: f"{_type(m[1])} stands where {_type(m[2])} is needed"),
    (
        r"non-precise type|cannot determine Numba type|Undecided type",
        lambda m: "the type of a value cannot be found; give it a number first",
    ),
    (
        r"Cannot modify readonly array|Cannot store to readonly|readonly",
        lambda m: _READONLY,
    ),
)
