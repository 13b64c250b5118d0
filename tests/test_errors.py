"""The error tree: how its members print, and what a caller may catch."""

import pickle

import pytest

from backtestr_lab import errors
from backtestr_lab.errors import (
    BacktestrError,
    DataError,
    OptionError,
    RunStopped,
    StoreBusyError,
    StoreError,
    StrategyError,
    SymbolError,
    TickOrderError,
    did_you_mean,
)

CLASSES = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("error", CLASSES)
def test_every_error_is_caught_by_the_root(error):
    assert issubclass(error, BacktestrError)


def test_wrong_values_are_value_errors_too():
    assert issubclass(OptionError, ValueError) and issubclass(DataError, ValueError)
    assert not issubclass(StoreError, ValueError)
    assert issubclass(StoreBusyError, StoreError) and issubclass(TickOrderError, DataError)


def test_S05_a_mistake_in_a_cell_prints_as_one_line_with_its_line_number():
    error = StrategyError("Trend has no 'bye'; did you mean 'buy'?", line=4)

    assert error._render_traceback_() == ["StrategyError: line 4: Trend has no 'bye'; did you mean 'buy'?"]
    assert (error.line, StrategyError("no class in the cell").line) == (4, None)


def test_the_nearest_name_is_suggested_only_when_one_is_near():
    assert did_you_mean("cancel_al", ["cancel_all", "close"]) == "; did you mean 'cancel_all'?"
    assert did_you_mean("xyz", ["buy", "sell"]) == did_you_mean("buy", []) == ""
    assert str(SymbolError.unknown("GBPUDS", ["GBPUSD"], " in ticks.duckdb")).endswith("; did you mean 'GBPUSD'?")


def test_a_stopped_run_keeps_what_was_computed():
    partial = object()

    assert RunStopped("interrupted", run=partial).run is partial


@pytest.mark.parametrize(
    "error", [OptionError("a"), TickOrderError.at(1, "b", "a"), StrategyError("a"), RunStopped("a")]
)
def test_errors_cross_processes(error):
    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), str(copy)) == (type(error), str(error))
