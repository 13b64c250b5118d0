"""S7: an indicator before there are values is a description: comparable, hashable, and nothing else."""

import copy
import pickle

import pytest

from backtestr_lab.errors import StrategyError
from backtestr_lab.indicators import Field, ta
from backtestr_lab.units import Timeframe


def test_S07_equal_descriptions_are_one_node_however_they_are_written():
    written = {
        ta.rsi("1h"),
        ta.rsi("1h", 14),
        ta.rsi("H1", timeperiod=14.0),
        ta.rsi("60m", 14, field="close", side="bid", symbol=None),
        ta.rsi("1h", 14, real="close"),
    }

    assert len(written) == 1


@pytest.mark.parametrize(
    "other",
    [
        lambda: ta.rsi("1h", 15),
        lambda: ta.rsi("5m", 14),
        lambda: ta.rsi("1h", 14, field="open"),
        lambda: ta.rsi("1h", 14, side="ask"),
        lambda: ta.rsi("1h", 14, symbol="GBPUSD"),
        lambda: ta.cmo("1h", 14),
        lambda: ta.rsi(ta.sma("1h", 2), 14),
    ],
)
def test_S07_descriptions_that_differ_in_one_thing_are_different_nodes(other):
    assert other() != ta.rsi("1h", 14)


def test_S07_several_outputs_are_attributes_and_unpack_in_order():
    macd = ta.macd("1h")

    line, signal, histogram = macd

    assert macd.outputs == ("macd", "macdsignal", "macdhist")
    assert (macd.macd, macd.macdsignal, macd.macdhist) == (line, signal, histogram)
    assert {"macd", "macdsignal", "macdhist"} <= set(dir(macd))


def test_S07_the_single_output_of_a_node_is_the_node():
    rsi = ta.rsi("1h")

    assert rsi.real is rsi
    assert rsi.keys == (rsi,)


def test_S07_a_node_tells_what_it_reads():
    node = ta.sma("5m", 9, field="open", side="ask", symbol="GBPUSD")

    assert (node.timeframe, node.symbol, node.side, node.field) == (Timeframe.parse("5m"), "GBPUSD", "ask", "open")
    assert node.params == (("timeperiod", 9),)
    assert node.inputs == (Field(Timeframe.parse("5m"), "open", "ask", "GBPUSD"),)
    assert str(node) == "sma(GBPUSD 5m ask open, 9)"
    assert str(ta.atr("1h")) == "atr(1h, 14)"
    assert str(ta.atr("1h", low="open")) == "atr(1h high open close, 14)"


def test_S07_volume_has_no_side_so_both_sides_read_the_same_column():
    assert ta.sma("1h", 9, field="volume", side="ask") == ta.sma("1h", 9, field="volume")


def test_S08_the_lookback_counts_the_inputs_too():
    assert ta.rsi("1h", 14).lookback == 14
    assert ta.sma(ta.rsi("1h", 14), 9).lookback == 14 + 8
    assert ta.sma(ta.macd("1h").macdsignal, 9).lookback == 33 + 8


@pytest.mark.parametrize(
    "use",
    [
        lambda x: x[-1],
        lambda x: x > 70,
        lambda x: x <= 70,
        lambda x: x - 1,
        lambda x: 2 * x,
        lambda x: x / x,
        lambda x: list(x),
    ],
)
@pytest.mark.parametrize("make", [lambda: ta.rsi("1h"), lambda: ta.macd("1h").macdsignal])
def test_S05_using_values_in_init_says_that_they_exist_only_later(use, make):
    with pytest.raises(StrategyError, match="has no values yet"):
        use(make())


def test_S05_arithmetic_in_init_names_the_function_that_does_it():
    with pytest.raises(StrategyError, match=r"'-' cannot use it; ta.sub\(a, b\) makes an indicator of two"):
        ta.ema("1h", 9) - ta.ema("1h", 20)


def test_S05_an_unknown_output_suggests_the_nearest():
    with pytest.raises(StrategyError, match=r"has no output 'macdsignl'; did you mean 'macdsignal'\?"):
        _ = ta.macd("1h").macdsignl


def test_S07_nodes_survive_copying_and_pickling():
    node = ta.sma(ta.macd("1h", 5, 9).macdsignal, 9)

    assert copy.deepcopy(node) == pickle.loads(pickle.dumps(node)) == node
    assert hash(pickle.loads(pickle.dumps(node))) == hash(node)


def test_S07_inputs_on_two_timeframes_are_refused():
    with pytest.raises(StrategyError, match=r"sub: its inputs lie on different bars \(1h, 5m\)"):
        ta.sub(ta.ema("1h", 9), ta.ema("5m", 9))


def test_S07_asking_whether_a_node_has_an_attribute_is_not_an_error():
    assert not hasattr(ta.rsi("1h"), "dtype")
    assert not hasattr(ta, "no_such_function")
    assert getattr(ta.rsi("1h"), "shape", None) is None
