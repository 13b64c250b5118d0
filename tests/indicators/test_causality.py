"""S7: prefix in, prefix out: an indicator that looks ahead is refused with the first offending bar."""

import numpy as np
import pandas as pd
import pytest

from backtestr_lab.errors import NotCausalError, StrategyError
from backtestr_lab.indicators import ta
from backtestr_lab.indicators.causality import check_causal


def after(values, bars):
    """Values moved so many bars into the past."""
    return np.append(values[bars:], np.full(min(bars, len(values)), np.nan))


def pivot(high):
    """A peak is marked on its own bar, though only the bar after it shows that it was one."""
    marked = np.full(len(high), np.nan)
    for k in range(1, len(high) - 1):
        if high[k - 1] < high[k] > high[k + 1]:
            marked[k] = high[k]
    return marked


LOOK_AHEAD = {
    "next bar": lambda c: after(c, 1),
    "fifty bars on": lambda c: after(c, 50),
    "mean of all": lambda c: c - c.mean(),
    "largest of all": lambda c: c / c.max(),
    "centred window": lambda c: pd.Series(c).rolling(15, center=True).mean(),
    "filled backwards": lambda c: pd.Series(c).rolling(14).mean().bfill(),
    "last value": lambda c: np.full(len(c), c[-1]),
    "peaks": pivot,
    "gradient": lambda c: np.gradient(c) if len(c) > 1 else c,
    "number of bars": lambda c: np.full(len(c), len(c)),
    "last bar left out": lambda c: np.append(c[:-1], np.nan) if len(c) > 40 else c,
    "smoothed both ways": lambda c: pd.Series(c)[::-1].ewm(span=9).mean()[::-1],
}
CAUSAL = {
    "rolling mean": lambda c: pd.Series(c).rolling(14).mean(),
    "rolling deviation": lambda c: pd.Series(c).rolling(14).std(),
    "exponential mean": lambda c: pd.Series(c).ewm(span=9).mean(),
    "all until now": lambda c: pd.Series(c).expanding().max(),
    "running sum": lambda c: np.cumsum(np.diff(c, prepend=c[0])),
    "convolution": lambda c: np.convolve(c, np.ones(14) / 14)[: len(c)],
    "windows": lambda c: np.append(np.full(13, np.nan), np.lib.stride_tricks.sliding_window_view(c, 14).mean(axis=1)),
    "nothing": lambda c: np.full(len(c), np.nan),
    "infinite": lambda c: np.where(c > c[0], np.inf, -np.inf),
}


@pytest.mark.parametrize("m", [100, 1000, 20_011])
@pytest.mark.parametrize("name", LOOK_AHEAD)
def test_S07_an_indicator_that_looks_ahead_is_refused(market, evaluate, name, m):
    with pytest.raises(NotCausalError, match="looks ahead: bar"):
        evaluate(market(m), ta.custom(LOOK_AHEAD[name], "1m"))


@pytest.mark.parametrize("m", [1, 2, 15, 100, 20_011])
@pytest.mark.parametrize("name", CAUSAL)
def test_S07_an_indicator_that_does_not_look_ahead_passes(market, evaluate, name, m):
    values = evaluate(market(m), ta.custom(CAUSAL[name], "1m"))

    assert values.shape == (m,)


def test_S07_the_message_names_the_first_bar_its_time_and_both_values(market, evaluate):
    bars = market(1000)

    def peek(close):
        return after(close, 1)

    with pytest.raises(NotCausalError) as error:
        evaluate(bars, ta.custom(peek, "1m"))

    next_close = float(bars["close"][1] / 1e5)
    assert str(error.value) == (
        f"indicator peek looks ahead: bar 0 (1970-01-01) is {next_close} with the bars after it and nan without them; "
        "use only bars up to the one it is for"
    )


def test_S07_the_first_offending_bar_is_found_behind_a_causal_start(market, evaluate):
    def late_peek(close):
        return np.append(close[:7], after(close, 1)[7:])

    with pytest.raises(NotCausalError, match=r"bar 7 \(1970-01-01 00:07\)"):
        evaluate(market(1000), ta.custom(late_peek, "1m"))


def test_S07_the_output_that_looks_ahead_is_named(market, evaluate):
    def pair(close):
        return {"honest": close, "peeking": after(close, 1)}

    with pytest.raises(NotCausalError, match="indicator pair.peeking looks ahead"):
        evaluate(market(100), ta.custom(pair, "1m").honest)


def test_S07_what_depends_on_chance_or_on_earlier_calls_is_refused_as_that(market, evaluate):
    random = np.random.default_rng(5)

    with pytest.raises(StrategyError, match="indicator noise gives other values for the same bars"):
        evaluate(market(100), ta.custom(lambda c: random.normal(size=len(c)), "1m", name="noise"))


def test_S07_rounding_that_depends_on_the_number_of_bars_is_refused_and_told_apart(market, evaluate):
    def through_spectrum(close):
        return np.fft.irfft(np.fft.rfft(close), len(close)) if len(close) > 1 else close

    with pytest.raises(NotCausalError, match="its rounding depends on the number of bars"):
        evaluate(market(1000), ta.custom(through_spectrum, "1m"))


def test_S07_a_look_ahead_in_an_input_of_several_is_found(market, evaluate):
    node = ta.custom(lambda h, low: h - after(low, 1), ta.max("1m", 3, field="high"), ta.min("1m", 3, field="low"))

    with pytest.raises(NotCausalError):
        evaluate(market(200), node)


def test_S07_the_check_costs_less_than_five_times_the_indicator(market):
    bars = []

    def count(close):
        bars.append(len(close))
        return close

    close = market(10_000)["close"] / 1e5
    node = ta.custom(count, "1m", outputs="real", lookback=0)
    check_causal(node, [close], {}, (close,), str)

    assert len(bars) <= 10
    assert sum(bars) < 5 * len(close)


def test_S07_a_series_is_causal_by_its_join_and_talib_by_proof():
    series = ta.series(pd.Series([1.0], index=pd.to_datetime(["2024-01-01"])))

    assert series.function.checked and ta.rsi("1h").function.checked
