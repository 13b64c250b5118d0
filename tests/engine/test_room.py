"""The engine's arrays grow while it runs, and what does not fit is told (O3)."""

import numpy as np
import pytest

from backtestr_lab.engine.journal import Flooded
from backtestr_lab.engine.layout import EXPIRE, ROOM

from ..reference import Config
from ..reference.play import buy, cancel, play
from .outcome import Outcome

TICKS = [(k, 110_000 + k % 7, 110_002 + k % 7) for k in range(6 * ROOM // 3)]


class Often:
    """Buys and sells by turns, with every tick."""

    side = 1

    def on_tick(self, ctx, tick):
        (ctx.buy if self.side > 0 else ctx.sell)(1_000)
        self.side = -self.side


class Many:
    """So many orders in one callback."""

    def __init__(self, count):
        self.count = count

    def on_time(self, ctx, now):
        for _ in range(self.count):
            ctx.buy(1, limit=0.5)


def test_O03_a_run_that_outgrows_its_memory_loses_nothing():
    run = Outcome(TICKS, Often(), Config())
    fills = run.journal[run.journal["kind"] == 6]
    expected = [ask if k % 2 == 0 else bid for k, (_, bid, ask) in enumerate(TICKS[1:])]

    assert len(run.journal) > 4 * ROOM
    assert fills["price"].tolist() == expected
    assert np.array_equal(run.journal["seq"], np.arange(len(run.journal)))


def test_O03_thousands_of_orders_in_one_callback_are_all_taken():
    run = Outcome(TICKS[:5], Many(8_000), Config(timers=(2,), margin_ppm=0))

    assert run.order_states == ["PENDING"] * 8_000


def test_O03_more_than_there_is_room_for_is_an_error_and_not_dropped():
    with pytest.raises(Flooded, match="at once"):
        Outcome(TICKS[:5], Many(5 * ROOM), Config(timers=(2,), margin_ppm=0))


def test_O01_of_an_order_that_is_done_nothing_is_queued():
    market = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10000 1.10002
        09:00:02  1.10000 1.10002
    """
    orders = [buy(limit=1.0, tif="DAY"), buy(tif="DAY"), buy(limit=1.0, oto=1), buy(limit=1.0, tif="DAY", oco=1)]
    run = play(market, {"on_tick": {0: orders, 1: [cancel(1), cancel(3)]}}, runner=Outcome)
    queue = run.machine.checkpoint(run.machine.orders)[-3]

    assert run.order_states == ["CANCELLED", "FILLED", "CANCELLED", "PENDING"]
    assert [(int(r["kind"]), int(r["order"])) for r in queue] == [(EXPIRE, 4)]
