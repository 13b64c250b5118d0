"""The result of a run in a real JupyterLab."""

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


@pytest.mark.parametrize(("theme", "width"), [("light", 1600), ("dark", 900)])
def test_the_charts_of_a_cell_are_drawn(open_notebook, theme, width):
    notebook = open_notebook([SHOW], theme=theme, width=width)
    notebook.run_all()
    notebook.wait_for_charts()
    notebook.shot(f"result-{theme}-{width}")

    assert min(notebook.painted()) > 500
    assert notebook.errors == []
