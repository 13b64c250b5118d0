"""All that changes during a run, and the sums over it: what clock, orders and fills work on."""

from .book import Event
from .market import Market
from .rates import check_currencies


class Machine:
    """The account, the orders, the queue of what falls due, the journal."""

    def __init__(self, config):
        self.config = config
        self.markets = [Market(self, index, spec) for index, spec in enumerate(config.specs)]
        check_currencies(self)
        self.now = 0
        self.phase = "NONE"
        self.ended = False  # orders are refused from here (C5)
        self.balance = config.cash
        self.orders = []  # by id - 1
        self.lots = []  # every lot ever opened, by id - 1
        self.entry_commission = {}  # lot id -> (commission, steps) of its entry fill
        self.trades = []
        self.queue = []
        self.requests = 0
        self.ranks = 0
        self.journal = []
        self.day_start = self.peak = config.cash  # what losses are measured from (P4)
        self.stopped = None  # DAILY_LOSS or DRAWDOWN: entries are refused
        self.delivered = 0  # events of the journal that callbacks have had
        self.equity_points = []

    @property
    def equity(self):
        return self.balance + sum(market.unrealised() for market in self.markets)

    def order(self, order_id):
        """The order of that id, or None."""
        return self.orders[order_id - 1] if 1 <= order_id <= len(self.orders) else None

    def pending(self):
        """Orders that can still fill, in order of submission."""
        return [order for order in self.orders if order.open]

    def waiting_for(self, order):
        """Open orders that the FILLED of this one releases, in order of submission (O1)."""
        return [other for other in self.orders if other.open and other.waits_for == order.id]

    def working(self, symbol):
        """Accepted orders of a symbol in order of acceptance (F7)."""
        return sorted((o for o in self.orders if o.working and o.symbol == symbol), key=lambda order: order.rank)

    def next_rank(self):
        self.ranks += 1
        return self.ranks

    def write(self, kind, symbol=0, order=0, position=0, price=0, quantity=0, amount=0, reason="NONE"):
        """Append to the journal; a booking moves the balance here and nowhere else (P3)."""
        seq = len(self.journal)
        event = Event(self.now, self.phase, seq, kind, symbol, order, position, price, quantity, amount, reason)
        self.journal.append(event)
        self.balance += amount

    def tell(self, kind, order, price=0, quantity=0, reason="NONE"):
        """Write an event of an order that is not a fill; `quantity` unsigned steps."""
        self.write(kind, order.symbol, order.id, order.lot, price, order.side * quantity, 0, reason)

    def point(self):
        """An equity point now (P7)."""
        self.equity_points.append((self.now, self.balance, self.equity))
        self.peak = max(self.peak, self.equity)
