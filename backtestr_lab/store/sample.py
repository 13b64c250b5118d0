"""A synthetic market that looks like one: the embedded default, for trying things out without a data vendor.

It has sessions, weekends, volatility clusters, news, spreads that widen, equal timestamps and a few crossed quotes. It
is the same on every machine and with every version of numpy: randomness is splitmix64 of a counter, arithmetic is
integer or one of + - * / sqrt, which IEEE 754 rounds in one way only; no exp, no log, no library generator.
"""

import hashlib
from zoneinfo import ZoneInfo

import numpy as np

from ..errors import OptionError
from ..records import Ticks
from ..symbols import symbol as find_symbol
from ..units import DAY, from_micros, to_micros, to_points

__all__ = ["sample"]

MINUTES = 1440
MILLI = 1000  # the path moves in thousandths of a point, so that it can be finer than its quotes

# symbol -> (price level, typical daily move as a share of the price, calm spread in points)
_MARKETS = {
    "EURUSD": (1.10, 0.0045, 5),
    "GBPUSD": (1.27, 0.0050, 8),
    "AUDUSD": (0.67, 0.0055, 7),
    "NZDUSD": (0.62, 0.0055, 9),
    "USDCHF": (0.87, 0.0045, 9),
    "USDCAD": (1.34, 0.0038, 9),
    "EURGBP": (0.86, 0.0035, 8),
    "EURCHF": (0.94, 0.0035, 10),
    "USDJPY": (142.0, 0.0055, 7),
    "EURJPY": (156.0, 0.0055, 11),
    "GBPJPY": (180.0, 0.0060, 16),
    "XAUUSD": (2050.0, 0.0085, 250),
    "XAGUSD": (23.5, 0.0150, 180),
    "BTCUSD": (42_500.0, 0.0280, 120),
    "BTCUSDT": (42_500.0, 0.0280, 20),
    "ETHUSD": (2_300.0, 0.0320, 25),
    "ETHUSDT": (2_300.0, 0.0320, 10),
}
_OTHER = (100.0, 0.0120, 2)

_UTC = ZoneInfo("UTC")
# (zone, opens, closes in local minutes, weight); weights are about ticks per minute
_SESSIONS = (
    (ZoneInfo("Asia/Tokyo"), 9 * 60, 18 * 60, 31),
    (ZoneInfo("Europe/London"), 7 * 60 + 30, 17 * 60, 55),
    (ZoneInfo("America/New_York"), 8 * 60, 17 * 60, 50),
)
_NEW_YORK = _SESSIONS[2][0]
_QUIET = 11  # weight when no session is open
_RAMP = 60  # minutes a session takes to fill and to empty
_CLOSE = 17 * 60  # New York minute at which the day rolls over, and on Friday and Sunday the week ends and begins
# (New York minute, days of a hundred on which there is news)
_NEWS = ((8 * 60 + 30, 45), (10 * 60, 30), (14 * 60, 8))
_NEWS_LASTS = 24  # minutes

_GOLDEN = 0x9E3779B97F4A7C15
_WORD = (1 << 64) - 1
_NORMAL = 37837.2  # standard deviation of the sum of four uniform 16-bit numbers


def sample(symbol="EURUSD", days=5, seed=7, start="2024-01-01"):
    """Ticks of a synthetic market (U1, U2).

    Parameters
    ----------
    symbol : str or Symbol
        Sets price level, volatility and spread; a 365-day symbol trades at weekends, others rest from Friday to
        Sunday 17:00 New York.
    days : int
        Calendar days; 5 from a Monday is a trading week, 365 a year of about 21 million ticks.
    seed : int
        Another seed is another market; the same arguments are the same ticks, on every machine.
    start : str, date or datetime
        First day, UTC.

    Returns
    -------
    Ticks
        Quotes without sizes, stamped to the millisecond. `days=5` is the beginning of `days=10`.

    Raises
    ------
    OptionError
        `days` is not a whole number above 0, or `seed` not a whole number.
    SymbolError
        The symbol is not known.

    Notes
    -----
    Per minute a GARCH(1,1) variance around a slow daily level sets volatility, ticks and spread; within a minute ticks
    are a Poisson-like crowd around a random walk. About 1 % of the ticks share their predecessor's stamp, 0.05 % are
    crossed. O(n) time, about 6 million ticks per second.

    Examples
    --------
    >>> ticks = sample("EURUSD", days=1)
    >>> len(ticks) > 50_000, bool((ticks.ts % 1000 == 0).all())
    (True, True)
    >>> sample("EURUSD", days=1, seed=8).hash() == ticks.hash()
    False
    """
    symbol = find_symbol(symbol)
    if isinstance(days, bool) or not isinstance(days, (int, np.integer)) or days < 1:
        raise OptionError(f"days is {days!r}; give a whole number above 0")
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise OptionError(f"seed is {seed!r}; give a whole number")
    first_day = to_micros(start, "start") // DAY
    root = _mix(int(seed) & _WORD, int.from_bytes(hashlib.sha256(symbol.name.encode()).digest()[:8]))

    market = _Market(symbol, root)
    plan = [market.minutes(day) for day in range(first_day, first_day + int(days))]
    count = sum(int(minutes.ticks.sum()) for minutes in plan)
    ts, bid, ask = (np.empty(count, "i8") for _ in range(3))
    at = 0
    for minutes in plan:
        columns = market.quotes(minutes)
        n = len(columns[0])
        for whole, part in zip((ts, bid, ask), columns):
            whole[at : at + n] = part
        at += n
    return Ticks(ts, bid, ask, symbol=symbol, checked=True)


class _Minutes:
    """The 1,440 minutes of one UTC day: ticks to come, and their volatility and spread in thousandths of a point."""

    def __init__(self, day, ticks, step, spread):
        self.day, self.ticks, self.step, self.spread = day, ticks, step, spread


class _Market:
    """What one day hands to the next: volatility (`minutes`) and price (`quotes`), each called day by day in order."""

    def __init__(self, symbol, root):
        level, daily, spread = _MARKETS.get(symbol.name, _OTHER)
        self.root = root
        self.always_open = symbol.days_a_year == 365
        self.base = to_points(level, symbol.digits) * MILLI
        self.sigma = self.base * daily / float(np.sqrt(np.float64(MINUTES)))  # per average minute
        self.spread = spread * MILLI
        self.heat = 1.0  # GARCH variance, 1 on average
        self.mood = 1.0  # slow level of the variance, moves once a day
        self.path = self.base

    def minutes(self, day):
        key = _mix(self.root, day)
        activity, rollover, is_open = _calendar(day, self.always_open)
        news = _news(day, _mix(key, 1)) if not self.always_open else np.ones(MINUTES)
        reopened = np.flatnonzero(is_open[1:] & ~is_open[:-1]) + 1
        news[reopened] = 5.0  # the weekend's news arrives in the first minute
        self.mood = 0.85 * self.mood + 0.15 * (0.3 + 1.4 * (_hash(_mix(key, 2), 1)[0] >> np.uint64(40)) / 2.0**24)
        heat = self._heat(_normal(_hash(_mix(key, 3), MINUTES)))
        variance = heat * float(self.mood)

        crowd = 0.5 + (_hash(_mix(key, 4), MINUTES) >> np.uint64(40)) / 2.0**24
        liveliness = 0.7 + 0.3 * np.minimum(variance, 6.0)
        ticks = (activity * crowd * liveliness * np.sqrt(news) / rollover).astype("i8") * is_open
        volatility = self.sigma * np.sqrt(variance * activity / 73.0) * news
        step = volatility / np.sqrt(np.maximum(ticks, 1))
        nervous = 0.7 + 0.3 * np.sqrt(variance) * np.minimum(news, 6.0)
        thin = 1.0 + 4.0 / np.maximum(activity, 1.0)
        spread = self.spread * nervous * thin * rollover
        return _Minutes(day, ticks, (step * (65536 / _NORMAL)).astype("i8"), spread.astype("i8"))

    def _heat(self, shocks):
        heat = np.empty(MINUTES)
        now = self.heat
        for minute, shock in enumerate(shocks.tolist()):
            heat[minute] = now
            now = 0.03 + now * (0.91 + 0.06 * shock * shock)
        self.heat = now
        return heat

    def quotes(self, minutes):
        """Columns ts, bid, ask of the day."""
        n = int(minutes.ticks.sum())
        if n == 0:
            return (np.empty(0, "i8"),) * 3
        key = _mix(self.root, minutes.day)
        minute = np.repeat(np.arange(MINUTES, dtype="i4"), minutes.ticks)
        step, spread = minutes.step[minute], minutes.spread[minute]

        offset = (_hash(_mix(key, 5), n) >> np.uint64(32)) * np.uint64(60_000) >> np.uint64(32)
        ms = np.sort(minute * np.int32(60_000) + offset.astype("i4"))
        bits = _hash(_mix(key, 6), n)
        flicker, width, twin, cross = (bits >> np.uint64(16 * i) & np.uint64(0xFFFF) for i in range(4))
        own = np.where(twin < 600, 0, np.arange(n))  # 0.9 % copy the stamp before them, on top of chance
        ms = ms[np.maximum.accumulate(own)]
        ts = minutes.day * DAY + ms.astype("i8") * 1000

        walk = (_bell(_hash(_mix(key, 7), n)) * step + 32768) >> 16
        walk += (self.base - self.path) // 60 // n  # a weak pull home keeps decades of sample positive
        path = self.path + np.cumsum(walk)
        self.path = max(int(path[-1]), self.base // 4)
        np.maximum(path, self.base // 4, out=path)
        seen = path + ((flicker.astype("i8") - 32768) * spread >> 17)
        spread = spread * (49152 + (width >> np.uint64(1)).astype("i8")) >> 16
        points = np.maximum((spread + 500) // MILLI, 1)
        bid = np.maximum((seen - spread // 2 + 500) // MILLI, 1)
        crossed = cross < 33  # 0.05 %
        ask = np.where(crossed, np.maximum(bid - 1 - (twin & np.uint64(1)).astype("i8"), 1), bid + points)
        return ts, bid, ask


def _calendar(day, always_open):
    """Activity (about ticks per minute), rollover factor (1 outside it) and whether open, per minute of a UTC day."""
    minute = np.arange(MINUTES)
    activity = np.full(MINUTES, float(_QUIET))
    noon = from_micros(day * DAY + DAY // 2)
    offsets = [int(noon.astimezone(zone).utcoffset().total_seconds()) // 60 for zone, *_ in _SESSIONS]
    for offset, (_, opens, closes, weight) in zip(offsets, _SESSIONS):
        local = (minute + offset) % MINUTES
        filled = np.minimum(local - opens, closes - local) / _RAMP
        activity += weight * np.clip(filled, 0.0, 1.0)
    new_york = offsets[2]
    since = (minute + new_york - _CLOSE) % MINUTES
    rollover = 1.0 + 5.0 * np.clip((60 - since) / 60, 0.0, 1.0)
    # 1970-01-01 was a Thursday; weeks are counted from Monday here.
    of_week = ((day + 3) % 7 * MINUTES + minute + new_york) % (7 * MINUTES)
    shut = (of_week >= 4 * MINUTES + _CLOSE) & (of_week < 6 * MINUTES + _CLOSE)
    if always_open:
        return activity, np.ones(MINUTES), np.ones(MINUTES, bool)
    return activity, rollover, ~shut


def _news(day, key):
    """Factor on the volatility of each minute: 1, and more after a release."""
    factor = np.ones(MINUTES)
    if (day + 3) % 7 > 4:
        return factor
    noon = from_micros(day * DAY + DAY // 2)
    offset = int(noon.astimezone(_NEW_YORK).utcoffset().total_seconds()) // 60
    draws = _hash(key, 2 * len(_NEWS)) >> np.uint64(32)
    for k, (minute, chance) in enumerate(_NEWS):
        if int(draws[2 * k]) % 100 < chance:
            surprise = 1.0 + int(draws[2 * k + 1]) % 1000 / 200
            fade = 1.0 - np.arange(_NEWS_LASTS) / _NEWS_LASTS
            factor[minute - offset :][:_NEWS_LASTS] += surprise * fade * fade
    return factor


def _mix(key, purpose):
    """splitmix64 of a stream's key and a purpose, as a Python int."""
    z = (key + (purpose + 1) * _GOLDEN) & _WORD
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & _WORD
    z = (z ^ z >> 27) * 0x94D049BB133111EB & _WORD
    return z ^ z >> 31


def _hash(key, n):
    """(n,) uint64: splitmix64 of key and 1..n."""
    z = np.arange(1, n + 1, dtype="u8")
    z *= np.uint64(_GOLDEN)
    z += np.uint64(key)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z ^= z >> np.uint64(shift)
        z *= np.uint64(factor)
    z ^= z >> np.uint64(31)
    return z


def _bell(words):
    """(n,) int64: sum of each word's four 16-bit parts around 0, a normal of deviation 37,837 but for its far tails."""
    return words.view("<u2").reshape(-1, 4).sum(axis=1, dtype="i8") - 131_070


def _normal(words):
    return _bell(words) / _NORMAL
