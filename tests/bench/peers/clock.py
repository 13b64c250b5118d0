"""What every script here shares: `python run_X.py TASK data.npz rounds` prints one line of JSON.

A task is a function that makes ready what is not timed and returns the work; the work returns how many trades it made.
"""

import json
import sys
import time

import numpy as np


def main(tasks):
    task, data, rounds = sys.argv[1:]
    with np.load(data) as file:
        columns = {name: file[name] for name in file.files}
    prepare = tasks[task]
    cold, _, trades = _timed(prepare(columns))
    wall, processor = zip(*(_timed(prepare(columns))[:2] for _ in range(int(rounds)))) if int(rounds) else ((), ())
    print(json.dumps({"cold": cold, "warm": wall, "processor": processor, "trades": int(trades)}))


def _timed(work):
    """Wall and processor seconds, and what the work returned."""
    began, spent = time.perf_counter(), time.process_time()
    trades = work()
    return time.perf_counter() - began, time.process_time() - spent, trades
