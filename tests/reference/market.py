"""One symbol of a run: its bars, its last quote, its open lots."""

from fractions import Fraction

from .bars import Series
from .grid import length
from .intrabar import OPEN
from .liquidity import Offer
from .rates import rate
from .units import effective


class Market:
    """One symbol; `lots` are the open ones, oldest first."""

    def __init__(self, machine, index, spec):
        self.machine = machine
        self.index = index
        self.spec = spec
        self.config = machine.config
        names = sorted({self.config.minute, *self.config.timeframes, *self.config.listen}, key=length)
        self.series = {name: Series(name, spec.anchor, index) for name in names}
        self.last = None  # the last tick of the run, raw
        self.quote = None  # the same, effective (R13)
        self.offer = None  # what is left of its liquidity (F8)
        self.before = None  # the quote before, where the price went on from there to this one (F10)
        self.tick = 0  # index of the last tick in the symbol's
        self.lots = []

    @property
    def net(self):
        """The position, signed steps (P1)."""
        return sum(lot.side * lot.open for lot in self.lots)

    def take(self, tick, i):
        """Make `tick` the last quote and let the open lots see it (P7: fill tick to exit tick inclusive)."""
        self.before = self.quote if self.config.intrabar and i % 4 != OPEN else None
        self.last, self.tick = tick[:3], i
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
        """`amount` = points * steps in micro-units of the account, half to even once (U4)."""
        return round(amount * rate(self.machine, self))

    def unrealised(self):
        return self.profit_of(self.lots)

    def profit_of(self, lots):
        """Unrealised profit of some of its lots together, micro-units."""
        if not lots:
            return 0
        return self.money(sum(lot.side * (self.closing(lot.side) - lot.price) * lot.open for lot in lots))

    def margin(self, steps, price, ppm):
        """Margin of so many steps at a rate, micro-units."""
        return round(Fraction(self.money(abs(steps) * price) * ppm, 10**6))
