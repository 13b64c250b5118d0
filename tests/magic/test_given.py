"""Cells that name several symbols, tables, and options by symbol."""

import pandas as pd
import pytest

import backtestr_lab as lab

from .conftest import FLAT

DAILY = FLAT.replace("self.buy(10_000)", "self.buy(1)")


@pytest.fixture
def bars():
    rows = [(10.0, 12.0, 9.0, 11.0), (11.0, 11.5, 10.5, 11.25), (11.25, 11.5, 11.0, 11.25)]
    days = pd.to_datetime(["2024-01-05", "2024-01-08", "2024-01-09"])
    return pd.DataFrame(rows, columns=["open", "high", "low", "close"], index=days)


def test_several_symbols_of_a_sample_run_in_one_account(cell):
    run, _ = cell("EURUSD GBPUSD --sample 1 --slippage EURUSD=1,GBPUSD=2 --max-leverage 10 --quiet --as two")

    assert run is None
    run, _ = cell("EURUSD GBPUSD --sample 1 --slippage EURUSD=1,GBPUSD=2 --max-leverage 10")
    assert [symbol.name for symbol in run.symbols] == ["EURUSD", "GBPUSD"]
    assert run.options["slippage"] == "EURUSD=1,GBPUSD=2" and len(run.fills) == 2


def test_bars_of_the_notebook_run_under_a_name(shell, cell, bars):
    shell.user_ns["table"] = bars

    run, _ = cell("ACME=$table --intrabar best --spread 2", DAILY)
    nameless, _ = cell("$table", DAILY)

    assert (run.symbol.name, run.options["intrabar"], str(run.timeframe)) == ("ACME", "best", "1d")
    assert nameless.symbol.name == "BARS" and len(nameless.fills) == 1


def test_symbols_of_the_store_are_all_looked_for(cell, tmp_path):
    store = lab.Store()
    for name in ("EURUSD", "USDJPY"):
        store.ingest(lab.sample(name, days=1))

    run, _ = cell("EURUSD USDJPY --hedging --swap -6.5/2")
    error, _ = cell("EURUSD GBPUSD")

    assert len(run.symbols) == 2 and run.options["swap"] == "-6.5/2"
    assert isinstance(error, lab.SymbolError) and "unknown symbol 'GBPUSD'" in str(error)
