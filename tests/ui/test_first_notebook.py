"""Notebook 01 in a real JupyterLab, and the page that the demo writes in a browser without a network."""

from pathlib import Path

import pytest

from backtestr_lab import backtest, sample
from backtestr_lab.magic.first import Trend
from backtestr_lab.replay.export import page

pytestmark = pytest.mark.ui

NOTEBOOK = Path(__file__).parents[2] / "notebooks/01-first-backtest.ipynb"


def outputs(notebook):
    return [cell.get("outputs", []) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_the_first_notebook_runs_and_its_charts_are_drawn(open_notebook):
    notebook = open_notebook(NOTEBOOK)
    notebook.page.set_viewport_size({"width": 1280, "height": 1000})
    notebook.run_all()
    notebook.wait_for_charts()
    notebook.page.wait_for_timeout(500)
    saved = notebook.save()
    show_all(notebook, "notebook-01")

    assert sum(pixels > 5_000 for pixels in notebook.painted()) == 3
    assert notebook.errors == []
    assert [o for cell in outputs(saved) for o in cell if o["output_type"] in ("error", "stream") and is_error(o)] == []
    assert notebook.path.stat().st_size < 250_000


def is_error(output):
    return output["output_type"] == "error" or output.get("name") == "stderr"


def show_all(notebook, name):
    """A screenshot of each screenful of the notebook."""
    for shot in range(1, 20):
        more = notebook.page.evaluate(SCROLL_TO, shot - 1)
        notebook.page.wait_for_timeout(400)
        notebook.shot(f"{name}-{shot}")
        if not more:
            return


SCROLL_TO = """(screen) => {
  const notebook = document.querySelector('.jp-WindowedPanel-outer')
  notebook.scrollTo(0, screen * notebook.clientHeight)
  const cells = notebook.querySelectorAll('.jp-Cell')
  return cells[cells.length - 1].getBoundingClientRect().bottom > notebook.getBoundingClientRect().bottom
}"""


def test_a_slow_run_shows_a_line_while_it_runs_and_nothing_of_it_after(open_notebook):
    slow = """%%backtest EURUSD --sample
class Slow(Strategy):
    heat = 0.0

    def on_tick(self, tick):
        for i in range(3_000):
            self.heat = self.heat * 0.99 + tick.bid
"""
    notebook = open_notebook(["%load_ext backtestr_lab", slow])
    notebook.page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells') }")  # without waiting
    notebook.page.wait_for_selector(".jp-OutputArea progress[value]", timeout=60_000)
    notebook.page.wait_for_timeout(500)
    notebook.shot("progress", ".jp-NotebookPanel-notebook")
    notebook.wait_for_kernel(120)
    notebook.wait_for_charts()
    notebook.shot("progress-gone", ".jp-NotebookPanel-notebook")

    assert notebook.page.locator(".jp-OutputArea progress").count() == 0
    assert [o["data"] for o in outputs(notebook.save())[1]][0] == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_demos_page_is_drawn_without_a_network(browser, tmp_path, theme):
    run = backtest(Trend, sample("EURUSD", days=5), cash=100_000, commission="3.5/lot")
    (tmp_path / "page.html").write_text(page(run), encoding="utf-8")
    context = browser.new_context(
        offline=True, color_scheme=theme, viewport={"width": 1280, "height": 1500}, device_scale_factor=1
    )
    view, errors = context.new_page(), []
    view.on("pageerror", lambda error: errors.append(str(error)))
    view.on("requestfailed", lambda request: errors.append(request.url))
    view.goto((tmp_path / "page.html").as_uri())
    view.wait_for_selector(".btl-player[data-ready=true]")
    view.wait_for_timeout(300)
    folder = Path(__file__).parents[2] / "artefacts"
    folder.mkdir(exist_ok=True)
    view.screenshot(path=folder / f"page-{theme}.png", full_page=True)
    shown = view.locator(".btl-player").get_attribute("data-mode"), view.locator("#btl-still").is_visible()
    context.close()

    assert shown == (theme, False)
    assert errors == []
