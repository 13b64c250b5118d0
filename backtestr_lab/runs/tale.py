"""One order among a run's records, with the words for its figures (O2, O3).

Nothing is recorded for it: an acceptance, which the journal does not write, follows from the order table, and the
figures of a moment are those of `State`.
"""

import numpy as np

from ..engine.costs import SLIPPAGES, effective, muldiv
from ..records import EVENTS, EXIT_KINDS, ORDER_TYPES, REASONS, ROLES, TIFS, codes
from ..units import format_micros
from .state import State
from .tables import MICRO
from .words import reason_in_words

__all__ = ["ATTACHED", "FILLS", "KIND", "LIMITS", "REASON", "TYPE", "Tale", "in_points"]

KIND, REASON, TYPE = (codes(names) for names in (EVENTS, REASONS, ORDER_TYPES))
FILLS = (KIND["PARTIAL_FILL"], KIND["FILLED"])
ATTACHED = tuple(codes(ROLES)[name] for name in ("STOP_LOSS", "TAKE_PROFIT", "TRAIL"))
LIMITS = (TYPE["LIMIT"], TYPE["STOP_LIMIT"])


class Tale:
    """One order among the run's records, with the words for its figures."""

    def __init__(self, run, order):
        self.run, self.id = run, order
        self.events, self.orders = run.journal, run._orders
        self.o = self.orders[order - 1]
        self.side = int(self.o["side"])
        self.k = int(self.o["symbol"])
        self.symbol, self.ticks = run.symbols[self.k], run._markets[self.k].ticks
        self.cursors = run._own_cursors[:, self.k]  # ticks its symbol had taken at each event
        self.mine = np.flatnonzero(self.events["order"] == order)

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
        """Its symbol's effective quote after so many ticks, in points: (bid, ask); None before the first (R13)."""
        if cursor <= self.run._firsts[self.k]:
            return None
        bid, ask = effective(self.ticks.bid[cursor - 1], self.ticks.ask[cursor - 1])
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
        ticks, i = self.ticks, cursor - 1
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

    def needs(self, state, steps, price):
        """What margin says to so many steps more at a price (P4)."""
        if self.o["reduce_only"]:
            return "it only reduces, which needs no margin"
        hedging = self.run._rules.hedging
        net = 0 if hedging else sum(lot.side * lot.steps for lot in state.lots if lot.symbol == self.k)
        after = net + self.side * steps
        if not hedging and (0 <= after <= net or net <= after <= 0):
            return "it makes the position smaller, which needs no margin"
        others = self._tied_up(state, hedging)
        margin = self._margin(state, self.k, price * abs(after)) + others
        position = f"{self.quantity(after, '+')} {self.symbol.name}"
        more = f", {self.money(others)} of it for the other positions" if others else ""
        at = f"at {self.price(price)}{more}"
        return f"a position of {position} needs a margin of {self.money(margin)} {at}, equity is " + (
            self.money(state.equity_micro)
        )

    def _margin(self, state, k, points):
        return int(muldiv(state._money(points, k), int(self.run._syms[k]["margin"]), 1_000_000))

    def _tied_up(self, state, hedging):
        """Margin of the other positions, each at the quote it would close at (P4)."""
        steps = {}
        for lot in state.lots:
            if hedging or lot.symbol != self.k:
                key = (lot.symbol, lot.side, lot.order if hedging else 0)
                steps[key] = steps.get(key, 0) + lot.steps
        return sum(
            self._margin(state, k, held * state.quotes[k][0 if side > 0 else 1]) for (k, side, _), held in steps.items()
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
        return abs(int(self.events["quantity"][self.latest(i, KIND["SUBMITTED"], KIND["MODIFIED"])]))

    def filled(self, i):
        """Steps filled up to an event, it included."""
        of = self.mine[(self.mine <= i) & np.isin(self.events["kind"][self.mine], FILLS)]
        return abs(int(self.events["quantity"][of].sum()))

    def limit(self, i):
        """The limit of a limit or stop-limit order as of an event, in points."""
        changed = self.latest(i, KIND["MODIFIED"], reason=REASON["NONE"])
        return int(self.events["price"][self.mine[0] if changed is None else changed])

    def bookings(self, i):
        """Indices of the bookings of a fill."""
        j = i + 1
        while j < len(self.events) and self.events[j]["kind"] == KIND["BOOKING"] and self.events[j]["order"] == self.id:
            j += 1
        return range(i + 1, j)

    def opener(self, lot):
        """Index of the fill that opened a lot: the first that names it."""
        return int(np.flatnonzero((self.events["position"] == lot) & np.isin(self.events["kind"], FILLS))[0])

    def figures(self, i):
        """Everything the reasons' sentences may name, as of an event."""
        e, y, buys = self.events[i], self.run._syms[self.k], self.side > 0
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
        if reason == "MARGIN" and e["kind"] == KIND["REJECTED"]:
            words = self.needs(self.state(i), self.asked(i), int(e["price"]))
        elif reason == "MARGIN" and self._is_plain:
            words = self.needs(self.state(i), abs(int(e["quantity"])), self._would_pay(i))
        cause = self._cause(i)
        return f"({reason}){': ' if words else ''}{words}{cause}"

    def state(self, i):
        """What stood before an event."""
        return State(self.run, int(self.events["ts"][i]), int(self.run._cursors[i]), i)

    @property
    def _is_plain(self):
        """Whether the price and quantity of a fill that was not to be can be told afterwards."""
        rules = self.run._rules
        return not rules.quoted and not rules.intrabar and SLIPPAGES[rules.slips] == "POINTS"

    def _would_pay(self, i):
        """The price of the fill that was not to be, in points."""
        cursor = int(self.cursors[i])
        quote = self.taken(cursor)
        if self.o["type"] not in LIMITS:
            return max(1, quote + self.side * self.run._rules.symbols[self.k].slippage)
        arrived = self.arrival(int(self.mine[0]))
        fresh = [arrived[1]] if arrived else []
        changed = self.latest(i, KIND["MODIFIED"])
        fresh += [int(self.cursors[changed])] if changed is not None else []
        triggered = self.latest(i, KIND["TRIGGERED"])
        fresh += [int(self.cursors[triggered]) - 1] if triggered is not None else []
        meets_first = not self.o["post_only"] and cursor - 1 == max(fresh, default=-1)
        return quote if meets_first else self.limit(i)

    def _cause(self, i):
        """The order whose fill is behind the end of this one."""
        e = self.events[i]
        attached = self.o["role"] in ATTACHED
        if e["reason"] in (REASON["OCO"], REASON["SIBLING"]) or (e["reason"] == REASON["FLAT"] and attached):
            j = i - 1
            while self.events[j]["kind"] not in FILLS:
                j -= 1
            return f"; order {int(self.events[j]['order'])} did at {format_micros(self.events[j]['ts'])}"
        return ""

    # -- what the journal does not write ---------------------------------------------------------------------------

    def waited(self, sent):
        """Index of the FILLED that released this order, or None (OTO)."""
        if not self.o["oto"]:
            return None
        of = (self.events["order"] == self.o["oto"]) & (self.events["kind"] == KIND["FILLED"])
        at = np.flatnonzero(of)
        return int(at[0]) if len(at) and at[0] > sent else None

    def arrival(self, sent):
        """(instant, ticks of its symbol and of all taken, events before) of the arrival; None if none was accepted."""
        if self.o["rank"] == 0:
            return None
        released = self.waited(sent)
        if released is not None:
            parent = Tale(self.run, int(self.o["oto"]))
            taken = int(self.cursors[released]), int(self.run._cursors[released])
            return int(self.events["ts"][released]), *taken, parent.bookings(released).stop
        due = int(self.o["due"])
        if due == self.o["ts"]:
            return due, int(self.cursors[sent]), int(self.run._cursors[sent]), sent + 1
        # It arrived before the ticks so stamped, after what was scheduled for that instant.
        columns = [market.ticks.ts for market in self.run._markets]
        taken = [max(a, int(np.searchsorted(ts, due, "left"))) for a, ts in zip(self.run._firsts, columns)]
        n = int(np.searchsorted(self.events["ts"], due, "left"))
        while n < len(self.events) and self.events["ts"][n] == due and self._is_scheduled(n):
            n += 1
        return due, taken[self.k], sum(taken), n

    def _is_scheduled(self, i):
        e = self.events[i]
        return e["kind"] == KIND["SWAP"] or (e["kind"] == KIND["BOOKING"] and e["order"] == 0)

    def level_now(self):
        if self.o["type"] == TYPE["TRAILING"]:
            return int(self.o["level"])
        waits = self.o["type"] == TYPE["STOP"] or (self.o["type"] == TYPE["STOP_LIMIT"] and not self.o["triggered"])
        return int(self.o["stop"] if waits else self.o["limit"])

    # -- names -----------------------------------------------------------------------------------------------------

    def described(self, order):
        """What an order asks for, as it was submitted."""
        return self.own_words() if order == self.id else Tale(self.run, order).own_words()

    def own_words(self):
        """What this order asks for."""
        o, order = self.o, self.id
        sent = self.events[(self.events["order"] == order) & (self.events["kind"] == KIND["SUBMITTED"])][0]
        kind, price = ORDER_TYPES[o["type"]], int(sent["price"])
        how = {
            "MARKET": "at market",
            "LIMIT": f"limit {self.price(price)}",
            "STOP": f"stop {self.price(price)}",
            "STOP_LIMIT": f"stop {self.price(int(o['stop_asked']))} limit {self.price(price)}",
            "TRAILING": f"trailing stop {in_points(int(o['offset']))} away" if o["began"] else "trailing stop",
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
        return in_points(value) + " away" if EXIT_KINDS[kind] == "POINTS" else f"{value / 1e6:g} % away"


def in_points(n):
    return f"{n:,} point{'' if abs(n) == 1 else 's'}"
