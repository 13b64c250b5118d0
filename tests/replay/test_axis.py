"""Trading time: there, back, and what is cut."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from backtestr_lab.records import BAR
from backtestr_lab.replay.axis import TradingTime
from backtestr_lab.units import HOUR, MINUTE, to_micros


@st.composite
def cuts(draw):
    lengths = draw(st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 10**9)), max_size=8))
    edges = np.cumsum([length for pair in lengths for length in pair])
    return TradingTime(edges[::2], edges[1::2])


@settings(deadline=None)
@given(cuts(), st.lists(st.integers(0, 2 * 10**10), min_size=1))
def test_an_instant_outside_the_cuts_comes_back(time, instants):
    ts = np.array(instants)
    inside = ((ts[:, None] >= time.starts) & (ts[:, None] < time.ends)).any(axis=1)

    assert time.instant(time.x(ts[~inside])).tolist() == ts[~inside].tolist()


@settings(deadline=None)
@given(cuts(), st.lists(st.integers(0, 2 * 10**10), min_size=2))
def test_time_never_runs_backwards(time, instants):
    assert (np.diff(time.x(np.sort(instants))) >= 0).all()


def test_an_instant_inside_a_cut_lies_at_the_cut():
    time = TradingTime([10_000], [90_000])

    assert time.x([10_000, 50_000, 90_000]).tolist() == [10.0, 10.0, 10.0]
    assert time.instant([10.0]).tolist() == [90_000]


def test_a_weekend_is_cut_and_a_daily_pause_is_not():
    friday, sunday = to_micros("2014-05-02 20:59"), to_micros("2014-05-04 21:00")
    bars = np.zeros(4, BAR)
    bars["ts"] = [friday - HOUR, friday, sunday, sunday + HOUR]
    bars["end"] = bars["ts"] + MINUTE

    time = TradingTime.of_bars(bars)

    assert time.starts.tolist() == [friday + MINUTE]
    assert time.ends.tolist() == [sunday]


def test_many_cuts_are_not_marked():
    starts = np.arange(400) * 24 * HOUR

    assert len(TradingTime(starts, starts + HOUR).cut_lines()) == 0
    assert len(TradingTime(starts[:3], starts[:3] + HOUR).cut_lines()) == 3
