"""S7: every ``ta.<name>`` equals TA-Lib called directly, and none of its functions looks ahead.

The expected side goes through TA-Lib's own abstract interface with a dict of arrays, so it shares neither the order of
inputs nor the parameters with the code under test. The bars are synthetic, and real where BACKTESTR_DATA points to a
folder with QuantConnect LEAN's sample data in ``lean/`` (github.com/QuantConnect/Lean, folder Data).
"""

import os
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import talib
from talib import abstract

from backtestr_lab.indicators import Graph, ta
from backtestr_lab.records import BAR
from backtestr_lab.symbols import EURUSD, symbol
from backtestr_lab.units import to_points

NAMES = sorted(name.lower() for name in talib.get_functions())
INDEX_OUTPUTS = ("maxindex", "minindex", "minmaxindex")  # count from the first bar, so they move with it
CANNOT_BE_NAN = ("mavp",)  # needs its periods beside the prices
PRICES = ("open", "high", "low", "close")


def synthetic(m=400):
    """Decimal columns of a random walk; whole points, so that conversion is exact both ways."""
    random = np.random.default_rng(11)
    close = 1.1 + np.cumsum(random.integers(-20, 21, m)) / 1e5
    open = np.append(close[:1], close[:-1])
    columns = {
        "open": open,
        "high": np.maximum(open, close) + random.integers(0, 9, m) / 1e5,
        "low": np.minimum(open, close) - random.integers(0, 9, m) / 1e5,
        "close": close,
    }
    return {name: np.round(values, 5) for name, values in columns.items()} | {
        "volume": random.integers(0, 1000, m).astype(float)
    }


def to_bars(columns, of):
    """The same as records."""
    bars = np.zeros(len(columns["close"]), BAR)
    bars["ts"] = np.arange(len(bars)) * 60_000_000
    bars["end"] = bars["ts"] + 60_000_000
    for name, values in columns.items():
        if name == "volume":
            bars["volume"] = np.rint(values * 10.0**of.quantity_digits)
        else:
            bars[name] = to_points(values, of.digits)
    return bars


@cache
def lean(folder, pattern):
    """Rows of all LEAN minute files of a folder, oldest first."""
    root = Path(os.environ.get("BACKTESTR_DATA", "")) / "lean" / folder
    files = sorted(root.glob(pattern)) if os.environ.get("BACKTESTR_DATA") else []
    if not files:
        pytest.skip(f"no {pattern} in {folder} of BACKTESTR_DATA; QuantConnect/Lean has them under Data/")
    days = []
    for path in files:
        with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as lines:
            days.append(np.loadtxt(lines, delimiter=",", ndmin=2))
    return np.concatenate(days)


def eurusd():
    rows = lean("forex/fxcm/minute/eurusd", "*_quote.zip")
    bid = dict(zip(PRICES, rows[:, 1:5].T, strict=True))
    return bid | {f"ask_{name}": column for name, column in zip(PRICES, rows[:, 6:10].T, strict=True)}


def btcusd():
    rows = lean("crypto/coinbase/minute/btcusd", "*_trade.zip")
    columns = dict(zip((*PRICES, "volume"), rows[:, 1:6].T, strict=True))
    # Some files carry the rounding of a sum in a ninth decimal; a step is the eighth.
    return columns | {"volume": np.round(columns["volume"], 8)}


def periods(columns):
    return np.clip(np.arange(len(columns["close"])) % 25, 2, 20).astype(float)


def ours(name, bars, of, side="bid", **params):
    """Outputs of ``ta.<name>`` in TA-Lib's order."""
    if name == "mavp":
        params["periods"] = ta.custom(
            lambda ts: np.clip(np.arange(len(ts)) % 25, 2, 20), "1m", "ts", outputs="real", lookback=0
        )
    node = getattr(ta, name)("1m", side=side, **params)
    values = Graph([node], {of.name: of}).evaluate(lambda *_: bars)
    return [values[key] for key in node.keys]


def theirs(name, columns, **params):
    columns = {n: np.ascontiguousarray(v) for n, v in columns.items()} | {"periods": periods(columns)}
    outputs = abstract.Function(name)(columns, **params)
    return outputs if isinstance(outputs, list) else [outputs]


def assert_same(our, their):
    assert len(our) == len(their)
    for a, b in zip(our, their, strict=True):
        np.testing.assert_array_equal(a, b.astype("f8"))


def other_params(name):
    """Parameters that are not the defaults, where there are any."""
    changed = {}
    for parameter, default in abstract.Function(name).parameters.items():
        if parameter.endswith("matype"):
            changed[parameter] = 1
        else:
            changed[parameter] = default + 3 if isinstance(default, int) else default * 0.9
    return changed


def test_the_synthetic_columns_survive_the_way_into_points():
    columns = synthetic()
    bars = to_bars(columns, EURUSD)

    for name in PRICES:
        np.testing.assert_array_equal(bars[name] / 1e5, columns[name])


@pytest.mark.parametrize("name", NAMES)
def test_S07_ta_equals_talib_with_its_defaults(name):
    columns = synthetic()

    assert_same(ours(name, to_bars(columns, EURUSD), EURUSD), theirs(name, columns))


@pytest.mark.parametrize("name", [n for n in NAMES if abstract.Function(n).parameters])
def test_S07_ta_equals_talib_with_other_parameters(name):
    columns, params = synthetic(), other_params(name)

    our = ours(name, to_bars(columns, EURUSD), EURUSD, **params)

    assert_same(our, theirs(name, columns, **params))
    if not name.startswith("cdl"):  # patterns are too rare to differ for sure
        assert any((a != b).any() for a, b in zip(our, theirs(name, columns), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_S08_the_lookback_is_where_talibs_values_begin(name):
    node = getattr(ta, name)("1m", **({"periods": ta.sma("1m", 1)} if name == "mavp" else {}))
    columns = {n: v / 2 for n, v in synthetic().items()}  # below 1: asin and acos have values there

    first = [int(np.isnan(v).cumprod().sum()) for v in theirs(name, columns) if v.dtype == np.float64]

    assert all(start == node.function.lookback(dict(node.params)) for start in first)


@pytest.mark.parametrize("name", NAMES)
def test_S04_no_function_of_talib_looks_ahead(name):
    bars = to_bars(synthetic(), EURUSD)
    full = ours(name, bars, EURUSD)

    for cut in (1, 2, 9, 33, 101, 250, 399):
        for part, whole in zip(ours(name, bars[:cut], EURUSD), full, strict=True):
            np.testing.assert_array_equal(part.view("i8"), whole[:cut].view("i8"))


@pytest.mark.parametrize("name", [n for n in NAMES if n not in CANNOT_BE_NAN and n not in INDEX_OUTPUTS])
def test_S08_missing_values_at_the_start_of_an_input_move_the_output_and_change_nothing_else(name):
    columns, late = synthetic(), 37
    bars = to_bars(columns, EURUSD)
    fields = getattr(ta, name).inputs

    def begin_late(values):
        values[:late] = np.nan
        return values

    inputs = [ta.custom(begin_late, "1m", field, outputs="real", lookback=0) for field in fields.values()]
    node = getattr(ta, name)(*inputs)
    values = Graph([node], {"EURUSD": EURUSD}).evaluate(lambda *_: bars)

    trimmed = theirs(name, {n: v[late:] for n, v in columns.items()})
    for key, expected in zip(node.keys, trimmed, strict=True):
        np.testing.assert_array_equal(values[key][late:], expected.astype("f8"))
        if expected.dtype == np.float64:
            assert np.isnan(values[key][:late]).all()


@pytest.mark.golden
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("side", ["bid", "ask"])
def test_S07_ta_equals_talib_on_real_minute_bars_of_eurusd(name, side):
    columns = eurusd()
    bars = to_bars(columns, EURUSD)
    read = {n: columns[n if side == "bid" else f"ask_{n}"] for n in PRICES} | {"volume": np.zeros(len(bars))}

    assert_same(ours(name, bars, EURUSD, side), theirs(name, read))


@pytest.mark.golden
@pytest.mark.parametrize("name", NAMES)
def test_S07_ta_equals_talib_on_real_minute_bars_of_btcusd_with_volume(name):
    of, columns = symbol("BTCUSD"), btcusd()
    bars = to_bars(columns, of)

    assert_same(ours(name, bars, of), theirs(name, columns))
