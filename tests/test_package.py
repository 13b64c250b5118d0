"""What is published works: the source archive builds the wheel, and the wheel runs without the checkout."""

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import backtestr_lab

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.serial


def run(*command, cwd):
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """The source archive, and the wheel built from it rather than from the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def python(dist, tmp_path_factory):
    """An interpreter that has the wheel, and this environment's libraries but not its checkout."""
    home = tmp_path_factory.mktemp("installed") / "env"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    wheel = next(dist.glob("*.whl"))
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=dist)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=dist))
    here = run(sys.executable, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=dist)
    # Folders named in a .pth file are searched, but their own .pth files, the checkout's among them, are not read.
    (site / "libraries.pth").write_text(here)
    return python


def names_in(dist):
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        source = {name.partition("/")[2] for name in archive.getnames()}
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as archive:
        wheel = set(archive.namelist())
    return source, wheel


def test_both_archives_hold_every_module_and_the_built_javascript(dist):
    source, wheel = names_in(dist)
    shipped = [p for p in (ROOT / "backtestr_lab").rglob("*") if p.suffix in {".py", ".js", ".css"}]
    needed = {p.relative_to(ROOT).as_posix() for p in shipped}

    assert any(name.startswith("backtestr_lab/static/") and name.endswith(".js") for name in needed)
    assert needed - source == set()
    assert needed - wheel == set()


def test_no_archive_holds_caches_data_or_installed_javascript(dist):
    source, wheel = names_in(dist)
    unwanted = ("__pycache__", "node_modules", ".duckdb", ".nbc", ".nbi")

    assert [name for name in source | wheel if any(u in name for u in unwanted)] == []


def test_the_source_archive_holds_tests_docs_and_javascript_sources(dist):
    source, _ = names_in(dist)

    assert {
        "README.md",
        "LICENSE",
        "Makefile",
        "tests/test_package.py",
        "docs/reference/rules.md",
        "js/package.json",
    } <= source


def test_the_installed_wheel_is_the_one_that_runs(python, tmp_path):
    printed = run(python, "-c", "import backtestr_lab as b; print(b.__version__, b.__file__)", cwd=tmp_path)
    version, file = printed.split(" ", 1)

    assert version == backtestr_lab.__version__
    assert Path(file).is_relative_to(python.parent.parent)


def test_every_public_name_of_the_installed_wheel_loads(python, tmp_path):
    code = "import backtestr_lab as b; print(len([getattr(b, name) for name in b.__all__]))"

    assert run(python, "-c", code, cwd=tmp_path) == str(len(backtestr_lab.__all__))


def test_the_installed_wheel_backtests(python, tmp_path):
    code = """
import backtestr_lab as lab
class Once(lab.Strategy):
    def on_bar(self, bar):
        if not self.position:
            self.buy(1000)
run = lab.backtest(Once, lab.sample("EURUSD", days=1), cash=10_000)
print(len(run.fills))
"""
    # From a file: a strategy's source must be readable.
    (tmp_path / "once.py").write_text(code)

    assert int(run(python, "once.py", cwd=tmp_path)) >= 1


def test_the_installed_wheel_has_its_command(python, tmp_path):
    command = python.parent / ("backtestr-lab.exe" if sys.platform == "win32" else "backtestr-lab")

    assert "warm" in run(command, "--help", cwd=tmp_path)
