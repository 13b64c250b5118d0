"""Names that may have no value where they are read."""

import ast
import textwrap

import pytest

from backtestr_lab.strategy.flow import maybe_unset


def unset(body):
    tree = ast.parse("def f(a):\n" + textwrap.indent(textwrap.dedent(body), "    ")).body[0]
    found = maybe_unset(tree, ["a"])
    return found and (found.id, found.lineno)


@pytest.mark.parametrize(
    "body",
    [
        "b = 1\nreturn b",
        "if a:\n    b = 1\nelse:\n    b = 2\nreturn b",
        "if a:\n    return 0\nelse:\n    b = 1\nreturn b",
        "if not a:\n    raise ValueError\nb = 1\nreturn b",
        "for i in a:\n    b = i\n    c = b",
        "while True:\n    b = a\n    if b:\n        break\nreturn b",
        "b, (c, d) = a\nreturn b + c + d",
        "return [x + y for x in a for y in x]",
        "b = 0\nfor i in a:\n    b += i\nreturn b",
    ],
)
def test_a_name_that_always_has_a_value_passes(body):
    assert unset(body) is None


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("if a:\n    b = 1\nreturn b", ("b", 4)),
        ("for i in a:\n    b = i\nreturn b", ("b", 4)),
        ("while a:\n    b = 1\nreturn b", ("b", 4)),
        ("b += 1", ("b", 2)),
        ("c = b\nb = 1", ("b", 2)),
        ("while True:\n    if a:\n        break\n    b = 1\nreturn b", ("b", 6)),
        ("for i in a:\n    if i:\n        continue\n    b = 1\n    c = b\nreturn c", ("c", 7)),
        ("for i in a:\n    pass\nreturn i", ("i", 4)),
    ],
)
def test_a_name_that_may_be_unset_is_found_where_it_is_read(body, where):
    assert unset(body) == where
