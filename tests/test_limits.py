"""Amounts of time and memory, and code that is ended from outside (S6)."""

import datetime as dt
import mmap
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import backtestr_lab as lab
from backtestr_lab import limits, process
from backtestr_lab.limits import LimitReached, Limits, bytes_of, reachable, seconds_of


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("30s", 30), ("30", 30), (2.5, 2.5), ("250ms", 0.25), ("5min", 300), ("5 m", 300), ("1h", 3600),
     (dt.timedelta(minutes=2), 120), ("1_000s", 1000), (1e-5, 1e-5)],
)  # fmt: skip
def test_a_time_is_read_with_its_unit(given, seconds):
    assert seconds_of(given) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("given", "count"),
    [("2GB", 2e9), ("1.5GiB", 1.5 * 2**30), ("500 MB", 5e8), ("64k", 64_000), (10**9, 1e9), ("1tb", 1e12)],
)
def test_an_amount_of_memory_is_read_with_its_unit(given, count):
    assert bytes_of(given) == count


@pytest.mark.parametrize("given", ["soon", "0s", 0, -1, True, float("nan"), float("inf"), "5 days", "", [1]])
def test_what_is_no_time_is_told(given):
    with pytest.raises(lab.OptionError, match=r"^timeout .* is not a time above 0; write '30s'"):
        seconds_of(given)


@pytest.mark.parametrize("given", ["lots", "0GB", 0, -1, True, "0.1", "5s", ""])
def test_what_is_no_amount_of_memory_is_told(given):
    with pytest.raises(lab.OptionError, match=r"^max_memory .* is not an amount; write '500MB'"):
        bytes_of(given)


def held(count):
    """So many bytes that are in use, and were not this process's before: freed memory of its own is no growth."""
    memory = mmap.mmap(-1, count)
    for place in range(0, count, mmap.PAGESIZE):
        memory[place] = 1
    return memory


def test_the_memory_of_this_process_grows_and_shrinks_with_what_it_holds():
    before = process.resident_bytes()
    memory = held(50_000_000)
    during = process.resident_bytes()
    memory.close()

    assert 45e6 < during - before < 60e6
    assert process.resident_bytes() - before < 10e6


@pytest.mark.skipif(sys.platform == "win32", reason="no getrusage there")
def test_where_the_system_tells_nothing_better_the_peak_is_asked(monkeypatch):
    now = process.resident_bytes()
    monkeypatch.setattr(process, "_ASK", {sys.platform: (process._by_windows,)})

    assert process.resident_bytes() >= 0.9 * now


def test_S06_memory_counts_from_where_the_run_began():
    memory = held(60_000_000)
    limit = Limits(max_memory="30MB")

    assert limit.reached() is None
    more = held(50_000_000)
    assert limit.reached().startswith("max_memory=30MB reached (the process grew by ")
    more.close()
    memory.close()
    assert limit.reached() is limit.what is not None


def test_without_limits_work_is_done_in_no_thread_of_its_own():
    with Limits() as none:
        assert not none
        assert reachable(threading.active_count) == threading.active_count()


def test_S06_what_is_raised_comes_in_the_work_and_never_after_it(monkeypatch):
    """The limit is reached at the very end of the work, again and again."""
    monkeypatch.setattr(limits, "EVERY", 0.0002)
    rounds = range(300)
    came = 0

    def work():
        until = time.perf_counter() + 0.003
        while time.perf_counter() < until:
            pass
        return "done"

    for i in rounds:
        try:
            with Limits(0.0001 * (20 + i % 20)):
                assert reachable(work) == "done"
        except LimitReached:
            came += 1
        for _ in range(500):  # steps at which something late would be raised
            pass

    assert 0 < came < len(rounds)
    assert not any(t.name == "backtest-limits" for t in threading.enumerate())


def test_S06_code_can_be_traced_after_work_was_ended():
    """A thread that still looks for something to be raised would look for ever when it is traced."""
    code = """
        import sys
        from backtestr_lab.limits import LimitReached, Limits, reachable

        def forever():
            while True:
                pass

        def traced():
            return "traced"

        try:
            with Limits("1ms"):
                reachable(forever)
        except LimitReached:
            pass
        sys.settrace(lambda *_: None)
        print(traced())
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=20)

    assert done.stdout == "traced\n", done.stderr


def test_S06_work_within_work_is_watched_once():
    def inner():
        while True:
            pass

    with Limits("50ms") as limit, pytest.raises(LimitReached):
        reachable(reachable, inner)

    assert limit.what == "timeout=50ms reached"


def test_what_the_work_raises_comes_through():
    with Limits("1h"), pytest.raises(KeyError, match="mine"):
        reachable({}.__getitem__, "mine")
