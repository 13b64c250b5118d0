"""The line that tells what is being waited for."""

import io

from backtestr_lab.magic import progress as module
from backtestr_lab.magic.progress import Progress, Terminal


class Recorder:
    def __init__(self):
        self.shown, self.cleared = [], 0

    def show(self, text, share):
        self.shown.append((text, share))

    def clear(self):
        self.cleared += 1


class Clock:
    now = 100.0

    def monotonic(self):
        return self.now


def line(monkeypatch):
    clock, recorder = Clock(), Recorder()
    monkeypatch.setattr(module, "time", clock)
    return clock, recorder, Progress(show=recorder)


def test_what_takes_less_than_a_second_shows_nothing(monkeypatch):
    clock, recorder, progress = line(monkeypatch)
    with progress:
        for _ in range(9):
            clock.now += 0.1
            progress(0.5, 1_000)

    assert (recorder.shown, recorder.cleared) == ([], 0)


def test_what_takes_longer_is_told_at_most_ten_times_a_second_and_then_gone(monkeypatch):
    clock, recorder, progress = line(monkeypatch)
    with progress:
        for i in range(301):
            clock.now += 0.01
            progress(i / 300, i * 1_000)

    assert 15 <= len(recorder.shown) <= 21
    assert recorder.shown[0] == ("33% · 99,000 ticks", 0.33)
    assert recorder.cleared == 1


def test_the_same_words_are_not_sent_again(monkeypatch):
    clock, recorder, progress = line(monkeypatch)
    with progress:
        for _ in range(50):
            clock.now += 0.5
            progress.say("loading the engine")

    assert recorder.shown == [("loading the engine", None)]


def test_an_error_leaves_nothing_of_it_either(monkeypatch):
    clock, recorder, progress = line(monkeypatch)
    try:
        with progress:
            clock.now += 2
            progress.say("loading ticks")
            raise ValueError
    except ValueError:
        pass

    assert recorder.cleared == 1


def test_a_terminal_writes_one_line_over_itself():
    stream = io.StringIO()
    terminal = Terminal(stream)
    terminal.show("loading ticks", None)
    terminal.show("50% · 1,000 ticks", 0.5)
    terminal.clear()

    assert stream.getvalue() == "\r\x1b[Kloading ticks\r\x1b[K50% · 1,000 ticks\r\x1b[K"


def test_a_stream_that_is_no_terminal_gets_nothing(capsys):
    with Progress() as progress:
        progress.say("loading ticks")

    assert progress._show is None
