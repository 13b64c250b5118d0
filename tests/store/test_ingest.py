"""Files and tables into the store: what is read, what is left out, and how mistakes are told (D3, D4, U2, U5)."""

import datetime as dt
import gzip
import re
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import backtestr_lab as lab
from backtestr_lab.records import Ticks

LINES = """time,bid,ask
2024-01-02 09:00:00.000,1.10000,1.10002
2024-01-02 09:00:01.000,1.10001,1.10003
2024-01-02 09:00:01.000,1.10002,1.10004
2024-01-02 09:00:02.500,1.09999,1.10001
"""
NINE = 1_704_186_000_000_000


@pytest.fixture
def store(tmp_path):
    return lab.Store(tmp_path / "store.duckdb")


def write(folder, text, name="ticks.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_csv_comes_in_as_points_and_microseconds(store, tmp_path):
    report = store.ingest(write(tmp_path, LINES), "EURUSD")
    ticks = store.ticks("EURUSD")

    assert (report.rows, report.added, report.duplicate, report.rejected) == (4, 4, 0, 0)
    assert (report.first.isoformat(), report.last.isoformat()) == (
        "2024-01-02T09:00:00+00:00",
        "2024-01-02T09:00:02.500000+00:00",
    )
    assert ticks.ts.tolist() == [NINE, NINE + 1_000_000, NINE + 1_000_000, NINE + 2_500_000]
    assert ticks.bid.tolist() == [110000, 110001, 110002, 109999]
    assert ticks.ask.tolist() == [110002, 110003, 110004, 110001]
    assert ticks.volume is None


@pytest.mark.parametrize(
    "pack", ["gzip", "zip", "semicolon", "tab", "utf16", "bom", "crlf", "quoted", "no last newline"]
)
def test_the_same_ticks_come_out_of_every_wrapping(store, tmp_path, pack):
    text = LINES.encode()
    if pack == "zip":
        path = tmp_path / "ticks.csv.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("ticks.csv", text)
    else:
        wrapped = {
            "gzip": lambda: gzip.compress(text),
            "semicolon": lambda: text.replace(b",", b";"),
            "tab": lambda: text.replace(b",", b"\t"),
            "utf16": lambda: LINES.encode("utf-16"),
            "bom": lambda: b"\xef\xbb\xbf" + text,
            "crlf": lambda: text.replace(b"\n", b"\r\n"),
            "quoted": lambda: re.sub(rb"(2024[^,]*)", rb'"\1"', text),
            "no last newline": lambda: text.rstrip(),
        }
        path = write(tmp_path, wrapped[pack]())
    report = store.ingest(path, "EURUSD")

    assert (report.added, report.rejected) == (4, 0)
    assert store.ticks("EURUSD").bid.tolist() == [110000, 110001, 110002, 109999]


def frames():
    table = pd.read_csv(pd.io.common.StringIO(LINES), parse_dates=["time"])
    yield "pandas with a column", table
    yield "pandas with an index", table.set_index("time")
    yield "pandas with an aware index", table.set_index("time").tz_localize("UTC").tz_convert("Asia/Tokyo")
    yield "pandas of texts", pd.read_csv(pd.io.common.StringIO(LINES), dtype=str)
    yield "arrow", pa.Table.from_pandas(table)
    yield "arrow in chunks", pa.concat_tables([pa.Table.from_pandas(table[:1]), pa.Table.from_pandas(table[1:])])


@pytest.mark.parametrize("table", [pytest.param(t, id=name) for name, t in frames()])
def test_tables_of_all_kinds_give_the_same_ticks(store, tmp_path, table):
    store.ingest(write(tmp_path, LINES), "EURUSD")
    report = store.ingest(table, "EURUSD")

    assert (report.added, report.duplicate) == (0, 4)


def test_polars_and_duckdb_relations_come_in_through_arrow(store):
    import duckdb

    relation = duckdb.sql("SELECT TIMESTAMP '2024-01-02 09:00:00' AS ts, 1.1::DECIMAL(9, 5) AS bid, 1.2 AS ask")

    assert store.ingest(relation, "EURUSD").added == 1
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"ts": [dt.datetime(2024, 1, 2, 9)], "bid": [1.1], "ask": [1.2]})
    assert store.ingest(frame, "EURUSD").duplicate == 1


def test_parquet_reads_only_what_it_needs(store, tmp_path):
    path = tmp_path / "ticks.parquet"
    pq.write_table(
        pa.table({"ts": pa.array([NINE], pa.timestamp("us", "UTC")), "bid": [1.1], "ask": [1.2], "x": ["?"]}), path
    )

    assert store.ingest(path, "EURUSD").added == 1


def test_ticks_come_in_as_they_are(store):
    ticks = lab.sample("USDJPY", days=1)
    report = store.ingest(ticks)

    assert report.added == len(ticks)
    assert report.crossed == int((ticks.bid > ticks.ask).sum()) > 0
    assert store.ticks("USDJPY").hash() == ticks.hash()


def test_R05_a_price_only_feed_has_bid_and_ask_at_the_price(store, tmp_path):
    text = "timestamp,price,quantity\n1704186000000,42000.5,0.25\n1704186000001,42001.25,1\n"
    store.ingest(write(tmp_path, text), "BTCUSDT")
    ticks = store.ticks("BTCUSDT")

    assert ticks.bid.tolist() == ticks.ask.tolist() == [4200050, 4200125]
    assert ticks.volume.tolist() == [25_000_000, 100_000_000]
    assert ticks.ts.tolist() == [NINE, NINE + 1000]


def test_sizes_are_kept_in_steps(store, tmp_path):
    text = "ts,bid,ask,bid_size,ask_size\n1704186000000000,100.5,100.6,3,5\n1704186000000001,100.5,100.6,,7\n"
    store.ingest(write(tmp_path, text), "BTCUSDT")
    ticks = store.ticks("BTCUSDT")

    assert ticks.bid_size.tolist() == [300_000_000, 0]
    assert ticks.ask_size.tolist() == [500_000_000, 700_000_000]


def test_columns_can_be_named_or_numbered(store, tmp_path):
    named = write(tmp_path, LINES.replace("time,bid,ask", "when,b,a"), "named.csv")
    bare = write(tmp_path, LINES.split("\n", 1)[1], "bare.csv")

    assert store.ingest(named, "EURUSD", columns={"ts": "when", "bid": "b", "ask": "a"}).added == 4
    assert store.ingest(bare, "EURUSD", columns={"ts": 0, "bid": 1, "ask": 2}).duplicate == 4


def test_U01_wall_times_of_a_zone_become_utc(store, tmp_path):
    store.ingest(write(tmp_path, LINES), "EURUSD", tz="America/New_York")

    assert store.span("EURUSD")[0] == NINE + 5 * 3_600_000_000


def test_U02_prices_between_two_points_are_rounded_to_the_nearest_and_counted(store, tmp_path):
    text = "time,bid,ask\n2024-01-02,1.100004,1.100016\n"
    report = store.ingest(write(tmp_path, text), "EURUSD")

    assert report.rounded == 2
    assert "2 prices are finer than one point" in repr(report)
    assert (store.ticks("EURUSD").bid.item(), store.ticks("EURUSD").ask.item()) == (110000, 110002)


def test_U05_an_unknown_symbol_is_guessed_and_the_report_says_so(store, tmp_path):
    report = store.ingest(write(tmp_path, "time,price,size\n2024-01-02,12.5,100\n2024-01-03,12.75,5\n"), "ACME")

    assert report.guessed
    assert "ACME is not a known symbol: digits=2 is taken from the data" in repr(report)
    assert store.symbol("ACME").digits == 2
    assert store.symbols()["guessed"].item()


def test_U05_a_guess_grows_with_the_data_whichever_file_came_first(tmp_path):
    coarse = write(tmp_path, "time,price\n2024-01-02,12.5\n", "a.csv")
    fine = write(tmp_path, "time,price,size\n2024-01-03,12.125,0.5\n", "b.csv")
    one, other = lab.Store(tmp_path / "one.duckdb"), lab.Store(tmp_path / "other.duckdb")
    one.ingest([coarse, fine], "ACME")
    other.ingest([fine, coarse], "ACME")

    assert one.ticks("ACME").bid.tolist() == [12500, 12125]
    assert one.ticks("ACME").hash() == other.ticks("ACME").hash()
    assert one.symbol("ACME") == other.symbol("ACME")
    assert one.sql("SELECT price.* FROM (SELECT bid FROM ticks) price")["bid"].tolist() == [12.5, 12.125]


def test_U05_digits_say_what_the_data_cannot(store, tmp_path):
    report = store.ingest(write(tmp_path, "time,price\n2024-01-02,12\n"), "ACME", digits=4)

    assert (report.guessed, report.symbol.digits, store.ticks("ACME").bid.item()) == (False, 4, 120000)


def test_a_symbol_keeps_its_digits(store, tmp_path):
    store.ingest(lab.sample("EURUSD", days=1))

    with pytest.raises(lab.OptionError, match=r"keeps EURUSD with digits=5 .* the new ticks have 6"):
        store.ingest(write(tmp_path, LINES), "EURUSD", digits=6)


def test_D03_the_same_file_twice_changes_nothing(store, tmp_path):
    path = write(tmp_path, LINES)
    store.ingest(path, "EURUSD")
    before = store.path.read_bytes()
    report = store.ingest(path, "EURUSD")

    assert (report.rows, report.added, report.duplicate) == (4, 0, 4)
    assert store.path.read_bytes() == before


def test_D03_a_copy_with_other_bytes_adds_no_ticks_but_a_line_to_the_ledger(store, tmp_path):
    store.ingest(write(tmp_path, LINES), "EURUSD")
    store.ingest(write(tmp_path, LINES.replace("\n", "\r\n"), "copy.csv"), "EURUSD")

    assert store.files()[["added", "duplicate"]].values.tolist() == [[4, 0], [0, 4]]
    assert len(store.ticks("EURUSD")) == 4


def test_D03_real_duplicates_within_a_file_survive(store, tmp_path):
    row = "2024-01-02 09:00:00,1.1,1.2\n"
    store.ingest(write(tmp_path, "time,bid,ask\n" + 3 * row, "three.csv"), "EURUSD")
    report = store.ingest(write(tmp_path, "time,bid,ask\n" + 2 * row, "two.csv"), "EURUSD")

    assert (report.added, len(store.ticks("EURUSD"))) == (0, 3)


def test_D03_two_slices_of_one_arrow_table_are_two_files(store):
    table = pa.table({"ts": [NINE, NINE + 1], "bid": [1.1, 1.2], "ask": [1.2, 1.3]})
    reports = [store.ingest(table.slice(i, 1), "EURUSD") for i in (0, 1)]

    assert [r.added for r in reports] == [1, 1]


BAD = """time,bid,ask
2024-01-02 09:00:00,1.1,1.2
2024-01-02 09:00:01,abc,1.2
2024-01-02 09:00:02,nan,1.2
2024-01-02 09:00:03,0,1.2

2024-01-02 09:00:04,1.1,-1.2
later,1.1,1.2
2024-02-30 09:00:05,1.1,1.2
2024-01-02 09:00:06,1.1
2024-01-02 09:00:07,1.1,1.2
"""


def test_D04_rows_that_cannot_be_ticks_are_listed_with_line_and_reason_and_left_out(store, tmp_path):
    report = store.ingest(write(tmp_path, BAD), "EURUSD")

    assert (report.rows, report.added, report.rejected) == (9, 2, 7)
    assert [(line, reason) for _, line, reason in report.problems] == [
        (3, "bid 'abc' is not a number"),
        (4, "bid 'nan' is not a number"),
        (5, "bid is 0, a price must be above 0"),
        (7, "ask is -1.2, a price must be above 0"),
        (8, "time 'later' cannot be read"),
        (9, "time '2024-02-30 09:00:05' does not exist"),
        (10, "it has 2 columns where 3 are expected"),
    ]
    assert "left out: " in repr(report)
    assert "line 3: bid 'abc' is not a number" in repr(report)


def test_D04_strict_refuses_the_file_and_leaves_the_store_as_it_was(store, tmp_path):
    with pytest.raises(lab.DataError, match=r"ticks.csv: line 3: bid 'abc' is not a number and 6 more; "):
        store.ingest(write(tmp_path, BAD), "EURUSD", strict=True)

    assert not store.path.exists()


def test_D04_only_the_first_few_are_listed_and_all_are_counted(store, tmp_path):
    text = "time,bid,ask\n2024-01-02,1.1,1.2\n" + "2024-01-02,x,1.2\n" * 1000
    report = store.ingest(write(tmp_path, text), "EURUSD")

    assert (report.rejected, len(report.problems)) == (1000, 10)
    assert "left out: 990 more" in repr(report)


def test_D04_a_blank_side_is_unchanged_once_both_are_known(store, tmp_path):
    text = "time,bid,ask\n1704186000,,1.3\n1704186001,1.1,\n1704186002,1.2,\n1704186003,,1.4\n1704186004,,\n"
    report = store.ingest(write(tmp_path, text), "EURUSD")
    ticks = store.ticks("EURUSD")

    assert report.problems[0][1:] == (2, "bid is missing before it is known")
    assert report.problems[1][1:] == (6, "neither bid nor ask is given")
    assert ticks.bid.tolist() == [110000, 120000, 120000]
    assert ticks.ask.tolist() == [130000, 130000, 140000]


def test_D04_a_nan_price_in_a_table_is_left_out_and_its_row_named(store):
    table = pd.DataFrame({"ts": pd.to_datetime([NINE, NINE + 1], unit="us"), "bid": [1.1, np.nan], "ask": [1.2, 1.2]})
    report = store.ingest(table, "EURUSD")

    assert [p[1:] for p in report.problems] == [(1, "bid is not a number")]
    assert report.unit == "row"


def test_R12_time_running_backwards_is_sorted_in_stably_and_reported(store, tmp_path):
    text = "time,bid,ask\n1704186002,1.3,1.4\n1704186000,1.1,1.2\n1704186002,1.2,1.4\n1704186000,1.0,1.2\n"
    report = store.ingest(write(tmp_path, text), "EURUSD")

    assert report.backwards == 2
    assert "2 rows ran backwards in time" in repr(report)
    assert store.ticks("EURUSD").bid.tolist() == [110000, 100000, 130000, 120000]


def test_R13_crossed_quotes_are_kept_and_counted(store, tmp_path):
    report = store.ingest(write(tmp_path, "time,bid,ask\n2024-01-02,1.2,1.1\n"), "EURUSD")

    assert (report.crossed, report.added) == (1, 1)


def test_a_folder_a_pattern_and_a_list_are_read_in_order_of_name(store, tmp_path):
    folder = tmp_path / "ticks"
    folder.mkdir()
    for day in ("03", "02"):
        write(folder, LINES.replace("01-02", f"01-{day}"), f"{day}.csv")
    write(folder, "not ticks", "README.md")
    seen = []
    report = store.ingest(folder, "EURUSD", progress=lambda done, total, name: seen.append((done, total, name[-6:])))

    assert (report.added, len(report.files)) == (8, 2)
    assert seen == [(1, 2, "02.csv"), (2, 2, "03.csv")]
    assert store.ingest(str(folder / "*.csv"), "EURUSD").duplicate == 8
    assert store.ingest([folder / "02.csv", folder / "03.csv"], "EURUSD").duplicate == 8


def test_D03_a_broken_file_among_several_keeps_those_before_it_and_says_so(store, tmp_path):
    good, bad = write(tmp_path, LINES, "a.csv"), write(tmp_path, "time,bid,ask\n", "b.csv")

    with pytest.raises(lab.DataError, match=r"no rows \(1 of 2 files were ingested before it\)"):
        store.ingest([good, bad], "EURUSD")
    assert len(store.ticks("EURUSD")) == 4


def lean_zip(folder, lines, name="20140501_quote.zip", member="20140501_eurusd_tick_quote.csv"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, lines)
    return path


@pytest.mark.parametrize(("folder", "hours"), [("fxcm", 5), ("oanda", 0)])
def test_lean_zips_take_their_day_from_the_name_and_their_zone_from_the_vendor(store, tmp_path, folder, hours):
    path = lean_zip(tmp_path / folder, "1787,1.38727,1.38729\r\n40.1868,1.38726,1.38729\r\n")
    report = store.ingest(path, "EURUSD")
    midnight = 1_398_902_400_000_000 + hours * 3_600_000_000

    assert report.format == "lean"
    assert store.ticks("EURUSD").ts.tolist() == [midnight + 40_187, midnight + 1_787_000]


def test_lean_zone_and_date_can_be_given(store, tmp_path):
    path = lean_zip(tmp_path, "0,1.1,1.2\n", "x.zip", "x.csv")
    store.ingest(path, "EURUSD", format="lean", date="2014-07-01", tz="America/New_York")

    assert store.span("EURUSD")[0] == 1_404_187_200_000_000


def expect(store, error, match, source, **options):
    with pytest.raises(error, match=match):
        store.ingest(source, options.pop("symbol", "EURUSD"), **options)
    assert not store.path.exists()


def test_half_a_zip_is_told_as_a_damaged_archive(store, tmp_path):
    whole = lean_zip(tmp_path, "1787,1.38727,1.38729\n" * 500)
    path = write(tmp_path, whole.read_bytes()[:-40], "20140502_quote.zip")

    expect(store, lab.DataError, r"20140502_quote.zip: the archive is cut short or damaged \(.*\); download it", path)


def test_half_a_gzip_is_told_as_a_damaged_archive(store, tmp_path):
    path = write(tmp_path, gzip.compress(LINES.encode())[:-20], "x.csv.gz")

    expect(store, lab.DataError, r"x.csv.gz: the archive is cut short or damaged", path)


def test_half_a_parquet_file_is_told(store, tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"ts": [1], "bid": [1.1], "ask": [1.2]}), path)
    path.write_bytes(path.read_bytes()[:-30])

    expect(store, lab.DataError, r"x.parquet: it is cut short or damaged, or not Parquet", path)


def test_a_wrong_delimiter_tells_the_columns_seen_and_needed(store, tmp_path):
    path = write(tmp_path, LINES.replace(",", "^"))

    expect(
        store,
        lab.DataError,
        r"no time column among its columns 'time\^bid\^ask'; needed are a time column, and bid and ask or price, "
        r"delimited by comma, semicolon, tab or bar",
        path,
    )


def test_a_missing_column_tells_which(store, tmp_path):
    path = write(tmp_path, LINES.replace("ask", "asq"))

    expect(store, lab.DataError, r"no ask column among its columns 'time', 'bid', 'asq'; needed are", path)


def test_a_text_column_where_a_price_is_needed_is_told(store, tmp_path):
    path = write(tmp_path, "time,bid,ask\n2024-01-02,high,1.2\n2024-01-03,low,1.2\n")

    expect(store, lab.DataError, r"bid holds text such as 'high' \(line 2\), a number is needed", path)


def test_a_column_that_is_no_time_is_told(store, tmp_path):
    path = write(tmp_path, "time,bid,ask\nMonday,1.1,1.2\n")

    expect(store, lab.DataError, r"'Monday' \(line 2\) is not a time; known are ISO", path)


def test_a_wrong_zone_name_suggests_the_right_one(store, tmp_path):
    path = write(tmp_path, LINES)

    expect(
        store,
        lab.OptionError,
        r"tz 'America/NewYork' is not a known time zone; did you mean 'America/New_York'\?",
        path,
        tz="America/NewYork",
    )


def test_a_missing_file_suggests_its_neighbour(store, tmp_path):
    write(tmp_path, LINES)

    expect(store, lab.DataError, r"tick.csv: there is no such file; did you mean 'ticks.csv'\?", tmp_path / "tick.csv")


def test_an_empty_file_is_told(store, tmp_path):
    expect(store, lab.DataError, r"ticks.csv is empty", write(tmp_path, ""))
    expect(store, lab.DataError, r"ticks.csv is empty", write(tmp_path, "\n\n"))
    expect(store, lab.DataError, r"ticks.csv has a header, but no rows", write(tmp_path, "time,bid,ask\n"))


def test_a_file_without_a_header_asks_for_positions(store, tmp_path):
    path = write(tmp_path, LINES.split("\n", 1)[1])

    expect(store, lab.DataError, r"has no header; its first line is '2024-01-02 09:00:00.000,1.10000,1.10002'", path)


def test_a_file_of_nothing_but_bad_rows_is_refused(store, tmp_path):
    path = write(tmp_path, "time,bid,ask\n2024-01-02,-1,1.2\n")

    expect(store, lab.DataError, r"none of its 1 rows can be a tick; line 2: bid is -1, a price must be above 0", path)


def test_a_wrong_mapping_is_told(store, tmp_path):
    path = write(tmp_path, LINES)

    expect(store, lab.OptionError, r"columns: 'bids' is not one of .*; did you mean 'bid'\?", path, columns={"bids": 1})
    expect(store, lab.OptionError, r"has no column 'bd'; did you mean 'bid'\?", path, columns={"bid": "bd"})
    expect(store, lab.OptionError, r"has 3 columns, there is no number 7", path, columns={"bid": 7})


def test_a_missing_symbol_and_an_unknown_format_are_told(store, tmp_path):
    path = write(tmp_path, LINES)

    expect(store, lab.OptionError, r"symbol is missing", path, symbol=None)
    expect(store, lab.OptionError, r"format 'cvs' is not one of .*; did you mean 'csv'\?", path, format="cvs")


def test_a_binary_file_is_not_taken_for_text(store, tmp_path):
    expect(store, lab.DataError, r"is not a text, and none of the known formats", write(tmp_path, b"\0\1\2" * 100))


def test_an_object_that_is_no_table_is_told(store):
    expect(store, lab.DataError, r"a dict cannot be ingested; give a path, a DataFrame, an Arrow table or Ticks", {})


def test_ticks_of_a_price_below_one_point_are_left_out(store):
    ticks = Ticks([0, 1], [0, 110000], [5, 110001], symbol=lab.symbol("EURUSD"))
    report = store.ingest(ticks)

    assert (report.rejected, report.added) == (1, 1)
