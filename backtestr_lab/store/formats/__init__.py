"""The formats ticks come in: one module each, and one entry in the list here.

A module has ``ENDINGS`` (of file names), ``fits(path, data)`` (is it this format, by its content) and
``read(path, data, request)``, which returns `Rows`: columns as they are in the file, unchecked, in file order.
"""

from . import csv, lean, parquet

__all__ = ["FORMATS", "could_be_ticks", "endings", "recognise"]

# name -> module; asked in this order, the least particular last
FORMATS = {"lean": lean, "parquet": parquet, "csv": csv}


def recognise(path, data):
    """Name of the format of a file, by its content.

    Examples
    --------
    >>> from pathlib import Path
    >>> recognise(Path("x.txt"), b"time,bid,ask\\n"), recognise(Path("x.txt"), b"PAR1....")
    ('csv', 'parquet')
    """
    return next(name for name, module in FORMATS.items() if module.fits(path, data))


def could_be_ticks(path):
    """Whether a file in a folder has the name of one of the formats.

    Examples
    --------
    >>> from pathlib import Path
    >>> could_be_ticks(Path("a.csv.gz")), could_be_ticks(Path("notes.md"))
    (True, False)
    """
    return any(path.name.lower().endswith(ending) for module in FORMATS.values() for ending in module.ENDINGS)


def endings():
    """The file names that a folder is searched for.

    Examples
    --------
    >>> ".csv" in endings()
    True
    """
    return ", ".join(sorted({ending for module in FORMATS.values() for ending in module.ENDINGS}))
