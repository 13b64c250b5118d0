"""What may befall a store's file: killed writers, full disks, other processes, damage, strangers (D2, D3)."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import duckdb
import pytest

import backtestr_lab as lab
from backtestr_lab.store.cache import shared


@pytest.fixture
def store(tmp_path):
    return lab.Store(tmp_path / "store.duckdb")


def python(code, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


KILLED = """
    import os, signal, sys, time, threading, backtestr_lab as lab
    from backtestr_lab.store import commit

    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    def then_die(function):
        return lambda *arguments, **named: (function(*arguments, **named), die())

    ticks = lab.sample("EURUSD", days=20, seed=2)
    place = sys.argv[2]
    if place == "after a month":
        commit._record_month = then_die(commit._record_month)
    elif place == "before the end":
        commit._write_row = then_die(commit._write_row)
    else:
        threading.Timer(float(place), die).start()
    lab.Store(sys.argv[1]).ingest(ticks)
    die()
"""


@pytest.mark.parametrize("place", ["after a month", "before the end", 0.05, 0.2, 0.4, 0.6])
def test_D03_a_writer_killed_in_the_middle_leaves_all_or_nothing(store, place):
    before, more = lab.sample("EURUSD", days=5), lab.sample("EURUSD", days=20, seed=2)
    store.ingest(before)
    whole = lab.Store(store.path.with_name("whole.duckdb"))
    whole.ingest([before, more])
    writer = python(KILLED, store.path, place)
    _, errors = writer.communicate(timeout=60)
    shared.clear()
    left = store.ticks("EURUSD").hash()

    assert writer.returncode == -signal.SIGKILL, errors
    if isinstance(place, str):
        assert left == before.hash()
    assert left in (before.hash(), whole.ticks("EURUSD").hash())
    assert len(store.files()) == (1 if left == before.hash() else 2)
    store.ingest(more)
    assert store.ticks("EURUSD").hash() == whole.ticks("EURUSD").hash()


def test_D03_a_commit_that_fails_half_way_leaves_the_store_as_it_was(store, monkeypatch):
    before = lab.sample("EURUSD", days=3)
    store.ingest(before)

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("backtestr_lab.store.commit._write_row", fail)
    with pytest.raises(KeyboardInterrupt):
        store.ingest(lab.sample("EURUSD", days=20, seed=2))
    shared.clear()

    assert store.ticks("EURUSD").hash() == before.hash()
    assert len(store.files()) == 1


def test_D03_a_full_disk_leaves_the_store_as_it_was(store):
    before = lab.sample("EURUSD", days=5)
    store.ingest(before)
    code = """
        import resource, signal, sys, backtestr_lab as lab
        ticks = lab.sample("EURUSD", days=60, seed=2)
        store = lab.Store(sys.argv[1])
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (6_000_000, 6_000_000))
        try:
            store.ingest(ticks)
        except lab.StoreError as error:
            print(error)
    """
    output, errors = python(code, store.path).communicate(timeout=60)

    assert "cannot be read or written" in output, errors
    assert store.ticks("EURUSD").hash() == before.hash()


HOLD = """
    import sys, time, duckdb
    connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read")
    print("held", flush=True)
    time.sleep(float(sys.argv[3]))
    connection.close()
"""


@pytest.mark.parametrize("action", ["read", "write"])
def test_D02_a_busy_store_is_told_with_the_process_that_holds_it(store, action):
    store.ingest(lab.sample("EURUSD", days=1))
    shared.clear()
    holder = python(HOLD, store.path, "read" if action == "write" else "write", 30)
    holder.stdout.readline()
    waiting = lab.Store(store.path, lock_timeout=0.3)
    begun = time.perf_counter()
    try:
        with pytest.raises(lab.StoreBusyError, match=rf"another process \(PID {holder.pid}.*lock_timeout=0.3 s"):
            if action == "read":
                waiting.ticks("EURUSD")
            else:
                waiting.ingest(lab.sample("EURUSD", days=2))
    finally:
        holder.kill()
        holder.communicate()

    assert time.perf_counter() - begun < 5


def test_D02_a_store_that_is_busy_for_a_moment_is_waited_for(store):
    store.ingest(lab.sample("EURUSD", days=1))
    shared.clear()
    holder = python(HOLD, store.path, "write", 0.5)
    holder.stdout.readline()
    ticks = lab.Store(store.path, lock_timeout=20).ticks("EURUSD")
    holder.communicate()

    assert len(ticks) > 0


def test_D02_two_processes_ingest_into_one_store_in_turns(store):
    code = """
        import sys, backtestr_lab as lab
        ticks = lab.sample(sys.argv[2], days=3)
        for third in range(3):
            lab.Store(sys.argv[1]).ingest(ticks[third * len(ticks) // 3 : (third + 1) * len(ticks) // 3])
    """
    writers = [python(code, store.path, name) for name in ("EURUSD", "USDJPY")]
    errors = [writer.communicate()[1] for writer in writers]

    assert [writer.returncode for writer in writers] == [0, 0], errors
    assert store.symbols()["ticks"].tolist() == [len(lab.sample(s, days=3)) for s in ("EURUSD", "USDJPY")]


def test_D02_a_connection_of_this_process_is_told(store):
    store.ingest(lab.sample("EURUSD", days=1))
    connection = duckdb.connect(str(store.path))
    try:
        with pytest.raises(lab.StoreBusyError, match=rf"a DuckDB connection of this process \(PID {os.getpid()}\)"):
            lab.Store(store.path, lock_timeout=0.1).sql("SELECT 1")
    finally:
        connection.close()


def test_a_missing_store_tells_how_to_make_one(store):
    with pytest.raises(
        lab.StoreError, match=r"there is no store at .*store.duckdb; make one with lab.Store\(path\).ingest"
    ):
        store.ticks("EURUSD")


@pytest.mark.parametrize("content", [b"", b"hello", b"hello world\n" * 1000], ids=["empty", "short", "long"])
def test_a_file_that_is_no_database_is_told_and_left_alone(store, content):
    store.path.write_bytes(content)
    for act in (lambda: store.ticks("EURUSD"), lambda: store.ingest(lab.sample(days=1))):
        with pytest.raises(
            lab.StoreError, match=r"store.duckdb is not a DuckDB database; give Store the path of another"
        ):
            act()

    assert store.path.read_bytes() == content


def test_somebody_elses_database_is_told_and_left_alone(store):
    with duckdb.connect(str(store.path)) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER)")
    for act in (lambda: store.ticks("EURUSD"), lambda: store.ingest(lab.sample(days=1))):
        with pytest.raises(lab.StoreError, match=r"is a DuckDB database, but not a store of BackTestr Lab"):
            act()
    with duckdb.connect(str(store.path)) as connection:
        assert connection.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("orders",)]


def test_a_store_of_a_newer_version_is_told(store):
    store.ingest(lab.sample(days=1))
    with duckdb.connect(str(store.path)) as connection:
        connection.execute("UPDATE store_version SET version = 7")
    for act in (lambda: store.ticks("EURUSD"), lambda: store.ingest(lab.sample(days=2))):
        with pytest.raises(lab.StoreError, match=r"is a store of version 7, this BackTestr Lab reads up to 1; upgrade"):
            act()


def test_an_older_version_is_brought_up_to_date_by_the_next_ingest(store, monkeypatch):
    store.ingest(lab.sample(days=1))
    monkeypatch.setattr("backtestr_lab.store.schema.VERSION", 2)
    monkeypatch.setattr("backtestr_lab.store.schema._MIGRATIONS", {1: "ALTER TABLE files ADD COLUMN note VARCHAR"})
    store.ingest(lab.sample(days=2))

    assert store.sql("SELECT version FROM store_version")["version"].tolist() == [2]
    assert store.sql("SELECT note FROM files")["note"].isna().all()


def flip(path, place):
    data = bytearray(path.read_bytes())
    for i in range(int(len(data) * place), min(len(data), int(len(data) * place) + 300_000), 97):
        data[i] ^= 0xFF
    path.write_bytes(data)


def test_flipped_bits_are_told_as_damage(store):
    store.ingest(lab.sample(days=20))
    flip(store.path, 0.5)
    shared.clear()

    with pytest.raises(lab.StoreError, match=r"store.duckdb is damaged \(.*checksum.*\); restore a copy, or ingest"):
        lab.Store(store.path).ticks("EURUSD")


def test_a_file_cut_short_is_told_as_damage(store):
    store.ingest(lab.sample(days=20))
    store.path.write_bytes(store.path.read_bytes()[: store.path.stat().st_size // 2])
    shared.clear()

    with pytest.raises(lab.StoreError, match=r"store.duckdb is damaged"):
        lab.Store(store.path).ticks("EURUSD")


def test_ticks_that_are_not_what_the_catalog_says_are_told(store):
    store.ingest(lab.sample(days=1))
    with duckdb.connect(str(store.path)) as connection:
        connection.execute("DELETE FROM tick_data WHERE ts < '2024-01-01 12:00'")

    with pytest.raises(lab.StoreError, match=r"is damaged: EURUSD has .* ticks where .* are recorded"):
        store.ticks("EURUSD")


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(lab.StoreError, match=r"cannot make the folder .*file"):
        lab.Store(tmp_path / "file" / "store.duckdb").ingest(lab.sample(days=1))
