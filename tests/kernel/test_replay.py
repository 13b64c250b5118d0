"""`run.replay()` in a real ipykernel: what a cell sends, and that a cell that runs again keeps one run only."""

import pytest

pytestmark = pytest.mark.serial

WIDGET = "application/vnd.jupyter.widget-view+json"
MAKE = """\
import gc, weakref
import backtestr_lab as lab

class Hold(lab.Strategy):
    def on_bar(self, bar):
        if not self.position:
            self.buy(10_000)

ticks = lab.sample("EURUSD", days=1)
runs = weakref.WeakSet()

def backtest():
    run = lab.backtest(Hold, ticks)
    runs.add(run)
    return run
"""


def alive(kernel):
    return int(kernel.value("(gc.collect(), len(runs))[1]"))


@pytest.fixture
def desk(kernel):
    """The kernel with a `backtest()` whose runs are counted."""
    kernel.run(MAKE)
    return kernel


def test_a_replay_is_a_picture_a_line_and_the_player(desk):
    desk.run("backtest().replay()")
    outputs = desk.saved()

    assert [sorted(data) for data in outputs] == [["image/png"], ["text/html", "text/plain"], [WIDGET, "text/plain"]]
    assert outputs[1]["text/plain"].startswith("Replay of Hold, EURUSD · 1m")
    assert desk.printed() == ""


def test_the_player_of_an_expression_works_while_its_cell_shows_it(desk):
    desk.run("w = backtest().replay(at='2024-01-01 12:00')", cell="a")
    desk.run("x = 1", cell="b")

    assert desk.value("w.state.quantity") == "10000.0"


@pytest.mark.parametrize("cell", ["again", None])
def test_a_cell_that_runs_again_keeps_one_run(desk, cell):
    before = alive(desk)
    for _ in range(4):
        desk.run("backtest().replay()", cell=cell)
    again = alive(desk) - before
    desk.run("backtest().replay()  # another", cell="other")

    assert (again, alive(desk) - before) == (1, 2)


def test_two_players_of_one_cell_stay_and_go_together(desk):
    before = alive(desk)
    counts = []
    for _ in range(2):
        desk.run("display(backtest().replay(), backtest().replay())", cell="pair")
        counts.append(alive(desk) - before)
    desk.run("1", cell="else")
    desk.run("backtest().replay()", cell="pair")

    assert counts == [2, 2]
    assert alive(desk) - before == 1


def test_a_player_shown_in_another_cell_too_stays_open(desk):
    desk.run("run = backtest(); w = run.replay()", cell="maker")
    desk.run("first = w; w", cell="shower")
    desk.run("w = run.replay()", cell="maker")

    assert desk.value("first.comm is not None, first.state.time == first.cursor") == "True True"
