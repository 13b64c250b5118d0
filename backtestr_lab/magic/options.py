"""The options of a run: one table for `%%backtest` and for `python -m backtestr_lab run`.

An option is one entry of `OPTIONS`: parsing, help, completion and the call of `backtest` follow from it.
"""

import ast
import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass

from ..units import DEFAULT_TIMEFRAMES

__all__ = ["MAGIC", "OPTIONS", "SAMPLE_DAYS", "SHELL", "Option", "Value", "of"]

SAMPLE_DAYS = 5
MAGIC, SHELL = "magic", "shell"


class Value(str):
    """The text of a token that stands for an object of the notebook: ``$name``.

    Attributes
    ----------
    object : object
    """

    def __new__(cls, text, value):
        token = super().__new__(cls, text)
        token.object = value
        return token


@dataclass(frozen=True)
class Option:
    """One option.

    Attributes
    ----------
    names : tuple of str
        The first is the one messages use.
    help : str
    read : callable, optional
        Text or `Value` to value; raises ValueError with a sentence. None for a switch.
    value : str
        What stands for its value in the help.
    example : str
        A value that could be given.
    offers : tuple of str
        Values that Tab offers.
    keyword : str or None
        Argument of `backtest`.
    many : bool
        May be given several times.
    front : str
        "magic" or "shell" when only that one has it.
    """

    names: tuple
    help: str
    read: Callable | None = None
    value: str = ""
    example: str = ""
    offers: tuple = ()
    keyword: str | None = None
    many: bool = False
    front: str = ""

    @property
    def key(self):
        """Name of its attribute once parsed: ``--close-at-end`` is `close_at_end`."""
        return self.names[0].lstrip("-").replace("-", "_")


def _same(given):
    """Texts as they are, objects of the notebook as those objects."""
    return given.object if isinstance(given, Value) else given


def _number(given):
    value = _same(given)
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is not a number") from None


def _measure(given):
    """A number, or a text that `backtest` reads: ``10%``, ``EURUSD=30,USDJPY=20``."""
    value = _same(given)
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def _warmup(given):
    value = _same(given)
    if value == "auto":
        return value
    return _whole(given)


def _whole(given):
    value = _same(given)
    try:
        if isinstance(value, float) or int(value) < 0:
            raise ValueError
        return int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is not a whole number") from None


def _timeframes(given):
    value = _same(given)
    return tuple(re.split(r"[,\s]+", value.strip(", "))) if isinstance(value, str) else value


def _name(given):
    value = _same(given)
    if not isinstance(value, str) or not value.isidentifier() or keyword.iskeyword(value):
        raise ValueError(f"{value!r} is not a name in Python")
    return value


def _assignment(given):
    """``fast=12`` as ("fast", 12): numbers, True and False are read, the rest is text."""
    name, equals, text = given.partition("=")
    if not equals or not name.isidentifier():
        raise ValueError(f"{str(given)!r} is not name=value")
    if isinstance(given, Value):
        return name, given.object
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = {"true": True, "false": False}.get(text, text)
    return name, value


_FRAMES = tuple(map(str, DEFAULT_TIMEFRAMES))

OPTIONS = (
    Option(("--start", "--from"), "first instant, UTC; a date is its midnight", _same, "TIME", "2014-05-01",
           keyword="start"),
    Option(("--end", "--to"), "the instant it ends before; left out, all there is", _same, "TIME", "2014-05-10",
           keyword="end"),
    Option(("--store",), "the store's file; left out, $BACKTESTR_STORE or the default one", _same, "PATH",
           "ticks.duckdb"),
    Option(("--sample",), f"run on a synthetic market of so many days ({SAMPLE_DAYS}), no store needed", _whole,
           "[DAYS]", "5"),
    Option(("--cash",), "starting balance", _number, "AMOUNT", "100_000", keyword="cash"),
    Option(("--currency",), "of the account; by default USD, else what the symbol is quoted in", _same, "CODE", "USD",
           keyword="currency"),
    Option(("--convert",), "which symbol converts a currency to the account's", _same, "CODE=SYMBOL", "JPY=USDJPY",
           keyword="convert"),
    Option(("--commission",), "per lot, unit or order, or of the value; maker/taker; min and max in quotes", _same,
           "RATE", "3.5/lot", ("3.5/lot", "0.00002/unit", "2bps", "2.5/order", "1bps/5bps"), keyword="commission"),
    Option(("--slippage",), "of market and stop fills: points, pips, of the spread, by the size quoted, drawn", _same,
           "DISTANCE", "0.2pips", ("0.2pips", "0.5spread", "2impact", "0..3points"), keyword="slippage"),
    Option(("--spread",), "for feeds of single prices, points or pips", _same, "DISTANCE", "1pip", keyword="spread"),
    Option(("--swap",), "points per night for long and short positions, received when positive", _same, "LONG/SHORT",
           "-6.5/2", keyword="swap"),
    Option(("--triple",), "the day whose night counts three times, or none", _same, "DAY", "Wed",
           ("Mon", "Tue", "Wed", "Thu", "Fri", "none"), keyword="triple"),
    Option(("--bookings",), "dated cash, dividends and funding: a CSV file, or a table of the notebook", _same, "FILE",
           "dividends.csv", keyword="bookings"),
    Option(("--leverage",), "instead of the symbol's own margin", _measure, "NUMBER", "30", keyword="leverage"),
    Option(("--hedging",), "each entry is a position of its own", keyword="hedging"),
    Option(("--size",), "of an order that names no quantity: units, of equity, or at risk to the stop-loss", _measure,
           "UNITS", "10_000", ("10_000", "10%", "1%risk"), keyword="size"),
    Option(("--max-order",), "most units of an entry", _measure, "UNITS", "50_000", keyword="max_order"),
    Option(("--max-position",), "most units of a position", _measure, "UNITS", "100_000", keyword="max_position"),
    Option(("--max-orders",), "most entry orders open at once", _whole, "COUNT", "20", keyword="max_orders"),
    Option(("--max-positions",), "most positions open at once", _whole, "COUNT", "3", keyword="max_positions"),
    Option(("--max-leverage",), "most that positions are worth, times equity", _number, "NUMBER", "10",
           keyword="max_leverage"),
    Option(("--daily-loss",), "an amount or a share of equity: closes all, until the next day", _measure, "LOSS", "2%",
           ("2%", "500"), keyword="daily_loss"),
    Option(("--drawdown",), "from the highest equity: closes all, for good", _measure, "LOSS", "10%", ("10%", "2000"),
           keyword="drawdown"),
    Option(("--timeframes",), "what result and time travel show", _timeframes, "LIST", "1m,5m,1h",
           (*_FRAMES, "30m", "1w"), keyword="timeframes"),
    Option(("--warmup",), "bars before the start that feed indicators", _warmup, "BARS|auto", "auto", ("auto", "0"),
           keyword="warmup"),
    Option(("--set",), "a parameter of the strategy; again for the next one", _assignment, "NAME=VALUE", "fast=12",
           many=True),
    Option(("--crossed",), "quotes with bid above ask: keep, drop or swap them", _same, "POLICY", "keep",
           ("keep", "drop", "swap"), keyword="crossed"),
    Option(("--latency",), "until orders, changes and cancels arrive; a range is drawn from", _same, "TIME", "50ms",
           ("50ms", "20..80ms"), keyword="latency"),
    Option(("--liquidity",), "what a tick can fill: unlimited, or no more than it quotes", _same, "MODEL", "quoted",
           ("unlimited", "quoted"), keyword="liquidity"),
    Option(("--participation",), "share of the size quoted that an order may take", _number, "SHARE", "0.25",
           keyword="participation"),
    Option(("--intrabar",), "bars as input: which extreme comes first inside one", _same, "GUESS", "worst",
           ("worst", "best", "ohlc", "olhc"), keyword="intrabar"),
    Option(("--label",), "bars as input: what their times are", _same, "open|close", "close", ("open", "close"),
           keyword="label"),
    Option(("--timeframe",), "bars as input: how long they are; left out, their shortest distance", _same, "LENGTH",
           "1d", _FRAMES, keyword="timeframe"),
    Option(("--seed",), "of what is drawn", _whole, "NUMBER", "7", keyword="seed"),
    Option(("--timeout",), "end the run after so long, and keep it", _same, "TIME", "30s", keyword="timeout"),
    Option(("--max-memory",), "end the run when the process has grown by so much, and keep it", _same, "SIZE", "2GB",
           keyword="max_memory"),
    Option(("--stream",), "read the ticks of one symbol in chunks instead of loading them", keyword="stream"),
    Option(("--close-at-end",), "close what is open at the last quote", keyword="close_at_end"),
    Option(("--python",), "callbacks in plain Python: breakpoints, print, any library; slower, the same journal",
           keyword="python"),
    Option(("--trust",), "run it even if it reaches files, programs or the network; $BACKTESTR_TRUST=1: always"),
    Option(("--as",), "name the run in the notebook; the cell's value is the run in any case", _name, "NAME", "trend",
           front=MAGIC),
    Option(("--quiet",), "show nothing", front=MAGIC),
    Option(("--html",), "write the result as one HTML page", _same, "FILE", "result.html", front=SHELL),
    Option(("--csv",), "write the trades as CSV", _same, "FILE", "trades.csv", front=SHELL),
)  # fmt: skip


def of(front):
    """The options that a front end has.

    Examples
    --------
    >>> [option.names[0] for option in of("shell")][-2:]
    ['--html', '--csv']
    """
    return [option for option in OPTIONS if option.front in ("", front)]
