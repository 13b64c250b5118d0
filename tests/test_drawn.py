"""What docs/ draws is what the code says now: pictures and tables are those that `make docs` would write."""

import importlib
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docs"))
write, shell, page_of = (importlib.import_module(f"drawn.{name}") for name in ("write", "shell", "page"))
sys.path.remove(str(ROOT / "docs"))

PAGES = write.pages()
ORDER_PAGES = sorted((ROOT / "docs/reference/orders").glob("*.md"))


def name_of(page):
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pictures_and_tables_of_a_page_are_what_would_be_drawn_now(page):
    files = write.drawn(page, shell.Shell(page.name).run_cell)

    stale = [name_of(path) for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]
    assert stale == [], "make docs writes them; look at what changed before it is committed"


def test_no_picture_is_left_that_no_page_draws():
    shown = {name for page in PAGES for name in re.findall(r"images/orders/(\S+\.svg)\)", page.read_text("utf-8"))}

    assert {path.name for path in write.IMAGES.iterdir()} == shown


@pytest.mark.parametrize("page", ORDER_PAGES, ids=name_of)
def test_the_line_that_a_page_recommends_is_in_the_snippet_that_runs(page):
    text = page.read_text("utf-8")
    lines = [line for block in re.findall(r"^```py\n(.*?)^```", text, re.M | re.S) for line in block.splitlines()]
    snippets = "".join(re.findall(r"^```python\n(.*?)^```", text, re.M | re.S))

    assert lines
    assert [line for line in lines if line not in snippets] == []


def test_a_place_shows_what_the_snippet_below_it_made():
    places = ["<!-- drawn: way a -->\nold\n<!-- end -->\n", "<!-- drawn: way b -->\n<!-- end -->\n"]
    text = f"{places[0]}```python\nx = 1\n```\n{places[1]}```python\nx = 2\n```\n"

    new = page_of.written(text, {"way": lambda name, known: f"{name}{known['x']}"}, shell.Shell("page").run_cell)

    assert re.findall(r"-->\n(.*)\n<!--", new) == ["a1", "b2"]
    assert new.replace("a1", "old").replace("b2\n", "") == text
