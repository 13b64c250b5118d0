"""Ticks that are larger than memory: a run that reads its store in chunks is the run in memory (C4, T)."""

import threading

import numpy as np
import pandas as pd
import pytest

import backtestr_lab as lab
from backtestr_lab import Strategy, pips, ta
from backtestr_lab.records import Ticks
from backtestr_lab.replay.blocks import Blocks
from backtestr_lab.replay.frames import frame
from backtestr_lab.runs import streamed_market, streaming
from backtestr_lab.runs.levels import levels_of
from backtestr_lab.symbols import EURUSD

MINUTE = 60_000_000
START = 1_706_659_200_000_000  # 2024-01-31: the next month begins within the tape
DAY = 86_400_000_000


class Busy(Strategy):
    """Everything that reads ticks: bars, forming bars, trailing stops, resting limits, single ticks, the mid."""

    timeframe = "1m"
    times = ("23:59", "00:01")

    def init(self):
        self.calm = ta.sma("1m", 3)
        self.middle = ta.ema("5m", 2, side="mid")
        self.seen = 0
        self.high = 0.0
        self.told = 0
        self.total = 0.0

    def on_bar(self, bar):
        if not self.position:
            self.buy(1_000, trail=pips(1), take_profit=pips(3))
            self.sell(2_000, limit=bar.close + 0.0002, stop_loss=pips(2), tag="limit")
        elif self.calm[-1] > bar.close:
            self.close()

    def on_tick(self, tick):
        self.seen += 1
        # Rarely, so that what formed meanwhile lies before the window.
        if self.seen % 37 == 0:
            hour = self.forming("1h")
            self.high = max(self.high, hour.high)
            self.total += hour.volume + hour.ticks + self.calm.forming
            if self.middle[-1] == self.middle[-1]:
                self.total += self.middle[-1]

    def on_time(self, now):
        self.told += 100

    def on_fill(self, fill):
        self.told += 1


class Slow(Strategy):
    """Bars only: most ticks are passed without a look."""

    timeframe = "5m"

    def init(self):
        self.bars_seen = 0

    def on_bar(self, bar):
        self.bars_seen += 1
        if not self.position:
            self.buy(1_000, stop_loss=pips(2), take_profit=pips(2), trail=pips(1))


def tape(count, seed=3):
    """Ticks around the end of a month: equal stamps, minutes without a tick, crossed quotes, sizes."""
    random = np.random.default_rng(seed)
    gaps = random.choice([0, 0, 1, 900_000, 7_000_000, 200_000_000], count, p=[0.2, 0.1, 0.1, 0.3, 0.28, 0.02])
    ts = START + DAY - int(gaps.sum()) // 2 + np.cumsum(gaps)
    bid = 110_000 + np.cumsum(random.integers(-4, 5, count))
    sizes = {name: random.integers(1, 2_000, count) for name in ("bid_size", "ask_size", "volume")}
    return Ticks(ts, bid, bid + random.integers(-1, 4, count), symbol=EURUSD, **sizes)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = lab.Store(tmp_path_factory.mktemp("store") / "ticks.duckdb")
    store.ingest(tape(3_000))
    store.ingest(lab.sample("GBPUSD", days=1))
    return store


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    store = lab.Store(tmp_path_factory.mktemp("few") / "ticks.duckdb")
    store.ingest(tape(300))
    return store


@pytest.fixture(scope="module")
def whole(store):
    return lab.backtest(Busy, "EURUSD", store=store, stream=False)


def same(one, other):
    """Everything a user can see of two runs."""
    assert one.journal.tobytes() == other.journal.tobytes()
    assert (one._cursors == other._cursors).all()
    assert one._orders.tobytes() == other._orders.tobytes()
    for name in ("trades", "orders", "fills", "events", "positions", "equity"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert repr(one.stats) == repr(other.stats)
    assert one._points["low"].tolist() == other._points["low"].tolist()
    assert one.manifest == other.manifest
    assert one.warnings == other.warnings
    for mine, theirs in zip(levels_of(one).values(), levels_of(other).values()):
        assert mine.tolist() == theirs.tolist()


def same_at(one, other, count, seed=1):
    """And at any instant, in any order."""
    random = np.random.default_rng(seed)
    ts = one.ticks.ts
    for i in random.integers(0, len(ts), count).tolist():
        when = int(ts[i]) + int(random.integers(-1, 2))
        if not one.start <= when <= one.last:
            continue
        stamped = int(np.searchsorted(ts, when, "right") - np.searchsorted(ts, when, "left"))
        tick = int(random.integers(0, stamped + 1))
        mine, theirs = one.at(when, tick), other.at(when, tick)
        assert repr(mine.to_dict()) == repr(theirs.to_dict())
        assert mine.tick == theirs.tick and mine.quotes == theirs.quotes
        assert mine.drawdown == theirs.drawdown


@pytest.mark.parametrize("rows", [100, 1000, True])
def test_C04_a_run_in_chunks_is_the_run_in_memory(store, whole, rows):
    run = lab.backtest(Busy, "EURUSD", store=store, stream=rows)

    assert len(run.trades) > 50 and run.ticks.ts[-1] == whole.ticks.ts[-1]
    same(run, whole)
    same_at(run, whole, 25)


@pytest.mark.parametrize("rows", [1, 7])
def test_C04_chunks_of_a_few_ticks_change_nothing(few, rows):
    run = lab.backtest(Busy, "EURUSD", store=few, stream=rows)
    in_memory = lab.backtest(Busy, "EURUSD", store=few, stream=False)

    assert len(run.journal) > 10
    same(run, in_memory)
    same_at(run, in_memory, 6)


@pytest.mark.parametrize("strategy", [Busy, Slow])
@pytest.mark.parametrize(
    "options",
    [
        {"python": True},
        {"skip": False},
        {"crossed": "drop"},
        {"crossed": "swap", "liquidity": "quoted", "latency": "20..80ms", "slippage": "0..3points"},
        {"hedging": True, "drawdown": "5%", "close_at_end": True, "swap": (-6.5, 2)},
        {"timeframes": ["10s", "1m"], "warmup": 30, "start": "2024-01-31 23:30", "end": "2024-02-01 00:20:03"},
    ],
    ids=lambda options: ",".join(options),
)
def test_C04_whatever_the_options(store, strategy, options):
    run, in_memory = (
        lab.backtest(strategy, "EURUSD", store=store, stream=stream, **options) for stream in (211, False)
    )

    assert len(run.journal) > 0
    same(run, in_memory)
    same_at(run, in_memory, 5)


def test_T03_variables_of_many_instants_are_those_in_memory(store, whole):
    run = lab.backtest(Busy, "EURUSD", store=store, stream=300)
    instants = np.arange(run.start, run.end, 3 * MINUTE)
    taken = np.searchsorted(whole.ticks.ts, instants, "right")

    def told(run):
        return [(row, held["seen"], held["total"]) for row, held in run._trace.samples(instants, taken, run._held)]

    assert told(run) == told(whole)


def test_T01_the_replay_shows_the_same(store, whole):
    run = lab.backtest(Busy, "EURUSD", store=store, stream=300)
    mine, theirs = Blocks(run), Blocks(whole)
    keys = list(theirs.keys())

    assert list(mine.keys()) == keys
    for key in keys:
        assert mine.get(key) == theirs.get(key), key
    for when in np.linspace(run.start, run.end, 7).astype("i8").tolist():
        assert repr(frame(run, when)) == repr(frame(whole, when))


def test_T04_the_story_of_an_order_is_the_same(store, whole):
    run = lab.backtest(Busy, "EURUSD", store=store, stream=97)

    for order in run.orders.index[::9].tolist():
        assert str(run.explain(order)) == str(whole.explain(order))


def test_D02_the_second_run_reads_its_ticks_once(store, monkeypatch):
    streamed_market._known.clear()
    reads = []
    chunks = lab.store.stream.TickRange.chunks
    monkeypatch.setattr(lab.store.stream.TickRange, "chunks", lambda *a: reads.append(a[2:]) or chunks(*a))
    runs = [lab.backtest(Slow, "EURUSD", store=store, stream=1000) for _ in range(2)]

    assert reads[0] == () and len(reads) == 3 and all(start for (start,) in reads[1:])
    assert runs[0].journal.tobytes() == runs[1].journal.tobytes()


def test_S06_an_interrupt_between_chunks_keeps_a_prefix(store, whole):
    main = threading.main_thread().ident
    told = []

    def progress(share, ticks):
        told.append((share, ticks))
        if ticks > 500 and len(told) < 10_000:
            raise KeyboardInterrupt

    assert main == threading.get_ident()
    with pytest.raises(lab.RunStopped, match="interrupted") as stopped:
        lab.backtest(Busy, "EURUSD", store=store, stream=3, progress=progress)
    run = stopped.value.run

    n = len(run.journal)
    assert 0 < told[-1][0] < 1 and 500 < told[-1][1] < 3_000
    assert 0 < n < len(whole.journal)
    assert run.journal.tobytes() == whole.journal[:n].tobytes()
    assert run.at(run.last).variables["seen"] > 100
    assert store.span("EURUSD")  # nothing is held open


def test_S06_python_callbacks_are_interrupted_alike(store, whole):
    class Stops(Busy):
        def on_fill(self, fill):
            self.told += 1
            if self.told == 20:
                raise ValueError("enough")

    runs = []
    for stream in (50, False):
        with pytest.raises(lab.StrategyError, match="enough") as stopped:
            lab.backtest(Stops, "EURUSD", store=store, stream=stream, python=True)
        runs.append(stopped.value.run)

    assert runs[0].journal.tobytes() == whole.journal[: len(runs[0].journal)].tobytes()
    assert runs[0].stopped == runs[1].stopped
    assert runs[0].at(runs[0].last).variables == runs[1].at(runs[1].last).variables


def test_ticks_that_were_changed_meanwhile_are_one_line(tmp_path):
    store = lab.Store(tmp_path / "ticks.duckdb")
    ticks = tape(2_000)
    store.ingest(ticks)
    run = lab.backtest(Slow, "EURUSD", store=store, stream=100)
    later = ticks.ts[-1] + MINUTE
    store.ingest(Ticks([later], [110_000], [110_001], symbol=EURUSD))

    with pytest.raises(
        lab.StoreError, match="the ticks of EURUSD in .* were changed while a run streamed them; run it"
    ):
        run.ticks.bid[:]


def test_ticks_are_streamed_by_themselves_where_they_take_half_of_the_memory(store, monkeypatch):
    size = store.ticks("EURUSD").nbytes
    monkeypatch.setattr(streaming, "memory", lambda: 2 * size)
    assert not streaming.is_streamed(lab.backtest(Slow, "EURUSD", store=store))
    monkeypatch.setattr(streaming, "memory", lambda: 2 * size - 2)

    assert streaming.is_streamed(lab.backtest(Slow, "EURUSD", store=store))
    assert not streaming.is_streamed(lab.backtest(Slow, "EURUSD", store=store, stream=False))
    assert not streaming.is_streamed(lab.backtest(Slow, ["EURUSD", "GBPUSD"], store=store))


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (["EURUSD", "GBPUSD"], {}, "stream=True is for one symbol, and this run has EURUSD, GBPUSD; leave it out"),
        (None, {}, "stream=True is for ticks of a store, and these are in memory already; leave it out"),
        ("EURUSD", {"stream": 0}, "stream is 0; give True, False or a number of rows"),
        ("EURUSD", {"stream": "yes"}, "stream is 'yes'; give True, False or a number of rows"),
        ("EURUSD", {"spread": 3}, "spread is for feeds of single prices; EURUSD has its own asks"),
        ("EURUSD", {"currency": "GBP", "convert": {"USD": "GBPUSD"}}, "GBPUSD would convert money, and a run that str"),
    ],
)
def test_what_cannot_be_streamed_is_one_line(store, data, options, message):
    given = lab.sample("EURUSD", days=1) if data is None else data

    with pytest.raises(lab.OptionError, match=message):
        lab.backtest(Slow, given, store=store, **{"stream": True} | options)


def test_what_needs_all_ticks_at_once_says_so(store):
    run = lab.backtest(Slow, "EURUSD", store=store, stream=True)

    with pytest.raises(lab.OptionError, match=r"check_lookahead\(\) needs all ticks in memory, and this run streams"):
        run.check_lookahead()
    with pytest.raises(lab.OptionError, match=r"intrabar\(\) needs all ticks in memory"):
        run.intrabar()


def test_columns_are_read_as_arrays_are(store, whole):
    mine, theirs = lab.backtest(Slow, "EURUSD", store=store, stream=100).ticks, whole.ticks
    stamps = np.concatenate([theirs.ts[::7], theirs.ts[::5] + 1, theirs.ts[::11] // MINUTE * MINUTE, [0, 2**60]])

    for side in ("left", "right"):
        assert np.searchsorted(mine.ts, stamps, side).tolist() == np.searchsorted(theirs.ts, stamps, side).tolist()
    for index in (
        0,
        -1,
        1234,
        slice(5, 9),
        slice(990, 2010),
        slice(9, 5),
        slice(None, None, 500),
        stamps[:0].astype("i8"),
    ):
        assert np.array_equal(mine.bid[index], theirs.bid[index])
    assert np.array_equal(mine.ask[np.array([[2999, 3], [1000, 1001]])], theirs.ask[[[2999, 3], [1000, 1001]]])
    assert np.array_equal(mine.volume, theirs.volume) and len(mine[:10]) == 10
    assert mine.between(int(stamps[3]), int(stamps[9])).hash() == theirs.between(int(stamps[3]), int(stamps[9])).hash()
    with pytest.raises(IndexError):
        mine.ts[3000]
