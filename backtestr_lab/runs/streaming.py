"""Whether a run streams its ticks: what was asked for, or how much memory they would take (C4)."""

import os

from ..errors import OptionError
from ..units import format_micros
from .streamed import ROWS, StreamedTicks

__all__ = ["is_streamed", "refuse_streamed", "rows_of"]


def rows_of(stream, sources, start, end):
    """Rows in a chunk, or None for ticks that are loaded whole.

    Parameters
    ----------
    stream : None, bool or int
        As the user gave it.
    sources : Sources
    start, end : int
        µs UTC, warm-up included.

    Raises
    ------
    OptionError
        What is to be streamed is not one symbol of a store, or `stream` is no number of rows.
    """
    asked = isinstance(stream, int) and not isinstance(stream, bool)
    if not (stream is None or isinstance(stream, bool) or (asked and stream >= 1)):
        raise OptionError(f"stream is {stream!r}; give True, False or a number of rows, e.g. stream=1_000_000")
    source, name = sources.pairs[0]
    one = len(sources.pairs) == 1 and hasattr(source, "stream")
    if stream is None:
        return ROWS if one and _bytes(source.stream(name, start, end)) > memory() // 2 else None
    if stream is False:
        return None
    if len(sources.pairs) > 1:
        raise OptionError(
            f"stream={stream!r} is for one symbol, and this run has {', '.join(sources.names)}; leave it out, or run "
            "them one by one"
        )
    if not one:
        raise OptionError(
            f"stream={stream!r} is for ticks of a store, and these are in memory already; leave it out, or ingest "
            "them: lab.Store().ingest(ticks)"
        )
    return stream if asked else ROWS


def _bytes(ticks):
    return 8 * len(ticks.columns) * ticks.most


def memory():
    """Bytes this machine has; 8 GiB where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 8 << 30


def is_streamed(run):
    """Whether the ticks of a run are not in memory."""
    return isinstance(run.ticks, StreamedTicks)


def refuse_streamed(run, what):
    """Say what to do instead of a question that needs all ticks at once."""
    if is_streamed(run):
        raise OptionError(
            f"{what} needs all ticks in memory, and this run streams its {len(run.ticks):,} ticks from "
            f"{format_micros(run.start)} on; ask it of a run over a shorter range"
        )
