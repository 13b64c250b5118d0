"""Other people's engines on the same data and strategy: ticks a second, a million bars, process start to a result.

Each measurement is a process of its own (`peers/run_X.py` in X's environment), one at a time, in turns. Only ratios
are compared with a target; a peer that is not there is a target missed, with the reason.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from market import START, market
from measure import Row, at_least, note

from backtestr_lab.units import MINUTE

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "golden" / "peers"))
from environments import python_of, reason_of, version_of  # noqa: E402

# Two runs that should make the same trades may part where averages tie (S9); by no more than this.
ALIKE = 0.03


def measure(quick=False):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        many, few = (500_000, 100_000) if quick else (5_000_000, 500_000)
        bars = 100_000 if quick else 1_000_000
        _ticks(folder / "many.npz", many)
        _ticks(folder / "few.npz", few)
        _bars(folder / "bars.npz", bars)
        _bars(folder / "start.npz", 10_000)
        rounds = 1 if quick else 3
        return [
            *_compare("on_tick", folder / "many.npz", many, "ticks", {"hftbacktest": 10}, rounds),
            *_compare("on_tick", folder / "few.npz", few, "ticks", {"nautilus": None}, rounds),
            *_compare("bars", folder / "bars.npz", bars, "bars", {"vectorbt": 10, "backtesting": None}, rounds),
            *_start(folder / "start.npz", rounds),
        ]


def _compare(task, data, count, unit, peers, rounds):
    """Rows of one task: each peer's warm time over ours, with its target if it has one, and what was cold."""
    name = f"{task}, {count / 1e6:g} M {unit}"
    ours = {"ours": (_task(task), rounds + 2)} | ({"new bars": ("new_bars", rounds + 2)} if task == "bars" else {})
    # A peer that takes seconds is run less often.
    works = {who: ("run_ours.py", *work) for who, work in ours.items()}
    works |= {peer: (f"run_{peer}.py", _task(task), rounds if peer != "backtesting" else 1) for peer in peers}
    answers = {who: [] for who in works}
    for _ in range(2):
        for who, (script, work, times) in works.items():
            answers[who].append(_played(who if who in peers else None, script, work, data, times))
    rows = []
    warm, processor = ({who: _median(said, kind) for who, said in answers.items()} for kind in ("warm", "processor"))
    for peer, target in peers.items():
        missing = next((a for a in answers[peer] if isinstance(a, str)), None)
        if missing:
            rows.append(_missing(f"{name}: of {peer}", missing, target))
            continue
        known = "" if task != "bars" else ", bars known"
        told = (
            f"{_rate(count, warm['ours'], unit)} against {_rate(count, warm[peer], unit)}, "
            f"by processor time {processor[peer] / processor['ours']:.3g}x, {_trades(answers, peer)}"
        )
        rows.append(_row(f"{name}: of {version_of(peer)}{known}", warm[peer] / warm["ours"], target, told))
        if task == "bars":
            rows.append(note("new bars", f"{warm[peer] / warm['new bars']:.3g}x   {warm['new bars'] * 1e3:.0f} ms"))
    cold = ", ".join(f"{who} {said[0]['cold']:.2f} s" for who, said in answers.items() if isinstance(said[0], dict))
    rows.append(note("cold, the first run of a process", cold))
    return rows


def _start(data, rounds):
    """Rows of whole processes: wall clock of each peer over ours, each below which ours must stay."""
    peers = ("vectorbt", "nautilus", "pybroker", "backtesting")
    taken = {who: [] for who in ("ours", *peers)}
    for turn in range(rounds + 1):
        for who in taken:
            if taken[who] and isinstance(taken[who][-1], str):
                continue
            found = _process(None if who == "ours" else who, f"run_{who}.py", data)
            if turn or isinstance(found, str):  # the first fills the caches
                taken[who].append(found)
    wall = {who: statistics.median(t[0] for t in times) for who, times in taken.items() if _measured(times)}
    processor = {who: statistics.median(t[1] for t in taken[who]) for who in wall}
    rows = []
    for peer in peers:
        if peer not in wall:
            rows.append(_missing(f"process start to a result: of {peer}", taken[peer][-1], 1))
            continue
        told = f"{wall['ours']:.2f} s against {wall[peer]:.2f} s, "
        told += f"processor {processor['ours']:.2f} against {processor[peer]:.2f} s"
        work = f"process start to a result: of {version_of(peer)}"
        rows.append(_row(work, wall[peer] / wall["ours"], None if peer == "backtesting" else 1, told))
    return rows


def _measured(times):
    return bool(times) and not any(isinstance(t, str) for t in times)


def _played(peer, script, work, data, times):
    """What a script said of itself, or the reason why a peer said nothing."""
    command = _command(peer, script, work, data, times)
    if isinstance(command, str):
        return command
    done = subprocess.run(command, capture_output=True, text=True, env=_env(peer))
    if done.returncode and peer is None:
        raise RuntimeError(f"{script} {work}:\n{done.stderr[-4000:]}")
    if done.returncode:
        return f"{script} failed: {done.stderr.strip().splitlines()[-1]}"
    return json.loads(done.stdout.splitlines()[-1])


def _process(peer, script, data):
    """(wall, processor) seconds of a whole process, or the reason why there are none."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    said = _played(peer, script, "start", data, 0)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return (
        said if isinstance(said, str) else (wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    )


def _command(peer, script, work, data, times):
    python = sys.executable if peer is None else python_of(peer)
    if python is None:
        return reason_of(peer)
    return [str(python), str(HERE / "peers" / script), work, str(data), str(times)]


def _env(peer):
    """Ours as it is; a peer sees nothing of ours."""
    ours = ("PYTHONPATH", "NUMBA_CACHE_DIR")
    return {k: v for k, v in os.environ.items() if peer is None or k not in ours}


def _median(said, kind):
    return statistics.median(t for a in said for t in a[kind]) if _measured(said) else None


def _row(work, ratio, target, told):
    return at_least(work, ratio, target, detail=told) if target else note(work, f"{ratio:.3g}x   {told}")


def _trades(answers, peer):
    """The numbers of trades, which must be the same but for ties."""
    ours, theirs = answers["ours"][0]["trades"], answers[peer][0]["trades"]
    if abs(ours - theirs) > ALIKE * ours:
        raise AssertionError(f"{ours:,} trades, {peer} {theirs:,}: not the same strategy")
    return f"the same {ours:,} trades" if ours == theirs else f"{ours:,} trades, theirs {theirs:,}"


def _missing(work, reason, target):
    return Row(work, f"NOT MEASURED: {reason}", f">= {target:g}x" if target else "measured", float("nan"), False)


def _rate(count, seconds, unit):
    return f"{count / seconds / 1e6:.3g} M {unit}/s"


def _task(task):
    return "ticks" if task == "on_tick" else task


def _ticks(file, count):
    ticks = market(count)
    np.savez(file, ts=ticks.ts, bid=ticks.bid, ask=ticks.ask)


def _bars(file, count):
    """Minutes of a random walk, 20 points each, so that averages seldom tie."""
    random = np.random.default_rng(7)
    close = 110_000 + np.cumsum(np.rint(random.normal(0, 20, count)).astype("i8"))
    opened = np.concatenate([[110_000], close[:-1]]) + random.integers(-2, 3, count)
    reach = np.abs(np.rint(random.normal(0, 10, (2, count)))).astype("i8")
    high, low = np.maximum(opened, close) + reach[0], np.minimum(opened, close) - reach[1]
    np.savez(file, ts=START + np.arange(count) * MINUTE, open=opened, high=high, low=low, close=close)
