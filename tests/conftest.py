"""Shared by all tests: golden tests that lack their data skip on a desk and fail where the data must be there."""

import os
import signal
from pathlib import Path

import pytest


def pytest_configure(config):
    # A shell that starts us in the background ignores SIGINT for us and for every program we start: then nothing can
    # be interrupted, and the tests that do would wait for ever.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    must_run = os.environ.get("BACKTESTR_REQUIRE_DATA") and item.get_closest_marker("golden")
    if must_run and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: skipped although BACKTESTR_REQUIRE_DATA is set: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if os.environ.get("BACKTESTR_REQUIRE_DATA") and report.skipped and "golden" in collector.nodeid:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid}: skipped although BACKTESTR_REQUIRE_DATA is set: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def data_dir():
    """The folder with real data that golden tests read; see BACKTESTR_DATA."""
    folder = os.environ.get("BACKTESTR_DATA")
    if not folder:
        pytest.skip(
            "BACKTESTR_DATA is not set: it names a folder with real ticks, like Data/ of the public repository "
            "github.com/QuantConnect/Lean as lean/"
        )
    folder = Path(folder)
    if not folder.is_dir():
        pytest.skip(f"BACKTESTR_DATA names {folder}, which is no folder")
    return folder
