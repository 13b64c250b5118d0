"""A frame says what `Run.at` says, in whole units, and as JSON."""

import json

import numpy as np
import pytest

from backtestr_lab.errors import OptionError
from backtestr_lab.replay.frames import frame

from .runs import KINDS, made

FIELDS = [
    *("ts", "taken", "exact", "quotes", "bars", "lots", "orders", "balance", "equity", "peak", "events"),
    *("indicators", "variables"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_T01_a_frame_has_the_fields_of_the_page_and_is_json(kind):
    run = made(kind)

    for ts in np.linspace(run.start, run.last, 7).astype("i8").tolist():
        now = frame(run, ts)
        assert list(now) == FIELDS
        assert json.loads(json.dumps(now, allow_nan=False)) == now


def test_T01_money_lots_and_orders_are_those_of_the_state():
    run = made("bars")
    held = 0

    for ts in run.journal["ts"][::3].tolist():
        now, state = frame(run, ts), run.at(ts)
        assert now["equity"] == now["balance"] + round(sum(state.positions["profit"]) * 1e6)
        assert now["peak"] / 1e6 == state.peak
        assert [lot["profit"] for lot in now["lots"]] == np.rint(state.positions["profit"] * 1e6).tolist()
        assert [lot["id"] for lot in now["lots"]] == state.positions.index.tolist()
        assert [order["id"] for order in now["orders"]] == state.orders.index.tolist()
        assert [order["limit"] or np.nan for order in now["orders"]] == pytest.approx(
            (state.orders["limit"] * 1e5).tolist(), nan_ok=True
        )
        held += len(now["lots"]) + len(now["orders"])
    assert held > 100


def test_T01_ticks_of_one_stamp_are_taken_one_by_one():
    run = made("stamps")
    ts = run.ticks.ts
    row = int(np.flatnonzero((ts[1:-1] == ts[:-2]) & (ts[1:-1] == ts[2:]))[40])
    first, end = np.searchsorted(ts, [ts[row], ts[row] + 1]).tolist()
    frames = [frame(run, ts[row], taken) for taken in range(first, end + 1)]

    assert end - first >= 3
    assert [f["taken"] for f in frames] == list(range(first, end + 1))
    assert [f["quotes"][0]["bid"] for f in frames] == run.ticks.bid[first - 1 : end].tolist()
    assert frames[-1] == frame(run, ts[row])


def test_bars_of_other_timeframes_are_left_out():
    assert list(frame(made("quiet"), made("quiet").last, timeframes=["1h", "4h"])["bars"][0]) == ["1m", "1h", "4h"]


@pytest.mark.parametrize("taken", [-1, 0, 10**9])
def test_a_count_that_is_not_among_the_stamps_ticks_is_refused(taken):
    run = made("bars")

    with pytest.raises(OptionError, match=r"ticks are stamped 2024-01-02"):
        frame(run, run.start + 86_400_000_000, taken)
