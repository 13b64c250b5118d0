"""A session fed in pieces is the run over all of its ticks, whatever the cutting (C4, S8, T1, T2)."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import backtestr_lab as lab
from backtestr_lab import Indicator, Strategy, pips, ta
from backtestr_lab.errors import DataError, OptionError, RunStopped, StrategyError, TickOrderError
from backtestr_lab.records import Ticks
from backtestr_lab.symbols import EURUSD, symbol
from backtestr_lab.units import MINUTE, Timeframe

START = 1_704_067_200_000_000 + 20 * 3_600_000_000
HOUR = 3_600_000_000
COSTS = {"swap": (-3, 1), "slippage": "0..2points", "commission": "3.5/lot", "latency": "0..900ms", "hedging": True}


class Middle(Indicator):
    """Of the user's own, so it is tried for look-ahead."""

    inputs = ("high", "low")

    def calculate(self, high, low):
        return (high + low) / 2


class Busy(Strategy):
    """Asks for everything that has to grow: bars, forming bars, indicators of many timeframes, orders of all kinds."""

    timeframe = ("1m", "1h")
    times = ("21:05", "23:30", "00:10")

    def init(self):
        self.rsi = ta.rsi("5m", 5)
        self.fast = ta.ema("1m", 4)
        self.slow = ta.sma(self.fast, 3)
        self.days = ta.sma("1d", 1)
        self.mid = ta.sma("15m", 2, side="mid")
        self.middle = Middle("5m")
        self.seen = 0
        self.sum = 0.0
        self.ticks = 0

    def on_bar(self, bar):
        self.seen += 1
        for value in (self.rsi[-1], self.slow[-1], self.days[-1], self.mid[-1], self.middle[-1], self.fast.forming):
            if value == value:
                self.sum += value
        last = self.bars("5m", 4)
        if len(last.close) > 1:
            self.sum += last.close[0] - last.high[-1] + last.ticks[-1] + last.open[-1] + last.low[0]
        if self.seen % 3 == 0:
            self.buy(10_000, stop_loss=pips(3), trail=pips(2))
        if self.seen % 5 == 0:
            self.sell(5_000, limit=bar.close + 0.0003, tif="DAY")
        if self.seen % 11 == 0:
            self.buy(5_000, stop=bar.close + 0.0004, take_profit=pips(2))
        if self.forming("4h").ticks % 7 == 3:
            self.close()

    def on_time(self, now):
        self.cancel_all()

    def on_fill(self, fill):
        self.sum += fill.price

    def on_end(self):
        self.seen += 1000


class EveryTick(Busy):
    def on_tick(self, tick):
        self.ticks += 1
        self.sum += tick.bid + self.forming("5m").high + self.forming("1d").ticks + tick.volume
        if self.ticks % 401 == 0:
            self.sell(1_000, trailing_stop=pips(2))


def market(seed, n=2500, hours=7):
    """Ticks at any distance, some at one stamp and some hours apart, some crossed."""
    random = np.random.default_rng(seed)
    steps = random.choice([0, 1, 900_000, 20_000_000], n, p=[0.1, 0.1, 0.5, 0.3])
    steps[random.integers(0, n, 4)] = hours * HOUR // 4
    bid = 110_000 + np.cumsum(random.integers(-6, 7, n))
    ask = bid + random.integers(-1, 5, n)
    return Ticks(START + 7 + np.cumsum(steps), bid, ask, volume=random.integers(1, 9, n), symbol=EURUSD)


def decimal(ticks, i):
    """Tick i as a feed tells it."""
    return int(ticks.ts[i]), ticks.bid[i] / 1e5, ticks.ask[i] / 1e5, 0.0, 0.0, float(ticks.volume[i])


def feed_cut(target, ticks, random, most=400):
    """Feed all ticks in pieces: one by one as a feed tells them, or some together in any form; now and then time."""
    i = 0
    while i < len(ticks):
        size = int(random.choice([1, 1, 1, 1, 2, 30, most]))
        piece = ticks[i : i + size]
        times, bid, ask = piece.ts.astype("M8[us]"), piece.bid / 1e5, piece.ask / 1e5
        form = int(random.integers(3))
        if size == 1:
            target.feed(decimal(ticks, i))
        elif form == 0:
            target.feed(piece)
        elif form == 1:
            target.feed(pd.DataFrame({"time": times, "bid": bid, "ask": ask, "volume": piece.volume}))
        else:
            target.feed((piece.ts, bid, ask, 0 * bid, 0 * bid, piece.volume))
        i += size
        if i < len(ticks) and random.random() < 0.05:
            target.advance(int(random.integers(piece.ts[-1], ticks.ts[i] + 1)))


def assert_equal(one, other):
    assert one.journal.tobytes() == other.journal.tobytes()
    assert one._cursors.tobytes() == other._cursors.tobytes()
    assert one._orders.tobytes() == other._orders.tobytes()
    assert str(one.at(one.last).to_dict()) == str(other.at(other.last).to_dict())


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("strategy", [Busy, EveryTick])
def test_C04_a_session_cut_anyhow_is_the_run_over_all_ticks(seed, strategy):
    ticks, random = market(seed), np.random.default_rng(seed)
    options = COSTS | {"close_at_end": bool(seed % 2), "crossed": ("keep", "drop", "swap")[seed % 3]}
    whole = lab.backtest(strategy, ticks, **options)
    session = lab.Session(strategy, "EURUSD", **options)
    feed_cut(session, ticks, random)

    run = session.finish()

    assert len(run.journal) > 300
    assert_equal(run, whole)
    assert run.manifest["ticks_sha256"] == whole.manifest["ticks_sha256"]
    assert str(run.stats) == str(whole.stats)


def test_C04_a_session_in_cpython_is_the_run_over_all_ticks():
    ticks, random = market(3, 700), np.random.default_rng(3)
    session = lab.Session(EveryTick, "EURUSD", python=True, **COSTS)
    feed_cut(session, ticks, random)

    assert_equal(session.finish(), lab.backtest(EveryTick, ticks, **COSTS))


@pytest.mark.parametrize("limit", [{"drawdown": "0.02%"}, {"daily_loss": 15}, {"liquidity": "quoted"}])
def test_C04_limits_and_liquidity_are_those_of_the_whole_run(limit):
    ticks, random = market(5), np.random.default_rng(5)
    session = lab.Session(Busy, "EURUSD", **limit)
    feed_cut(session, ticks, random)

    assert_equal(session.finish(), lab.backtest(Busy, ticks, **limit))


@pytest.mark.parametrize("warmup", ["auto", 30, 0])
def test_S08_history_feeds_indicators_as_the_ticks_before_the_start_do(warmup):
    ticks, random = market(8), np.random.default_rng(8)
    start = int(ticks.ts[900]) // MINUTE * MINUTE
    cut = int(np.searchsorted(ticks.ts, start))
    session = lab.Session(Busy, "EURUSD", start, history=ticks[:cut], warmup=warmup)
    feed_cut(session, ticks[cut:], random)

    run = session.finish()

    assert_equal(run, lab.backtest(Busy, ticks, start, warmup=warmup))
    assert run._job.loaded < start or warmup == 0


def test_S08_arrays_grow_far_beyond_their_first_room():
    """More minutes and ticks than there is room for at first, a day longer than boundaries are known for."""
    random = np.random.default_rng(2)
    ts = START + np.cumsum(random.integers(1, 5, 6000)) * 20_000_000
    ts[4500:] += 800 * 24 * HOUR
    bid = 110_000 + np.cumsum(random.integers(-6, 7, 6000))
    ticks = Ticks(ts, bid, bid + 2, symbol=EURUSD)
    session = lab.Session(Busy, "EURUSD", commission="1/order")
    session.feed(ticks[:100])
    for i in range(100, 6000):
        session.feed((int(ts[i]), bid[i] / 1e5, (bid[i] + 2) / 1e5))

    run = session.finish()

    assert len(run.bars("1m")) > 2048
    assert_equal(run, lab.backtest(Busy, ticks, commission="1/order"))


def test_T02_the_run_of_a_session_is_the_whole_run_up_to_there():
    ticks = market(4)
    whole = lab.backtest(EveryTick, ticks, **COSTS)
    session = lab.Session(EveryTick, "EURUSD", **COSTS)
    runs = []
    for a in range(0, 2500, 500):
        session.feed(ticks[a : a + 500])
        runs.append((session.now, session.run))
    session.finish()

    for now, run in runs:
        assert run.last == now
        n = len(run.journal)
        assert run.journal.tobytes() == whole.journal[:n].tobytes()
        for ts in (now - HOUR, now):
            at = int(np.searchsorted(run.ticks.ts, ts, "right")) - int(np.searchsorted(run.ticks.ts, ts, "left"))
            assert str(run.at(ts, tick=at).to_dict()) == str(whole.at(ts, tick=at).to_dict())
        assert len(run.equity) > 10 and len(run.audit()) == len(whole.audit())


def test_T01_a_run_stays_what_it_was_while_its_session_goes_on():
    ticks = market(6)
    session = lab.Session(Busy, "EURUSD")
    session.feed(ticks[:1000])
    run = session.run
    before = run.journal.tobytes(), run._orders.tobytes(), run.bars("1h").tobytes(), str(run.at(run.last).to_dict())
    session.feed(ticks[1000:])

    after = run.journal.tobytes(), run._orders.tobytes(), run.bars("1h").tobytes(), str(run.at(run.last).to_dict())

    assert after == before
    assert len(session.run.journal) > len(run.journal)


def test_C02_time_passes_without_ticks():
    class Bars(Strategy):
        timeframe = "5m"
        times = ("20:30",)

        def init(self):
            self.bars_seen = self.times_seen = 0

        def on_bar(self, bar):
            self.bars_seen += 1

        def on_time(self, now):
            self.times_seen += 1

    session = lab.Session(Bars, "EURUSD")
    session.feed((START + 1, 1.1, 1.1001))
    seen = []
    for until in (START + 5 * MINUTE - 1, START + 5 * MINUTE, START + 30 * MINUTE):
        session.advance(until)
        found = session.run.at(until).variables
        seen.append((found["bars_seen"], found["times_seen"]))

    assert seen == [(0, 0), (1, 0), (1, 1)]
    assert session.market.closed("1h") == 0
    assert session.market.closed("5m") == 1


NAN = float("nan")
WRONG = {
    "older": ((START + 5, 1.1, 1.1001), TickOrderError, "older than"),
    "nan": ((START + 50_000_000, NAN, 1.1001), DataError, "bid nan"),
    "zero": ((START + 50_000_000, 1.1, 0.0), DataError, "ask 0.0"),
    "infinite": ((START + 50_000_000, 1.1, float("inf")), DataError, "ask inf"),
    "text": ((START + 50_000_000, "1.1", 1.1001), DataError, "bid '1.1'"),
    "size": ((START + 50_000_000, 1.1, 1.1001, -1, 1), DataError, "bid_size -1"),
    "two values": ((START + 50_000_000, 1.1), DataError, "2 values"),
    "time": (("soon", 1.1, 1.1001), OptionError, "ts 'soon'"),
    "table": (pd.DataFrame({"time": [START], "x": [1.1]}), DataError, "bid"),
    "one of many": (
        ((START + 50_000_000) + np.arange(3), [1.1, NAN, 1.1], [1.2, 1.2, 1.2]),
        DataError,
        "bid is not a number",
    ),
    "not sorted": ((START + 50_000_000 - np.arange(3), [1.1] * 3, [1.2] * 3), TickOrderError, ""),
    "lengths": (([START + 50_000_000], [1.1, 1.1], [1.2, 1.2]), DataError, "different lengths"),
    "columns": (([START + 50_000_000], [1.1]), DataError, "2 columns"),
    "another symbol": (Ticks([START], [15000], [15001], symbol=symbol("USDJPY")), OptionError, "USDJPY"),
    "nothing": (7, DataError, "int is nothing"),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("make", [lambda: lab.Session(Busy, "EURUSD"), lambda: lab.MarketState(symbol="EURUSD")])
def test_R12_wrong_ticks_are_refused_in_one_line_and_nothing_is_lost(what, make):
    ticks, (given, error, says) = market(1, 300), WRONG[what]
    target, other = make(), make()
    for one in (target, other):
        one.feed(ticks[:3])
        one.feed((START + 40_000_000, 1.1, 1.1001))
    with pytest.raises(error) as caught:
        target.feed(given)
    for one in (target, other):
        one.feed((START + 60_000_000, 1.1, 1.1001))

    assert says in str(caught.value) and "\n" not in str(caught.value)
    if isinstance(target, lab.Session):
        assert_equal(target.finish(), other.finish())
    else:
        assert target.records("1m").tobytes() == other.records("1m").tobytes()
        assert target.forming("1h") == other.forming("1h")


def test_S05_an_error_of_the_strategy_ends_the_session_and_keeps_its_run():
    class Fails(Strategy):
        def init(self):
            self.ticks = 0

        def on_tick(self, tick):
            self.ticks += 1
            if self.ticks == 5:
                self.ticks //= 0
            self.buy(1000)

    ticks = market(1, 20)
    session = lab.Session(Fails, "EURUSD")
    with pytest.raises(StrategyError, match="ZeroDivisionError") as caught:
        for i in range(20):
            session.feed(decimal(ticks, i))

    whole = pytest.raises(StrategyError, lab.backtest, Fails, ticks).value
    assert caught.value.run.journal.tobytes() == whole.run.journal.tobytes()
    assert session.run.n_ticks == 5
    with pytest.raises(StrategyError, match="has ended by an error"):
        session.feed(decimal(ticks, 6))


def test_S06_a_session_that_was_interrupted_goes_on_and_loses_nothing():
    ticks = market(7)
    session = lab.Session(Busy, "EURUSD")
    session.feed(ticks[:500])
    session._machine.flag[0] = 1
    with pytest.raises(RunStopped) as caught:
        session.feed(ticks[500:1200])
    session.feed(ticks[1200:])

    whole = lab.backtest(Busy, ticks)
    assert 0 < len(caught.value.run.journal) < len(whole.journal)
    assert_equal(session.finish(), whole)


def test_what_a_session_cannot_do_is_said():
    session = lab.Session(Busy, "EURUSD", end=START + HOUR)
    with pytest.raises(DataError, match="no tick"):
        session.finish()
    session.feed((START, 1.1, 1.1001))
    with pytest.raises(DataError, match="not before the end"):
        session.feed((START + HOUR, 1.1, 1.1001))
    session.finish()
    with pytest.raises(OptionError, match="finished"):
        session.feed((START + 1, 1.1, 1.1001))
    with pytest.raises(OptionError, match="one symbol"):
        lab.Session(Busy, ["EURUSD", "USDJPY"])
    with pytest.raises(OptionError, match="before the start"):
        lab.Session(Busy, "EURUSD", START + 5, history=market(1))
    with pytest.raises(OptionError, match="needs sizes"):
        lab.Session(Busy, "EURUSD", liquidity="quoted").feed((START, 1.1, 1.1001))


@pytest.mark.parametrize("seed", range(8))
def test_R10_a_market_state_fed_anyhow_has_the_bars_of_all_its_ticks(seed):
    instrument = EURUSD if seed % 2 else replace(EURUSD, anchor="17:00 America/New_York")
    ticks = market(seed, hours=60)
    ticks = Ticks(**ticks._columns(), symbol=instrument)
    frames = ["10s", "1m", "5m", "1h", "4h", "1d", "1w"]
    state = lab.MarketState(frames, symbol=instrument)
    feed_cut(state, ticks, np.random.default_rng(seed))

    for frame in frames:
        bars = lab.bars_from_ticks(ticks, frame)
        closed = int(np.searchsorted(bars["end"], state.now, "right"))
        assert state.closed(frame) == closed
        assert state.records(frame).tobytes() == bars[:closed].tobytes()
        assert state.forming(frame)[2:6] == tuple(bars[closed][n] / 1e5 for n in ("open", "high", "low", "close"))
        assert state.forming(frame).ticks == bars[closed]["ticks"]
        assert state.bars(frame, 3).close.tolist() == (bars["close"][:closed][-3:] / 1e5).tolist()
    assert state.tick == decimal(ticks, len(ticks) - 1) + (0,)


def test_C02_a_market_state_closes_bars_by_the_clock():
    state = lab.MarketState(["1m", "1d"], symbol="EURUSD")
    state.feed((START + 5, 1.1, 1.1001))
    before = state.closed("1m")
    state.advance(START + MINUTE)

    assert (before, state.closed("1m"), state.closed("1d")) == (0, 1, 0)
    assert state.forming("1m").ticks == 0 and np.isnan(state.forming("1m").close)
    with pytest.raises(TickOrderError):
        state.feed((START + MINUTE - 1, 1.1, 1.1001))
    assert Timeframe.parse("1m") in state.timeframes
