"""The replay in a real JupyterLab: two ways with Python, beside others, without its kernel."""

import random
from pathlib import Path

import pytest

from backtestr_lab.units import MINUTE, format_micros, to_micros

from .player import Player, figures_of
from .test_page import figures_match, to_micros_of
from .walk import walk

pytestmark = pytest.mark.ui

WALK = Path(__file__).with_name("walk.py")
HOUR = 60 * MINUTE
RUN = f"""
import runpy
walk = runpy.run_path({str(WALK)!r})["walk"]
run = walk()
"""
# JupyterLab has messages of widgets heard in a thread of their own: only a lock keeps the kernel from answering.
HOLDING = "import ctypes; ctypes.PyDLL(None).sleep(7)"
OPEN = RUN + 'w = run.replay(at="2024-01-02 12:00")\nw'


@pytest.fixture(scope="module")
def run():
    return walk()


@pytest.fixture
def replay(open_notebook):
    """`replay(*more_cells)` runs a notebook whose first cell shows the player; returns notebook and player."""

    def replay_(*cells, first=OPEN, app="lab", theme="light", height=1300):
        notebook = open_notebook([first, *cells], app=app, theme=theme, height=height)
        notebook.run_cell(0)
        player = Player(notebook.page)
        player.rest()
        return notebook, player

    return replay_


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_a_cell_shows_the_player_and_it_moves(replay, run, app):
    notebook, player = replay(app=app, theme="dark")
    notebook.shot(f"replay-{app}-dark", ".btl-player")
    assert player.ts == to_micros("2024-01-02 12:00")
    assert player.data("mode") == "dark"
    assert "live from the kernel" in player.text(".btl-p-source")

    seen = [ts for ts, _ in player.drag(".btl-p-timeline", 0.2, 0.7, 4)]
    assert seen == sorted(set(seen))
    assert player.step("bar 1h")[0] % HOUR == 0
    assert player.type_time("2024-01-03 10:00")[0] == to_micros("2024-01-03 10:00")
    entry = run.trades.entry_time[run.trades.entry_time > "2024-01-03 10:00"].iloc[0]
    assert player.press("]")[0] == to_micros(entry)
    row = player.root.locator(".btl-p-list[aria-label=Events] .btl-p-row[data-later]").first
    told = row.get_attribute("title")[:23]
    row.click()
    player.rest()
    assert player.clock == told
    began = player.ts
    player.focus()
    player.page.keyboard.press("Space")
    player.wait_for(lambda: player.ts > began + MINUTE)
    player.page.keyboard.press("Space")
    player.rest()
    notebook.set_theme("light")
    notebook.page.wait_for_selector(".btl-player[data-mode=light]")
    player.rest()
    notebook.shot(f"replay-{app}-light", ".btl-player")
    assert notebook.errors == []


def test_every_tick_shows_what_the_run_had_there_and_what_a_run_cut_there_has(replay, run):
    notebook, player = replay()
    some = random.Random(5)
    cursors = [some.randrange(run.start, run.end) for _ in range(6)]
    cursors += [int(ts) for ts in some.sample(to_micros_of(run.trades.exit_time), 4)]

    for ts in cursors:
        player.type_time(format_micros(ts))
        player.wait_for(lambda: player.exact and player.data("loading") is None)
        assert player.ts == ts
        assert figures_match(player.figures(), figures_of(run, ts))
    for ts in cursors[:2]:
        player.type_time(format_micros(ts))
        player.wait_for(lambda: player.exact and player.data("loading") is None)
        assert figures_match(player.figures(), figures_of(walk(until=ts + 1), ts))

    places = [player.rest(), *(player.step("tick") for _ in range(5))]
    taken = places[0][1]
    assert [p[1] for p in places] == list(range(taken, taken + 6))
    assert [p[0] for p in places[1:]] == [int(run.ticks.ts[n - 1]) for _, n in places[1:]]


def test_a_cell_moves_the_page_and_the_page_is_seen_by_python(replay, run):
    notebook, player = replay(
        "seen = []; w.observe(lambda change: seen.append(change.new), 'cursor')",
        "w.cursor = '2024-01-03 14:30'",
        "print(w.cursor, w.state.balance == run.at(w.cursor, w.tick).balance, len(seen), seen[-1] == w.cursor)",
        "w.select(7)",
        "w.cursor = '2031-01-01'; print(w.cursor)",
    )
    notebook.run_cell(1)
    notebook.run_cell(2)
    player.wait_for(lambda: player.ts == to_micros("2024-01-03 14:30"))

    *_, (ts, _) = player.drag(".btl-p-timeline", 0.3, 0.5, 4)
    player.page.wait_for_timeout(400)  # the place is told at most ten times a second
    said = notebook.run_cell(3).split()
    assert to_micros(" ".join(said[:2])) == ts
    assert said[2:3] == ["True"]
    assert int(said[3]) >= 2
    assert said[4] == "True"
    notebook.run_cell(4)
    player.wait_for(lambda: player.ts == to_micros(run.trades.entry_time[7]))
    told = notebook.run_cell(5)
    assert "is outside the run" in told
    player.wait_for(lambda: player.ts == run.end)
    assert notebook.errors == []


def test_keys_are_the_players_inside_and_the_notebooks_outside(replay):
    notebook, player = replay("'second cell'")
    before = notebook.page.locator(".jp-Notebook .jp-Cell").count()
    began, _ = player.rest()
    player.press("b", "a", "d", "d", "x", "m", "ArrowDown", "Enter", "0", "0")
    assert notebook.page.locator(".jp-Notebook .jp-Cell").count() == before
    assert player.press("ArrowRight")[0] > began
    assert player.type_time("2024-01-03 10:00")[0] == to_micros("2024-01-03 10:00")
    assert notebook.page.locator(".jp-Notebook .jp-Cell").count() == before

    notebook.page.locator(".jp-Cell").nth(1).locator(".jp-InputPrompt").click()
    here, _ = player.rest()
    notebook.page.keyboard.press("ArrowRight")
    notebook.page.keyboard.press("l")  # the notebook's: line numbers
    notebook.page.keyboard.press("b")  # the notebook's: a cell below
    assert notebook.page.locator(".jp-Notebook .jp-Cell").count() == before + 1
    assert player.rest()[0] == here


def test_two_players_do_not_disturb_each_other(replay):
    notebook, one = replay("v = run.replay(at='2024-01-04 09:00'); v", "print(w.cursor, v.cursor)", height=2100)
    notebook.run_cell(1)
    two = Player(notebook.page, 1)
    two.rest()
    here, _ = one.rest()
    two.press("ArrowRight", "ArrowRight")
    two.page.wait_for_timeout(300)

    assert two.ts == to_micros("2024-01-04 09:10")
    assert one.rest()[0] == here
    one.press("ArrowLeft")
    assert two.rest()[0] == to_micros("2024-01-04 09:10")
    one.page.wait_for_timeout(300)
    assert "2024-01-02 11:55:00+00:00 2024-01-04 09:10:00+00:00" in notebook.run_cell(2)
    assert notebook.errors == []


def test_a_player_shown_twice_has_one_cursor(replay):
    notebook, one = replay("w", height=2100)
    notebook.run_cell(1)
    two = Player(notebook.page, 1)
    two.rest()
    one.press("ArrowRight")

    two.wait_for(lambda: two.ts == to_micros("2024-01-02 12:05"))
    two.press("ArrowRight")
    one.wait_for(lambda: one.ts == to_micros("2024-01-02 12:10"))


def test_running_the_cell_again_leaves_one_player(replay):
    notebook, player = replay()
    player.press("ArrowRight")
    notebook.run_cell(0)
    notebook.wait_until(lambda: notebook.page.locator(".btl-player").count() == 1)
    again = Player(notebook.page)
    again.rest()

    assert again.ts == to_micros("2024-01-02 12:00")
    assert notebook.errors == []


def test_while_a_cell_runs_the_player_goes_on_and_says_so(replay, run):
    notebook, player = replay(HOLDING)
    notebook.start_cell(1)
    player.focus()
    player.page.keyboard.press("End")
    player.wait_for(lambda: "the kernel is busy" in player.note)
    assert to_micros("2024-01-02 12:00") < player.ts < run.end  # as far as what it has reaches
    assert f"shown as of {format_micros(player.ts)[:19]}" in player.note
    player.page.keyboard.press("Home")
    player.wait_for(lambda: player.ts == run.start)
    notebook.shot("replay-busy", ".btl-player")

    player.wait_for(lambda: "busy" not in player.note, 30)
    player.type_time("2024-01-04 17:33:21")
    player.wait_for(lambda: player.exact and player.ts == to_micros("2024-01-04 17:33:21"))
    assert player.note == ""


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_a_restart_while_playing_stops_nothing_and_is_said(replay, app):
    notebook, player = replay(app=app)
    player.choose("Speed", "7")
    player.focus()
    player.page.keyboard.press("Space")
    began = player.ts
    player.wait_for(lambda: player.ts > began + HOUR)
    notebook.restart()
    here = player.ts
    player.wait_for(lambda: player.ts > here + 3 * HOUR)
    player.wait_for(lambda: "no kernel" in player.note)

    assert player.data("playing") is not None
    notebook.shot(f"replay-{app}-restarted", ".btl-player")
    player.press("Space")
    assert player.press("ArrowLeft")[0] < player.press("ArrowRight", "ArrowRight")[0]
    assert [error for error in notebook.errors if "WebSocket" not in error] == []


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_the_saved_notebook_without_a_kernel_says_what_was_there(replay, app):
    notebook, _ = replay(app=app)
    saved = notebook.save()
    notebook.reopen_without_kernel()
    page = notebook.page
    page.wait_for_selector(".btl-still")
    notebook.shot(f"replay-{app}-reopened")

    assert page.locator(".jp-RenderedImage").is_visible()
    assert "Run this cell to move through it" in page.locator(".btl-still").inner_text()
    assert not page.get_by_text("model not found").is_visible()
    assert not page.get_by_text("Error displaying widget").is_visible()
    assert len(str(saved["cells"][0]["outputs"])) < 150_000
    assert len(str(saved["metadata"])) < 2_000


def test_what_the_kernel_cannot_answer_is_said_and_the_rest_works(replay):
    broken = """
real = w._blocks.get
def get(key):
    if key.startswith("ticks/"):
        raise OSError("the disk is gone")
    return real(key)
w._blocks.get = get
"""
    notebook, player = replay(broken, "w._hear(w, {'kind': 'dance'}, [])")
    notebook.run_cell(1)
    notebook.run_cell(2)  # what no page would ask
    player.type_time("2024-01-04 17:33:21")
    player.wait_for(lambda: "the disk is gone" in player.note)

    assert not player.exact
    assert player.clock.startswith("2024-01-04 17:33")
    assert player.step("bar 1h")[0] == to_micros("2024-01-04 18:00")
    assert player.figures()["balance"] > 0
