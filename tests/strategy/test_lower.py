"""What callbacks become, and what is compiled again after an edit (S2, S3)."""

import ast

import numpy as np
import pytest

from backtestr_lab import StrategyError
from backtestr_lab.strategy.compile import compiled_count
from backtestr_lab.strategy.lower import prepare
from backtestr_lab.strategy.model import read
from backtestr_lab.strategy.program import Program

TEXT = """
    class T(Strategy):
        fast, size = 10, 1_000
        mode = "a"
        timeframe = "5m"
        def init(self):
            self.ema = ta.ema("5m", self.fast)
            self.macd = ta.macd("1h")
            self.unread = ta.rsi("4h")
            self.count = 0
            self.x = 1.5
            self.on = True
            self.grid = np.zeros((2, 3))
            self.seen = np.array([True, False, True])
            self.stop = pips(8)
        def on_bar(self, bar):
            if self.ema[-1] > self.macd.macdsignal[-2] and not self.position:
                self.buy(self.size, stop_loss=self.stop, tag="up" if self.on else "down")
            self.grid[0, 1] = self.bars("15m", 3).close.sum() + self.forming("1d").open
            self.seen[1] = self.on
        def on_fill(self, fill):
            if fill.tag == "up":
                self.count += 1
"""


def lowered(cls, name="on_bar"):
    program = Program(read(cls))
    return ast.unparse(program.lowered(program.model.methods[name], "callback", None).tree)


def test_S03_a_plan_has_the_frames_series_and_tags_that_are_read(plan_of):
    plan = plan_of(TEXT)

    assert [str(t) for t in plan.frames] == ["5m", "15m", "1h", "1d"]
    assert [str(t) for t in plan.bars_frames] == ["15m"]
    assert {n: str(k) for n, k in plan.indicators.items()} == {
        "ema": "ema(5m, 10)",
        "macd.macdsignal": "macd(1h, 12, 26, 9).macdsignal",
    }
    assert plan.tags == ["", "up", "down"]


def test_variables_are_what_init_set_and_parameters_that_change(plan_of):
    plan = plan_of(TEXT)
    values = plan.variables(plan)

    assert sorted(values) == ["count", "grid", "on", "seen", "x"]
    assert (values["count"], values["x"], values["on"]) == (0, 1.5, True)
    assert values["grid"].shape == (2, 3) and values["seen"].tolist() == [True, False, True]


def test_S05_lowered_statements_keep_their_lines(strategy):
    text = lowered(strategy(TEXT))

    assert "_lab_S['line'] = 17" in text and "_lab_S['line'] = 19" in text


def test_a_str_parameter_decides_before_the_run(strategy):
    text = lowered(
        strategy("class T(Strategy):\n    mode = 'a'\n    def on_bar(self, bar):\n        x = self.mode in ('b', 'c')")
    )

    assert "x = False" in text


def test_names_of_codes_become_numbers(strategy):
    cls = strategy("""
        class T(Strategy):
            def on_fill(self, fill):
                r = fill.role
                x = r == "STOP_LOSS" and fill.side != "SELL"
    """)
    text = lowered(cls, "on_fill")

    assert "r == 2 and fill.side != -1" in text


def test_an_argument_that_is_not_used_is_not_fetched(strategy):
    text = lowered(strategy("class T(Strategy):\n    def on_tick(self, tick):\n        self.close()"), "on_tick")

    assert "current_tick" not in text


def compiled_by(make):
    before = compiled_count()
    make()
    return compiled_count() - before


def test_S02_another_parameter_and_another_init_compile_nothing(plan_of):
    plan_of(TEXT)

    assert compiled_by(lambda: plan_of(TEXT, {"fast": 13, "size": 7})) == 0
    assert compiled_by(lambda: plan_of(TEXT.replace("self.count = 0", "self.count = 7"))) == 0
    assert compiled_by(lambda: plan_of(TEXT.replace('ta.macd("1h")', 'ta.macd("1h", 5)'))) == 0


def test_S02_an_edit_of_one_callback_compiles_that_one(plan_of):
    plan_of(TEXT)

    assert compiled_by(lambda: plan_of(TEXT.replace("self.count += 1", "self.count += 41"))) == 1


def test_S10_another_value_of_a_captured_number_compiles_nothing(plan_of):
    text = "class T(Strategy):\n    def on_bar(self, bar):\n        self.buy(size, limit=bar.close * scale)"
    first = plan_of(text, size=1000, scale=0.5)
    again = []

    assert compiled_by(lambda: again.append(plan_of(text, size=2000, scale=0.25))) == 0
    assert first.callbacks["on_bar"] is again[0].callbacks["on_bar"]
    assert (first.captured, again[0].captured) == ({"scale": "0.5", "size": "1000"}, {"scale": "0.25", "size": "2000"})


def test_S10_captured_arrays_and_functions_are_kept_by_hash(on_bar, run_cell):
    names = run_cell("levels = np.array([1, 2])\ndef above(x, floor=0.0):\n    return x > floor + levels[0]")
    plan = on_bar(
        "self.on = above(bar.close) and mode == 'x' and bar.ticks in counts", mode="x", counts=(1, 2), **names
    )

    assert plan.captured["levels"].startswith("array int64 (2,) sha256 ")
    assert plan.captured["above"].startswith("function sha256 ")
    assert plan.captured["mode"] == "'x'" and plan.captured["counts"] == "(1, 2)"


def test_two_names_that_are_equal_in_two_places_do_not_mix(on_bar, run_cell):
    f = run_cell("k = 2\ndef f(x):\n    return x * k")["f"]
    plan = on_bar("self.x = f(bar.close) + k", f=f, k=5)

    assert sorted(int(v.value) for v in plan.program.captured.values()) == [2, 5]


def test_a_class_from_inside_a_function_captures_what_encloses_it():
    from backtestr_lab import Strategy

    size = 500

    class Inner(Strategy):
        def on_bar(self, bar):
            self.buy(size)

    assert prepare(Inner).captured == {"size": "500"}


def test_source_is_the_class_and_its_parents(strategy):
    cls = strategy("x = 1\nclass T(Strategy):\n    def on_bar(self, bar):\n        self.buy()\ny = 2")

    assert prepare(cls).source == "class T(Strategy):\n    def on_bar(self, bar):\n        self.buy()\n"


def test_a_cell_may_be_handed_over_as_text():
    from backtestr_lab import Strategy

    text = "class T(Strategy):\n    def on_bar(self, bar):\n        self.bye()\n"
    names = {"Strategy": Strategy}
    exec(compile(text, "<handed over>", "exec"), names)

    with pytest.raises(StrategyError, match="^line 3: T has no 'bye'"):
        prepare(names["T"], source=text, filename="<handed over>")


def test_a_text_that_has_changed_since_is_not_run(tmp_path, monkeypatch):
    import importlib
    import linecache

    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "changing_strategy.py"
    text = "from backtestr_lab import Strategy\nclass T(Strategy):\n    def on_bar(self, bar):\n        self.buy(1)\n"
    file.write_text(text, encoding="utf-8")
    module = importlib.import_module("changing_strategy")
    file.write_text(text.replace("self.buy(1)", "self.close()"), encoding="utf-8")
    linecache.checkcache()

    with pytest.raises(StrategyError, match="is not what was run; run the cell or import the file again"):
        prepare(module.T)


def test_T03_variables_come_out_of_any_memory_with_slots(plan_of):
    plan = plan_of(TEXT)
    memory = type("Memory", (), {n: getattr(plan, n).copy() for n in ("ints", "floats", "iarr", "farr")})
    kind, offset, _ = plan.state_layout["seen"]
    memory.iarr[offset : offset + 1].view("b1")[:3] = [False, True, False]

    assert kind == "bool[]"
    assert plan.variables(memory)["seen"].tolist() == [False, True, False]
    assert isinstance(plan.variables(memory)["grid"], np.ndarray)
