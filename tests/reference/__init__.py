"""The oracle: the rules of docs/reference/rules.md and journal.md, said once more in slow plain Python.

It visits every tick, keeps everything in lists, dicts, ints and Fractions, and shares nothing with the engine but the
dtypes and code names of `backtestr_lab.records`. Where the two disagree, one of them misreads the rules.
"""

from .clock import StrategyError, TickOrderError
from .config import Config
from .result import Result, State, run

__all__ = ["Config", "Result", "State", "StrategyError", "TickOrderError", "run"]
