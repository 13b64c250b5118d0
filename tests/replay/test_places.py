"""Where a replay opens."""

import numpy as np
import pytest

import backtestr_lab as lab
from backtestr_lab.errors import OptionError
from backtestr_lab.replay import places
from backtestr_lab.units import from_micros

from .strategies import InAndOut, Quiet


@pytest.fixture(scope="module")
def run():
    return lab.backtest(InAndOut, lab.sample("EURUSD", days=2, seed=3))


@pytest.fixture(scope="module")
def idle():
    return lab.backtest(Quiet, lab.sample("EURUSD", days=1, seed=3))


def test_left_out_it_is_the_entry_of_the_first_trade(run):
    place = places.find(run)

    assert (from_micros(place.ts), place.trade) == (run.trades.entry_time[0], 0)


def test_without_a_trade_it_is_the_end(idle):
    assert places.find(idle) == places.Place(idle.end)


def test_right_after_an_entry_the_position_is_open_and_before_it_is_not(run):
    place = places.of_trade(run, 3)

    assert run.at(place.ts, place.tick).quantity == 10_000
    assert run.at(place.ts, place.tick - 1).quantity == 0


@pytest.mark.parametrize("when", ["2024-01-01 12:30", "2024-01-01T13:30+01:00", 1704112200000000])
def test_an_instant_in_any_form(run, when):
    assert places.find(run, when) == places.Place(1704112200000000)


@pytest.mark.parametrize("trade", [4, np.int64(4)])
def test_a_small_number_is_a_trade(run, trade):
    assert places.find(run, trade) == places.of_trade(run, 4)


def test_a_row_of_the_trades_is_its_entry_however_it_was_taken(run):
    rows = [run.trades.iloc[4], run.trades.loc[4], next(run.trades[4:5].itertuples()), dict(run.trades.iloc[4])]

    assert [places.find(run, row) for row in rows] == [places.of_trade(run, 4)] * 4


@pytest.mark.parametrize("table", ["orders", "fills", "events", "positions"])
def test_a_row_of_another_table_is_its_time(run, table):
    row = getattr(run, table).iloc[5]

    assert from_micros(places.find(run, row).ts) == row["time"]


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (10_000, "there is no trade 10000; this run has trades 0 to "),
        (-1, "there is no trade -1"),
        ("2025-01-01", "2025-01-01 is outside the run, which covers 2024-01-01"),
        ("soon", "at 'soon' is not a time"),
        (True, "at is True"),
        (3.5, "at is 3.5"),
    ],
)
def test_what_names_nothing_is_told_with_what_there_is(run, at, told):
    with pytest.raises(OptionError, match=told):
        places.find(run, at)


def test_a_run_without_trades_says_so(idle):
    with pytest.raises(OptionError, match="there is no trade 0; this run has no trades"):
        places.find(idle, 0)


def test_a_trade_is_no_text(run):
    with pytest.raises(OptionError, match="trade is a str; give its number in run.trades, or its row"):
        places.trade_id(run, "3")
