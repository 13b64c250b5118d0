"""The cache is bounded in bytes and forgets the least recently used."""

from backtestr_lab.store.cache import LruCache


def test_the_least_recently_used_makes_room():
    cache = LruCache(100)
    for key in "abc":
        cache.put(key, key.upper(), 30)
    cache.get("a")
    cache.put("d", "D", 30)

    assert [cache.get(key) for key in "abcd"] == ["A", None, "C", "D"]
    assert cache.metrics() == {"hits": 4, "misses": 1, "bytes": 90, "limit": 100, "entries": 3}


def test_what_is_larger_than_the_cache_is_not_kept_and_evicts_nothing():
    cache = LruCache(100)
    cache.put("a", 1, 60)
    cache.put("b", 2, 101)

    assert (cache.get("a"), cache.get("b"), cache.bytes) == (1, None, 60)


def test_a_value_put_again_counts_once():
    cache = LruCache(100)
    cache.put("a", 1, 60)
    cache.put("a", 2, 70)

    assert (cache.get("a"), cache.bytes) == (2, 70)


def test_a_smaller_limit_shrinks_at_once():
    cache = LruCache(100)
    cache.put("a", 1, 40)
    cache.put("b", 2, 40)
    cache.resize(50)

    assert (cache.get("a"), cache.get("b")) == (None, 2)


def test_stale_entries_are_discarded_by_key():
    cache = LruCache(100)
    cache.put(("file", 1), 1, 10)
    cache.put(("file", 2), 2, 10)
    cache.discard(lambda key: key[1] == 1)

    assert (cache.get(("file", 1)), cache.get(("file", 2)), cache.bytes) == (None, 2, 10)
