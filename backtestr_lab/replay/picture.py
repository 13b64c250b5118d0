"""The static picture of a run: what GitHub, a printed page and a notebook without a kernel show.

Transparent, in mid tones that read on white and on black, and reduced to few colours: about 25 KB.
"""

from functools import cache
from io import BytesIO

import numpy as np

from ..units import DAY, from_micros
from .colours import PRINT
from .source import Source

__all__ = ["png"]

WIDTH, HEIGHT = 860, 470  # CSS pixels
SHARPNESS = 1.75  # image pixels per CSS pixel
SHADES = 64
FONTS = ("Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "DejaVu Sans")  # the last comes with matplotlib


def png(run, *, symbol=0):
    """Equity, drawdown and price with trades as a PNG.

    Parameters
    ----------
    run : Run
    symbol : int
        Index of the symbol whose price is drawn.

    Returns
    -------
    bytes
        At most 60 KB; 860 CSS pixels wide at 1.75 image pixels each.
    """
    # Not pyplot: it would choose a backend and keep every figure.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    source = Source(run, symbol=symbol)
    view = source.view()
    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100 * SHARPNESS)
    canvas = FigureCanvasAgg(figure)
    grid = figure.add_gridspec(
        3, 1, height_ratios=(10, 4, 17), hspace=0.3, left=0.075, right=0.992, top=0.95, bottom=0.055
    )
    equity, drawdown, price = (figure.add_subplot(row) for row in grid)
    for axes, title in ((equity, f"Equity  {source.currency}"), (drawdown, "Drawdown  %"), (price, view.title)):
        _style(axes, title, source)
    _draw_equity(equity, drawdown, source, view)
    _draw_price(price, source, view)
    _label_time(price, source)
    figure.patch.set_alpha(0)
    canvas.draw()
    return _small(np.asarray(canvas.buffer_rgba()))


@cache
def _font():
    from matplotlib.font_manager import fontManager

    present = {font.name for font in fontManager.ttflist}
    return next(name for name in FONTS if name in present)


def _style(axes, title, source):
    axes.patch.set_alpha(0)
    axes.set_title(title, loc="left", fontsize=8, fontweight="bold", color=PRINT["ink"], pad=5, fontfamily=_font())
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.grid(True, color=PRINT["grid"], linewidth=0.6)
    axes.tick_params(length=0, labelsize=7, labelcolor=PRINT["quiet"], labelfontfamily=_font())
    axes.set_axisbelow(True)
    axes.set_xlim(*source.time.x([source.start, source.end]))
    axes.tick_params(labelbottom=False)


def _draw_equity(equity, drawdown, source, view):
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    columns = view.sources["curve"]
    equity.axhline(source.cash, color=PRINT["quiet"], linewidth=0.7, linestyle=(0, (4, 4)))
    equity.plot(columns["x"], columns["equity"], color=PRINT["equity"], linewidth=1.2)
    equity.set_ylim(*view.limits["equity"])
    equity.yaxis.set_major_locator(MaxNLocator(4))
    equity.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    drawdown.fill_between(columns["x"], columns["depth"], color=PRINT["bad"], alpha=0.25, linewidth=0)
    drawdown.plot(columns["x"], columns["depth"], color=PRINT["bad"], linewidth=0.8)
    drawdown.set_ylim(*view.limits["drawdown"])
    drawdown.yaxis.set_major_locator(MaxNLocator(2))


def _draw_price(axes, source, view):
    from matplotlib.collections import LineCollection, PolyCollection
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    candles = view.sources["candles"]
    x, low, high = candles["x"], candles["low"], candles["high"]
    top, bottom, filled = candles["top"], candles["bottom"], candles["filled"] > 0
    wicks = [*_lines(x, high, x, top), *_lines(x, bottom, x, low)]
    axes.add_collection(LineCollection(wicks, colors=PRINT["candle"], linewidths=0.7))
    corners = np.stack(
        [
            np.column_stack([candles["left"], bottom]),
            np.column_stack([candles["left"], top]),
            np.column_stack([candles["right"], top]),
            np.column_stack([candles["right"], bottom]),
        ],
        axis=1,
    )
    for part, fill in ((corners[filled], PRINT["candle"]), (corners[~filled], "none")):
        axes.add_collection(PolyCollection(part, facecolors=fill, edgecolors=PRINT["candle"], linewidths=0.7))
    for name, role in (("won", "good"), ("lost", "bad")):
        _draw_trades(axes, view.sources[name], PRINT[role], hollow=role == "bad")
    axes.set_ylim(*view.limits["price"])
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_formatter(StrMethodFormatter(f"{{x:.{source.symbol.digits}f}}"))


def _draw_trades(axes, trades, colour, hollow):
    from matplotlib.collections import LineCollection

    if not len(trades["net"]):
        return
    paths = _lines(trades["entry_x"], trades["entry_price"], trades["exit_x"], trades["exit_price"])
    axes.add_collection(LineCollection(paths, colors=colour, linewidths=1.0))
    axes.plot(
        trades["exit_x"],
        trades["exit_price"],
        "o",
        markersize=trades["exit_size"][0] * 0.46,
        markeredgewidth=0.9,
        color=colour,
        markerfacecolor="none" if hollow else colour,
    )
    for shape, way in (("triangle", "^"), ("inverted_triangle", "v")):
        rows = trades["marker"] == shape
        axes.plot(
            trades["entry_x"][rows],
            trades["entry_price"][rows],
            way,
            markersize=trades["size"][0] * 0.46,
            markeredgewidth=0,
            color=colour,
        )


def _lines(x0, y0, x1, y1):
    return np.stack([np.column_stack([x0, y0]), np.column_stack([x1, y1])], axis=1)


def _label_time(axes, source):
    """Dates (and hours in short runs) below the lowest pane."""
    span = source.end - source.start
    shown = np.linspace(*source.time.x([source.start, source.end]), 8)[:-1]
    instants = source.time.instant(shown)
    step = DAY if span > 4 * DAY else DAY // 24
    rounded = np.unique((instants + step - 1) // step * step)
    rounded = rounded[rounded < source.end]
    years = len({from_micros(ts).year for ts in (source.start, source.end - 1)}) > 1
    form = "%d %b %Y" if years else "%d %b" if step == DAY else "%d %b %H:%M"
    labels = [from_micros(ts).strftime(form).lstrip("0") for ts in rounded]
    if labels:
        labels[0] += "" if years else f" {from_micros(rounded[0]).year}"
        labels[0] += " UTC"
    axes.set_xticks(source.time.x(rounded), labels)
    axes.tick_params(labelbottom=True)
    for pane in axes.figure.axes[:-1]:
        pane.set_xticks(source.time.x(rounded))


def _small(pixels):
    """RGBA pixels as a PNG of few colours."""
    from PIL import Image

    image = Image.fromarray(pixels, "RGBA").quantize(SHADES, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    file = BytesIO()
    image.save(file, "PNG", compress_level=6)  # 9 saves 14 % for five times the time
    return file.getvalue()
