"""The graph of a run's indicators: each node once, inputs before what reads them, only what is asked for (S7)."""

from ..errors import StrategyError, did_you_mean
from ..units import format_micros, from_points
from .causality import check_causal
from .node import Field, Node, Output

__all__ = ["Graph", "column_of"]


class Graph:
    """The nodes that a run reads, and those they read, in an order that can be evaluated.

    Parameters
    ----------
    wanted : iterable of Node or Output
        A node of several outputs stands for all of them.
    symbols : dict of str to Symbol
        The run's symbols; a node that names none reads the first, so that symbol's callbacks read its values.

    Attributes
    ----------
    keys : tuple of Node or Output
        What `evaluate` returns values for: each asked-for output, as the strategy holds it.
    order : tuple of Node
        Every node once, inputs first, each with its symbol filled in.
    bars : frozenset of (str, Timeframe, str)
        Symbol, timeframe and side of the bars that will be read.
    lookback : dict of (str, Timeframe) to int
        The most bars any node of those bars needs before its first value (S8).

    Raises
    ------
    StrategyError
        A symbol the run does not have; inputs on the bars of two symbols.

    Examples
    --------
    >>> from backtestr_lab import ta
    >>> from backtestr_lab.symbols import EURUSD
    >>> rsi = ta.rsi("1h", 14)
    >>> graph = Graph([ta.sma(rsi, 9), rsi, ta.rsi("H1")], {"EURUSD": EURUSD})
    >>> graph.order
    (rsi(EURUSD 1h, 14), sma(rsi(EURUSD 1h, 14), 9))
    """

    def __init__(self, wanted, symbols):
        self._symbols = dict(symbols)
        self._resolved = {}  # node or field as written -> the same with its symbol
        self.keys = tuple(dict.fromkeys(key for item in wanted for key in _keys(item)))
        for key in self.keys:
            self._resolve(key)
        self.order = tuple(dict.fromkeys(node for node in self._resolved.values() if isinstance(node, Node)))
        fields = {f for node in self.order for f in node.inputs if isinstance(f, Field)}
        self.bars = frozenset((f.symbol, f.timeframe, f.side) for f in fields)
        self.lookback = {}
        for node in self.order:
            at = node.symbol, node.timeframe
            self.lookback[at] = max(self.lookback.get(at, 0), node.lookback)

    def _resolve(self, key):
        """The same key with its symbol filled in; inputs enter `_resolved` before what reads them."""
        if isinstance(key, Output):
            return Output(self._resolve(key.node), key.name)
        if key not in self._resolved:
            if isinstance(key, Field):
                self._resolved[key] = Field(key.timeframe, key.name, key.side, self._name(key.symbol))
            else:
                self._resolved[key] = Node(key.function, tuple(map(self._resolve, key.inputs)), key.params)
        return self._resolved[key]

    def _name(self, symbol):
        names = list(self._symbols)
        if symbol is None:
            return names[0]
        if symbol in names:
            return symbol
        raise StrategyError(
            f"an indicator reads {symbol}, which is not in this run{did_you_mean(symbol, names)}; "
            f"the run has {', '.join(names)}"
        )

    def evaluate(self, bars_of, cache=None, data_key=None, *, check=True):
        """Values of every asked-for output, aligned to the bars of its timeframe.

        Parameters
        ----------
        bars_of : callable
            ``bars_of(symbol, timeframe)`` gives the closed bars, (m,) BAR; for side "mid" it is called as
            ``bars_of(symbol, timeframe, "mid")`` and gives bars made of mids (R5).
        cache : dict, optional
            Keeps what was computed for the next evaluation over the same data, a sweep's next point: columns by
            (data_key, Field), outputs by (data_key, Node).
        data_key : hashable, optional
            Names the data in the cache; the hash of the ticks and the range.
        check : bool
            Indicators of the user's are checked to be causal; False for those that were, on most of these bars.

        Returns
        -------
        dict of Node or Output to (m,) float64
            Contiguous, in decimal prices and units of volume, NaN where missing. Keys are `keys`.

        Raises
        ------
        NotCausalError
            An indicator of the user's looks ahead; names the first bar.
        StrategyError
            An indicator of the user's failed or gave something else than a number per bar.

        Notes
        -----
        Prices are divided into float64 once per column, however many nodes read it.

        Examples
        --------
        >>> import numpy as np
        >>> from backtestr_lab import ta
        >>> from backtestr_lab.records import BAR
        >>> from backtestr_lab.symbols import EURUSD
        >>> bars = np.zeros(3, BAR)
        >>> bars["close"] = [110000, 110010, 110020]
        >>> mean = ta.sma("1h", 2)
        >>> Graph([mean], {"EURUSD": EURUSD}).evaluate(lambda symbol, timeframe: bars)[mean].round(5)
        array([    nan, 1.10005, 1.10015])
        """
        known = {} if cache is None else cache
        fetched = {}

        def bars_for(symbol, timeframe, side="bid"):
            # Only mid bars differ from the bars that carry both sides.
            at = (symbol, timeframe, "mid") if side == "mid" else (symbol, timeframe)
            if at not in fetched:
                fetched[at] = bars_of(*at)
            return fetched[at]

        def column(field):
            if (data_key, field) not in known:
                bars = bars_for(field.symbol, field.timeframe, field.side)
                known[data_key, field] = column_of(bars, field, self._symbols[field.symbol])
            return known[data_key, field]

        def value(key):
            if isinstance(key, Field):
                return column(key)
            node, name = (key.node, key.name) if isinstance(key, Output) else (key, key.outputs[0])
            return known[data_key, node][node.outputs.index(name)]

        for node in self.order:
            if (data_key, node) in known:
                continue
            arrays = [value(i) for i in node.inputs]
            params = dict(node.params)
            outputs = node.function.calculate(arrays, params)
            if check and not node.function.checked:
                bars = bars_for(node.symbol, node.timeframe)
                check_causal(node, arrays, params, outputs, lambda k, bars=bars: format_micros(bars["ts"][k]))
            known[data_key, node] = outputs
        return {key: value(self._resolve(key)) for key in self.keys}


def _keys(item):
    if isinstance(item, Output):
        return (item,)
    if isinstance(item, Node):
        return item.keys
    raise StrategyError(f"{item!r} is a {type(item).__name__}, not an indicator; make one with ta.<name>(...)")


def column_of(bars, field, symbol):
    """One column of bars as contiguous float64: prices in decimals, volume in units, times in µs UTC."""
    if field.name in ("ticks", "ts", "end"):
        return bars[field.name].astype("f8")
    if field.name == "volume":
        return from_points(bars["volume"], symbol.quantity_digits)
    name = f"ask_{field.name}" if field.side == "ask" else field.name
    return from_points(bars[name], symbol.digits)
