"""Memory of a run over 50 M ticks, above that of the imports: peak of a fresh process, as the kernel counts it.

Started with a folder as its argument, this file is that process.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from measure import at_most, note


def measure(quick=False):
    from market import market, save

    import backtestr_lab as lab

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        ticks = market(5_000_000 if quick else 50_000_000)
        save(ticks, folder)
        columns = ticks.nbytes
        for strategy in ("Trend", "Momentum"):
            imports, loaded, ran, told = _peaks(folder, strategy)
            name = f"memory of a run over {len(ticks) / 1e6:g} M ticks, {strategy}"
            detail = f"{(ran - imports) / 1e6:,.0f} MB; imports and a small run {imports / 1e6:,.0f} MB"
            rows.append(at_most(name, (ran - imports) / columns, 1.6, "x", detail))
            rows.append(
                note(
                    "ticks alone; with statistics and tables read",
                    " and ".join(f"{(peak - imports) / columns:.2f}x" for peak in (loaded, told)),
                )
            )
        store = Path(folder) / "ticks.duckdb"
        lab.Store(store).ingest(ticks)
        imports, loaded, ran, told = _peaks(store, "Trend")
        rows.append(at_most("the same, ticks out of a store's file", (ran - imports) / columns, 1.6, "x"))
        rows.append(note("loading alone", f"{(loaded - imports) / columns:.2f}x"))
    return rows


def _peaks(source, strategy):
    command = [sys.executable, __file__, str(source), strategy]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [int(n) for n in done.stdout.split()]


def _child(source, strategy):
    import strategies
    from market import load, market

    import backtestr_lab as lab

    strategy = getattr(strategies, strategy)
    small = lab.backtest(strategy, market(200_000))
    small.stats, small.trades, small.equity, small.orders  # noqa: B018
    peaks = [_resident()]
    ticks = lab.Store(source).ticks("EURUSD") if source.endswith(".duckdb") else load(source)
    peaks.append(_peak())
    run = lab.backtest(strategy, ticks)
    peaks.append(_peak())
    run.stats, run.trades, run.equity, run.orders  # noqa: B018
    peaks.append(_peak())
    print(*peaks)


def _status(name):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"the system does not tell {name}")


def _resident():
    return _status("VmRSS")


def _peak():
    return _status("VmHWM")


if __name__ == "__main__":
    _child(*sys.argv[1:])
