"""Several symbols in one account: how they are given, the range, the account's currency, what converts to it (P6)."""

import numpy as np
import pandas as pd
import pytest

import backtestr_lab as lab
from backtestr_lab import Strategy, pips
from backtestr_lab.engine.costs import RATES
from backtestr_lab.units import to_micros


class Enter(Strategy):
    timeframe = "15m"

    def on_bar(self, bar):
        if not self.position:
            self.buy(10_000, stop_loss=pips(10), take_profit=pips(15))


@pytest.fixture(scope="module")
def market():
    names = ("EURUSD", "GBPUSD", "USDJPY", "EURJPY")
    return {name: lab.sample(name, days=2, seed=seed) for seed, name in enumerate(names)}


def frame_of(ticks):
    scale = 10.0**ticks.symbol.digits
    table = {"bid": ticks.bid / scale, "ask": ticks.ask / scale}
    return pd.DataFrame(table, index=pd.to_datetime(ticks.ts, unit="us"))


def rates_of(run):
    names = [market.symbol.name for market in run._job.markets]
    return [(RATES[terms.rate], names[terms.rate_symbol]) for terms in run._rules.symbols]


def test_P06_symbols_are_named_in_a_list_or_a_dict_and_found_in_a_store(market, tmp_path):
    store = lab.Store(tmp_path)
    for name in ("EURUSD", "GBPUSD"):
        store.ingest(market[name])
    two = [market["EURUSD"], market["GBPUSD"]]

    from_ticks = lab.backtest(Enter, two)
    from_store = lab.backtest(Enter, ["eurusd", "GBP/USD"], store=store)
    from_tables = lab.backtest(Enter, {"EURUSD": frame_of(two[0]), "GBPUSD": frame_of(two[1])})

    assert np.unique(from_ticks.journal["symbol"]).tolist() == [0, 1]
    assert from_ticks.journal.tobytes() == from_store.journal.tobytes() == from_tables.journal.tobytes()


def test_P06_a_symbol_alone_trades_as_it_does_beside_another(market):
    alone = lab.backtest(Enter, market["GBPUSD"])
    beside = lab.backtest(Enter, [market["EURUSD"], market["GBPUSD"]])
    theirs = beside.journal[beside.journal["symbol"] == 1]

    assert len(theirs) == len(alone.journal) > 10
    for field in ("ts", "kind", "price", "quantity", "amount", "reason"):
        assert (theirs[field] == alone.journal[field]).all()


def test_P06_the_range_is_that_of_any_symbol(market):
    early, late = market["EURUSD"].between(0, 2**62), market["GBPUSD"]
    middle = int(late.ts[len(late) // 2])
    cut = late.between(middle, 2**62)

    run = lab.backtest(Enter, [cut, early])

    assert run.start == int(early.ts[0]) // 60_000_000 * 60_000_000
    assert run.journal["ts"][run.journal["symbol"] == 0].min() >= middle
    with pytest.raises(lab.DataError, match=r"no ticks of GBPUSD from 2024-01-01 to 2024-01-01 06:00; there are ticks"):
        lab.backtest(Enter, [cut, early], end="2024-01-01 06:00")


def test_P06_money_is_converted_by_a_symbol_of_the_run(market):
    run = lab.backtest(Enter, [market["EURUSD"], market["EURJPY"], market["USDJPY"]])
    mirrored = lab.backtest(Enter, [market["EURJPY"], market["USDJPY"]], currency="JPY")

    assert run.currency == "USD"
    assert rates_of(run) == [("DIRECT", "EURUSD"), ("OVER", "USDJPY"), ("OVER", "USDJPY")]
    assert rates_of(mirrored) == [("DIRECT", "EURJPY"), ("DIRECT", "USDJPY")]


def test_P06_a_symbol_that_only_converts_is_named_or_found_in_the_store_and_told(market, tmp_path):
    store = lab.Store(tmp_path)
    for name in ("EURUSD", "EURJPY", "USDJPY"):
        store.ingest(market[name])
    two = [market["EURUSD"], market["EURJPY"]]

    found = lab.backtest(Enter, ["EURUSD", "EURJPY"], store=store)
    named = lab.backtest(Enter, two, convert={"JPY": market["USDJPY"]})
    told = [s for s in found.assumptions if "Money in JPY becomes USD" in s]

    assert rates_of(found) == [("DIRECT", "EURUSD"), ("OVER", "USDJPY"), ("OVER", "USDJPY")]
    assert found.journal.tobytes() == named.journal.tobytes()
    assert [terms.trades for terms in found._rules.symbols] == [True, True, False]
    assert len(told) == 1 and "USDJPY" in told[0]


def test_P06_a_profit_is_converted_at_the_middle_of_the_last_quote(market):
    run = lab.backtest(Enter, [market["EURJPY"]], currency="USD", convert={"JPY": market["USDJPY"]})
    rate = market["USDJPY"]
    booked = run.events[(run.events.reason == "PROFIT") & (run.events.amount != 0)]
    fills = run.events[run.events.kind == "FILLED"].set_index("order").price
    first = booked.iloc[0]
    i = np.searchsorted(rate.ts, to_micros(first.time), "left") - 1
    middle = (rate.bid[i] + rate.ask[i]) / 2e3

    assert first.amount == pytest.approx((fills[first.order] - first.price) * -first.quantity / middle, abs=1e-6)


def test_P06_a_pair_quoted_in_the_accounts_currency_multiplies(market):
    cross, rate = lab.sample("EURGBP", days=1), lab.sample("GBPUSD", days=1)
    run = lab.backtest(Enter, cross, currency="USD", convert={"GBP": rate})
    booked = run.events[(run.events.reason == "PROFIT") & (run.events.amount != 0)]
    fills = run.events[run.events.kind == "FILLED"].set_index("order").price
    first = booked.iloc[0]
    i = np.searchsorted(rate.ts, to_micros(first.time), "left") - 1
    middle = (rate.bid[i] + rate.ask[i]) / 2e5

    assert rates_of(run) == [("TIMES", "GBPUSD"), ("DIRECT", "GBPUSD")]
    assert first.amount == pytest.approx((fills[first.order] - first.price) * -first.quantity * middle, abs=1e-6)


@pytest.mark.parametrize(
    ("names", "options", "message"),
    [
        (
            ("EURUSD", "EURJPY"),
            {},
            r"nothing converts JPY to USD: .*; add USDJPY to the store or to the symbols of the",
        ),
        (("EURJPY",), {"convert": {"JPY": "USDJPY"}, "currency": "USD"}, "there are no ticks of USDJPY; add it"),
        (("EURUSD", "USDJPY"), {"convert": {"CHF": "USDCHF"}}, "convert names CHF; currencies to convert to USD: none"),
        (("EURUSD", "EURJPY", "GBPUSD"), {"convert": {"JPY": "GBPUSD"}}, "GBPUSD is GBP/USD and does not join JPY and"),
        (("EURUSD",), {"convert": "USDJPY"}, "convert is 'USDJPY'; give a dict of currency to symbol"),
        (("EURUSD", "EURUSD"), {}, "EURUSD is named twice; a run has each symbol once"),
        (("EURUSD", "GBPUSD"), {"symbol": "EURUSD"}, "symbol='EURUSD' names one table; several are named in a dict"),
        ((), {}, "data names no symbol"),
        (("EURUSD",), {"cahs": 5}, "there is no option cahs; did you mean 'cash'"),
        (("EURUSD",), {"slippage": {"EURUSDD": 5}}, "slippage names EURUSDD, which is not in this run; did you mean"),
    ],
)
def test_what_does_not_fit_together_is_one_line(market, names, options, message):
    with pytest.raises(lab.OptionError, match=message):
        lab.backtest(Enter, [market[name] for name in names], **options)


def test_ticks_keep_the_name_they_have(market):
    with pytest.raises(lab.OptionError, match="data has ticks of GBPUSD under the name EURUSD; name them GBPUSD"):
        lab.backtest(Enter, {"EURUSD": market["GBPUSD"]})


def test_M01_statistics_count_the_trades_of_every_symbol_in_its_own_pips(market):
    run = lab.backtest(Enter, [market["EURUSD"], market["USDJPY"]], close_at_end=True)

    assert set(run.trades.symbol) == {"EURUSD", "USDJPY"}
    assert run.stats.trades == len(run.trades)
    assert run.stats.net_profit == pytest.approx(run.trades.net.sum())
    assert run.stats.average_mae == pytest.approx(run.trades.mae.mean())
