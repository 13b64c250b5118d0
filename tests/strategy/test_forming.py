"""`self.x.forming`: compiled and in Python alike, of what has happened only, with errors that say what to do."""

import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from numba.core.runtime import _nrt_python, rtsys

import backtestr_lab as lab
from backtestr_lab import StrategyError, ta
from backtestr_lab.indicators.forming import families, program_of
from backtestr_lab.indicators.states import STATES, state

TRADING = """
    class T(Strategy):
        timeframe = ("5m", "1h")

        def init(self):
            self.rsi = ta.rsi("15m", 5)
            self.macd = ta.macd("5m", 3, 8, 3)
            self.bands = ta.bbands("5m", 10, matype="ema")
            self.smooth = ta.sma(self.rsi, 3)
            self.slow = ta.stoch("1h").slowd
            self.range = ta.atr("5m", 4, side="ask")
            self.ticks, self.x, self.y = 0, 0.0, 0.0
            self.seen = np.full(40, np.nan)

        def drift(self, weight):
            return weight * (self.rsi.forming - self.smooth.forming)

        def on_tick(self, tick):
            self.ticks += 1
            value = self.drift(2)
            if value > 3 and not self.position and self.macd.macdhist.forming > 0:
                self.buy(10_000, stop_loss=tick.bid - 3 * self.range.forming)
            elif self.position and (value < -3 or tick.bid > self.bands.upperband.forming):
                self.close()
            self.x += 0.0 if np.isnan(value) else value
            self.seen[self.ticks % 40] = self.slow.forming

        def on_bar(self, bar):
            if bar.timeframe == "1h" and not np.isnan(self.smooth.forming):
                self.y += max(self.smooth.forming, self.bands.middleband[-1])

        def on_fill(self, fill):
            self.y += fill.price * self.macd.macdsignal.forming
"""


@pytest.fixture(scope="module")
def pair(both):
    return both(TRADING)


def test_S02_both_worlds_write_the_same_journal_and_keep_the_same(pair):
    compiled, python = pair
    variables = [run.at(run.end - 1).variables for run in pair]

    assert len(compiled.journal) > 100
    assert compiled.journal.tobytes() == python.journal.tobytes()
    assert variables[0]["x"] != 0 and np.isfinite(variables[0]["seen"]).all()
    for name, value in variables[0].items():
        assert np.array_equal(value, variables[1][name], equal_nan=True), name


def test_T03_time_travel_finds_the_variables_it_made(pair, tape):
    compiled, python = pair
    t = int(tape.ts[5_000])

    assert compiled.at(t).variables["x"] == python.at(t).variables["x"] != 0


def test_S04_no_later_tick_changes_what_was_read(pair):
    assert pair[0].check_lookahead(samples=3).ok


def test_S08_reading_it_changes_neither_the_warm_up_nor_the_values(strategy, tape):
    text = """
    class T(Strategy):
        def init(self):
            self.ema, self.last, self.formed = ta.ema("15m", 30), 0.0, 0.0
        def on_bar(self, bar):
            self.last = self.ema[-1]
            self.formed = READ
    """
    half = int(tape.ts[len(tape) // 2])
    runs = [lab.backtest(strategy(text.replace("READ", read)), tape, half) for read in ("0.0", "self.ema.forming")]

    assert runs[0].ticks.ts[0] == runs[1].ticks.ts[0]
    assert runs[0].at(runs[0].end - 1).variables["last"] == runs[1].at(runs[1].end - 1).variables["last"]


CLOSING = """
    class T(Strategy):
        timeframe = "5m"

        def init(self):
            self.rsi, self.early = ta.rsi("5m", 5), ta.sma("4h", 30)
            self.band, self.last, self.n, self.unlike, self.late = ta.bbands("5m", 7).lowerband, 0.0, 0, 0, 0

        def on_tick(self, tick):
            self.last = self.rsi.forming + self.band.forming
            self.late += 0 if np.isnan(self.early.forming) else 1

        def on_bar(self, bar):
            self.late += 0 if np.isnan(self.rsi.forming) else 1
            if len(self.rsi) > 8:
                self.n += 1
                self.unlike += abs(self.last - self.rsi[-1] - self.band[-1]) > 1e-12
"""


def test_S03_its_last_value_is_the_closed_bars_and_without_ticks_or_bars_it_is_nan(both):
    for run in both(CLOSING):
        variables = run.at(run.end - 1).variables

        assert variables["n"] > 400
        assert variables["unlike"] == 0
        # NaN when the bar has just closed, so that no tick has come, and with too few bars.
        assert variables["late"] == 0


def test_nothing_is_allocated_in_the_loop(strategy, tape):
    text = """
    class T(Strategy):
        def init(self):
            self.rsi, self.slow, self.x = ta.rsi("5m", 5), ta.stoch("15m").slowd, 0.0
        def on_tick(self, tick):
            self.x += self.rsi.forming + self.slow.forming
    """
    cls = strategy(text)
    counts = []
    _nrt_python.memsys_enable_stats()
    for ticks in (tape.between(int(tape.ts[0]), int(tape.ts[2_000])), tape):
        lab.backtest(cls, ticks)
        before = rtsys.get_allocation_stats().alloc
        lab.backtest(cls, ticks)
        counts.append(rtsys.get_allocation_stats().alloc - before)

    assert abs(counts[1] - counts[0]) < 100


HEAD = """
    class T(Strategy):
        timeframe = "5m"
        def init(self):
            self.x = 0.0
            self.adx, self.rsi, self.macd = ta.adx("1h"), ta.rsi("1h"), ta.macd("1h")
            self.on = ta.sma(self.adx, 3)
            self.own = ta.custom(np.sqrt, "1h")
            self.mid = ta.atr("1h", side="mid")
            self.mama = ta.ma("1h", 5, matype="mama")
        def on_bar(self, bar):
            {}
"""
MISTAKES = [
    (
        "self.x = self.adx.forming",
        r"adx\(1h, 14\) has no value of the forming bar; .forming is known of .*rsi",
    ),
    ("self.x = self.on.forming", r"adx\(1h, 14\) has no value of the forming bar"),
    ("self.x = self.own.forming", r"sqrt\(1h close\) has no value of the forming bar"),
    ("self.x = self.mid.forming", r"the mid high of the forming bar is not kept, .* read side='bid' or 'ask'$"),
    ("self.x = self.mama.forming", r"a moving average of type 7 has no value of the forming bar; .forming knows sma"),
    ("self.x = self.macd.forming", r"self.macd has 3 outputs; name one: .macd, .macdsignal, .macdhist$"),
]
COMPILED_ONLY = [
    ("self.x = self.rsi.forming[-1]", r"self.rsi.forming is one number, as if its bar closed now; leave \[...\] out$"),
    ("self.rsi.forming = 3", r"self.rsi.forming cannot be set$"),
    ("self.x = self.rsi.former", r"former of an indicator is not known|has no output 'former'"),
]


@pytest.mark.parametrize(("line", "message"), MISTAKES + COMPILED_ONLY)
def test_S05_a_mistake_is_one_line_with_the_cells_line(plan_of, line, message):
    with pytest.raises(StrategyError, match=r"^line 11: " + message) as error:
        plan_of(HEAD.format(line))

    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("line", "message"), MISTAKES)
def test_S05_in_python_it_is_said_when_it_is_read(strategy, tape, line, message):
    with pytest.raises(StrategyError, match=r"^line 11: .*" + message.removesuffix("$")):
        lab.backtest(strategy(HEAD.format(line)), tape, python=True)


@pytest.mark.parametrize("key", [ta.rsi("1h"), ta.macd("1h").macd], ids=str)
def test_S05_in_init_there_is_no_value_yet(key):
    with pytest.raises(StrategyError, match=r"has no values yet: .* read self.x.forming in a callback"):
        _ = key.forming


def test_an_output_that_is_called_forming_stays_an_output(both):
    text = """
    class T(Strategy):
        def init(self):
            self.own, self.x = ta.custom(two, "1m", outputs=("forming", "done"), lookback=0), 0.0
        def on_bar(self, bar):
            self.x = self.own.forming[-1] - bar.close
    """

    for run in both(text, two=lambda close: (close + 1, close)):
        assert run.at(run.end - 1).variables["x"] == pytest.approx(1)


def test_the_families_in_the_how_to_are_those_there_are():
    page = (Path(__file__).parents[2] / "docs/how-to/indicators.md").read_text(encoding="utf-8")
    table = page.partition("| family | which |")[2].partition("\n\n")[0]
    named = " ".join(re.findall(r"`([^`]+)`", table)).split()

    assert sorted(f"linearreg{name}" if name.startswith("_") else name for name in named) == list(families())


@pytest.mark.parametrize("name", families())
def test_a_program_asks_for_few_steps(name):
    maker = getattr(ta, name)
    periods = {n: 5 for n in maker.defaults if n.endswith("period")}

    for key in maker("1h", **periods).keys:
        assert 1 <= len(program_of(key)) <= 12


@pytest.mark.parametrize("name", STATES)
def test_a_state_begins_with_its_input_and_survives_too_few_bars(name):
    params = {"timeperiod": 4, "factor": 0.4, "skip": 0, "kept": 0.75}
    code = STATES[name][0]
    wanted = list(inspect.signature(getattr(code, "py_func", code)).parameters)[1:]
    node = state(name.removesuffix(" state"), ta.sma("1h", 3), **{n: params[n] for n in wanted})
    x = np.append([np.nan, np.nan], np.arange(9.0) ** 2)

    whole = node.function.calculate([x], dict(node.params))

    assert all(np.isnan(column[:2]).all() for column in whole)
    for cut in range(len(x)):
        for column, shorter in zip(whole, node.function.calculate([x[:cut]], dict(node.params))):
            assert np.array_equal(column[:cut], shorter, equal_nan=True)
