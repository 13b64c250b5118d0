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
from backtestr_lab.runs.machine import cursors_of as cursors

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
    none = packed._Pieces(Blocks(run, stretches=packed.no_ticks(run)))
    kinds = {"full": full, "around": next(packed._with_ticks(none, run, None, None))}
    bare = kinds["bare"] = packed._without_ticks(none, run, None) or none
    for step in (packed._without_variables, packed._without_values, packed._without_base):
        bare = step(bare, run, None) or bare
    return {kind: pieces.data for kind, pieces in (kinds | {"least": bare}).items()}


def cursors_of(run, stretches, rng):
    """Cursors worth asking for, as (ts, taken or None): stamps, between them, ends of bars, k-ths of equal stamps."""
    columns = [market.ticks.ts for market in run._markets]
    taken = [ts[first:end] for ts, first, end in zip(columns, run._firsts, run._ends)]
    stamps = np.unique(np.concatenate([*taken, [run.start]]))
    ends = np.concatenate([market.bars(t)["end"] for market in run._markets for t in run.timeframes])
    edges = np.array([ts[end] for ts, own in zip(columns, stretches) for a, b in own for end in (a, b - 1)], "i8")
    events = [
        (int(event["ts"]), int(taken)) for event, taken in zip(run.journal, run._cursors) if event["phase"] != END
    ]
    pools = [stamps, stamps, ends, run.journal["ts"], edges]
    found = [(run.start, None), (run.last, None), *rng.sample(events, min(len(events), FRAMES // 6))]
    while len(found) < FRAMES:
        pool = rng.choice(pools)
        ts = int(rng.choice(pool)) + rng.choice((0, 0, 0, -1, 1, 20_000_000)) if len(pool) else run.start
        if not run.start <= ts <= run.last:
            ts = rng.randint(run.start, run.last)
        taken = None
        if rng.random() < 0.4:
            first, end = (min(sum(int(np.searchsorted(c, t)) for c in columns), run._cursor) for t in (ts, ts + 1))
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
        self.symbols = range(len(run.symbols))
        self.ts = [market.ticks.ts for market in run._markets]
        self.bases = [market.bars(self.meta["base"]) for market in run._markets]
        self.stretches, self.known = [], []
        for k in self.symbols:
            index, _ = unpack(capsule.get(f"index/ticks/{k}"))
            self.stretches.append([(a, a + n) for a, n in zip(index["first"].tolist(), index["count"].tolist())])
            known = np.zeros(len(self.ts[k]), bool)
            for a, b in self.stretches[k]:
                known[a:b] = True
            self.known.append(known)

    def frame(self, ts, taken):
        instead = None if self.is_known(ts, taken) else self.instead_of(ts)
        at, counted = instead or (ts, taken)
        now = frame(self.run, at, counted) | {"exact": instead is None}
        names = {timeframe["name"] for timeframe in self.meta["timeframes"]}
        now["bars"] = [{name: bar for name, bar in bars.items() if name in names} for bars in now["bars"]]
        shown = {(indicator["symbol"], indicator["name"]) for indicator in self.meta["indicators"]}
        now["indicators"] = [
            {name: value for name, value in values.items() if (k, name) in shown}
            for k, values in enumerate(now["indicators"])
        ]
        if self.meta["has"]["variables"] == "none":
            now["variables"] = None
        own = cursors(self.ts, at, now["taken"])
        for k, quote in enumerate(now["quotes"]):
            if quote and not self.known[k][own[k] - 1]:
                quote["ts"] = None
            if self.lost(k, at, own[k]):
                for bar in now["bars"][k].values():
                    bar["forming"] = None
        return now

    def is_known(self, ts, taken):
        """Do the ticks at hand tell this cursor exactly?"""
        counts = [(int(np.searchsorted(c, ts)), int(np.searchsorted(c, ts, "right"))) for c in self.ts]
        if taken is None:
            return all(self.is_counted(k, ts, after=True) for k in self.symbols)
        if not all(self.is_counted(k, ts, after=False) for k in self.symbols):
            return False
        left = taken - sum(below for below, _ in counts)
        for k, (below, up_to) in enumerate(counts):
            if left > 0 and not self.is_counted(k, ts, after=True):
                return False
            left -= min(left, up_to - below)
        return True

    def instead_of(self, ts):
        """The latest cursor that the ticks at hand tell exactly: where a bar opened, or after a stretch of ticks."""
        run = self.run
        places = {(run.start, False)}
        for k in self.symbols:
            places |= {(int(opened), False) for opened in self.bases[k]["ts"]}
            places |= {(int(self.ts[k][b - 1]), True) for _, b in self.stretches[k]}
        # At the instant asked for, what was before its ticks may be all that is known.
        for at, after in sorted(places, reverse=True):
            earlier = run.start <= at <= ts and (at, after) < (ts, True)
            if earlier and all(self.is_counted(k, at, after) for k in self.symbols):
                side = "right" if after else "left"
                return at, min(sum(int(np.searchsorted(c, at, side)) for c in self.ts), run._cursor)
        raise AssertionError("the run's start is always known")

    def is_counted(self, k, ts, after):
        """Is it known how many ticks of a symbol there are before an instant, or up to it?"""
        bar = self.bar_at(k, ts)
        if bar is None or (not after and ts in (bar["ts"], self.run.start)):
            return True
        column = self.ts[k]
        if any(column[a] <= ts <= column[b - 1] for a, b in self.stretches[k]):
            return True
        # Unknown ticks lie between the known ones around the instant; without any, nothing happened there.
        first, end = int(bar["first"]), int(bar["first"] + bar["ticks"])
        known, past = self.known[k][first:end], column[first:end] <= ts
        before = first + max(np.flatnonzero(known & past), default=-1) + 1
        return before == first + min(np.flatnonzero(known & ~past), default=end - first)

    def bar_at(self, k, ts):
        """The base bar of a symbol that an instant lies in, or None between bars."""
        base = self.bases[k]
        row = int(np.searchsorted(base["ts"], ts, "right")) - 1
        return base[row] if row >= 0 and ts < base[row]["end"] and base[row]["first"] < self.run._ends[k] else None

    def lost(self, k, ts, taken):
        """Did the run begin within a base bar whose ticks before are not at hand?"""
        bar = self.bar_at(k, ts)
        return (
            ts == self.run.start
            and bar is not None
            and bar["first"] < taken
            and not self.known[k][taken - 1 : taken + 1].any()
        )


def tick_cursors(run):
    """The cursors after each of the first ticks, and the last: stepping must meet them one by one."""
    stamps = np.sort(np.concatenate([m.ticks.ts[a:b] for m, a, b in zip(run._markets, run._firsts, run._ends)]))
    first, end = run._first, run._cursor
    return [
        [{"ts": int(stamps[i - first]), "taken": i + 1} for i in range(a, min(a + 40, end))]
        for a in (first, max(first, end - 40))
    ]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
