"""`run.check_lookahead()`: cheats are found and named, honest runs are clean, blind spots are said (S4, S7, S10)."""

import random

import numpy as np
import pandas as pd
import pytest

import backtestr_lab as lab
from backtestr_lab import Strategy, crossed_above, crossed_below, pips, ta
from backtestr_lab.bars import bars_from_ticks, to_frame
from backtestr_lab.errors import OptionError
from backtestr_lab.runs import lookahead
from backtestr_lab.runs.altered import CUT, FALLING, RISING, altered_ticks
from backtestr_lab.runs.foresight import foresight
from backtestr_lab.runs.line import line_of
from backtestr_lab.units import HOUR

TICKS = lab.sample("EURUSD", days=4)
HOURS = to_frame(bars_from_ticks(TICKS, "1h"), TICKS.symbol)
BIDS = TICKS.bid[::20] / 1e5
NOISE = pd.Series(np.random.default_rng(4).normal(size=400), pd.date_range("2024-01-01", periods=400, freq="15min"))


class Trend(Strategy):
    timeframe = "5m"

    def init(self):
        self.quick, self.calm = ta.ema("5m", 10), ta.ema("5m", 20)
        self.seen = np.full(5, np.nan)

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm):
            self.buy(10_000, stop_loss=pips(10), take_profit=pips(15))
        elif crossed_below(self.quick, self.calm):
            self.close()


class Follows(Strategy):
    """Goes where a series lies; `series_of` says which."""

    timeframe = "1h"

    def init(self):
        self.ahead = self.series_of()

    def on_bar(self, bar):
        if self.ahead[-1] > bar.close:
            self.buy(10_000)
        else:
            self.close()

    def series_of(self):
        return ta.sma("1h", 3)


def follows(node):
    """A `Follows` over an indicator."""
    return type("Follows", (Follows,), {"series_of": lambda self: node, "on_bar": Follows.on_bar})


def in_one_hour_of_the_day(values, ts, ahead):
    """The values with those of ten o'clock taken from later bars: no prefix the causality check takes ends there."""
    out = values.copy()
    peeking = np.flatnonzero((ts // HOUR) % 24 == 10)
    peeking = peeking[peeking + ahead < len(values)]
    out[peeking] = values[peeking + ahead]
    return out


@pytest.fixture(scope="module")
def trend():
    return lab.backtest(Trend, TICKS)


def test_S04_an_honest_run_is_clean_and_says_what_was_compared(trend):
    found = trend.check_lookahead(samples=6, seed=1)

    assert found and found.ok and found.offender == ""
    assert len(found.instants) == 6 and list(found.instants) == sorted(found.instants)
    assert repr(found) == found.text and found.text.startswith("No look-ahead found at 6 sampled instants")
    assert "values at closed bars of ema(5m, 20), ema(5m, 10)" in found.checked
    assert f"{len(trend.journal):,} events" in found.text


def test_S04_the_same_seed_takes_the_same_instants_another_one_others(trend):
    first, again, other = (trend.check_lookahead(samples=3, seed=seed).instants for seed in (1, 1, 2))

    assert first == again != other


def test_S07_a_series_dated_by_the_opening_of_its_bars_is_found():
    found = lab.backtest(follows(ta.series(HOURS, "1h", column="close")), TICKS).check_lookahead(samples=2)

    assert not found
    assert found.offender.startswith(
        "close(1h) (self.ahead) moves with the price that comes after it: correlation +1.00"
    )
    assert "lag=" in found.offender


def test_S07_the_same_series_dated_by_when_it_was_known_is_clean():
    found = lab.backtest(follows(ta.series(HOURS, "1h", column="close", lag="1h")), TICKS).check_lookahead(samples=2)

    assert found, found.text
    assert "correlation with the price that comes after: close(1h)" in found.checked
    assert any("how the rows of ta.series were made (close)" in sentence for sentence in found.unseen)


def test_S07_an_indicator_that_peeks_where_the_causality_check_does_not_look_is_found(monkeypatch):
    monkeypatch.setattr(lookahead, "SHORT", 60.0)  # a busy machine must not decide

    def peek(close, ts):
        return in_one_hour_of_the_day(close, ts, 3)

    class Peeks(Strategy):
        timeframe = "5m"

        def init(self):
            self.peek = ta.custom(peek, "5m", "close", "ts")

        def on_bar(self, bar):
            if self.peek[-1] > bar.close:
                self.buy(10_000)
            elif self.peek[-1] < bar.close:
                self.close()

    run = lab.backtest(Peeks, TICKS)
    found = run.check_lookahead()

    assert len(run.orders) > 10
    assert not found
    assert "indicator peek" in found.offender and " 10:" in found.offender
    assert any("Look-ahead: indicator peek" in warning for warning in run.warnings)
    assert not any("look-ahead" in sentence for sentence in run.assumptions)


def test_S07_an_indicator_that_peeks_at_later_rows_of_a_series_is_found():
    # The rows are noise: neither the ticks nor a correlation with them tell.
    def peek(values, ts):
        return in_one_hour_of_the_day(values, ts, 2)

    noise = ta.series(NOISE, "15m")
    run = lab.backtest(follows(ta.custom(peek, noise, "ts")), TICKS)

    found = run.check_lookahead(samples=40)

    assert not found
    assert "peek" in found.offender


def test_S07_an_indicator_that_reads_a_table_of_later_prices_is_found_and_the_table_named():
    later = np.append(HOURS["close"].to_numpy()[1:], np.nan)

    def table(close):
        return (
            later[: len(close)]
            if len(close) <= len(later)
            else np.append(later, np.full(len(close) - len(later), np.nan))
        )

    found = lab.backtest(follows(ta.custom(table, "1h", "close")), TICKS).check_lookahead(samples=2)

    assert not found
    assert "it, or an array it reads, knows later prices" in found.offender
    assert "arrays and tables that indicators of yours read besides their inputs: later" in found.unseen


def test_S10_an_array_that_was_captured_is_named_as_what_cannot_be_seen():
    class Captured(Strategy):
        timeframe = "5m"

        def init(self):
            self.n = 0
            self.table = BIDS.copy()
            self.buffer = np.zeros(10)

        def on_bar(self, bar):
            self.n += 1
            if BIDS[self.n] > self.table[self.n - 1]:
                self.buy(10_000)

    found = lab.backtest(Captured, TICKS).check_lookahead(samples=2)

    assert found  # nothing it could see
    assert "arrays of the notebook that callbacks read, taken as they were: BIDS" in found.unseen
    assert "arrays and objects that init put on self: table" in found.unseen


def test_a_python_strategy_that_reads_the_ticks_to_come_is_found_with_its_line():
    few = TICKS[:40_000]

    class Reads(Strategy):
        timeframe = "5m"

        def on_bar(self, bar):
            at = int(np.searchsorted(few.ts, self.now)) + 20
            memory = self._lab.machine.market.ticks.bid  # what the engine holds, later ticks included
            if at < len(memory) and memory[at] > bar.close * 1e5:
                self.buy(10_000)
            else:
                self.close()

    first = Reads.on_bar.__code__.co_firstlineno
    found = lab.backtest(Reads, few, python=True).check_lookahead(samples=12)

    assert not found
    assert found.offender.startswith((f"line {first + 4}: ", f"line {first + 6}: "))
    assert "SUBMITTED of order" in found.offender and "the ticks from there on" in found.offender
    assert any("what Python callbacks read elsewhere" in sentence for sentence in found.unseen)


def test_a_strategy_that_draws_is_told_apart_from_one_that_knows():
    class Dice(Strategy):
        timeframe = "5m"

        def on_bar(self, bar):
            if random.random() < 0.5:
                self.buy(10_000)

    found = lab.backtest(Dice, TICKS[:40_000], python=True).check_lookahead(samples=3)

    assert not found
    assert "cannot be told, because the same data gave another journal" in found.offender


def test_the_line_that_wrote_an_event_is_found(trend):
    first = Trend.on_bar.__code__.co_firstlineno
    entries = np.flatnonzero((trend.journal["kind"] == 0) & (trend.journal["phase"] == 4))[:6]
    roles = trend._orders["role"][trend.journal["order"][entries] - 1]

    lines = [line_of(trend._job, int(trend.journal["ts"][n]), int(trend._cursors[n]), int(n)) for n in entries]

    assert set(roles) == {0, 1}
    assert lines == [first + (2 if role == 0 else 4) for role in roles]
    fill = int(np.flatnonzero(trend.journal["kind"] == 6)[0])
    assert line_of(trend._job, int(trend.journal["ts"][fill]), int(trend._cursors[fill]), fill) is None


def test_a_short_result_says_unasked_that_nothing_was_found(monkeypatch):
    monkeypatch.setattr(lookahead, "SHORT", 60.0)  # a busy machine must not decide
    run = lab.backtest(Trend, TICKS)

    assert len(run._looked.instants) == lookahead.UNASKED
    assert [s for s in run.assumptions if "No look-ahead found at" in s] == [run._looked.line]


@pytest.mark.parametrize("options", [{"python": True}, {}])
def test_a_python_or_a_long_run_is_not_repeated_unasked(options, monkeypatch):
    run = lab.backtest(Trend, TICKS[:40_000], **options)
    if not options:
        run.again_seconds = lookahead.SHORT
    monkeypatch.setattr(lookahead, "check_lookahead", lambda *_, **__: pytest.fail("it ran again"))

    assert not any("ook-ahead" in sentence for sentence in run.assumptions + run.warnings)


def test_a_run_knows_how_long_it_takes_without_compiling(trend):
    assert 0 < trend.again_seconds < trend.seconds


def test_no_time_is_spent_on_so_many_ticks_that_it_would_take_longer(trend, monkeypatch):
    monkeypatch.setattr(lookahead, "_A_TICK", 1.0)

    assert lookahead.unasked(trend) is None


def test_a_check_that_fails_never_fails_the_result(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("anything")

    run = lab.backtest(Trend, TICKS)
    monkeypatch.setattr(lookahead, "check_lookahead", fail)

    assert not any("ook-ahead" in sentence for sentence in run.assumptions + run.warnings)


@pytest.mark.parametrize("samples", [0, -1, 2.5, True])
def test_a_number_of_samples_that_is_none_is_an_error(trend, samples):
    with pytest.raises(OptionError, match="samples is .*; give a number of instants, 1 or more"):
        trend.check_lookahead(samples=samples)


def test_S04_altered_ticks_are_the_same_up_to_the_instant_and_differ_from_the_next_one_on():
    few = TICKS[:5_000]
    cut, up, down = (altered_ticks(few, 2_000, world, np.random.default_rng(1)) for world in (CUT, RISING, FALLING))

    assert len(cut) == 2_000 and len(up) == len(down) == 5_000
    for altered in (cut, up, down):
        for name, column in altered._columns().items():
            assert (column[:2_000] == getattr(few, name)[:2_000]).all()
        assert (altered.ts == few.ts[: len(altered)]).all()
    assert (up.bid[2_005:] > few.bid[1_999]).all() and (down.bid[2_005:] < few.bid[1_999]).all()
    assert down.bid.min() >= 1 and down.ask.min() >= 1


@pytest.mark.parametrize("known", [0, 1, 5])
def test_S07_what_was_known_in_time_is_no_foresight_however_closely_it_follows_the_price(known):
    rng = np.random.default_rng(known)
    walk, wave = np.cumsum(rng.normal(size=800)), np.sin(np.arange(800) / 25)

    for closes in (walk, wave, walk + 5 * wave):
        late = np.append(np.full(known, np.nan), closes[: len(closes) - known])
        mean = pd.Series(late).rolling(10).mean().to_numpy()
        for values in (late, mean, late - mean, np.sign(np.diff(late, prepend=np.nan))):
            assert foresight(values, closes) is None


@pytest.mark.parametrize("ahead", [1, 3, 8])
def test_S07_prices_to_come_are_foresight_under_noise_too(ahead):
    rng = np.random.default_rng(ahead)
    closes = np.cumsum(rng.normal(size=800))
    later = np.append(closes[ahead:], np.full(ahead, np.nan))

    plain, noisy = foresight(later, closes), foresight(later + rng.normal(size=800), closes)

    assert plain[0] > 0.85
    assert noisy[0] > 0.5
