"""From the start of a process to the first result; and the very first one on a machine, with an empty numba cache.

The ticks, 10,000 minutes of them, come out of a store's file, as they do for a user.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from market import market
from measure import at_most, note

MINUTES = 10_000
STRATEGY = """
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
IMPORTS = "import numba, pandas, duckdb, pyarrow, talib"
SCRIPT = f"""
import backtestr_lab as lab
from backtestr_lab import Strategy, ta, pips, crossed_above, crossed_below
{STRATEGY}
run = lab.backtest(Trend, "EURUSD")
print(run.stats.trades, "trades,", round(run.stats.net_profit, 2), "net")
"""
WARM = [sys.executable, "-m", "backtestr_lab", "warm"]
CELLS = f"""
get_ipython().run_line_magic("load_ext", "backtestr_lab")
get_ipython().run_cell_magic("backtest", "EURUSD --as run", '''{STRATEGY}''')
print(run.stats.trades, "trades,", round(run.stats.net_profit, 2), "net")
"""


def measure(quick=False):
    rounds = 2 if quick else 5
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "script.py").write_text(SCRIPT)
        (folder / "cells.ipy").write_text(CELLS)
        ticks = _store(folder)
        script = [sys.executable, "script.py"]
        ipython = [sys.executable, "-m", "IPython", "--quick", "--no-banner", "--no-confirm-exit", "cells.ipy"]
        for command in (script, ipython):
            _seconds(command, folder)  # the engine's cache, and the files' pages
        plain, shell = [], []
        for _ in range(rounds):
            plain.append(_seconds(script, folder))
            shell.append(_seconds(ipython, folder))
        bare = min(_seconds([sys.executable, "-c", IMPORTS], folder) for _ in range(rounds))[0]
        rows = [
            _row(f"process start to a result, {ticks:,} ticks of a store", min(plain), 2.5),
            _row("the same in IPython, the cell's display included", min(shell), 2.5),
            note("of that, imports of numba, pandas, DuckDB, TA-Lib", f"{bare:.2f} s"),
            _row("very first run, empty numba cache", _fresh(script, folder, "a"), 20),
        ]
        if not quick:
            rows.append(_row("python -m backtestr_lab warm, empty cache", _fresh(WARM, folder, "b"), 20))
            rows.append(_row("the first run after it", _fresh(script, folder, "b"), 2.5))
        return rows


def _row(work, taken, target):
    wall, processor = taken
    return at_most(work, wall, target, "s", f"{processor:.1f} s of processor time")


def _store(folder):
    import backtestr_lab as lab

    ticks = market(MINUTES * 200)
    lab.Store(folder / "ticks.duckdb").ingest(ticks)
    return len(ticks)


def _fresh(command, folder, name):
    return _seconds(command, folder, NUMBA_CACHE_DIR=str(folder / f"numba-{name}"))


def _seconds(command, folder, **more):
    """Wall and processor seconds of a command: the second holds on a machine that is shared."""
    env = os.environ | {"BACKTESTR_STORE": str(folder / "ticks.duckdb"), "IPYTHONDIR": str(folder / "ipython")} | more
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    taken = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # IPython reports an exception of the script and still ends with code 0.
    if done.returncode or (command[-1] in ("script.py", "cells.ipy") and "trades," not in done.stdout):
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
