"""What to draw for a range of time: the columns behind the charts, no more than a screen can show.

A run has millions of ticks and a screen two thousand pixels. `Source.view(start, end)` answers with candles of the
finest timeframe that is readable in that range, an equity curve thinned to the extremes of each pixel's worth of
points, and the trades that touch the range. Zooming in is asking again.
"""

import weakref
from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from ..units import Timeframe, from_points
from .axis import TradingTime

__all__ = ["Source", "View"]

MOST_CANDLES = 360  # three to four pixels each on a laptop
EQUITY_BUCKETS = 450
MOST_TRADES = 300  # marks beyond this hide the price
LARGEST_MARK, SMALLEST_MARK = 10, 7  # pixels; many are drawn smaller
CANDLE_INSET = 0.18  # share of its width a candle leaves free on either side


@dataclass(frozen=True)
class View:
    """Columns for one range of time.

    Attributes
    ----------
    start, end : int
        Microseconds UTC, what is to be seen.
    timeframe : Timeframe
        Of the candles.
    sources : dict of dict of array or list
        Columns by the name of the Bokeh source they go to: ``candles``, ``curve``, ``won``, ``lost``.
    limits : dict of (float, float)
        Least and greatest value to show in ``price``, ``equity``, ``drawdown``.
    title : str
        What the price pane shows, and what it leaves out.
    """

    start: int
    end: int
    timeframe: Timeframe
    sources: dict
    limits: dict
    title: str


class Source:
    """Answers what a run looks like in a range of time.

    It does not keep the run alive: a cell's output must not hold the memory of a run that the notebook has forgotten.

    Parameters
    ----------
    run : Run
    symbol : int
        Index of the symbol to draw the price of.
    cut : bool
        Whether hours without ticks are cut out of the time axis.
    """

    def __init__(self, run, *, symbol=0, cut=True):
        self._run = weakref.ref(run)
        self.symbol = run.symbols[symbol]
        self.start, self.end = int(run.start), int(run.end)
        self.currency, self.cash = run.currency, float(run.cash)
        self.timeframes = tuple(sorted(run.timeframes))
        self.time = TradingTime.of_bars(run.bars(self.timeframes[0])) if cut else TradingTime()
        self._equity = _equity_columns(run.equity, self.time)
        self._trades = _trade_columns(run.trades, self.symbol, self.time)

    @property
    def run(self):
        """The run, while the notebook still has it."""
        run = self._run()
        if run is None:
            raise DataError("the run is no longer in memory; run the cell again to see more detail")
        return run

    @property
    def has_trades(self):
        """Whether the symbol was traded at all."""
        return len(self._trades["net"]) > 0

    def view(self, start=None, end=None):
        """The columns to draw for ``[start, end)`` in microseconds, by default the whole run.

        Half the range on either side comes along, so that moving a little needs no answer.

        Returns
        -------
        View

        Raises
        ------
        DataError
            The notebook no longer has the run.
        """
        start = self.start if start is None else max(int(start), self.start)
        end = self.end if end is None else min(int(end), self.end)
        end = max(end, start + 1)
        margin = (end - start) // 2
        # Bars before the run's start are warm-up.
        first, last = max(start - margin, self.start), min(end + margin, self.end)
        timeframe, bars = self._bars(start, end)
        near = bars[_touching(bars["ts"], bars["end"], first, last)]
        seen = bars[_touching(bars["ts"], bars["end"], start, end)]
        trades, left_out = self._trades_between(first, last)
        equity = self._equity_between(first, last)
        won = trades["net"] > 0
        shown = {name: column for name, column in trades.items() if name not in ("entry_ts", "exit_ts")}
        return View(
            start=start,
            end=end,
            timeframe=timeframe,
            sources={
                "candles": self._candles(near),
                "curve": equity,
                "won": _rows(shown, won),
                "lost": _rows(shown, ~won),
            },
            limits=self._limits(seen, equity, trades, start, end),
            title=f"{self.symbol.name}  {timeframe} candles, bid{_left_out(left_out, len(trades['net']))}",
        )

    def _bars(self, start, end):
        """The finest timeframe with a readable count of bars in the range, else the coarsest there is."""
        run = self.run
        for timeframe in self.timeframes:
            bars = run.bars(timeframe)
            if len(bars["ts"][_touching(bars["ts"], bars["end"], start, end)]) <= MOST_CANDLES:
                break
        return timeframe, bars

    def _candles(self, bars):
        open_, high, low, close = (
            from_points(bars[name], self.symbol.digits) for name in ("open", "high", "low", "close")
        )
        left, right = self.time.x(bars["ts"]), self.time.x(bars["end"])
        inset = (right - left) * CANDLE_INSET
        return {
            "x": (left + right) / 2,
            "left": left + inset,
            "right": right - inset,
            "time": bars["ts"] / 1000,
            "open": open_,
            "high": high,
            "low": low,
            "close": close,
            "top": np.maximum(open_, close),
            "bottom": np.minimum(open_, close),
            "filled": (close < open_).astype("f8"),
            "ticks": bars["ticks"].astype("f8"),
        }

    def _equity_between(self, start, end):
        columns = self._equity
        a, b = np.searchsorted(columns["ts"], [start, end])
        part = slice(max(int(a) - 1, 0), int(b) + 1)
        ts, equity, drawdown = columns["ts"][part], columns["equity"][part], columns["drawdown"][part]
        keep = thin(equity, drawdown, EQUITY_BUCKETS)
        peak = equity[keep] + drawdown[keep]
        return {
            "x": columns["x"][part][keep],
            "time": ts[keep] / 1000,
            "equity": equity[keep],
            "drawdown": drawdown[keep],
            "depth": -100 * drawdown[keep] / np.where(peak > 0, peak, np.nan),
        }

    def _trades_between(self, start, end):
        columns = self._trades
        near = (columns["entry_ts"] < end) & (columns["exit_ts"] >= start)
        left_out = max(int(near.sum()) - MOST_TRADES, 0)
        rows = np.flatnonzero(near)
        if left_out:
            size = np.abs(columns["net"][rows])
            rows = np.sort(rows[np.argsort(-size, kind="stable")[:MOST_TRADES]])
        trades = _rows(columns, rows)
        size = float(np.clip(LARGEST_MARK * (60 / max(len(rows), 1)) ** 0.5, SMALLEST_MARK, LARGEST_MARK))
        trades["size"] = np.full(len(rows), size)
        trades["exit_size"] = trades["size"] - 3
        return trades, left_out

    def _limits(self, bars, equity, trades, start, end):
        digits = self.symbol.digits
        low, high = [0.0, 1.0], [0.0, 1.0]
        if len(bars):
            low, high = from_points(bars["low"].min(), digits), from_points(bars["high"].max(), digits)
        if len(trades["net"]):
            inside = (trades["entry_ts"] >= start) & (trades["exit_ts"] < end)
            prices = np.r_[low, high, trades["entry_price"][inside], trades["exit_price"][inside]]
            low, high = prices.min(), prices.max()
        x = self.time.x([start, end])
        seen = (equity["x"] >= x[0]) & (equity["x"] <= x[1])
        values = equity["equity"][seen] if seen.any() else np.array([self.cash])
        depth = equity["depth"][seen] if seen.any() else np.zeros(1)
        return {
            "price": _padded(low, high),
            "equity": _padded(values.min(), values.max()),
            "drawdown": (1.15 * float(np.nanmin(depth, initial=0.0)) or -1.0, 0.0),
        }


def thin(values, depth, buckets):
    """Indices that keep the shape of a curve: each bucket's first, lowest, highest, last and deepest point.

    Parameters
    ----------
    values, depth : (n,) float
    buckets : int

    Returns
    -------
    (m,) int, m <= max(5 * buckets, n), in order

    Examples
    --------
    >>> values = np.zeros(1000); values[500] = 1
    >>> 500 in thin(values, -values, 10)
    True
    """
    n = len(values)
    if n <= 4 * buckets:
        return np.arange(n)
    edges = np.linspace(0, n, buckets + 1).astype("i8")
    keep = [edges[:-1], edges[1:] - 1]
    for column in (values, -values, depth):
        keep.append(_arg_max(column, edges))
    return np.unique(np.concatenate(keep))


def _arg_max(column, edges):
    """Index of the greatest value between each pair of edges."""
    column = np.where(np.isnan(column), -np.inf, column)
    top = np.maximum.reduceat(column, edges[:-1])
    hits = np.flatnonzero(column == np.repeat(top, np.diff(edges)))
    return hits[np.searchsorted(hits, edges[:-1])]


def _touching(starts, ends, start, end):
    """Slice of the sorted spans that overlap ``[start, end)``."""
    return slice(int(np.searchsorted(ends, start, side="right")), int(np.searchsorted(starts, end, side="left")))


def _rows(columns, rows):
    return {name: column[rows] for name, column in columns.items()}


def _left_out(left_out, shown):
    return f", the {shown:,} largest of {shown + left_out:,} trades" if left_out else ""


def _padded(low, high):
    pad = 0.06 * (high - low) or 0.01 * abs(high) or 1.0
    return float(low - pad), float(high + pad)


def micros(times):
    """UTC-aware pandas times to int64 microseconds; missing ones become the largest."""
    import pandas as pd

    index = pd.DatetimeIndex(times)
    values = index.as_unit("us").asi8
    return np.where(index.isna(), np.iinfo("i8").max // 4, values)


def _equity_columns(table, time):
    ts = micros(table.index)
    return {
        "ts": ts,
        "x": time.x(ts),
        "equity": table["equity"].to_numpy("f8"),
        "drawdown": table["drawdown"].to_numpy("f8"),
    }


def _trade_columns(table, symbol, time):
    table = table[table["symbol"].astype(str) == symbol.name]
    entry, exit_ = micros(table["entry_time"]), micros(table["exit_time"])
    long = (table["side"].astype(str) == "LONG").to_numpy()
    numbers = ("quantity", "entry_price", "exit_price", "profit", "commission", "net", "mae", "mfe")
    columns = {name: table[name].to_numpy("f8") for name in numbers}
    return columns | {
        "entry_ts": entry,
        "exit_ts": exit_,
        "entry_x": time.x(entry),
        "exit_x": time.x(exit_),
        "entry_time": entry / 1000,
        "exit_time": exit_ / 1000,
        "side": table["side"].astype(str).to_numpy(),
        "marker": np.where(long, "triangle", "inverted_triangle"),
        "exit": np.array([str(name).replace("_", "-").lower() for name in table["exit"]], dtype=object),
    }
