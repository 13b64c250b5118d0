"""The Bokeh layout a user gets."""

import json
import re

import pytest
from bokeh.embed import json_item
from bokeh.plotting import figure

from backtestr_lab.replay.charts import plot
from backtestr_lab.replay.colours import DARK, LIGHT


def pane(layout, name):
    return layout.select_one({"name": name, "type": figure})


def test_three_panes_share_one_time_range(run):
    layout = plot(run)

    ranges = {pane(layout, name).x_range.id for name in ("equity", "drawdown", "price")}
    assert len(ranges) == 1


def test_a_plain_axis_is_the_runs_range_in_milliseconds(run):
    time = pane(plot(run, cut=False), "price").x_range

    assert (time.start, time.end) == (run.start / 1000, run.end / 1000)


def test_the_weekend_takes_no_room(run):
    cut, plain = (pane(plot(run, cut=c), "price").x_range for c in (True, False))

    assert (plain.end - plain.start) - (cut.end - cut.start) == 48 * 3600 * 1000


def test_names_of_sources_and_figures_are_unique(run):
    layout = plot(run)
    names = [model.name for model in layout.references() if model.name]

    counted = {name: names.count(name) for name in ("candles", "curve", "time", "price", "equity", "price_range")}
    assert counted == dict.fromkeys(counted, 1)


def test_a_user_can_change_what_is_drawn(run):
    layout = plot(run)
    pane(layout, "price").height = 600

    assert pane(layout, "price").height == 600


def test_a_run_without_trades_has_no_legend_of_trades(make_run):
    assert not pane(plot(make_run(trades=0)), "price").below[1:]
    assert pane(plot(make_run()), "price").below[1:]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_colour_occurs_once_so_that_it_can_be_exchanged(palette):
    assert len(set(palette.values())) == len(palette)


def test_no_colour_means_different_things_in_light_and_dark():
    for colour in set(LIGHT.values()) & set(DARK.values()):
        assert [r for r in LIGHT if LIGHT[r] == colour] == [r for r in DARK if DARK[r] == colour]


def test_every_colour_of_the_figure_can_be_exchanged(run):
    used = set(re.findall(r"#[0-9a-f]{6}\b", json.dumps(json_item(plot(run)))))

    assert used <= set(LIGHT.values())
