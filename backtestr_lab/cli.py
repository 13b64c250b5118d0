"""The shell's side: ``python -m backtestr_lab``, also installed as ``backtestr-lab``.

A run takes the options of the magic, from the same table. What a command makes goes to stdout, an error is one line on
stderr and exit code 1.
"""

import argparse
import linecache
import sys
import time
from pathlib import Path

from . import __version__
from .errors import BacktestrError, OptionError, RunStopped, StrategyError, did_you_mean

__all__ = ["main"]

PROGRAM = "python -m backtestr_lab"
ABOUT = """\
BackTestr Lab: tick-exact backtests in a notebook, and every instant of them open to questions.

In a notebook:  %load_ext backtestr_lab  and then  %%backtest EURUSD --sample  above a strategy."""
RUN_ABOUT = """\
Run the strategy of a file over the ticks of symbols; the options are those of %%backtest in a notebook."""
RUN_EXAMPLES = """\
examples:
  python -m backtestr_lab run trend.py EURUSD --sample
  python -m backtestr_lab run trend.py EURUSD --start 2014-05-01 --end 2014-05-10 --set fast=12 --csv trades.csv"""


def main(arguments=None):
    """Run a command; returns the exit code.

    Examples
    --------
    >>> main(["--version"]) == 0
    backtestr-lab 0.1.0
    True
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _dispatch(arguments)
    except BacktestrError as error:
        _complain(error)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
    except BrokenPipeError:  # `... | head`
        sys.stderr.close()
    return 1


def _dispatch(arguments):
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_parser().format_help(), end="")
        return 0
    if arguments[0] in ("-V", "--version"):
        print(f"backtestr-lab {__version__}")
        return 0
    if arguments[0] == "run":
        return run(arguments[1:])
    given, unknown = _parser().parse_known_args(arguments)
    if unknown:
        there = [name for action in given.parser._actions for name in action.option_strings]
        raise OptionError(
            f"{given.parser.prog.rpartition(' ')[2]} has no option {unknown[0]}{did_you_mean(unknown[0], there)}"
        )
    return given.command(given)


def _complain(error):
    line = " ".join(str(error).split("\n"))
    print(f"{type(error).__name__}: {line}", file=sys.stderr)


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        name = self.prog.rpartition(" ")[2]
        if "invalid choice" in message:
            word = message.split("'")[1]
            near = did_you_mean(word, COMMANDS) or f"; there are {', '.join(COMMANDS)}"
            raise OptionError(f"there is no command {word!r}{near}")
        if missing := message.partition("are required: ")[2]:
            raise OptionError(f"{name} needs {missing}; {self.prog} --help tells more")
        raise OptionError(f"{name}: {message.removeprefix('argument ')}; {self.prog} --help tells more")


def _parser():
    parser = _Parser(
        prog=PROGRAM, description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("-V", "--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (about, command, fill) in COMMANDS.items():
        sub = commands.add_parser(name, help=about, description=about, allow_abbrev=False)
        fill(sub)
        sub.set_defaults(command=command, parser=sub)
    return parser


# ---- run


def run(arguments):
    """``run FILE SYMBOL [SYMBOL ...] [options]``: a strategy out of a file, its summary as text."""
    from .magic.data import data_of, keywords_of
    from .magic.line import manual, parse
    from .magic.options import SHELL
    from .magic.progress import Progress

    if {"-h", "--help"} & set(arguments) or not arguments:
        print(manual(SHELL, f"{PROGRAM} run FILE SYMBOL [SYMBOL ...] [options]", RUN_ABOUT, RUN_EXAMPLES), end="")
        return 0
    given, words = parse(arguments, SHELL)
    if not words:
        raise OptionError("which file holds the strategy? Name it first: run trend.py EURUSD")
    path = Path(words[0])
    stopped = None
    try:
        strategy, source = _strategy_of(path, given.trust)
        data, more = data_of(given, words[1:])
        from .runs import backtest

        with Progress() as progress:
            result = backtest(strategy, data, **more, **keywords_of(given), source=source, progress=progress)
    except StrategyError as error:
        raise type(error)(f"{path.name}: {error}") from error
    except RunStopped as error:
        if error.run is None:
            raise
        stopped, result = error, error.run
    _report(result, given)
    if stopped:
        raise stopped
    return 0


def _strategy_of(path, trust=False):
    from .magic.cell import define
    from .strategy.trust import trusted_always

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) else "it is no text"
        raise OptionError(f"{path} cannot be read: {reason}; name a Python file that defines a strategy") from None
    filename = str(path.resolve())
    linecache.checkcache(filename)
    sys.path.insert(0, str(path.resolve().parent))  # as Python does for a script: the file may import its neighbours
    names = {"__name__": path.stem, "__file__": filename}
    strategy, scope = define(text, filename, names, folder=path.resolve().parent, trust=trust or trusted_always())
    return strategy, {"source": text, "filename": filename, "namespace": scope}


def _report(result, given):
    from .replay import summary

    print(summary.text(result))
    if given.csv:
        result.trades.to_csv(given.csv)
        print(f"  trades: {Path(given.csv).resolve()}")
    if given.html:
        print(f"  page: {_write_page(result, Path(given.html))}")


def _write_page(result, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    return result.to_html(path).resolve()


# ---- the other commands


def demo(given):
    """The first strategy on the sample; its result as one HTML file."""
    from . import backtest, sample
    from .magic.first import Trend
    from .magic.progress import Progress
    from .replay import summary

    folder = Path(given.out)
    with Progress() as progress:
        progress.say("making five days of a synthetic market")
        result = backtest(Trend, sample("EURUSD", days=5), cash=100_000, commission="3.5/lot", progress=progress)
    print(summary.text(result))
    print(f"  its page, which needs no network: {_write_page(result, folder / 'first-backtest.html')}")
    return 0


def warm(given):
    """Compile the engine into its disk cache, so that the first run does not wait for it."""
    began = time.perf_counter()
    print("compiling the engine; on a new machine that takes about 20 s", flush=True)
    from .magic.warm import sampling, smallest_run

    smallest_run()
    sampling()
    print(f"ready after {time.perf_counter() - began:.1f} s; from now on it is read from the disk")
    return 0


def ingest(given):
    """Files of ticks into the store; prints what was taken and what was left out."""
    from .store import Store

    store = Store(given.store)
    report = store.ingest(
        given.files if len(given.files) > 1 else given.files[0],
        given.symbol,
        format=given.format,
        tz=given.tz,
        digits=given.digits,
        date=given.date,
        strict=given.strict,
    )
    print(report)
    print(f"  store: {store.path}")
    return 0


def make_sample(given):
    """A synthetic market into the store."""
    from .store import Store, sample

    store = Store(given.store)
    print(store.ingest(sample(given.symbol, days=given.days, seed=given.seed, start=given.start)))
    print(f"  store: {store.path}")
    print(f"  now: %%backtest {given.symbol}, or {PROGRAM} run FILE {given.symbol}")
    return 0


def _demo_options(parser):
    parser.add_argument("--out", default=".", metavar="DIR", help="folder for the page (here)")


def _warm_options(parser):
    pass


def _run_options(parser):
    pass


def _store_option(parser):
    parser.add_argument(
        "--store", metavar="PATH", help="the store's file; left out, $BACKTESTR_STORE or the default one"
    )


def _ingest_options(parser):
    parser.add_argument("files", nargs="+", metavar="FILE", help="CSV (also .gz, .zip), Parquet, LEAN zips; a folder")
    parser.add_argument("--symbol", required=True, metavar="NAME", help="whose ticks they are")
    parser.add_argument("--tz", metavar="ZONE", help="IANA zone of times that do not name theirs (UTC)")
    parser.add_argument("--format", default="auto", help="by default told from the content")
    parser.add_argument("--digits", type=int, metavar="N", help="decimals of a price")
    parser.add_argument("--date", metavar="DAY", help="of files that hold only times of day")
    parser.add_argument("--strict", action="store_true", help="refuse a file with rows that cannot be ticks")
    _store_option(parser)


def _sample_options(parser):
    parser.add_argument("--symbol", default="EURUSD", metavar="NAME", help="(EURUSD)")
    parser.add_argument("--days", type=int, default=30, metavar="N", help="calendar days (30)")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="another seed is another market (7)")
    parser.add_argument("--start", default="2024-01-01", metavar="DAY", help="first day, UTC (2024-01-01)")
    _store_option(parser)


# name -> what it does, its function, its options
COMMANDS = {
    "demo": ("run the first strategy on a synthetic market; its result as one HTML file", demo, _demo_options),
    "run": ("run the strategy of a file; the same options as %%%%backtest", run, _run_options),
    "ingest": ("read files of ticks into the store", ingest, _ingest_options),
    "sample": ("put a synthetic market into the store", make_sample, _sample_options),
    "warm": ("compile the engine ahead of the first run", warm, _warm_options),
}
