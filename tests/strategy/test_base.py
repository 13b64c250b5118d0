"""The class: parameters, their overrides, what may be called what (S1)."""

import numpy as np
import pytest

from backtestr_lab import Strategy, StrategyError
from backtestr_lab.engine.layout import CALLBACKS
from backtestr_lab.strategy.base import CALLBACKS as OURS
from backtestr_lab.strategy.base import METHODS, PROPERTIES, parameters, with_overrides


class Parent(Strategy):
    fast = 10
    ratio = 0.5
    _hidden = 3

    def on_bar(self, bar):
        pass


class Child(Parent):
    fast, deep, mode, on = 12, 3, "a", True
    timeframe = "5m"


def test_the_callbacks_are_the_engines_in_its_order():
    assert tuple(OURS) == CALLBACKS


def test_S01_class_attributes_are_parameters_and_a_child_overrides_them():
    assert parameters(Child) == {"fast": 12, "ratio": 0.5, "deep": 3, "mode": "a", "on": True}


def test_S01_settings_and_hidden_names_are_no_parameters():
    assert not {"timeframe", "_hidden"} & set(parameters(Child))


def test_overrides_take_numbers_of_numpy_and_ints_for_floats():
    values = with_overrides(Child, {"fast": np.int64(7), "ratio": 2})

    assert values["fast"] == 7 and type(values["fast"]) is int
    assert values["ratio"] == 2.0 and type(values["ratio"]) is float


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"fast": "x"}, r"^fast is an int \(12\) in Child; got 'x'$"),
        ({"fast": True}, r"^fast is an int \(12\) in Child; got True$"),
        ({"fast": 1.5}, r"^fast is an int \(12\) in Child; got 1.5$"),
        ({"on": 1}, r"^on is a bool \(True\) in Child; got 1$"),
        ({"mode": 1}, r"^mode is a str \('a'\) in Child; got 1$"),
        ({"fats": 1}, r"^Child has no parameter 'fats'; did you mean 'fast'\?; there are fast, ratio, deep, mode, on$"),
        ({"fast": 2**63}, r"whole numbers end at 2\^63"),
    ],
)
def test_an_override_of_another_type_or_name_is_refused(given, message):
    with pytest.raises(StrategyError, match=message):
        with_overrides(Child, given)


@pytest.mark.parametrize("name", METHODS)
def test_outside_a_run_the_requests_say_where_they_exist(name):
    given = {"submit": ({},), "modify": (1,), "order": (1,), "position_of": ("EURUSD",)}
    arguments = (given | {"bars": ("1h", 1), "forming": ("1h",)}).get(name, ())

    with pytest.raises(StrategyError, match=f"self.{name} exists only in callbacks"):
        getattr(Strategy(), name)(*arguments)


@pytest.mark.parametrize("name", PROPERTIES)
def test_outside_a_run_the_views_say_where_they_exist(name):
    with pytest.raises(StrategyError, match=f"self.{name} exists only in callbacks"):
        getattr(Strategy(), name)
