"""Indicators (S7): described in a strategy's `init`, evaluated once over the closed bars before the loop.

`ta` and `Indicator` make nodes; `Graph` evaluates them. Nothing heavy is imported here: TA-Lib comes with the first
``ta.<name>``.
"""

from .custom import Indicator
from .graph import Graph
from .namespace import ta
from .node import Field, Node, Output
from .values import value_at

__all__ = ["Field", "Graph", "Indicator", "Node", "Output", "ta", "value_at"]
