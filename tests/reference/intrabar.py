"""Bars as input: which extreme comes first, and what the price passes between their ticks (F10)."""

PLACES = OPEN, FIRST, SECOND, CLOSE = range(4)  # of a bar's ticks


class Feed:
    """The ticks of one symbol by their place; given four a bar as open, low, high, close.

    Attributes
    ----------
    ticks : list of tick
        The extremes of a bar are put in their order when it is settled.
    """

    def __init__(self, ticks, way):
        if way not in ("worst", "best", "ohlc", "olhc"):
            raise ValueError(f"intrabar {way!r} is not worst, best, ohlc or olhc")
        self.ticks = ticks
        self.way = way

    def settle(self, i, net):
        """Order the extremes of the bar whose first of them is tick `i`, for that position."""
        if i % 4 != FIRST:
            return
        begin, low, high, _ = self.ticks[i - 1 : i + 3]
        if self.high_first(begin[1], low[1], high[1], net):
            # The stamps stay, prices and volumes change places.
            self.ticks[i], self.ticks[i + 1] = (low[0], *high[1:]), (high[0], *low[1:])

    def high_first(self, begin, low, high, net):
        if self.way in ("ohlc", "olhc"):
            return self.way == "ohlc"
        if net:
            return (net < 0) == (self.way == "worst")
        return high - begin < begin - low
