"""The widget's side of the talk with the page."""

import gc
import gzip
import json
from pathlib import Path

import bokeh
import numpy as np
import pytest

from backtestr_lab.replay import widget
from backtestr_lab.replay.charts import plot
from backtestr_lab.replay.source import Source


@pytest.fixture
def live(run, monkeypatch):
    """A result's widget that keeps what it sends."""
    made = widget.result(run)
    made.sent = []
    made.send = lambda message, buffers=None: made.sent.append((message, buffers))
    return made


def ask(made, **message):
    made._answer(made, message, [])
    return made.sent[-1]


def values(where, data):
    return np.frombuffer(data, "<f8", where["count"], where["at"])


def test_the_page_gets_the_installed_bokeh(live):
    message, [packed] = ask(live, kind="bokeh")

    path = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"
    assert message == {"kind": "bokeh", "version": bokeh.__version__}
    assert gzip.decompress(packed) == path.read_bytes()


def test_bokeh_is_in_no_state_of_the_widget(live):
    size = sum(len(value) for value in live.get_state().values() if isinstance(value, (str, bytes)))

    assert size < 250_000


def test_zooming_is_answered_with_the_columns_of_that_range(live, run):
    source = Source(run)
    start, end = run.start + 10**11, run.start + 10**11 + 10**10
    message, [data] = ask(live, kind="view", id=7, x=source.time.x([start, end]).tolist())

    view = source.view(start, end)
    assert (message["kind"], message["id"], message["title"]) == ("view", 7, view.title)
    assert values(message["columns"]["candles"]["open"], data).tolist() == view.sources["candles"]["open"].tolist()
    assert message["columns"]["won"]["side"] == view.sources["won"]["side"].tolist()
    json.dumps(message)


def test_a_forgotten_run_is_told_and_not_kept(make_run):
    run = make_run()
    made = widget.result(run)
    made.sent = []
    made.send = lambda message, buffers=None: made.sent.append((message, buffers))
    del run
    gc.collect()

    message, _ = ask(made, kind="view", id=1, x=[0, 1])
    assert message["error"].startswith("the run is no longer in memory")
    assert made._source is None


def test_the_figures_text_and_bytes_hold_what_bokeh_would_have_sent(run):
    text, data = widget.pack(plot(run))

    arrays = {}

    def collect(node):
        if isinstance(node, dict):
            if node.get("type") == "ndarray" and node["dtype"] != "object":  # texts stay in the JSON
                place = node["array"]["data"]
                assert set(place) == {"at", "length"}
                arrays[place["at"]] = np.frombuffer(data, node["dtype"], place["length"] // 8, place["at"])
            for value in node.values():
                collect(value)
        elif isinstance(node, list):
            for value in node:
                collect(value)

    collect(json.loads(text))
    candles = Source(run).view().sources["candles"]
    assert any(np.array_equal(array, candles["open"]) for array in arrays.values())
    assert sum(array.nbytes for array in arrays.values()) == len(data)


def test_any_layout_can_be_shown_and_has_nothing_to_zoom_into(run):
    from bokeh.plotting import figure

    own = figure()
    own.line([1, 2], [3, 4])

    made = widget.live(own)
    assert json.loads(made.figure)["roots"]
    made.sent = []
    made.send = lambda message, buffers=None: made.sent.append((message, buffers))
    assert "error" in ask(made, kind="view", id=1, x=[0, 1])[0]
