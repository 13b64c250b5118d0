"""Strategies as cells: text with lines that count, compiled under a file name of its own."""

import itertools
import linecache
import textwrap

import numpy as np
import pytest

import backtestr_lab as lab
from backtestr_lab.records import Ticks
from backtestr_lab.strategy.lower import prepare
from backtestr_lab.symbols import EURUSD, symbol
from backtestr_lab.units import HOUR, SECOND

_numbers = itertools.count(1)
_NAMES = ("Strategy", "ta", "pips", "points", "pct", "share", "risk", "crossed_above", "crossed_below")


@pytest.fixture(scope="session")
def run_cell():
    """run_cell(text, **names) -> the namespace a notebook would have afterwards."""

    def run(text, **names):
        text = textwrap.dedent(text).strip("\n") + "\n"
        filename = f"<cell {next(_numbers)}>"
        linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
        namespace = {name: getattr(lab, name) for name in _NAMES} | {"np": np} | names
        exec(compile(text, filename, "exec"), namespace)
        return namespace

    return run


@pytest.fixture(scope="session")
def strategy(run_cell):
    """strategy(text, **names) -> the class T of a cell."""
    return lambda text, **names: run_cell(text, **names)["T"]


@pytest.fixture(scope="session")
def plan_of(strategy):
    """plan_of(text, params, python=..., symbols=..., **names) -> the plan of a cell's class T."""

    def make(text, params=None, *, python=False, symbols=None, **names):
        return prepare(strategy(text, **names), params, python=python, symbols=symbols)

    return make


@pytest.fixture(scope="session")
def on_bar(plan_of):
    """on_bar(body, init) -> the plan of a strategy whose `on_bar` begins in line 13."""

    def make(body, init="", **names):
        head = """
        class T(Strategy):
            timeframe = "5m"
            ratio = 1.5
            def init(self):
                self.count = 0
                self.x = 0.0
                self.on = False
                self.buffer = np.zeros(5)
                self.ema = ta.ema("5m", 3)
                self.macd = ta.macd("1h")
                %s
            def on_bar(self, bar):
        """
        head = textwrap.dedent(head).strip("\n") % (init or "pass")
        helper = "\n    def helper(self, a, b=2):\n        return a + b\n"
        text = head + "\n" + textwrap.indent(textwrap.dedent(body).strip("\n"), " " * 8) + helper
        return plan_of(text, symbols=("EURUSD", "USDJPY"), **names)

    return make


@pytest.fixture(scope="session")
def tape():
    """Two days of a random walk: a tick every 11 to 29 s, spread 1 to 3 points, the same every time."""
    random = np.random.default_rng(5)
    n = 8_000
    ts = 400_000 * HOUR + np.cumsum(random.integers(11, 30, n)) * SECOND
    bid = 110_000 + np.cumsum(random.integers(-12, 13, n))
    return Ticks(ts, bid, bid + random.integers(1, 4, n), symbol=EURUSD)


@pytest.fixture(scope="session")
def tapes(tape):
    """The same and a second one, of another symbol, beside it: some ticks of both have one stamp."""
    random = np.random.default_rng(6)
    ts = np.sort(np.concatenate([tape.ts[::2], tape.ts[1::2] + random.integers(1, 9, len(tape) // 2) * SECOND]))
    bid = 150_000 + np.cumsum(random.integers(-12, 13, len(ts)))
    return [tape, Ticks(ts, bid, bid + random.integers(1, 4, len(ts)), symbol=symbol("USDJPY"))]


@pytest.fixture(scope="session")
def both(tape, strategy):
    """both(text, **options) -> the compiled run and the one in CPython of a cell's class T."""

    def run(text, *, options=None, **names):
        cls = strategy(text, **names)
        return [lab.backtest(cls, tape, cash=10_000, python=python, **(options or {})) for python in (False, True)]

    return run
