"""The player in a headless browser, software rendering: scrubs, playing, memory, the page of a month, first pictures.

Painted means that Bokeh's own paint has finished and the figures beside the charts are in the page; time counts from
the pointer's event. "Data in the page" is a page of its own; "through the kernel" is a real JupyterLab, in which what a
cursor needs is asked for when it is needed.
"""

import random
import tempfile
from pathlib import Path

from bench_capsule import Six, weekdays
from browser import Browser, Shown
from measure import at_least, at_most, note, percentile

import backtestr_lab as lab

HERE = Path(__file__).resolve().parent
SCRUBS = 100
MOVES = 120  # of a pointer that is dragged over the timeline
SPEED = "9"  # x 30,000: a day in three seconds
MAKE = f"""%load_ext backtestr_lab
import sys
sys.path.insert(0, {str(HERE)!r})
import backtestr_lab as lab
from market import market
from strategies import Trend
from bench_capsule import Six, weekdays
"""


def measure(quick=False):
    scrubs = SCRUBS // 10 if quick else SCRUBS
    run = lab.backtest(Six, weekdays(5 if quick else 22))
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        path = Path(folder) / "month.html"
        run.to_html(path)
        rows = _page(browser, path, run)
        rows += _in_page(browser, path, run, scrubs, seconds=6 if quick else 60)
        rows += _memory(browser, path, 10 * scrubs)
        rows += _kernel(browser, Path(folder), scrubs, quick)
    return rows


def shares(count, seed=3):
    """Places on the timeline."""
    drawn = random.Random(seed)
    return [drawn.uniform(0.02, 0.98) for _ in range(count)]


def _page(browser, path, run):
    opened = []
    for _ in range(3):
        shown = browser.open(path)
        opened.append(shown.opened)
        shown.close()
    return [
        at_most("one-file page of a month", path.stat().st_size / 1e6, 1.8, "MB", f"{len(run.trades):,} trades"),
        at_most("its player can be used after", percentile(opened, 0.5), 2.5, "s", f"most {max(opened):.2f} s of 3"),
    ]


def _in_page(browser, path, run, scrubs, seconds):
    shown = browser.open(path)
    first, _, settled = zip(*(shown.scrub(share) for share in shares(scrubs)))
    moves, paints = shown.drag(MOVES)
    rows = [
        at_most("data in the page: large chart, p50", 1e3 * percentile(first, 0.5), 40, "ms", f"{scrubs} scrubs"),
        at_most("data in the page: large chart, p95", 1e3 * percentile(first, 0.95), 100, "ms"),
        at_most("data in the page: all charts, p95", 1e3 * percentile(settled, 0.95), 400, "ms"),
        note("dragged without a pause", f"{moves} moves, {paints} pictures, {max(moves - paints, 0)} moves skipped"),
    ]
    rows += _play(shown, run, seconds)
    shown.close()
    return rows


def _play(shown, run, seconds):
    player = shown.player
    player.press("Home")
    player.choose("Speed", SPEED)
    painted = int(player.data("painted"))
    player.focus()
    shown.page.keyboard.press("Space")
    shown.page.wait_for_timeout(1000 * seconds)
    shown.page.keyboard.press("Space")
    ts, _ = player.rest()
    happened, passed = run.at(ts)._n_events, int(player.data("events"))
    rate = (int(player.data("painted")) - painted) / seconds
    name = f"{seconds} s of playing at x30,000: events shown of those that happened"
    return [
        at_least(name, passed / max(happened, 1), 1, "", f"{passed:,} of {happened:,}, {rate:.1f} pictures a second")
    ]


def _memory(browser, path, scrubs):
    shown = browser.open(path)
    shown.drag(MOVES)
    before = shown.heap()
    for _ in range(-(-scrubs // MOVES)):
        shown.drag(MOVES)
    after = shown.heap()
    shown.close()
    what = f"{before / 1e6:.1f} to {after / 1e6:.1f} MB"
    return [at_most(f"heap after {scrubs:,} scrubs, against before", after / before, 1.1, "x", what)]


def _kernel(browser, folder, scrubs, quick):
    many = 5_000_000 if quick else 50_000_000
    cells = [
        MAKE + "one = lab.backtest(Trend, market(1_000_000))\nmonth = lab.backtest(Six, weekdays(22))",
        "one.replay()",
        "one.replay()",
        "w = month.replay()\nw",
        f"del one, w\nmany = lab.backtest(Trend, market({many}))",
        "many.replay()",
    ]
    notebook = browser.notebook(cells, folder)
    notebook.run_cell(0, 300)
    cold = _first_picture(notebook, 1)
    warm = _first_picture(notebook, 2)
    _clear(notebook)
    rows = [
        at_most("run.replay() of 1 M ticks to its first picture", cold, 2, "s", "the first in its notebook"),
        note("the next one", f"{warm:.2f} s"),
    ]
    _first_picture(notebook, 3)
    shown = Shown(notebook.page)
    first, whole, settled = zip(*(shown.scrub(share) for share in shares(scrubs)))
    rows += [
        at_most("through the kernel: large chart, p95", 1e3 * percentile(first, 0.95), 200, "ms", f"{scrubs} scrubs"),
        note(
            "exact and complete",
            f"p50 {1e3 * percentile(whole, 0.5):.0f} ms, p95 {1e3 * percentile(whole, 0.95):.0f} ms",
        ),
        note("all charts", f"p95 {1e3 * percentile(settled, 0.95):.0f} ms"),
    ]
    rows += _rendered_again(notebook, shown)
    _clear(notebook)
    notebook.run_cell(4, 600)
    rows.append(
        at_most(f"run.replay() of {many / 1e6:g} M ticks to its first picture", _first_picture(notebook, 5), 3, "s")
    )
    notebook.close()
    return rows


def _rendered_again(notebook, shown, times=20):
    for _ in range(3):
        _first_picture(notebook, 3)
    before = shown.heap()
    for _ in range(times):
        _first_picture(notebook, 3)
    after = shown.heap()
    what = f"{before / 1e6:.1f} to {after / 1e6:.1f} MB, all of JupyterLab"
    return [at_most(f"heap after {times} re-renders, against before", after / before, 1.1, "x", what)]


def _first_picture(notebook, cell):
    """Seconds from running a cell until the player below it is ready."""
    return notebook.page.evaluate(FIRST_PICTURE, cell) / 1000


def _clear(notebook):
    notebook.page.evaluate("() => jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    notebook.page.wait_for_function("() => document.querySelectorAll('.btl-player').length === 0")


FIRST_PICTURE = """async (index) => {
  const { content } = jupyterapp.shell.currentWidget
  content.activeCellIndex = index
  const old = new Set(document.querySelectorAll('.btl-player'))
  const began = performance.now()
  void jupyterapp.commands.execute('notebook:run-cell')
  for (;;) {
    await new Promise(requestAnimationFrame)
    const ready = [...document.querySelectorAll('.btl-player[data-ready]')].find((one) => !old.has(one))
    if (ready) return performance.now() - began
    if (performance.now() - began > 60_000) throw new Error(`no player below cell ${index}`)
  }
}"""
