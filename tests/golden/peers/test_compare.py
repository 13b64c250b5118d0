"""The comparison itself can fail: what nothing explains is said, and the effects add up."""

from dataclasses import replace

import numpy as np
import pytest

from backtestr_lab.records import Ticks
from backtestr_lab.symbols import EURUSD
from backtestr_lab.units import DAY

from .bars import Bars, path
from .compare import Side, Trade, compare
from .explain import inside_bars, on_ticks
from .signals import Crosses

TRADE = Trade(decided=0, entered=1, entry=100, left=5, exit=120, quantity=10, stop=90, profit=120, how="TAKE_PROFIT")
OTHER = Trade(decided=10, entered=11, entry=130, left=15, exit=125, quantity=10)


def nothing(difference):
    return None


def test_equal_trades_leave_nothing_to_explain():
    found = compare(Side([TRADE, OTHER]), Side([replace(TRADE, how=""), OTHER]), nothing)

    assert (found.equal, found.differences) == (2, [])


def test_a_point_of_difference_without_a_reason_stays_unexplained():
    found = compare(Side([TRADE, OTHER]), Side([replace(TRADE, exit=121), OTHER]), nothing)

    assert [(d.kind, d.effect) for d in found.unexplained] == [("exit", 10)]


def test_entry_and_exit_are_two_differences_and_their_effects_add_up():
    found = compare(Side([TRADE]), Side([replace(TRADE, entry=99, exit=119)]), lambda d: ("F1", d.kind))

    assert found.by_rule() == {("F1", "entry"): (1, 10), ("F1", "exit"): (1, -10)}


def test_a_trade_of_one_side_follows_from_the_difference_that_kept_the_other_busy():
    longer = replace(TRADE, left=12, exit=118)

    found = compare(Side([TRADE, OTHER]), Side([longer]), lambda d: ("F10", "path") if d.kind == "exit" else None)

    assert [(d.kind, d.rule, d.why) for d in found.differences] == [
        ("exit", "F10", "path"),
        ("ours", "F10", "path, and what follows"),
    ]


def test_a_trade_of_one_side_is_unexplained_while_the_other_was_free():
    found = compare(Side([TRADE, OTHER]), Side([TRADE]), nothing)

    assert [d.kind for d in found.unexplained] == ["ours"]


def test_another_quantity_is_a_difference():
    found = compare(Side([TRADE]), Side([replace(TRADE, quantity=9)]), nothing)

    assert [d.kind for d in found.unexplained] == ["quantity"]


@pytest.fixture
def bars():
    columns = ([100, 110, 130], [105, 128, 135], [95, 108, 125], [104, 125, 130])
    return Bars(EURUSD, "1d", DAY, np.arange(3) * DAY, *map(np.array, columns))


def test_F02_a_better_open_explains_a_take_profit_only_when_it_is_their_price(bars):
    ours = replace(TRADE, entered=DAY, entry=110, left=2 * DAY, exit=129, profit=129)
    explain = inside_bars(bars)

    found = compare(Side([ours]), Side([replace(ours, exit=130)]), explain)
    other = compare(Side([ours]), Side([replace(ours, exit=131)]), explain)

    assert [d.rule for d in found.differences] == ["F2"]
    assert [d.rule for d in other.differences] == [""]


def test_F10_a_path_visits_open_both_extremes_and_close_by_single_points(bars):
    ticks = path(bars, np.array([True, False, True]))

    first = ticks.bid[ticks.ts < DAY]
    assert first[0] == 100 and first.argmin() < first.argmax() and first[-1] == 104
    assert set(np.abs(np.diff(first)).tolist()) == {1}
    assert ticks.ts[len(first) - 1] == DAY - 1
    assert ticks.bid[ticks.ts == 2 * DAY].tolist() == [130]


def test_C03_the_quote_before_explains_a_market_order_only_when_it_is_their_price():
    ticks = Ticks([0, 5, 9], [100, 101, 103], [102, 103, 105], symbol=EURUSD)
    explain = on_ticks(ticks, Crosses(np.array([7]), np.array([101]), fast=1, slow=1))
    ours = Trade(decided=7, entered=9, entry=105, left=9, exit=103, quantity=1, how="STOP_LOSS", stop=103)

    found = compare(Side([ours]), Side([replace(ours, entered=7, entry=103)]), explain)
    other = compare(Side([ours]), Side([replace(ours, entered=7, entry=102)]), explain)

    assert [d.rule for d in found.differences] == ["C3"]
    assert [d.rule for d in other.differences] == [""]


def test_S09_crosses_are_exact_where_averages_are_equal():
    closes = np.array([3, 1, 2, 2, 2, 3])
    found = Crosses(np.arange(6), closes, fast=1, slow=2)

    # gaps of close and average of two: -2 at 1, 1 at 2, 0 at 3 and 4, 1 at 5
    assert (found.up, found.down) == ({2, 5}, set())
    assert found.ties == {3, 4, 5}
