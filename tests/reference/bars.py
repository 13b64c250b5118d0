"""Bars of one symbol and timeframe, one tick at a time (R1-R7)."""

from dataclasses import dataclass

from .grid import around


@dataclass
class Bar:
    """Bid OHLC with the ask's beside it; `end` is the first instant after it (R1, R2, R5)."""

    timeframe: str
    ts: int
    end: int
    open: int
    high: int
    low: int
    close: int
    ask_open: int
    ask_high: int
    ask_low: int
    ask_close: int
    ticks: int = 1
    volume: int = 0
    symbol: int = 0


class Series:
    """The closed bars, oldest first, and the forming one (None without a tick, R4)."""

    def __init__(self, timeframe, anchor, symbol=0):
        self.symbol = symbol
        self.timeframe = timeframe
        self.anchor = anchor
        self.closed = []
        self.forming = None

    def close(self, now):
        """Close the bar that has ended by `now`; returns it, or None (C2)."""
        bar = self.forming
        if bar is None or bar.end > now:
            return None
        self.closed.append(bar)
        self.forming = None
        return bar

    def add(self, tick):
        """Take a tick; a bar that has ended was closed before."""
        ts, bid, ask = tick[:3]
        volume = tick[5]
        bar = self.forming
        if bar is None:
            begin, end = around(ts, self.timeframe, self.anchor)
            sides = (bid,) * 4 + (ask,) * 4
            self.forming = Bar(self.timeframe, begin, end, *sides, 1, volume, self.symbol)
            return
        bar.high, bar.low, bar.close = max(bar.high, bid), min(bar.low, bid), bid
        bar.ask_high, bar.ask_low, bar.ask_close = max(bar.ask_high, ask), min(bar.ask_low, ask), ask
        bar.ticks += 1
        bar.volume += volume
