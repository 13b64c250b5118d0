"""The engine made ready in the background, while the strategy is being written.

Numba needs a second for its first work in a process, and on a new machine the engine is compiled once. A thread does
both: it makes the smallest of runs, and then loads what shows one. Not a daemon, so that Python waits for it at exit:
DuckDB complains of threads that are torn down under it.
"""

import threading
import time

__all__ = ["begin", "wait"]

_COMPILING = 4.0  # s; loading from the disk cache takes one or two
_thread = None
_ready = threading.Event()
_lock = threading.Lock()


def begin():
    """Start, unless that was done in this process.

    Returns
    -------
    threading.Thread
    """
    global _thread
    with _lock:
        if _thread is None:
            _thread = threading.Thread(target=_work, name="backtestr-warm", daemon=False)
            _thread.start()
        return _thread


def wait(say):
    """Until the engine is ready; ``say(text)`` tells what is being waited for.

    Examples
    --------
    >>> wait(print) is None                                    # doctest: +SKIP
    True
    """
    begin()
    began = time.monotonic()
    while not _ready.wait(0.05):
        passed = time.monotonic() - began
        say(
            f"compiling the engine for the first time on this machine, about 20 s, once · {passed:.0f} s"
            if passed > _COMPILING
            else "loading the engine"
        )


def _work():
    try:
        try:
            run = smallest_run()
        finally:
            _ready.set()
        from ..replay import picture, plot, summary, widget

        picture.png(run)
        summary.html(run)
        widget.pack(plot(run))  # not a widget itself: pages would keep it
        sampling()
    except Exception:
        # Whatever is wrong will be wrong in the first cell too, where it can be told.
        return


def sampling():
    """Compile what a replay samples the strategy's variables with: it is compiled where it is imported."""
    from ..engine import sample  # noqa: F401


def smallest_run():
    """A run over one tick a minute for two hours: everything a run needs is loaded and compiled after it.

    Returns
    -------
    Run

    Examples
    --------
    >>> smallest_run().n_ticks
    120
    """
    import numpy as np

    from ..records import Ticks
    from ..runs import backtest
    from ..symbols import EURUSD
    from ..units import MINUTE
    from .first import Trend

    n = 120
    wave = (np.sin(np.arange(n) / 9) * 100).astype("i8")
    ticks = Ticks(np.arange(n, dtype="i8") * MINUTE, 110_000 + wave, 110_002 + wave, symbol=EURUSD, checked=True)
    run = backtest(Trend, ticks)
    run.stats  # noqa: B018
    return run
