"""The figures of the player: one for each place, empty, named, in colours that can be exchanged."""

import json
import re

import numpy as np
import pytest
from bokeh.models import ColumnDataSource, GlyphRenderer, Range1d

from backtestr_lab.replay.colours import DARK, LIGHT
from backtestr_lab.replay.panes import panes
from backtestr_lab.replay.widget import pack
from backtestr_lab.units import to_micros

UPPER = {"areas", "paths", "lines", "marks", "texts", "cross_lines", "cross_texts"}


def indicator(name, label, pane, timeframe="5m", symbol=0):
    return {"name": name, "label": label, "symbol": symbol, "timeframe": timeframe, "digits": 5, "pane": pane}


def meta(*indicators, shown=("5m", "1h"), cuts=()):
    starts, ends = [to_micros(a) for a, _ in cuts], [to_micros(b) for _, b in cuts]
    return {"axis": {"starts": starts, "ends": ends}, "shown": list(shown), "indicators": list(indicators)}


RUN = meta(
    indicator("quick", "ema(5m, 10)", "price"),
    indicator("calm", "ema(5m, 30)", "price"),
    indicator("slow", "sma(1h, 8)", "price", "1h"),
    indicator("rsi", "rsi(5m, 14)", "rsi(5m, 14)"),
    indicator("macd.macd", "macd(5m).macd", "macd(5m)"),
    indicator("macd.macdsignal", "macd(5m).macdsignal", "macd(5m)"),
)


def sources(pane):
    return {model.name: model for model in pane.select({"type": ColumnDataSource})}


def lines(pane):
    return [r for r in pane.select({"type": GlyphRenderer}) if (r.name or "").startswith("overlays:")]


def test_each_place_of_the_player_has_a_figure_named_like_it():
    figures = panes(RUN)

    names = ["focus", "small:5m", "small:1h", "own:rsi(5m, 14)", "own:macd(5m)", "timeline"]
    assert list(figures) == names
    assert [pane.name for pane in figures.values()] == names


def test_each_figure_is_packed_by_itself_without_data_and_without_tools():
    for pane in panes(RUN).values():
        text, columns = pack(pane)

        assert len(text) < 25_000
        assert columns == b""
        assert pane.toolbar.tools == []


def test_names_of_sources_and_ranges_are_unique_in_a_figure():
    for pane in panes(RUN).values():
        names = [m.name for m in pane.references() if m.name and isinstance(m, ColumnDataSource | Range1d)]

        assert len(set(names)) == len(names)
        assert {"x", "y", *UPPER} <= set(names)


def test_what_follows_the_cursor_is_on_the_upper_canvas_and_nothing_else():
    for pane in panes(RUN).values():
        for renderer in pane.select({"type": GlyphRenderer}):
            assert (renderer.level == "overlay") == (renderer.data_source.name in UPPER)


def test_columns_that_a_glyph_reads_are_there():
    for pane in panes(RUN).values():
        for renderer in pane.select({"type": GlyphRenderer}):
            fields = {v["field"] for v in renderer.glyph.properties_with_values().values() if is_field(v)}
            assert fields <= set(renderer.data_source.data)


def is_field(value):
    return isinstance(value, dict) and "field" in value


def test_a_price_chart_has_a_line_for_each_indicator_on_its_timeframe():
    figures = panes(RUN)

    assert [len(lines(figures[name])) for name in ("focus", "small:5m", "small:1h")] == [2, 2, 1]


def test_indicators_of_two_symbols_share_the_lines():
    figures = panes(meta(indicator("a", "ema(5m, 3)", "price"), indicator("b", "ema(5m, 3)", "price", symbol=1)))

    assert len(lines(figures["focus"])) == 1


def test_more_indicators_than_colours_are_told_apart_by_dashes():
    figures = panes(meta(*[indicator(f"e{n}", f"ema(5m, {n})", "price") for n in range(9)]))
    looks = [(line.glyph.line_color, str(line.glyph.line_dash)) for line in lines(figures["focus"])]

    assert len(set(looks)) == 9


def test_an_indicator_with_limits_keeps_them_and_shows_its_levels():
    figures = panes(RUN)
    bounded, free = figures["own:rsi(5m, 14)"], figures["own:macd(5m)"]

    assert (bounded.y_range.start, bounded.y_range.end, bounded.y_range.bounds) == (0, 100, (0, 100))
    assert list(bounded.yaxis[0].ticker.ticks) == [30, 70]
    assert free.y_range.bounds is None


def test_a_figure_with_a_glyph_of_a_users_own_is_packed_with_it():
    figures = panes(RUN)
    x = figures.x(["2024-01-02 12:00", "2024-01-03 12:00"])
    figures["focus"].line(x, np.array([1.08, 1.09]), line_color="#123456")

    text, columns = pack(figures["focus"])
    assert "#123456" in text
    assert np.frombuffer(columns, "f8").tolist() == [*x, 1.08, 1.09]


def test_an_instant_in_closed_hours_lies_where_they_are_cut_out():
    figures = panes(meta(cuts=[("2024-01-05 22:00", "2024-01-07 22:00")]))
    friday, saturday, sunday = figures.x(["2024-01-05 22:00", "2024-01-06 12:00", "2024-01-07 22:00"])

    assert friday == saturday == sunday == figures.x("2024-01-05 22:00")
    assert figures.x("2024-01-07 23:00") - sunday == 3_600_000


def test_figures_above_each_other_leave_the_same_room_beside_the_frame():
    figures = panes(RUN)

    above = [figure for name, figure in figures.items() if name.startswith(("focus", "own"))]
    borders = {(figure.min_border_left, figure.min_border_right) for figure in above}
    assert len(borders) == 1
    assert figures["timeline"].min_border_right == figures["focus"].min_border_right


def test_every_colour_of_the_figures_can_be_exchanged():
    text = json.dumps([pack(pane)[0] for pane in panes(meta(*[indicator(n, n, "price") for n in "abcd"])).values()])
    used = set(re.findall(r"#[0-9a-f]{6}\b", text))

    assert used <= set(LIGHT.values())
    assert {LIGHT[f"overlay{i}"] for i in (1, 2, 3, 4)} <= used


# Machado et al. 2009, severity 1: linear RGB as eyes without red or without green see it.
EYES = {
    "all cones": np.eye(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
TO_XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]


def as_seen(colour, eye):
    """CIE Lab of a colour through an eye; a distance of 2 is just seen side by side."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.asarray(EYES[eye]) @ linear, 0, 1) / [0.95047, 1, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_that_mean_something_stay_apart_for_every_eye(palette, eye):
    told = ["good", "bad", "accent", "overlay1", "overlay2", "overlay3", "overlay4"]
    seen = {role: as_seen(palette[role], eye) for role in told}
    nearest = min(np.linalg.norm(seen[a] - seen[b]) for a in told for b in told if a < b)

    assert nearest > 10
