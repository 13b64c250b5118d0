"""Interrupts, endless loops, recursion (S6)."""

import os
import signal
import threading
import time

import numpy as np
import pytest

import backtestr_lab as lab
from backtestr_lab import RunStopped, StrategyError

LOOPS = {
    "while": "while True: pass",
    "nested": "while True:\n            for i in range(10): self.n += i",
    "helper": "self.forever()",
    "notebook": "spin(1)",
}


def spin(x):
    while x > 0:
        x += 1
    return x


@pytest.mark.serial
@pytest.mark.parametrize("loop", LOOPS)
def test_S06_an_interrupt_ends_an_endless_loop_within_100_ms(strategy, tape, loop):
    cls = strategy(
        "class T(Strategy):\n    def init(self): self.n = 0\n    def forever(self):\n        while True: self.n += 1\n"
        f"    def on_bar(self, bar):\n        {LOOPS[loop]}\n",
        spin=spin,
    )
    # Everything imported and compiled before the clock runs: an interrupt is for the loop.
    lab.strategy.lower.prepare(cls)
    lab.backtest(strategy("class T(Strategy):\n    def on_bar(self, bar): pass\n"), tape)
    sent = []

    def interrupt():
        time.sleep(0.5)
        sent.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(RunStopped, match="interrupted in line [4-7]") as stopped:
        lab.backtest(cls, tape)

    assert time.perf_counter() - sent[0] < 0.1
    assert stopped.value.run is not None


@pytest.mark.parametrize(
    "text",
    [
        "class T(Strategy):\n    def on_bar(self, bar):\n        self.a()\n    def a(self):\n        self.a()",
        "class T(Strategy):\n    def on_bar(self, bar):\n        self.a()\n"
        "    def a(self):\n        self.b()\n    def b(self):\n        self.a()",
    ],
)
def test_S06_recursion_is_refused(plan_of, text):
    with pytest.raises(StrategyError, match=r"^line [57]: a calls itself; recursion is not compiled, write a loop$"):
        plan_of(text)


def test_S06_recursion_of_the_notebooks_functions_is_refused(on_bar, run_cell):
    down = run_cell("def down(n):\n    return down(n - 1)")["down"]

    with pytest.raises(StrategyError, match="in down, line 2 of its cell: down calls itself"):
        on_bar("x = down(3)", down=down)


def test_S06_the_flag_is_read_in_every_loop(strategy):
    import ast

    from backtestr_lab.strategy.model import read
    from backtestr_lab.strategy.program import Program

    cls = strategy("""
        class T(Strategy):
            def on_bar(self, bar):
                for i in range(3):
                    while i > 0:
                        i -= 1
                        continue
    """)
    program = Program(read(cls))
    tree = program.lowered(program.model.methods["on_bar"], "callback", None).tree
    loops = [n for n in ast.walk(tree) if isinstance(n, (ast.For, ast.While))]

    assert len(loops) == 2
    assert all("_lab_load(_lab_flag)" in ast.unparse(loop.body[0]) for loop in loops)


def test_state_survives_a_capture_of_arrays(on_bar):
    values = np.array([1.0, 2.0])
    plan = on_bar("self.x = values[0]", values=values)
    values[0] = 99.0

    assert plan.farr.tolist().count(99.0) == 0
