"""A peer's side of a comparison: its script in its own environment, a job in, trades out."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from .compare import Side, Trade
from .environments import python_of

__all__ = ["PeerMissing", "play"]

THEIRS = Path(__file__).resolve().parent / "theirs"


class PeerMissing(Exception):
    """Its environment is not made: `make peers`."""


def play(peer, script, columns, digits, **job):
    """Run a script of `theirs/` over columns of points; the answer with `trades` as a Side, prices in points again."""
    python = python_of(peer)
    if python is None:
        raise PeerMissing(f"{peer} is not installed: make peers")
    with tempfile.TemporaryDirectory() as folder:
        data, answer, file = (Path(folder) / name for name in ("data.npz", "answer.json", "job.json"))
        np.savez(data, **columns)
        file.write_text(json.dumps({"data": str(data), "answer": str(answer), "digits": digits, **job}))
        # Nothing of ours: what the environment holds is all that script sees.
        env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "NUMBA_CACHE_DIR")}
        done = subprocess.run([python, THEIRS / script, file], capture_output=True, text=True, cwd=folder, env=env)
        if done.returncode:
            raise RuntimeError(f"{peer}, {script}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        said = json.loads(answer.read_text())
    scale = 10**digits
    trades = [_trade(row, scale) for row in said.pop("trades")]
    return Side(trades, [tuple(span) for span in said.pop("unfilled", [])]), said


def _trade(row, scale):
    """Their floats as points; one that lies between two points is a difference, so it stays a float."""
    prices = {name: row[name] * scale for name in ("entry", "exit")}
    exact = {name: round(p) if abs(p - round(p)) < 1e-4 else p for name, p in prices.items()}
    known = {k: row[k] for k in ("decided", "entered", "left", "quantity")}
    return Trade(**known, **exact, how=row.get("how", ""))
