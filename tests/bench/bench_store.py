"""Ticks out of the store into numpy, against DuckDB's own way to Arrow; and the sample year."""

import tempfile
import time
from pathlib import Path

import duckdb
from market import market
from measure import note, side_by_side

import backtestr_lab as lab
from backtestr_lab.store.cache import shared

QUERY = "SELECT ts, bid, ask FROM tick_data"


def measure(quick=False):
    ticks = market(2_000_000 if quick else 20_000_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ticks.duckdb"
        began = time.perf_counter()
        lab.Store(path).ingest(ticks)
        ingest = time.perf_counter() - began

        def ours():
            shared.clear()
            return lab.Store(path).ticks("EURUSD")

        def arrow():
            with duckdb.connect(str(path), read_only=True) as connection:
                return connection.sql(QUERY).to_arrow_table()

        def fetchnumpy():
            with duckdb.connect(str(path), read_only=True) as connection:
                return connection.sql(QUERY).fetchnumpy()

        times = side_by_side({"ours": ours, "arrow": arrow, "fetchnumpy": fetchnumpy}, rounds=2 if quick else 4)
        kept = side_by_side({"again": lambda: lab.Store(path).ticks("EURUSD")})["again"]
        size = path.stat().st_size
    millions = len(ticks) / 1e6
    days = 30 if quick else 365
    began = time.perf_counter()
    made = len(lab.sample("EURUSD", days=days))
    year = time.perf_counter() - began

    def against(name):
        return f"{times[name]:.2f} s, {times[name] / times['ours']:.2f}x of ours"

    ours = times["ours"]
    return [
        note(f"store: {millions:g} M ticks to numpy", f"{ours:.2f} s, {millions / ours:.0f} M ticks/s"),
        note("DuckDB to an Arrow table, no order checked", against("arrow")),
        note("DuckDB's fetchnumpy", against("fetchnumpy")),
        note("again, from the cache", f"{kept * 1e3:.1f} ms"),
        note("ingest; on disk", f"{millions / ingest:.1f} M ticks/s; {size / len(ticks):.1f} bytes a tick"),
        note(f"the sample, {days} days", f"{made:,} ticks in {year:.1f} s"),
    ]
