"""Bars as the table a user sees: decimal prices, UTC index; gaps filled only when asked for, and flagged (R4)."""

import numpy as np

from ..errors import OptionError
from ..symbols import symbol as find_symbol
from ..units import Timeframe, from_points
from .calendar import boundaries

__all__ = ["to_frame"]


def to_frame(bars, symbol, side="bid", *, fill=False):
    """Bars as a pandas table (R2, R4, R5, U1, U2).

    Parameters
    ----------
    bars : (m,) BAR
    symbol : Symbol or str
        Its digits turn points into prices and steps into volume.
    side : {"bid", "ask"}
        ``"bid"`` is open, high, low and close as the bars have them, so the mid for bars made with ``side="mid"``.
    fill : bool, Timeframe or str
        True repeats the last close where the grid has no bar, with no volume and no ticks, and adds a column `filled`.
        The timeframe is the commonest length of the bars; name it if they are too few to tell.

    Returns
    -------
    DataFrame with columns open, high, low, close, volume, ticks; the index `time` is when each bar opens, UTC

    Raises
    ------
    OptionError
        Another side, or bars to be filled that do not lie on the grid of their timeframe and the symbol's anchor.

    Examples
    --------
    >>> from backtestr_lab.bars import base_bars
    >>> from backtestr_lab.records import Ticks
    >>> from backtestr_lab.symbols import EURUSD
    >>> ticks = Ticks([0, 5, 120_000_000], [110000, 110004, 110003], [110002, 110006, 110005], symbol=EURUSD)
    >>> table = to_frame(base_bars(ticks), EURUSD, fill=True)
    >>> table.index[1].isoformat()
    '1970-01-01T00:01:00+00:00'
    >>> table[["close", "ticks", "filled"]].values.tolist()
    [[1.10004, 2, False], [1.10004, 0, True], [1.10003, 1, False]]
    """
    import pandas as pd  # here, so that a backtest that shows no table never loads it

    if side not in ("bid", "ask"):
        raise OptionError(f"side is {side!r}; give 'bid' or 'ask' (mid bars: bars_from_ticks(..., side='mid'))")
    symbol = find_symbol(symbol)
    opens, rows = bars["ts"], bars
    if fill and len(bars):
        opens, rows = _on_grid(bars, symbol, fill)
    columns = {}
    for name in ("open", "high", "low", "close"):
        columns[name] = from_points(rows[name if side == "bid" else f"ask_{name}"], symbol.digits)
    columns["volume"] = from_points(rows["volume"], symbol.quantity_digits)
    columns["ticks"] = rows["ticks"].copy()
    table = pd.DataFrame(columns, index=pd.DatetimeIndex(opens.astype("M8[us]"), tz="UTC", name="time"))
    if fill:
        filled = opens != rows["ts"]
        for name in ("open", "high", "low"):
            table.loc[filled, name] = table.loc[filled, "close"]
        table.loc[filled, ["volume", "ticks"]] = 0
        table["filled"] = filled
    return table


def _on_grid(bars, symbol, fill):
    """Every opening of the bars' grid, and for each the last bar that opened by then."""
    if fill is True:
        lengths, counts = np.unique(bars["end"] - bars["ts"], return_counts=True)
        fill = Timeframe(int(lengths[counts.argmax()])).name
    timeframe = Timeframe.parse(fill)
    opens = boundaries(timeframe, symbol.anchor, bars["ts"][0], bars["end"][-1])[:-1]
    last = np.searchsorted(bars["ts"], opens, "right") - 1
    if last[0] < 0 or np.count_nonzero(bars["ts"][last] == opens) < len(bars):
        raise OptionError(
            f"these bars do not lie on the {timeframe} grid of {symbol} (anchor {symbol.anchor}); name their timeframe "
            "in fill=, or fill bars made with that anchor"
        )
    return opens, bars[last]
