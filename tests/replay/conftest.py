"""The random-walk run for tests that only draw one."""

import importlib.util
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location("fake_run", Path(__file__).with_name("fake_run.py"))
module = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(module)


@pytest.fixture
def make_run():
    """`make_run(days=9, trades=40, ...)`."""
    return module.fake_run


@pytest.fixture
def run(make_run):
    """Nine days, forty trades."""
    return make_run()
