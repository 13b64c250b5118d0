"""S3, S4: what a strategy reads is as of now."""

import math

import numpy as np
import pytest

from backtestr_lab.errors import StrategyError
from backtestr_lab.indicators import value_at

VALUES = np.array([10.0, 11.0, 12.0, 13.0])


def test_S03_the_latest_closed_value_is_minus_one():
    assert [value_at(VALUES, 3, i) for i in (-1, -2, -3)] == [12.0, 11.0, 10.0]


def test_S04_values_of_bars_that_are_not_closed_are_out_of_reach():
    assert [value_at(VALUES, closed, -1) for closed in (1, 2, 3)] == [10.0, 11.0, 12.0]


@pytest.mark.parametrize(("closed", "index"), [(0, -1), (2, -3), (3, -1000)])
def test_S08_before_the_first_bar_there_is_nan(closed, index):
    assert math.isnan(value_at(VALUES, closed, index))


@pytest.mark.parametrize("index", [0, 1])
def test_S04_an_index_that_does_not_count_back_is_refused(index):
    with pytest.raises(StrategyError, match=rf"no value \[{index}\]; count back from the latest closed bar"):
        value_at(VALUES, 2, index)
