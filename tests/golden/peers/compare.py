"""Two lists of trades side by side: what is equal, what differs, what it is worth and which rule explains it.

A trade is known by the instant at which its entry was decided. A difference is of one of four kinds: the `entry` or the
`exit` of a trade that both made, or a trade that `ours` or `theirs` alone made. The effect of each on the profit is
exact, and together they are all of the difference of the profits.
"""

from collections import defaultdict
from dataclasses import dataclass, field

__all__ = ["Comparison", "Difference", "Side", "Trade", "compare"]


@dataclass(frozen=True)
class Trade:
    """One round trip; instants in µs UTC, prices in points, `quantity` in units, negative for a short one.

    `how` is how it was left, ``""`` where the peer does not say. `level` is the limit or stop of the entry, `stop` and
    `profit` are the levels of its exits, 0 where there are none.
    """

    decided: int
    entered: int
    entry: int
    left: int
    exit: int
    quantity: float
    how: str = ""
    level: int = 0
    stop: int = 0
    profit: int = 0

    @property
    def gain(self):
        """Points times units, costs apart."""
        return (self.exit - self.entry) * self.quantity


@dataclass(frozen=True)
class Side:
    """What one side did: its trades, and its entries that never filled as (decided, withdrawn)."""

    trades: list
    unfilled: list = field(default_factory=list)

    def busy(self, ts):
        """The trade, or the span of the entry, that kept it from entering at an instant; None if it was free."""
        for trade in self.trades:
            if trade.decided < ts <= trade.left:
                return trade
        return next((span for span in self.unfilled if span[0] < ts <= span[1]), None)


@dataclass
class Difference:
    """One difference; `rule` and `why` are empty as long as nothing explains it."""

    kind: str  # "entry", "exit", "ours", "theirs"
    ours: Trade | None
    theirs: Trade | None
    effect: float  # their profit less ours, points times units
    rule: str = ""
    why: str = ""

    @property
    def decided(self):
        return (self.ours or self.theirs).decided


@dataclass
class Comparison:
    """All of it, in order of decision."""

    ours: Side
    theirs: Side
    equal: int
    differences: list

    @property
    def unexplained(self):
        return [d for d in self.differences if not d.rule]

    def by_rule(self):
        """{(rule, why): (count, effect in points times units)}."""
        found = defaultdict(lambda: (0, 0.0))
        for d in self.differences:
            count, effect = found[d.rule, d.why]
            found[d.rule, d.why] = count + 1, effect + d.effect
        return dict(found)


def compare(ours, theirs, explain):
    """Pair the trades and have each difference explained.

    Parameters
    ----------
    ours, theirs : Side
    explain : callable
        Takes a Difference, gives (rule, why), or None when no rule of ours says this. It must predict their number from
        ours, not find a likely cause.

    Returns
    -------
    Comparison
    """
    mine = {t.decided: t for t in ours.trades}
    others = {t.decided: t for t in theirs.trades}
    assert len(mine) == len(ours.trades) and len(others) == len(theirs.trades), "two entries decided at one instant"
    equal, differences = 0, []
    for decided in sorted({*mine, *others}):
        found = list(_differences(mine.get(decided), others.get(decided)))
        equal += not found
        for difference in found:
            answer = explain(difference) or _follows(difference, ours, theirs, differences)
            difference.rule, difference.why = answer or ("", "")
        differences += found
    result = Comparison(ours, theirs, equal, differences)
    gap = sum(t.gain for t in theirs.trades) - sum(t.gain for t in ours.trades)
    assert abs(sum(d.effect for d in differences) - gap) < 1e-6, "the effects must be all of the difference"
    return result


def _differences(ours, theirs):
    if theirs is None:
        yield Difference("ours", ours, None, -ours.gain)
    elif ours is None:
        yield Difference("theirs", None, theirs, theirs.gain)
    elif ours.quantity != theirs.quantity:
        yield Difference("quantity", ours, theirs, theirs.gain - ours.gain)
    else:
        if (ours.entered, ours.entry) != (theirs.entered, theirs.entry):
            yield Difference("entry", ours, theirs, (ours.entry - theirs.entry) * ours.quantity)
        if (ours.left, ours.exit) != (theirs.left, theirs.exit):
            yield Difference("exit", ours, theirs, (theirs.exit - ours.exit) * ours.quantity)


def _follows(difference, ours, theirs, before):
    """A trade that one side alone made because the other was still busy with a trade that had differed: its rule."""
    if difference.kind not in ("ours", "theirs"):
        return None
    idle = theirs if difference.kind == "ours" else ours
    busy = idle.busy(difference.decided)
    if busy is None:
        return None
    since = busy.decided if isinstance(busy, Trade) else busy[0]
    cause = [d for d in before if d.decided == since and d.kind != "entry"]
    if not cause:
        # What keeps it busy was itself let in, or kept out, by something earlier.
        cause = [d for d in before if d.decided <= since and d.kind in ("ours", "theirs")][-1:]
    return (cause[-1].rule, f"{cause[-1].why.removesuffix(', and what follows')}, and what follows") if cause else None
