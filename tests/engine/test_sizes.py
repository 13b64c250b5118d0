"""Quantities that are a share of equity or a risk, by hand (P5)."""

import pytest

from ..reference.play import buy, fills, modify, sell, story

MARKET = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10000 1.10002
    09:00:02  1.10000 1.10002
"""


def ordered(run):
    """The steps each entry was submitted with."""
    roles = [order.role for order in run.orders]
    return [abs(e.quantity) for e in run.events if e.kind == "SUBMITTED" and roles[e.order - 1] == "ENTRY"]


def test_P05_a_share_buys_as_much_as_that_part_of_equity_pays_for_at_the_last_quote(trade):
    run = trade(MARKET, {"on_tick": {0: [buy(("share", 50)), sell(("share", 50))]}})

    # 50,000 USD at 1.10002 and 1.10000: 45,453.7 and 45,454.5
    assert ordered(run) == [45_453, 45_454]


def test_P05_a_share_is_reckoned_at_the_limit_else_the_stop(trade):
    script = {
        "on_tick": {
            0: [buy(("share", 10), limit=1), buy(("share", 10), stop=1.25), buy(("share", 10), limit=2, stop=1.25)]
        }
    }
    run = trade(MARKET, script)

    assert ordered(run) == [10_000, 8_000, 5_000]


def test_P05_a_share_that_pays_exactly_is_whole(trade):
    run = trade(MARKET, {"on_tick": {0: [buy(("share", 100), limit=1), buy(("share", 99.999999), limit=1)]}})

    assert ordered(run) == [100_000, 99_999]


def test_P05_a_risk_loses_that_part_of_equity_at_the_stop_loss(trade):
    script = {
        "on_tick": {
            0: [
                buy(("risk", 1), stop_loss=("points", 50)),  # 1,000 USD at 50 points
                buy(("risk", 1), limit=1.1, stop_loss=1.09),  # at 1,000 points below the limit
                sell(("risk", 1), stop=1.08, stop_loss=1.085),  # at 500 points above the stop
                buy(("risk", 1), limit=1.1, stop_loss=("pct", 0.5)),  # at 550 points
                buy(("risk", 1), stop_loss=1.10000),  # at the 2 points from the ask
            ]
        }
    }
    run = trade(MARKET, script)

    assert ordered(run) == [2_000_000, 100_000, 200_000, 181_818, 50_000_000]


def test_P05_without_a_stop_loss_the_attached_trailing_stop_is_the_risk(trade):
    script = {
        "on_tick": {
            0: [
                buy(("risk", 1), trail=("points", 40)),
                buy(("risk", 1), trail=("points", 40), stop_loss=("points", 100)),
                buy(("risk", 1), limit=1, trail=("pct", 1)),
            ]
        }
    }
    run = trade(MARKET, script)

    assert ordered(run) == [2_500_000, 1_000_000, 100_000]


def test_P05_equity_counts_what_is_open(trade):
    market = MARKET + "09:00:03  1.09000 1.09002"
    run = trade(market, {"on_tick": {0: buy(100_000), 3: buy(("share", 10), limit=1)}})

    # Bought at 1.10002, marked at 1.09: 1,002 USD less than 100,000
    assert ordered(run) == [100_000, 9_899]


def test_P05_no_more_than_the_largest_and_no_less_than_the_least(trade):
    large = trade(MARKET, {"on_tick": {0: buy(("share", 50), limit=1)}}, largest=1_000)
    small = trade(MARKET, {"on_tick": {0: buy(("share", 0.01), limit=1)}}, least=11)

    assert ordered(large) == [1_000]
    assert [(e.kind, e.quantity, e.reason) for e in small.events] == [
        ("SUBMITTED", 10, "NONE"),
        ("REJECTED", 10, "QUANTITY"),
    ]


def test_P05_steps_may_be_parts_of_a_unit(trade):
    run = trade(MARKET, {"on_tick": {0: buy(("share", 0.01), limit=3)}}, quantity_digits=2)

    assert ordered(run) == [333]  # 10 USD at 3


@pytest.mark.parametrize(
    "order",
    [
        buy(("risk", 1)),
        buy(("risk", 1), stop_loss=("points", -5)),
        buy(("risk", 1), limit=1.05, stop_loss=1.05),
        buy(("share", 0)),
        buy(("share", -10)),
        buy(("share", float("nan"))),
        buy(("share", float("inf"))),
        buy(("share", 0.0000001)),
    ],
)
def test_P05_what_has_no_size_is_rejected_with_nothing(trade, order):
    run = trade(MARKET, {"on_tick": {0: order}})

    assert story(run) == [("REJECTED", 1, "QUANTITY")]
    assert ordered(run) == [0]


def test_P05_a_price_that_is_none_counts_as_not_given_until_it_is_refused(trade):
    run = trade(
        MARKET, {"on_tick": {0: [buy(("share", 50), limit=-1), buy(("risk", 1), stop_loss=0, trail=("points", 40))]}}
    )

    assert ordered(run) == [45_453, 2_500_000]
    assert story(run) == [("REJECTED", 1, "PRICE"), ("REJECTED", 2, "PRICE")]


def test_P05_without_a_quote_only_a_price_of_its_own_gives_a_size(trade):
    script = {"on_time": {0: [buy(("share", 50)), buy(("share", 50), limit=1)]}}
    start = {"start": 1_704_185_990_000_000, "timers": (1_704_185_990_000_000,)}
    quote, base = trade(MARKET, script, **start), trade(MARKET, script, account="base", **start)

    assert ordered(quote) == [0, 50_000]
    assert ordered(base) == [0, 0]


def test_P05_an_account_in_the_base_currency_is_converted_at_the_last_quote(trade):
    run = trade(MARKET, {"on_tick": {0: buy(("share", 50), limit=1)}}, account="base")

    # 50,000 EUR at 1.10001 are 55,000.5 USD
    assert ordered(run) == [55_000]


def test_P05_without_equity_there_is_nothing_to_share(trade):
    market = MARKET + "09:00:03  0.10000 0.10002"
    run = trade(market, {"on_tick": {0: buy(200_000), 3: buy(("share", 10), limit=1)}}, margin_ppm=0)

    assert ordered(run) == [200_000, 0]


def test_P05_the_size_is_that_of_the_submission(trade):
    market = MARKET + "09:00:03  1.09000 1.09002"
    run = trade(market, {"on_tick": {0: buy(("share", 50), limit=1.095), 1: modify(1, limit=1.2)}})

    assert fills(run) == [(1, 110_002, 45_662)]  # 50,000 USD at 1.095, though it fills at 1.10002
