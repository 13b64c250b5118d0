"""Short connections to the store's file: opened for one load or commit, then closed (D2).

DuckDB lets one process write or several read. An open notebook must never block another, so no connection outlives
the work it was opened for, a busy file is retried, and every way a file can be unusable has its own sentence.
"""

import os
import re
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ..errors import StoreBusyError, StoreError

__all__ = ["connect", "damage", "default_path", "first_line", "identity"]

# Files stay readable for DuckDB 1.4 and later; order of insertion is what keeps equal-time ticks in file order.
_WRITE = {"storage_compatibility_version": "v1.4.0", "preserve_insertion_order": True}
_READ = {"preserve_insertion_order": True}
_FILE = "ticks.duckdb"

# DuckDB refuses two connections of one process to one file when one reads and one writes: they take turns.
_turns: dict = {}
_turns_lock = threading.Lock()


def default_path(path=None):
    """The store's file: `path`, else ``$BACKTESTR_STORE``, else in the user's data folder; a folder means a file in it.

    Examples
    --------
    >>> default_path("prices.duckdb").name
    'prices.duckdb'
    """
    path = path or os.environ.get("BACKTESTR_STORE")
    if not path:
        from platformdirs import user_data_dir

        path = user_data_dir("backtestr_lab", appauthor=False)
    path = Path(path).expanduser().resolve()
    return path / _FILE if path.is_dir() or not path.suffix else path


def identity(path):
    """What changes whenever the file's content does: inode, size and time of the file and of its write-ahead log.

    Examples
    --------
    >>> identity("no such file")
    (None, None)
    """

    def stamp(name):
        try:
            stat = os.stat(name)
        except OSError:
            return None
        return stat.st_ino, stat.st_size, stat.st_mtime_ns

    return stamp(path), stamp(f"{path}.wal")


@contextmanager
def connect(path, *, write=False, lock_timeout=30.0):
    """A connection for the length of a ``with`` block; waits while another process holds the file (D2).

    Raises
    ------
    StoreBusyError
        Held for longer than `lock_timeout` seconds; names the process.
    StoreError
        Missing (to read), not a database, damaged, written by a newer DuckDB, or not permitted.
    """
    if not write and not path.exists():
        raise StoreError(
            f"there is no store at {path}; make one with lab.Store(path).ingest('ticks.csv', symbol='EURUSD') "
            "or lab.Store(path).ingest(lab.sample())"
        )
    if write:
        _make_folder(path.parent)
    turn = _turn(path)
    begun = time.monotonic()
    if not turn.acquire(timeout=lock_timeout):
        raise StoreBusyError(
            f"{path} is held by another thread of this process; waited lock_timeout={lock_timeout:g} s"
        )
    try:
        connection = _open(path, write, begun, lock_timeout)
        try:
            yield connection
        except duckdb.Error as error:
            known = _translate(error, path)
            if known is None:
                raise
            raise known from error
        finally:
            connection.close()
    finally:
        turn.release()


def _turn(path):
    with _turns_lock:
        return _turns.setdefault(str(path), threading.Lock())


def _make_folder(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the folder {folder}: {error.strerror.lower()}") from None


def _open(path, write, begun, lock_timeout):
    pause = 0.01
    while True:
        try:
            return duckdb.connect(str(path), read_only=not write, config=_WRITE if write else _READ)
        except duckdb.Error as error:
            holder = _holder(str(error))
            if holder is None:
                raise _translate(error, path) or StoreError(f"{path} cannot be opened: {first_line(error)}") from None
            waited = time.monotonic() - begun
            if waited + pause > lock_timeout:
                raise StoreBusyError(
                    f"{path} is held by {holder}; waited {waited:.1f} s (lock_timeout={lock_timeout:g} s); "
                    "close it there, or give Store a longer lock_timeout"
                ) from None
        time.sleep(pause)
        pause = min(2 * pause, 0.5)


def _holder(text):
    if "Could not set lock" in text:
        pid = re.search(r"PID (\d+)", text)
        program = re.search(r"held in (\S+)", text)
        named = f" (PID {pid[1]}{f', {program[1]}' if program else ''})" if pid else ""
        return f"another process{named}"
    if "different configuration than existing" in text or "already attached" in text:
        return f"a DuckDB connection of this process (PID {os.getpid()})"
    # Windows words it its own way and knows no PID.
    return "another process" if "being used by another process" in text else None


def _translate(error, path):
    """The StoreError for a DuckDB error about the file itself, or None for an error in a query."""
    text = str(error)
    if "not a valid DuckDB database" in text:
        return StoreError(f"{path} is not a DuckDB database; give Store the path of another file")
    if "version number" in text and "can only read" in text:
        return StoreError(f"{path} was written by a newer DuckDB; upgrade it: pip install --upgrade duckdb")
    if "Permission denied" in text or "Read-only file system" in text:
        return StoreError(f"{path}: no permission to open it; check its owner and mode")
    if "Is a directory" in text:
        return StoreError(f"{path} is a folder; give Store the path of a file")
    if (found := damage(error, path)) is not None:
        return found
    if isinstance(error, duckdb.IOException):
        return StoreError(f"{path} cannot be read or written: {first_line(error)}; the store is as it was")
    return None


def damage(error, path):
    """The StoreError for a file that DuckDB finds damaged, or None for another error.

    Examples
    --------
    >>> damage(duckdb.ParserException("Parser Error: syntax error"), "x.duckdb")
    """
    if re.search("Corrupt|checksum|Could not read enough bytes", str(error)):
        return StoreError(f"{path} is damaged ({first_line(error)}); restore a copy, or ingest its files anew")
    return None


def first_line(error):
    """The first line of a DuckDB error, without the name of its class when that says nothing.

    Examples
    --------
    >>> first_line(duckdb.IOException("IO Error: no space left\\nmore"))
    'no space left'
    """
    return re.sub(r"^(IO|TransactionContext) Error: ", "", str(error).strip().splitlines()[0])
