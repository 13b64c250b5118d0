"""Codes that equal their names (S3)."""

import copy

import pytest

from backtestr_lab import StrategyError
from backtestr_lab.records import ROLES
from backtestr_lab.strategy.codes import Code, Length, Tag, code_of


def test_a_code_equals_its_number_and_its_name_and_nothing_else():
    role = Code("role", ROLES.index("TAKE_PROFIT"))

    assert role == "TAKE_PROFIT" and role == ROLES.index("TAKE_PROFIT") and role != "ENTRY" and role != 0
    assert role in ("ENTRY", "TAKE_PROFIT") and str(role) == "TAKE_PROFIT"


def test_a_name_that_no_code_has_is_refused_instead_of_never_equal():
    with pytest.raises(StrategyError, match="role is never 'STOPLOSS'; did you mean 'STOP_LOSS'"):
        assert Code("role", 0) == "STOPLOSS"


def test_sides_are_signs():
    assert code_of("side", "BUY") == 1 and code_of("side", "SELL") == -1


def test_a_length_equals_every_spelling_of_its_timeframe():
    hour = Length(3_600_000_000)

    assert hour == "1h" and hour == "H1" and hour == "60m" and hour != "4h" and hour > 0


@pytest.mark.parametrize("value", [Code("kind", 3), Length(60_000_000), Tag(2, "b")])
def test_codes_survive_a_copy(value):
    assert repr(copy.deepcopy(value)) == repr(value)
