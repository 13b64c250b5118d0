"""A table as a source of ticks: whole or not at all (D1, R12)."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import backtestr_lab as lab
from backtestr_lab.store import FrameSource


def table(**columns):
    times = pd.date_range("2024-01-02 09:00", periods=3, freq="s", name="time")
    return pd.DataFrame({"bid": [1.1, 1.2, 1.3], "ask": [1.2, 1.3, 1.4], **columns}, index=times)


def test_D01_a_table_answers_like_a_store():
    source = FrameSource(table(), "EURUSD")

    assert source.span("EURUSD") == (1_704_186_000_000_000, 1_704_186_002_000_000)
    assert source.columns("EURUSD", "2024-01-02 09:00:01", None).bid.tolist() == [120000, 130000]
    assert len(source.columns("EURUSD", "2025-01-01", "2025-01-02")) == 0
    assert [s.name for s in source.symbols()] == ["EURUSD"]


def test_ticks_are_a_source_as_they_are():
    ticks = lab.sample(days=1)

    assert FrameSource(ticks).columns("EURUSD") is ticks


def test_arrow_tables_and_other_names_are_read():
    arrow = pa.table({"when": [1_704_186_000_000], "px": [42_000.5], "qty": [0.5]})
    source = FrameSource(arrow, "BTCUSDT", columns={"ts": "when", "price": "px"})

    assert source.ticks.bid.tolist() == source.ticks.ask.tolist() == [4_200_050]
    assert source.ticks.volume.tolist() == [50_000_000]


def test_U05_an_unknown_symbol_is_guessed_from_the_prices():
    source = FrameSource(table(bid=[1.101, 1.2, 1.3]), "ACME")

    assert (source.symbol.name, source.symbol.digits) == ("ACME", 3)


def test_D04_a_row_that_cannot_be_a_tick_refuses_the_table():
    with pytest.raises(lab.DataError, match=r"EURUSD table: row 1: bid is not a number; correct the data"):
        FrameSource(table(bid=[1.1, np.nan, 1.3]), "EURUSD")


def test_R12_ticks_out_of_order_are_refused_with_both_named():
    with pytest.raises(lab.TickOrderError, match=r"tick 1 \(2024-01-02 09:00:01\) is older than tick 0"):
        FrameSource(table()[::-1], "EURUSD")


def test_a_missing_column_and_a_missing_symbol_are_told():
    with pytest.raises(lab.DataError, match=r"EURUSD table: no ask column among its columns 'bid', 'time'"):
        FrameSource(table().drop(columns="ask"), "EURUSD")
    with pytest.raises(lab.OptionError, match=r"symbol is missing; a table does not say whose prices it holds"):
        FrameSource(table())


def test_another_symbol_is_unknown():
    with pytest.raises(lab.SymbolError, match=r"unknown symbol 'EURUSS' in this table; did you mean 'EURUSD'\?"):
        FrameSource(table(), "EURUSD").columns("EURUSS")
