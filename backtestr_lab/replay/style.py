"""What all figures of the house have in common: quiet axes and grid, trading time below."""

from .colours import LIGHT

__all__ = ["FONT", "dress", "price_format"]

FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"


def dress(pane, time, *, labels="11px", most=9, short=False):
    """Give a figure the house's axes and grid, on trading time.

    Parameters
    ----------
    pane : bokeh.plotting.figure
    time : TradingTime
    labels : str
        Font size of the tick labels.
    most : int
        Labels of the time axis at most.
    short : bool
        One line per label: the time of day, or the date where it changes.

    Examples
    --------
    >>> from bokeh.plotting import figure
    >>> from backtestr_lab.replay.axis import TradingTime
    >>> pane = figure()
    >>> dress(pane, TradingTime())
    >>> pane.xgrid[0].ticker is pane.xaxis[0].ticker
    True
    """
    pane.update(background_fill_color=None, border_fill_color=None, outline_line_color=None)
    pane.xaxis.ticker = time.ticker(most)
    pane.xaxis.formatter = time.formatter(short)
    for axis in (*pane.xaxis, *pane.yaxis):
        axis.update(
            axis_line_color=None,
            major_tick_line_color=None,
            minor_tick_line_color=None,
            major_label_text_font=FONT,
            major_label_text_font_size=labels,
            major_label_text_color=LIGHT["quiet"],
        )
    pane.xgrid.ticker = pane.xaxis[0].ticker
    pane.xgrid.grid_line_color = LIGHT["grid"]
    pane.ygrid.grid_line_color = LIGHT["grid"]


def price_format(digits):
    """A Bokeh number format with so many decimals.

    Examples
    --------
    >>> price_format(5), price_format(0)
    ('0.00000', '0')
    """
    return "0." + "0" * digits if digits else "0"
