"""Asking a run about many instants, in any order (T1-T3)."""

import numpy as np
import pytest

import backtestr_lab as lab
from backtestr_lab import Strategy, pips
from backtestr_lab.records import Ticks
from backtestr_lab.symbols import EURUSD

START = 1_704_067_200_000_000
HOUR = 3_600_000_000


class Counts(Strategy):
    """Counts what it is called for; the array makes its memory large."""

    timeframe = "5m"
    times = ("02:00", "05:30", "11:00")

    def init(self):
        self.bars_seen = 0
        self.times_seen = 0
        self.closes = np.zeros(500)

    def on_bar(self, bar):
        self.closes[self.bars_seen % 500] = bar.close
        self.bars_seen += 1
        if not self.position:
            self.buy(1_000, stop_loss=pips(2), take_profit=pips(2))

    def on_time(self, now):
        self.times_seen += 1


def tape():
    """Three hours of trading, twelve of nothing, three more."""
    random = np.random.default_rng(5)
    ts = np.r_[np.arange(0, 3 * HOUR, 4_000_000), 15 * HOUR + np.arange(0, 3 * HOUR, 4_000_000)]
    bid = 110_000 + np.cumsum(random.integers(-4, 5, len(ts)))
    return Ticks(START + ts, bid, bid + 2, symbol=EURUSD)


@pytest.fixture(scope="module", params=[False, True], ids=["compiled", "python"])
def run(request):
    return lab.backtest(Counts, tape(), python=request.param)


def held(run, ts):
    found = run.at(ts).variables
    return found["bars_seen"], found["times_seen"], found["closes"].tolist()


def test_T03_variables_do_not_depend_on_the_order_of_questions(run):
    instants = list(range(run.start, run.end, 17 * 60_000_000))
    forwards = [held(run, ts) for ts in instants]

    assert [held(run, ts) for ts in reversed(instants)] == forwards[::-1]
    assert len({times for _, times, _ in forwards}) == 4


def test_T03_one_drive_through_many_instants_sees_what_single_questions_see(run):
    instants = np.arange(run.start, run.end, 7 * 60_000_000)
    taken = np.searchsorted(run.ticks.ts, instants, "right")
    rows = dict(run._trace.samples(instants, taken, run._held))

    now = None
    for row, ts in enumerate(instants.tolist()):
        now = rows.get(row, now)
        assert (now["bars_seen"], now["times_seen"], now["closes"].tolist()) == held(run, ts)
    assert 0 in rows


def test_T03_samples_of_more_memory_than_fits_at_once_are_the_same(run, monkeypatch):
    instants = np.arange(run.start, run.end, 11 * 60_000_000)
    taken = np.searchsorted(run.ticks.ts, instants, "right")
    whole = [(row, found["bars_seen"]) for row, found in run._trace.samples(instants, taken, run._held)]
    monkeypatch.setattr("backtestr_lab.runs.trace._ROWS_BYTES", 20_000)

    assert [(row, found["bars_seen"]) for row, found in run._trace.samples(instants, taken, run._held)] == whole


def test_P07_peak_and_drawdown_are_those_of_the_equity_points_so_far(run):
    equity = run.equity
    at = equity.index.as_unit("us").asi8

    for ts in [run.start, *at[::23].tolist(), run.end]:
        state = run.at(ts)
        assert state.peak == max([run.cash, *equity["equity"][: np.searchsorted(at, ts, "right")]])
        assert state.drawdown == pytest.approx(max(0, state.peak - state.equity), abs=1e-9)
    assert max(run.at(ts).drawdown for ts in at.tolist()[::7]) > 0


def test_P07_among_ticks_of_one_stamp_a_fill_counts_from_its_own_tick_on():
    ts = START + np.array([0, 59, 61, 61, 61, 130, 190]) * 1_000_000
    bid = np.array([110_000, 110_000, 110_000, 110_300, 110_000, 110_000, 110_000])
    run = lab.backtest(Takes, Ticks(ts, bid, bid, symbol=EURUSD))
    t = int(ts[2])

    assert [run.at(t, k).peak for k in range(4)] == [100_000, 100_000, 100_030, 100_030]


class Takes(Strategy):
    """Buys at the first bar's end, with a target twenty pips away."""

    def on_bar(self, bar):
        if not self.position:
            self.buy(10_000, take_profit=pips(20))
