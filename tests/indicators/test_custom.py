"""S7: indicators of the user's own: functions of arrays and classes, as nodes like any other."""

from collections import namedtuple

import numpy as np
import pytest
import talib

from backtestr_lab.errors import StrategyError
from backtestr_lab.indicators import Indicator, ta


def middle(high, low, weight=0.5):
    return low + weight * (high - low)


class Channel(Indicator):
    inputs = ("high", "low", "close")
    outputs = ("upper", "lower")
    period = 5
    width = 1.0

    @property
    def lookback(self):
        return self.period - 1

    def calculate(self, high, low, close):
        reach = self.width * talib.ATR(high, low, close, self.period) if len(close) > self.period else close * np.nan
        return close + reach, close - reach


def test_S07_a_function_of_arrays_gets_the_fields_it_names_and_its_parameters(market, evaluate):
    bars = market()

    ours = evaluate(bars, ta.custom(middle, "1m", "high", "low", weight=0.25))

    np.testing.assert_array_equal(ours, middle(bars["high"] / 1e5, bars["low"] / 1e5, 0.25))


def test_S07_without_a_field_it_reads_the_close(market, evaluate):
    bars = market()

    np.testing.assert_array_equal(evaluate(bars, ta.custom(lambda x: 2 * x, "1m")), 2 * (bars["close"] / 1e5))


def test_S07_indicators_stand_among_the_fields(market, evaluate):
    bars = market()
    mean = ta.sma("1m", 5)

    alone = evaluate(bars, ta.custom(lambda m: 2 * m, mean))
    mixed = evaluate(bars, ta.custom(lambda c, m: c - m, "1m", "close", mean))

    close = bars["close"] / 1e5
    np.testing.assert_array_equal(alone, 2 * talib.SMA(close, 5))
    np.testing.assert_array_equal(mixed, close - talib.SMA(close, 5))


@pytest.mark.parametrize(
    ("result", "outputs"),
    [
        (lambda a, b: (a, b), ("out0", "out1")),
        (lambda a, b: {"top": a, "floor": b}, ("top", "floor")),
        (lambda a, b: namedtuple("Pair", "left right")(a, b), ("left", "right")),
        (lambda a, b: (a,), ("real",)),
        (lambda a, b: a, ("real",)),
    ],
)
def test_S07_outputs_are_learned_from_what_the_function_returns(market, evaluate, result, outputs):
    bars = market()
    node = ta.custom(result, "1m", "high", "low")

    first = evaluate(bars, node.keys[0])

    assert node.outputs == outputs
    np.testing.assert_array_equal(first, bars["high"] / 1e5)


def test_S07_outputs_of_a_tuple_can_be_named(market, evaluate):
    bars = market()
    node = ta.custom(lambda a, b: (a, b), "1m", "high", "low", outputs=("top", "floor"))

    np.testing.assert_array_equal(evaluate(bars, node.floor), bars["low"] / 1e5)


def test_S08_the_lookback_is_learned_from_the_leading_nan_or_given():
    def mean(close, n):
        return talib.SMA(close, n)

    assert ta.custom(mean, "1m", n=9).lookback == 8
    assert ta.custom(mean, "1m", n=2000).lookback == 1999
    assert ta.custom(mean, "1m", n=9, lookback=30).lookback == 30


def test_S08_values_before_a_given_lookback_are_missing(market, evaluate):
    values = evaluate(market(20), ta.custom(lambda c: c, "1m", lookback=4))

    assert np.isnan(values[:4]).all() and np.isfinite(values[4:]).all()


def test_S08_a_function_that_needs_a_whole_window_is_not_called_with_less(market, evaluate):
    def highest(high):
        windows = np.lib.stride_tricks.sliding_window_view(high, 14)
        return np.append(np.full(13, np.nan), windows.max(axis=1))

    for m in (0, 1, 13):
        assert np.isnan(evaluate(market(m), ta.custom(highest, "1m", "high"))).all()
    assert np.isfinite(evaluate(market(14), ta.custom(highest, "1m", "high"))[13])


def test_S07_a_function_may_write_into_its_arrays_without_others_seeing_it(market, evaluate):
    def spoil(close):
        close *= 0
        return close

    bars = market()
    spoiled, mean = evaluate(bars, ta.custom(spoil, "1m"), ta.sma("1m", 5))

    assert (spoiled == 0).all()
    np.testing.assert_array_equal(mean, talib.SMA(bars["close"] / 1e5, 5))


def test_S07_whole_numbers_bools_and_lists_become_float(market, evaluate):
    for make in (lambda c: c > 1.1, lambda c: (c * 10).astype(int), lambda c: [1] * len(c)):
        assert evaluate(market(5), ta.custom(make, "1m")).dtype == np.float64


def test_S07_the_same_function_with_the_same_parameters_is_one_node():
    assert ta.custom(middle, "1m", "high", "low") == ta.custom(middle, "1m", "high", "low")
    assert ta.custom(middle, "1m", "high", "low", weight=1) != ta.custom(middle, "1m", "high", "low", weight=True)
    assert ta.custom(middle, "1m", "high", "low") != ta.custom(middle, "1m", "low", "high")


def test_S07_a_class_calculates_with_its_parameters_as_attributes(market, evaluate):
    bars = market()
    channel = Channel("1m", period=7, width=2)

    upper, lower = evaluate(bars, channel.upper, channel.lower)

    high, low, close = (bars[f] / 1e5 for f in ("high", "low", "close"))
    reach = 2.0 * talib.ATR(high, low, close, 7)
    np.testing.assert_array_equal(upper, close + reach)
    np.testing.assert_array_equal(lower, close - reach)
    assert channel.lookback == 6


def test_S07_a_class_is_called_like_any_indicator(market, evaluate):
    class Twice(Indicator):
        def calculate(self, close):
            return 2 * close

    bars = market()
    assert Channel("1m", 7, 2) == Channel("1m", width=2.0, period=7) != Channel("1m", 8, 2)
    np.testing.assert_array_equal(evaluate(bars, Twice(ta.sma("1m", 5))), 2 * talib.SMA(bars["close"] / 1e5, 5))
    np.testing.assert_array_equal(evaluate(bars, Twice("1m", side="ask")), 2 * (bars["ask_close"] / 1e5))
    np.testing.assert_array_equal(evaluate(bars, Twice("1m", close="open")), 2 * (bars["open"] / 1e5))
    np.testing.assert_array_equal(evaluate(bars, ta.sma(Twice("1m"), 5)), talib.SMA(2 * (bars["close"] / 1e5), 5))


def test_S07_a_subclass_inherits_parameters_and_changes_them():
    class Wide(Channel):
        width = 3.0

    assert dict(Wide("1m").params) == {"period": 5, "width": 3.0}


class Initialised(Indicator):
    def __init__(self, period):
        self.period = period

    def calculate(self, close):
        return close


def broken(close):
    missing = {}
    return missing["key"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ta.custom(5, "1m"), "the first argument is 5; give a function of arrays"),
        (lambda: ta.custom(middle), "ta.custom needs a timeframe first"),
        (lambda: ta.custom(middle, "1m", 5), "ta.custom: input 0 is of type int; give a field"),
        (lambda: ta.custom(middle, "1m", "hihg", "low"), r"bars have no field 'hihg'; did you mean 'high'\?"),
        (lambda: ta.custom(broken, "1m"), r"line \d+: indicator broken failed on 512 bars: KeyError: 'key'"),
        (lambda: ta.custom(middle, "1m", "high"), "indicator middle failed on 512 bars: TypeError: .*'low'"),
        (lambda: ta.custom(lambda c: c[1:], "1m", name="cut"), "indicator cut gave 511 values for 512 bars"),
        (lambda: ta.custom(lambda c: c.sum(), "1m"), r"gave an array of shape \(\) for 512 bars"),
        (lambda: ta.custom(lambda c: None, "1m"), "gave nothing; return an array"),
        (lambda: ta.custom(lambda c: ["x"] * len(c), "1m"), "gave a list of <U1; return one number per bar"),
        (lambda: ta.custom(lambda c: [[1], [1, 2]], "1m"), "gave a list of object; return one number per bar"),
        (lambda: ta.custom(lambda c: {}, "1m"), "gave an empty dict"),
        (
            lambda: ta.custom(lambda c: (c, c), "1m", outputs="a"),
            r"gave 2 outputs \(out0, out1\) where a were expected",
        ),
        (lambda: ta.custom(lambda c: {"side": c, "b": c}, "1m"), "cannot have an output named 'side'"),
        (lambda: ta.custom(lambda c: c, "1m", lookback=-1), "lookback is -1; it must be a count of bars"),
        (lambda: Channel("1m", perod=3), r"Channel has no parameter 'perod'; did you mean 'period'\?"),
        (lambda: Channel("1m", period=2.5), "Channel: period is 2.5; it must be a whole number"),
        (lambda: Channel(), r"Channel needs a timeframe first, like Channel\('1h'\)"),
        (lambda: Initialised("1m"), "Initialised: __init__ is never called; make its parameters class attributes"),
        (lambda: Indicator("1m"), r"Indicator has no calculate\(self, close\)"),
    ],
)
def test_S05_a_mistake_in_an_indicator_is_one_line(make, message):
    with pytest.raises(StrategyError, match=message) as error:
        make()

    assert "\n" not in str(error.value)


def test_S05_an_indicator_that_fails_on_the_real_bars_says_on_how_many(market, evaluate):
    def picky(close):
        if len(close) == 100:
            raise ValueError("no hundreds")
        return close

    with pytest.raises(StrategyError, match=r"line \d+: indicator picky failed on 100 bars: ValueError: no hundreds"):
        evaluate(market(100), ta.custom(picky, "1m"))


def test_S07_outputs_that_change_with_the_bars_are_refused(market, evaluate):
    node = ta.custom(lambda c: (c, c) if len(c) == 512 else (c, c, c), "1m")

    with pytest.raises(StrategyError, match=r"gave 3 outputs \(out0, out1, out2\) where out0, out1 were expected"):
        evaluate(market(100), node.out0)


def test_S07_a_function_can_read_the_times_of_the_bars(market, evaluate):
    bars = market(200)

    def hour_open(ts, open):
        starts = np.flatnonzero(np.diff(ts // 3_600_000_000, prepend=-1))
        return open[starts][np.searchsorted(starts, np.arange(len(ts)), side="right") - 1]

    values = evaluate(bars, ta.custom(hour_open, "1m", "ts", "open"))

    np.testing.assert_array_equal(values, np.repeat(bars["open"][::60] / 1e5, 60)[:200])
