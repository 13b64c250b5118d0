"""Arithmetic that is the same compiled and in Python (S2)."""

import math

import numpy as np
import pytest
from numba import njit

from backtestr_lab.strategy import house, reduce

VALUES = np.random.default_rng(1).normal(size=53)
HOLED = np.where(VALUES > 1.0, np.nan, VALUES)
TWO = ("dot", "inner", "vdot")


@pytest.mark.parametrize(
    "name", [n for n in house._NUMPY if n not in (*TWO, "quantile", "percentile", "power", "float_power")]
)
def test_S02_each_reduction_agrees_with_numpys_to_rounding(name):
    data = HOLED if name.startswith("nan") else VALUES

    np.testing.assert_allclose(house._NUMPY[name](data), getattr(np, name)(data), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("name", ["sum", "mean", "max", "argmin", "ptp", "median", "std"])
def test_reductions_take_whole_numbers_and_two_dimensions(name):
    data = np.arange(12).reshape(3, 4) % 5

    np.testing.assert_allclose(house._NUMPY[name](data), getattr(np, name)(data))


def test_S02_sums_are_sequential_not_pairwise():
    data = np.random.default_rng(3).normal(size=1000)
    one_by_one = 0.0
    for value in data:
        one_by_one += value

    assert reduce.total(data) == one_by_one
    assert reduce.mean(data) == one_by_one / 1000


@pytest.mark.parametrize("q", [0.0, 0.3, 0.5, 1.0])
def test_quantiles_agree_with_numpys(q):
    assert reduce.quantile(VALUES, q) == pytest.approx(np.quantile(VALUES, q), rel=1e-14)
    assert reduce.percentile(VALUES, 100 * q) == pytest.approx(np.percentile(VALUES, 100 * q), rel=1e-14)


@pytest.mark.parametrize("name", ["mean", "median", "var", "std"])
def test_of_nothing_there_is_nan(name):
    assert math.isnan(house._NUMPY[name](np.empty(0)))


@pytest.mark.parametrize("name", ["min", "max", "median", "argmax"])
def test_nan_in_nan_out_as_in_numpy(name):
    data = np.array([1.0, np.nan, 3.0])

    np.testing.assert_equal(house._NUMPY[name](data), getattr(np, name)(data))


def test_an_empty_array_has_no_extreme():
    with pytest.raises(ValueError, match="max of an empty array"):
        reduce.largest(np.empty(0))


@pytest.mark.parametrize(
    ("a", "b"), [(2, 10), (2.5, 2), (1.1, 3), (2.0, -1), (9.0, 0.5), (1.7, 2.3), (-2.0, 3.0), (3, 0)]
)
def test_powers_agree_with_pythons_to_rounding(a, b):
    assert house.power(a, b) == pytest.approx(a**b, rel=1e-15)


def test_S02_a_power_has_the_same_bits_with_a_constant_exponent_and_a_variable_one():
    constant = njit(lambda x: house.power(x, 3))
    x = np.random.default_rng(2).uniform(0.5, 2.0, 500)

    assert [constant(v) for v in x] == [house.power(v, 3) for v in x]


def test_powers_of_arrays_are_those_of_their_elements():
    assert house.power(VALUES, 2).tolist() == [house.power(v, 2) for v in VALUES]
    assert house.power(2.0, VALUES).tolist() == [house.power(2.0, v) for v in VALUES]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: house.power(0.0, -1.0), ZeroDivisionError),
        (lambda: house.power(2, -1), ValueError),
        (lambda: house.power(-2.0, 0.5), ValueError),
        (lambda: house.whole(math.nan), ValueError),
        (lambda: house.whole(1e30), OverflowError),
        (lambda: house.root(-1.0), ValueError),
        (lambda: house.natural_log(0.0), ValueError),
        (lambda: house.log_base(2.0, 1.0), ZeroDivisionError),
        (lambda: house.exponential(1000.0), OverflowError),
    ],
)
def test_what_has_no_value_raises_as_in_python(call, error):
    with pytest.raises(error):
        call()


def test_rounding_is_half_to_even_and_whole_without_digits():
    assert [house.nearest(x) for x in (0.5, 1.5, 2.5, -0.5)] == [0, 2, 2, 0]
    assert house.rounded(1.23456, 3) == 1.235
    assert house.rounded(1234.5, -2) == 1200.0
    assert house.round_all(np.array([0.12, 0.18]), 1).tolist() == [0.1, 0.2]


def test_the_texts_functions_are_found_by_what_they_are():
    assert house.replacement(np.mean, 1) is reduce.mean
    assert house.replacement(math.log, 2) is house.log_base
    assert house.replacement(max, 1) is reduce.largest
    assert house.replacement(max, 2) is None
    assert house.replacement(round, 1) is house.nearest
    assert house.replacement([], 1) is None
