"""All that changes during a run, and the sums over it: what clock, orders and fills work on."""

from fractions import Fraction

from .bars import Series
from .book import Event
from .grid import length
from .liquidity import Offer
from .units import effective, money


class Market:
    """One symbol: its bars, its last quote, its open lots oldest first."""

    def __init__(self, index, config):
        self.index = index
        self.config = config
        names = sorted({"1m", *config.timeframes, *config.listen}, key=length)
        self.series = {name: Series(name, config.anchor) for name in names}
        self.last = None  # the last tick of the run, raw
        self.quote = None  # the same, effective (R13)
        self.offer = None  # what is left of its liquidity (F8)
        self.lots = []

    @property
    def net(self):
        """The position, signed steps (P1)."""
        return sum(lot.side * lot.open for lot in self.lots)

    def take(self, tick):
        """Make `tick` the last quote and let the open lots see it (P7: fill tick to exit tick inclusive)."""
        self.last = tick[:3]
        self.quote = effective(tick[1], tick[2])
        self.offer = Offer(tick, self.config)
        for lot in self.lots:
            lot.lowest = min(lot.lowest, self.closing(lot.side))
            lot.highest = max(lot.highest, self.closing(lot.side))

    def held_by(self, entry):
        """Steps that are open of the lots of an entry (F6)."""
        return sum(lot.open for lot in self.lots if lot.order == entry)

    def closing(self, side):
        """The quote at which a position of that side would close."""
        bid, ask = self.quote
        return bid if side > 0 else ask

    def entering(self, side):
        """The quote at which an order of that side would fill."""
        bid, ask = self.quote
        return ask if side > 0 else bid

    def money(self, amount):
        return money(amount, self.config, self.quote)

    def unrealised(self):
        if not self.lots:
            return 0
        return self.money(sum(lot.side * (self.closing(lot.side) - lot.price) * lot.open for lot in self.lots))

    def margin(self, position, price):
        """Initial margin of a position, micro-units."""
        return round(Fraction(self.money(abs(position) * price) * self.config.margin_ppm, 10**6))


class Machine:
    """The account, the orders, the queue of what falls due, the journal."""

    def __init__(self, config):
        self.config = config
        self.markets = [Market(0, config)]
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
