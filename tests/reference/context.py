"""What a callback can read and ask for (S3, S4)."""

from .book import Wish
from .requests import cancel_all, request
from .submission import close, submit


class Context:
    """Handed to every callback of the strategy; knows nothing later than now.

    Attributes
    ----------
    symbol : int
        The one the callback is about: what is asked without `symbol=` is asked of that one.
    """

    def __init__(self, machine):
        self._machine = machine
        self.symbol = 0

    @property
    def _market(self):
        return self._machine.markets[self.symbol]

    @property
    def now(self):
        return self._machine.now

    @property
    def position(self):
        """Signed steps."""
        return self._market.net

    def position_of(self, symbol):
        """Signed steps of any symbol."""
        return self._machine.markets[symbol].net

    @property
    def orders(self):
        """Ids of the open orders of all symbols, in order of submission."""
        return [order.id for order in self._machine.pending()]

    @property
    def lots(self):
        """Ids of the open lots of all symbols, in order of opening."""
        return [lot.id for lot in self._machine.lots if lot.open]

    @property
    def balance(self):
        return self._machine.balance

    @property
    def equity(self):
        return self._machine.equity

    @property
    def last(self):
        """The last tick as it came, (ts, bid, ask), or None."""
        return self._market.last

    def bars(self, timeframe, n):
        """At most n closed bars, oldest first."""
        return self._market.series[timeframe].closed[-n:]

    def forming(self, timeframe):
        """The forming bar, or None."""
        return self._market.series[timeframe].forming

    def buy(self, quantity, **terms):
        """Order; `terms` are those of `book.Wish`. Returns the id."""
        return submit(self._machine, 1, Wish(quantity, **{"symbol": self.symbol} | terms))

    def sell(self, quantity, **terms):
        """As `buy`."""
        return submit(self._machine, -1, Wish(quantity, **{"symbol": self.symbol} | terms))

    def close(self, position=0, symbol=None):
        """Close the position, or the one that holds that lot; returns the last order's id, 0 without any."""
        return close(self._machine, self.symbol if symbol is None else symbol, position)

    def cancel(self, order):
        request(self._machine, "CANCEL", order)

    def cancel_all(self):
        cancel_all(self._machine)

    def modify(self, order, *, quantity=None, limit=None, stop=None):
        request(self._machine, "MODIFY", order, quantity=quantity, limit=limit, stop=stop)
