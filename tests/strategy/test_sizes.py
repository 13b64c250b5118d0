"""`share` and `risk` as quantities, compiled and in CPython (P5)."""

import numpy as np
import pytest

from backtestr_lab import Ticks, risk, share
from backtestr_lab.errors import StrategyError
from backtestr_lab.symbols import EURUSD, symbol
from backtestr_lab.units import HOUR, MINUTE, SECOND

from .several import run_over

EURO = Ticks(400_000 * HOUR + np.arange(4) * MINUTE, np.full(4, 110_000), np.full(4, 110_002), symbol=EURUSD)
YEN = Ticks(EURO.ts + SECOND, np.full(4, 150_000), np.full(4, 150_003), symbol=symbol("USDJPY"))


def asked(strategy, order, tapes, *, init="pass", cash=10_000):
    """Quantities of the first order, compiled and in CPython; and the one reason, if it was refused."""
    text = f"""
    class T(Strategy):
        half = 0.5
        def init(self):
            {init}
        def on_bar(self, bar):
            if self.now < {int(EURO.ts[1]) + MINUTE} and bar.symbol == 0:
                {order}
    """
    machines = [run_over(strategy(text), tapes, python=python, cash=cash) for python in (False, True)]
    assert machines[0].events.tobytes() == machines[1].events.tobytes()
    return int(machines[0].orders["quantity"][0])


@pytest.mark.parametrize(
    ("order", "quantity"),
    [
        ("self.buy(share(50))", 4_545),  # 5,000 / 1.10002
        ("self.sell(share(50))", 4_545),  # 5,000 / 1.10000
        ("self.buy(share(100 * self.half), limit=1.0)", 5_000),
        ("self.buy(risk(1), stop_loss=pips(20))", 50_000),  # 100 / 0.0020
        ("self.buy(risk(1), stop_loss=1.09802)", 50_000),  # from the ask
        ("self.buy(qty=risk(self.half), trail=points(100))", 50_000),
        ("self.buy(self.careful, stop_loss=pct(1), limit=1.0)", 10_000),
        ("self.buy(self.careful if self.half < 1 else None, stop_loss=pips(20))", 50_000),
        ("self.submit({'side': 'SELL', 'qty': share(10), 'stop': 1.0})", 1_000),
    ],
)
def test_P05_a_size_is_found_when_the_order_is_placed(strategy, order, quantity):
    assert asked(strategy, order, [EURO], init="self.careful = risk(1)") == quantity


def test_P05_a_size_is_in_the_accounts_currency(strategy):
    assert asked(strategy, "self.buy(share(50), symbol='USDJPY')", [EURO, YEN]) == 4_999  # 5,000 * 150.0015 / 150.003
    assert asked(strategy, "self.sell(risk(1), stop_loss=pips(30), symbol='USDJPY')", [EURO, YEN]) == 50_000


def test_P05_a_size_of_the_notebook_is_read_too(strategy):
    text = "class T(Strategy):\n    def on_bar(self, bar):\n        self.buy(tenth)\n"
    machines = [run_over(strategy(text, tenth=share(10)), [EURO], python=p, cash=11_000) for p in (False, True)]

    assert [int(m.orders["quantity"][0]) for m in machines] == [999, 999]


def test_P05_a_risk_whose_stop_is_left_out_in_the_run_is_rejected(strategy):
    assert asked(strategy, "self.buy(risk(1), stop_loss=pips(20) if self.half > 1 else None)", [EURO]) == 0


@pytest.mark.parametrize("make", [share, risk])
def test_P05_a_size_takes_a_number(make):
    with pytest.raises(StrategyError, match=f"{make.__name__} takes a number, not '1'"):
        make("1")


def test_S05_a_size_is_no_parameter(plan_of):
    with pytest.raises(StrategyError, match=r"line 2: size is a quantity; .* set self.x = risk\(...\) in init"):
        plan_of("class T(Strategy):\n    size = risk(1)\n    def on_bar(self, bar): pass")


def test_S05_a_risk_kept_since_init_is_seen_to_have_no_stop(plan_of):
    text = """
        class T(Strategy):
            def init(self):
                self.careful = risk(1)
            def on_bar(self, bar):
                self.buy(self.careful, take_profit=pips(3))
    """
    with pytest.raises(StrategyError, match=r"line 5: risk\(...\) goes by the distance to a stop"):
        plan_of(text)
