"""A run as one HTML page."""

import base64
import gzip
import json
import re

import bokeh
import pytest

import backtestr_lab as lab
from backtestr_lab.errors import DataError, OptionError
from backtestr_lab.replay import export, widget
from backtestr_lab.replay.capsule import read
from backtestr_lab.replay.places import of_trade

from .strategies import InAndOut


@pytest.fixture(scope="module")
def run():
    return lab.backtest(InAndOut, lab.sample("EURUSD", days=2, seed=3))


@pytest.fixture(scope="module")
def page(run):
    return export.page(run, at=2)


def inside(page, name):
    """The text of one of the page's elements of data."""
    [text] = re.findall(rf'<script [^>]*id="btl-{name}">(.*?)</script>', page, re.S)
    return text


def test_the_page_holds_the_capsule_and_the_installed_bokeh(page, run):
    packed = base64.b64decode(inside(page, "capsule"))

    assert read(packed).meta()["name"] == "InAndOut"
    assert b"Bokeh" in gzip.decompress(base64.b64decode(inside(page, "bokeh")))[:100]
    assert json.loads(inside(page, "setting"))["bokeh"] == bokeh.__version__


def test_it_opens_where_it_was_told_to(page, run):
    place = of_trade(run, 2)
    setting = json.loads(inside(page, "setting"))

    first = int(run.ticks.ts.searchsorted(place.ts))
    assert setting["at"] == {"ts": place.ts, "taken": first + place.tick}
    assert setting["trade"] == 2


def test_it_may_load_nothing_and_names_no_address(page):
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)

    assert policy.startswith("default-src &#x27;none&#x27;;") and "http" not in policy and "*" not in policy
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=[\"'](?!data:)", page)


def test_without_scripts_there_is_a_picture_and_a_word(page):
    assert re.search(r'<img alt="[^"]+" width="860" height="470" src="data:image/png;base64,iVBOR', page)
    assert "the player needs scripts, which are switched off here" in page


def test_a_name_cannot_end_a_script_or_become_markup(run, monkeypatch):
    monkeypatch.setattr(run, "name", "</script><script>alert(1)//<!--")
    page = export.page(run)

    assert "<script>alert" not in page
    assert json.loads(inside(page, "setting"))
    assert read(base64.b64decode(inside(page, "capsule"))).meta()["name"].startswith("</script>")


def test_figures_can_be_decorated(run):
    page = export.page(run, decorate=lambda figures: figures["focus"].line([0], [1], name="a < b"))

    assert '"a < b"' in json.dumps(json.loads(inside(page, "panes"))["focus"])


def test_fewer_bytes_make_a_smaller_page_down_to_the_least(run, page):
    capsule = len(base64.b64decode(inside(page, "capsule")))
    small = export.page(run, max_bytes=capsule // 2)

    assert len(base64.b64decode(inside(small, "capsule"))) <= capsule // 2
    with pytest.raises(OptionError, match="max_bytes"):
        export.page(run, max_bytes=100)


def test_it_is_written_where_it_was_asked_for(run, page, tmp_path):
    path = run.to_html(tmp_path / "run.html", at=2)

    assert path == tmp_path / "run.html"
    assert without_ids(path.read_text(encoding="utf-8")) == without_ids(page)


def without_ids(page):
    """Bokeh numbers its models as they are made."""
    return re.sub(r'"p\d+(c\d+)?"', "", page)


def test_a_folder_there_is_not_is_told(run, tmp_path):
    with pytest.raises(OptionError, match="run.html cannot be written: no such file or directory"):
        run.to_html(tmp_path / "none" / "run.html")


def test_without_the_built_script_the_way_out_is_told(run, monkeypatch, tmp_path):
    monkeypatch.setattr(widget, "STATIC", tmp_path)

    with pytest.raises(DataError, match="run `make dev`"):
        export.page(run)
