"""A line of options into what it says (options.py has the table).

argparse does the parsing; IPython's `magic_arguments` does too, but its errors know neither what was meant nor an
example.
"""

import argparse
import re
import shlex

from ..errors import OptionError, did_you_mean
from .options import OPTIONS, SAMPLE_DAYS, Value, of

__all__ = ["manual", "parse", "split"]


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
        if i and pieces[i - 1] in with_value and not isinstance(piece, Value) and re.match(r"-[\d.]", piece):
            out[-1] += f"={piece}"  # -6.5/2 is a value, though argparse knows only plain numbers for such
        else:
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
