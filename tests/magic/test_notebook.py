"""`%%backtest` in a shell of IPython."""

import warnings

import pytest

import backtestr_lab as lab
from backtestr_lab.magic.notebook import BacktestMagics

from .conftest import FLAT

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


def test_the_value_of_a_cell_is_the_run(cell, shell):
    run, shown = cell("EURUSD --sample 1 --cash 100_000 --commission 3.5/lot", TREND)

    assert isinstance(run, lab.Run)
    assert shell.user_ns["_"] is run
    assert "Trend  EURUSD · 5m" in shown
    again = lab.backtest(shell.user_ns["Trend"], lab.sample("EURUSD", days=1), cash=100_000, commission="3.5/lot")
    assert run.journal.tobytes() == again.journal.tobytes()


def test_as_names_the_run_and_nothing_else_does(cell, shell):
    cell("EURUSD --sample 1")
    assert "run" not in shell.user_ns

    run, _ = cell("EURUSD --sample 1 --as flat")
    assert shell.user_ns["flat"] is run


def test_quiet_shows_nothing_and_the_run_is_there(cell, shell):
    value, shown = cell("EURUSD --sample 1 --as flat --quiet")

    assert (value, shown) == (None, "")
    assert shell.user_ns["_"] is shell.user_ns["flat"]
    assert shell.user_ns["flat"].n_ticks > 50_000


def test_set_and_dollar_names_reach_the_strategy(cell, shell):
    shell.user_ns["n"] = 7
    run, _ = cell("EURUSD --sample 1 --set fast=$n", TREND)

    assert run.params == {"fast": 7, "slow": 20}


def test_braces_in_a_cell_stay_as_they_are(cell, shell):
    shell.user_ns["n"] = 7
    cell("EURUSD --sample 1", 'text = "{n}"\nfrom_notebook = "$n"\n' + TREND)

    assert (shell.user_ns["text"], shell.user_ns["from_notebook"]) == ("{n}", "$n")


def test_python_mode_writes_the_same_journal(cell):
    compiled, _ = cell("EURUSD --sample 1", TREND)
    interpreted, _ = cell("EURUSD --sample 1 --python", TREND)

    assert interpreted.journal.tobytes() == compiled.journal.tobytes()


def test_the_source_of_the_cell_is_in_the_manifest_with_its_lines(cell):
    run, _ = cell("EURUSD --sample 1", TREND)

    source = run.manifest["source"]
    assert source.splitlines()[1] == "class Trend(Strategy):"
    assert "%%backtest EURUSD --sample 1" in source.splitlines()[0]


def test_a_custom_indicator_and_a_helper_of_the_cell_work(cell):
    body = """\
REACH = 3

def slope(close):
    return np.concatenate([np.full(REACH, np.nan), close[REACH:] - close[:-REACH]])

class Steep(Strategy):
    def init(self):
        self.slope = ta.custom(slope, "5m")

    def on_bar(self, bar):
        if self.slope[-1] > 0 and not self.position:
            self.buy(1_000, stop_loss=pips(5), take_profit=pips(5))
"""
    run, _ = cell("EURUSD --sample 1", body)

    assert len(run.trades) > 1


# The line of the magic is line 1.
@pytest.mark.parametrize(
    ("line", "body", "kind", "message"),
    [
        ("EURUSD --sample 1", TREND.replace("self.close()", "self.clsoe()"), "StrategyError", "line 14: .*clsoe"),
        ("EURUSD --sample 1", TREND.replace("def on_bar(self, bar):", "def on_bar(self, bar)"), "StrategyError",
         r"line 10: expected ':', in 'def on_bar\(self, bar\)'"),
        ("EURUSD --sample 1", "\n\nx = 1 / 0\n", "StrategyError", "line 4: ZeroDivisionError"),
        ("EURUSD --sample 1", "x = 1\n", "StrategyError", "there is no strategy here"),
        ("EURUSD --sample 1 --set fats=1", TREND, "StrategyError", "no parameter 'fats'; did you mean 'fast'"),
        ("EURUSD --sample 1 --set fast=x", TREND, "StrategyError", "fast is an int"),
        ("EURUSD --sample 1 --cahs 5", TREND, "OptionError", "there is no option --cahs; did you mean '--cash'"),
        ("EURUSD --sample 1 --cash -5", TREND, "OptionError", "cash is -5"),
        ("EURUSD --sample 1 --start 2025-01-01", TREND, "DataError", "no ticks of EURUSD.*there are ticks from 2024"),
        ("EURUSDD --sample 1", TREND, "SymbolError", "unknown symbol 'EURUSDD'; did you mean 'EURUSD'"),
        ("EURUSD", TREND, "StoreError", "there are no ticks in .*add --sample"),
        ("", TREND, "OptionError", "no symbol is named"),
    ],
)  # fmt: skip
def test_an_error_is_one_line(cell, line, body, kind, message):
    error, shown = cell(line, body)

    assert type(error).__name__ == kind
    assert shown == f"{kind}: {error}\n"
    with pytest.raises(type(error), match=message):
        raise error


def test_an_error_in_a_callback_leaves_the_run_until_then(cell, shell):
    body = """\
class Broken(Strategy):
    n = 0

    def init(self):
        self.seen = 0
        self.last = np.zeros(3)

    def on_bar(self, bar):
        self.buy(1_000)
        self.seen += 1
        if self.seen == 5:
            self.last[self.seen] = bar.close
"""
    error, _ = cell("EURUSD --sample 1 --as broken", body)

    assert "line 13: " in str(error)
    assert len(error.run.fills) == 4
    assert shell.user_ns["broken"] is shell.user_ns["_"] is error.run
    assert "ended by an error" in error.run.stopped


def test_an_interrupt_before_the_run_is_one_line_too(cell):
    error, shown = cell("EURUSD --sample 1", f"raise KeyboardInterrupt\n{TREND}")

    assert shown == "RunStopped: interrupted before the run began; run the cell again\n"
    assert error.run is None


def test_the_documentation_shows_examples_and_every_option(shell, capsys):
    shell.run_line_magic("pinfo", "%%backtest")
    shown = capsys.readouterr().out

    assert "%%backtest EURUSD --sample" in shown
    assert "--close-at-end" in shown


def test_help_on_the_line_prints_the_documentation(cell):
    value, shown = cell("--help")

    assert value is None
    assert shown.strip() == BacktestMagics.backtest.__doc__.strip()


def test_loading_twice_is_loading_once(shell):
    shell.run_cell("%load_ext backtestr_lab\n%reload_ext backtestr_lab")

    names = [getattr(m, "matcher_identifier", "") for m in shell.Completer.custom_matchers]
    assert names.count("backtestr_lab.magic_line") == 1


def test_python_warns_of_nothing(cell):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run, _ = cell("EURUSD --sample 1", TREND)

    assert isinstance(run, lab.Run)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("x = open('secret.csv')\n", r"line 2: open reaches files; add --trust if you know this code and want that$"),
        ("\n!touch secret.csv\n", "line 3: !touch secret.csv runs a program"),
        ("files = !ls\n", "line 2: !ls runs a program"),
        ("import math\n%cd ..\n", r"line 3: %cd \.\. is a command of IPython's"),
        ("from subprocess import run\n", "line 2: import subprocess reaches this process and others"),
        ("system.remove('secret.csv')\n", "line 2: system.remove reaches this process and others"),
    ],
)
def test_S06_a_cell_that_reaches_out_does_not_begin(cell, shell, tmp_path, body, message):
    shell.run_cell("import os as system")
    error, _ = cell("EURUSD --sample 1", f"{body}{FLAT}began = True\n")

    with pytest.raises(lab.StrategyError, match=message):
        raise error
    assert "Flat" not in shell.user_ns
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["--trust", "environment"])
def test_S06_a_cell_that_is_trusted_does_what_it_does(cell, tmp_path, monkeypatch, how):
    if how == "environment":
        monkeypatch.setenv("BACKTESTR_TRUST", "1")
    run, _ = cell(
        f"EURUSD --sample 1 {how if how == '--trust' else ''}", f"open('x.csv', 'w').close()\n!touch y\n{FLAT}"
    )

    assert isinstance(run, lab.Run)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.csv", "y"]


def test_S06_a_table_of_another_cell_is_a_name_like_any_other(cell, shell, tmp_path):
    (tmp_path / "levels.csv").write_text("time,level\n2024-01-01,1.0\n")
    shell.run_cell("import pandas as pd\nlevels = pd.read_csv('levels.csv', index_col=0, parse_dates=True)")
    body = FLAT.replace("    fast = 10\n", "    def init(self): self.level = ta.series(levels, '1h', column='level')\n")
    run, _ = cell("EURUSD --sample 1", body)

    assert isinstance(run, lab.Run)


def test_S06_a_time_limit_ends_the_cell_in_one_line_and_keeps_the_run(cell, shell):
    body = FLAT + "            while self.now > 0:\n                pass\n"
    error, shown = cell("EURUSD --sample 1 --timeout 0.5s --max-memory 4GB --as stuck", body)

    assert str(error).startswith(
        "timeout=0.5s reached in line 8 at 2024-01-01 00:01; what was computed until then is kept"
    )
    assert shown.endswith(f"RunStopped: {error}\n")
    assert shell.user_ns["stuck"] is shell.user_ns["_"] is error.run
    assert "stopped: timeout=0.5s reached in line 8" in shown
