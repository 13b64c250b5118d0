"""From the text of a cell to the strategy it defines."""

import textwrap

import numpy as np
import pytest

import backtestr_lab as lab
from backtestr_lab.magic.cell import BROUGHT, define

STRATEGY = "class Flat(Strategy):\n    def on_bar(self, bar): pass\n"


def defined(text, namespace=None):
    namespace = {} if namespace is None else namespace
    return define(textwrap.dedent(text), "<cell>", namespace), namespace


def test_the_names_a_cell_needs_are_there_and_stay():
    (strategy, scope), namespace = defined(STRATEGY)

    assert issubclass(strategy, lab.Strategy)
    assert scope is namespace
    assert all(name in namespace for name in BROUGHT)
    assert namespace["np"] is np
    assert namespace["Flat"] is strategy


def test_what_else_a_cell_defines_stays():
    _, namespace = defined(f"LIMIT = 70\ndef double(x):\n    return 2 * x\n{STRATEGY}")

    assert namespace["LIMIT"] == 70
    assert namespace["double"](4) == 8


def test_a_name_of_the_notebook_is_ours_in_the_cell_and_the_notebooks_after_it():
    levels = [1.1, 1.2]
    (_, scope), namespace = defined(f"away = points(3)\n{STRATEGY}", {"points": levels, "keep": 1})

    assert namespace["points"] is levels
    assert scope["points"] is lab.points
    assert namespace["away"] == lab.points(3)
    assert "Flat" in namespace


def test_an_everyday_name_of_the_notebook_stays_what_it_is_where_the_cell_does_not_call_it():
    (_, scope), namespace = defined(f"half = risk / 2\n{STRATEGY}", {"risk": 0.01})

    assert scope is namespace
    assert (namespace["risk"], namespace["half"]) == (0.01, 0.005)


def test_a_function_of_the_notebook_is_called_and_not_ours():
    (_, scope), namespace = defined(f"many = share(2)\n{STRATEGY}", {"share": lambda x: 10 * x})

    assert scope is namespace
    assert namespace["many"] == 20


def test_an_everyday_name_is_ours_where_the_cell_calls_it_and_the_notebook_has_a_number_there():
    (_, scope), namespace = defined(f"careful = risk(1)\n{STRATEGY}", {"risk": 0.01})

    assert scope["risk"] is lab.risk
    assert (namespace["risk"], namespace["careful"]) == (0.01, lab.risk(1))


def test_a_name_the_cell_gives_itself_is_the_cells():
    (_, scope), namespace = defined(f"points = 5\nfive = points\n{STRATEGY}", {"points": 3})

    assert scope is namespace
    assert (namespace["points"], namespace["five"]) == (5, 5)


def test_a_name_of_the_notebook_that_the_cell_does_not_use_is_left_alone():
    (_, scope), namespace = defined(STRATEGY, {"points": 3})

    assert scope is namespace
    assert namespace["points"] == 3


def test_a_strategy_behind_a_condition_is_found():
    (strategy, _), _ = defined("if True:\n    class Deep(Strategy):\n        def on_bar(self, bar): pass\n")

    assert strategy.__name__ == "Deep"


def test_classes_that_are_no_strategies_do_not_count():
    (strategy, _), _ = defined(f"class Helper:\n    pass\n{STRATEGY}")

    assert strategy.__name__ == "Flat"


def test_a_strategy_made_of_one_of_another_cell_is_the_only_one():
    _, namespace = defined(STRATEGY)
    (strategy, _), _ = defined("class More(Flat):\n    pass\n", namespace)

    assert strategy.__name__ == "More"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", r"^there is no strategy here; define one: class Trend\(Strategy\):"),
        ("class Trend:\n    pass\n", r"^line 1: Trend is no strategy; write class Trend\(Strategy\):$"),
        (
            f"{STRATEGY}class Other(Strategy):\n    pass\n",
            r"^line 3: Flat and Other are 2 strategies in one cell; leave",
        ),
        (
            "\n".join(f"class {name}(Strategy): pass" for name in "ABC"),
            r"^line 3: A, B and C are 3 strategies in one cell",
        ),
        ("x = 1\ny = 1 / 0\n", r"^line 2: ZeroDivisionError: division by zero$"),
        ("def f():\n    return missing\n\nf()\n", r"^line 2: NameError: name 'missing' is not defined$"),
        ("class Trend(Strategy)\n    pass\n", r"^line 1: expected ':', in 'class Trend\(Strategy\)'$"),
        ("x = 1\n  y = 2\n", r"^line 2: unexpected indent, in 'y = 2'$"),
        ("x = (1,\n", r"^line 1: '\(' was never closed, in 'x = \(1,'$"),
        ("x = 1\0\n", r"null bytes"),
    ],
)
def test_a_cell_that_cannot_be_run_says_where_and_why(text, message):
    with pytest.raises(lab.StrategyError, match=message):
        defined(text)


def test_what_ran_before_a_mistake_stays():
    namespace = {}
    with pytest.raises(lab.StrategyError, match="line 2"):
        defined("x = 1\ny = 1 / 0\n", namespace)

    assert namespace["x"] == 1


def test_an_error_of_ours_is_not_wrapped():
    with pytest.raises(lab.OptionError, match="timeframe '7m' does not fit the grid"):
        defined("lab.Timeframe.parse('7m')\n")


def test_the_text_is_compiled_as_the_notebook_is():
    import __future__

    text = f"def f(x: missing): pass\n{STRATEGY}"
    with pytest.raises(lab.StrategyError, match="missing"):
        define(text, "<cell>", {})

    define(text, "<cell>", {}, flags=__future__.annotations.compiler_flag)
