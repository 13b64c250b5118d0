"""The result of a run in a real JupyterLab."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.ui

FAKE = Path(__file__).parents[1] / "replay" / "fake_run.py"
SHOW = f"""
import runpy
fake_run = runpy.run_path({str(FAKE)!r})["fake_run"]
from backtestr_lab import replay
run = fake_run()
replay.display(run)
"""
REAL = """
import backtestr_lab as lab
from backtestr_lab import Strategy, crossed_above, crossed_below, pips, ta

class Trend(Strategy):
    timeframe = "5m"

    def init(self):
        self.quick = ta.ema("5m", 10)
        self.calm = ta.ema("5m", 20)

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm):
            self.buy(50_000, stop_loss=pips(10), take_profit=pips(15))
        elif crossed_below(self.quick, self.calm):
            self.close()

lab.backtest(Trend, lab.sample("EURUSD", days=9, seed=7), cash=10_000, commission="3.5/lot")
"""
IMAGE, LIVE = ".jp-RenderedImage", ".btl-live"


def bokeh(notebook, expression):
    """Ask BokehJS of the page, as `b`."""
    return notebook.page.evaluate(
        f"() => window[Symbol.for('backtestr_lab.bokeh')].values().next().value.then((b) => {expression})"
    )


def title_of_price(notebook):
    """What the price pane of the first result says it shows."""
    return bokeh(notebook, "b.documents[0].get_model_by_name('price').title.text")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_charts_of_a_cell_are_drawn(open_notebook, theme):
    notebook = open_notebook([SHOW], theme=theme)
    notebook.run_all()
    notebook.wait_for_charts()
    for width in (1600, 900):
        notebook.page.set_viewport_size({"width": width, "height": 1300})
        notebook.page.wait_for_timeout(300)  # one frame of Bokeh's resizing
        notebook.shot(f"result-{theme}-{width}")

        # Equity, drawdown, price; the overlays beside them are empty.
        assert sum(pixels > 5_000 for pixels in notebook.painted()) == 3
    assert notebook.errors == []


def test_a_backtest_shows_itself(open_notebook):
    notebook = open_notebook([REAL])
    notebook.run_all()
    notebook.wait_for_charts()
    notebook.shot("backtest", ".jp-Cell-outputArea")

    assert sum(pixels > 5_000 for pixels in notebook.painted()) == 3
    assert notebook.errors == []


def test_the_live_charts_hide_the_picture_and_a_page_without_kernel_shows_it(open_notebook):
    notebook = open_notebook([SHOW])
    notebook.run_all()
    notebook.wait_for_charts()
    assert not notebook.page.locator(IMAGE).is_visible()

    notebook.save()
    notebook.reopen_without_kernel()
    notebook.page.wait_for_selector(IMAGE)
    notebook.page.wait_for_selector(".btl-summary")
    notebook.shot("result-reopened")
    assert notebook.page.locator(IMAGE).is_visible()
    assert not notebook.page.get_by_text("model not found").is_visible()


def test_a_cell_adds_at_most_150_kb_to_the_saved_notebook(open_notebook):
    notebook = open_notebook([SHOW])
    notebook.run_all()
    notebook.wait_for_charts()
    saved = notebook.save()

    outputs = saved["cells"][0]["outputs"]
    kinds = [next(kind for kind in output["data"] if kind != "text/plain") for output in outputs]
    assert kinds == ["image/png", "text/html", "application/vnd.jupyter.widget-view+json"]
    assert len(json.dumps(outputs)) < 150_000
    assert len(json.dumps(saved["metadata"])) < 2_000  # no widget's state beside them


def test_the_charts_follow_the_theme_while_they_are_open(open_notebook):
    notebook = open_notebook([SHOW])
    notebook.run_all()
    notebook.wait_for_charts()
    notebook.set_theme("dark")
    notebook.page.wait_for_selector(f"{LIVE}[data-mode=dark]")
    notebook.page.mouse.move(*notebook.point_in(LIVE, 0.4, 0.75))
    notebook.page.wait_for_timeout(400)
    notebook.shot("result-turned-dark")

    assert notebook.errors == []


def test_zooming_brings_finer_candles_and_reset_the_whole_run(open_notebook):
    notebook = open_notebook([SHOW])
    notebook.run_all()
    notebook.wait_for_charts()
    mouse = notebook.page.mouse
    mouse.move(*notebook.point_in(LIVE, 0.40, 0.75))
    mouse.down()
    mouse.move(*notebook.point_in(LIVE, 0.45, 0.75), steps=5)
    mouse.up()

    notebook.wait_until(lambda: "5m candles" in title_of_price(notebook))
    notebook.shot("result-zoomed")
    notebook.page.locator(".bk-tool-icon-reset").first.click()
    notebook.wait_until(lambda: "1h candles" in title_of_price(notebook))
    assert notebook.errors == []


def test_a_page_loads_bokeh_once_for_all_its_results(open_notebook):
    again = "replay.display(fake_run(trades=0, days=2, name='Quiet'))"
    notebook = open_notebook([SHOW, again, again])
    notebook.run_all()
    notebook.wait_for_charts(3)

    held = notebook.page.evaluate("() => window[Symbol.for('backtestr_lab.bokeh')].size")
    assert held == 1
    assert notebook.page.evaluate("() => window.Bokeh === undefined")
    assert notebook.errors == []


def test_a_cell_run_again_leaves_nothing_of_the_old_drawing(open_notebook):
    notebook = open_notebook([SHOW])
    notebook.run_all()
    notebook.wait_for_charts()
    bokeh(notebook, "window.first = b.documents[0].roots()[0].id")
    notebook.run_all()

    notebook.wait_until(lambda: bokeh(notebook, "b.documents.map((d) => d.roots()[0].id !== window.first)") == [True])
