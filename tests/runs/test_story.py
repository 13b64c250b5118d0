"""`run.explain(order)`: each step of an order in a sentence, with the figures of its moment (O2, O3)."""

import re

import pytest

from backtestr_lab.errors import OptionError
from backtestr_lab.records import EVENTS, REASONS
from backtestr_lab.runs.story import KINDS
from backtestr_lab.runs.words import REASON_WORDS, reason_in_words

from ..engine.outcome import Outcome
from ..properties.cases import case, engine
from ..reference.play import buy, cancel, close, modify, play, sell
from ..reference.tape import at

MARKET = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10010 1.10012
    09:00:02  1.10020 1.10022
    09:00:03  1.10005 1.10007
    09:00:04  1.10015 1.10017
"""
MARGIN = re.compile(
    r"needs a margin of ([\d,.]+) at [\d.]+(?:, [\d,.]+ of it for the other positions)?, equity is ([\d,]+\.\d+)"
)
FIGURES = {
    "step": "1",
    "least": "1",
    "largest": "100",
    "side": "buy",
    "quoted": "ask",
    "beyond": "above",
    "short": "below",
    "price": "1.1",
    "filled": "0",
    "tif": "DAY",
    "oto": 1,
}


def told(script, order, market=MARKET, **settings):
    """The sentences of an order's story."""
    run = play(market, script, runner=Outcome, **settings).run
    return [text for _, text in run.explain(order).lines]


def test_a_market_order_with_its_asking_acceptance_fill_costs_and_lot():
    script = {"on_tick": {0: buy(stop_loss=1.0)}}
    story = told(script, 1, slippage=2, commission="unit", commission_rate=10)

    assert story == [
        "Asked for in on_tick (phase TICK), after the tick (bid 1.10000, ask 1.10002).",
        "Accepted at once at bid 1.10000, ask 1.10002: "
        "a position of +10,000 TEST needs a margin of 366.67 at 1.10002, equity is 100,000.00.",
        "Filled: 10,000 at 1.10014, by the tick (bid 1.10010, ask 1.10012): at the ask and 2 points of slippage.",
        "Opened lot 1: LONG 10,000 TEST at 1.10014.",
        "Paid 0.10 commission.",
        "That placed order 2 (SELL 10,000 TEST stop 1.00000, stop-loss of order 1).",
        "So it ended FILLED: 10,000 at 1.10014 on average, commission -0.10.",
    ]


def test_a_story_prints_as_lines_with_their_instants():
    story = play(MARKET, {"on_tick": {0: buy(limit=1.0)}}, runner=Outcome).run.explain(1)

    assert repr(story) == str(story) == story.text
    assert story.text.splitlines()[0] == "Order 1: BUY 10,000 TEST limit 1.00000"
    assert story.text.splitlines()[1].startswith("  2024-01-02 09:00  Asked for in on_tick")
    assert [ts for ts, _ in story.lines] == [at("09:00")] * 2 + [at("09:01")]
    assert not hasattr(story, "_repr_html_")


def test_F03_a_stop_tells_the_tick_that_reached_it_and_the_gap_it_paid():
    story = told({"on_tick": {0: buy(stop_loss=1.10008)}}, 2)

    assert story[0] == (
        "Placed as the stop-loss of order 1, when it opened lot 1, after the tick (bid 1.10010, ask 1.10012)."
    )
    assert "Triggered: the bid of the tick (bid 1.10005, ask 1.10007) reached its stop 1.10008." in story
    assert (
        "Filled: 10,000 at 1.10005, by the tick (bid 1.10005, ask 1.10007): at the bid, "
        "3 points worse than its level 1.10008." in story
    )
    assert "Closed 10,000 of lot 1, which order 1 opened at 1.10012: profit -0.70." in story


def test_F02_a_limit_tells_whether_it_got_its_limit_or_better():
    resting = told({"on_tick": {0: buy(limit=1.10001), 2: modify(1, limit=1.10010)}}, 1)
    marketable = told({"on_tick": {0: buy(limit=1.10013)}}, 1)

    assert "Changed: limit 1.10010, quantity 10,000." in resting
    assert any("1 of" not in t and "3 points better than its limit 1.10010" in t for t in resting)
    assert any("at the ask, 1 point better than its limit 1.10013" in t for t in marketable)


def test_F02_a_limit_that_is_touched_later_fills_at_its_limit():
    story = told({"on_tick": {1: buy(limit=1.10008)}}, 1)

    assert "Filled: 10,000 at 1.10008, by the tick (bid 1.10005, ask 1.10007): at its limit 1.10008." in story


def test_O03_a_rejection_for_margin_has_the_figures_it_failed_on():
    story = told({"on_tick": {0: buy(3_000_000)}}, 1)

    assert story[1] == (
        "Rejected on arrival (MARGIN): a position of +3,000,000 TEST needs a margin of 110,000.90 at 1.10002, "
        "equity is 100,000.00."
    )
    assert story[2] == "So it ended REJECTED."


def test_P04_a_cancel_for_margin_at_the_fill_has_the_price_it_would_have_paid():
    # The tick that fills is dearer than the one it was accepted at.
    market = "09:00:00  1.00000 1.00000\n09:00:01  1.10000 1.10000\n09:00:02  1.10000 1.10000"
    story = told({"on_tick": {0: buy(2_900_000)}}, 1, market=market, slippage=5)

    assert story[2] == (
        "Cancelled with 2,900,000 unfilled (MARGIN): a position of +2,900,000 TEST needs a margin of 106,337.10 at "
        "1.10005, equity is 100,000.00, at the tick (bid 1.10000, ask 1.10000)."
    )


def test_O03_a_stop_on_the_wrong_side_is_told_with_the_quote():
    story = told({"on_tick": {0: [buy(stop=1.09), sell(limit=1.09, post_only=True)]}}, 1)
    post = told({"on_tick": {0: [buy(stop=1.09), sell(limit=1.09, post_only=True)]}}, 2)

    assert story[1] == "Rejected on arrival (SIDE): a buy stop must lie above the ask, and 1.10002 was the ask."
    assert post[1] == (
        "Rejected on arrival (POST_ONLY): a post-only sell limit must lie above the bid, and 1.10000 was the bid."
    )


def test_O03_a_quantity_off_the_grid_is_rejected_with_the_grid():
    story = told({"on_tick": {0: buy(0.5)}}, 1, least=10, largest=5_000)

    assert story[1] == (
        "Rejected at once (QUANTITY): the quantity must be a whole number of steps of 1, from 10 to 5,000."
    )


def test_O01_a_released_order_and_its_parent_name_each_other():
    script = {"on_tick": {0: [buy(), buy(limit=1.1, oto=1)]}}

    assert any(t.startswith("That released order 2 (BUY 10,000 TEST limit 1.10000") for t in told(script, 1))
    assert told(script, 2)[1].startswith("Accepted when order 1 was filled at bid 1.10010, ask 1.10012: a position")


def test_O01_a_parent_that_ends_takes_with_it_what_waits_for_it():
    script = {"on_tick": {0: [buy(limit=1.0), buy(oto=1), buy(oto=2)], 1: cancel(1)}}
    parent, child = told(script, 1), told(script, 2)

    assert [t[:27] for t in parent if "PARENT" in t] == ["That cancelled order 2 (BUY", "That cancelled order 3 (BUY"]
    assert "Cancelled with 10,000 unfilled (PARENT): order 1, which it waited for, ended without being filled." in child


def test_F07_the_fill_of_one_tells_which_others_it_cancelled_and_they_tell_which():
    script = {"on_tick": {0: [buy(stop=1.10025), buy(limit=1.10012, oco=1)]}}

    assert any(re.match(r"That cancelled order 1 \(.*\): OCO\.", t) for t in told(script, 2))
    assert told(script, 1)[2].endswith(
        "(OCO): another order of its one-cancels-other group had filled; order 2 did at 2024-01-02 09:00:01."
    )


def test_F07_siblings_and_exits_of_a_lot_that_was_closed_are_told():
    script = {"on_tick": {0: buy(take_profit=1.10020, stop_loss=1.0), 3: buy(stop_loss=1.0), 4: close()}}
    market = MARKET + "    09:00:05  1.10015 1.10017\n"

    assert any("order 2 (SELL" in t and t.endswith("SIBLING.") for t in told(script, 3, market=market))
    assert any("order 5 (SELL" in t and t.endswith("FLAT.") for t in told(script, 6, market=market))
    assert any("(FLAT): nothing was left to close; order 6 did" in t for t in told(script, 5, market=market))


def test_F05_a_trailing_stop_tells_the_tick_that_set_its_level():
    story = told({"on_tick": {0: [buy(), sell(trailing_stop=("points", 12))]}}, 2)

    assert story[2] == "The tick (bid 1.10010, ask 1.10012) set its level to 1.09998, 12 points from the bid."
    assert "Triggered: the bid of the tick (bid 1.10005, ask 1.10007) reached its level 1.10008." in story


def test_F08_partial_fills_tell_what_is_left():
    thin = "\n".join(f"09:00:0{k}  1.10000 1.10002  600 600" for k in range(4))
    story = told({"on_tick": {0: buy(1_000)}}, 1, market=thin, liquidity="quoted")

    assert "Partly filled: 600 at 1.10002, 400 left, by the tick (bid 1.10000, ask 1.10002): at the ask." in story
    assert story[-1] == "So it ended FILLED: 1,000 at 1.10002 on average."


def test_F09_an_order_with_latency_is_accepted_where_it_arrives():
    story = play(MARKET, {"on_tick": {0: buy()}}, runner=Outcome, latency=(1_500_000, 1_500_000)).run.explain(1)

    assert story.lines[1][0] == at("09:00:01.5")
    assert story.lines[1][1].startswith("Accepted on arrival at bid 1.10010, ask 1.10012")


def test_O01_an_order_whose_time_is_up_tells_which_time():
    gtd = told({"on_tick": {0: buy(limit=1.0, tif="GTD", expires=at("09:00:02"))}}, 1)
    ioc = told({"on_tick": {0: buy(limit=1.0, tif="IOC")}}, 1)

    assert "Expired with 10,000 unfilled (TIF): its time was up (GTD)." in gtd
    assert ioc[2] == (
        "Cancelled with 10,000 unfilled (TIF): IOC leaves nothing for the next tick, "
        "at the tick (bid 1.10010, ask 1.10012)."
    )


def test_ticks_of_equal_stamps_are_numbered_and_crossed_ones_told():
    market = "09:00:00  1.10000 1.10002\n09:00:01  1.10000 1.10002\n09:00:01  1.10005 1.10002"
    story = told({"on_tick": {1: buy()}}, 1, market=market)

    assert any(
        "by the tick (bid 1.10005, ask 1.10002; crossed: 1.10003 and 1.10004 count; number 2 of 2 so stamped)" in t
        for t in story
    )


def test_C05_what_was_closed_or_left_at_the_end_says_so():
    end = told({"on_tick": {0: buy()}}, 2, close_at_end=True)
    left = told({"on_tick": {0: buy(limit=1.0)}}, 1)

    assert end[0].startswith("Placed to close what was open at the end of the run (close_at_end)")
    assert "by the tick of 2024-01-02 09:00:04 (bid" in end[1]
    assert left[-1] == (
        "When the run ended it was PENDING: the ticks never filled it; it stood at 1.00000; "
        "the last quote was bid 1.10015, ask 1.10017."
    )


def test_O01_an_order_that_waits_to_the_end_says_for_which():
    story = told({"on_tick": {0: [buy(limit=1.0), buy(oto=1), sell(trailing_stop=("points", 9), oto=1)]}}, 2)

    assert story[-1].startswith("When the run ended it was PENDING: it waited for order 1; the last quote was bid")
    assert len(story) == 2  # asked for, never accepted


@pytest.mark.parametrize("order", [0, 2, -1])
def test_an_order_that_does_not_exist_is_an_error_that_says_what_does(order):
    run = play(MARKET, {"on_tick": {0: buy()}}, runner=Outcome).run

    with pytest.raises(OptionError, match=f"there is no order {order}; the run has orders 1 to 1"):
        run.explain(order)


def test_what_is_no_id_at_all_is_an_error_too():
    run = play(MARKET, {}, runner=Outcome).run

    with pytest.raises(OptionError, match=r"order is 'first'; give its id, a whole number: the run has no orders"):
        run.explain("first")


def test_O02_every_kind_of_event_has_its_sentence():
    assert list(KINDS) == list(EVENTS)


@pytest.mark.parametrize("reason", REASONS)
def test_O02_every_reason_has_its_words_with_every_kind_of_event(reason):
    texts = [reason_in_words(kind, reason, **FIGURES) for kind in EVENTS]

    assert list(REASON_WORDS) == list(REASONS)
    assert reason == "NONE" or all(len(text) > 9 and "{" not in text for text in texts)


@pytest.mark.parametrize("seed", range(40))
def test_O03_the_story_of_any_order_agrees_with_what_was_decided(seed):
    run = engine(*case(seed))

    for order in run.orders if run else []:
        story = run.run.explain(order.id)
        own = [e for e in run.events if e.order == order.id and e.kind != "BOOKING"]
        # Margin figures are worked out again from journal and ticks; they must say what the engine decided.
        for text in (text for _, text in story.lines if MARGIN.search(text)):
            needed, equity = (float(figure.replace(",", "")) for figure in MARGIN.search(text).groups())
            assert needed >= equity if "(MARGIN)" in text else needed <= equity, text
        assert [ts for ts, _ in story.lines] == sorted(ts for ts, _ in story.lines)
        assert len(story.lines) > len(own)
        assert f" {order.state}" in story.lines[-1][1]
