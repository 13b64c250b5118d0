"""The engine made ready in the background."""

import subprocess
import sys

import backtestr_lab as lab
from backtestr_lab.magic import warm

LOAD = """
import duckdb
from IPython.core.interactiveshell import InteractiveShell

InteractiveShell.instance().run_line_magic("load_ext", "backtestr_lab")
duckdb.connect()
"""


def test_there_is_one_thread_however_often_it_is_asked_for():
    assert warm.begin() is warm.begin()


def test_waiting_ends_when_a_run_needs_nothing_more():
    told = []
    warm.wait(told.append)

    assert warm._ready.is_set()
    assert set(told) <= {"loading the engine"} or "compiling the engine" in told[-1]


def test_the_smallest_run_is_a_real_one():
    run = warm.smallest_run()

    assert isinstance(run, lab.Run)
    assert run.n_ticks == 120


def test_leaving_at_once_is_quiet():
    done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
