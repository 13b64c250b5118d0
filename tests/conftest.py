"""Shared by all tests: golden tests that lack their data skip on a desk and fail where the data must be there."""

import os

import pytest


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
