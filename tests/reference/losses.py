"""Losses that stop trading, and stop-out: tested after the matching of each tick (P4)."""

from fractions import Fraction

from .endings import cancel
from .positions import closing_order, lot_of, positions


def new_day(machine):
    """The day's reset at a day boundary of the first symbol (C1 step 3)."""
    machine.day_start = machine.equity
    if machine.stopped == "DAILY_LOSS":
        machine.stopped = None


def watch_losses(machine):
    """All of it, in the order of journal.md."""
    if not machine.stopped:
        breach(machine)
    while (position := to_stop_out(machine)) is not None:
        about = {"symbol": position.market.index, "position": position.oldest.id, "reason": "MARGIN"}
        machine.write("STOP_OUT", price=machine.equity, quantity=maintenance(machine), **about)
        accept(machine, closing_order(machine, position, "STOP_OUT"))


def breach(machine):
    """The first of the losses that has reached its level stops trading: entries are cancelled, positions closed."""
    equity = machine.equity
    for name, reference, most in (
        ("DAILY_LOSS", machine.day_start, machine.config.daily_loss),
        ("DRAWDOWN", machine.peak, machine.config.drawdown),
    ):
        if most is None or equity > (level := reference - loss_of(most, reference)):
            continue
        machine.write("LIMIT_BREACH", price=equity, quantity=level, reason=name)
        machine.write("TRADING_STOPPED", reason=name)
        machine.stopped = name
        for order in list(machine.orders):
            if order.open and order.role == "ENTRY" and not order.reduce_only:
                cancel(machine, order, "LIMIT")
        for position in positions(machine):
            if not is_closing(machine, position, ("STOP_OUT",)):
                accept(machine, closing_order(machine, position, "LIMIT"))
        return


def loss_of(most, reference):
    """Micro-units of ("amount", x) or ("ppm", x)."""
    kind, amount = most
    return amount if kind == "amount" else round(Fraction(reference * amount, 10**6))


def to_stop_out(machine):
    """The position to close next: the largest loss, of equal ones the oldest; None while equity suffices."""
    if machine.equity >= maintenance(machine):
        return None
    return min(held(machine), key=lambda position: (position.profit, position.oldest.id), default=None)


def maintenance(machine):
    """The sum of maintenance margins, micro-units."""
    return sum(position.maintenance for position in held(machine))


def held(machine):
    """The positions that nobody of the house closes already: those count as closed."""
    return [p for p in positions(machine) if not is_closing(machine, p, ("STOP_OUT", "LIMIT"))]


def is_closing(machine, position, roles):
    """Is there an open order of one of the roles for the position?"""
    for order in machine.working(position.market.index):
        if order.role in roles and (not order.lot or lot_of(machine, order.lot).order == position.oldest.order):
            return True
    return False


def accept(machine, order):
    """At once: it can fill at its symbol's next tick."""
    order.rank = machine.next_rank()
