"""Page and Python are equal: the TypeScript model shows every frame as `run.at` has it, and as a run that stops there.

The first half compares frames with fresh runs, the second lets vitest compare what the page computes with the frames.
"""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

import backtestr_lab as lab
from backtestr_lab.records import ORDER_TYPES, ROLES
from backtestr_lab.replay import counts
from backtestr_lab.replay.frames import frame

from ..properties.cases import case
from ..properties.test_time_travel import instants, stopped
from ..replay.strategies import Bars, EveryTick, InPython
from .cases import NAMES, SEEDS, outcome
from .write import write

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "contract"
FORMING = ("ts", "end", "open", "high", "low", "close", "volume", "ticks")


@pytest.mark.parametrize("seed", SEEDS)
def test_T02_a_frame_is_what_an_engine_that_stops_there_holds(seed):
    ticks, script, _ = case(seed)
    run = outcome(seed)

    for t, tick in instants(seed, ticks, run):
        first = int(counts.before(run.run, t))
        now = frame(run.run, t, None if tick is None else first + tick)
        held = stopped(run, script, t, tick)
        assert [(lot["id"], lot["side"], lot["steps"], lot["price"]) for lot in now["lots"]] == held.lots
        assert [
            (
                *(o["id"], o["side"], ORDER_TYPES[o["type"]], ROLES[o["role"]]),
                *(o[name] for name in ("quantity", "filled", "limit", "stop", "level", "parent", "position")),
            )
            for o in now["orders"]
        ] == held.orders
        assert (now["balance"], now["equity"]) == (held.balance, held.equity)
        of = [(None, held.closed, held.forming, held.last), *held.others]
        for (_, closed, forming, last), quote, bars in zip(of, now["quotes"], now["bars"], strict=True):
            assert (quote and tuple(quote.values())) == last
            for name, bar in bars.items():
                if name in closed:
                    assert bar["closed"] == closed[name]
                    assert bar["forming"] == (forming[name] and {f: getattr(forming[name], f) for f in FORMING})


@pytest.mark.parametrize(
    ("strategy", "options"),
    [(Bars, {}), (EveryTick, {"commission": "2/lot"}), (InPython, {"python": True}), (Bars, {"close_at_end": True})],
)
def test_T02_a_frame_is_that_of_a_fresh_run_cut_there(strategy, options):
    ticks = lab.sample("EURUSD", days=1, seed=21)
    run = lab.backtest(strategy, ticks, **options)
    rng = random.Random(1)

    for ts in rng.sample(run.journal["ts"].tolist(), 3) + rng.sample(ticks.ts.tolist(), 3):
        fresh = lab.backtest(strategy, ticks, run.start, ts + 1, **options)
        now, then = frame(run, ts), frame(fresh, ts)
        # How many decimals are shown is chosen by the values of the whole run.
        assert fresh.at(ts).indicators == pytest.approx(run.at(ts).indicators, abs=0, rel=0, nan_ok=True)
        assert then | {"indicators": now["indicators"]} == now


@pytest.mark.serial
def test_T01_the_page_shows_every_frame_as_python_has_it():
    shutil.rmtree(FOLDER, ignore_errors=True)
    write(FOLDER)

    done = subprocess.run(
        ["npx", "vitest", "run", "test/contract.test.ts"],
        cwd=ROOT / "js",
        env=os.environ | {"BACKTESTR_CONTRACT": str(FOLDER), "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
    assert f"{4 * len(NAMES) + 1} passed" in done.stdout
