"""Interrupts that never come inside a call of compiled code (S6).

Compiled code calls Python back to turn its arguments and results into Python's. An exception that an interrupt raises
in there numba takes for a value, and the process crashes. So while the engine is driven, an interrupt that meets such a
place comes again a millisecond later.
"""

import _thread
import signal
import threading
import time

__all__ = ["can_be_interrupted", "careful"]

_AGAIN = 0.001  # seconds


def can_be_interrupted():
    """Whether this is the thread that interrupts come to.

    Examples
    --------
    >>> can_be_interrupted()
    True
    """
    return threading.current_thread() is threading.main_thread()


def careful(work, *arguments, watch=None):
    """Do some work that calls compiled code, so that an interrupt can come at any time.

    Parameters
    ----------
    work : callable
    *arguments
        What it is called with.
    watch : object, optional
        What interrupts it too: ``start()`` begins to, after ``call_off()`` it does no more, and ``error()`` gives the
        exception to raise, None for an interrupt of the user's.

    Returns
    -------
    object
        What the work returns.

    Examples
    --------
    >>> careful(max, 3, 5)
    5
    """
    before = signal.getsignal(signal.SIGINT)
    ours = can_be_interrupted() and before is not None  # None: not Python's to set
    handler = _Handler(before, watch and watch.error)
    try:
        try:
            if ours:
                signal.signal(signal.SIGINT, handler)
            if watch:
                watch.start()
            return work(*arguments)
        finally:
            handler.over = True  # from here on it raises nothing
    finally:
        handler.over = True  # where a tracer lets one in before the line above
        if watch:
            watch.call_off()
        if ours:
            handler.settle()
            signal.signal(signal.SIGINT, before)
            if handler.late:
                handler.pass_on(None)


class _Handler:
    """A handler of SIGINT that waits while the thread is inside compiled code."""

    def __init__(self, before, error):
        self._before, self._error = before, error
        self.over = self.late = False
        self._asked = _thread.allocate_lock()  # held while one is on its way again

    def __call__(self, number, frame):
        error = self._error and self._error()
        if self.over:
            self.late = self.late or not error
        elif _inside_compiled(frame):
            if self._asked.acquire(False):
                _thread.start_new_thread(self._again, ())
        elif error:
            raise error
        else:
            self.pass_on(frame)

    def pass_on(self, frame):
        """What an interrupt does without us."""
        if callable(self._before):
            self._before(signal.SIGINT, frame)
        elif self._before != signal.SIG_IGN:
            raise KeyboardInterrupt

    def _again(self):
        time.sleep(_AGAIN)
        _thread.interrupt_main()
        self._asked.release()

    def settle(self):
        """Wait for one that is on its way; after this none comes."""
        self._asked.acquire()
        for _ in range(2):  # the end of a round is where Python looks for it
            pass


def _inside_compiled(frame):
    """Whether numba may have called the Python code that is being run."""
    if frame is None:
        return False
    code = frame.f_code
    if (code.co_filename, code.co_name) == ("<string>", "<lambda>") or code.co_filename.startswith("<frozen importlib"):
        return True  # makes a named tuple, or finds a module: called straight from compiled code, perhaps
    while frame is not None:
        package = str(frame.f_globals.get("__name__")).partition(".")[0]
        if package in ("numba", "llvmlite"):
            return True
        if package == "backtestr_lab":
            return False
        frame = frame.f_back
    return False
