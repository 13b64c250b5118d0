"""Bars from a table: which columns and times are meant, what each bar becomes, and what cannot be one (R2, F10)."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import backtestr_lab as lab
from backtestr_lab.store import BarSource, has_bars
from backtestr_lab.units import format_micros, to_micros


def table(times, rows, **more):
    frame = pd.DataFrame(rows, columns=["Open", "High", "Low", "Close"], index=pd.to_datetime(times))
    return frame.assign(**more)


DAYS = ["2024-01-05", "2024-01-08", "2024-01-09"]
ROWS = [(10.0, 12.0, 9.0, 11.0), (11.0, 11.5, 10.5, 11.25), (11.25, 11.25, 11.25, 11.25)]


def test_F10_a_bar_is_four_ticks_at_its_thirds():
    source = BarSource(table(DAYS, ROWS, Volume=[103, 4, 0]), "ACME")
    day = 86_400_000_000

    assert (source.ticks.ts[:4] - source.ticks.ts[0]).tolist() == [0, day // 3, 2 * day // 3, day - 1]
    assert source.ticks.bid[:4].tolist() == [1000, 900, 1200, 1100]
    assert source.ticks.bid is source.ticks.ask
    assert source.ticks.volume[:8].tolist() == [25, 25, 25, 28, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("times", "timeframe"),
    [
        (DAYS, "1d"),
        (["2024-01-05 10:00", "2024-01-05 11:00", "2024-01-05 14:00"], "1h"),
        (["2024-01-05 10:00", "2024-01-05 10:05", "2024-01-08 00:00"], "5m"),
        (["2024-01-01", "2024-01-08", "2024-01-29"], "1w"),
        (["2024-01-01 00:00:10", "2024-01-01 00:00:11", "2024-01-01 00:00:30"], "1s"),
    ],
)
def test_R02_the_timeframe_is_the_shortest_distance(times, timeframe):
    assert BarSource(table(times, ROWS), "ACME").timeframe.name == timeframe


def test_R02_times_that_are_closes_are_moved_to_the_opening():
    by_close = BarSource(table(["2024-01-05 11:00", "2024-01-05 12:00", "2024-01-05 15:00"], ROWS), "X", label="close")
    by_open = BarSource(table(["2024-01-05 10:00", "2024-01-05 11:00", "2024-01-05 14:00"], ROWS), "X")

    assert by_close.ticks.ts.tolist() == by_open.ticks.ts.tolist()


def test_R08_a_day_with_a_clock_change_has_its_own_length():
    symbol = lab.Symbol("ANCHORED", 2, anchor="17:00 America/New_York")
    times = ["2024-03-08 22:00", "2024-03-09 22:00", "2024-03-10 21:00"]

    source = BarSource(table(times, ROWS), symbol)

    assert source.timeframe.name == "1d"
    assert format_micros(source.ticks.ts[7] + 1) == "2024-03-10 21:00"
    assert source.ticks.ts[5] - source.ticks.ts[4] == 23 * 3_600_000_000 // 3


def test_U05_an_unknown_symbol_is_guessed_and_a_nameless_table_has_a_name():
    guessed = BarSource(table(DAYS, ROWS), "ACME").symbol
    nameless = BarSource(table(DAYS, ROWS)).symbol
    known = BarSource(table(DAYS, ROWS), "BTCUSDT").symbol

    assert (guessed.name, guessed.digits, guessed.contract_size, guessed.quote) == ("ACME", 2, 1.0, "USD")
    assert nameless.name == "BARS"
    assert known.quantity_digits == 8


@pytest.mark.parametrize("time", ["time", "Date", "timestamp"])
def test_D01_a_time_column_and_an_arrow_table_do_as_well(time):
    frame = table(DAYS, ROWS)
    from_index = BarSource(frame, "X")
    from_column = BarSource(frame.rename_axis(time).reset_index(), "X")
    from_arrow = BarSource(pa.table(frame.rename_axis(time).reset_index()), "X")

    assert from_index.ticks.hash() == from_column.ticks.hash() == from_arrow.ticks.hash()


def test_a_range_takes_whole_bars():
    source = BarSource(table(DAYS, ROWS), "ACME")
    some = source.columns("ACME", to_micros("2024-01-05 12:00"), to_micros("2024-01-08 01:00"))

    assert [format_micros(ts) for ts in some.ts[[0]]] == ["2024-01-08"] and len(some) == 4
    assert source.columns("ACME", 0, 2**62) is source.ticks
    assert source.columns("ACME", to_micros("2024-01-08"), 2**62) is source.columns(
        "ACME", to_micros("2024-01-07"), 2**62
    )


def test_ticks_are_not_taken_for_bars():
    assert has_bars(table(DAYS, ROWS)) and has_bars(pa.table(table(DAYS, ROWS)))
    assert not has_bars(pd.DataFrame(columns=["open", "high", "low", "close", "bid", "ask"]))
    assert not has_bars(pd.DataFrame(columns=["bid", "ask"])) and not has_bars([1, 2])


@pytest.mark.parametrize(
    ("times", "rows", "options", "message"),
    [
        (DAYS, [(10.0, 9.5, 9.0, 9.2), *ROWS[1:]], {}, "row 0: open or close lies outside the range from low to high"),
        (DAYS, [ROWS[0], (11.0, np.nan, 10.5, 11.0), ROWS[2]], {}, "bars of X: row 1: high is nan; correct the rows"),
        (DAYS, [ROWS[0], (11.0, 12.0, 0.0, 11.0), ROWS[2]], {}, "row 1: low is 0"),
        ([DAYS[0], DAYS[0], DAYS[2]], ROWS, {}, "row 1 has the time of the row before, 2024-01-05; keep one"),
        (
            ["2024-01-05 09:30", "2024-01-05 10:30", "2024-01-05 11:30"],
            ROWS,
            {},
            "2024-01-05 09:30 is not where a 1h bar",
        ),
        (["2024-01-01", "2024-02-01", "2024-03-01"], ROWS, {}, "are 29d apart at least, which is no timeframe"),
        (DAYS, ROWS, {"label": "middle"}, "label is 'middle'; give 'open' or 'close'"),
        (DAYS, ROWS, {"timeframe": "1M"}, "could be a minute or a month"),
    ],
)
def test_what_cannot_be_bars_names_the_row(times, rows, options, message):
    with pytest.raises((lab.DataError, lab.OptionError), match=message):
        BarSource(table(times, rows), "X", **options)


def test_R12_a_bar_older_than_the_one_before_is_refused():
    with pytest.raises(lab.TickOrderError):
        BarSource(table(DAYS[::-1], ROWS), "X")


def test_a_single_bar_needs_its_timeframe_said():
    one = table(DAYS[:1], ROWS[:1])

    assert BarSource(one, "X", timeframe="1d").timeframe.name == "1d"
    with pytest.raises(lab.DataError, match="are a single one, which is no timeframe; say what they are"):
        BarSource(one, "X")
