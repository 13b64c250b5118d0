import pandas as pd
import pytest

from backtestr_lab.bars import bars_from_ticks, to_frame
from backtestr_lab.errors import OptionError
from backtestr_lab.symbols import EURUSD, Symbol

GAP = """
09:00:00  110000 110002  3
09:00:30  110005 110008  4
09:02:00  109990 109999  5
"""


def test_R02_the_index_is_the_opening_in_utc(market):
    table = to_frame(bars_from_ticks(market(GAP), "1m"), EURUSD)

    assert table.index.name == "time"
    assert str(table.index.tz) == "UTC"
    assert table.index.tolist() == [
        pd.Timestamp("2024-01-02 09:00", tz="UTC"),
        pd.Timestamp("2024-01-02 09:02", tz="UTC"),
    ]


def test_R05_prices_are_decimals_of_the_side_asked_for(market):
    bars = bars_from_ticks(market(GAP), "1m")

    bid, ask = to_frame(bars, "EURUSD"), to_frame(bars, "EURUSD", "ask")

    assert bid.iloc[0].tolist() == [1.1, 1.10005, 1.1, 1.10005, 7.0, 2]
    assert ask.iloc[0].tolist() == [1.10002, 1.10008, 1.10002, 1.10008, 7.0, 2]
    with pytest.raises(OptionError, match="side is 'mid'; give 'bid' or 'ask'"):
        to_frame(bars, "EURUSD", "mid")


def test_R06_volume_is_in_units_of_the_symbol(market):
    table = to_frame(bars_from_ticks(market(GAP), "1m"), Symbol("COIN", 2, quantity_digits=1))

    assert table.volume.tolist() == [0.7, 0.5]


def test_R04_filling_forward_repeats_the_last_close_and_flags_it(market):
    bars = bars_from_ticks(market(GAP), "1m")

    table = to_frame(bars, EURUSD, fill=True)

    assert table.filled.tolist() == [False, True, False]
    assert table.iloc[1].tolist() == [1.10005] * 4 + [0, 0, True]
    pd.testing.assert_frame_equal(table[~table.filled].drop(columns="filled"), to_frame(bars, EURUSD), check_freq=False)


def test_R04_without_filling_a_gap_has_no_row_and_no_column(market):
    table = to_frame(bars_from_ticks(market(GAP), "1m"), EURUSD)

    assert len(table) == 2
    assert "filled" not in table


def test_R08_days_are_filled_on_the_anchors_grid_across_a_clock_change(market):
    symbol = Symbol("NY", 5, anchor="17:00 America/New_York")
    ticks = market(
        """
        2024-03-08
        12:00:00  100 102
        2024-03-12
        12:00:00  110 112
        """,
        symbol,
    )

    table = to_frame(bars_from_ticks(ticks, "1d"), symbol, fill=True)

    assert [t.hour for t in table.index] == [22, 22, 22, 21, 21]
    assert table.filled.tolist() == [False, True, True, True, False]


def test_R04_bars_of_another_grid_are_not_filled(market):
    ticks = market("2024-03-10\n12:00:00 100 102")
    bars = bars_from_ticks(ticks, "1d", anchor="17:00 America/New_York")

    with pytest.raises(OptionError, match=r"do not lie on the 1d grid of EURUSD \(anchor UTC\)"):
        to_frame(bars, EURUSD, fill="1d")


def test_R04_a_table_of_no_bars_has_its_columns(market):
    bars = bars_from_ticks(market(GAP), "1m")[:0]

    assert list(to_frame(bars, EURUSD)) == ["open", "high", "low", "close", "volume", "ticks"]
    assert list(to_frame(bars, EURUSD, fill=True)) == ["open", "high", "low", "close", "volume", "ticks", "filled"]
