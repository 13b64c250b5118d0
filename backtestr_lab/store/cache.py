"""A byte-bounded store of loaded ticks, one for the process: the second run in a kernel loads nothing (D2).

Keys carry the file's identity, so that a changed store is noticed; the arrays are read-only, so that no run can change
what the next one sees.
"""

import os
import threading
from collections import OrderedDict

__all__ = ["LruCache", "shared"]


class LruCache:
    """Least recently used out first; thread-safe.

    Parameters
    ----------
    limit : int
        Bytes kept at most; larger values are never kept.

    Attributes
    ----------
    hits, misses, bytes : int
        Since the start, and now.

    Examples
    --------
    >>> cache = LruCache(100)
    >>> cache.put("a", "ticks", nbytes=60); cache.put("b", "more", nbytes=60)
    >>> cache.get("a"), cache.get("b"), cache.metrics()["bytes"]
    (None, 'more', 60)
    """

    def __init__(self, limit):
        self.limit = limit
        self.hits = self.misses = self.bytes = 0
        self._entries = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key):
        """The value, or None."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                self.misses += 1
                return None
            self._entries.move_to_end(key)
            self.hits += 1
            return entry[0]

    def put(self, key, value, nbytes):
        """Keep a value; the least recently used make room."""
        with self._lock:
            self._drop(key)
            if nbytes > self.limit:
                return
            self._entries[key] = (value, nbytes)
            self.bytes += nbytes
            self._shrink()

    def discard(self, stale):
        """Forget every entry whose key the predicate `stale` names."""
        with self._lock:
            for key in [k for k in self._entries if stale(k)]:
                self._drop(key)

    def resize(self, limit):
        """Change the bound; shrinks at once."""
        with self._lock:
            self.limit = limit
            self._shrink()

    def clear(self):
        """Forget everything, metrics included."""
        with self._lock:
            self._entries.clear()
            self.hits = self.misses = self.bytes = 0

    def metrics(self):
        """``{"hits", "misses", "bytes", "limit", "entries"}``."""
        with self._lock:
            return {
                "hits": self.hits,
                "misses": self.misses,
                "bytes": self.bytes,
                "limit": self.limit,
                "entries": len(self._entries),
            }

    def _drop(self, key):
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.bytes -= entry[1]

    def _shrink(self):
        while self.bytes > self.limit:
            _, (_, nbytes) = self._entries.popitem(last=False)
            self.bytes -= nbytes


def _default_limit():
    """A quarter of the memory, at most 4 GiB."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        memory = 4 << 30
    return min(memory // 4, 4 << 30)


shared = LruCache(_default_limit())
