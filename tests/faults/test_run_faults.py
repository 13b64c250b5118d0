"""What may befall a run: exceptions, limits and interrupts, wherever they come (S6).

Whatever it was, there is a run; its journal is the beginning of the whole one's, and it answers about any instant.
"""

import linecache
import os
import random
import signal
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import backtestr_lab as lab
from backtestr_lab import RunStopped, StrategyError, pips
from backtestr_lab.records import Ticks
from backtestr_lab.symbols import EURUSD
from backtestr_lab.units import HOUR, SECOND

MODES = pytest.mark.parametrize("python", [False, True], ids=["compiled", "python"])
CALLBACKS = ("on_bar", "on_tick", "on_time", "on_fill", "on_order", "on_end")

# Orders in every callback, so that wherever it ends something was going on. What befalls it comes in callback number
# `where`, the `after`-th time.
BUSY = """\
class Busy(Strategy):
    times = ["16:20", "16:50"]
    where, after, work = 0, 0, 0

    def init(self):
        self.calls = np.zeros(6, dtype=np.int64)
        self.n = 0
        self.done = 0.0

    def fault(self, place):
        self.calls[place] += 1
        for i in range(self.work):
            self.done += i
        if self.where == place and self.calls[place] == self.after:
            FAULT

    def on_bar(self, bar):
        self.buy(1_000, stop_loss=pips(3), take_profit=pips(4), tag="bar")
        self.fault(0)
        self.sell(500, limit=bar.high + 0.0005)

    def on_tick(self, tick):
        self.fault(1)
        self.n += 1
        if self.n % 17 == 0:
            self.close()

    def on_time(self, now):
        self.cancel_all()
        self.fault(2)
        self.sell(2_000)

    def on_fill(self, fill):
        if fill.tag == "bar":
            self.sell(100, tag="answer")
        self.fault(3)

    def on_order(self, event):
        self.fault(4)
        self.n += 1

    def on_end(self):
        self.buy(1)
        self.fault(5)
"""
LINE = BUSY.splitlines().index("            FAULT") + 1


def busy(fault="pass"):
    """The strategy as a cell's, befallen by `fault`."""
    text = BUSY.replace("FAULT", fault)
    filename = f"<busy: {fault}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    namespace = {"Strategy": lab.Strategy, "np": np, "pips": pips, "kept": []}
    exec(compile(text, filename, "exec"), namespace)
    return namespace["Busy"]


@pytest.fixture(scope="module")
def tape():
    """An hour of a random walk from 16:00 on, a tick every 11 to 29 s."""
    rng = np.random.default_rng(11)
    n = 180
    ts = 400_000 * HOUR + np.cumsum(rng.integers(11, 30, n)) * SECOND
    bid = 110_000 + np.cumsum(rng.integers(-12, 13, n))
    return Ticks(ts, bid, bid + rng.integers(1, 4, n), symbol=EURUSD)


@pytest.fixture(scope="module")
def whole(tape):
    """The run that nothing befalls."""
    return lab.backtest(busy(), tape)


def is_a_beginning(partial, whole):
    """Nothing is lost or altered, and it answers about any instant before its last as the whole run does."""
    n = len(partial.journal)
    assert partial.journal.tobytes() == whole.journal[:n].tobytes()
    assert partial.n_ticks <= whole.n_ticks
    for instant in np.linspace(partial.start, partial.last, 4).astype("i8")[:-1]:
        ours, theirs = partial.at(int(instant)), whole.at(int(instant))
        assert (ours.balance, ours.equity, ours.quantity) == (theirs.balance, theirs.equity, theirs.quantity)
        assert ours.working == theirs.working
        assert repr(ours.variables) == repr(theirs.variables)
    last = partial.at(partial.last)
    assert last.quantity == pytest.approx(
        sum(last.positions["quantity"] * np.where(last.positions["side"] == "LONG", 1, -1))
    )
    assert last.equity == pytest.approx(
        partial.cash + partial.journal["amount"].sum() / 1e6 + last.positions["profit"].sum()
    )
    # Those from before the instant at which it ended: what ran then may never end, or raises again.
    assert last.variables.keys() == whole.at(whole.last).variables.keys()
    assert len(partial.orders) == len(partial._orders)
    assert partial.stats.trades == len(partial.trades)


def test_the_run_that_nothing_befalls_calls_every_callback_often(whole):
    calls = whole.at(whole.last).variables["calls"]

    assert (calls[[0, 1, 3, 4]] > 20).all() and calls[2] == 2
    assert len(whole.journal) > 300 and whole.stopped is None


def some_call(whole, place, seed):
    """A random one of the calls of a callback."""
    return 1 if place == 5 else random.Random(seed).randint(1, int(whole.at(whole.last).variables["calls"][place]))


# ---- exceptions


@MODES
@pytest.mark.parametrize("place", range(6), ids=CALLBACKS)
def test_S06_an_exception_in_a_callback_leaves_the_run_until_then(tape, whole, place, python):
    after = some_call(whole, place, seed=place)

    with pytest.raises(StrategyError, match=rf"^line {LINE}: ValueError in {CALLBACKS[place]} at .*: no more") as error:
        lab.backtest(busy("raise ValueError('no more')"), tape, params={"where": place, "after": after}, python=python)

    partial = error.value.run
    assert partial.stopped.startswith("ended by an error at ")
    assert place == 5 or 0 < partial.last < whole.last
    is_a_beginning(partial, whole)


# ---- limits


@MODES
@pytest.mark.parametrize("place", range(6), ids=CALLBACKS)
def test_S06_a_timeout_ends_an_endless_loop_in_any_callback(tape, whole, place, python):
    after = some_call(whole, place, seed=10 + place)
    params = {"where": place, "after": after}
    endless = busy("while True: self.n += 1")
    usual = lab.backtest(endless, tape, params={"work": 1}, python=python)  # compiled before the clock runs
    timeout = 0.3 + 3 * usual.seconds * python

    with pytest.raises(RunStopped) as error:
        lab.backtest(endless, tape, params=params, python=python, timeout=timeout)

    partial = error.value.run
    assert str(error.value).startswith(f"timeout={timeout} reached in line {LINE} at ")
    assert "; what was computed until then is kept; allow more time" in str(error.value)
    assert partial.stopped == str(error.value).partition(";")[0]
    assert timeout <= partial.seconds < timeout + 2
    is_a_beginning(partial, whole)


@MODES
def test_S06_a_timeout_at_any_moment_leaves_a_run(tape, whole, python):
    params = {"work": 100 if python else 60_000}
    everything = lab.backtest(busy(), tape, params=params, python=python)
    ready = everything.seconds - everything.again_seconds
    rng = random.Random(7)
    stopped = 0

    for _ in range(6):
        try:
            lab.backtest(
                busy(),
                tape,
                params=params,
                python=python,
                timeout=ready + rng.uniform(0.1, 0.7) * everything.again_seconds,
            )
        except RunStopped as error:
            assert "reached" in str(error) and " at 2015-08-19 1" in str(error)
            is_a_beginning(error.run, everything)
            assert error.run.journal.tobytes() == whole.journal[: len(error.run.journal)].tobytes()
            stopped += 1

    assert stopped > 2


class Orders(lab.Strategy):
    """Orders with every tick that never fill."""

    def on_tick(self, tick):
        self.buy(1, limit=0.5)


@MODES
def test_S06_a_memory_limit_ends_a_run_whose_journal_grows(python):
    ticks = lab.sample("EURUSD", days=2)
    few = lab.backtest(Orders, ticks[:2_000])

    with pytest.raises(
        RunStopped, match=r"^max_memory=40MB reached \(the process grew by (4\d|[5-9]\d|\d{3}) MB\)"
    ) as error:
        lab.backtest(Orders, ticks, python=python, max_memory="40MB")

    partial = error.value.run
    assert "; allow more memory, keep less, or run a shorter range" in str(error.value)
    n = min(len(few.journal), len(partial.journal))
    assert n > 1_000 and partial.journal[:n].tobytes() == few.journal[:n].tobytes()
    assert 0 < partial.n_ticks < len(ticks)
    assert len(partial.at(partial.last).working) > 1_000


def test_S06_a_memory_limit_ends_a_callback_that_keeps_too_much(tape, whole):
    params = {"where": 3, "after": 5}

    with pytest.raises(RunStopped, match=rf"^max_memory=50MB reached .*in line {LINE} at ") as error:
        lab.backtest(
            busy("while True: kept.append(bytes(100_000))"), tape, params=params, python=True, max_memory="50MB"
        )

    is_a_beginning(error.value.run, whole)


def test_S06_limits_that_are_not_reached_change_nothing(tape, whole):
    for python in (False, True):
        run = lab.backtest(busy(), tape, python=python, timeout="1h", max_memory="100GB")

        assert run.journal.tobytes() == whole.journal.tobytes() and run.stopped is None
    assert [t.name for t in threading.enumerate() if t.name.startswith("backtest")] == []


class Spins(lab.Strategy):
    def init(self):
        while True:
            pass

    def on_bar(self, bar):
        pass


class Measures(lab.Strategy):
    def init(self):
        def measured(close):
            while len(close) > 0:
                pass

        self.measured = lab.ta.custom(measured, "1h", outputs=("real",), lookback=0)

    def on_bar(self, bar):
        if self.measured[-1] > 0:
            self.buy(1_000)


@pytest.mark.parametrize("endless", [Spins, Measures])
def test_S06_a_timeout_ends_python_of_the_users_before_the_run_too(tape, endless):
    with pytest.raises(
        RunStopped, match=r"^timeout=0.2s reached in line \d+ before the run began; allow more"
    ) as error:
        lab.backtest(endless, tape, timeout="0.2s")

    assert error.value.run is None


def test_S06_code_that_swallows_everything_is_ended_all_the_same(tape):
    class Stubborn(lab.Strategy):
        def on_bar(self, bar):
            swallowed = 0
            while swallowed < 2:
                try:
                    while True:
                        pass
                except BaseException:
                    swallowed += 1
            while True:
                pass

    with pytest.raises(RunStopped, match="timeout=0.1s reached in line"):
        lab.backtest(Stubborn, tape, python=True, timeout="0.1s")


# ---- interrupts


@pytest.fixture
def while_driven(monkeypatch):
    """while_driven(begin, end) calls these around the part of `backtest` that drives the engine."""
    driver = import_module("backtestr_lab.runs.backtest")  # runs.backtest is the function
    drive = driver._drive

    def put(begin, end):
        def driven(*arguments):
            begin()
            try:
                return drive(*arguments)
            finally:
                end()

        monkeypatch.setattr(driver, "_drive", driven)

    return put


# Not threading's: its locks are not let go of where a signal never comes but a tracer does.
HOUSE = (str(Path(lab.__file__).parent), "<busy")


def stepping(at):
    """(begin, end, count): interrupts this thread at step number `at` of the house's and the cell's."""
    count = [0]

    def step(frame, event, _):
        if event == "call":
            return step if frame.f_code.co_filename.startswith(HOUSE) else None
        if event == "line":
            count[0] += 1
            if count[0] == at:
                sys.settrace(None)
                signal.raise_signal(signal.SIGINT)
        return step

    return lambda: sys.settrace(step), lambda: sys.settrace(None), count


@MODES
def test_S06_an_interrupt_at_any_step_leaves_a_run(tape, whole, while_driven, python):
    """Between any two lines that the thread runs which hears the interrupt."""
    begin, end, count = stepping(at=None)
    while_driven(begin, end)
    lab.backtest(busy(), tape, python=python)
    first = 4  # before it there is nothing to keep
    steps = random.Random(3).sample(range(first, count[0] + 1), 12 if python else 40)
    stopped = 0

    for at in [first, first + 1, count[0], *steps]:
        begin, end, _ = stepping(at)
        while_driven(begin, end)
        try:
            run = lab.backtest(busy(), tape, python=python)
            assert run.journal.tobytes() == whole.journal.tobytes()
        except RunStopped as error:
            assert str(error).startswith("interrupted")
            is_a_beginning(error.run, whole)
            stopped += 1
        except KeyboardInterrupt as interrupt:
            pytest.fail(f"step {at}: the run is lost, in {interrupt.__traceback__.tb_next}")
        assert not any(t.name == "backtest" for t in threading.enumerate())

    assert stopped > 5


INSIDE = """
import signal, sys
import numpy as np
import backtestr_lab as lab

place = sys.argv[1]
calls = [0]

class Looks(lab.Strategy):
    def init(self):
        self.n = 0

    def on_bar(self, bar):
        sys.setprofile(interrupt)
        while True:
            self.n += 1
            for order in self.orders:
                self.forming("1h")
            self.buy(1_000, limit=0.5)

def interrupt(frame, event, _):
    if event == "call" and frame.f_code.co_name == place:
        calls[0] += 1
        if calls[0] == 5:
            signal.raise_signal(signal.SIGINT)

try:
    lab.backtest(Looks, lab.sample("EURUSD", days=1), python=True)
except lab.RunStopped as error:
    sys.setprofile(None)
    print(calls[0] >= 5, error.run.at(error.run.last).working != [], str(error)[:20])
"""


@pytest.mark.parametrize("place", ["_numba_unpickle", "_numba_type_", "<lambda>"])
def test_S06_an_interrupt_inside_a_call_of_compiled_code_waits_until_it_is_over(tmp_path, place):
    (tmp_path / "looks.py").write_text(INSIDE)
    done = subprocess.run([sys.executable, tmp_path / "looks.py", place], capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stdout) == (0, "True True interrupted in line \n"), done.stderr[-500:]


class Sorts(lab.Strategy):
    """A call of a library that takes a while, and an order after it."""

    def init(self):
        self.large = np.random.default_rng(1).random(5_000_000)
        self.least = 0.0

    def on_bar(self, bar):
        self.least = np.sort(self.large)[0]
        self.buy(1_000)


@pytest.mark.serial
def test_S06_an_impatient_user_gets_no_run_that_is_still_written_to(tape, while_driven):
    lab.backtest(Sorts, tape, end="2015-08-19 16:02")
    over = threading.Event()

    def press():
        while not over.wait(0.02):
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    while_driven(thread.start, over.set)
    with pytest.raises((RunStopped, KeyboardInterrupt)) as error:
        lab.backtest(Sorts, tape)
    over.set()
    still_there = [t.name for t in threading.enumerate() if t.name == "backtest"]
    thread.join()

    assert still_there == []
    assert error.type is RunStopped
    assert len(error.value.run.orders) <= 2


@pytest.mark.serial
@MODES
@pytest.mark.parametrize("presses", [1, 3])
def test_S06_a_signal_at_any_moment_leaves_a_run(tape, while_driven, python, presses):
    params = {"work": 100 if python else 60_000}
    everything = lab.backtest(busy(), tape, params=params, python=python)
    rng = random.Random(5)
    stopped = 0

    for _ in range(8):
        over, turn = threading.Event(), threading.Lock()
        moment = rng.uniform(0, 0.7) * everything.again_seconds

        def press(over=over, turn=turn, moment=moment):
            for i in range(presses):
                over.wait(moment if i == 0 else 0.0005)
                with turn:
                    if over.is_set():
                        return
                    os.kill(os.getpid(), signal.SIGINT)

        def end(over=over, turn=turn):
            with turn:
                over.set()

        thread = threading.Thread(target=press)
        while_driven(thread.start, end)
        try:
            run = lab.backtest(busy(), tape, params=params, python=python)
            assert run.journal.tobytes() == everything.journal.tobytes()
        except RunStopped as error:
            is_a_beginning(error.run, everything)
            stopped += 1
        except KeyboardInterrupt:  # it came when the run had been handed over
            over.set()
        thread.join()

    assert stopped > 2
