"""`%%backtest`: a strategy in a cell, run and shown; the same options from a shell (cli.py).

What is where:

    options     the one table of options
    line        a line of them into what it says; help
    data        what that means for `backtest`
    cell        the text of a cell or file -> the one strategy it defines
    warm        the engine made ready in the background
    progress    what is being waited for, on one line that goes away
    notebook    the magic itself
    completion  what Tab offers on its line
"""

__all__ = ["load"]


def load(ipython):
    """Register the magics and begin to warm the engine up (``%load_ext backtestr_lab``).

    Parameters
    ----------
    ipython : InteractiveShell

    Examples
    --------
    >>> load(get_ipython())                                    # doctest: +SKIP
    """
    from .completion import Completions
    from .notebook import BacktestMagics
    from .warm import begin

    ipython.register_magics(BacktestMagics)
    Completions.register(ipython)
    begin()
