"""What a callback can read and ask for (S3, S4)."""

from .book import Wish
from .requests import cancel_all, request
from .submission import close, submit


class Context:
    """Handed to every callback of the strategy; knows nothing later than now."""

    def __init__(self, machine):
        self._machine = machine
        self._market = machine.markets[0]

    @property
    def now(self):
        return self._machine.now

    @property
    def position(self):
        """Signed steps."""
        return self._market.net

    @property
    def orders(self):
        """Ids of the open orders, in order of submission."""
        return [order.id for order in self._machine.pending()]

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
        return submit(self._machine, 1, Wish(quantity, **terms))

    def sell(self, quantity, **terms):
        """As `buy`."""
        return submit(self._machine, -1, Wish(quantity, **terms))

    def close(self):
        """Close the whole position; returns the id, 0 when flat."""
        return close(self._machine)

    def cancel(self, order):
        request(self._machine, "CANCEL", order)

    def cancel_all(self):
        cancel_all(self._machine)

    def modify(self, order, *, quantity=None, limit=None, stop=None):
        request(self._machine, "MODIFY", order, quantity=quantity, limit=limit, stop=stop)
