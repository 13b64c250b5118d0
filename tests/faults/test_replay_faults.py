"""What may befall a replay: its store goes away, its kernel is asked from two sides at once."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import backtestr_lab as lab
from backtestr_lab.replay.blocks import Blocks
from backtestr_lab.replay.frames import frame
from backtestr_lab.units import HOUR


class InAndOut(lab.Strategy):
    """Buys and closes by turns, each hour, and counts."""

    timeframe = "1h"

    def init(self):
        self.mean = lab.ta.sma("1h", 3)
        self.hours = 0

    def on_bar(self, bar):
        self.hours += 1
        if self.position:
            self.close()
        elif self.mean[-1] > 0:
            self.buy(10_000)


@pytest.fixture
def store(tmp_path):
    """A store of a day of EURUSD."""
    ticks = lab.sample("EURUSD", days=1, seed=3)
    times = np.array(ticks.ts).astype("M8[us]").astype(str)
    rows = (f"{t},{b / 1e5:.5f},{a / 1e5:.5f}" for t, b, a in zip(times, ticks.bid, ticks.ask))
    (tmp_path / "ticks.csv").write_text("time,bid,ask\n" + "\n".join(rows))
    store = lab.Store(tmp_path / "store.duckdb")
    store.ingest(tmp_path / "ticks.csv", symbol="EURUSD")
    return store


def every_block(blocks):
    """Bytes by key."""
    return {key: blocks.get(key) for key in list(blocks.keys())}


def test_a_run_is_replayed_whole_when_its_store_is_gone(store, tmp_path):
    run = lab.backtest(InAndOut, "EURUSD", store=store)
    whole = every_block(Blocks(run))
    for path in tmp_path.glob("store.duckdb*"):
        path.unlink()

    assert every_block(Blocks(run)) == whole
    assert run.replay(at=2).state.quantity == 10_000
    assert run.to_html(tmp_path / "page.html").stat().st_size > 100_000


def test_blocks_asked_for_while_a_cell_asks_the_run_are_those_asked_for_alone():
    """JupyterLab has a widget's messages heard in a thread of their own, while a cell runs."""
    ticks = lab.sample("EURUSD", days=2, seed=3)
    calm, busy = lab.backtest(InAndOut, ticks), lab.backtest(InAndOut, ticks)
    instants = range(calm.start, calm.end, HOUR)
    expected = every_block(Blocks(calm))
    frames = [frame(calm, ts) for ts in instants]

    blocks = Blocks(busy)
    with ThreadPoolExecutor(3) as pool:
        asked = {key: pool.submit(blocks.get, key) for key in expected}
        told = [pool.submit(frame, busy, ts) for ts in instants]
        seen = [frame(busy, ts) for ts in instants]
        assert {key: answer.result() for key, answer in asked.items()} == expected
        assert [answer.result() for answer in told] == frames
    assert seen == frames


def test_a_page_that_moves_while_a_cell_moves_the_cursor_leaves_both_at_one_place():
    run = lab.backtest(InAndOut, lab.sample("EURUSD", days=1, seed=3))
    w = run.replay()
    instants = list(range(run.start, run.end, HOUR // 2))

    with ThreadPoolExecutor(1) as pool:
        moves = [pool.submit(w.set_state, {"place": [ts, None]}) for ts in instants]
        for ts in reversed(instants):
            w.cursor = ts
        for move in moves:
            move.result()
    w.cursor = instants[5]
    assert w.place == [instants[5], None]
    assert w.state.ts == instants[5]
