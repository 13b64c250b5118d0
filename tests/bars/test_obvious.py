"""Bars against a builder one cannot get wrong: a dictionary of lists, and a calendar that tries every offset."""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from backtestr_lab.bars import bars_from_ticks, base_bars, boundaries, forming, partial, roll_up, trading_dates
from backtestr_lab.records import BAR, Ticks
from backtestr_lab.symbols import EURUSD
from backtestr_lab.units import DAY, HOUR, MINUTE, SECOND, WEEK, Timeframe, to_micros

EPOCH = dt.datetime(1970, 1, 1)
ANCHORS = [
    "UTC",
    "17:00 America/New_York",
    "00:00 America/New_York",
    "02:30 America/New_York",
    "01:30 Australia/Lord_Howe",
    "00:00 Pacific/Apia",
]
TIMEFRAMES = ["30s", "1m", "5m", "15m", "1h", "90m", "2h", "4h", "1d", "1w"]
STARTS = ["1969-12-31 23:58", "2024-03-08 20:00", "2024-11-01 19:59:30", "2011-12-29 08:00", "2018-04-06 00:00"]

# Equal times, both sides of a boundary, gaps of minutes, hours and days.
gaps = st.sampled_from(
    [0, 0, 1, SECOND, 29 * SECOND, 30 * SECOND, MINUTE - 1, MINUTE, 59 * MINUTE, HOUR, 5 * HOUR, DAY]
)


@st.composite
def tapes(draw):
    rows = draw(
        st.lists(st.tuples(gaps, st.integers(1, 40), st.integers(-6, 6), st.integers(0, 9)), min_size=1, max_size=60)
    )
    gap, bid, spread, volume = map(np.array, zip(*rows))
    ts = to_micros(draw(st.sampled_from(STARTS))) + np.cumsum(gap)
    return Ticks(ts, bid, bid + spread + 3, volume=volume if draw(st.booleans()) else None, symbol=EURUSD)


@cache
def instant(wall, zone):
    """The first instant at which the zone's clock shows `wall`, or the first after it that it shows (R7)."""
    while True:
        shown = []
        for quarter in range(-56, 61):  # UTC-14:00 .. UTC+15:00
            utc = wall - dt.timedelta(minutes=15 * quarter)
            if utc.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall:
                shown.append(utc)
        if shown:
            return (min(shown) - EPOCH) // dt.timedelta(microseconds=1)
        wall += dt.timedelta(minutes=1)


@cache
def day_grid(day, period, anchor):
    """The openings that the anchor of one local date begins."""
    clock, zone = ("00:00", "UTC") if anchor == "UTC" else anchor.split()
    hour, minute = map(int, clock.split(":"))
    start = EPOCH + dt.timedelta(days=day, hours=hour, minutes=minute)
    if period == WEEK:
        trading_day = start.date() + dt.timedelta(days=hour >= 12)
        return [instant(start, zone)] if trading_day.weekday() == 0 else []
    return [instant(start + dt.timedelta(microseconds=k), zone) for k in range(0, DAY, period)]


def span(ts, period, anchor):
    """The bar that an instant lies in: its opening and its end."""
    if period <= HOUR:
        return ts - ts % period, ts - ts % period + period
    grid = {t for day in range(ts // DAY - 9, ts // DAY + 10) for t in day_grid(day, period, anchor)}
    return max(t for t in grid if t <= ts), min(t for t in grid if t > ts)


def obvious_bars(ticks, timeframe, anchor):
    period = Timeframe.parse(timeframe).us
    groups = {}
    for i, t in enumerate(ticks.ts.tolist()):
        groups.setdefault(span(t, period, anchor), []).append(i)
    rows = []
    for (opened, end), group in groups.items():
        bids = [int(ticks.bid[i]) for i in group]
        asks = [int(ticks.ask[i]) for i in group]
        quotes = list(zip(bids, asks))
        effective = [(b, a) if b <= a else ((b + a) // 2, -(-(b + a) // 2)) for b, a in quotes]
        rows.append(
            (
                *(opened, end),
                *(bids[0], max(bids), min(bids), bids[-1]),
                *(asks[0], max(asks), min(asks), asks[-1]),
                0 if ticks.volume is None else sum(int(ticks.volume[i]) for i in group),
                len(group),
                group[0],
                max(b for b, _ in effective),
                min(b for b, _ in effective),
                max(a for _, a in effective),
                min(a for _, a in effective),
                sum(b > a for b, a in quotes),
            )
        )
    return rows


@settings(deadline=None, max_examples=300)
@given(tapes(), st.sampled_from(TIMEFRAMES), st.sampled_from(ANCHORS))
def test_R03_bars_equal_the_obvious_ones_field_by_field(ticks, timeframe, anchor):
    bars = bars_from_ticks(ticks, timeframe, anchor=anchor)

    assert bars.tolist() == obvious_bars(ticks, timeframe, anchor)


@settings(deadline=None, max_examples=100)
@given(tapes(), st.sampled_from(["1m", "1h", "4h"]))
def test_R05_mid_bars_are_made_of_the_floor_of_each_ticks_mid(ticks, timeframe):
    mids = Ticks(
        ticks.ts, [(b + a) // 2 for b, a in zip(ticks.bid.tolist(), ticks.ask.tolist())], ticks.ask, symbol=EURUSD
    )
    names = ["open", "high", "low", "close"]

    bars = bars_from_ticks(ticks, timeframe, side="mid")

    assert bars[names].tolist() == bars_from_ticks(mids, timeframe)[names].tolist()


@settings(deadline=None, max_examples=100)
@given(tapes(), st.sampled_from(ANCHORS))
def test_R10_rolling_up_in_steps_or_at_once_is_the_same(ticks, anchor):
    base = base_bars(ticks, 30 * SECOND)

    for ladder in (["1m", "5m", "15m", "1h"], ["2h", "4h", "1d", "1w"]):
        stepwise = base
        for timeframe in ladder:
            stepwise = roll_up(stepwise, timeframe, anchor)
            assert stepwise.tolist() == roll_up(base, timeframe, anchor).tolist()


@settings(deadline=None, max_examples=150)
@given(tapes(), st.sampled_from(TIMEFRAMES), st.sampled_from(ANCHORS), st.data())
def test_R10_bars_do_not_depend_on_where_loading_began_or_ended(ticks, timeframe, anchor, data):
    a, b = sorted(data.draw(st.lists(st.integers(int(ticks.ts[0]), int(ticks.ts[-1]) + 1), min_size=2, max_size=2)))
    whole = bars_from_ticks(ticks, timeframe, anchor=anchor)
    skipped = int(np.searchsorted(ticks.ts, a))

    part = bars_from_ticks(ticks.between(a, b), timeframe, anchor=anchor)

    cut = partial(part, a, b)
    assert not cut[1:-1].any()
    part["first"] += skipped
    inside = whole[(whole["ts"] >= a) & (whole["end"] <= b)]
    assert part[~cut].tolist() == inside.tolist()


@settings(deadline=None, max_examples=150)
@given(tapes(), st.sampled_from(TIMEFRAMES[1:]), st.sampled_from(ANCHORS), st.data())
def test_R10_the_forming_bar_is_the_last_bar_of_the_ticks_so_far(ticks, timeframe, anchor, data):
    upto = data.draw(st.integers(1, len(ticks)), "upto")
    base_knows = data.draw(st.integers(0, len(ticks)), "base bars know the ticks before")
    base = base_bars(ticks)
    base = base[base["first"] + base["ticks"] <= base_knows]
    last = bars_from_ticks(ticks[:upto], timeframe, anchor=anchor)[-1:]
    volume = np.empty(0, "i8") if ticks.volume is None else ticks.volume

    bar = forming(base, ticks.ts, ticks.bid, ticks.ask, volume, int(last["ts"][0]), int(last["end"][0]), upto)

    assert bar.dtype == BAR
    assert bar.tolist() == last.tolist()


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(STARTS), st.sampled_from(ANCHORS), st.integers(0, 12 * DAY))
def test_R07_a_trading_date_begins_and_ends_with_its_day(start, anchor, later):
    ts = to_micros(start) + later
    opened, end = boundaries("1d", anchor, ts, ts + 1)[:2]

    today, before, after = trading_dates([ts, opened - 1, end], anchor)

    assert trading_dates([opened, end - 1], anchor).tolist() == [today, today]
    assert before < today < after


def test_R01_a_forming_bar_without_a_tick_is_empty():
    ticks = Ticks([0, MINUTE], [10, 11], [12, 13], symbol=EURUSD)
    none = np.empty(0, "i8")

    bar = forming(base_bars(ticks), ticks.ts, ticks.bid, ticks.ask, none, MINUTE, 2 * MINUTE, 1)

    assert len(bar) == 0
