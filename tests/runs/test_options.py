"""Options of costs, sizes and limits: what they become, how they are told, what is said of wrong ones (F9, P4, P5)."""

from inspect import signature

import numpy as np
import pandas as pd
import pytest

import backtestr_lab as lab
from backtestr_lab import Strategy, pips
from backtestr_lab.engine.costs import COMMISSIONS, SLIPPAGES
from backtestr_lab.engine.layout import CASH_BOOKING, DIVIDEND_BOOKING, FUNDING_BOOKING


class Enter(Strategy):
    """In for hours, long and short by turns, a few orders at once."""

    timeframe = "1h"

    def init(self):
        self.n = 0

    def on_bar(self, bar):
        self.n += 1
        if self.n % 4 == 1:
            self.close()
        elif self.n % 8 < 4:
            self.buy(stop_loss=pips(30))
        else:
            self.sell(stop_loss=pips(30))


@pytest.fixture(scope="module")
def ticks():
    return lab.sample("EURUSD", days=4)


@pytest.fixture(scope="module")
def plain(ticks):
    return lab.backtest(Enter, ticks)


def told(run, text):
    return any(text in sentence for sentence in run.assumptions)


def test_every_option_is_shown_in_the_signature_and_told_in_the_docs():
    shown = signature(lab.backtest).parameters

    assert {"cash", "slippage", "swap", "max_order", "intrabar"} <= set(shown)
    assert [name for name in shown if name not in lab.backtest.__doc__] == ["source", "skip"]


@pytest.mark.parametrize(
    ("slippage", "model", "numbers", "words"),
    [
        (3, "POINTS", (3, 3), "Market and stop fills are 3 points (0.3 pips) worse than the quote."),
        ("0.5pips", "POINTS", (5, 5), "are 5 points (0.5 pips) worse"),
        ("0.5spread", "SPREAD", (500_000, 500_000), "are 0.5 of the spread, rounded up to a point, worse"),
        ("0..3points", "RANDOM", (0, 3), "are 0 to 3 points, drawn evenly with seed 0, worse"),
        ({"EURUSD": "0.2pips"}, "POINTS", (2, 2), "are 2 points"),
    ],
)
def test_F09_slippage_of_each_model(ticks, plain, slippage, model, numbers, words):
    run = lab.backtest(Enter, ticks, slippage=slippage)
    terms = run._rules.symbols[0]

    assert (SLIPPAGES[run._rules.slips], (terms.slippage, terms.slippage_most)) == (model, numbers)
    assert told(run, words) and run.manifest["options"]["slippage"] == slippage
    assert run.stats.net_profit < plain.stats.net_profit


def test_F09_slippage_by_the_size_quoted(ticks):
    sizes = np.full(len(ticks), 5_000)
    sized = lab.Ticks(ticks.ts, ticks.bid, ticks.ask, bid_size=sizes, ask_size=sizes, symbol=ticks.symbol)
    run = lab.backtest(Enter, sized, slippage="2impact", size=10_000)
    free = lab.backtest(Enter, sized, size=10_000)
    first = run.fills.iloc[0].price - free.fills.iloc[0].price

    assert abs(first) == pytest.approx(4e-5)  # twice the size quoted: 2 * 2 points
    assert told(run, "2 points, times the order over the size quoted")
    with pytest.raises(lab.OptionError, match="slippage='2impact' needs sizes, and the ticks of EURUSD have neither"):
        lab.backtest(Enter, ticks, slippage="2impact")


@pytest.mark.parametrize(
    ("commission", "kind", "rates", "words"),
    [
        ("2.5/order", "ORDER", (2_500_000, 2_500_000, 0, 0), "2.5 USD per order, at its first fill."),
        ("1bps/5bps", "BPS", (5_000_000, 1_000_000, 0, 0), "5, 1 for limit orders that rested, basis points"),
        ("2/lot/3.5/lot", "LOT", (3_500_000, 2_000_000, 0, 0), "per lot of 100,000, on every fill"),
        (
            "0.005/unit min 1 max 20",
            "UNIT",
            (5_000, 5_000, 1_000_000, 20_000_000),
            "at least 1 and at most 20 an order.",
        ),
    ],
)
def test_F09_commission_of_each_model(ticks, commission, kind, rates, words):
    run = lab.backtest(Enter, ticks, commission=commission)
    rules = run._rules

    assert COMMISSIONS[rules.commission] == kind
    assert (rules.commission_rate, rules.maker_rate, rules.fee_least, rules.fee_most) == rates
    assert told(run, words) and run.fills.commission.sum() > 0


def test_F09_a_most_an_order_caps_what_it_pays(ticks):
    run = lab.backtest(Enter, ticks, commission="0.005/unit min 1 max 20")

    assert set(run.fills.commission) == {20.0}  # 10,000 units would pay 50


def test_F09_swap_is_paid_and_received_by_side_and_the_triple_day_can_be_moved(ticks):
    class Hold(Strategy):
        def on_bar(self, bar):
            if not self.position:
                self.buy(10_000)

    paid = lab.backtest(Hold, ticks, swap=(-6.5, 2))
    pips_given = lab.backtest(Hold, ticks, swap="-0.65pips/0.2pips", triple="Tue")
    swaps = paid.events[paid.events.kind == "SWAP"].amount
    moved = pips_given.events[pips_given.events.kind == "SWAP"].amount

    # Monday, Tuesday and Wednesday night; the run ends at midnight of Friday
    assert swaps.tolist() == pytest.approx([-0.65, -0.65, -1.95])
    assert moved.tolist() == pytest.approx([-0.65, -1.95, -0.65])
    assert told(paid, "Swap is -6.5 points for long and +2 for short positions each night, three times on Wednesday.")
    assert told(
        lab.backtest(Hold, ticks, swap=(1, 1), triple=None), "+1 points for long and +1 for short positions each night."
    )


def test_F09_bookings_are_taken_from_a_list_a_table_and_a_file(ticks, tmp_path):
    rows = [
        {"time": "2024-01-02", "amount": -12.5},
        {"time": "2024-01-03 12:00", "per_unit": 0.0001, "symbol": "EURUSD"},
        {"time": "2024-01-03 16:00", "rate": 0.0001},
    ]
    table = pd.DataFrame(rows)
    table.to_csv(tmp_path / "bookings.csv", index=False)

    runs = [lab.backtest(Enter, ticks, bookings=given) for given in (rows, table, str(tmp_path / "bookings.csv"))]
    booked = runs[0].events[runs[0].events.reason.isin(["CASH", "DIVIDEND", "FUNDING"])]

    assert [kind for _, _, kind, _ in runs[0]._rules.bookings] == [CASH_BOOKING, DIVIDEND_BOOKING, FUNDING_BOOKING]
    assert len({run.journal.tobytes() for run in runs}) == 1
    assert booked.amount.iloc[0] == -12.5 and len(booked) > 1
    assert told(runs[0], "The table of bookings has 1 of cash, 1 per unit held, 1 of the value held within the run.")
    assert runs[1].manifest["options"]["bookings"][0]["amount"] == "-12.5"


@pytest.mark.parametrize(
    ("size", "first"),
    [(None, 10_000), (25_000, 25_000), ("25_000", 25_000), ("10%", 9_000), ("1%risk", 300_000), ("EURUSD=500", 500)],
)
def test_P05_size_is_units_a_share_or_a_risk(ticks, size, first):
    run = lab.backtest(Enter, ticks, size=size)
    got = run.orders.quantity.iloc[0]

    if isinstance(size, str) and "%" in size:
        assert first < got < first * 1.2
    else:
        assert got == first


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"max_order": 9_999}, "an order has at most 9,999 units"),
        ({"max_position": "EURUSD=15000"}, "a position has at most 15,000 units"),
        ({"max_orders": 1, "latency": "3600s"}, "at most 1 entry orders are open at once"),
        ({"max_leverage": 0.15}, "positions are worth at most 0.15 times equity"),
    ],
)
def test_P04_an_entry_beyond_a_limit_is_rejected(ticks, options, words):
    run = lab.backtest(Enter, ticks, **options)

    assert (run.orders.reason == "LIMIT").sum() > 0
    assert told(run, words)


def test_P04_positions_are_counted_when_each_entry_is_its_own(ticks):
    run = lab.backtest(Enter, ticks, hedging=True, max_positions=2)
    free = lab.backtest(Enter, ticks, hedging=True)

    assert (run.orders.reason == "LIMIT").sum() > 0 and (free.orders.reason == "LIMIT").sum() == 0
    assert told(run, "at most 2 positions") and told(run, "Each entry is a position of its own (hedging).")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"daily_loss": "0.005%"}, "At a loss of 0.005 % from the equity at the day's beginning all is closed"),
        ({"drawdown": 4}, "At a loss of 4 USD from the highest equity all is closed, and entries are refused for good"),
    ],
)
def test_P04_a_loss_stops_trading(ticks, options, words):
    run = lab.backtest(Enter, ticks, **options)

    assert (run.events.kind == "TRADING_STOPPED").any()
    assert told(run, words)


def test_P04_leverage_moves_the_stop_out_with_the_margin(ticks, plain):
    run = lab.backtest(Enter, ticks, leverage=400)
    terms = run._rules.symbols[0]

    assert (terms.margin, terms.maintenance) == (2_500, 1_250)
    assert told(run, "A position needs 0.25 % of its value as margin.") and told(run, "margin, 0.125 % of its value.")
    assert told(plain, "A position is closed by force when equity falls below the maintenance margin, 1.6667 %")


def test_each_symbol_may_have_its_own(ticks):
    other = lab.sample("USDJPY", days=4)
    given = {"slippage": {"USDJPY": "1pips"}, "leverage": "EURUSD=10,USDJPY=20", "swap": {"EURUSD": (-1, -1)}}

    run = lab.backtest(Enter, [ticks, other], **given)
    one, two = run._rules.symbols

    assert (one.slippage, two.slippage, one.margin, two.margin, one.swap, two.swap) == (
        (0, 10, 100_000, 50_000, (-1_000_000, -1_000_000), (0, 0))
    )
    assert told(run, "0 points (0 pips) for EURUSD, 10 points (1 pips) for USDJPY worse than the quote")
    assert told(run, "A position needs 10 % for EURUSD, 5 % for USDJPY of its value as margin.")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slippage": "much"}, "slippage 'much' is not a distance; write 3 or '3points', '0.5pips', '0.5spread'"),
        ({"slippage": "3..0points"}, "slippage '3..0points' goes down"),
        ({"slippage": "0spread"}, "slippage '0spread' must lie between"),
        ({"commission": "1bps/5/lot"}, "has two units; give maker and taker the same"),
        ({"commission": "1/unit min 5 max 2"}, "has a min above its max"),
        ({"commission": "1/unit min 5 min 2"}, "has two min; write one"),
        ({"commission": "free"}, "commission 'free' is not known; write '3.5/lot'"),
        ({"swap": 3}, r"swap 3 is not two numbers; give points per night for long and short, e.g. swap=\(-6.5, 2\)"),
        ({"swap": (1, 2, 3)}, "is not two numbers"),
        ({"swap": (1e8, 0)}, "is more than a million points per night"),
        ({"triple": "Sun"}, "triple is 'Sun'; give a day from 'Mon' to 'Fri', or None"),
        (
            {"bookings": [{"time": "2024-01-01"}]},
            "bookings, row 0: it has time; give time, and one of amount, per_unit",
        ),
        ({"bookings": [{"time": "x", "amount": 1}]}, "bookings, row 0: time 'x' is not a time"),
        ({"bookings": [{"time": "2024-01-01", "amont": 1}]}, "there is no column amont; did you mean 'amount'"),
        ({"bookings": [{"time": "2024-01-01", "rate": 1, "symbol": "GBPUSD"}]}, "row 0: GBPUSD is not in this run"),
        ({"bookings": "nowhere.csv"}, "bookings: nowhere.csv cannot be read: No such file"),
        ({"bookings": 5}, "bookings is neither a table nor a list of dicts"),
        ({"size": "10%%"}, "size '10%%' is not a positive multiple of 1 EURUSD units; or give a share of equity"),
        ({"size": "0%"}, "must lie between 0.000001% and 100000%"),
        ({"max_order": 0.5}, "max_order 0.5 is not a positive multiple of 1 EURUSD units"),
        ({"max_position": -1}, "max_position is -1; give a positive number, e.g. max_position=100_000"),
        ({"max_orders": 1.5}, "max_orders is 1.5; give a whole number"),
        ({"max_positions": True}, "max_positions is True; give a positive number"),
        ({"max_leverage": "high"}, "max_leverage is 'high'; give a positive number"),
        (
            {"daily_loss": 0},
            "daily_loss is 0; give an amount of money, e.g. daily_loss=500, or a share of equity, '2%'",
        ),
        ({"drawdown": "150%"}, "drawdown is '150%'; give an amount"),
        ({"currency": 5}, "currency is 5; give a code, e.g. currency='USD'"),
        ({"max_ordr": 5}, "there is no option max_ordr; did you mean 'max_order'"),
    ],
)
def test_a_wrong_value_says_what_and_what_to_do(ticks, options, message):
    with pytest.raises(lab.OptionError, match=message):
        lab.backtest(Enter, ticks, **options)


def test_models_of_slippage_do_not_mix(ticks):
    with pytest.raises(lab.OptionError, match="mixes models, points and spread; give all symbols the same model"):
        lab.backtest(Enter, [ticks, lab.sample("GBPUSD", days=1)], slippage={"EURUSD": 1, "GBPUSD": "0.5spread"})
