"""`%%backtest` in a real ipykernel: what it sends, what stays, how it ends."""

import json
import re
import statistics

import pytest

from .conftest import Kernel

pytestmark = pytest.mark.serial

TREND = """\
class Trend(Strategy):
    fast, slow = 10, 20
    timeframe = "5m"

    def init(self):
        self.quick = ta.ema("5m", self.fast)
        self.calm = ta.ema("5m", self.slow)

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm):
            self.buy(10_000, stop_loss=pips(10), take_profit=pips(15))
        elif crossed_below(self.quick, self.calm):
            self.close()
"""
ENDLESS = """\
class Endless(Strategy):
    n = 0

    def on_bar(self, bar):
        i = 0
        while True:
            i += 1
            if i < 0:
                break
"""
LONG = """\
class Long(Strategy):
    work = 20_000
    heat = 0.0

    def on_tick(self, tick):
        if not self.position:
            self.buy(1_000, stop_loss=pips(1), take_profit=pips(1))
        for i in range(self.work):
            self.heat = self.heat * 0.99 + tick.bid
"""
WIDGET = "application/vnd.jupyter.widget-view+json"


def test_a_cell_sends_a_picture_a_summary_and_live_charts(kernel):
    kernel.run(f"%%backtest EURUSD --sample --commission 3.5/lot --as trend\n{TREND}")
    outputs = kernel.saved()

    assert [sorted(data) for data in outputs] == [
        ["image/png"],
        ["text/html", "text/plain"],
        [WIDGET, "text/plain"],
    ]
    assert outputs[1]["text/plain"].startswith("Trend  EURUSD · 5m · 1 Jan 2024")
    assert "btl-summary" in outputs[1]["text/html"]
    assert len(json.dumps(outputs)) < 150_000
    assert kernel.printed() == ""


def test_the_value_is_the_run_under_its_names(kernel):
    kernel.run(f"%%backtest EURUSD --sample 1 --as trend\n{TREND}")

    assert kernel.value("trend is _, type(_).__name__, Trend.__name__") == "True Run Trend"


def test_a_run_that_takes_long_shows_one_line_that_goes_away(kernel):
    kernel.run(f"%%backtest EURUSD --sample 5 --set work=3000\n{LONG}")
    shown = [c["data"] for c in kernel.contents("update_display_data")]
    begun = [c for c in kernel.contents("display_data") if c.get("transient", {}).get("display_id")]

    assert [c["data"] for c in begun] == [{}]
    assert "% · " in shown[0]["text/plain"] and "<progress" in shown[0]["text/html"]
    assert shown[-1] == {}
    assert [sorted(data) for data in kernel.saved()][1:2] == [["image/png"]]


@pytest.mark.parametrize(("body", "after", "where"), [(ENDLESS, 0.3, "line [789] "), (LONG, 0.5, "line 9 |line 10 ")])
def test_S06_an_interrupt_ends_a_run_within_100_ms_and_keeps_what_was_computed(kernel, body, after, where):
    times = []
    for _ in range(10):
        times.append(kernel.run(f"%%backtest EURUSD --sample --as partial\n{body}", interrupt_after=after))
        (error,) = kernel.contents("error")
        assert error["ename"] == "RunStopped"
        assert len(error["traceback"]) == 1

    print("interrupt to idle, ms:", [round(1000 * t) for t in times])
    assert statistics.median(times) < 0.1
    told = rf"RunStopped: interrupted in ({where})at 2024-01-0\S.*; what was computed until then is kept"
    assert re.fullmatch(told, error["traceback"][0])
    assert "stopped: interrupted" in kernel.saved()[-1]["text/plain"]
    assert (
        kernel.value("partial is _, partial.stopped.startswith('interrupted'), partial.n_ticks > 0") == "True True True"
    )


def test_S06_the_journal_of_a_stopped_run_is_the_beginning_of_the_whole_one(kernel):
    kernel.run(f"%%backtest EURUSD --sample --quiet --as whole --set work=0\n{LONG}")
    kernel.run(f"%%backtest EURUSD --sample --as partial\n{LONG}", interrupt_after=0.5)

    assert kernel.value("len(whole.journal) > len(partial.journal) > 10") == "True"
    assert kernel.value("(whole.journal[:len(partial.journal)] == partial.journal).all()") == "True"


def test_an_interrupt_while_data_are_loaded_is_one_line_too(kernel):
    slow = "import time\ntime.sleep(60)\n"
    kernel.run(f"%%backtest EURUSD --sample\n{slow}{TREND}", interrupt_after=0.3)
    (error,) = kernel.contents("error")

    assert error["traceback"] == ["RunStopped: interrupted before the run began; run the cell again"]


def test_P05_a_cell_names_its_symbol_and_sizes_its_orders_the_same_with_python(kernel):
    cell = TREND.replace("fast, slow", "percent = 0.5\n    fast, slow", 1)
    cell = cell.replace("10_000, ", "risk(self.percent), symbol='EURUSD', ")
    cell = cell.replace("self.close()", "self.close(symbol=bar.symbol)")
    kernel.run("risk = 0.5")  # of the notebook, and kept
    kernel.run(f"%%backtest EURUSD --sample 2 --as compiled\n{cell}")
    kernel.run(f"%%backtest EURUSD --sample 2 --python --as python\n{cell}")

    assert kernel.value("compiled.journal.tobytes() == python.journal.tobytes(), risk") == "True 0.5"
    assert kernel.value("compiled.orders.quantity.nunique() > 5") == "True"


@pytest.mark.parametrize(
    ("line", "body", "told"),
    [
        (
            "EURUSD --sample 1",
            TREND.replace("(self, bar):", "(self, bar)"),
            "StrategyError: line 10: expected ':', in 'd",
        ),
        ("EURUSD --sample 1", TREND.replace("self.close()", "self.shut()"), "StrategyError: line 14: "),
        ("EURUSD --sample 1", f"x = 1 / 0\n{TREND}", "StrategyError: line 2: ZeroDivisionError: division by zero"),
        (
            "EURUSD --sample 1",
            TREND.replace("self.close()", "self.close(symbol='EURUDS')"),
            "StrategyError: line 14: 'EURUDS' is not in this run; did you mean 'EURUSD'?; it has EURUSD",
        ),
        (
            "EURUSD --sample 1",
            TREND.replace("10_000, stop_loss=pips(10)", "risk(1)"),
            "StrategyError: line 12: risk(...) goes by the distance to a stop; add stop_loss=pips(20)",
        ),
        ("EURUSD", TREND, "StoreError: there are no ticks in "),
        ("EURUSD --smaple", TREND, "OptionError: there is no option --smaple; did you mean '--sample'?"),
    ],
)
def test_an_error_is_one_line(kernel, line, body, told):
    kernel.run(f"%%backtest {line}\n{body}")
    (error,) = kernel.contents("error")

    assert len(error["traceback"]) == 1
    assert "\n" not in error["traceback"][0]
    assert error["traceback"][0].startswith(told)
    assert kernel.contents("display_data") == []


def test_tab_completes_the_line(kernel):
    assert kernel.complete("%%backtest EURUSD --sl") == ["--slippage"]
    assert kernel.complete("%%backtest EURU") == ["EURUSD"]
    assert kernel.complete("%%backtest EURUSD --sample --timeframes 1m,15") == ["15m"]


def test_help_is_the_magics_own(kernel):
    reply = kernel.client.inspect("%%backtest", reply=True, timeout=30)["content"]

    assert "%%backtest EURUSD --sample" in reply["data"]["text/plain"]


def test_a_breakpoint_could_be_set_the_cell_has_the_debuggers_file_name(kernel):
    cell = f"%%backtest EURUSD --sample 1\n{TREND}".removesuffix("\n")
    kernel.run(cell)

    assert kernel.value("Trend.on_bar.__code__.co_firstlineno") == "10"
    wanted = f"__import__('ipykernel.compiler').compiler.get_file_name({cell!r})"
    assert kernel.value(f"Trend.on_bar.__code__.co_filename == {wanted}") == "True"


@pytest.mark.slow
def test_on_a_new_machine_the_first_cell_says_what_is_being_waited_for(tmp_path):
    kernel = Kernel(NUMBA_CACHE_DIR=str(tmp_path), IPYTHONDIR=str(tmp_path / "ipython"))
    try:
        kernel.run("%load_ext backtestr_lab")
        seconds = kernel.run(f"%%backtest EURUSD --sample --as trend\n{TREND}", seconds=300)
        shown = [c["data"].get("text/plain", "") for c in kernel.contents("update_display_data")]
        print(f"first result on a new machine after {seconds:.1f} s")

        assert any(
            t.startswith("compiling the engine for the first time on this machine, about 20 s, once") for t in shown
        )
        assert [sorted(data) for data in kernel.saved() if data][0] == ["image/png"]
        assert kernel.value("trend is _") == "True"
    finally:
        kernel.stop()
