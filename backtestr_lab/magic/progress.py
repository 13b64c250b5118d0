"""What is being waited for: one line, for anything over a second, gone when it is over.

In a notebook the line is an output that ends empty, so that a saved notebook is the same whether a run was slow or not.
"""

import sys
import time
from html import escape

__all__ = ["Progress"]

PATIENCE = 1.0  # s before the line appears
EVERY = 0.1  # s between two changes of it

BAR = (
    '<div style="font:12px system-ui,sans-serif;opacity:.75">'
    '<progress max="1"{value} style="width:12em;vertical-align:middle"></progress> {text}</div>'
)


class Progress:
    """A line that tells what is going on.

    Parameters
    ----------
    show : object, optional
        With ``show(text, share)`` and ``clear()``; by default what fits: a notebook's output, a terminal's line, or
        nothing.

    Examples
    --------
    >>> with Progress(show=None) as progress:
    ...     progress.say("loading ticks")
    ...     progress(0.5, 1_000_000)
    """

    def __init__(self, show="auto"):
        self._show = _fitting() if show == "auto" else show
        self._began = self._drawn = time.monotonic()
        self._text = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._text is not None:
            self._show.clear()

    def say(self, text, share=None):
        """What is being done now; `share` of it is done, if that is known."""
        now = time.monotonic()
        if self._show is None or now - self._began < PATIENCE or now - self._drawn < EVERY or text == self._text:
            return
        self._drawn, self._text = now, text
        self._show.show(text, share)

    def __call__(self, share, ticks):
        """As `backtest` calls it."""
        self.say(f"{share:.0%} · {ticks:,} ticks", share)


class Cell:
    """A line in a notebook's cell."""

    def __init__(self):
        self._handle = None

    def show(self, text, share):
        """Put the line there, or change it."""
        from IPython.display import display

        if self._handle is None:
            self._handle = display({}, raw=True, display_id=True)
        value = f' value="{share:.3f}"' if share is not None else ""
        self._handle.update({"text/html": BAR.format(value=value, text=escape(text)), "text/plain": text}, raw=True)

    def clear(self):
        """Leave nothing of it."""
        self._handle.update({}, raw=True)


class Terminal:
    """A line of a terminal that is written over."""

    def __init__(self, stream):
        self._stream = stream

    def show(self, text, share):
        """Write it over the last one."""
        self._stream.write(f"\r\x1b[K{text}")
        self._stream.flush()

    def clear(self):
        """Leave nothing of it."""
        self._stream.write("\r\x1b[K")
        self._stream.flush()


def _fitting():
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None and hasattr(shell, "kernel"):
        return Cell()
    return Terminal(sys.stderr) if sys.stderr.isatty() else None
