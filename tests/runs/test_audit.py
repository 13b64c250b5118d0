"""`run.audit()` shows what the end of the run checked, from the code that checks (P3)."""

import pytest

from backtestr_lab.runs.audit import audit
from backtestr_lab.runs.conservation import check_conservation, conserved

from ..engine.outcome import Outcome
from ..reference.play import buy, play, sell

MARKET = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10010 1.10012
    09:00:02  1.10020 1.10022
    09:00:03  1.10030 1.10032
"""
SCRIPT = {"on_tick": {0: buy(stop_loss=1.0, take_profit=1.2), 1: sell(4_000), 2: buy(limit=1.0)}}


@pytest.fixture
def outcome():
    return play(MARKET, SCRIPT, runner=Outcome, commission="unit", commission_rate=10)


def test_P03_the_audit_lists_every_invariant_with_the_records_it_went_over(outcome):
    table = outcome.run.audit()

    # Two commissions and one profit were booked; two orders filled; five were placed, of which two are open exits.
    assert table["checked"].to_dict() == {"balance": 3, "position": 2, "quantity": 5, "exits": 2}
    assert set(table["result"]) == {"holds"}
    assert (table["says"].str.len() > 20).all() and (table["how"].str.len() > 20).all()


def test_P03_the_audit_has_no_list_of_its_own(outcome):
    assert list(outcome.run.audit().index) == [one.name for one in check_conservation(outcome.machine)]


def test_P03_what_does_not_hold_is_said_with_its_figures(outcome):
    outcome.machine.state["balance"] += 1

    table = audit(conserved(outcome.machine))

    assert table["result"].str.startswith("does not hold: the balance is").tolist() == [True, False, False, False]


def test_P03_a_run_without_an_order_has_nothing_to_add_up():
    run = play(MARKET, {}, runner=Outcome).run

    assert run.audit()["checked"].tolist() == [0, 0, 0, 0]
