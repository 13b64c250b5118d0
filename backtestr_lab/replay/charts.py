"""The charts of a run: equity, drawdown below it, and the price with what was traded.

Bokeh models made in Python, so that a user can take the layout of `plot(run)` and change anything in it. The colours
are those of a light page; the widget exchanges them when the page is dark. The sources have names (``candles``,
``curve``, ``won``, ``lost``), by which finer columns find their way in when somebody zooms.
"""

from bokeh.layouts import gridplot
from bokeh.models import (
    BoxZoomTool,
    ColumnDataSource,
    CrosshairTool,
    HoverTool,
    NumeralTickFormatter,
    PanTool,
    Range1d,
    ResetTool,
    Span,
    Title,
    WheelZoomTool,
)
from bokeh.plotting import figure

from .colours import LIGHT
from .source import Source
from .style import FONT, dress, price_format

__all__ = ["layout", "plot"]

EQUITY_HEIGHT, DRAWDOWN_HEIGHT, PRICE_HEIGHT = 190, 96, 340  # CSS pixels

_TIME = "@{}{{%a %d %b %Y %H:%M:%S}}"


def plot(run, *, symbol=0, cut=True):
    """The charts of a run as one Bokeh layout, to show or to change (`Run.plot`).

    Parameters
    ----------
    run : Run
    symbol : int
        Index of the symbol whose price is drawn.
    cut : bool
        True cuts hours without ticks out of the time axis; False leaves a plain axis in milliseconds UTC, on which
        datetimes can be drawn as they are.

    Returns
    -------
    bokeh.models.GridPlot
        Its figures are named ``equity``, ``drawdown`` and ``price``.

    Examples
    --------
    >>> layout = plot(run)                                     # doctest: +SKIP
    >>> layout.select_one({"name": "price"}).height = 600      # doctest: +SKIP
    """
    return layout(Source(run, symbol=symbol, cut=cut))


def layout(source):
    """The layout of `plot` from a `Source`."""
    view = source.view()
    start, end = source.time.x([source.start, source.end])
    time = Range1d(float(start), float(end), name="time", bounds=(float(start), float(end)))
    data = {name: ColumnDataSource(columns, name=name) for name, columns in view.sources.items()}
    panes = [_equity(source, view, data, time), _drawdown(source, view, data, time), _price(source, view, data, time)]
    cursor = Span(dimension="height", line_color=LIGHT["quiet"], line_width=1, line_alpha=0.5)
    for pane in panes:
        pane.add_tools(CrosshairTool(overlay=cursor, description="Cursor"))
    grid = gridplot(
        [[pane] for pane in panes],
        merge_tools=True,
        sizing_mode="stretch_width",
        toolbar_location="right",
        toolbar_options={"logo": None},
    )
    grid.name = "result"
    return grid


def _pane(name, title, height, source, time, limits):
    """An empty figure in the house's style, on the shared time range."""
    zoom = WheelZoomTool(dimensions="width", description="Wheel zooms in time")
    box = BoxZoomTool(dimensions="width", description="Drag a stretch of time to zoom into it")
    pan = PanTool(dimensions="width", description="Move in time")
    pane = figure(
        name=name,
        title=title,
        height=height,
        min_width=280,
        sizing_mode="stretch_width",
        x_range=time,
        y_range=Range1d(*limits, name=f"{name}_range"),
        tools=[pan, box, zoom, ResetTool(description="The whole run")],
        active_drag=box,
        active_scroll=None,  # the page scrolls until the wheel is given to the chart
        min_border_left=66,
        min_border_right=12,
        min_border_top=4,
        min_border_bottom=6,
    )
    pane.title.update(
        text_font=FONT,
        text_font_size="12px",
        text_font_style="bold",
        text_color=LIGHT["ink"],
        offset=0,
        standoff=6,
    )
    dress(pane, source.time)
    for x in source.time.cut_lines():
        pane.add_layout(Span(location=float(x), dimension="height", line_color=LIGHT["line"], line_dash=[2, 3]))
    return pane


def _equity(source, view, data, time):
    pane = _pane("equity", f"Equity  {source.currency}", EQUITY_HEIGHT, source, time, view.limits["equity"])
    pane.xaxis.visible = False
    pane.yaxis.formatter = NumeralTickFormatter(format="0,0.[00]")
    pane.yaxis.ticker.desired_num_ticks = 4
    pane.add_layout(
        Span(location=source.cash, dimension="width", line_color=LIGHT["quiet"], line_dash=[4, 4], line_alpha=0.7)
    )
    line = pane.line("x", "equity", source=data["curve"], line_color=LIGHT["equity"], line_width=1.8)
    rows = [("equity", "@equity{0,0.00}"), ("drawdown", "@drawdown{0,0.00}"), ("", "@depth{0.00} %")]
    pane.add_tools(_hover(line, _TIME.format("time"), rows, {"@time": "datetime"}, mode="vline"))
    return pane


def _drawdown(source, view, data, time):
    pane = _pane("drawdown", "Drawdown  %", DRAWDOWN_HEIGHT, source, time, view.limits["drawdown"])
    pane.xaxis.visible = False
    pane.yaxis.formatter = NumeralTickFormatter(format="0.[000]")
    pane.yaxis.ticker.desired_num_ticks = 2
    pane.varea("x", 0, "depth", source=data["curve"], fill_color=LIGHT["bad"], fill_alpha=0.22)
    pane.line("x", "depth", source=data["curve"], line_color=LIGHT["bad"], line_width=1.2)
    return pane


def _price(source, view, data, time):
    digits = source.symbol.digits
    pane = _pane("price", view.title, PRICE_HEIGHT, source, time, view.limits["price"])
    pane.yaxis.formatter = NumeralTickFormatter(format=price_format(digits))
    candles = data["candles"]
    ink = {"source": candles, "line_color": LIGHT["candle"], "line_width": 1}
    pane.segment("x", "high", "x", "top", **ink)
    pane.segment("x", "bottom", "x", "low", **ink)
    body = pane.quad(
        "left", "right", "top", "bottom", fill_color=LIGHT["candle"], fill_alpha={"field": "filled"}, **ink
    )
    price = f"{{{price_format(digits)}}}"
    rows = [(name, f"@{name}{price}") for name in ("open", "high", "low", "close")] + [("ticks", "@ticks{0,0}")]
    candle_hover = _hover(body, _TIME.format("time").replace(":%S", ""), rows, {"@time": "datetime"}, mode="vline")
    marks = [_trades(pane, data[name], role) for name, role in (("won", "good"), ("lost", "bad"))]
    if source.has_trades:
        pane.add_layout(_caption("▲ long   ▼ short   ● closed in profit   ○ closed at a loss"), "below")
    pane.add_tools(candle_hover, _trade_hover([mark for pair in marks for mark in pair], price, source.currency))
    return pane


def _caption(text):
    return Title(
        text=text,
        text_font=FONT,
        text_font_size="11px",
        text_font_style="normal",
        text_color=LIGHT["quiet"],
        standoff=4,
    )


def _trades(pane, data, role):
    """A trade: a triangle that points its way at the entry, a circle at the exit, a line between them."""
    colour, surface = LIGHT[role], LIGHT["surface"]
    label = {"good": "profit", "bad": "loss"}[role]
    pane.segment(
        "entry_x",
        "entry_price",
        "exit_x",
        "exit_price",
        source=data,
        line_color=colour,
        line_width=1.6,
        line_alpha=0.75,
    )
    # A loss's exit is hollow: the result can be read without its colour.
    exits = pane.scatter(
        "exit_x",
        "exit_price",
        source=data,
        marker="circle",
        size="exit_size",
        fill_color=colour if role == "good" else surface,
        line_color=colour,
        line_width=1.6,
    )
    entries = pane.scatter(
        "entry_x",
        "entry_price",
        source=data,
        marker={"field": "marker"},
        size="size",
        fill_color=colour,
        line_color=surface,
        line_width=0.8,
    )
    for mark in (entries, exits):
        mark.name = label
    return entries, exits


def _trade_hover(marks, price, currency):
    rows = [
        ("entry", f"@entry_price{price}"),
        ("", _TIME.format("entry_time").replace("%S", "%S.%3N")),
        ("exit", f"@exit_price{price}"),
        ("", _TIME.format("exit_time").replace("%S", "%S.%3N")),
        ("by", "@exit"),
        ("net", f"@net{{+0,0.00}} {currency}"),
        ("worst, best", "−@mae{0,0.0}, +@mfe{0,0.0} pips"),
    ]
    formats = {"@entry_time": "datetime", "@exit_time": "datetime"}
    return _hover(marks, "@side @quantity{0,0.[00000000]}", rows, formats, mode="mouse")


def _hover(renderers, title, rows, formats, mode):
    """A tooltip as a small table."""
    body = "".join(
        f'<tr><td style="padding:0 14px 0 0;opacity:.65">{name}</td>'
        f'<td style="text-align:right;padding:0">{value}</td></tr>'
        for name, value in rows
    )
    html = (
        f'<div style="margin:-5px;padding:7px 10px;background:{LIGHT["surface"]};color:{LIGHT["ink"]};'
        'font-size:12px;line-height:1.45;font-variant-numeric:tabular-nums">'
        f'<div style="font-weight:600;margin-bottom:2px">{title}</div>'
        f'<table style="border-spacing:0">{body}</table></div>'
    )
    renderers = renderers if isinstance(renderers, list) else [renderers]
    return HoverTool(
        renderers=renderers,
        tooltips=html,
        formatters=formats,
        mode=mode,
        point_policy="follow_mouse" if mode == "vline" else "snap_to_data",
        description="Figures under the cursor",
    )
