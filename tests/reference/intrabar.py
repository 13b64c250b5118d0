"""Bars as input: four ticks a bar, which extreme comes first, and what the price passes between them (F10)."""

OPEN, FIRST = 0, 1  # a tick's place in its bar: its index modulo 4
WAYS = ("worst", "best", "ohlc", "olhc")


def settle_extremes(ticks, i, net, way):
    """Put the low and the high that follow a bar's open in their order, if tick `i` is the first of them.

    They come in as low, high. The stamps stay where they are, all else changes places.
    """
    if i % 4 != FIRST:
        return
    (_, begin, *_), low, high = ticks[i - 1 : i + 2]
    if high_first(begin, low[1], high[1], net, way):
        ticks[i], ticks[i + 1] = (low[0], *high[1:]), (high[0], *low[1:])


def high_first(begin, low, high, net, way):
    """Is the high visited before the low, by a position of `net` steps?"""
    if way not in WAYS:
        raise ValueError(f"intrabar {way!r} is not {', '.join(WAYS)}")
    if way in ("ohlc", "olhc"):
        return way == "ohlc"
    if net:
        return (net < 0) == (way == "worst")
    return high - begin < begin - low


def passed(market, side, level, direction):
    """The price at which the order of a level that this tick may reach meets it.

    `direction` is +1 for a level that is reached from below. It is the level itself where the price went through it on
    the way from the tick before, the quote of that one where it had reached the level already.
    """
    quote = market.entering(side)
    if market.before is None:
        return quote
    bid, ask = market.before
    came = ask if side > 0 else bid
    if direction * (quote - level) < 0:
        return quote
    return level if direction * (came - level) < 0 else came
