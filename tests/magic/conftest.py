"""A shell with the magic loaded, a store of its own, and strategies to run."""

import builtins

import pytest

FLAT = """\
class Flat(Strategy):
    fast = 10

    def on_bar(self, bar):
        if not self.position:
            self.buy(10_000)
"""


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """An IPython shell, not a kernel; its default store does not exist."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    # Doctests leave `_` among the builtins, and IPython then keeps its hands off the notebook's.
    monkeypatch.delattr(builtins, "_", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BACKTESTR_STORE", str(tmp_path / "store.duckdb"))
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.run_cell("%load_ext backtestr_lab")
    yield shell
    shell.reset(new_session=False)
    InteractiveShell.clear_instance()


@pytest.fixture
def cell(shell, capsys):
    """`cell(line, body)` runs a `%%backtest` cell: its value or its error, and what was printed."""

    def run(line, body=FLAT):
        capsys.readouterr()
        result = shell.run_cell(f"%%backtest {line}\n{body}", store_history=True)
        error = result.error_before_exec or result.error_in_exec
        return error or result.result, capsys.readouterr().out

    return run
