"""An order's story in sentences: what journal, ticks and account said at each of its steps (O2, O3).

Nothing is recorded for it: an acceptance, which the journal does not write, follows from the order table, and the
figures of a moment are those of `State`.
"""

import operator
from dataclasses import dataclass

import numpy as np

from ..engine.costs import effective, muldiv
from ..errors import OptionError
from ..records import EVENTS, EXIT_KINDS, ORDER_TYPES, PHASES, REASONS, ROLES, STATES, TIFS, codes
from ..units import format_micros
from .state import State
from .tables import MICRO
from .words import reason_in_words

__all__ = ["KINDS", "Story", "explain"]

_K, _R, _T, _ROLE, _STATE = (codes(names) for names in (EVENTS, REASONS, ORDER_TYPES, ROLES, STATES))
_FILLS = (_K["PARTIAL_FILL"], _K["FILLED"])
_ENDS = (_K["REJECTED"], _K["CANCELLED"], _K["EXPIRED"])
_ATTACHED = (_ROLE["STOP_LOSS"], _ROLE["TAKE_PROFIT"], _ROLE["TRAIL"])
_LIMITS = (_T["LIMIT"], _T["STOP_LIMIT"])
_ON_ARRIVAL = ("SIDE", "POST_ONLY", "MARGIN")
# Events that callbacks hear of as on_order (docs/reference/journal.md).
_TOLD = tuple(_K[n] for n in EVENTS if n not in ("SUBMITTED", "PARTIAL_FILL", "FILLED", "SWAP", "BOOKING"))


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
    tale = _Tale(run, order)
    lines = sorted(tale.told(), key=lambda line: line[:3])
    return Story(order, f"Order {order}: {tale.described(order)}", tuple((ts, text) for ts, *_, text in lines))


class _Tale:
    """One order among the run's records, with the words for its figures."""

    def __init__(self, run, order):
        self.run, self.id = run, order
        self.events, self.cursors, self.orders = run.journal, run._cursors, run._orders
        self.o = self.orders[order - 1]
        self.side = int(self.o["side"])
        self.symbol = run.symbols[int(self.o["symbol"])]
        self.mine = np.flatnonzero(self.events["order"] == order)

    def told(self):
        """(instant, ticks taken, place in the journal, sentence) of everything, not yet in order."""
        for i in map(int, self.mine):
            e = self.events[i]
            at = int(e["ts"]), int(self.cursors[i])
            yield from ((*at, i, text) for text in KINDS[EVENTS[e["kind"]]](self, i, e))
            if e["kind"] == _K["SUBMITTED"]:
                yield from self._accepted(i)
            elif e["kind"] in _FILLS or e["kind"] in _ENDS:
                after = self.bookings(i).stop - 0.5
                yield from ((*at, after, text) for text in self._consequences(i))
        if self.o["began"] and self.o["role"] not in _ATTACHED:
            yield self._first_level()
        yield self._end()

    # -- figures ---------------------------------------------------------------------------------------------------

    def price(self, points):
        return f"{points / 10**self.symbol.digits:.{self.symbol.digits}f}"

    def quantity(self, steps, sign=""):
        text = f"{steps / 10**self.symbol.quantity_digits:{sign},.{self.symbol.quantity_digits}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def money(self, micro, sign=""):
        places = 2 if abs(micro) >= 10_000 or not micro else 6
        return f"{micro / MICRO:{sign},.{places}f} {self.run.currency}".rstrip()

    def quote(self, cursor):
        """The effective quote after so many ticks, in points: (bid, ask); None before the first (R13)."""
        if cursor <= self.run._first:
            return None
        ticks = self.run.ticks
        bid, ask = effective(ticks.bid[cursor - 1], ticks.ask[cursor - 1])
        return int(bid), int(ask)

    def taken(self, cursor):
        """The side of the quote this order would trade at, in points."""
        bid, ask = self.quote(cursor)
        return ask if self.side > 0 else bid

    @property
    def quoted(self):
        return "ask" if self.side > 0 else "bid"

    def tick(self, cursor, ts):
        """``tick (bid 1.10000, ask 1.10002)``; its stamp too where that is not the line's, its number where shared."""
        ticks, i = self.run.ticks, cursor - 1
        stamp = int(ticks.ts[i])
        raw = int(ticks.bid[i]), int(ticks.ask[i])
        parts = [f"bid {self.price(raw[0])}, ask {self.price(raw[1])}"]
        if raw != self.quote(cursor):
            parts.append("crossed: {} and {} count".format(*map(self.price, self.quote(cursor))))
        first, last = (int(np.searchsorted(ticks.ts, stamp, side)) for side in ("left", "right"))
        if last - first > 1:
            parts.append(f"number {i - first + 1} of {last - first} so stamped")
        when = f" of {format_micros(stamp)}" if stamp != ts else ""
        return f"tick{when} ({'; '.join(parts)})"

    def state(self, n, ts, cursor):
        return State(self.run, ts, cursor, n)

    def needs(self, state, steps, price):
        """What margin says to so many steps more at a price (P4)."""
        net = sum(lot.side * lot.steps for lot in state.lots)
        after = net + self.side * steps
        if self.o["reduce_only"]:
            return "it only reduces, which needs no margin"
        if 0 <= after <= net or net <= after <= 0:
            return "it makes the position smaller, which needs no margin"
        margin = int(muldiv(state._money(price * abs(after)), int(self.run._syms[0]["margin"]), 1_000_000))
        position = f"{self.quantity(after, '+')} {self.symbol.name}"
        return f"a position of {position} needs a margin of {self.money(margin)} at {self.price(price)}, equity is " + (
            self.money(state.equity_micro)
        )

    # -- what stood at an event ------------------------------------------------------------------------------------

    def latest(self, i, *kinds, reason=None):
        """Index of this order's last event of some kinds up to index i, or None."""
        of = [
            j
            for j in self.mine[self.mine <= i]
            if self.events["kind"][j] in kinds and (reason is None or self.events["reason"][j] == reason)
        ]
        return int(of[-1]) if of else None

    def asked(self, i):
        """Steps ordered in total as of an event."""
        return abs(int(self.events["quantity"][self.latest(i, _K["SUBMITTED"], _K["MODIFIED"])]))

    def filled(self, i):
        """Steps filled up to an event, it included."""
        of = self.mine[(self.mine <= i) & np.isin(self.events["kind"][self.mine], _FILLS)]
        return abs(int(self.events["quantity"][of].sum()))

    def limit(self, i):
        """The limit of a limit or stop-limit order as of an event, in points."""
        changed = self.latest(i, _K["MODIFIED"], reason=_R["NONE"])
        return int(self.events["price"][self.mine[0] if changed is None else changed])

    def bookings(self, i):
        """Indices of the bookings of a fill."""
        j = i + 1
        while j < len(self.events) and self.events[j]["kind"] == _K["BOOKING"] and self.events[j]["order"] == self.id:
            j += 1
        return range(i + 1, j)

    def opener(self, lot):
        """Index of the fill that opened a lot: the first that names it."""
        return int(np.flatnonzero((self.events["position"] == lot) & np.isin(self.events["kind"], _FILLS))[0])

    def figures(self, i):
        """Everything the reasons' sentences may name, as of an event."""
        e, y, buys = self.events[i], self.run._syms[0], self.side > 0
        return {
            "step": self.quantity(1),
            "least": self.quantity(int(y["least"])),
            "largest": self.quantity(int(y["largest"])),
            "side": "buy" if buys else "sell",
            "quoted": self.quoted,
            "beyond": "above" if buys else "below",
            "short": "below" if buys else "above",
            "price": self.price(int(e["price"])),
            "filled": self.quantity(self.filled(i)),
            "tif": TIFS[self.o["tif"]],
            "oto": int(self.o["oto"]),
        }

    def why(self, i):
        """``(REASON): sentence`` of an event."""
        e = self.events[i]
        reason = REASONS[e["reason"]]
        words = reason_in_words(EVENTS[e["kind"]], reason, **self.figures(i))
        if reason == "MARGIN" and e["kind"] == _K["REJECTED"]:
            words = self.needs(self.state(i, int(e["ts"]), int(self.cursors[i])), self.asked(i), int(e["price"]))
        elif reason == "MARGIN" and not self.run._rules.quoted:  # else what the tick still offered is not known
            at = int(self.cursors[i])
            words = self.needs(self.state(i, int(e["ts"]), at), abs(int(e["quantity"])), self._would_pay(i))
        cause = self._cause(i)
        return f"({reason}){': ' if words else ''}{words}{cause}"

    def _would_pay(self, i):
        """The price of the fill that was not to be, in points."""
        cursor = int(self.cursors[i])
        quote = self.taken(cursor)
        if self.o["type"] not in _LIMITS:
            return max(1, quote + self.side * self.run._rules.slippage)
        arrived = self._arrival(int(self.mine[0]))
        fresh = [arrived[1]] if arrived else []
        changed = self.latest(i, _K["MODIFIED"])
        fresh += [int(self.cursors[changed])] if changed is not None else []
        triggered = self.latest(i, _K["TRIGGERED"])
        fresh += [int(self.cursors[triggered]) - 1] if triggered is not None else []
        meets_first = not self.o["post_only"] and cursor - 1 == max(fresh, default=-1)
        return quote if meets_first else self.limit(i)

    def _cause(self, i):
        """The order whose fill is behind the end of this one."""
        e = self.events[i]
        attached = self.o["role"] in _ATTACHED
        if e["reason"] in (_R["OCO"], _R["SIBLING"]) or (e["reason"] == _R["FLAT"] and attached):
            j = i - 1
            while self.events[j]["kind"] not in _FILLS:
                j -= 1
            return f"; order {int(self.events[j]['order'])} did at {format_micros(self.events[j]['ts'])}"
        return ""

    # -- what the journal does not write ---------------------------------------------------------------------------

    def _waited(self, sent):
        """Index of the FILLED that released this order, or None (OTO)."""
        if not self.o["oto"]:
            return None
        of = (self.events["order"] == self.o["oto"]) & (self.events["kind"] == _K["FILLED"])
        at = np.flatnonzero(of)
        return int(at[0]) if len(at) and at[0] > sent else None

    def _arrival(self, sent):
        """(instant, ticks taken, events before) at which an order that was accepted arrived; None if none did."""
        if self.o["rank"] == 0:
            return None
        released = self._waited(sent)
        if released is not None:
            parent = _Tale(self.run, int(self.o["oto"]))
            return int(self.events["ts"][released]), int(self.cursors[released]), parent.bookings(released).stop
        due = int(self.o["due"])
        if due == self.o["ts"]:
            return due, int(self.cursors[sent]), sent + 1
        # It arrived before the ticks so stamped, and what is due books nothing.
        taken = max(self.run._first, int(np.searchsorted(self.run.ticks.ts, due, "left")))
        return due, taken, int(np.searchsorted(self.events["ts"], due, "left"))

    def _accepted(self, sent):
        """The line of the acceptance, with what was checked (O3)."""
        if self.o["role"] in _ATTACHED or self.o["role"] == _ROLE["END"]:
            return
        arrived = self._arrival(sent)
        if arrived is None:
            return
        ts, cursor, n = arrived
        how = "at once" if ts == self.o["ts"] else "on arrival"
        if self._waited(sent) is not None:
            how = f"when order {int(self.o['oto'])} was filled"
        quote = self.quote(cursor)
        if quote is None:
            yield ts, cursor, n - 0.5, f"Accepted {how}, unchecked: there was no quote yet."
            return
        state = self.state(n, ts, cursor)
        bid, ask = map(self.price, quote)
        needs = self.needs(state, self.asked(max(sent, n - 1)), self.taken(cursor))
        yield ts, cursor, n - 0.5, f"Accepted {how} at bid {bid}, ask {ask}: {needs}."

    def _first_level(self):
        """The line of the tick that set a trailing stop's level (F5)."""
        began, offset = int(self.o["began"]), int(self.o["offset"])
        ts = int(self.run.ticks.ts[began - 1])
        level = max(1, self.taken(began) + self.side * offset)
        tick = self.tick(began, ts)
        text = f"The {tick} set its level to {self.price(level)}, {_points(offset)} from the {self.quoted}."
        return ts, began, 0, text

    def _consequences(self, i):
        """What a fill or an end did to other orders, as the journal tells it right after it."""
        fills = self.events["kind"][i] in _FILLS
        gone = {self.id}
        for j in range(self.bookings(i).stop, len(self.events)):
            kind, other, reason = EVENTS[self.events["kind"][j]], int(self.events["order"][j]), self.events["reason"][j]
            if other == self.id or not 1 <= other <= len(self.orders):
                break
            x, why = self.orders[other - 1], REASONS[reason]
            named = f"order {other} ({self.described(other)})"
            exit_of_a_lot = why in ("SIBLING", "FLAT") and x["role"] in _ATTACHED
            of_the_group = why == "OCO" and x["group"] == self.o["group"]
            if fills and kind == "SUBMITTED" and x["parent"] == self.id:
                yield f"That placed {named}."
            elif fills and kind == "CANCELLED" and (exit_of_a_lot or of_the_group):
                yield f"That cancelled {named}: {why}."
            elif kind == "CANCELLED" and why == "PARENT" and int(x["oto"]) in gone:
                yield f"That cancelled {named}, which waited for order {int(x['oto'])}: {why}."
            elif fills and kind == "REJECTED" and x["oto"] == self.id and why in _ON_ARRIVAL:
                yield f"That released {named}, which was REJECTED: {why}."
            else:
                break
            gone.add(other)
        if self.events["kind"][i] != _K["FILLED"]:
            return
        for x in self.orders[(self.orders["oto"] == self.id) & (self.orders["rank"] > 0)]:
            other = _Tale(self.run, int(x["id"]))
            if int(x["id"]) not in gone and other._waited(int(other.mine[0])) == i:
                yield f"That released order {int(x['id'])} ({self.described(int(x['id']))}), which waited for it."

    def _end(self):
        """The last line: the state it ended or stands in, and what it cost and earned."""
        run, last = self.run, int(self.mine[-1])
        state = STATES[self.o["state"]]
        mine = self.events[self.mine]
        parts = []
        if self.filled(last):
            fills = mine[np.isin(mine["kind"], _FILLS)]
            value = sum(int(f["price"]) * abs(int(f["quantity"])) for f in fills)
            parts.append(f"{self.quantity(self.filled(last))} at {self.price(value / self.filled(last))} on average")
        for reason, word in (("COMMISSION", "commission"), ("PROFIT", "profit")):
            amounts = mine["amount"][mine["reason"] == _R[reason]]
            if len(amounts):
                parts.append(f"{word} {self.money(int(amounts.sum()), '+')}")
        text = f": {', '.join(parts)}" if parts else ""
        if state not in ("PENDING", "PARTIALLY_FILLED"):
            return int(mine["ts"][-1]), int(self.cursors[last]), np.inf, f"So it ended {state}{text}."
        now = run.end if run._ended else run._now
        what = "it had not arrived" if self.o["rank"] == 0 else "the ticks never filled it"
        if self.o["waiting"]:
            what = f"it waited for order {int(self.o['oto'])}"
        elif self.o["rank"] and self.o["type"] != _T["MARKET"]:
            level = self._level_now()
            what += f"; it stood at {self.price(level)}" if level else ""
        quote = self.quote(run._cursor)
        what += "; the last quote was bid {}, ask {}".format(*map(self.price, quote)) if quote else ""
        return now, run._cursor, np.inf, f"When the run ended it was {state}{text}: {what}."

    def _level_now(self):
        if self.o["type"] == _T["TRAILING"]:
            return int(self.o["level"])
        waits = self.o["type"] == _T["STOP"] or (self.o["type"] == _T["STOP_LIMIT"] and not self.o["triggered"])
        return int(self.o["stop"] if waits else self.o["limit"])

    # -- names -----------------------------------------------------------------------------------------------------

    def described(self, order):
        """What an order asks for, as it was submitted."""
        o = self.orders[order - 1]
        sent = self.events[(self.events["order"] == order) & (self.events["kind"] == _K["SUBMITTED"])][0]
        kind, price = ORDER_TYPES[o["type"]], int(sent["price"])
        how = {
            "MARKET": "at market",
            "LIMIT": f"limit {self.price(price)}",
            "STOP": f"stop {self.price(price)}",
            "STOP_LIMIT": f"stop {self.price(int(o['stop_asked']))} limit {self.price(price)}",
            "TRAILING": f"trailing stop {self._distance(int(o['follow_kind']), int(o['follow']))}",
        }[kind]
        parts = [f"{'BUY' if o['side'] > 0 else 'SELL'} {self.quantity(abs(int(sent['quantity'])))} {self.symbol.name}"]
        parts[0] += f" {how}"
        role = ROLES[o["role"]]
        if role != "ENTRY":
            of = f" of order {int(o['parent'])}" if o["parent"] else ""
            parts.append(f"{role.lower().replace('_', '-')}{of}")
        for word, name in (("stop-loss", "sl"), ("take-profit", "tp"), ("trailing", "trail")):
            if o[f"{name}_kind"]:
                parts.append(f"{word} {self._distance(int(o[f'{name}_kind']), int(o[name]))}")
        if o["tif"]:
            parts.append(TIFS[o["tif"]] + (f" until {format_micros(o['expires'])}" if o["expires"] else ""))
        parts += ["reduce-only"] * bool(o["reduce_only"] and role == "ENTRY") + ["post-only"] * bool(o["post_only"])
        parts += [f"one-cancels-other group of order {int(o['group'])}"] * bool(o["group"])
        parts += [f"after order {int(o['oto'])}"] * bool(o["oto"])
        tag = self.run._plan.tags[int(o["tag"])]
        return ", ".join(parts + [f"tag {tag!r}"] * bool(tag))

    def _distance(self, kind, value):
        if EXIT_KINDS[kind] == "PRICE":
            return self.price(value)
        return _points(value) + " away" if EXIT_KINDS[kind] == "POINTS" else f"{value / 1e6:g} % away"

    def asker(self, i):
        """Who asked: the callbacks that can have, by the step of the clock and what had happened in it (C1)."""
        e = self.events[i]
        role = ROLES[self.o["role"]]
        if self.o["role"] in _ATTACHED:
            return (
                f"Placed as the {role.lower().replace('_', '-')} of order {int(self.o['parent'])}, when it opened "
                + (f"lot {int(e['position'])}")
            )
        if role == "END":
            return "Placed to close what was open at the end of the run (close_at_end)"
        if role == "STOP_OUT":
            return "Placed by the account, which was below its maintenance margin (stop-out)"
        phase = PHASES[e["phase"]]
        before = self.events[:i]
        same = (before["ts"] == e["ts"]) & (before["phase"] == e["phase"]) & (self.cursors[:i] == self.cursors[i])
        before = before[same]
        closed = any((self.run.bars(t)["end"] == e["ts"]).any() for t in self.run._plan.listens)
        possible = {
            "on_bar": phase == "CALL" and closed,
            "on_time": phase == "CALL",
            "on_fill": phase == "TICK" and np.isin(before["kind"], _FILLS).any(),
            "on_order": phase in ("DUE", "CALL", "TICK") and np.isin(before["kind"], _TOLD).any(),
            "on_tick": phase == "TICK",
            "on_end": phase == "END",
        }
        names = [name for name in possible if possible[name] and name in self.run._plan.defines]
        return f"Asked for in {' or '.join(names) or 'a callback'} (phase {phase})"


def _points(n):
    return f"{n:,} point{'' if abs(n) == 1 else 's'}"


# -- a sentence for every kind of event: (tale, index, event) -> sentences ---------------------------------------------


def _submitted(tale, i, e):
    cursor = int(tale.cursors[i])
    last = f"after the {tale.tick(cursor, int(e['ts']))}" if tale.quote(cursor) else "before the first tick"
    return [f"{tale.asker(i)}, {last}."]


def _rejected(tale, i, e):
    how = "on arrival" if REASONS[e["reason"]] in _ON_ARRIVAL else "at once"
    return [f"Rejected {how} {tale.why(i)}."]


def _triggered(tale, i, e):
    level = "level" if tale.o["type"] == _T["TRAILING"] else "stop"
    tick = tale.tick(int(tale.cursors[i]), int(e["ts"]))
    return [f"Triggered: the {tale.quoted} of the {tick} reached its {level} {tale.price(int(e['price']))}."]


def _modified(tale, i, e):
    name = "limit" if tale.o["type"] in _LIMITS and e["reason"] != _R["TRIGGER"] else "stop"
    price = f"{name} {tale.price(int(e['price']))}, " if e["price"] else ""
    return [f"Changed: {price}quantity {tale.quantity(abs(int(e['quantity'])))}."]


def _request_rejected(tale, i, e):
    return [f"A request to cancel or change it was refused {tale.why(i)}."]


def _filled(tale, i, e):
    price, cursor, steps = int(e["price"]), int(tale.cursors[i]), abs(int(e["quantity"]))
    quote, side = tale.taken(cursor), tale.side
    if tale.o["type"] in _LIMITS:
        limit = tale.limit(i)
        better = side * (limit - price)
        how = f"at its limit {tale.price(limit)}"
        if better:
            how = f"at the {tale.quoted}, {_points(better)} better than its limit {tale.price(limit)}"
    else:
        slip = side * (price - quote)
        how = f"at the {tale.quoted}" + (f" and {_points(slip)} of slippage" if slip else "")
        triggered = tale.latest(i, _K["TRIGGERED"])
        if triggered is not None:
            level = int(tale.events["price"][triggered])
            worse = side * (price - level)
            beyond = f"{_points(abs(worse))} {'worse' if worse > 0 else 'better'} than" if worse else "exactly at"
            how += f", {beyond} its level {tale.price(level)}"
    left = tale.asked(i) - tale.filled(i)
    attached = tale.o["role"] in _ATTACHED
    rest = ""
    if e["kind"] == _K["PARTIAL_FILL"]:
        rest = "" if attached else f", {tale.quantity(left)} left"
    elif left > 0 and tale.o["reduce_only"] and not attached:
        rest = f"; no more was open of the {tale.quantity(tale.asked(i))} it ordered"
    whole = "Filled" if e["kind"] == _K["FILLED"] else "Partly filled"
    tick = tale.tick(cursor, int(e["ts"]))
    out = [f"{whole}: {tale.quantity(steps)} at {tale.price(price)}{rest}, by the {tick}: {how}."]
    closed = sum(abs(int(b["quantity"])) for b in tale.events[tale.bookings(i)] if b["reason"] == _R["PROFIT"])
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
