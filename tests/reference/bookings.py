"""What falls due though nobody asked for it: the SWAPs of a rollover and the table's BOOKINGs (F9)."""

import datetime as dt
from fractions import Fraction

from .grid import DAY, EPOCH, MICRO, around, read_anchor
from .rates import rate


def carry_out(machine, item):
    """Write what an item of the agenda comes to; nothing when that is nothing."""
    market = machine.markets[item.symbol]
    if item.kind == "CASH":
        book(machine, item, item.value)
    elif item.kind == "ROLLOVER":
        roll(machine, market, nights(item.ts, market.spec, machine.config.triple))
    elif market.net == 0 or rate(machine, market) is None:
        return
    elif item.kind == "DIVIDEND":
        amount = market.money(Fraction(item.value * market.net, 10**6))
        book(machine, item, amount, symbol=item.symbol, quantity=market.net)
    elif item.kind == "FUNDING":
        mark = market.closing(market.net)
        paid = round(Fraction(market.money(market.net * mark) * item.value, 10**10))
        book(machine, item, -paid, symbol=item.symbol, price=mark, quantity=market.net)
    else:
        raise ValueError(f"a booking of kind {item.kind!r} is not CASH, DIVIDEND or FUNDING")


def book(machine, item, amount, **about):
    if amount:
        machine.write("BOOKING", amount=amount, reason=item.kind, **about)


def roll(machine, market, count):
    """One SWAP per open lot for so many nights, oldest first; positive points are received."""
    if rate(machine, market) is None:
        return
    long, short = market.spec.swap
    for lot in market.lots:
        amount = market.money(Fraction((long if lot.side > 0 else short) * count * lot.open, 10**6))
        if amount:
            about = {"order": lot.order, "position": lot.id, "quantity": lot.side * lot.open}
            machine.write("SWAP", market.index, **about, amount=amount)


def nights(ts, spec, triple):
    """How many nights the day that ends at `ts` counts for."""
    if spec.always_open:
        return 1
    weekday = trading_date(around(ts - 1, "1d", spec.anchor)[0], spec.anchor).weekday()
    if weekday == triple:
        return 3
    return 1 if weekday < 5 else 0


def trading_date(opened, anchor):
    """The local date on which a day opens, the next one for an anchor at noon or later (R7)."""
    zone, hour, _ = read_anchor(anchor)
    shown = (EPOCH + (opened + DAY // 2) * MICRO).astimezone(zone)
    # Around noon of the opening's date: a switch of clocks moves that by an hour or two, not into another date.
    noon = shown - dt.timedelta(hours=hour)
    return (noon + dt.timedelta(days=hour >= 12)).date()
