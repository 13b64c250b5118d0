"""One position of several: closed by its id or its row, compiled and in CPython (P1, S2)."""

import numpy as np
import pytest

from backtestr_lab.records import EVENTS, REASONS, ROLES

from .several import run_over, variables

TEXT = """
    class T(Strategy):
        timeframe = "5m"

        def init(self):
            self.ids = np.zeros(4, int)
            self.n, self.closed, self.worst = 0, 0, 0.0

        def on_bar(self, bar):
            self.n += 1
            if self.n % 3 == 1:
                self.buy(share(8), stop_loss=pips(25))
            elif self.n % 3 == 2:
                self.sell(risk(0.1), trail=pips(15))
            for lot in self.positions:
                if lot.profit < -4:
                    self.closed = self.close(lot)
                elif lot.profit > 3 and lot.quantity > 0:
                    self.sell(lot.quantity / 2, position=lot, limit=lot.price * 1.0002)
                elif lot.profit > 3:
                    self.buy(500, position=lot.id)
                self.worst = min(self.worst, lot.profit)
            if self.n % 40 == 0:
                self.close(self.ids[0])
                self.close(position=self.ids[1])
                self.sell(1_000, position=99_999)
            if len(self.positions) > 20:
                self.close()

        def on_fill(self, fill):
            if fill.role == "ENTRY":
                self.ids[self.n % 4] = fill.position
"""


@pytest.fixture(scope="module", params=[True, False], ids=["hedging", "netting"])
def ends(request, strategy, tapes):
    cls = strategy(TEXT)
    return [run_over(cls, tapes, python=python, hedging=request.param) for python in (False, True)]


def test_S02_positions_closed_one_by_one_are_the_same_compiled_and_in_python(ends):
    compiled, python = ends

    assert len(compiled.events) > 2_000
    assert compiled.events.tobytes() == python.events.tobytes()
    assert variables(compiled)["worst"] == variables(python)["worst"] < -4


def test_P01_what_names_a_position_closes_that_one(ends):
    machine = ends[0]
    named = machine.orders[(machine.orders["position"] > 0) & (machine.orders["parent"] == 0)]
    filled = machine.events[np.isin(machine.events["kind"], [EVENTS.index("FILLED"), EVENTS.index("PARTIAL_FILL")])]

    assert {"CLOSE", "ENTRY"} <= {ROLES[r] for r in named["role"]}
    assert named["reduce_only"].all()
    lots = filled[np.isin(filled["order"], named["id"])]
    assert len(lots) > 50
    opened = {int(e["position"]): int(e["order"]) for e in filled[::-1]}  # the first fill of a lot opens it
    wanted = dict(zip(named["id"].tolist(), named["closes"].tolist()))
    assert all(opened[int(e["position"])] == wanted[int(e["order"])] for e in lots)


def test_P06_an_order_for_a_position_is_about_its_symbol(strategy, tapes):
    cls = strategy("""
        class T(Strategy):
            timeframe = "1h"
            def on_bar(self, bar):
                if bar.symbol == "USDJPY":
                    self.buy(3_000)
                else:
                    for lot in self.positions:
                        self.sell(1_000, position=lot)
                        self.sell(1_000, position=lot.id)
                        self.sell(500, position=lot, symbol="EURUSD")
    """)
    machines = [run_over(cls, tapes, python=python, hedging=True) for python in (False, True)]
    orders, events = machines[0].orders, machines[0].events
    ids = {n: orders["id"][(orders["side"] < 0) & (orders["quantity"] == n)] for n in (1_000, 500)}
    unknown = events[events["reason"] == REASONS.index("UNKNOWN")]["order"]

    assert machines[1].events.tobytes() == events.tobytes()
    assert (orders["symbol"][ids[1_000] - 1] == 1).all() and len(ids[1_000]) > 10
    assert set(unknown) == set(ids[500])
