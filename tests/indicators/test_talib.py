"""S7: TA-Lib's functions by name: arguments, options, messages, and what its own arrays do not say."""

import inspect

import numpy as np
import pytest
import talib

from backtestr_lab.errors import StrategyError
from backtestr_lab.indicators import ta


def test_S07_every_talib_function_is_there_by_its_lower_case_name():
    names = {name.lower() for name in talib.get_functions()}

    assert names | {"custom", "series"} == set(dir(ta))
    assert all(callable(getattr(ta, name)) for name in names)


def test_S07_parameters_come_by_position_in_talibs_order_or_by_name():
    assert ta.bbands("5m", 20, 2.5) == ta.bbands("5m", timeperiod=20, nbdevup=2.5, nbdevdn=2.0, matype=0)
    assert ta.bbands("5m", 20, nbdevup=2).params[1] == ("nbdevup", 2.0)


def test_S07_whole_numbers_of_numpy_and_whole_floats_are_periods():
    assert ta.ema("1h", np.int64(9)) == ta.ema("1h", np.float64(9)) == ta.ema("1h", 9)


def test_S07_a_moving_average_type_has_a_name():
    assert ta.ma("1h", 9, matype="ema") == ta.ma("1h", 9, talib.MA_Type.EMA)


def test_S07_an_input_can_be_another_field_or_indicator_by_name(market, evaluate):
    bars = market()
    close = bars["close"] / 1e5
    smooth = ta.sma("1m", 5)

    ours = evaluate(bars, ta.atr("1m", 14, close="open"), ta.obv("1m", real=smooth), ta.sub(smooth, "close"))

    high, low, open, volume = bars["high"] / 1e5, bars["low"] / 1e5, bars["open"] / 1e5, bars["volume"] * 1.0
    mean = talib.SMA(close, 5)
    theirs = talib.ATR(high, low, open, 14), talib.OBV(mean, volume), talib.SUB(mean, close)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(our, their)


def test_S07_mavp_takes_its_periods_from_an_indicator(market, evaluate):
    bars = market()
    periods = ta.custom(lambda ticks: np.clip(ticks, 2, 20), "1m", "ticks", name="speed")

    ours = evaluate(bars, ta.mavp("1m", 2, 20, periods=periods))

    np.testing.assert_array_equal(
        ours, talib.MAVP(bars["close"] / 1e5, np.clip(bars["ticks"], 2, 20).astype(float), 2, 20)
    )


def test_S07_integer_outputs_are_float_and_keep_talibs_zero_for_no_pattern(market, evaluate):
    bars = market(40)
    doji = evaluate(bars, ta.cdldoji("1m"))

    assert doji.dtype == np.float64
    assert set(doji) <= {-100.0, 0.0, 100.0}
    assert (doji[: ta.cdldoji("1m").lookback] == 0).all()


@pytest.mark.parametrize("m", [0, 1, 5])
def test_S08_fewer_bars_than_the_lookback_give_nan_and_no_error(market, evaluate, m):
    rsi, *macd = evaluate(market(m), ta.rsi("1m", 14), *ta.macd("1m"))

    for values in (rsi, *macd):
        assert values.shape == (m,)
        assert np.isnan(values).all()


def test_S08_a_hole_in_the_input_is_nan_from_there_on_and_never_a_number_made_up(market, evaluate):
    bars = market(100)

    def with_hole(close):
        close[50:52] = np.nan
        return close

    mean = evaluate(bars, ta.sma(ta.custom(with_hole, "1m", lookback=0, outputs="real"), 5))

    assert np.isfinite(mean[4:50]).all()
    assert np.isnan(mean[50:]).all()


def test_S07_the_process_wide_settings_of_talib_are_left_alone(market, evaluate):
    before = talib.get_unstable_period("RSI"), talib.get_compatibility()

    evaluate(market(), ta.rsi("1m"), ta.adx("1m"))

    assert (talib.get_unstable_period("RSI"), talib.get_compatibility()) == before


def test_S07_help_shows_signature_defaults_inputs_and_outputs():
    doc = inspect.getdoc(ta.macd)

    assert "Moving Average Convergence/Divergence (TA-Lib MACD" in doc
    assert "ta.macd(timeframe, fastperiod=12, slowperiod=26, signalperiod=9, *, field='close'" in doc
    assert "macdsignal" in doc and "Lookback 33 bars" in doc
    assert list(inspect.signature(ta.macd).parameters)[:2] == ["timeframe", "fastperiod"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ta.rsj, r"ta has no 'rsj'; did you mean 'rsi'\?"),
        (lambda: ta.rsi(), r"ta.rsi needs a timeframe first, like ta.rsi\('1h'\)"),
        (lambda: ta.rsi(14), "ta.rsi: the first argument is 14; give a timeframe like '1h' or another indicator"),
        (lambda: ta.rsi("1M"), "ta.rsi: timeframe '1M' could be a minute or a month"),
        (lambda: ta.rsi("1h", 1), "ta.rsi: TA-Lib refuses timeperiod=1; timeperiod must be at least 2"),
        (lambda: ta.rsi("1h", 2**40), "ta.rsi: TA-Lib refuses timeperiod=1099511627776"),
        (lambda: ta.rsi("1h", 14.5), "ta.rsi: timeperiod is 14.5; it must be a whole number"),
        (lambda: ta.rsi("1h", float("nan")), "ta.rsi: timeperiod is nan; it must be a whole number"),
        (lambda: ta.rsi("1h", True), "ta.rsi: timeperiod is True; it must be a whole number"),
        (lambda: ta.bbands("1h", nbdevup="2"), "ta.bbands: nbdevup is '2'; it must be a number"),
        (lambda: ta.rsi("1h", period=9), r"ta.rsi has no parameter 'period'; did you mean 'timeperiod'\?"),
        (lambda: ta.rsi("1h", 9, 3), "ta.rsi takes timeperiod by position after its inputs, not 2 values"),
        (lambda: ta.rsi("1h", 9, timeperiod=9), "ta.rsi: timeperiod is given twice"),
        (lambda: ta.ma("1h", 9, "emma"), r"ta.ma has no moving average 'emma'; did you mean 'ema'\?"),
        (lambda: ta.rsi("1h", field="clos"), r"ta.rsi: bars have no field 'clos'; did you mean 'close'\?"),
        (lambda: ta.rsi("1h", side="mitte"), "ta.rsi: side is 'mitte'; it must be 'bid', 'ask' or 'mid'"),
        (lambda: ta.atr("1h", field="open"), "ta.atr reads high, low, close; field= is for"),
        (lambda: ta.mavp("1h"), "ta.mavp needs periods= too: an indicator"),
        (lambda: ta.sub(ta.sma("1h")), "ta.sub needs real1= too: an indicator, or a field like 'close'"),
        (lambda: ta.sub(ta.sma("1h"), 5), r"ta.sub of indicators needs 2 inputs first \(real0, real1\); real1 is 5"),
        (lambda: ta.sma(ta.macd("1h")), "has 3 outputs; name one of .macd, .macdsignal, .macdhist"),
        (lambda: ta.sma(ta.rsi("1h"), 9, side="ask"), "ta.sma: it reads indicators only, so side= says nothing"),
        (lambda: ta.sma(ta.rsi("1h"), 9, field="open"), "ta.sma reads an indicator; field= is for"),
    ],
)
def test_S05_a_wrong_call_is_one_line_with_the_way_out(call, message):
    with pytest.raises(StrategyError, match=message) as error:
        call()

    assert "\n" not in str(error.value)


def test_S07_talib_is_loaded_with_the_first_function_and_not_before():
    import subprocess
    import sys

    code = (
        "import sys; from backtestr_lab import ta; print('talib' in sys.modules); ta.rsi; print('talib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "True"]
