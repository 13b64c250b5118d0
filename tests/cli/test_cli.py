"""The shell's commands, as a shell runs them."""

import ast
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import backtestr_lab as lab
from backtestr_lab import cli

pytestmark = pytest.mark.serial

STRATEGY = """\
import neighbour


class Buyer(Strategy):
    hold = 0
    size = neighbour.SIZE

    def on_bar(self, bar):
        if not self.position:
            self.buy(self.size, stop_loss=pips(5), take_profit=pips(5))
"""


@pytest.fixture
def desk(tmp_path):
    """A folder with a strategy and what it imports, and no store."""
    (tmp_path / "buyer.py").write_text(STRATEGY)
    (tmp_path / "neighbour.py").write_text("SIZE = 10_000\n")
    return tmp_path


@pytest.fixture
def run(desk):
    """`run("sample --days 1")` in that folder, as a process of its own."""

    def start(line):
        environment = os.environ | {"BACKTESTR_STORE": str(desk / "store.duckdb")}
        command = [sys.executable, "-m", "backtestr_lab", *line.split()]
        return subprocess.run(command, cwd=desk, env=environment, capture_output=True, text=True)

    return start


def test_without_a_command_it_says_what_it_can_do(run):
    done = run("")

    assert done.returncode == 0
    assert all(command in done.stdout for command in cli.COMMANDS)
    assert "%%backtest EURUSD --sample" in done.stdout


def test_it_knows_its_version(run):
    assert run("--version").stdout == f"backtestr-lab {lab.__version__}\n"


def test_from_a_sample_to_the_summary_and_files_of_a_run(run, desk):
    made = run("sample --days 2 --symbol EURUSD")
    assert made.returncode == 0, made.stderr
    assert "0 duplicate" in made.stdout and str(desk / "store.duckdb") in made.stdout

    files = "--csv trades.csv --html out/page.html"
    done = run(f"run buyer.py EURUSD --start 2024-01-01 --end 2024-01-02 --set size=20000 {files}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Buyer  EURUSD · 1m · 1 Jan 2024")
    rows = (desk / "trades.csv").read_text().splitlines()
    assert len(rows) > 5 and "20000.0" in rows[1]
    page = (desk / "out/page.html").read_text()
    assert "btl-summary" in page and "Bokeh" in page
    assert "<script src" not in page and "<link" not in page  # nothing is fetched


def test_a_file_writes_the_journal_that_backtest_writes(run, desk):
    run("run buyer.py EURUSD --sample 1 --commission 2bps --csv trades.csv")
    strategy, source = cli._strategy_of(desk / "buyer.py")
    other = lab.backtest(strategy, lab.sample("EURUSD", days=1), commission="2bps", source=source)

    assert (desk / "trades.csv").read_text() == other.trades.to_csv()


def test_ingest_prints_its_report(run, desk):
    rows = ["time,bid,ask", "2024-01-02 09:00:00,1.1,1.1002", "2024-01-02 09:00:01,1.1001,1.1003", "x,1,1"]
    (desk / "t.csv").write_text("\n".join(rows))
    done = run("ingest t.csv --symbol EURUSD --tz Europe/Berlin --store mine.duckdb")

    assert done.returncode == 0, done.stderr
    assert "EURUSD from t.csv: 3 rows, 2 added, 0 duplicate, 1 rejected" in done.stdout
    assert "2024-01-02 08:00" in done.stdout
    assert lab.Store(desk / "mine.duckdb").symbols().loc["EURUSD", "ticks"] == 2


def test_warm_says_how_long_it_took(run):
    done = run("warm")

    assert done.returncode == 0
    assert "ready after" in done.stdout


def test_the_demo_leaves_one_page(run, desk):
    done = run("demo --out shown")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Trend  EURUSD · 5m")
    assert str(desk / "shown/first-backtest.html") in done.stdout
    assert [p.name for p in (desk / "shown").iterdir()] == ["first-backtest.html"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("rnu", "OptionError: there is no command 'rnu'; did you mean 'run'?"),
        ("ingest t.csv", "OptionError: ingest needs --symbol; python -m backtestr_lab ingest --help tells more"),
        ("sample --dyas 3", "OptionError: sample has no option --dyas; did you mean '--days'?"),
        ("sample --days x", "OptionError: sample: --days: invalid int value: 'x'"),
        ("sample --days 0", "OptionError: days is 0; give a whole number above 0"),
        ("ingest none.csv --symbol EURUSD", "DataError: "),
        ("run none.py EURUSD", "OptionError: none.py cannot be read: no such file or directory; name a Python file"),
        ("run buyer.py", "OptionError: no symbol is named; write it first"),
        ("run buyer.py EURUSD", "StoreError: there are no ticks in "),
        ("run buyer.py EURUSD --sample 1 --cahs 3", "OptionError: there is no option --cahs; did you mean '--cash'?"),
        ("run buyer.py EURUSD --sample 1 --set sise=3", "StrategyError: buyer.py: Buyer has no parameter 'sise'"),
        ("run bad.py EURUSD --sample 1", "StrategyError: bad.py: line 2: expected ':', in 'class Bad(Strategy)'"),
        ("run wrong.py EURUSD --sample 1", "StrategyError: wrong.py: line 4: "),
        (
            "run sent.py EURUSD --sample 1",
            "StrategyError: sent.py: line 2: import os reaches this process and others; ",
        ),
        (
            "run beside.py EURUSD --sample 1",
            "StrategyError: beside.py: line 1: import os reaches this process and others ",
        ),
    ],
)
def test_an_error_is_one_line_and_exit_code_1(run, desk, line, told):
    (desk / "bad.py").write_text("# a comment\nclass Bad(Strategy)\n    pass\n")
    (desk / "wrong.py").write_text("class Wrong(Strategy):\n\n    def on_bar(self, bar):\n        self.byu()\n")
    (desk / "sent.py").write_text("# look:\nimport os\n" + STRATEGY)
    (desk / "beside.py").write_text("import sent\n" + STRATEGY)
    done = run(line)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1


def test_S06_a_file_that_is_trusted_runs(run, desk):
    (desk / "sent.py").write_text("import os\nos.mkdir('made')\n" + STRATEGY)
    done = run("run sent.py EURUSD --sample 1 --trust")

    assert done.returncode == 0, done.stderr
    assert (desk / "made").is_dir()


def test_S06_a_limit_ends_the_run_of_a_file_and_prints_what_there_is(run, desk):
    (desk / "stuck.py").write_text(STRATEGY + "            while self.size > 0:\n                pass\n")
    done = run("run stuck.py EURUSD --sample 1 --timeout 1s --csv trades.csv")

    assert done.returncode == 1
    assert "stopped: timeout=1s reached in line 11 at 2024-01-01 00:01" in done.stdout
    assert done.stderr.startswith("RunStopped: timeout=1s reached in line 11 at 2024-01-01 00:01; what was computed")
    assert (desk / "trades.csv").exists()


def test_the_demo_runs_the_strategy_of_the_first_notebook():
    from backtestr_lab.magic.first import Trend

    notebook = json.loads((Path(__file__).parents[2] / "notebooks/01-first-backtest.ipynb").read_text())
    cell = next("".join(c["source"]) for c in notebook["cells"] if "".join(c["source"]).startswith("%%backtest"))

    assert bare(cell) == bare(inspect.getsource(Trend))


def bare(source):
    """The statements of a class's text without its documentation."""
    tree = ast.parse(source.partition("\n")[2] if source.startswith("%%") else source)
    for node in ast.walk(tree):
        first = getattr(node, "body", [None])[0] if isinstance(getattr(node, "body", None), list) else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            node.body = node.body[1:]
    return ast.unparse(tree)
