"""Writes what the page must show: for each run its capsules, and frames at random cursors, as `run.at` has them.

The page's own test (js/test/contract.test.ts) reads them. By hand: ``python -m tests.contract.write build/contract``.
"""

import json
import random
import sys
from pathlib import Path

import numpy as np

from backtestr_lab.records import PHASES, codes
from backtestr_lab.replay import capsule as packed
from backtestr_lab.replay.blocks import Blocks
from backtestr_lab.replay.frames import frame
from backtestr_lab.replay.packing import unpack

from .cases import NAMES, run_of

FRAMES = 60  # of each capsule
END = codes(PHASES)["END"]


def write(folder):
    """The folder's content: `<run>/<capsule>.btlc` and `.json`, a list of `{cursor, frame}` and the ticks' cursors."""
    for name in NAMES:
        run = run_of(name)
        (folder / name).mkdir(parents=True, exist_ok=True)
        for kind, data in capsules_of(run).items():
            told = {"frames": frames_of(run, packed.read(data), random.Random(f"{name} {kind}"))}
            if kind == "full":
                told["ticks"] = tick_cursors(run)
            (folder / name / f"{kind}.btlc").write_bytes(data)
            (folder / name / f"{kind}.json").write_text(json.dumps(told, allow_nan=False), encoding="utf-8")


def capsules_of(run):
    """By kind: all ticks as a kernel has them, those around events, none, and the least that a capsule can be."""
    full = packed._Pieces(Blocks(run))
    none = packed._Pieces(Blocks(run, stretches=packed.NO_TICKS))
    kinds = {"full": full, "around": next(packed._with_ticks(none, run, None, None))}
    bare = kinds["bare"] = packed._without_ticks(none, run, None) or none
    for step in (packed._without_variables, packed._without_values, packed._without_base):
        bare = step(bare, run, None) or bare
    return {kind: pieces.data for kind, pieces in (kinds | {"least": bare}).items()}


def cursors_of(run, stretches, rng):
    """Cursors worth asking for, as (ts, taken or None): stamps, between them, ends of bars, k-ths of equal stamps."""
    ticks = run.ticks.ts[run._first : run._cursor]
    stamps = np.unique(np.r_[ticks, run.start])
    ends = np.concatenate([run.bars(t)["end"] for t in run.timeframes])
    edges = np.array([end for a, b in stretches for end in (a, b - 1)], "i8")
    events = [
        (int(event["ts"]), int(taken)) for event, taken in zip(run.journal, run._cursors) if event["phase"] != END
    ]
    pools = [stamps, stamps, ends, run.journal["ts"], run.ticks.ts[edges]]
    found = [(run.start, None), (run.last, None), *rng.sample(events, min(len(events), FRAMES // 6))]
    while len(found) < FRAMES:
        pool = rng.choice(pools)
        ts = int(rng.choice(pool)) + rng.choice((0, 0, 0, -1, 1, 20_000_000)) if len(pool) else run.start
        if not run.start <= ts <= run.last:
            ts = rng.randint(run.start, run.last)
        taken = None
        if rng.random() < 0.4:
            first, end = np.minimum(np.searchsorted(run.ticks.ts, [ts, ts + 1]), run._cursor).tolist()
            taken = rng.randint(first, end)
        found.append((ts, taken))
    return found


def frames_of(run, capsule, rng):
    """Frames at random cursors, each as far as the capsule can show it."""
    page = Page(run, capsule)
    frames = []
    for ts, taken in cursors_of(run, page.stretches, rng):
        frames.append({"cursor": {"ts": ts, "taken": taken}, "frame": page.frame(ts, taken)})
    return frames


class Page:
    """What a capsule can show, told from the run itself and from which ticks the capsule has."""

    def __init__(self, run, capsule):
        self.run = run
        self.meta = capsule.meta()
        index, _ = unpack(capsule.get("index/ticks/0"))
        self.stretches = [(a, a + n) for a, n in zip(index["first"].tolist(), index["count"].tolist())]
        self.known = np.zeros(len(run.ticks), bool)
        for a, b in self.stretches:
            self.known[a:b] = True

    def frame(self, ts, taken):
        instead = self.instead_of(ts, taken)
        at, counted = instead or (ts, taken)
        now = frame(self.run, at, counted) | {"exact": instead is None}
        names = {timeframe["name"] for timeframe in self.meta["timeframes"]}
        now["bars"] = [{name: bar for name, bar in bars.items() if name in names} for bars in now["bars"]]
        shown = {indicator["name"] for indicator in self.meta["indicators"]}
        now["indicators"] = {name: value for name, value in now["indicators"].items() if name in shown}
        if self.meta["has"]["variables"] == "none":
            now["variables"] = None
        for quote in now["quotes"]:
            if quote and not self.known[now["taken"] - 1]:
                quote["ts"] = None
        if self.lost(at, now["taken"]):
            for bar in now["bars"][0].values():
                bar["forming"] = None
        return now

    def instead_of(self, ts, taken):
        """The latest cursor before this one that the ticks at hand tell exactly; None where this one is."""
        run = self.run
        bar = self.bar_at(ts)
        if bar is None:
            return None
        first, end = int(bar["first"]), int(bar["first"] + bar["ticks"])
        if taken is not None and (ts, taken) <= (bar["ts"], first):
            return None
        if any(run.ticks.ts[a] <= ts <= run.ticks.ts[b - 1] for a, b in self.stretches):
            return None
        # Unknown ticks lie between the known ones around the instant; without any, nothing happened there.
        known, past = self.known[first:end], run.ticks.ts[first:end] <= ts
        before = first + max(np.flatnonzero(known & past), default=-1) + 1
        after = first + min(np.flatnonzero(known & ~past), default=end - first)
        if before == after:
            return None
        at = (int(bar["ts"]), first) if before == first else (int(run.ticks.ts[before - 1]), int(before))
        return at if at[0] >= run.start else (run.start, max(at[1], run._first))

    def bar_at(self, ts):
        """The base bar an instant lies in, or None between bars."""
        base = self.run.bars(self.meta["base"])
        row = int(np.searchsorted(base["ts"], ts, "right")) - 1
        return base[row] if row >= 0 and ts < base[row]["end"] and base[row]["first"] < self.run._cursor else None

    def lost(self, ts, taken):
        """Did the run begin within a base bar whose ticks before are not at hand?"""
        bar = self.bar_at(ts)
        return (
            ts == self.run.start
            and bar is not None
            and bar["first"] < taken
            and not self.known[taken - 1 : taken + 1].any()
        )


def tick_cursors(run):
    """The cursors after each of the first ticks, and the last: stepping must meet them one by one."""
    first, end = run._first, run._cursor
    return [
        [{"ts": int(run.ticks.ts[i]), "taken": i + 1} for i in range(a, min(a + 40, end))]
        for a in (first, max(first, end - 40))
    ]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
