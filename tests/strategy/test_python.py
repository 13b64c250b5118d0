"""Compiled and in CPython: the same journal, the same variables (S2)."""

import math
import random

import numpy as np
import pytest

import backtestr_lab as lab
from backtestr_lab import StrategyError
from backtestr_lab.runs.backtest import fresh_machine

from .arithmetic import blend, random_strategy

EVERYTHING = """
    class T(Strategy):
        fast, slow = 4, 9
        mode = "a"
        timeframe = ("5m", "1h")
        times = ["06:00", "14:30 America/New_York"]

        def init(self):
            self.quick, self.calm = ta.ema("5m", self.fast), ta.ema("5m", self.slow)
            self.macd = ta.macd("5m", 3, 8, 3)
            self.n, self.fills, self.calls = 0, 0, 0
            self.x, self.y = 0.0, 0.0
            self.on = False
            self.ring = np.zeros(7)
            self.counts = np.zeros(4, int)
            self.grid = np.zeros((2, 3), bool)
            self.stop = pips(8)

        def note(self, value, weight=2):
            self.ring[self.n % 7] = value**3 / weight
            self.n += 1
            return self.ring.mean() + np.std(self.ring) + np.exp(value) * math.log(value) + self.ring.sum() ** 0.5

        def on_bar(self, bar):
            if bar.timeframe == "1h":
                b = self.bars("1h", 12)
                self.y += np.mean(b.close) + b.high.max() - np.median(b.low)
                self.y += np.log(b.close).sum() + np.dot(b.open, b.low)
                self.y += np.percentile(b.close, 30) + np.var(b.high, ddof=1) if len(b.close) > 2 else 0.0
                return
            self.x += self.note(bar.close, weight=3) + clip(bar.high - bar.low) + levels[self.n % 2]
            if crossed_above(self.quick, self.calm):
                self.buy(10_000, stop_loss=self.stop, take_profit=pips(15) if self.mode == "a" else pips(5), tag="up")
            elif crossed_below(self.quick, self.calm):
                self.close()
                self.sell(20_000, limit=bar.close + 0.0004, tag="dn")
            if crossed_above(self.macd.macd, 0.0):
                self.submit({"side": "BUY", "qty": 1_000, "stop": bar.high + 0.0003, "take_profit": pct(0.1)})
            self.on = self.quick[-1] > self.calm[-1]
            self.grid[0, self.n % 3] = self.on
            if len(self.quick) > 20:
                self.x += np.mean(self.quick[-7:]) + self.quick[-5:].max() - mean_of(self.quick)
            f = self.forming("4h")
            if f.ticks > 0:
                self.x += f.close - f.ask_low
            if self.orders and self.n % 11 == 0:
                for o in self.orders:
                    if o.type == "LIMIT" and o.side == "SELL" and o.tag == "dn":
                        self.modify(o, limit=o.limit + 0.0001)
                    elif o.role == "ENTRY":
                        self.cancel(o.id)
            if self.n % 97 == 0:
                self.cancel_all()
            p = self.position
            if p and p.profit < -30:
                self.close()
            self.x += (self.equity - self.balance) / 7 + self.positions.profit.sum() + self.n // 3 % 5
            self.x = round(self.x, 7)

        def on_time(self, now):
            self.calls += 1
            if not self.position:
                self.buy(tag="time", stop_loss=points(90))

        def on_fill(self, fill):
            self.fills += 1
            if fill.role == "STOP_LOSS":
                self.counts[0] += 1
            if fill.tag in ("up", "time"):
                self.counts[1] += fill.side

        def on_order(self, event):
            if event.kind == "CANCELLED" and event.reason != "USER":
                self.counts[2] += 1
            elif event.kind == "REJECTED":
                self.counts[3] += 1

        def on_end(self):
            self.n = -self.n
"""


def clip(x, lo=0.0001):
    total = 0.0
    for i in range(3):
        total += x / (i + 1)
    return total if total > lo else lo


def mean_of(series):
    return np.nanmean(series) + series[-1]


NAMES = {"clip": clip, "mean_of": mean_of, "levels": np.array([0.125, 0.3]), "math": math}


@pytest.fixture(scope="module")
def pair(both):
    return both(EVERYTHING, **NAMES)


def same(a, b):
    """Equal to the last bit, arrays included."""
    assert a.keys() == b.keys()
    for name in a:
        assert np.array_equal(np.asarray(a[name]).view(), np.asarray(b[name]), equal_nan=True), name


def test_S02_the_journals_are_equal_byte_for_byte(pair):
    compiled, python = pair

    assert len(compiled.journal) > 200
    assert compiled.journal.tobytes() == python.journal.tobytes()
    assert compiled.orders.equals(python.orders)


ORDERS = """
    class T(Strategy):
        timeframe = "5m"
        day = "DAY"

        def init(self):
            self.first, self.n, self.expired, self.x = 0, 0, 0, 0.0
            self.far = points(120)

        def on_bar(self, bar):
            self.n += 1
            if self.n % 7 == 1:
                up = self.buy(9_000, stop=bar.high + 0.0004, limit=bar.high + 0.0006, trail=self.far, tif=self.day)
                down = self.sell(9_000, stop=bar.low - 0.0004, oco=up, trail=pips(9), tag="down")
                self.first = self.buy(4_000, limit=bar.low - 0.0003, oto=down, post_only=True)
            elif self.n % 7 == 3:
                self.sell(5_000, trailing_stop=pct(0.05), reduce_only=self.n % 2 == 0)
                self.buy(6_000, limit=bar.close, tif="IOC" , take_profit=pips(4))
                self.submit({"side": "SELL", "qty": 7_000, "limit": bar.close, "tif": "FOK"})
            elif self.n % 7 == 5:
                self.buy(3_000, limit=bar.low - 0.001, tif="GTD", expires=self.now + 1_800_000_000)
                self.sell(3_000, limit=bar.high + 0.001, tif="GTD", expires="2015-08-20 10:00")
                self.cancel(tag="down")
            elif self.n > 20:
                self.cancel(self.n % 20 + 1)  # done long ago; the next request about it draws another latency
            if self.order(self.first).state == "PENDING" and self.n % 5 == 0:
                self.modify(self.first, limit=bar.low - 0.0008)
            for o in self.orders:
                if o.state == "PARTIALLY_FILLED" and o.tif == "GTC":
                    self.x += o.filled
                if o.type == "TRAILING" and o.level == o.level:
                    self.x += o.level
            if self.order(99_999).id == 0:
                self.x += 1.0

        def on_order(self, event):
            if event.kind == "EXPIRED":
                self.expired += 1
            if event.reason in ("OCO", "PARENT", "TIF"):
                self.x += 0.5
            if event.kind == "REQUEST_REJECTED":
                self.x += self.now % 1_000 / 7
"""


@pytest.fixture(scope="module")
def orders_pair(tape, strategy):
    sizes = 1_000 * (1 + np.arange(len(tape)) % 7)
    thin = lab.Ticks(tape.ts, tape.bid, tape.ask, bid_size=sizes, ask_size=sizes[::-1], symbol=tape.symbol)
    cls = strategy(ORDERS)
    options = {"cash": 50_000, "latency": "1..40s", "liquidity": "quoted", "seed": 5}
    return [lab.backtest(cls, thin, python=python, **options) for python in (False, True)]


def test_O01_orders_of_all_kinds_are_the_same_compiled_and_in_python(orders_pair):
    compiled, python = orders_pair

    assert compiled.journal.tobytes() == python.journal.tobytes()
    assert compiled.orders.equals(python.orders)
    assert set(compiled.orders.type) == {"LIMIT", "STOP", "STOP_LIMIT", "TRAILING"}
    assert {"EXPIRED", "PARTIAL_FILL", "TRIGGERED"} <= set(compiled.events.kind)
    assert {"OCO", "PARENT", "TIF"} <= set(compiled.events.reason)


def test_T03_variables_are_the_same_where_latencies_are_drawn(orders_pair):
    compiled, python = orders_pair
    cut = [compiled.start + k * (compiled.end - compiled.start) // 10 for k in range(3, 11)]
    found = [compiled.at(t).variables for t in reversed(cut)]

    for t, variables in zip(reversed(cut), found):
        same(variables, python.at(t).variables)
        same(variables, fresh(compiled, t))
    assert found[0]["expired"] > 3 and found[0]["x"] > 100


def fresh(run, t):
    """The variables of an engine that starts anew and stops after everything stamped up to t."""
    machine = fresh_machine(run._job)
    machine.advance(t)
    return run._plan.variables(machine)


def test_S02_the_variables_are_equal_to_the_last_bit_at_any_instant(pair):
    compiled, python = pair
    span = compiled.end - compiled.start

    for part in (0.2, 0.6, 0.999):
        at = compiled.start + int(span * part)
        found = compiled.at(at).variables
        assert set(found) == {"n", "fills", "calls", "x", "y", "on", "ring", "counts", "grid"}
        assert not math.isnan(found["x"]) and not math.isnan(found["y"])
        same(found, python.at(at).variables)


def test_every_callback_ran(pair):
    found = pair[0].at(pair[0].end - 1).variables

    assert found["calls"] > 2 and found["fills"] > 10 and found["counts"][:3].all() and found["grid"].any()


def test_S02_on_tick_is_equal_too(both):
    compiled, python = both(
        """
        class T(Strategy):
            def init(self):
                self.n, self.mean = 0, 0.0
            def on_tick(self, tick):
                mid = (tick.bid + tick.ask) / 2
                self.n += 1
                self.mean += (mid - self.mean) / self.n
                if self.position.quantity <= 0 and mid < self.mean - 0.0008:
                    self.buy(1_000, take_profit=pips(4), stop_loss=tick.bid - 0.002)
    """
    )

    assert len(compiled.journal) > 8
    assert compiled.journal.tobytes() == python.journal.tobytes()
    same(compiled.at(compiled.end - 1).variables, python.at(python.end - 1).variables)


def test_a_python_strategy_keeps_and_does_anything(strategy, tape, capsys):
    cls = strategy("""
        import collections
        class T(Strategy):
            timeframe = "1h"
            def init(self):
                self.history = []
                self.last = None
            def on_bar(self, bar):
                self.history.append(bar.close)
                self.kinds = collections.Counter(str(o.type) for o in self.orders)
                try:
                    self.last = {"high": max(b for b in self.bars(self.pick(), 3).high)}
                except ValueError:
                    pass
                print(f"{bar.timeframe} {bar.close:.5f}")
            def pick(self):
                return ["15m", "1h"][len(self.history) % 2]
    """)
    run = lab.backtest(cls, tape, python=True)
    early = run.at(run.start + 5 * 3_600_000_000).variables

    assert capsys.readouterr().out.splitlines()[0].startswith("1h 1.0")
    assert len(early["history"]) in (4, 5)
    assert len(run.at(run.end - 1).variables["history"]) > 30
    assert isinstance(early["last"], dict)


def test_a_timeframe_nobody_wrote_is_not_there(strategy, tape):
    cls = strategy("class T(Strategy):\n    def on_bar(self, bar):\n        self.bars(str(2 + 2) + 'h', 1); x = {}")

    with pytest.raises(StrategyError, match="^line 3: .*no 4h bars were prepared; write the timeframe in place"):
        lab.backtest(cls, tape, python=True)


def test_S02_integers_past_2_to_63_raise_in_python(strategy, tape):
    cls = strategy("""
        class T(Strategy):
            def init(self):
                self.n = 1
            def on_bar(self, bar):
                self.n *= 3
    """)

    with pytest.raises(
        StrategyError, match=r"^line 5: OverflowError in on_bar .*self.n would be \d+; whole numbers end"
    ):
        lab.backtest(cls, tape, python=True)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("self.n = 1.5", "self.n is an int since init .line 3. and cannot become 1.5; write 0.0 there"),
        ("self.ema = 3", "self.ema is an indicator; it does not change in a run"),
        ("self.ema[0]", r"an indicator has no value \[0\]"),
        ("self.macd[-1]", "self.macd has 3 outputs; name one: .macd, .macdsignal, .macdhist"),
        ("self.buy(stop_los=1.0)", "buy has no argument 'stop_los'; did you mean 'stop_loss'"),
        ("self.buy('x')", "qty is a str; give a number of units"),
        ("self.buy(10, limit=pips(3))", "limit is a distance; give a price"),
        ("self.buy(trail=3)", r"trail is an int; give a distance like pips\(10\)"),
        ("self.buy(tif='day')", r"tif is never 'day'; did you mean 'DAY'\?"),
        ("self.buy(expires=3)", "expires= belongs to tif='GTD'; write that too, or leave expires= out"),
        ("self.buy(tif='GTD', expires='soon')", "expires 'soon' is not a time"),
        ("self.buy(limit=1.0, trailing_stop=pips(3))", "finds its stop itself; leave limit= and stop= out"),
        ("self.buy(tag=3)", "a tag is a text, not 3"),
        ("self.cancel()", r"self.cancel needs an order, or the text of a tag: self.cancel\(tag='x'\)"),
        ("self.cancel('x')", "an order is named by its id"),
        ("crossed_above(bar.close, 3)", "crossed_above compares an indicator of the strategy"),
        ("bar.timeframe == '5x'", "timeframe '5x' is not known"),
        ("self.ring = np.zeros(3)", "an array of the strategy keeps its shape"),
    ],
)
def test_S05_mistakes_in_python_callbacks_are_one_line_too(strategy, tape, line, message):
    cls = strategy(f"""
        class T(Strategy):
            def init(self):
                self.n, self.ring = 0, np.zeros(5)
                self.ema, self.macd = ta.ema("5m", 3), ta.macd("1h")
            def on_bar(self, bar):
                {line}
    """)

    with pytest.raises(StrategyError, match=f"^line 6: .*{message}"):
        lab.backtest(cls, tape, python=True)


def test_rewritten_methods_stay_on_their_lines(strategy, tape):
    cls = strategy("""
        class T(Strategy):
            def on_bar(self, bar):
                import sys
                frame = sys._getframe()
                raise KeyError(f"{frame.f_code.co_name} {frame.f_lineno} {frame.f_code.co_filename}")
    """)

    with pytest.raises(StrategyError, match=r"^line 5: KeyError in on_bar at .*: 'on_bar 5 <cell \d+>'"):
        lab.backtest(cls, tape, python=True)


@pytest.mark.parametrize("seed", [1, 2, 3, *(pytest.param(s, marks=pytest.mark.slow) for s in range(4, 40))])
def test_S02_arithmetic_has_the_same_bits_compiled_and_in_python(both, seed):
    runs = both(random_strategy(random.Random(seed)), math=math, k=0.77, blend=blend)
    compiled, python = (run.at(run.end - 1).variables for run in runs)

    assert compiled["n"] > 100
    same(compiled, python)
