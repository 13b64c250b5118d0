"""The figures of the replay player, empty: the page puts in what was known at the cursor.

A figure for each place of the player. Prices are decimal; `x` is milliseconds of trading time (axis.py), to which
`Panes.x` maps instants. What stands still between two bars (axes, closed candles, indicators) is drawn on a figure's
lower canvas, what follows the cursor on its upper one (level ``overlay``), so that most steps paint only the latter.
Nothing on the upper canvas is clipped: price tags lie beside the frame.

Sources, by name: ``candles`` and ``ghost`` (x left right high low top bottom down), ``overlays`` (x v0 v1 ..),
``cuts`` (x), and on the upper canvas ``areas``, ``paths``, ``lines``, ``marks``, ``texts``, ``cross_lines``,
``cross_texts``; the timeline has ``curve`` (x equity base depth) and ``results`` (x size ink). Ranges are named ``x``
and ``y``.
"""

from collections import Counter

import numpy as np
from bokeh.models import (
    ColumnDataSource,
    FixedTicker,
    HSpan,
    Line,
    LinearColorMapper,
    NumeralTickFormatter,
    Quad,
    Range1d,
    Scatter,
    Segment,
    Text,
    VArea,
    VSpan,
)
from bokeh.plotting import figure

from ..units import to_micros
from .axis import TradingTime
from .colours import LIGHT, OVERLAYS
from .style import FONT, dress

__all__ = ["Panes", "lines_on_price", "panes"]

AXIS_WIDTH = 76  # CSS pixels beside the frame; the same everywhere, so that panes above each other agree in time
SMALL_AXIS_WIDTH = 62
TIMELINE_MARGIN = 92  # what its bands are called stands left of them
DASHES = ("solid", "dashed", "dotted")  # the second four indicators of a pane, the third four
# Indicators with fixed limits: lowest, highest, and the levels people look at.
BOUNDED = {
    "rsi": (0, 100, (30, 70)),
    "mfi": (0, 100, (20, 80)),
    "stoch": (0, 100, (20, 80)),
    "stochf": (0, 100, (20, 80)),
    "stochrsi": (0, 100, (20, 80)),
    "ultosc": (0, 100, (30, 70)),
    "willr": (-100, 0, (-80, -20)),
    "adx": (0, 100, (25,)),
    "adxr": (0, 100, (25,)),
    "aroon": (0, 100, (30, 70)),
}


class Panes(dict):
    """The figures by name, and where an instant lies on their time axes.

    Examples
    --------
    >>> panes = Panes(TradingTime())
    >>> panes.x("1970-01-01 00:00:02"), panes.x([1_000, 2_000]).tolist()
    (2000.0, [1.0, 2.0])
    """

    def __init__(self, time):
        super().__init__()
        self.time = time

    def x(self, when):
        """Positions of instants, for glyphs of your own.

        Parameters
        ----------
        when : datetime, str, int µs UTC, or a sequence of them
            Naive means UTC (U1).

        Returns
        -------
        float, or (n,) float64
            Milliseconds of trading time; an instant in closed hours lies where they are cut out.
        """
        if np.ndim(when) == 0 or isinstance(when, str):
            return float(self.time.x(to_micros(when)))
        return self.time.x([to_micros(one) for one in when])


def panes(meta):
    """The figures of the player, without data.

    Parameters
    ----------
    meta : dict
        What is known of the run before any block (docs/reference/capsule.md).

    Returns
    -------
    Panes
        ``focus``, ``small:<timeframe>`` for each timeframe shown, ``own:<pane>`` for each pane of indicators that do
        not lie on the price, ``timeline``. Each is a figure of its own, without tools: the player has its gestures.

    Examples
    --------
    >>> meta = {"axis": {"starts": [], "ends": []}, "shown": ["5m", "1h"], "indicators": []}
    >>> figures = panes(meta)
    >>> list(figures)
    ['focus', 'small:5m', 'small:1h', 'timeline']
    >>> line = figures["focus"].line([figures.x("2024-01-02"), figures.x("2024-01-03")], [1.08, 1.09])
    """
    time = TradingTime(meta["axis"]["starts"], meta["axis"]["ends"])
    figures = Panes(time)
    lines = lines_on_price(meta)
    figures["focus"] = _price(time, max(lines.values(), default=0))
    for timeframe in meta["shown"]:
        figures[f"small:{timeframe}"] = _price(time, lines.get(timeframe, 0), small=True)
    for name in dict.fromkeys(one["pane"] for one in meta["indicators"] if one["pane"] != "price"):
        figures[f"own:{name}"] = _own(time, [one for one in meta["indicators"] if one["pane"] == name])
    figures["timeline"] = _timeline(time)
    for name, pane in figures.items():
        pane.name = name
    return figures


def lines_on_price(meta):
    """How many indicators lie on the price, by timeframe: of the symbol that has the most.

    Examples
    --------
    >>> calm = {"symbol": 0, "timeframe": "5m", "pane": "price"}
    >>> lines_on_price({"indicators": [calm, calm | {"symbol": 1}, calm | {"pane": "rsi(5m, 14)"}]})
    {'5m': 1}
    """
    by_symbol = Counter((one["timeframe"], one["symbol"]) for one in meta["indicators"] if one["pane"] == "price")
    lines = {}
    for (timeframe, _), n in by_symbol.items():
        lines[timeframe] = max(n, lines.get(timeframe, 0))
    return lines


def _pane(time, *, labels="11px", most=9, short=False):
    pane = figure(
        sizing_mode="stretch_both",
        min_width=120,
        min_height=40,
        x_range=Range1d(0, 1, name="x"),
        y_range=Range1d(0, 1, name="y"),
        y_axis_location="right",
        tools="",
        toolbar_location=None,
        context_menu=None,
        # Bokeh clears its canvas from half a pixel on: what lies nearer to the edge would stay.
        min_border_left=2,
        min_border_right=SMALL_AXIS_WIDTH if short else AXIS_WIDTH,
        min_border_top=2,
        min_border_bottom=0,
    )
    dress(pane, time, labels=labels, most=most, short=short)
    cuts = VSpan(x="x", line_color=LIGHT["line"], line_dash=[2, 3])
    _glyph(pane, cuts, _source("cuts", "x"), level="underlay")
    return pane


def _glyph(pane, glyph, source, **options):
    """Draw a glyph. Nothing is ever selected or muted: without glyphs for that a new column is half the work."""
    pane.add_glyph(source, glyph, selection_glyph=None, nonselection_glyph=None, muted_glyph=None, **options)


def _source(name, columns):
    return ColumnDataSource({column: [] for column in columns.split()}, name=name)


def _price(time, slots, *, small=False):
    pane = _pane(time, labels="10px", most=4, short=True) if small else _pane(time)
    pane.yaxis.formatter = NumeralTickFormatter(format="0.00000", name="prices")
    pane.yaxis.ticker.desired_num_ticks = 4 if small else 8
    pane.yaxis.name = "price_axis"
    _candles(pane, "ghost", alpha=0.35)
    _candles(pane, "candles", alpha=1.0)
    _values(pane, "overlays", slots, width=1.4)
    _upper(pane)
    return pane


def _candles(pane, name, alpha):
    """Hollow where the price rose, filled where it fell."""
    source = _source(name, "x left right high low top bottom down")
    fill = LinearColorMapper([LIGHT["surface"], LIGHT["candle"]], low=0, high=1)
    ink = {"line_color": LIGHT["candle"], "line_alpha": alpha}
    body = {"fill_color": {"field": "down", "transform": fill}, "fill_alpha": alpha}
    _glyph(pane, Segment(x0="x", y0="low", x1="x", y1="high", **ink), source)
    _glyph(pane, Quad(left="left", right="right", top="top", bottom="bottom", **body, **ink), source)


def _values(pane, name, slots, width):
    """A line for each indicator, all on one source."""
    source = _source(name, " ".join(["x"] + [f"v{i}" for i in range(slots)]))
    for i in range(slots):
        line = Line(
            x="x",
            y=f"v{i}",
            line_color=LIGHT[OVERLAYS[i % len(OVERLAYS)]],
            line_dash=DASHES[i // len(OVERLAYS) % len(DASHES)],
            line_width=width,
            line_join="round",
        )
        _glyph(pane, line, source, name=f"{name}:{i}")


def _upper(pane):
    """What follows the cursor: a few glyphs that draw whatever the page puts into them, row by row."""
    _areas(pane)
    _lines(pane, "paths")
    _lines(pane, "lines")
    _marks(pane)
    _texts(pane, "texts")
    _lines(pane, "cross_lines")
    _texts(pane, "cross_texts")


def _areas(pane):
    area = Quad(
        left="left",
        right="right",
        top="top",
        bottom="bottom",
        fill_color="fill",
        fill_alpha="cover",
        line_color="edge",
        line_width=1.5,
    )
    _glyph(pane, area, _source("areas", "left right top bottom fill cover edge"), level="overlay")


def _lines(pane, name):
    line = Segment(
        x0="x0",
        y0="y0",
        x1="x1",
        y1="y1",
        line_color="ink",
        line_width="width",
        line_alpha="alpha",
        line_dash="dash",
    )
    _glyph(pane, line, _source(name, "x0 y0 x1 y1 ink width alpha dash"), level="overlay")


def _marks(pane):
    mark = Scatter(
        x="x",
        y="y",
        marker={"field": "marker"},
        size="size",
        fill_color="fill",
        line_color="edge",
        line_width=1.4,
    )
    _glyph(pane, mark, _source("marks", "x y marker size fill edge"), level="overlay")


def _texts(pane, name):
    text = Text(
        x="x",
        y="y",
        text="text",
        x_offset="dx",
        y_offset="dy",
        anchor="anchor",
        text_color="ink",
        text_font={"value": FONT},
        text_font_size="11px",
        text_font_style="style",
        text_line_height=1.0,
        background_fill_color="fill",
        background_fill_alpha="cover",
        border_line_color="edge",
        padding=(5, 2),
        border_radius=3,
    )
    _glyph(pane, text, _source(name, "x y dx dy text anchor ink fill cover edge style"), level="overlay")


def _own(time, indicators):
    pane = _pane(time)
    pane.xaxis.visible = False
    pane.yaxis.ticker.desired_num_ticks = 4
    pane.yaxis.formatter = NumeralTickFormatter(format="0,0.[00000]")
    limits = BOUNDED.get(indicators[0]["label"].partition("(")[0].lower())
    if limits:
        low, high, levels = limits
        pane.y_range.update(start=low, end=high, bounds=(low, high))
        pane.yaxis.ticker = list(levels)
        pane.ygrid.grid_line_color = None
        marks = ColumnDataSource({"y": list(levels)}, name="levels")
        _glyph(pane, HSpan(y="y", line_color=LIGHT["line"], line_dash=[4, 3]), marks, level="underlay")
    _values(pane, "overlays", len(indicators), width=1.4)
    _upper(pane)
    return pane


def _timeline(time):
    """Three bands, one above the other: equity, the result of each trade at its exit, drawdown."""
    pane = _pane(time, most=12)
    pane.min_border_top = 10  # for the cursor's handle
    pane.min_border_left = TIMELINE_MARGIN
    pane.yaxis.formatter = NumeralTickFormatter(format="0,0.[00]")
    pane.yaxis.ticker = FixedTicker(ticks=[], name="equity_ticks")
    pane.ygrid.grid_line_color = None
    pane.extra_y_ranges = {name: Range1d(0, 1, name=f"{name}_y") for name in ("results", "drawdown")}
    curve = _source("curve", "x equity base depth")
    _glyph(pane, VArea(x="x", y1="base", y2="equity", fill_color=LIGHT["equity"], fill_alpha=0.10), curve)
    _glyph(pane, Line(x="x", y="equity", line_color=LIGHT["equity"], line_width=1.6), curve)
    depth = {"y_range_name": "drawdown"}
    _glyph(pane, VArea(x="x", y1=0, y2="depth", fill_color=LIGHT["bad"], fill_alpha=0.22), curve, **depth)
    _glyph(pane, Line(x="x", y="depth", line_color=LIGHT["bad"], line_width=1), curve, **depth)
    # Up and down as well as blue and orange: a result can be read without its colour.
    result = Segment(x0="x", y0=0, x1="x", y1="size", line_color="ink", line_width=2)
    _glyph(pane, result, _source("results", "x size ink"), y_range_name="results")
    _upper(pane)
    return pane
