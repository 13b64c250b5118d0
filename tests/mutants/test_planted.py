"""The list of planted bugs stays true: each has its place and names tests that exist; no rule or property lacks one."""

import re
from pathlib import Path

import pytest

from .planted import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
PROPERTIES = sorted((ROOT / "tests/properties").glob("test_*.py"))
# Twenty thousand cases of a property that has its mutants with a few hundred.
LONG = {"properties/test_oracle.py::test_C04_the_engine_writes_the_oracles_journal_twenty_thousand_times"}


def names_in(path):
    names = re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {f"{path.parent.name}/{path.name}::{name}" for name in names}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.rule}-{m.what}")
def test_a_planted_bug_has_its_place_and_its_tests(mutant):
    source = (ROOT / "backtestr_lab" / mutant.file).read_text(encoding="utf-8")

    assert source.count(mutant.old) == 1
    assert mutant.old != mutant.new
    for test in mutant.tests:
        assert test in names_in(ROOT / "tests" / test.split("::")[0])


def test_descriptions_are_unique():
    assert len({mutant.what for mutant in MUTANTS}) == len(MUTANTS)


def test_every_rule_of_clock_orders_fills_and_positions_that_holds_has_a_planted_bug():
    tidy = (ROOT / "tests/test_tidy.py").read_text(encoding="utf-8")
    holding = re.search(r'HOLDING = """(.*?)"""', tidy, re.DOTALL)[1].split()

    assert {rule for rule in holding if rule[0] in "COFP"} - {mutant.rule for mutant in MUTANTS} == set()


def test_every_property_is_shown_to_fail_on_a_planted_bug():
    properties = {test for path in PROPERTIES for test in names_in(path)}

    assert properties - LONG - {test for mutant in MUTANTS for test in mutant.tests} == set()
