"""Stop-out below the maintenance margin, by hand (P4)."""

from ..reference.config import Spec
from ..reference.play import buy, cancel, close, fills, sell, story
from ..reference.tape import at

# 10,000 long from 1.10002; a tenth of the value is maintenance: 1,100.00, 1,090.00, 1,080.00 at the bids below.
FALL = """
    09:00:00  1.10000 1.10002
    09:00:01  1.10000 1.10002
    09:00:02  1.09000 1.09002
    09:00:03  1.08000 1.08002
    09:00:04  1.07000 1.07002
"""
TENTH = {"margin_ppm": 0, "maintenance_ppm": 100_000}
OTHER = Spec(quote="BBB", **TENTH)


def stops(run):
    """(ts, symbol, position, equity, maintenance) of each STOP_OUT."""
    return [(e.ts, e.symbol, e.position, e.price, e.quantity) for e in run.events if e.kind == "STOP_OUT"]


def test_P04_below_the_maintenance_margin_the_position_is_closed_at_the_next_tick(trade):
    # 1,190.19 less the loss of 100.20 is a cent below 1,090.
    script = {"on_tick": {0: buy(stop_loss=0.5)}, "on_fill": {0: []}, "on_order": {0: []}}
    run = trade(FALL, script, cash=1_190_190_000, **TENTH)

    assert stops(run) == [(at("09:00:02"), 0, 1, 1_089_990_000, 1_090_000_000)]
    assert [(e.kind, e.order, e.position, e.reason, e.ts) for e in run.events[-5:]] == [
        ("STOP_OUT", 0, 1, "MARGIN", at("09:00:02")),
        ("SUBMITTED", 3, 0, "NONE", at("09:00:02")),
        ("FILLED", 3, 1, "NONE", at("09:00:03")),
        ("BOOKING", 3, 1, "PROFIT", at("09:00:03")),
        ("CANCELLED", 2, 1, "FLAT", at("09:00:03")),
    ]
    assert (run.orders[2].role, fills(run)[1]) == ("STOP_OUT", (3, 108_000, -10_000))
    assert run.trades[0].exit_role == "STOP_OUT"
    assert [what[1] for name, _, what, *_ in run.heard if name != "on_tick"] == ["FILLED", "FILLED", "CANCELLED"]


def test_P04_at_the_maintenance_margin_nothing_happens(trade):
    calm = "\n".join(FALL.splitlines()[:4])
    run = trade(calm, {"on_tick": {0: buy()}}, cash=1_190_200_000, **TENTH)

    assert stops(run) == []


def test_P04_the_maintenance_rate_is_half_the_initial_one_unless_told(trade):
    # Half of 9.0909 % rounded down is 4.5454 %, of 10,400 at the last tick 472.7216, when 600.20 are lost.
    market = FALL.replace("1.07000 1.07002", "1.04000 1.04002")
    run = trade(market, {"on_tick": {0: buy()}}, cash=1_072_921_599, margin_ppm=90_909)
    calm = trade(market, {"on_tick": {0: buy()}}, cash=1_072_921_600, margin_ppm=90_909)

    assert stops(run) == [(at("09:00:04"), 0, 1, 472_721_599, 472_721_600)]
    assert (stops(calm), len(calm.orders), calm.order_states) == ([], 1, ["FILLED"])


def test_P04_slippage_is_paid(trade):
    run = trade(FALL, {"on_tick": {0: buy()}}, cash=1_190_000_000, slippage=5, **TENTH)

    assert fills(run)[1] == (2, 107_995, -10_000)


def test_P04_the_largest_loss_goes_first_and_counts_as_closed(trade):
    # 5,000 long and 5,000 short: equity stays at 1,104.80, both maintenance margins grow from 1,100.01 to 1,110.01.
    market = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10000 1.10002
        09:00:02  1.11000 1.11002
        09:00:03  1.11000 1.11002
    """
    run = trade(market, {"on_tick": {0: [buy(5_000), sell(5_000)]}}, hedging=True, cash=1_105_000_000, **TENTH)

    assert stops(run) == [(at("09:00:02"), 0, 2, 1_104_800_000, 1_110_010_000)]
    assert [(o.lot, o.side * o.quantity) for o in run.orders if o.role == "STOP_OUT"] == [(2, 5_000)]
    assert run.open_lots == [(1, 1, 5_000, 110_002)]


def test_P04_of_equal_losses_the_oldest_goes_first_until_it_is_enough(trade):
    # Three of 5,000 need 550 each at 1.1; equity is 750: two must go.
    calm = "\n".join(FALL.splitlines()[:3])
    script = {"on_tick": {0: [buy(5_000), buy(5_000), buy(5_000)]}}
    run = trade(calm, script, hedging=True, cash=750_300_000, **TENTH)

    assert [(position, equity, maintenance) for _, _, position, equity, maintenance in stops(run)] == [
        (1, 750_000_000, 1_650_000_000),
        (2, 750_000_000, 1_100_000_000),
    ]


def test_P04_several_symbols_each_close_at_their_own_next_tick(trade):
    # Both 10,000 long. At 09:00:02 the first symbol's tick makes -100.20 - 0.20 of 2,290: below 1,090 + 1,100.
    flat = """
        09:00:00  1.10000 1.10002
        09:00:01  1.10000 1.10002
        09:00:05  1.10000 1.10002
    """
    script = {"on_tick": {0: [buy(), buy(symbol=1)]}}
    run = trade([FALL, flat], script, others=(OTHER,), cash=2_290_000_000, **TENTH)

    assert stops(run) == [(at("09:00:02"), 0, 2, 2_189_600_000, 2_190_000_000)]
    assert [(e.symbol, e.ts) for e in run.events if e.kind == "FILLED"] == [
        (1, at("09:00:00")),
        (0, at("09:00:01")),
        (0, at("09:00:03")),
    ]


def test_P04_what_is_ordered_meanwhile_does_not_make_a_second_stop_out(trade):
    # The next tick of the second symbol comes late: it is stopped out once, though equity stays below.
    late = """
        09:00:00  1.10000 1.10002
        09:00:01  1.09000 1.09002
        09:00:05  1.09000 1.09002
    """
    calm = FALL.replace("1.09000 1.09002", "1.10000 1.10002").replace("1.08000 1.08002", "1.10000 1.10002")
    script = {"on_tick": {0: buy(symbol=1)}}
    run = trade([calm, late], script, others=(OTHER,), cash=1_000_000_000, **TENTH)

    assert [(ts, symbol) for ts, symbol, *_ in stops(run)] == [(at("09:00:00"), 1)]
    assert fills(run) == [(1, 110_002, 10_000), (2, 109_000, -10_000)]


def test_P04_with_no_position_there_is_nothing_to_stop_out(trade):
    script = {"on_tick": {0: buy(100_000), 1: close()}}
    run = trade(FALL, script, cash=500_000_000, margin_ppm=0, maintenance_ppm=0)

    # Closed at 1.09, a thousand lost of five hundred.
    assert run.balance == -502_000_000
    assert stops(run) == []


def test_P04_a_stop_out_that_is_cancelled_is_made_again(trade):
    run = trade(FALL, {"on_tick": {0: buy(), 2: cancel(2)}}, cash=1_190_000_000, **TENTH)

    assert [ts for ts, *_ in stops(run)] == [at("09:00:02"), at("09:00:03")]
    assert story(run)[2:] == [
        ("CANCELLED", 2, "USER"),
        ("STOP_OUT", 0, "MARGIN"),
        ("FILLED", 3, "NONE"),
    ]


def test_P04_netting_a_stop_out_closes_no_more_than_is_open_when_it_fills(trade):
    # The limit of 4,000 was there first: 6,000 are left for the stop-out.
    script = {"on_tick": {0: buy(), 1: sell(4_000, limit=1.095)}}
    market = FALL.replace("09:00:03  1.08000 1.08002", "09:00:03  1.09500 1.09502")
    run = trade(market, script, cash=1_190_000_000, **TENTH)

    assert story(run)[1:] == [("STOP_OUT", 0, "MARGIN"), ("FILLED", 2, "NONE"), ("FILLED", 3, "NONE")]
    assert fills(run)[1:] == [(2, 109_500, -4_000), (3, 109_500, -6_000)]


def test_P04_a_loss_limit_is_told_before_a_stop_out_and_closes_instead_of_it(trade):
    run = trade(FALL, {"on_tick": {0: buy()}}, cash=1_190_000_000, drawdown=("amount", 50_000_000), **TENTH)

    assert story(run)[1:] == [
        ("LIMIT_BREACH", 0, "DRAWDOWN"),
        ("TRADING_STOPPED", 0, "DRAWDOWN"),
        ("FILLED", 2, "NONE"),
    ]
    assert run.orders[1].role == "LIMIT"


def test_P04_a_position_that_is_stopped_out_already_is_not_closed_twice_by_a_limit(trade):
    # Partly closed at 1.08: 4,000 are left of the order of the stop-out when the loss passes 250.
    market = """
        09:00:00  1.10000 1.10002  20000 20000
        09:00:01  1.10000 1.10002  20000 20000
        09:00:02  1.09000 1.09002  20000 20000
        09:00:03  1.07500 1.07502   6000  6000
        09:00:04  1.07000 1.07002   9000  9000
    """
    settings = {"liquidity": "quoted", "drawdown": ("amount", 240_000_000), **TENTH}
    run = trade(market, {"on_tick": {0: buy()}}, cash=1_190_000_000, **settings)

    assert [order.role for order in run.orders] == ["ENTRY", "STOP_OUT"]
    assert story(run)[1:] == [
        ("STOP_OUT", 0, "MARGIN"),
        ("PARTIAL_FILL", 2, "NONE"),
        ("LIMIT_BREACH", 0, "DRAWDOWN"),
        ("TRADING_STOPPED", 0, "DRAWDOWN"),
        ("FILLED", 2, "NONE"),
    ]
