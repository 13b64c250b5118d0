"""Real files from disk to an answer about an instant: ingest, run, ask.

The Parquet file and the LEAN zips can be had from QuantConnect/Lean, folder Data/forex/fxcm/tick/eurusd; the Parquet
file holds the same ticks in UTC.
"""

import pytest

import backtestr_lab as lab
from backtestr_lab import Strategy, crossed_above, crossed_below, pips, ta

pytestmark = pytest.mark.golden


class Trend(Strategy):
    timeframe = "5m"

    def init(self):
        self.quick = ta.ema("5m", 10)
        self.calm = ta.ema("5m", 20)
        self.rsi = ta.rsi("1h", 14)

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm) and self.rsi[-1] < 70:
            self.buy(10_000, stop_loss=pips(10), take_profit=pips(15))
        elif crossed_below(self.quick, self.calm):
            self.close()


@pytest.fixture(scope="module")
def runs(data_dir, tmp_path_factory):
    """The same days out of the Parquet file and out of the zips."""
    folder = tmp_path_factory.mktemp("stores")
    made = []
    for name, source in {
        "parquet": data_dir / "normalised" / "EURUSD_fxcm_ticks_20140501_20140509_utc.parquet",
        "zips": data_dir / "lean" / "forex" / "fxcm" / "tick" / "eurusd",
    }.items():
        store = lab.Store(folder / f"{name}.duckdb")
        store.ingest(source, "EURUSD")
        made.append(lab.backtest(Trend, "EURUSD", "2014-05-02", "2014-05-09", store=store, commission="3.5/lot"))
    return made


def test_D03_two_formats_of_the_same_ticks_give_the_same_journal(runs):
    from_parquet, from_zips = runs

    assert from_parquet.journal.tobytes() == from_zips.journal.tobytes()
    assert from_parquet.manifest["ticks_sha256"] == from_zips.manifest["ticks_sha256"]
    assert len(from_parquet.trades) > 10


def test_R13_real_crossed_quotes_are_counted_and_said(runs):
    assert any("are crossed (bid above ask)" in w for w in runs[0].warnings)


def test_T01_the_payrolls_second_can_be_asked(runs):
    before = runs[0].at("2014-05-02 12:29:59.999")
    after = runs[0].at("2014-05-02 12:30:05")

    assert (before.tick.ask - before.tick.bid) < (after.forming("1m").ask_high - after.forming("1m").low)
    assert after.forming("1m").ticks > 0 and before.closed("1m") == after.closed("1m") - 1
    assert set(after.indicators) == {"quick", "calm", "rsi"}


def test_S02_python_writes_the_same_journal_on_real_ticks(runs, data_dir):
    again = lab.backtest(Trend, runs[0].ticks, "2014-05-02", "2014-05-09", commission="3.5/lot", python=True)

    assert again.journal.tobytes() == runs[0].journal.tobytes()
