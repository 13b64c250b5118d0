"""An order's story in sentences: what journal, ticks and account said at each of its steps (O2, O3)."""

import operator
from dataclasses import dataclass

import numpy as np

from ..engine.layout import NEVER
from ..errors import OptionError
from ..records import EVENTS, PHASES, REASONS, ROLES, STATES, codes
from ..units import format_micros
from .state import State
from .tale import ATTACHED, FILLS, KIND, LIMITS, REASON, TYPE, Tale, in_points

__all__ = ["KINDS", "Story", "explain"]

_ENDS = (KIND["REJECTED"], KIND["CANCELLED"], KIND["EXPIRED"])
_ON_ARRIVAL = ("SIDE", "POST_ONLY", "MARGIN")
# Events that callbacks hear of as on_order (docs/reference/journal.md).
_TOLD = tuple(KIND[n] for n in EVENTS if n not in ("SUBMITTED", "PARTIAL_FILL", "FILLED", "SWAP", "BOOKING"))


@dataclass(frozen=True, repr=False)
class Story:
    """What became of an order and why; prints as text.

    Attributes
    ----------
    order : int
    title : str
        What was asked for.
    lines : tuple of (int, str)
        Instant, µs UTC, and a sentence, in order.
    text : str
        Title and lines as they print.

    Examples
    --------
    >>> Story(1, "Order 1: BUY 10,000 EURUSD at market", ((0, "Asked for in on_bar."),))
    Order 1: BUY 10,000 EURUSD at market
      1970-01-01  Asked for in on_bar.
    """

    order: int
    title: str
    lines: tuple

    @property
    def text(self):
        """Title and lines."""
        stamps = [format_micros(ts) for ts, _ in self.lines]
        width = max(map(len, stamps), default=0)
        return "\n".join([self.title, *(f"  {s:<{width}}  {line}" for s, (_, line) in zip(stamps, self.lines))])

    def __repr__(self):
        return self.text


def explain(run, order):
    """The story of one order of a run; see `Run.explain`."""
    count = len(run._orders)
    there = f"the run has orders 1 to {count:,}" if count else "the run has no orders"
    try:
        order = operator.index(order)
    except TypeError:
        raise OptionError(f"order is {order!r}; give its id, a whole number: {there}") from None
    if isinstance(order, bool) or not 1 <= order <= count:
        raise OptionError(f"there is no order {order}; {there}")
    tale = Tale(run, order)
    lines = sorted(_told(tale), key=lambda line: line[:3])
    return Story(order, f"Order {order}: {tale.described(order)}", tuple((ts, text) for ts, *_, text in lines))


def _told(tale):
    """(instant, ticks taken, place in the journal, sentence) of everything, not yet in order."""
    for i in map(int, tale.mine):
        e = tale.events[i]
        at = int(e["ts"]), int(tale.cursors[i])
        yield from ((*at, i, text) for text in KINDS[EVENTS[e["kind"]]](tale, i, e))
        if e["kind"] == KIND["SUBMITTED"]:
            yield from _accepted(tale, i)
        elif e["kind"] in FILLS or e["kind"] in _ENDS:
            after = tale.bookings(i).stop - 0.5
            yield from ((*at, after, text) for text in _consequences(tale, i))
    if tale.o["began"] and tale.o["role"] not in ATTACHED:
        yield _first_level(tale)
    yield _end(tale)


def _accepted(tale, sent):
    """The line of the acceptance, with what was checked (O3)."""
    if tale.o["role"] in ATTACHED or tale.o["role"] == codes(ROLES)["END"]:
        return
    arrived = tale.arrival(sent)
    if arrived is None:
        return
    ts, cursor, taken, n = arrived
    how = "at once" if ts == tale.o["ts"] else "on arrival"
    if tale.waited(sent) is not None:
        how = f"when order {int(tale.o['oto'])} was filled"
    quote = tale.quote(cursor)
    if quote is None:
        yield ts, cursor, n - 0.5, f"Accepted {how}, unchecked: there was no quote yet."
        return
    state = State(tale.run, ts, taken, n)
    bid, ask = map(tale.price, quote)
    needs = tale.needs(state, tale.asked(max(sent, n - 1)), tale.taken(cursor))
    yield ts, cursor, n - 0.5, f"Accepted {how} at bid {bid}, ask {ask}: {needs}."


def _first_level(tale):
    """The line of the tick that set a trailing stop's level (F5)."""
    began, offset = int(tale.o["began"]), int(tale.o["offset"])
    ts = int(tale.ticks.ts[began - 1])
    level = max(1, tale.taken(began) + tale.side * offset)
    tick = tale.tick(began, ts)
    text = f"The {tick} set its level to {tale.price(level)}, {in_points(offset)} from the {tale.quoted}."
    return ts, began, 0, text


def _consequences(tale, i):
    """What a fill or an end did to other orders, as the journal tells it right after it."""
    fills = tale.events["kind"][i] in FILLS
    gone = {tale.id}
    for j in range(tale.bookings(i).stop, len(tale.events)):
        kind, other, reason = EVENTS[tale.events["kind"][j]], int(tale.events["order"][j]), tale.events["reason"][j]
        if other == tale.id or not 1 <= other <= len(tale.orders):
            break
        x, why = tale.orders[other - 1], REASONS[reason]
        named = f"order {other} ({tale.described(other)})"
        exit_of_a_lot = why in ("SIBLING", "FLAT") and x["role"] in ATTACHED
        of_the_group = why == "OCO" and x["group"] == tale.o["group"]
        if fills and kind == "SUBMITTED" and x["parent"] == tale.id:
            yield f"That placed {named}."
        elif fills and kind == "CANCELLED" and (exit_of_a_lot or of_the_group):
            yield f"That cancelled {named}: {why}."
        elif kind == "CANCELLED" and why == "PARENT" and int(x["oto"]) in gone:
            yield f"That cancelled {named}, which waited for order {int(x['oto'])}: {why}."
        elif fills and kind == "REJECTED" and x["oto"] == tale.id and why in _ON_ARRIVAL:
            yield f"That released {named}, which was REJECTED: {why}."
        else:
            break
        gone.add(other)
    if tale.events["kind"][i] != KIND["FILLED"]:
        return
    for x in tale.orders[(tale.orders["oto"] == tale.id) & (tale.orders["rank"] > 0)]:
        other = Tale(tale.run, int(x["id"]))
        if int(x["id"]) not in gone and other.waited(int(other.mine[0])) == i:
            yield f"That released order {int(x['id'])} ({tale.described(int(x['id']))}), which waited for it."


def _end(tale):
    """The last line: the state it ended or stands in, and what it cost and earned."""
    run, last = tale.run, int(tale.mine[-1])
    state = STATES[tale.o["state"]]
    mine = tale.events[tale.mine]
    parts = []
    if tale.filled(last):
        fills = mine[np.isin(mine["kind"], FILLS)]
        value = sum(int(f["price"]) * abs(int(f["quantity"])) for f in fills)
        parts.append(f"{tale.quantity(tale.filled(last))} at {tale.price(value / tale.filled(last))} on average")
    for reason, word in (("COMMISSION", "commission"), ("PROFIT", "profit")):
        amounts = mine["amount"][mine["reason"] == REASON[reason]]
        if len(amounts):
            parts.append(f"{word} {tale.money(int(amounts.sum()), '+')}")
    text = f": {', '.join(parts)}" if parts else ""
    if state not in ("PENDING", "PARTIALLY_FILLED"):
        return int(mine["ts"][-1]), int(tale.cursors[last]), np.inf, f"So it ended {state}{text}."
    now = run.end if run._ended else run._now
    what = "it had not arrived" if tale.o["rank"] == 0 else "the ticks never filled it"
    if tale.o["due"] == NEVER:
        what = f"it waited for order {int(tale.o['oto'])}"
    elif tale.o["rank"] and tale.o["type"] != TYPE["MARKET"]:
        level = tale.level_now()
        what += f"; it stood at {tale.price(level)}" if level else ""
    quote = tale.quote(run._ends[tale.k])
    what += "; the last quote was bid {}, ask {}".format(*map(tale.price, quote)) if quote else ""
    return now, run._ends[tale.k], np.inf, f"When the run ended it was {state}{text}: {what}."


def _asker(tale, i):
    """Who asked: the callbacks that can have, by the step of the clock and what had happened in it (C1)."""
    e = tale.events[i]
    role = ROLES[tale.o["role"]]
    if tale.o["role"] in ATTACHED:
        return f"Placed as the {role.lower().replace('_', '-')} of order {int(tale.o['parent'])}, when it opened " + (
            f"lot {int(e['position'])}"
        )
    if role == "END":
        return "Placed to close what was open at the end of the run (close_at_end)"
    if role == "STOP_OUT":
        return "Placed by the account, which was below its maintenance margin (stop-out)"
    if role == "LIMIT":
        return "Placed by the account, which had reached a limit of its losses"
    phase = PHASES[e["phase"]]
    before = tale.events[:i]
    taken = tale.run._cursors
    same = (before["ts"] == e["ts"]) & (before["phase"] == e["phase"]) & (taken[:i] == taken[i])
    before = before[same]
    closed = any((m.bars(t)["end"] == e["ts"]).any() for t in tale.run._plan.listens for m in tale.run._markets)
    possible = {
        "on_bar": phase == "CALL" and closed,
        "on_time": phase == "CALL",
        "on_fill": phase == "TICK" and np.isin(before["kind"], FILLS).any(),
        "on_order": phase in ("DUE", "CALL", "TICK") and np.isin(before["kind"], _TOLD).any(),
        "on_tick": phase == "TICK",
        "on_end": phase == "END",
    }
    names = [name for name in possible if possible[name] and name in tale.run._plan.defines]
    return f"Asked for in {' or '.join(names) or 'a callback'} (phase {phase})"


# A sentence for every kind of event: (tale, its index, the event) -> sentences.


def _submitted(tale, i, e):
    cursor = int(tale.cursors[i])
    last = f"after the {tale.tick(cursor, int(e['ts']))}" if tale.quote(cursor) else "before the first tick"
    return [f"{_asker(tale, i)}, {last}."]


def _rejected(tale, i, e):
    how = "on arrival" if REASONS[e["reason"]] in _ON_ARRIVAL else "at once"
    return [f"Rejected {how} {tale.why(i)}."]


def _triggered(tale, i, e):
    level = "level" if tale.o["type"] == TYPE["TRAILING"] else "stop"
    tick = tale.tick(int(tale.cursors[i]), int(e["ts"]))
    return [f"Triggered: the {tale.quoted} of the {tick} reached its {level} {tale.price(int(e['price']))}."]


def _modified(tale, i, e):
    name = "limit" if tale.o["type"] in LIMITS and e["reason"] != REASON["TRIGGER"] else "stop"
    price = f"{name} {tale.price(int(e['price']))}, " if e["price"] else ""
    return [f"Changed: {price}quantity {tale.quantity(abs(int(e['quantity'])))}."]


def _request_rejected(tale, i, e):
    return [f"A request to cancel or change it was refused {tale.why(i)}."]


def _filled(tale, i, e):
    price, cursor, steps = int(e["price"]), int(tale.cursors[i]), abs(int(e["quantity"]))
    quote, side = tale.taken(cursor), tale.side
    if tale.o["type"] in LIMITS:
        limit = tale.limit(i)
        better = side * (limit - price)
        how = f"at its limit {tale.price(limit)}"
        if better:
            how = f"at the {tale.quoted}, {in_points(better)} better than its limit {tale.price(limit)}"
    else:
        slip = side * (price - quote)
        how = f"at the {tale.quoted}" + (f" and {in_points(slip)} of slippage" if slip > 0 else "")
        if slip < 0:
            how = f"on the way to the {tale.quoted} of that tick"
        triggered = tale.latest(i, KIND["TRIGGERED"])
        if triggered is not None:
            level = int(tale.events["price"][triggered])
            worse = side * (price - level)
            beyond = f"{in_points(abs(worse))} {'worse' if worse > 0 else 'better'} than" if worse else "exactly at"
            how += f", {beyond} its level {tale.price(level)}"
    left = tale.asked(i) - tale.filled(i)
    attached = tale.o["role"] in ATTACHED
    rest = ""
    if e["kind"] == KIND["PARTIAL_FILL"]:
        rest = "" if attached else f", {tale.quantity(left)} left"
    elif left > 0 and tale.o["reduce_only"] and not attached:
        rest = f"; no more was open of the {tale.quantity(tale.asked(i))} it ordered"
    whole = "Filled" if e["kind"] == KIND["FILLED"] else "Partly filled"
    tick = tale.tick(cursor, int(e["ts"]))
    out = [f"{whole}: {tale.quantity(steps)} at {tale.price(price)}{rest}, by the {tick}: {how}."]
    closed = sum(abs(int(b["quantity"])) for b in tale.events[tale.bookings(i)] if b["reason"] == REASON["PROFIT"])
    if steps > closed:
        held = f"{'LONG' if side > 0 else 'SHORT'} {tale.quantity(steps - closed)} {tale.symbol.name}"
        out.append(f"Opened lot {int(e['position'])}: {held} at {tale.price(price)}.")
    return out


def _cancelled(tale, i, e):
    rest = f" with {tale.quantity(abs(int(e['quantity'])))} unfilled" if e["quantity"] else ""
    tick = ""
    if e["phase"] == codes(PHASES)["TICK"] and REASONS[e["reason"]] in ("MARGIN", "TIF", "FLAT"):
        tick = f", at the {tale.tick(int(tale.cursors[i]), int(e['ts']))}"
    return [f"Cancelled{rest} {tale.why(i)}{tick}."]


def _expired(tale, i, e):
    return [f"Expired with {tale.quantity(abs(int(e['quantity'])))} unfilled {tale.why(i)}."]


def _swap(tale, i, e):
    return [f"Swap for the night: {tale.money(int(e['amount']), '+')}."]


def _booking(tale, i, e):
    amount, reason = int(e["amount"]), REASONS[e["reason"]]
    if reason == "COMMISSION":
        return [f"Paid {tale.money(-amount)} commission."]
    if reason == "PROFIT":
        lot = int(e["position"])
        opener = int(tale.events["order"][tale.opener(lot)])
        what = f"Closed {tale.quantity(abs(int(e['quantity'])))} of lot {lot}, which order {opener} opened at "
        return [f"{what}{tale.price(int(e['price']))}: profit {tale.money(amount, '+')}."]
    return [f"Booked {tale.money(amount, '+')} {tale.why(i)}."]


def _limit_breach(tale, i, e):
    return [f"A limit of the account was passed {tale.why(i)}."]


def _stop_out(tale, i, e):
    return [f"The account fell below its maintenance margin, and this position was to go {tale.why(i)}."]


def _trading_stopped(tale, i, e):
    return [f"Trading was stopped {tale.why(i)}: later orders are rejected."]


KINDS = {
    "SUBMITTED": _submitted,
    "REJECTED": _rejected,
    "TRIGGERED": _triggered,
    "MODIFIED": _modified,
    "REQUEST_REJECTED": _request_rejected,
    "PARTIAL_FILL": _filled,
    "FILLED": _filled,
    "CANCELLED": _cancelled,
    "EXPIRED": _expired,
    "SWAP": _swap,
    "BOOKING": _booking,
    "LIMIT_BREACH": _limit_breach,
    "STOP_OUT": _stop_out,
    "TRADING_STOPPED": _trading_stopped,
}
