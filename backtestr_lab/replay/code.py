"""The player's code as the page gets it: once, and not with every player.

A page imports the script of each widget anew and never lets go of it, so what a player carries is a loader of a few KB.
"""

import gzip
import hashlib
import json
from functools import lru_cache
from typing import NamedTuple

from .widget import static

__all__ = ["Code", "code"]


class Code(NamedTuple):
    """Script and style of the player.

    Attributes
    ----------
    version : str
        Differs when either differs: a page may show players of two kernels.
    packed : bytes
        Gzipped JSON, ``{"script": text, "style": text}``.
    """

    version: str
    packed: bytes


def code():
    """The code as it is built now.

    Returns
    -------
    Code

    Raises
    ------
    DataError
        The package was installed without its built JavaScript.

    Examples
    --------
    >>> len(code().version)
    16
    """
    return _packed(static("player.js"), static("player.css"))


@lru_cache(maxsize=1)
def _packed(script, style):
    data = json.dumps({"script": script, "style": style}).encode()
    return Code(hashlib.sha256(data).hexdigest()[:16], gzip.compress(data, mtime=0))
