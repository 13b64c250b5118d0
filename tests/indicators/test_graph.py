"""S7: the graph of a run: each node once, inputs first, only what is asked for; prices converted once."""

import numpy as np
import pytest
import talib

from backtestr_lab.errors import StrategyError
from backtestr_lab.indicators import Graph, ta
from backtestr_lab.symbols import EURUSD, symbol

SYMBOLS = {"EURUSD": EURUSD}


def counting(calls, name):
    def count(close):
        calls.append((name, len(close)))
        return close

    return count


def test_S07_nodes_stand_after_their_inputs_and_each_once():
    rsi = ta.rsi("1h", 14)
    mean = ta.sma(rsi, 9)

    graph = Graph([ta.ema(mean, 3), mean, rsi, ta.sma(ta.rsi("H1"), 9)], SYMBOLS)

    assert [node.function.name for node in graph.order] == ["rsi", "sma", "ema"]


def test_S07_a_node_read_by_two_is_computed_once(market):
    calls = []
    shared = ta.custom(counting(calls, "shared"), "1m", outputs="real", lookback=0)

    Graph([ta.sma(shared, 3), ta.ema(shared, 3), shared], SYMBOLS).evaluate(lambda *_: market(10))

    full = [call for call in calls if call == ("shared", 10)]
    checks = 2  # of the causality check, on scrambled futures of the same length
    assert len(full) == 1 + checks


def test_S07_only_what_is_asked_for_is_computed_and_returned(market):
    calls = []
    read = ta.custom(counting(calls, "read"), "1m", outputs="real", lookback=0)
    ta.custom(counting(calls, "idle"), "1m", outputs="real", lookback=0)

    values = Graph([ta.sma(read, 3)], SYMBOLS).evaluate(lambda *_: market(10))

    assert {name for name, _ in calls} == {"read"}
    assert list(values) == [ta.sma(read, 3)]


def test_S07_one_output_of_several_can_be_asked_for(market):
    macd = ta.macd("1m")
    bars = market()

    one = Graph([macd.macdsignal], SYMBOLS).evaluate(lambda *_: bars)
    every = Graph([macd], SYMBOLS).evaluate(lambda *_: bars)

    assert list(one) == [macd.macdsignal]
    assert list(every) == [macd.macd, macd.macdsignal, macd.macdhist]
    np.testing.assert_array_equal(one[macd.macdsignal], every[macd.macdsignal])


def test_S07_values_are_contiguous_float64_one_per_bar(market):
    nodes = [
        ta.rsi("1m"),
        ta.cdldoji("1m"),
        ta.minmaxindex("1m"),
        ta.obv("1m"),
        ta.custom(lambda x: x[::-1][::-1], "1m"),
    ]

    values = Graph(nodes, SYMBOLS).evaluate(lambda *_: market(200))

    assert all(v.dtype == np.float64 and v.shape == (200,) and v.flags.c_contiguous for v in values.values())


def test_U02_prices_are_the_decimals_that_were_quoted(market):
    bars = market(3)
    bars["close"] = [110001, 112345, 99999]

    close = Graph([ta.sma("1m", 1)], SYMBOLS).evaluate(lambda *_: bars)[ta.sma("1m", 1)]

    assert close.tolist() == [1.10001, 1.12345, 0.99999]


def test_U03_volume_is_in_units(market):
    bars = market(3)
    bars["volume"] = [100_000_000, 25_000_000, 0]
    node = ta.sma("1m", 1, field="volume")

    volume = Graph([node], {"BTCUSDT": symbol("BTCUSDT")}).evaluate(lambda *_: bars)[node]

    assert volume.tolist() == [1.0, 0.25, 0.0]


def test_S07_ask_reads_the_ask_columns_and_mid_its_own_bars(market):
    bars, mids = market(50), market(50, seed=9)
    ask, mid = ta.sma("1m", 3, side="ask"), ta.sma("1m", 3, side="mid")

    def bars_of(symbol, timeframe, side="bid"):
        return mids if side == "mid" else bars

    graph = Graph([ask, mid], SYMBOLS)
    values = graph.evaluate(bars_of)

    np.testing.assert_array_equal(values[ask], talib.SMA(bars["ask_close"] / 1e5, 3))
    np.testing.assert_array_equal(values[mid], talib.SMA(mids["close"] / 1e5, 3))
    assert {side for _, _, side in graph.bars} == {"ask", "mid"}


def test_S07_each_timeframe_and_symbol_reads_its_own_bars(market):
    asked = []
    bars = {"EURUSD": market(50, seed=1), "USDJPY": market(50, seed=2)}
    nodes = [ta.ema("1m", 3), ta.ema("1m", 3, symbol="USDJPY"), ta.ema("5m", 3), ta.sma("1m", 3)]

    def bars_of(name, timeframe):
        asked.append((name, str(timeframe)))
        return bars[name]

    values = Graph(nodes, {"EURUSD": EURUSD, "USDJPY": symbol("USDJPY")}).evaluate(bars_of)

    np.testing.assert_array_equal(values[nodes[1]], talib.EMA(bars["USDJPY"]["close"] / 1e3, 3))
    assert sorted(asked) == [("EURUSD", "1m"), ("EURUSD", "5m"), ("USDJPY", "1m")]


def test_S07_a_symbol_left_out_is_the_runs_first_and_the_same_node():
    graph = Graph([ta.ema("1m", 3), ta.ema("1m", 3, symbol="EURUSD")], SYMBOLS)

    assert len(graph.order) == 1
    assert len(graph.keys) == 2


def test_S07_a_symbol_the_run_does_not_have_is_refused():
    with pytest.raises(StrategyError, match=r"reads EURUSDD, which is not in this run; did you mean 'EURUSD'\?"):
        Graph([ta.ema("1m", 3, symbol="EURUSDD")], SYMBOLS)


def test_S07_inputs_of_two_symbols_are_refused_when_the_runs_first_is_known():
    pair = ta.sub(ta.ema("1m", 3), ta.ema("1m", 3, symbol="USDJPY"))

    with pytest.raises(StrategyError, match=r"different bars \(EURUSD 1m, USDJPY 1m\)"):
        Graph([pair], {"EURUSD": EURUSD, "USDJPY": symbol("USDJPY")})


def test_S08_the_graph_tells_the_longest_lookback_of_each_bars():
    graph = Graph([ta.sma(ta.rsi("1h", 14), 9), ta.ema("1h", 5), ta.ema("5m", 7)], SYMBOLS)

    assert {(s, str(t)): n for (s, t), n in graph.lookback.items()} == {("EURUSD", "1h"): 22, ("EURUSD", "5m"): 6}


def test_S07_a_cache_computes_each_indicator_once_for_the_same_data(market):
    calls, cache = [], {}
    node = ta.custom(counting(calls, "x"), "1m", outputs="real", lookback=0)
    graph = Graph([ta.sma(node, 3)], SYMBOLS)

    first = graph.evaluate(lambda *_: market(10), cache, "data A")
    spent = len(calls)
    again = Graph([ta.sma(node, 3), ta.ema(node, 4)], SYMBOLS).evaluate(lambda *_: market(10), cache, "data A")
    kept = len(calls)
    graph.evaluate(lambda *_: market(10, seed=8), cache, "data B")

    assert kept == spent
    assert len(calls) == 2 * spent
    assert again[ta.sma(node, 3)] is first[ta.sma(node, 3)]


def test_S07_what_is_no_indicator_is_refused():
    with pytest.raises(StrategyError, match="5 is a int, not an indicator"):
        Graph([5], SYMBOLS)


def test_S08_a_value_depends_on_the_bars_from_the_first_to_its_own_alone(market, evaluate):
    bars = market(400)
    node = ta.ema(ta.rsi("1m", 14), 9)

    full, prefix = evaluate(bars, node), evaluate(bars[:250], node)

    np.testing.assert_array_equal(full[:250], prefix)
