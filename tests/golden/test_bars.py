"""Bars made of real ticks equal the vendors' own minute bars, bar for bar (R1-R6).

The files, and where they are public: LEAN's ticks and minute bars of FXCM and OANDA under Data/forex and Data/cfd of
QuantConnect/Lean; Dukascopy's .bi5 hours and M1 bid bars of 4 February 2019 under tests/__test-data__ of
Leo4815162342/dukascopy-node. The folder that BACKTESTR_DATA names holds them as lean/ and dukascopy/.
"""

import lzma
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from backtestr_lab.bars import bars_from_ticks, base_bars
from backtestr_lab.records import Ticks
from backtestr_lab.symbols import symbol
from backtestr_lab.units import HOUR, SECOND, to_micros, to_points

pytestmark = pytest.mark.golden

PRICES = ["open", "high", "low", "close", "ask_open", "ask_high", "ask_low", "ask_close"]
FXCM_MIDNIGHT = 5 * HOUR  # its days begin at 00:00 of a fixed UTC-05:00, summer and winter

# folder of the vendor, instrument, the data's midnight after UTC's, days that have both files
LEAN = {
    "fxcm": ("forex/fxcm", "EURUSD", FXCM_MIDNIGHT, 8),
    "oanda": ("forex/oanda", "EURUSD", 0, 3),
    "gold": ("cfd/oanda", "XAUUSD", 0, 2),
}


@pytest.fixture(scope="session")
def data_dir():
    if "BACKTESTR_DATA" not in os.environ:
        pytest.skip("BACKTESTR_DATA does not name the folder of real data")
    return Path(os.environ["BACKTESTR_DATA"])


def rows_of(path):
    """The numbers of a LEAN zip's one headerless csv."""
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
        return np.loadtxt(file, delimiter=",", ndmin=2)


def lean_ticks(path, instrument, midnight):
    milliseconds, bid, ask = rows_of(path).T[:3]
    ts = day_of(path) + midnight + np.rint(milliseconds * 1_000).astype("i8")
    return Ticks(ts, to_points(bid, instrument.digits), to_points(ask, instrument.digits), symbol=instrument)


def day_of(path):
    date = path.name[:8]
    return to_micros(f"{date[:4]}-{date[4:6]}-{date[6:]}")


def lean_bars(path, instrument, midnight):
    columns = rows_of(path).T
    ts = day_of(path) + midnight + columns[0].astype("i8") * 1_000
    prices = [to_points(columns[i], instrument.digits) for i in (1, 2, 3, 4, 6, 7, 8, 9)]
    return np.stack([ts, *prices], axis=1)


def as_rows(bars, *names):
    return np.stack([bars[name] for name in names], axis=1)


@pytest.mark.parametrize("vendor", LEAN)
def test_R03_minute_bars_of_lean_ticks_equal_leans_own(data_dir, vendor):
    folder, name, midnight, days = LEAN[vendor]
    instrument = symbol(name)
    ticks_of = {p.name: p for p in (data_dir / "lean" / folder / "tick" / name.lower()).glob("*_quote.zip")}
    bars_of = {p.name: p for p in (data_dir / "lean" / folder / "minute" / name.lower()).glob("*_quote.zip")}
    both = sorted(ticks_of.keys() & bars_of.keys())

    for file in both:
        bars = base_bars(lean_ticks(ticks_of[file], instrument, midnight))
        theirs = lean_bars(bars_of[file], instrument, midnight)
        assert len(theirs) > 100
        np.testing.assert_array_equal(as_rows(bars, "ts", *PRICES), theirs, err_msg=file)

    assert len(both) == days


def test_R13_fxcm_ticks_are_crossed_and_their_bars_equal_all_the_same(data_dir):
    path = data_dir / "lean/forex/fxcm/tick/eurusd/20140505_quote.zip"
    ticks = lean_ticks(path, symbol("EURUSD"), FXCM_MIDNIGHT)

    bars = base_bars(ticks)

    assert bars["crossed"].sum() == np.count_nonzero(ticks.bid > ticks.ask) > 1_000
    assert (bars["bid_max"] <= bars["high"]).all()
    assert (bars["ask_min"] >= bars["ask_low"]).all()


def test_R07_second_bars_of_lean_ticks_equal_leans_own(data_dir):
    eurusd = symbol("EURUSD")
    ticks = lean_ticks(data_dir / "lean/forex/fxcm/tick/eurusd/20140505_quote.zip", eurusd, FXCM_MIDNIGHT)

    bars = base_bars(ticks, SECOND)

    theirs = lean_bars(data_dir / "lean/forex/fxcm/second/eurusd/20140505_quote.zip", eurusd, FXCM_MIDNIGHT)
    np.testing.assert_array_equal(as_rows(bars, "ts", *PRICES), theirs)


@pytest.fixture
def dukascopy_day(data_dir):
    """EURUSD of 4 February 2019 (months count from 0 in the path); the volume is the bid's, in units."""
    columns = []
    for hour in range(24):
        packed = (data_dir / f"dukascopy/EURUSD/2019/01/04/{hour:02}h_ticks.bi5").read_bytes()
        rows = np.frombuffer(lzma.decompress(packed), ">u4,>u4,>u4,>f4,>f4")
        ts = to_micros("2019-02-04") + hour * HOUR + rows["f0"].astype("i8") * 1_000
        columns.append([ts, rows["f2"], rows["f1"], np.rint(rows["f4"].astype("f8") * 1e6).astype("i8")])
    ts, bid, ask, volume = (np.concatenate(column) for column in zip(*columns))
    return Ticks(ts, bid, ask, volume=volume, symbol=symbol("EURUSD"))


def test_R03_minute_bid_bars_of_dukascopys_ticks_equal_its_own(data_dir, dukascopy_day):
    packed = (data_dir / "dukascopy/EURUSD/2019/01/04/BID_candles_min_1.bi5").read_bytes()
    rows = np.frombuffer(lzma.decompress(packed), ">u4,>u4,>u4,>u4,>u4,>f4")
    seconds, opened, closed, low, high, volume = (rows[f"f{i}"] for i in range(6))

    bars = bars_from_ticks(dukascopy_day, "1m")

    theirs = np.stack([to_micros("2019-02-04") + seconds.astype("i8") * SECOND, opened, high, low, closed], axis=1)
    assert len(bars) == 24 * 60
    np.testing.assert_array_equal(as_rows(bars, "ts", "open", "high", "low", "close"), theirs)
    # R6; their sums are float32
    np.testing.assert_allclose(bars["volume"] / 1e6, volume, rtol=1e-5)
