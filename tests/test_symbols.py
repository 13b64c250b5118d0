"""Symbols: what the built-in ones are, how others come to be known (U5)."""

import pytest

from backtestr_lab import symbols
from backtestr_lab.errors import OptionError, SymbolError
from backtestr_lab.symbols import Symbol, guess, known, register, symbol

BUILT_IN = [symbol(name) for name in known()]  # at collection: before any test registers its own


@pytest.fixture(autouse=True)
def own_table(monkeypatch):
    monkeypatch.setattr(symbols, "_known", dict(symbols._known))


@pytest.mark.parametrize(
    ("name", "digits", "quantity_digits", "contract", "pip_points", "days"),
    [
        ("EURUSD", 5, 0, 100_000, 10, 252),
        ("USDJPY", 3, 0, 100_000, 10, 252),
        ("XAUUSD", 3, 2, 100, 100, 252),
        ("BTCUSDT", 2, 8, 1, 100, 365),
        ("ETHUSD", 2, 8, 1, 100, 365),
        ("EQUITY", 2, 0, 1, 1, 252),
    ],
)
def test_U05_built_in_symbols(name, digits, quantity_digits, contract, pip_points, days):
    found = symbol(name)

    assert (found.digits, found.quantity_digits, found.contract_size) == (digits, quantity_digits, contract)
    assert (found.pip_points, found.days_a_year) == (pip_points, days)


def test_U05_every_built_in_symbol_can_be_traded():
    for found in BUILT_IN:
        assert 0 < found.maintenance_margin <= found.initial_margin <= 1
        assert found.least * 10**found.quantity_digits >= 1
        assert found.base != found.quote


def test_U05_names_are_found_in_any_spelling():
    assert symbol("eur/usd") is symbol("EURUSD") is symbol(symbol("EURUSD"))


def test_U05_a_registered_symbol_is_found():
    ours = register(Symbol("DAX", 1, quote="EUR"))

    assert symbol("dax") is ours
    assert ours.pip_points == 1


def test_U05_an_unknown_symbol_is_guessed_by_its_shape():
    assert (guess("EURSEK", 5).base, guess("EURSEK", 5).quote, guess("EURSEK", 5).pip_points) == ("EUR", "SEK", 10)
    assert (guess("acme", 3).name, guess("acme", 3).digits, guess("acme", 3).contract_size) == ("ACME", 3, 1)
    assert guess("eurusd", 3) is symbol("EURUSD")


def test_U05_an_unknown_name_is_met_with_the_nearest_and_the_way_out():
    with pytest.raises(SymbolError, match=r"'EURUSDD'; did you mean 'EURUSD'\?; register one with lab\.register"):
        symbol("EURUSDD")


@pytest.mark.parametrize("digits", [-1, 11])
def test_U05_a_grid_that_int64_cannot_hold_is_refused(digits):
    with pytest.raises(OptionError, match=r"symbol X: digits and quantity_digits must lie in 0\.\.10"):
        Symbol("X", digits)
