"""Tables, views and versions of the store's file (D1).

`tick_data` holds points and microseconds; the views `ticks` and `bars` show decimal prices and timestamps. Within one
symbol and one UTC month the rows of `tick_data` lie in order of time, ties in file order: reading by month needs no
sort, and DuckDB's zone maps find a day without reading a year. There is no key: real ticks repeat.
"""

from ..errors import StoreError

__all__ = ["VERSION", "prepare", "verify"]

VERSION = 1

# ts is a TIMESTAMP, which is an int64 of microseconds on disk: queries on the views prune by it.
_TABLES = """
CREATE TABLE store_version (version INTEGER, made_at TIMESTAMP);
CREATE TABLE symbols (
    id INTEGER, name VARCHAR, digits INTEGER, quantity_digits INTEGER, contract_size DOUBLE, base VARCHAR,
    quote VARCHAR, pip DOUBLE, least DOUBLE, largest DOUBLE, initial_margin DOUBLE, maintenance_margin DOUBLE,
    anchor VARCHAR, days_a_year INTEGER, guessed BOOLEAN
);
CREATE TABLE tick_data (
    symbol INTEGER, ts TIMESTAMP, bid BIGINT, ask BIGINT, bid_size BIGINT, ask_size BIGINT, volume BIGINT
);
CREATE TABLE contested (
    symbol INTEGER, ts TIMESTAMP, version INTEGER, place INTEGER,
    bid BIGINT, ask BIGINT, bid_size BIGINT, ask_size BIGINT, volume BIGINT
);
CREATE TABLE months (
    symbol INTEGER, month INTEGER, ticks BIGINT, first_ts TIMESTAMP, last_ts TIMESTAMP, crossed BIGINT,
    equal_ts BIGINT, bid_low BIGINT, bid_high BIGINT, sized BOOLEAN
);
CREATE TABLE files (
    id INTEGER, sha256 VARCHAR, symbol INTEGER, name VARCHAR, format VARCHAR, options VARCHAR, rows BIGINT,
    added BIGINT, duplicate BIGINT, rejected BIGINT, crossed BIGINT, first_ts TIMESTAMP, last_ts TIMESTAMP,
    ingested_at TIMESTAMP
);
"""

_VIEWS = """
CREATE OR REPLACE VIEW ticks AS
SELECT s.name AS symbol, t.ts, t.bid / power(10, s.digits) AS bid, t.ask / power(10, s.digits) AS ask,
       t.bid_size / power(10, s.quantity_digits) AS bid_size, t.ask_size / power(10, s.quantity_digits) AS ask_size,
       t.volume / power(10, s.quantity_digits) AS volume
FROM tick_data t JOIN symbols s ON t.symbol = s.id;

CREATE OR REPLACE VIEW bars AS
SELECT s.name AS symbol, b.ts, b.open / power(10, s.digits) AS open, b.high / power(10, s.digits) AS high,
       b.low / power(10, s.digits) AS low, b.close / power(10, s.digits) AS close,
       b.volume / power(10, s.quantity_digits) AS volume, b.ticks
FROM (
    SELECT symbol, date_trunc('minute', ts) AS ts, arg_min(bid, rowid) AS open, max(bid) AS high, min(bid) AS low,
           arg_max(bid, rowid) AS close, sum(volume)::BIGINT AS volume, count(*) AS ticks
    FROM tick_data GROUP BY ALL
) b JOIN symbols s ON b.symbol = s.id;
"""

# version -> statements that turn a file of that version into the next one
_MIGRATIONS: dict = {}


def prepare(connection, path):
    """Make the tables of a new file, or bring those of an older one up to date; inside the caller's transaction.

    Raises
    ------
    StoreError
        A newer version, or a database that is somebody else's.
    """
    if _tables(connection) == set():
        connection.execute(_TABLES)
        connection.execute("INSERT INTO store_version VALUES (?, make_timestamp(epoch_us(now())))", [VERSION])
        connection.execute(_VIEWS)
        return
    version = verify(connection, path)
    while version < VERSION:
        connection.execute(_MIGRATIONS[version])
        version += 1
        connection.execute("UPDATE store_version SET version = ?", [version])
        connection.execute(_VIEWS)


def verify(connection, path):
    """The version of the file; it can be read if it is not newer than this code (D1).

    Raises
    ------
    StoreError
        As `prepare`.
    """
    if "store_version" not in _tables(connection):
        raise StoreError(f"{path} is a DuckDB database, but not a store of BackTestr Lab; give Store another path")
    ((version,),) = connection.execute("SELECT max(version) FROM store_version").fetchall()
    if version > VERSION:
        raise StoreError(
            f"{path} is a store of version {version}, this BackTestr Lab reads up to {VERSION}; "
            "upgrade it: pip install --upgrade backtestr-lab"
        )
    return version


def _tables(connection):
    return {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
