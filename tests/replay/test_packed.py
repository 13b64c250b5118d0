"""The player's figures as they travel."""

import json
import re

from bokeh.models import Span

from backtestr_lab.replay.packed import packed_panes


def indicator(name, pane, timeframe):
    label = f"ema({timeframe}, 9)"
    return {"name": name, "label": label, "symbol": 0, "timeframe": timeframe, "digits": 5, "pane": pane}


RUN = {
    "axis": {"starts": [0], "ends": [10**9]},
    "shown": ["1m", "5m", "15m", "1h", "4h"],
    "indicators": [indicator("a", "price", "5m"), indicator("b", "price", "1h"), indicator("c", "own", "1h")],
}


def figures(decorate=None):
    return json.loads(packed_panes(RUN, decorate)[0])


def without_ids(figure):
    """Bokeh numbers its models as they are made."""
    return re.sub(r'"p\d+(c\d+)?"', "", json.dumps(figure))


def test_figures_made_once_for_several_are_what_each_would_be():
    quick, each = figures(), figures(lambda panes: None)

    assert set(quick) == set(each)
    assert {n: without_ids(f) for n, f in quick.items()} == {n: without_ids(f) for n, f in each.items()}


def test_no_model_has_the_id_of_another():
    ids = [set(re.findall(r'"id": "(p\w+)", "attributes"', json.dumps(figure))) for figure in figures().values()]

    assert all(ids)
    assert sum(map(len, ids)) == len(set.union(*ids))


def test_arrays_of_all_figures_lie_one_after_another_in_the_bytes():
    import numpy as np

    def mark(panes):
        for i, name in enumerate(("focus", "timeline")):
            panes[name].scatter(np.array([i + 0.5, i + 1.0]), np.array([1.0, 2.0]), name="mine")
        panes["focus"].add_layout(Span(location=3))

    text, data = packed_panes(RUN, mark)

    places = [(int(at), int(n)) for at, n in re.findall(r'"data":\{"at":(\d+),"length":(\d+)\}', text)]
    firsts = [np.frombuffer(data, "f8", n // 8, at).tolist() for at, n in places]
    assert firsts == [[0.5, 1.0], [1.0, 2.0], [1.5, 2.0], [1.0, 2.0]]
    assert len(data) == 64
