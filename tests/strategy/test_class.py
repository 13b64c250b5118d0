"""Mistakes in the class itself and in `init`: one line each (S1, S5)."""

import pandas as pd
import pytest

from backtestr_lab import StrategyError
from backtestr_lab.strategy.lower import prepare

BAR = "    def on_bar(self, bar): pass\n"


def cls(body, name="T"):
    return f"class {name}(Strategy):\n{body}"


MISTAKES = [
    ("    position = 0\n" + BAR, r"^line 2: T.position shadows self.position; take another name$"),
    (BAR + "    def close(self): pass", r"^line 3: T.close shadows Strategy.close\(\); take another name$"),
    ("    buy = 5\n" + BAR, r"^line 2: T.buy shadows Strategy.buy\(\)"),
    ("    on_tick = 5\n" + BAR, r"^line 2: T.on_tick shadows the callback on_tick"),
    (
        "    fast = 5\n" + BAR + "    def fast(self): pass",
        r"^line 4: fast is there twice, first in line 2; rename one$",
    ),
    (BAR + BAR, r"^line 3: on_bar is there twice, first in line 2"),
    ("    levels = [1, 2]\n" + BAR, r"^line 2: levels is a list; parameters are int, float, bool or str"),
    ("    entry = None\n" + BAR, r"^line 2: entry is None; parameters are"),
    ("    rsi = ta.rsi('1h')\n" + BAR, r"^line 2: rsi is an indicator; declare it in init: self.rsi = ta"),
    ("    sl = pips(3)\n" + BAR, r"^line 2: sl is a distance"),
    ("    n = 2**63\n" + BAR, r"^line 2: n is 9223372036854775808; whole numbers end at 2\^63"),
    ("    timeframe = '7m'\n" + BAR, r"^line 2: timeframe '7m' does not fit the grid"),
    ("    timeframe = '1M'\n" + BAR, r"^line 2: timeframe '1M' could be a minute or a month"),
    ("    timeframe = 5\n" + BAR, r"^line 2: timeframe is 5; write '5m'"),
    ("    times = ['25:00']\n    def on_time(self, now): pass", r"^line 2: times: '25:00' is not a time of day"),
    ("    def on_time(self, now): pass", r"^line 2: on_time needs times"),
    ("    times = ['16:00']\n" + BAR, r"^line 2: times is set, but there is no on_time"),
    ("    n = 3\n    def next(self): pass", r"^line 1: T has no callback, so nothing would run; write def on_bar"),
    ("    def on_bars(self, bar): pass", r"^line 2: T has no callback 'on_bars'; did you mean 'on_bar'\?"),
    ("    def on_bar(self): pass", r"^line 2: on_bar takes \(self\); write def on_bar\(self, bar\)"),
    ("    def on_bar(self, *bar): pass", r"^line 2: on_bar takes \(self, \*bar\); write def on_bar\(self, bar\)"),
    ("    def __init__(self): pass\n" + BAR, r"^line 2: T has __init__; write init\(self\)"),
    ("    @property\n    def p(self): return 3\n" + BAR, r"p is a property; write a plain method"),
]


@pytest.mark.parametrize(("body", "message"), MISTAKES)
def test_S05_a_mistake_in_the_class_is_one_line_with_its_number(plan_of, body, message):
    with pytest.raises(StrategyError, match=message) as caught:
        plan_of(cls(body))

    assert "\n" not in str(caught.value)


IN_INIT = [
    ("self.x = y", r"^line 3: NameError in init: name 'y' is not defined$"),
    ("self.x = 1 / 0", r"^line 3: ZeroDivisionError in init: division by zero$"),
    ("self.x = ta.rsj('1h')", r"^line 3: ta has no 'rsj'; did you mean 'rsi'"),
    ("self.x = ta.rsi('1h', period=3)", r"^line 3: ta.rsi has no parameter 'period'; did you mean 'timeperiod'"),
    ("self.x = ta.rsi('1h')[-1]", r"^line 3: rsi\(1h, 14\) has no values yet"),
    ("self.position = 3", r"^line 3: self.position belongs to Strategy; take another name$"),
    ("self.buy = 3", r"^line 3: self.buy shadows Strategy.buy\(\); take another name$"),
    ("self.helper = 3", r"^line 3: self.helper shadows the method helper; take another name$"),
    ("self.buy(3)", r"^line 3: self.buy exists only in callbacks"),
    ("self.l = []", r"^line 3: self.l is a list; a compiled strategy keeps numbers and numpy arrays: write np.array"),
    ("self.l = None", r"^line 3: self.l is None; what a strategy keeps has one type: write 0, np.nan or False"),
    ("self.l = {}", r"^line 3: self.l is a dict; .* run with --python"),
    ("self.l = pd.DataFrame()", r"^line 3: self.l is a DataFrame; read it as an indicator: self.l = ta.series"),
    ("self.l = [ta.rsi('1h')]", r"^line 3: self.l is a list of indicators; give each a name"),
    ("self.l = np.zeros(3, 'f4')", r"^line 3: self.l is an array of float32; .* convert it with .astype\(float\)$"),
    ("self.l = 2**64", r"^line 3: self.l is 18446744073709551616; whole numbers end at 2\^63$"),
]


@pytest.mark.parametrize(("line", "message"), IN_INIT)
def test_S05_a_mistake_in_init_names_its_line(plan_of, line, message):
    with pytest.raises(StrategyError, match=message):
        plan_of(cls(f"    def init(self):\n        {line}\n    def helper(self): pass\n" + BAR), pd=pd)


def test_what_is_no_strategy_is_refused():
    with pytest.raises(StrategyError, match="^dict is not a strategy; write class dict\\(Strategy\\)$"):
        prepare(dict)


def test_an_override_reaches_init(plan_of):
    text = cls(
        "    n = 3\n    def init(self):\n        self.ema = ta.ema('5m', self.n)\n        self.twice = 2 * self.n\n"
    )
    plan = plan_of(text + "    def on_bar(self, bar):\n        self.twice += self.n + int(self.ema[-1])", {"n": 5})

    assert str(plan.nodes[0]) == "ema(5m, 5)"
    assert plan.params == {"n": 5}
    assert plan.variables(plan) == {"twice": 10}


def test_S01_methods_and_parameters_of_a_parent_are_inherited(run_cell):
    names = run_cell("""
        class Parent(Strategy):
            n = 3
            def on_bar(self, bar):
                self.act()
            def act(self):
                pass
        class T(Parent):
            n = 4
            def act(self):
                if self.n == 4:
                    self.buy()
    """)

    assert prepare(names["T"]).params == {"n": 4}


def test_S01_several_timeframes_are_listened_to_shortest_first(plan_of):
    plan = plan_of(cls("    timeframe = ('1h', 'M5')\n" + BAR))

    assert [str(t) for t in plan.listens] == ["5m", "1h"]


def test_S01_without_on_bar_no_bar_is_waited_for(plan_of):
    plan = plan_of(cls("    def on_tick(self, tick): pass"))

    assert plan.listens == [] and plan.frames == [] and plan.defines == ("on_tick",)
