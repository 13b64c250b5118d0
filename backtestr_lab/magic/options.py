"""The options of a run: one table for `%%backtest` and for `python -m backtestr_lab run`.

An option is one entry of `OPTIONS`: parsing, help, completion and the call of `backtest` follow from it. argparse does
the parsing; IPython's `magic_arguments` does too, but its errors know neither what was meant nor an example.
"""

import argparse
import ast
import keyword
import re
import shlex
from dataclasses import dataclass
from functools import lru_cache

from ..errors import OptionError, StoreError, SymbolError, did_you_mean
from ..symbols import known
from ..units import DEFAULT_TIMEFRAMES

__all__ = ["OPTIONS", "Option", "Value", "data_of", "keywords_of", "manual", "parse", "split"]

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
    read: object = None
    value: str = ""
    example: str = ""
    offers: tuple = ()
    keyword: str = None
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
    Option(("--commission",), "per lot, per unit or of the value", _same, "RATE", "3.5/lot",
           ("3.5/lot", "0.00002/unit", "2bps"), keyword="commission"),
    Option(("--slippage",), "of market and stop fills, points or pips", _same, "DISTANCE", "0.2pips",
           keyword="slippage"),
    Option(("--spread",), "for feeds of single prices, points or pips", _same, "DISTANCE", "1pip", keyword="spread"),
    Option(("--leverage",), "instead of the symbol's own margin", _number, "NUMBER", "30", keyword="leverage"),
    Option(("--size",), "units of an order that names no quantity", _number, "UNITS", "10_000", keyword="size"),
    Option(("--timeframes",), "what result and time travel show", _timeframes, "LIST", "1m,5m,1h",
           (*_FRAMES, "30m", "1w"), keyword="timeframes"),
    Option(("--warmup",), "bars before the start that feed indicators", _warmup, "BARS|auto", "auto", ("auto", "0"),
           keyword="warmup"),
    Option(("--set",), "a parameter of the strategy; again for the next one", _assignment, "NAME=VALUE", "fast=12",
           many=True),
    Option(("--crossed",), "quotes with bid above ask: keep, drop or swap them", _same, "POLICY", "keep",
           ("keep", "drop", "swap"), keyword="crossed"),
    Option(("--close-at-end",), "close what is open at the last quote", keyword="close_at_end"),
    Option(("--python",), "callbacks in plain Python: breakpoints, print, any library; slower, the same journal",
           keyword="python"),
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


def split(line):
    """A line into tokens; quotes hold a token together, everything else is literal.

    Raises
    ------
    OptionError
        A quote is not closed.

    Examples
    --------
    >>> split('EURUSD --start "2014-05-01 12:30" --store C:\\\\ticks')
    ['EURUSD', '--start', '2014-05-01 12:30', '--store', 'C:\\\\ticks']
    """
    words = shlex.shlex(line, posix=True, punctuation_chars=False)
    words.whitespace_split = True
    words.commenters = words.escape = ""
    try:
        return list(words)
    except ValueError:
        raise OptionError(f"a quote is not closed in {line.strip()!r}") from None


def parse(tokens, front, names=None):
    """The options among tokens, and the words that are none.

    Parameters
    ----------
    tokens : list of str
    front : {"magic", "shell"}
    names : mapping, optional
        Where ``$name`` is looked up; without it a ``$`` is a ``$``.

    Returns
    -------
    (argparse.Namespace, list of str or Value)
        An attribute per option, None where it was not given, and the other words in order.

    Raises
    ------
    OptionError
        An option that does not exist, suggesting the nearest; a value missing or of another kind; an unknown ``$name``.

    Examples
    --------
    >>> given, words = parse(["EURUSD", "--from", "2014-05-01", "--set", "fast=12"], "magic")
    >>> given.start, given.set, words
    ('2014-05-01', [('fast', 12)], ['EURUSD'])
    >>> parse(["--cahs", "5"], "magic")
    Traceback (most recent call last):
    backtestr_lab.errors.OptionError: there is no option --cahs; did you mean '--cash'?
    """
    options = of(front)
    prepared = _prepared(tokens, {name for option in options if option.read for name in option.names}, names)
    given, words = _parser(front).parse_known_args(prepared)
    for word in words:
        if word.startswith("-") and not isinstance(word, Value):
            there = [name for option in options for name in option.names]
            hint = did_you_mean(word, there) or f"; there are {', '.join(option.names[0] for option in options)}"
            raise OptionError(f"there is no option {word}{hint}")
    return given, words


def _prepared(tokens, with_value, names):
    """Tokens with ``--name=value`` in two, `--sample` with its days, and ``$name`` as what it stands for."""
    pieces = []
    for token in tokens:
        name, equals, value = token.partition("=")
        pieces += [name, value] if equals and name in with_value else [token]
    if names is not None:
        pieces = [_resolved(piece, names) for piece in pieces]
    out = []
    for i, piece in enumerate(pieces):
        out.append(piece)
        days = pieces[i + 1] if i + 1 < len(pieces) else ""
        if piece == "--sample" and not isinstance(days, Value) and not re.fullmatch(r"-?[\d._]+", days):
            out.append(str(SAMPLE_DAYS))
    return out


def _resolved(token, names):
    def find(name):
        if name not in names:
            raise OptionError(f"${name} is not defined in the notebook{did_you_mean(name, names)}")
        return names[name]

    whole = re.fullmatch(r"(?:\w+=)?\$([A-Za-z_]\w*)", token)
    if whole:
        return Value(token, find(whole[1]))
    return re.sub(r"\$([A-Za-z_]\w*)", lambda match: str(find(match[1])), token)


class _Format(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog):
        super().__init__(prog, max_help_position=26, width=110)

    def _format_action_invocation(self, action):
        value = f" {action.metavar}" if action.metavar else ""
        return ", ".join(action.option_strings) + value


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        option, _, problem = message.removeprefix("argument ").partition(": ")
        option = option.split("/")[0]
        example = next((f", e.g. {o.names[0]} {o.example}" for o in OPTIONS if option in o.names and o.example), "")
        if problem.startswith("expected"):
            raise OptionError(f"{option} needs a value{example}")
        raise OptionError(f"{option}: {problem}{example}")


def _parser(front, **more):
    parser = _Parser(add_help=False, allow_abbrev=False, formatter_class=_Format, **more)
    group = parser.add_argument_group("options")
    for option in of(front):
        if option.read is None:
            group.add_argument(*option.names, action="store_true", default=None, help=_literal(option.help))
        else:
            action = "append" if option.many else "store"
            kind = {"type": _telling(option.read), "metavar": option.value, "action": action}
            group.add_argument(*option.names, help=_literal(option.help), **kind)
    return parser


def _literal(text):
    return text.replace("%", "%%")


def _telling(read):
    def convert(text):
        try:
            return read(text)
        except ValueError as problem:
            raise argparse.ArgumentTypeError(str(problem)) from None

    return convert


def manual(front, usage, about, examples):
    """What ``?`` and ``--help`` show.

    Examples
    --------
    >>> "--close-at-end" in manual("magic", "%%backtest SYMBOL [options]", "Run.", "")
    True
    """
    return _parser(front, usage=_literal(usage), description=about, epilog=examples).format_help()


def keywords_of(given):
    """The arguments of `backtest` that were given.

    Examples
    --------
    >>> keywords_of(parse(["--cash", "5_000", "--set", "fast=3", "--set", "slow=9", "--python"], "magic")[0])
    {'cash': 5000.0, 'python': True, 'params': {'fast': 3, 'slow': 9}}
    """
    wanted = ((option.keyword, getattr(given, option.key)) for option in OPTIONS if option.keyword)
    arguments = {name: value for name, value in wanted if value is not None}
    if given.set:
        arguments["params"] = dict(given.set)
    return arguments


def data_of(given, words):
    """What to run on: ticks, or the name of a symbol and its store.

    Parameters
    ----------
    given : argparse.Namespace
    words : list
        Symbols; or one `Value` that holds ticks.

    Returns
    -------
    (data, dict)
        For ``backtest(strategy, data, **dict)``.

    Raises
    ------
    OptionError
        No symbol, or several.
    SymbolError, StoreError
        Unknown; nothing to run on, with the ways to get something.

    Examples
    --------
    >>> data, more = data_of(*parse(["EURUSD", "--sample", "1"], "magic"))
    >>> data.symbol.name, len(data) > 50_000, more
    ('EURUSD', True, {})
    """
    if not words:
        raise OptionError("no symbol is named; write it first, e.g. EURUSD, with --sample to try without data")
    if len(words) > 1:
        raise OptionError(f"a run takes one symbol so far, and here are {', '.join(words)}; give each its own run")
    word = words[0]
    data = word.object if isinstance(word, Value) else word
    if not isinstance(data, str):
        return data, {}
    if given.sample is None:
        return data, {"store": _store(given.store, data)}
    if given.store is not None:
        raise OptionError("--sample and --store are two sources of ticks; leave one out")
    return _sample(data, given.sample), {}


@lru_cache(maxsize=4)
def _sample(symbol, days):
    # Kept, so that the next run finds the bars of these ticks again.
    from ..store import sample

    return sample(symbol, days=days)


def _store(store, symbol):
    if hasattr(store, "columns"):
        return store
    from ..store import Store

    store = Store(store)
    try:
        if store.path.exists():
            store.span(symbol)
            return store
    except SymbolError:
        if len(store.symbols()):
            raise
    name = symbol if symbol.upper() in known() else "EURUSD"
    raise StoreError(
        f"there are no ticks in {store.path} yet; add --sample to run on a synthetic market, or fill the store: "
        f"lab.Store().ingest('ticks.csv', symbol={symbol!r}), or python -m backtestr_lab sample --symbol {name}"
    )
