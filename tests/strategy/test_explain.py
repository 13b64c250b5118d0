"""Exceptions inside callbacks: line, bar, and what the strategy held (S5)."""

import pytest

import backtestr_lab as lab
from backtestr_lab import StrategyError

BODIES = [
    ("self.x = 1 / (self.count - 3)", "ZeroDivisionError", "division by zero"),
    ("self.x = 1.0 / (self.x - self.x)", "ZeroDivisionError", "division by zero"),
    ("self.x = 7 % (self.count - 3)", "ZeroDivisionError", "zero"),
    ("self.x = 1.0 / self.ring[0]", "ZeroDivisionError", "zero"),
    ("self.x = bar.close % self.ring[0]", "ZeroDivisionError", "(zero|modulo)"),
    ("self.x = 2.0 // self.ring[0]", "ZeroDivisionError", "zero"),
    ("self.x /= self.ring[0]", "ZeroDivisionError", "zero"),
    ("self.x = self.ring[self.count * 9]", "IndexError", "out of bounds"),
    ("self.x = self.bars('1h', 5).close[-10]", "IndexError", "out of bounds"),
    ("self.count = int(np.nan)", "ValueError", "cannot convert float NaN to integer"),
    ("self.ring = self.ring[1:]", "ValueError", "keeps its shape"),
    ("raise ValueError('my words')", "ValueError", "my words"),
    ("assert bar.close < 0, 'too high'", "AssertionError", "too high"),
]


@pytest.mark.parametrize("python", [False, True])
@pytest.mark.parametrize(("line", "kind", "words"), BODIES)
def test_S05_an_exception_names_line_bar_and_what_was_held(strategy, tape, line, kind, words, python):
    cls = strategy(f"""
        class T(Strategy):
            timeframe = "5m"
            def init(self):
                self.count, self.x, self.ring = 0, 0.5, np.zeros(5)
            def on_bar(self, bar):
                if self.count == 0:
                    self.buy(2_000)
                self.count += 1
                if self.count == 3:
                    {line}
    """)
    held = r"the strategy held \+2,000 EURUSD, count=3, x=0.5$"

    with pytest.raises(
        StrategyError, match=rf"^line 10: {kind} in on_bar at 2015-08-19 .* \(bar 5m \d\d:\d\d\): .*{words}.*{held}"
    ):
        lab.backtest(cls, tape, python=python)


def test_what_was_run_until_then_is_kept_with_the_error(strategy, tape):
    cls = strategy("""
        class T(Strategy):
            def on_fill(self, fill):
                x = 1 / (fill.side - 1)
            def on_bar(self, bar):
                self.buy()
    """)

    with pytest.raises(StrategyError, match="^line 3: ZeroDivisionError in on_fill at ") as caught:
        lab.backtest(cls, tape)

    assert len(caught.value.run.fills) == 1


def test_the_line_of_a_helper_is_told(strategy, tape):
    cls = strategy("""
        class T(Strategy):
            def on_bar(self, bar):
                self.deep(bar.close)
            def deep(self, x):
                y = x - x
                return x / y
    """)

    with pytest.raises(StrategyError, match="^line 6: ZeroDivisionError in on_bar"):
        lab.backtest(cls, tape)
