"""Everything that is drawn, by path."""

import os
from pathlib import Path

from .page import written
from .scene import scene_of
from .states import state_diagram
from .tables import journal_table, reasons_table, transitions_table
from .timeline import story, timeline

__all__ = ["DOCS", "drawn", "pages"]

DOCS = Path(__file__).parents[1]
IMAGES = DOCS / "images/orders"


def pages():
    """The pages that have places to fill."""
    return [p for p in sorted(DOCS.rglob("*.md")) if "<!-- drawn: " in p.read_text(encoding="utf-8")]


def drawn(page, run_cell):
    """Path -> text of a page and its pictures, as they should be.

    Parameters
    ----------
    page : Path
    run_cell : callable
        Runs a snippet, gives the names that are known then.

    Returns
    -------
    dict of Path to str
    """
    files = {}

    def picture(name, text, alt):
        path = IMAGES / f"{name}.svg"
        files[path] = text
        return f"![{alt}]({Path(os.path.relpath(path, page.parent)).as_posix()})"

    def run(name, known):
        scene = scene_of(known["run"])
        told = story(scene)
        return f"{picture(name, timeline(scene, told), told)}\n\n{journal_table(known['run'])}"

    def states(name, known):
        return picture(name, state_diagram("The states of an order and the events between them"), "States of an order")

    ways = {
        "run": run,
        "journal": lambda name, known: journal_table(known["run"]),
        "states": states,
        "transitions": lambda name, known: transitions_table(),
        "reasons": lambda name, known: reasons_table(),
    }
    files[page] = written(page.read_text(encoding="utf-8"), ways, run_cell)
    return files
