"""The synthetic market: the same everywhere, and shaped like a market."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

import backtestr_lab as lab

DAY = 86_400_000_000
MINUTE = 60_000_000


@pytest.fixture(scope="module")
def fortnight():
    return lab.sample("EURUSD", days=14)


def test_the_sample_is_the_same_on_every_machine():
    assert lab.sample("EURUSD", days=3).hash() == "a4fad1fc5574d055"
    assert lab.sample("BTCUSDT", days=1, seed=11, start="2024-03-09").hash() == "7426c2fe5b59893a"


def test_fewer_days_are_the_beginning_of_more(fortnight):
    week = lab.sample("EURUSD", days=5)
    head = fortnight[: len(week)]

    assert week.hash() == head.hash()
    assert fortnight.ts[len(week)] >= week.ts[0] // DAY * DAY + 5 * DAY


def test_seed_and_symbol_make_another_market():
    hashes = {lab.sample(s, days=1, seed=k).hash() for s in ("EURUSD", "USDJPY") for k in (1, 2)}

    assert len(hashes) == 4


@pytest.mark.parametrize("start", ["2024-01-01", "2024-03-04", "2024-07-01"])
def test_the_market_rests_from_friday_to_sunday_at_17_new_york(start):
    ticks = lab.sample("EURUSD", days=14, start=start)
    zone = ZoneInfo("America/New_York")
    gap = int(np.diff(ticks.ts).argmax())
    last, first = (dt.datetime.fromtimestamp(int(ticks.ts[i]) / 1e6, zone) for i in (gap, gap + 1))

    assert (last.weekday(), last.hour, first.weekday(), first.hour) == (4, 16, 6, 17)


def test_a_day_has_the_ticks_of_a_major_and_the_sessions_show(fortnight):
    day = (fortnight.ts - fortnight.ts[0] // DAY * DAY) // DAY
    hour = fortnight.ts % DAY // (60 * MINUTE)
    per_hour = np.bincount(hour[day < 4], minlength=24)

    assert (np.bincount(day)[:4] > 60_000).all()
    assert (np.bincount(day)[:4] < 100_000).all()
    assert per_hour[14] > 1.5 * per_hour[9] / 1.3 > per_hour[4] > 1.5 * per_hour[22]


def test_stamps_are_milliseconds_in_order_and_a_hundredth_of_them_repeat(fortnight):
    steps = np.diff(fortnight.ts)

    assert (fortnight.ts % 1000 == 0).all()
    assert (steps >= 0).all()
    assert 0.007 < (steps == 0).mean() < 0.015


def test_a_few_quotes_are_crossed_and_the_rest_have_a_spread(fortnight):
    spread = fortnight.ask - fortnight.bid

    assert 0.0003 < (spread < 0).mean() < 0.0008
    assert (spread != 0).all()
    assert 3 <= np.median(spread) <= 8


def test_the_spread_widens_at_the_rollover_and_in_wild_minutes(fortnight):
    spread = fortnight.ask - fortnight.bid
    of_day = fortnight.ts % DAY // MINUTE
    rollover = (of_day >= 22 * 60) & (of_day < 22 * 60 + 15)
    noon = (of_day >= 12 * 60) & (of_day < 13 * 60)
    minute = fortnight.ts // MINUTE
    starts = np.flatnonzero(np.r_[True, minute[1:] != minute[:-1]])
    moved = np.maximum.reduceat(fortnight.bid, starts) - np.minimum.reduceat(fortnight.bid, starts)
    width = np.add.reduceat(spread, starts) / np.diff(np.r_[starts, len(spread)])
    wild = moved > np.quantile(moved, 0.99)

    assert spread[rollover].mean() > 3 * spread[noon].mean()
    assert width[wild].mean() > 1.3 * np.median(width)


def test_volatility_clusters_tails_are_fat_and_returns_do_not_predict(fortnight):
    minute = fortnight.ts // MINUTE
    starts = np.flatnonzero(np.r_[True, minute[1:] != minute[:-1]])
    returns = np.diff(fortnight.bid[starts]).astype(float)
    size = np.abs(returns)

    assert np.corrcoef(size[:-10], size[10:])[0, 1] > 0.05
    assert (returns**4).mean() / returns.var() ** 2 > 5
    assert abs(np.corrcoef(returns[:-1], returns[1:])[0, 1]) < 0.05


def test_prices_are_near_the_symbols_level_and_stay_positive():
    levels = {name: lab.sample(name, days=2) for name in ("EURUSD", "USDJPY", "XAUUSD", "EQUITY")}
    medians = {name: float(np.median(t.bid)) / 10**t.symbol.digits for name, t in levels.items()}

    assert medians == pytest.approx({"EURUSD": 1.10, "USDJPY": 142, "XAUUSD": 2050, "EQUITY": 100}, rel=0.06)
    assert all((t.bid > 0).all() and (t.ask > 0).all() for t in levels.values())


def test_a_market_that_never_closes_has_weekends():
    ticks = lab.sample("BTCUSDT", days=2, start="2024-01-06")

    assert (np.bincount((ticks.ts - ticks.ts[0] // DAY * DAY) // DAY) > 40_000).all()


@pytest.mark.parametrize("days", [0, -1, 1.5, True, "5"])
def test_days_must_be_a_whole_number_above_zero(days):
    with pytest.raises(lab.OptionError, match=r"^days is .*; give a whole number above 0$"):
        lab.sample(days=days)


def test_an_unknown_symbol_is_refused_with_the_nearest():
    with pytest.raises(lab.SymbolError, match=r"unknown symbol 'EURUSDD'; did you mean 'EURUSD'\?"):
        lab.sample("EURUSDD")
