"""The engine's clock, by hand (C, S8, T2)."""

import pytest

from ..reference import Config, StrategyError
from ..reference.generate import ScriptStrategy
from ..reference.play import buy, cancel, close, fills, modify, sell, story
from ..reference.tape import at, ticks

MINUTES = """
    09:00:10  1.10000 1.10002
    09:01:00  1.10010 1.10012
    09:01:00  1.10020 1.10022
    09:01:30  1.10030 1.10032
"""


def names(result):
    return [(name, now) for name, now, *_ in result.heard]


def test_C01_at_one_instant_bars_are_told_shortest_first_then_the_time_then_the_ticks(trade):
    run = trade(
        """
        09:04:10  1.10000 1.10002
        09:05:00  1.10010 1.10012
    """,
        {"on_bar": {}, "on_time": {}, "on_tick": {}},
        listen=("5m", "1m"),
        timers=(at("09:05"),),
        end=at("09:05:01"),
    )

    assert [(name, told[0] if name == "on_bar" else now) for name, now, told, *_ in run.heard] == [
        ("on_tick", at("09:04:10")),
        ("on_bar", "1m"),
        ("on_bar", "5m"),
        ("on_time", at("09:05")),
        ("on_tick", at("09:05")),
    ]


def test_C01_fills_are_told_after_the_whole_matching_and_before_on_tick(trade):
    run = trade(MINUTES, {"on_bar": {0: [buy(), sell(4_000)]}, "on_fill": {}, "on_tick": {}})
    at_one = [(name, position) for name, now, _, position, *_ in run.heard if now == at("09:01")]

    assert at_one[1:] == [("on_fill", 6_000), ("on_fill", 6_000), ("on_tick", 6_000), ("on_tick", 6_000)]


def test_C01_what_on_fill_orders_arrives_after_on_tick_and_meets_the_next_tick(trade):
    run = trade(MINUTES, {"on_bar": {0: buy()}, "on_fill": {0: sell(1_000)}, "on_tick": {1: sell(2_000)}})

    assert [(e.ts, e.price, e.quantity) for e in run.events if e.kind == "FILLED"] == [
        (at("09:01"), 110_012, 10_000),
        (at("09:01"), 110_020, -1_000),
        (at("09:01"), 110_020, -2_000),
    ]


def test_C01_what_on_fill_orders_is_checked_after_on_tick(trade):
    run = trade(MINUTES, {"on_bar": {0: buy()}, "on_fill": {0: sell(stop=1.2)}, "on_tick": {}, "on_order": {}})

    assert [name for name, now, *_ in run.heard if now == at("09:01")] == [
        "on_bar",
        "on_fill",
        "on_tick",
        "on_order",
        "on_tick",
    ]


def test_C01_orders_of_the_call_step_fall_due_after_the_last_of_its_callbacks(trade):
    script = {"on_bar": {0: [buy(0), sell(stop=1.2)]}, "on_time": {}, "on_order": {}}
    run = trade(MINUTES, script, timers=(at("09:01"),))

    assert [(name, told) for name, now, told, *_ in run.heard if now == at("09:01")][1:] == [
        ("on_time", at("09:01")),
        ("on_order", (1, "REJECTED")),
        ("on_order", (3, "REJECTED")),
    ]


def test_C01_on_order_follows_its_due_step_and_events_carry_the_phase_of_the_step(trade):
    run = trade(MINUTES, {"on_bar": {0: sell(stop=1.2)}, "on_order": {0: sell(stop=1.3)}})

    assert [(e.kind, e.reason, e.phase, e.ts) for e in run.events[:4]] == [
        ("SUBMITTED", "NONE", "CALL", at("09:01")),
        ("REJECTED", "SIDE", "CALL", at("09:01")),
        ("SUBMITTED", "NONE", "CALL", at("09:01")),
        ("REJECTED", "SIDE", "CALL", at("09:01")),
    ]


class Echo:
    """Answers each event with something that makes the next, so many times."""

    def __init__(self, answer, times):
        self.answer, self.times = answer, times

    def on_tick(self, ctx, tick):
        self.answer(ctx)

    def on_order(self, ctx, event):
        self.times -= 1
        if self.times > 0:
            self.answer(ctx)


@pytest.mark.parametrize("answer", [lambda ctx: ctx.cancel(999), lambda ctx: ctx.buy(0)])
def test_C01_more_than_a_thousand_rounds_in_one_step_are_an_error(runner, answer):
    enough = runner([(0, 1, 2), (5, 1, 2)], Echo(answer, 1_000), Config())

    assert sum(e.kind in ("REJECTED", "REQUEST_REJECTED") for e in enough.events) == 1_001
    with pytest.raises(StrategyError, match="1,000 rounds"):
        runner([(0, 1, 2)], Echo(answer, 1_001), Config())


def test_C02_the_last_bar_before_a_weekend_closes_when_it_ends(trade):
    run = trade(
        """
        2024-01-05 21:59:40  1.10000 1.10002
        2024-01-07 22:00:05  1.20000 1.20002
    """,
        {"on_bar": {0: buy()}},
    )

    assert names(run)[0] == ("on_bar", at("2024-01-05 22:00"))
    assert [(e.ts, e.price) for e in run.events] == [
        (at("2024-01-05 22:00"), 0),
        (at("2024-01-07 22:00:05"), 120_002),
    ]


@pytest.mark.parametrize("also", [{}, {"on_tick": {}}])
def test_C03_an_order_of_on_bar_meets_a_tick_of_the_same_instant(trade, also):
    run = trade(MINUTES, {"on_bar": {0: buy()}, **also})

    assert [(e.ts, e.price) for e in run.events if e.kind == "FILLED"] == [(at("09:01"), 110_012)]


def test_C03_an_order_of_on_tick_meets_the_next_tick_even_of_the_same_instant(trade):
    run = trade(MINUTES, {"on_tick": {1: buy()}})

    assert [(e.ts, e.price) for e in run.events if e.kind == "FILLED"] == [(at("09:01"), 110_022)]


def test_C04_the_journal_is_ordered_by_time_phase_and_sequence(trade):
    run = trade(MINUTES, {"on_bar": {0: buy(stop_loss=("points", 5))}, "on_tick": {1: sell(500), 2: close()}})
    rows = run.journal
    keys = list(zip(rows["ts"].tolist(), rows["phase"].tolist(), rows["seq"].tolist()))

    assert keys == sorted(keys)
    assert rows["seq"].tolist() == list(range(len(rows)))


def test_C05_bars_that_end_at_the_end_close_and_their_orders_stay_pending(trade):
    run = trade(MINUTES, {"on_bar": {1: buy()}})

    assert run.end == at("09:02")
    assert names(run) == [("on_bar", at("09:01")), ("on_bar", at("09:02"))]
    assert [order.state for order in run.orders] == ["PENDING"]
    assert run.equity[-1] == (at("09:02"), 10**11, 10**11)


def test_C05_the_default_end_is_the_first_minute_boundary_after_the_last_tick(trade):
    run = trade("09:01:00  1.1 1.2")

    assert run.end == at("09:02")


def test_C05_close_at_end_closes_at_the_last_quote_plus_slippage_in_phase_end(trade):
    run = trade(MINUTES, {"on_tick": {0: buy(take_profit=1.2)}}, close_at_end=True, slippage=3)

    assert [(e.kind, e.order, e.price, e.quantity, e.reason) for e in run.events if e.phase == "END"] == [
        ("SUBMITTED", 3, 0, -10_000, "NONE"),
        ("FILLED", 3, 110_027, -10_000, "NONE"),
        ("BOOKING", 3, 110_015, -10_000, "PROFIT"),
        ("CANCELLED", 2, 0, 0, "FLAT"),
    ]
    assert run.trades[0].exit_role == "END"
    assert run.equity[-1] == (at("09:02"), 10**11 + 12 * 10**5, 10**11 + 12 * 10**5)


def test_C05_on_end_comes_last_and_what_it_orders_is_rejected(trade):
    run = trade(MINUTES, {"on_tick": {0: buy()}, "on_end": {0: [buy(), close(), cancel(1)]}}, close_at_end=True)

    assert story(run)[-2:] == [("REJECTED", 3, "END"), ("REQUEST_REJECTED", 1, "END")]
    assert run.events[-1].ts == at("09:02")


def test_U01_ticks_at_the_end_are_not_in_the_run(trade):
    run = trade(MINUTES, {"on_tick": {}}, end=at("09:01"))

    assert names(run) == [("on_tick", at("09:00:10"))]


def test_S08_warm_up_ticks_feed_bars_and_nothing_else(trade):
    run = trade(
        """
        09:00:10  1.10000 1.10002
        09:01:20  1.10010 1.10012
        09:01:40  1.10020 1.10022
    """,
        {"on_bar": {}, "on_tick": {}},
        start=at("09:01:30"),
        listen=("1m", "5m"),
    )

    assert names(run) == [("on_tick", at("09:01:40")), ("on_bar", at("09:02"))]
    assert [(bar.ts, bar.ticks) for bar in run.bars["1m"]] == [(at("09:00"), 1), (at("09:01"), 2)]
    assert run.equity == [(at("09:02"), 10**11, 10**11)]


def test_S08_a_bar_that_ends_at_the_start_belongs_to_the_warm_up(trade):
    run = trade(MINUTES, {"on_bar": {}}, start=at("09:01"))
    timed = trade(MINUTES, {"on_bar": {}, "on_time": {}}, start=at("09:01"), timers=(at("09:01"),))

    assert names(run) == [("on_bar", at("09:02"))]
    assert names(timed) == [("on_time", at("09:01")), ("on_bar", at("09:02"))]


def test_O03_without_a_quote_an_order_is_accepted(trade):
    # The bar of the warm-up closes after the start, before the first tick of the run.
    run = trade(MINUTES, {"on_bar": {0: sell(stop=1.2)}}, start=at("09:00:30"))

    assert story(run) == [("TRIGGERED", 1, "NONE"), ("FILLED", 1, "NONE")]
    assert fills(run) == [(1, 110_010, -10_000)]


def test_T02_the_state_at_an_instant_holds_everything_stamped_up_to_it(trade):
    result = trade(MINUTES, {"on_bar": {0: buy(stop_loss=("points", 7))}, "on_tick": {3: close()}})
    before, after = result.state_at(at("09:01") - 1), result.state_at(at("09:01"))
    half = result.state_at(at("09:01"), tick=1)

    assert (before.position, before.closed["1m"], before.last) == (0, 0, (at("09:00:10"), 110_000, 110_002))
    assert (after.position, after.closed["1m"], after.forming["1m"].ticks) == (10_000, 1, 2)
    assert after.orders[0][:8] == (2, -1, "STOP", "STOP_LOSS", 10_000, 0, 0, 110_005)
    assert after.equity - after.balance == 8 * 10**5
    assert half.equity - half.balance == -2 * 10**5
    assert half.forming["1m"].ticks == 1


def test_T02_at_the_end_neither_close_at_end_nor_on_end_has_run(trade):
    result = trade(MINUTES, {"on_tick": {0: buy()}, "on_end": {0: buy()}}, close_at_end=True)
    state = result.state_at(result.end)

    assert (state.position, state.orders, state.closed["1m"], state.forming["1m"]) == (10_000, [], 2, None)


def test_T02_a_stop_limit_stands_at_the_prices_it_had_then(trade):
    script = {"on_bar": {0: buy(stop=1.2, limit=1.3)}, "on_tick": {2: modify(1, stop=1.25, limit=1.35)}}
    result = trade(MINUTES, script)
    before, after = result.state_at(at("09:01"), tick=1), result.state_at(at("09:01:30"))

    assert [state.orders[0][6:8] for state in (before, after)] == [(130_000, 120_000), (135_000, 125_000)]


def test_T02_a_trailing_stop_stands_where_the_ticks_so_far_have_moved_it(trade):
    result = trade(MINUTES, {"on_tick": {0: sell(trailing_stop=("points", 5))}})

    assert [
        result.state_at(t, tick).orders[0][8]
        for t, tick in ((at("09:00:59"), None), (at("09:01"), 1), (at("09:01"), 2), (at("09:02"), None))
    ] == [0, 110_005, 110_015, 110_025]


def test_T02_asking_does_not_change_the_answer(runner):
    tape = ticks(MINUTES)
    strategy = ScriptStrategy({"on_tick": [[buy()], [], [close()]]})
    result = runner(tape, strategy, Config())

    assert result.state_at(at("09:01")) == result.state_at(at("09:01"))
    assert strategy.calls == {"on_tick": 4}
