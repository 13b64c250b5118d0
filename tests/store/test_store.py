"""Reading from the store: ranges, the cache, SQL, bars, and what is told when there is nothing to read (D1, D2, D6)."""

import threading

import numpy as np
import pandas as pd
import pytest

import backtestr_lab as lab
from backtestr_lab.records import Ticks
from backtestr_lab.store.cache import shared

HOUR = 3_600_000_000


@pytest.fixture(scope="module")
def market():
    return lab.sample("EURUSD", days=45)


@pytest.fixture(scope="module")
def store(market, tmp_path_factory):
    store = lab.Store(tmp_path_factory.mktemp("store"))
    store.ingest(market)
    return store


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (None, None),
        ("2024-01-03 10:00", "2024-01-03 10:05:00.500"),
        ("2024-01-31", "2024-02-02"),
        ("2024-01-31 23:00", None),
        (None, "2024-01-02"),
        ("2020-01-01", "2030-01-01"),
    ],
)
def test_D01_a_range_is_the_ticks_from_its_start_up_to_its_end(store, market, start, end):
    low, high = (pd.Timestamp(when or default).value // 1000 for when, default in ((start, "1970"), (end, "2100")))
    expected = market.between(low, high)

    assert store.ticks("EURUSD", start, end).hash() == expected.hash()


def test_U01_a_tick_on_the_start_is_in_and_one_on_the_end_is_not(tmp_path):
    store = lab.Store(tmp_path)
    store.ingest(Ticks([0, 5, 10], [1, 2, 3], [2, 3, 4], symbol=lab.symbol("EURUSD")))

    assert store.ticks("EURUSD", 5, 10).bid.tolist() == [2]


def test_batches_of_any_size_are_read_as_one(store, market, monkeypatch):
    monkeypatch.setattr("backtestr_lab.store.reader._BATCH", 1)
    shared.clear()

    assert store.ticks("EURUSD").hash() == market.hash()


def test_loaded_columns_cannot_be_changed(store):
    ticks = store.ticks("EURUSD")

    with pytest.raises(ValueError, match="read-only"):
        ticks.bid[0] = 1


def test_D02_the_second_load_reads_nothing(store, monkeypatch):
    shared.clear()
    first = store.ticks("EURUSD")
    monkeypatch.setattr("backtestr_lab.store.store.connect", None)
    second = store.ticks("EURUSD", "2023-12-01", "2025-01-01")

    assert second is first
    assert shared.metrics()["hits"] == 1
    assert shared.metrics()["bytes"] == first.nbytes


def test_D02_a_changed_store_is_noticed_and_its_old_ticks_are_forgotten(tmp_path):
    store, other = lab.Store(tmp_path), lab.Store(tmp_path)
    whole = lab.sample("EURUSD", days=2)
    half = int(whole.ts[len(whole) // 2])
    store.ingest(whole.between(0, half))
    before = store.ticks("EURUSD")
    other.ingest(whole.between(half, 2**62))

    assert len(before) < len(whole)
    assert store.ticks("EURUSD").hash() == whole.hash()
    assert sum(key[0] == str(store.path) for key in shared._entries) == 1


def test_D02_nothing_is_held_open_between_calls(store):
    import duckdb

    store.ticks("EURUSD")
    connection = duckdb.connect(str(store.path))
    connection.close()


def test_threads_read_and_write_one_store_in_turns(tmp_path):
    store = lab.Store(tmp_path)
    days = [lab.sample("EURUSD", days=1, start=f"2024-01-0{d}") for d in (1, 2, 3, 4)]
    store.ingest(days[0])
    errors = []

    def work(day):
        try:
            store.ingest(day)
            store.ticks("EURUSD")
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(day,)) for day in days]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(store.ticks("EURUSD")) == sum(len(day) for day in days)


def test_D06_the_hash_of_a_range_does_not_depend_on_how_it_was_loaded(tmp_path):
    store = lab.Store(tmp_path)
    symbol = lab.symbol("BTCUSDT")
    store.ingest(Ticks([0, 1], [5, 6], [7, 8], symbol=symbol))
    store.ingest(Ticks([40 * 24 * HOUR], [5], [7], volume=[9], symbol=symbol))
    shared.clear()
    alone = store.ticks("BTCUSDT", 0, 2).hash()
    whole = store.ticks("BTCUSDT")

    assert whole.between(0, 2).hash() == alone


def test_D01_sql_shows_decimal_prices_and_utc_times(store, market):
    table = store.sql("SELECT * FROM ticks WHERE symbol = 'EURUSD' AND ts < '2024-01-01 00:05' ORDER BY ts")
    head = market[: len(table)]

    assert str(table["ts"].dtype).endswith("UTC]")
    assert table["ts"].astype("int64").tolist() == head.ts.tolist()
    assert table["bid"].tolist() == (head.bid / 1e5).tolist()
    assert table["ask"].tolist() == (head.ask / 1e5).tolist()


def test_R03_the_view_of_bars_opens_at_the_first_and_closes_at_the_last_tick_in_file_order(store, market):
    bars = store.sql("SELECT * FROM bars WHERE ts < '2024-01-03' ORDER BY ts")
    part = market.between(0, 1_704_240_000_000_000)
    minute = part.ts // 60_000_000
    starts = np.flatnonzero(np.r_[True, minute[1:] != minute[:-1]])
    ends = np.r_[starts[1:], len(part)] - 1

    assert bars["open"].tolist() == (part.bid[starts] / 1e5).tolist()
    assert bars["close"].tolist() == (part.bid[ends] / 1e5).tolist()
    assert bars["high"].tolist() == (np.maximum.reduceat(part.bid, starts) / 1e5).tolist()
    assert bars["low"].tolist() == (np.minimum.reduceat(part.bid, starts) / 1e5).tolist()
    assert bars["ticks"].sum() == len(part)


@pytest.mark.parametrize(("timeframe", "side"), [("1m", "bid"), ("1h", "ask"), ("1d", "bid"), ("30s", "bid")])
def test_bars_are_a_table_of_prices_on_utc(store, market, timeframe, side):
    bars = store.bars("EURUSD", timeframe, "2024-01-02", "2024-01-04", side)
    column = market.between(1_704_153_600_000_000, 1_704_326_400_000_000)
    price = (column.bid if side == "bid" else column.ask) / 1e5

    assert str(bars.index.tz) == "UTC"
    assert bars["ticks"].sum() == len(column)
    assert (bars["open"].iloc[0], bars["close"].iloc[-1]) == (price[0], price[-1])
    assert (bars["high"].max(), bars["low"].min()) == (price.max(), price.min())


def test_symbols_and_files_say_what_there_is(store, market):
    row = store.symbols().loc["EURUSD"]
    ledger = store.files().iloc[0]

    assert (row["ticks"], row["first"].value // 1000, row["last"].value // 1000) == (
        len(market),
        market.ts[0],
        market.ts[-1],
    )
    assert (ledger["symbol"], ledger["rows"], ledger["added"]) == ("EURUSD", len(market), len(market))
    assert abs(pd.Timestamp.now(tz="UTC") - ledger["ingested_at"]) < pd.Timedelta("1h")


def test_months_keep_statistics(store, market):
    months = store.sql("SELECT month, ticks, crossed, equal_ts, bid_low, bid_high FROM months ORDER BY month")
    january = market.between(0, 1_706_745_600_000_000)

    assert months["month"].tolist() == [202401, 202402]
    assert months.iloc[0].tolist()[1:] == [
        len(january),
        int((january.bid > january.ask).sum()),
        int((np.diff(january.ts) == 0).sum()),
        january.bid.min(),
        january.bid.max(),
    ]


def test_months_statistics_are_the_same_after_appending_and_after_merging(tmp_path):
    day = lab.sample("EURUSD", days=2)
    middle = int(day.ts[len(day) // 2])
    appended, merged = lab.Store(tmp_path / "a.duckdb"), lab.Store(tmp_path / "b.duckdb")
    for store, parts in ((appended, (day.between(0, middle), day.between(middle, 2**62))), (merged, (day[5:], day))):
        for part in parts:
            store.ingest(part)
    tables = [s.sql("SELECT * FROM months") for s in (appended, merged)]

    assert tables[0].equals(tables[1])


def test_an_unknown_symbol_is_told_with_the_nearest_and_what_there_is(store):
    with pytest.raises(
        lab.SymbolError, match=r"unknown symbol 'EURUSDD' in .*; did you mean 'EURUSD'\?; it holds EURUSD"
    ):
        store.ticks("EURUSDD")


def test_dates_outside_the_data_are_told_with_what_there_is(store):
    with pytest.raises(
        lab.DataError,
        match=r"EURUSD has no ticks in 2025-01-01 .. 2025-02-01; there are 2024-01-01 00:00:00.444 .. 2024-02-14",
    ):
        store.ticks("EURUSD", "2025-01-01", "2025-02-01")


def test_an_empty_range_is_told(store):
    with pytest.raises(lab.DataError, match=r"EURUSD has no ticks in 2024-01-06 12:00 .. 2024-01-06 13:00"):
        store.ticks("EURUSD", "2024-01-06 12:00", "2024-01-06 13:00")
    with pytest.raises(lab.DataError, match=r"no ticks in its beginning .. 2023-01-01"):
        store.ticks("EURUSD", end="2023-01-01")


def test_reversed_dates_are_told(store):
    with pytest.raises(lab.OptionError, match=r"start 2024-01-03 is after end 2024-01-02; exchange them"):
        store.ticks("EURUSD", "2024-01-03", "2024-01-02")


def test_a_source_gives_an_empty_range_without_complaint(store):
    assert len(store.columns("EURUSD", "2025-01-01", "2025-02-01")) == 0
    assert len(store.columns("EURUSD", "2023-01-01", "2023-02-01")) == 0


def test_a_wrong_query_is_one_line(store):
    with pytest.raises(lab.OptionError, match=r"^sql: .*syntax error"):
        store.sql("SELEC 1")
    with pytest.raises(lab.OptionError, match=r"^sql: .*tikcs"):
        store.sql("SELECT * FROM tikcs")


def test_sql_cannot_write(store):
    with pytest.raises(lab.OptionError, match=r"^sql: .*read-only"):
        store.sql("DELETE FROM tick_data")


def test_wrong_options_are_told(tmp_path):
    with pytest.raises(lab.OptionError, match=r"lock_timeout is -1; give seconds, 0 or more"):
        lab.Store(tmp_path, lock_timeout=-1)
    with pytest.raises(lab.OptionError, match=r"cache_bytes is 'much'; give a whole number of bytes, 0 or more"):
        lab.Store(tmp_path, cache_bytes="much")


def test_the_default_store_is_named_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKTESTR_STORE", str(tmp_path))

    assert lab.Store().path == tmp_path / "ticks.duckdb"
    monkeypatch.delenv("BACKTESTR_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert lab.Store().path.name == "ticks.duckdb"
