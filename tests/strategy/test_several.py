"""Several symbols: whom a callback is about, and how others are named (P6, S3); compiled and in CPython (S2)."""

import numpy as np
import pytest

from backtestr_lab import StrategyError
from backtestr_lab.strategy.compile import compiled_count
from backtestr_lab.strategy.lower import prepare

from .several import run_over, variables

PAIR = ("EURUSD", "USDJPY")

# Everything that can be asked of a symbol, by its name, by a number, and of the callback's own.
EVERYTHING = """
    class T(Strategy):
        timeframe = ("5m", "1h")
        times = ["06:00", "14:30 America/New_York"]
        other = "USDJPY"

        def init(self):
            self.ema = ta.ema("5m", 4)
            self.yen, self.slow = ta.ema("5m", 4, symbol="USDJPY"), ta.ema("5m", 9, symbol="USDJPY")
            self.macd = ta.macd("5m", 3, 8, 3)
            self.bars_of, self.fills, self.told = np.zeros(2, int), np.zeros(2, int), np.zeros(2, int)
            self.x = 0.0
            self.n, self.last = 0, 0
            self.quarter = share(25)

        def far(self, symbol, rank=2):
            return self.forming("1h", symbol=symbol).low - rank * self.bars("5m", 3, symbol=symbol).close[-1] / 9_000

        def on_bar(self, bar):
            self.n += 1
            self.bars_of[bar.symbol] += 1
            if bar.timeframe == "1h":
                self.x += self.position_of(bar.symbol).profit + self.position_of(other).quantity
                return
            if crossed_above(self.macd.macd, self.macd.macdsignal):
                self.buy(self.quarter, take_profit=pips(20), tag="own")
            if crossed_below(self.yen, self.slow):
                self.sell(risk(0.2), stop_loss=pips(12), symbol=self.other)
            if bar.symbol == "EURUSD" and bar.symbol in ("EURUSD", "USDJPY") and bar.symbol != "USDJPY":
                if self.ema[-1] > 0 and self.yen[-1] > 0:  # not a number at first
                    self.x += self.ema[-1] + self.yen[-1] + len(self.yen)
                if self.position_of("USDJPY"):
                    self.x += 1.5
                if self.n % 50 == 0 and not self.position_of("USDJPY"):
                    self.submit({"side": "BUY", "qty": 2_000, "symbol": "USDJPY", "limit": self.far(self.symbols[1])})
            elif self.n % 31 == 0:
                self.close(symbol="EURUSD")
            if self.n % 67 == 0:
                self.buy(1_000, symbol=other if self.n % 2 else None, stop=self.bars("1h", 2, symbol=other).high.max())
            for symbol in self.symbols:
                if symbol == "USDJPY" and self.position_of(symbol).quantity > 9_000:
                    self.close(symbol=symbol)
                self.x += self.position_of(symbol).quantity / 1_000

        def on_time(self, now):
            self.last = self.buy(1_000)  # of the first symbol

        def on_fill(self, fill):
            self.fills[fill.symbol] += 1
            if fill.symbol == "USDJPY":
                self.x += fill.price
            if fill.role == "STOP_LOSS":
                self.close()

        def on_order(self, event):
            self.told[event.symbol] += 1
            for order in self.orders:
                if order.symbol == event.symbol and order.symbol == "USDJPY":
                    self.x += order.quantity
            self.x += (self.orders.symbol == "USDJPY").sum() + 3 * (self.orders.tag != "own").sum()
            self.x += self.positions.profit[self.positions.symbol != "USDJPY"].sum()
            self.x += 7 * (self.orders.type == "LIMIT").sum()
            for lot in self.positions:
                if lot.symbol == "USDJPY":
                    self.x += lot.profit

        def on_end(self):
            self.x += self.position.quantity + 3 * self.position_of(other).quantity
"""


@pytest.fixture(scope="module")
def ends(strategy, tapes):
    return [run_over(strategy(EVERYTHING, other="USDJPY"), tapes, python=python) for python in (False, True)]


def test_S02_over_two_symbols_the_journals_are_equal_byte_for_byte(ends):
    compiled, python = ends

    assert compiled.events.tobytes() == python.events.tobytes()
    for name, value in variables(compiled).items():
        assert np.array_equal(value, variables(python)[name]), name


def test_P06_every_way_of_naming_a_symbol_was_taken(ends):
    events = ends[0].events
    found = variables(ends[0])

    assert min(np.bincount(events["symbol"][events["kind"] == 0])) > 50
    assert found["bars_of"].min() > 300 and found["fills"].min() > 50 and found["told"].min() > 0
    assert ends[0].orders["symbol"][found["last"] - 1] == 0


def test_S03_a_strategy_of_one_symbol_does_over_each_of_two_what_it_does_alone(strategy, tapes):
    cls = strategy("""
        class T(Strategy):
            timeframe = "5m"
            def init(self):
                self.fast, self.slow = ta.ema("5m", 4), ta.ema("5m", 9)
            def on_bar(self, bar):
                if crossed_above(self.fast, self.slow) and not self.position and bar.close > self.bars("1h", 2).low[-1]:
                    self.buy(10_000, limit=self.forming("1h").low, stop_loss=pips(9))
                elif self.position and self.fast[-1] < self.slow[-1]:
                    self.close()
            def on_fill(self, fill):
                if fill.role == "STOP_LOSS":
                    self.sell(2_000, stop=fill.price * 0.9995, take_profit=pips(4))
    """)
    fields = ["ts", "kind", "price", "quantity", "amount", "reason"]
    together = run_over(cls, tapes, python=False).events

    for k, tape in enumerate(tapes):
        alone = run_over(cls, [tape], python=False).events
        assert len(alone) > 100
        assert together[together["symbol"] == k][fields].tolist() == alone[fields].tolist()


@pytest.mark.parametrize("python", [False, True])
def test_S07_an_indicator_is_the_callbacks_symbols_or_the_one_it_names(strategy, tapes, python):
    cls = strategy("""
        class T(Strategy):
            timeframe = "1h"
            def init(self):
                self.own, self.euro, self.yen = (ta.ma("1h", 1), ta.ma("1h", 1, symbol="EURUSD"),
                    ta.sma(ta.ma("1h", 1, symbol="USDJPY"), 1))
                self.seen = np.zeros((2, 3))
                self.counts = np.zeros((2, 3), int)
            def on_bar(self, bar):
                self.seen[bar.symbol, 0] = self.own[-1] - bar.close
                self.seen[bar.symbol, 1] = self.euro[-1]
                self.seen[bar.symbol, 2] = self.yen[-1]
                self.counts[bar.symbol, 0] = len(self.own)
                self.counts[bar.symbol, 1] = len(self.euro)
                self.counts[bar.symbol, 2] = len(self.yen)
    """)
    machine = run_over(cls, [tapes[0], tapes[1][3_000:]], python=python)  # of one there are fewer bars
    closed = [bars[bars["end"] <= machine.rules.end] for bars in (m.bars("1h") for m in machine.markets)]
    closes = [bars["close"][-1] / 10.0**m.symbol.digits for bars, m in zip(closed, machine.markets)]
    found = variables(machine)

    assert found["seen"].tolist() == [[0.0, *closes], [0.0, *closes]]
    assert found["counts"].tolist() == [[len(bars), *map(len, closed)] for bars in closed]


@pytest.mark.parametrize("python", [False, True])
def test_S03_the_position_of_another_symbol_is_not_the_callbacks(strategy, tapes, python):
    cls = strategy("""
        class T(Strategy):
            timeframe = "1h"
            def init(self):
                self.seen = np.zeros((2, 4))
            def on_bar(self, bar):
                if not self.position_of("USDJPY"):
                    self.buy(3_000, symbol="USDJPY")
                seen = self.seen[bar.symbol]
                seen[0] = 1.0 if self.position else 0.0
                seen[1] = 1.0 if self.position_of("USDJPY") else 0.0
                seen[2], seen[3] = self.position.quantity, self.position_of(self.symbols[1]).quantity
    """)
    found = variables(run_over(cls, tapes, python=python))

    # Both callbacks of the first hour order: nothing has filled between them.
    assert found["seen"].tolist() == [[0.0, 1.0, 0.0, 6_000.0], [1.0, 1.0, 6_000.0, 6_000.0]]


@pytest.mark.parametrize("python", [False, True])
def test_S03_a_tick_says_whose_it_is(strategy, tapes, python):
    cls = strategy("""
        class T(Strategy):
            def init(self):
                self.counts = np.zeros(len(self.symbols), int)
                self.yen = 0
            def on_tick(self, tick):
                self.counts[tick.symbol] += 1
                if tick.symbol == "USDJPY":
                    self.yen += 1
    """)
    found = variables(run_over(cls, [t[:500] for t in tapes], python=python))

    assert found["counts"].tolist() == [500, 500] and found["yen"] == 500


def test_S02_a_callback_is_not_compiled_again_for_more_symbols(strategy, tapes):
    cls = strategy("""
        class T(Strategy):
            def init(self):
                self.ema = ta.ema("5m", 4)
            def on_bar(self, bar):
                if self.ema[-1] > self.forming("5m").close and not self.position:
                    self.buy(1_000)
    """)
    prepare(cls, symbols=["EURUSD"])
    before = compiled_count()
    prepare(cls, symbols=PAIR)

    assert compiled_count() == before


OF_INIT = [
    ("self.e = ta.ema('5m', 4, symbol='GBPUSD')", "line 4: an indicator reads GBPUSD, which is not in this run"),
    (
        "self.e = ta.ema(ta.rsi('5m', symbol='USDJYP'), 4)",
        r"line 4: an indicator reads USDJYP, .*; did you mean 'USDJPY'\?; the run has EURUSD, USDJPY$",
    ),
    ("self.e = ta.sub(ta.ma('5m', 1), ta.ma('5m', 1, symbol='USDJPY'))", "line 4: sub: its inputs lie on different"),
]


@pytest.mark.parametrize("python", [False, True])
@pytest.mark.parametrize(("line", "message"), OF_INIT)
def test_S05_an_indicator_on_a_wrong_symbol_is_named_with_its_line(plan_of, line, message, python):
    text = (
        f"class T(Strategy):\n    def init(self):\n        self.n = 0\n        {line}\n    def on_bar(self, bar): pass"
    )

    with pytest.raises(StrategyError, match=message):
        plan_of(text, python=python, symbols=PAIR)


def test_S05_a_plan_without_symbols_cannot_name_one(plan_of):
    text = "class T(Strategy):\n    def on_bar(self, bar):\n        self.close(symbol='EURUSD')"

    with pytest.raises(StrategyError, match="line 3: 'EURUSD' is not in this run, which has one symbol without a name"):
        plan_of(text)


# What only shows while a run goes on: the words are the same in both worlds.
RAISED = [
    ("self.buy(symbol=bar.ticks + 7)", "symbol is a number that no symbol of this run has; take bar.symbol, or one of"),
    ("self.close(symbol=-1)", "symbol is a number that no symbol of this run has"),
    ("x = self.position_of(2).quantity", "symbol is a number that no symbol of this run has"),
]
IN_PYTHON = [
    ("self.buy(symbol='GBPUSD')", "'GBPUSD' is not in this run; it has EURUSD, USDJPY"),
    ("self.buy(symbol=1.5)", "symbol is a float; write its name in place"),
    ("bar.symbol == 'GBPUSD'", "'GBPUSD' is not in this run; it has EURUSD, USDJPY"),
    ("self.forming('5m', symbol=True)", "symbol is a bool; write its name in place"),
    ("self.position_of(None)", "symbol is None; write its name in place"),
    ("self.close(1, symbol='EURUSD')", "a position or a symbol; a position has its own symbol"),
    ("self.close(self.position)", "a position is named by its id or as one of self.positions, not by"),
    ("self.close('EURUSD')", "a position is named by its id or as one of self.positions, not by 'EURUSD'"),
    ("self.buy(risk(1))", r"risk\(...\) goes by the distance to a stop"),
    ("self.modify(1, qty=share(3))", "qty is a share or risk; give a number of units"),
    ("self.buy(3, stop_loss=share(3))", "stop_loss is a share or risk; give a price, or a distance like"),
]


@pytest.mark.parametrize(
    ("body", "message", "python"), [(*r, p) for r in RAISED for p in (False, True)] + [(*r, True) for r in IN_PYTHON]
)
def test_S05_a_mistake_that_shows_in_the_run_is_one_line_too(strategy, tapes, body, message, python):
    cls = strategy(f"class T(Strategy):\n    timeframe = '5m'\n    def on_bar(self, bar):\n        {body}")

    with pytest.raises(
        StrategyError, match=rf"^line 4: on_bar at .* \(bar EURUSD 5m \d\d:\d\d\): .*{message}.*nothing"
    ):
        run_over(cls, [t[:500] for t in tapes], python=python)
