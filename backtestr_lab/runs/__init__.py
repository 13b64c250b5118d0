"""Runs: `backtest` makes one, `Session` makes one of ticks that come, `Run` is one, `State` is one at an instant."""

from .backtest import backtest
from .market_state import MarketState
from .run import Run
from .session import Session
from .state import State

__all__ = ["MarketState", "Run", "Session", "State", "backtest"]
