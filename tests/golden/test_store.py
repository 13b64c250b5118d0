"""Real ticks into the store: counts and ranges as the data's manifest has them, vendors' files alike tick for tick.

The files are public: Data/forex and Data/cfd of github.com/QuantConnect/Lean, and tables made of them.
"""

import csv

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import backtestr_lab as lab

pytestmark = pytest.mark.golden

FOLDERS = [
    ("lean/forex/fxcm/tick/eurusd", "EURUSD"),
    ("lean/forex/oanda/tick/eurusd", "EURUSD"),
    ("lean/cfd/oanda/tick/xauusd", "XAUUSD"),
]
TABLES = {
    "lean/forex/fxcm/tick/eurusd": "normalised/EURUSD_fxcm_ticks_20140501_20140509_utc.parquet",
    "lean/forex/oanda/tick/eurusd": "normalised/EURUSD_oanda_ticks_20140501_20140509_utc.parquet",
}


@pytest.fixture(scope="module")
def manifest(data_dir):
    with open(data_dir / "MANIFEST.csv", encoding="utf-8", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def micros(text):
    return pd.Timestamp(text, tz="UTC").value // 1000


@pytest.mark.parametrize(("folder", "symbol"), FOLDERS)
def test_lean_zips_have_the_rows_ranges_and_crossed_quotes_of_the_manifest(
    data_dir, manifest, tmp_path, folder, symbol
):
    store = lab.Store(tmp_path)
    report = store.ingest(data_dir / folder, symbol)

    for file in report.files:
        known = manifest[file.name.removeprefix(f"{data_dir}/")]
        assert (file.rows, file.added, file.rejected) == (int(known["rows"]), int(known["rows"]), 0)
        assert (file.first_ts, file.last_ts) == (micros(known["first_utc"]), micros(known["last_utc"]))
        assert f"crossed(bid>ask) {file.crossed}" in known["facts"]
        assert file.rounded == 0
    assert len(report.files) == len(list((data_dir / folder).glob("*.zip")))
    assert len(store.ticks(symbol)) == report.rows


@pytest.mark.parametrize("folder", TABLES)
def test_lean_zips_equal_the_parquet_table_tick_for_tick(data_dir, tmp_path, folder):
    zips, table = lab.Store(tmp_path / "zips.duckdb"), lab.Store(tmp_path / "table.duckdb")
    zips.ingest(data_dir / folder, "EURUSD")
    report = table.ingest(data_dir / TABLES[folder], "EURUSD")
    ticks = table.ticks("EURUSD")
    raw = pq.read_table(data_dir / TABLES[folder])

    assert zips.ticks("EURUSD").hash() == ticks.hash()
    assert ticks.ts.tolist() == raw["ts"].to_numpy().astype("M8[us]").astype("i8").tolist()
    assert np.array_equal(ticks.bid / 1e5, raw["bid"].to_numpy())
    assert np.array_equal(ticks.ask / 1e5, raw["ask"].to_numpy())
    assert report.rejected == report.backwards == report.rounded == 0


def test_D03_zips_in_any_order_and_the_table_on_top_are_the_same_store(data_dir, tmp_path):
    folder = data_dir / "lean/forex/fxcm/tick/eurusd"
    files = sorted(folder.glob("*.zip"))[:4]
    one, other = lab.Store(tmp_path / "one.duckdb"), lab.Store(tmp_path / "other.duckdb")
    one.ingest(files, "EURUSD")
    other.ingest(files[::-1], "EURUSD")
    before = one.ticks("EURUSD").hash()
    again = one.ingest(files, "EURUSD")

    assert other.ticks("EURUSD").hash() == before == one.ticks("EURUSD").hash()
    assert (again.added, again.duplicate) == (0, again.rows)


def test_D01_real_quotes_take_at_most_six_bytes_a_tick(data_dir, tmp_path):
    store = lab.Store(tmp_path)
    report = store.ingest(data_dir / TABLES["lean/forex/fxcm/tick/eurusd"], "EURUSD")

    assert store.path.stat().st_size / report.rows <= 6.0


@pytest.mark.parametrize(
    ("file", "symbol", "options"),
    [
        ("truefx/USDJPY-2013-01_as_in_repo.csv", "USDJPY", {}),
        ("dukascopy/EURUSD_Ticks_2019.02.04_00-06h.csv.gz", "EURUSD", {}),
        (
            "histdata/DAT_ASCII_EURUSD_T_202001_first9500.csv",
            "EURUSD",
            {"columns": {"ts": 0, "bid": 1, "ask": 2}, "tz": "Etc/GMT+5"},
        ),
        ("truefx/USDJPY-2013-01.csv", "USDJPY", {"columns": {"ts": 1, "bid": 2, "ask": 3}}),
        ("kraken/BCHEUR.csv", "BCHEUR", {"columns": {"ts": 0, "price": 1, "volume": 2}}),
        ("binance/BTCUSDT-trades-2024-08-08.csv.gz", "BTCUSDT", {"columns": {"ts": 4, "price": 1, "volume": 2}}),
        ("binance/BTCUSDT-bookTicker-2024-08-08.csv.gz", "BTCUSDT", {}),
        ("binance/BTCUSDT-trades-2021-01-08.parquet", "BTCUSDT", {}),
        ("tardis/bitmex_trades_XBTUSD.csv", "XBTUSD", {}),
    ],
)
def test_vendors_texts_come_in_with_the_manifests_rows_and_range(data_dir, manifest, tmp_path, file, symbol, options):
    report = lab.Store(tmp_path).ingest(data_dir / file, symbol, **options)
    known = manifest[file]

    assert (report.rows, report.rejected) == (int(known["rows"]), 0)
    assert (report.first_ts, report.last_ts) == (micros(known["first_utc"]), micros(known["last_utc"]))
