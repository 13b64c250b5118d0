"""A run that streams its ticks: memory for growing ranges, each in a fresh process, and speed against loading alone.

Started with a store and a number of days as its arguments, this file is that process.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from measure import at_least, at_most, note, side_by_side

DAY = 86_400_000_000


def measure(quick=False):
    from market import market

    import backtestr_lab as lab

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ticks.duckdb"
        ticks = market(3_000_000 if quick else 24_000_000)
        lab.Store(path).ingest(ticks)
        count, days = len(ticks), int(ticks.ts[-1] - ticks.ts[0]) // DAY
        del ticks
        spans = [days // 4, days // 2, days]
        found = [_above(path, span) for span in spans]
        sizes = " and ".join(f"{count * span / days / 1e6:.0f}" for span in spans)
        detail = f"over {sizes} M ticks: {' and '.join(f'{ran / 1e6:,.0f}' for ran, _ in found)} MB"
        rows.append(at_most("memory of a streamed run, above the imports", found[-1][0] / 1e6, 350, "MB", detail))
        told = " and ".join(f"{told / 1e6:,.0f}" for _, told in found)
        rows.append(note("with statistics, tables and variables read", f"{told} MB"))
        times = side_by_side(_works(path), rounds=2 if quick else 5)
        for work, name in (("a streamed run", "first"), ("again, its bars known", "again")):
            speed = f"{count / times[name] / 1e6:.0f} M ticks/s, loading alone {count / times['load'] / 1e6:.0f}"
            rows.append(at_least(f"{work}: speed of loading alone", times["load"] / times[name], 0.6, "x", speed))
    return rows


def _works(path):
    from strategies import Trend

    import backtestr_lab as lab
    from backtestr_lab.runs import streamed_market
    from backtestr_lab.store.cache import shared

    def load():
        shared.clear()
        return lab.Store(path).ticks("EURUSD")

    def again():
        return lab.backtest(Trend, "EURUSD", store=path, stream=True)

    def first():
        streamed_market._known.clear()
        return again()

    first()  # compiles
    return {"load": load, "first": first, "again": again}


def _above(path, days):
    done = subprocess.run([sys.executable, __file__, str(path), str(days)], capture_output=True, text=True, check=True)
    imports, ran, told = map(int, done.stdout.split())
    return ran - imports, told - imports


def _child(path, days):
    from bench_memory import _peak, _resident
    from market import START, market
    from strategies import Trend

    import backtestr_lab as lab

    small = lab.backtest(Trend, market(200_000))
    small.stats, small.trades, small.equity, small.orders  # noqa: B018
    peaks = [_resident()]
    run = lab.backtest(Trend, "EURUSD", START, START + int(days) * DAY, store=path, stream=True)
    peaks.append(_peak())
    run.stats, run.trades, run.equity, run.orders, run.at(run.end).variables  # noqa: B018
    peaks.append(_peak())
    print(*peaks)


if __name__ == "__main__":
    _child(*sys.argv[1:])
