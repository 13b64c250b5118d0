"""What code that is not trusted may import and name: the tables behind trust.py (S6).

A module, function or method is one entry here.
"""

__all__ = ["BUILTINS", "DUNDERS", "IMPORTS", "INSIDE", "METHODS", "MODULES", "NAMES", "PREFIXES"]

FILES = "reaches files"
PROGRAMS = "reaches this process and others"
NETWORK = "reaches the network"
CODE = "runs code that is not written here"


def _each(why, names):
    return dict.fromkeys(names.split(), why)


# Modules that may be imported: none of them opens anything unless one of the names below is used.
IMPORTS = frozenset(
    _each(
        "may be imported",
        """
        __future__ abc array bisect calendar cmath collections contextlib copy dataclasses datetime decimal enum
        fractions functools heapq itertools json math numbers operator random re secrets statistics string textwrap
        time types typing typing_extensions uuid warnings zoneinfo
        backtestr_lab numba numpy pandas polars scipy sklearn statsmodels talib
        """,
    )
)

# Modules that are refused wherever they come from: another cell may have imported them for purposes of its own.
MODULES = (
    _each(
        FILES,
        """
        bz2 codecs dbm duckdb fileinput filecmp glob gzip h5py io joblib linecache lzma mmap openpyxl pathlib pickle
        pyarrow shelve shutil sqlalchemy sqlite3 tarfile tempfile zipfile zlib
        """,
    )
    | _each(
        PROGRAMS,
        """
        IPython asyncio atexit builtins concurrent ctypes faulthandler gc ipykernel multiprocessing nt os posix
        posixpath ntpath psutil pty resource signal subprocess sys thread threading
        """,
    )
    | _each(
        NETWORK,
        """
        aiohttp boto3 ccxt ftplib http httpx imaplib pandas_datareader paramiko poplib requests smtplib socket
        socketserver ssl telnetlib urllib urllib3 webbrowser websocket websockets xmlrpc yfinance
        """,
    )
    | _each(CODE, "ast cloudpickle code codeop dill dis importlib inspect marshal pdb pkgutil runpy site")
)

# The same where they lie inside a module that may be used, as in np.lib.npyio.os. Not `signal`: scipy has one.
INSIDE = {name: why for name, why in MODULES.items() if name not in ("code", "signal", "resource", "ast", "dis")}

# Functions of Python.
BUILTINS = (
    {"open": FILES, "input": "waits for an answer", "__import__": CODE}
    | _each(CODE, "compile eval exec")
    | _each("ends this process", "exit quit")
    | _each("reaches what is not written here", "globals __builtins__ __loader__ __spec__")
    | {"get_ipython": PROGRAMS}
)

# Dotted names of modules that may be used; what begins with one is refused too.
NAMES = (
    _each(FILES, "json.tool pandas.ExcelFile pandas.ExcelWriter pandas.HDFStore")
    | _each(
        FILES,
        """
        numpy.DataSource numpy.f2py numpy.fromregex numpy.genfromtxt numpy.lib.format numpy.lib.npyio numpy.load
        numpy.loadtxt numpy.save numpy.savetxt numpy.savez numpy.savez_compressed
        """,
    )
    | _each(
        FILES,
        "backtestr_lab.cli backtestr_lab.magic backtestr_lab.process backtestr_lab.replay backtestr_lab.store",
    )
    | _each(CODE, "numba.cuda numba.pycc numpy.ctypeslib numpy.distutils numpy.testing")
    | _each(NETWORK, "scipy.datasets statsmodels.datasets")
)
PREFIXES = {
    "pandas": {"read_": FILES},
    "polars": {"read_": FILES, "scan_": FILES},
    "sklearn": {"fetch_": NETWORK},
}

# Methods that do it whatever they are called on: tables, arrays, paths, figures, stores, runs. Of `self` they are the
# strategy's own.
METHODS = _each(
    FILES,
    """
    to_clipboard to_csv to_excel to_feather to_gbq to_hdf to_html to_json to_orc to_parquet to_pickle to_sql to_stata
    to_xml sink_csv sink_ipc sink_ndjson sink_parquet write_avro write_csv write_database write_delta write_excel
    write_ipc write_json write_ndjson write_parquet
    dump fromfile memmap open_memmap tofile
    mkdir read_bytes read_text rmdir touch unlink write_bytes write_html write_image write_text savefig
    export ingest sql
    """,
) | _each(PROGRAMS, "run_cell run_cell_magic run_line_magic getoutput")

# Attributes with two underscores that lead nowhere else.
DUNDERS = frozenset({"__doc__", "__file__", "__init__", "__len__", "__name__", "__post_init__", "__version__"})
