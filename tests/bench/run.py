"""`make bench`: every bench in a process of its own, one table, build/bench.json.

Ratios are measured side by side, in turns, because two shared cores are noisy; they hold elsewhere, times do not. A
target that is missed is printed as MISSED. The exit code is 1 only when a bench could not be run.
"""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "explanation" / "performance.md"
MARKS = "<!-- bench: written by tests/bench/run.py --page -->\n", "<!-- bench: end -->"
PEER_MARKS = "<!-- peers: written by make bench-peers -->\n", "<!-- peers: end -->"
OUT = HERE.parents[1] / "build" / "bench.json"
# In the order of the table; each has `measure(quick)`, which returns rows.
BENCHES = (
    "bars",
    "bar_driven",
    "on_tick",
    "forming",
    "feed",
    "at",
    "kernel",
    "start",
    "memory",
    "store",
    "stream",
    "capsule",
    "replay",
)
# Other people's engines, with --only: each needs an environment of its own (`make bench-peers`).
PEERS = ("peers",)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Measure against hand-written loops, numpy, pandas and DuckDB.")
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of the ticks: whether it runs, not how fast it is"
    )
    parser.add_argument(
        "--only", action="append", choices=BENCHES + PEERS, help="this bench; may be given more than once"
    )
    parser.add_argument("--page", action="store_true", help="write the table into docs/explanation/performance.md")
    parser.add_argument("--write", metavar="FILE", help=argparse.SUPPRESS)  # how a bench's own process answers
    given = parser.parse_args(arguments)
    if given.write:
        return _measure(given.only[0], given.quick, given.write)
    names = [n for n in BENCHES + PEERS if n in (given.only or BENCHES) and (HERE / f"bench_{n}.py").exists()]
    print(_machine(), flush=True)
    if _load() > os.cpu_count() / 2:
        print("this machine is busy: seconds and milliseconds below are too high, ratios hold roughly")
    results, crashed = _kept(given.quick), []
    for name in names:
        began = time.monotonic()
        rows = _apart(name, given.quick)
        if rows is None:
            crashed.append(name)
            continue
        results[name] = {"load": _load(), "rows": rows}
        print(f"\n{name}   ({time.monotonic() - began:.0f} s, load {_load():.1f})")
        for row in rows:
            mark = {True: "ok", False: "MISSED", None: ""}[row["met"]]
            print(f"  {row['work']:<58} {mark:<7} {row['target']:<15} {row['measured']}", flush=True)
    measured = [row for name in names if name in results and name not in crashed for row in results[name]["rows"]]
    missed = [row["work"] for row in measured if row["met"] is False]
    met = sum(row["met"] is True for row in measured)
    print(f"\n{met} targets met, {len(missed)} missed" + "".join(f"\n  MISSED {work}" for work in missed))
    for name in crashed:
        print(f"  CRASHED {name}")
    OUT.parent.mkdir(exist_ok=True)
    results = {name: results[name] for name in BENCHES + PEERS if name in results}
    OUT.write_text(json.dumps({"machine": _machine(), "quick": given.quick, "benches": results}, indent=1) + "\n")
    if given.page:
        for names, marks in ((BENCHES, MARKS), (PEERS, PEER_MARKS)):
            _write_page({name: results[name] for name in names if name in results}, marks)
    return int(bool(crashed))


def _write_page(results, marks):
    """The table between two marks of the page; without results it stays."""
    if not results:
        return
    loads = ", ".join(f"{name} {result['load']:.1f}" for name, result in results.items())
    lines = [f"Measured on: {_machine()}. Load meanwhile (above 1 others took processor time): {loads}.\n"]
    lines += ["| work | measured | target | |", "|---|---|---|---|"]
    for result in results.values():
        for row in result["rows"]:
            mark = {True: "met", False: "**missed**", None: ""}[row["met"]]
            work = row["work"].strip() if row["met"] is not None else f"*{row['work'].strip()}*"
            lines.append(f"| {work} | {' · '.join(row['measured'].split('   '))} | {row['target']} | {mark} |")
    text = PAGE.read_text()
    head, _, rest = text.partition(marks[0])
    PAGE.write_text(head + marks[0] + "\n".join(lines) + "\n" + marks[1] + rest.partition(marks[1])[2])


def _apart(name, quick):
    """Rows of a bench run in its own process: its memory and its imports are its own."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "rows.json"
        command = [sys.executable, str(HERE / "run.py"), "--only", name, "--write", str(answer)]
        done = subprocess.run(command + ["--quick"] * quick, env=os.environ | {"BACKTESTR_STORE": folder})
        return json.loads(answer.read_text()) if done.returncode == 0 and answer.exists() else None


def _measure(name, quick, answer):
    from measure import rows_of

    rows = importlib.import_module(f"bench_{name}").measure(quick)
    Path(answer).write_text(json.dumps(rows_of(rows)))
    return 0


def _kept(quick):
    """Results of benches that were run before, as long as they were of the same size."""
    try:
        kept = json.loads(OUT.read_text())
        return dict(kept["benches"]) if kept["quick"] == quick and kept["machine"] == _machine() else {}
    except (OSError, ValueError, KeyError):
        return {}


def _machine():
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"


def _load():
    return os.getloadavg()[0]


if __name__ == "__main__":
    sys.exit(main())
