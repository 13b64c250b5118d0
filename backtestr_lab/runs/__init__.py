"""Runs: `backtest` makes one, `Run` is one, `State` is one at an instant."""

from .backtest import backtest
from .run import Run
from .state import State

__all__ = ["Run", "State", "backtest"]
