"""Did a run use what it could not know? Alter what came after an instant, run again, compare what came before (S4, S7).

At sampled instants the ticks that were not taken yet are taken away, or go up or down instead; bars, indicators and the
user's series follow. Bars, values and the journal up to there must be what they were, and so must the number of ticks
taken at each event.
"""

import time
from dataclasses import dataclass, field, replace

import numpy as np

from ..errors import NotCausalError, OptionError, StrategyError
from ..indicators.series import Series
from ..indicators.user import User
from ..records import EVENTS, PHASES, REASONS, ROLES, STATES, codes
from ..units import format_micros
from .altered import WORLDS, AlteredMarket, altered_ticks
from .blind import blind_spots
from .foresight import foresight
from .line import line_of
from .streaming import is_streamed, refuse_streamed
from .trace import drive

__all__ = ["LookAhead", "check_lookahead", "unasked"]

SHORT = 0.5  # seconds: a run that took no longer, compiling aside, is checked unasked, and for no longer
UNASKED = 4  # instants at most
_A_TICK = 80e-9  # seconds that altering a tick and making its bars takes, generously
_ROUNDING = 1e-9  # numpy may add up shorter arrays in another order
_KINDS, _REASONS = codes(EVENTS), codes(REASONS)
_CALLED = [codes(PHASES)[name] for name in ("DUE", "CALL", "TICK")]


@dataclass(frozen=True, repr=False)
class LookAhead:
    """What a check for look-ahead found; prints as text.

    Attributes
    ----------
    ok : bool
        Nothing was found.
    offender : str
        The first that knew too much, else empty.
    instants : tuple of int
        Where the data was altered, µs UTC, as far as the check came.
    checked, unseen : list of str
        What was compared, and what such a check cannot see.
    """

    offender: str
    instants: tuple
    checked: list = field(default_factory=list)
    unseen: list = field(default_factory=list)

    @property
    def ok(self):
        """Nothing was found."""
        return not self.offender

    def __bool__(self):
        return self.ok

    @property
    def line(self):
        """The finding in one sentence."""
        if self.offender:
            return f"Look-ahead: {self.offender}."
        n = len(self.instants)
        return (
            f"No look-ahead found at {n} sampled instant{'' if n == 1 else 's'}: with other ticks after it, everything "
            "before it stayed the same."
        )

    @property
    def text(self):
        """The finding, what was compared, what cannot be seen."""
        lines = [self.line]
        for title, sentences in (("Checked:", self.checked), ("Not seen by such a check:", self.unseen)):
            lines += [title, *(f"  - {sentence}" for sentence in sentences)] if sentences else []
        return "\n".join(lines)

    def __repr__(self):
        return self.text


def check_lookahead(run, *, samples=8, seed=0, play=None, until=None):
    """Alter the data after sampled instants, run again, compare; see `Run.check_lookahead`.

    Parameters
    ----------
    play : callable
        ``play(job, until, count)`` gives a machine at an instant, so many ticks taken; left out, the job's own.
    until : callable, optional
        Asked before each re-run whether to stop; for `unasked`.
    """
    if isinstance(samples, bool) or not isinstance(samples, int) or samples < 1:
        raise OptionError(f"samples is {samples!r}; give a number of instants, 1 or more")
    refuse_streamed(run, "check_lookahead()")
    rng = np.random.default_rng(seed)
    counts = _sampled(run, samples, rng)
    merged = _Merged(run)
    offender, done, refused = _knows(run), [], 0
    for count in counts if not offender else ():
        for world in WORLDS:
            if until is not None and until():
                break
            try:
                offender = _difference(run, merged, count, world, rng, play or _play)
            except StrategyError:  # an indicator that refuses prices that never were
                refused += 1
            if offender:
                break
        else:
            done.append(merged.stamp(count - 1))
            continue
        break
    return LookAhead(offender, tuple(done), _checked(run, done, refused), blind_spots(run))


def unasked(run):
    """The check of a short run, within half a second; None for another, or where it cannot be made.

    Python callbacks are not run again unasked: they may print, or write files.
    """
    if run.again_seconds >= SHORT or run.stopped or run._job.python or is_streamed(run):
        return None
    began = last = time.perf_counter()
    n_ticks = sum(len(market.ticks) for market in run._markets)
    longest = run.again_seconds + _A_TICK * n_ticks  # what a re-run takes, until one is measured

    def late():
        nonlocal last, longest
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
        return now - began + longest > SHORT

    try:
        found = check_lookahead(run, samples=UNASKED, until=late)
    except Exception:  # never at the cost of the result it stands in
        return None
    return found if found.instants or found.offender else None


def _sampled(run, samples, rng):
    """Counts of ticks taken, ascending: half of them where the strategy decided something, the rest anywhere."""
    first, last = run._first + 1, run._cursor  # after the first tick, before the last
    journal = run.journal
    decided = np.isin(journal["kind"], [_KINDS["SUBMITTED"], _KINDS["MODIFIED"]]) | (
        journal["reason"] == _REASONS["USER"]
    )
    at = np.unique(run._cursors[decided & np.isin(journal["phase"], _CALLED)])
    at = at[(at >= first) & (at < last)]
    chosen = set(rng.choice(at, min(len(at), -(-samples // 2)), replace=False).tolist())
    others = rng.permutation(np.unique(rng.integers(first, last, 4 * samples))) if first < last else []
    chosen |= set([int(c) for c in others if int(c) not in chosen][: samples - len(chosen)])
    return sorted(chosen)


class _Merged:
    """The ticks of all symbols in the order a run takes them: of equal stamps the first named symbol's first (P6)."""

    def __init__(self, run):
        self._stamps = [market.ticks.ts for market in run._markets]
        self._group = 4 if run._rules.intrabar else 1
        self._order = None
        if len(self._stamps) > 1:
            self._order = np.argsort(np.concatenate(self._stamps), kind="stable")
            self._symbol = np.repeat(np.arange(len(self._stamps)), list(map(len, self._stamps)))[self._order]

    def stamp(self, i):
        """Of tick i of all."""
        if self._order is None:
            return int(self._stamps[0][i])
        k = int(self._symbol[i])
        return int(self._stamps[k][int(np.count_nonzero(self._symbol[:i] == k))])

    def own(self, count):
        """How many ticks of each symbol are as they are when so many of all are taken.

        A bar that has begun stays whole: which extreme comes first both of them say (F10). A symbol that has not begun
        keeps its first.
        """
        if self._order is None:
            taken = [count]
        else:
            taken = np.bincount(self._symbol[:count], minlength=len(self._stamps)).tolist()
        return [max(1, -(-n // self._group)) * self._group for n in taken]


def _difference(run, merged, count, world, rng, play):
    """What is not the same up to a count of ticks when the later ones are altered, in words; else empty."""
    job, until = run._job, merged.stamp(count)
    markets = [
        AlteredMarket(_altered(market.ticks, own, world, rng), market.period, until, world)
        for market, own in zip(run._markets, merged.own(count))
    ]
    cut = f"{format_micros(until)} (the ticks from there on {WORLDS[world]})"
    for k, market in enumerate(markets):
        try:
            found = _other_bars(run, k, market, until) or _other_values(run, k, market, until)
        except NotCausalError as error:
            return str(error)
        if found:
            return f"{found}, before {cut}"
    try:
        machine = play(replace(job, markets=markets, graphs=()), until, count)
    except Exception as error:
        return f"with the altered ticks the strategy fails ({type(error).__name__}: {error}), before {cut}"
    ours = run.journal[: int(np.searchsorted(run._cursors, count, "right"))]
    cursors = run._cursors[: len(ours)]
    theirs, their_cursors = machine.events, machine.cursors
    if ours.tobytes() == theirs.tobytes() and cursors.tobytes() == their_cursors.tobytes():
        return ""
    control = play(replace(job, graphs=()), until, count)
    if control.events.tobytes() != ours.tobytes():
        return (
            "cannot be told, because the same data gave another journal: the strategy draws, or keeps something "
            "between runs"
        )
    n = _first_difference(ours, cursors, theirs, their_cursors)
    what = f"{_event(run, ours, n)} with the ticks there were, {_event(run, theirs, n)} with the altered ones"
    line = line_of(job, until, count, n) or line_of(replace(job, markets=markets), until, count, n)
    where = f"line {line}: " if line else ""
    return f"{where}{what}, before {cut}"


def _altered(ticks, count, world, rng):
    return altered_ticks(ticks, count, world, rng) if count < len(ticks) else ticks


def _play(job, until, count):
    from .backtest import fresh_machine

    machine = fresh_machine(job)
    drive(machine, until, count)
    return machine


def _first_difference(ours, cursors, theirs, their_cursors):
    n = min(len(ours), len(theirs))
    differs = (ours[:n] != theirs[:n]) | (cursors[:n] != their_cursors[:n])
    return int(differs.argmax()) if differs.any() else n


def _event(run, events, n):
    """An event in words."""
    if n >= len(events):
        return "nothing more"
    e = events[n]
    symbol = run.symbols[e["symbol"]]
    price = f" at {e['price'] / 10**symbol.digits:.{symbol.digits}f}" if e["price"] else ""
    units = e["quantity"] / 10**symbol.quantity_digits
    return f"{EVENTS[e['kind']]} of order {e['order']}, {units:+,g}{price}, at {format_micros(e['ts'])}"


def _other_bars(run, k, market, until):
    """The first closed bar of symbol k that is not the same."""
    for timeframe in dict.fromkeys([*run._plan.frames, *run.timeframes]):
        ours, theirs = run._markets[k].bars(timeframe), market.bars(timeframe)
        n = run._markets[k].closed(timeframe, until)
        if ours[:n].tobytes() != theirs[:n].tobytes():
            bar = int((ours[:n] != theirs[:n]).argmax()) if len(theirs) >= n else len(theirs)
            return f"the {timeframe} bar of {format_micros(ours['ts'][bar])} is another one"
    return ""


def _other_values(run, k, market, until):
    """The first indicator of symbol k with another value at a bar that was closed."""
    graph = run._job.graphs[k] if run._job.graphs else None
    if graph is None or not graph.keys:
        return ""
    ours, theirs = run._markets[k].evaluate(graph), market.evaluate(graph)
    found = []
    for key in graph.keys:
        bars = run._markets[k].bars(key.timeframe)
        n = run._markets[k].closed(key.timeframe, until)
        a, b = ours[key][:n], theirs[key][:n]
        size = np.max(np.abs(a[np.isfinite(a)]), initial=0.0)
        differs = ~np.isclose(a, b, rtol=0, atol=_ROUNDING * size, equal_nan=True)
        if differs.any():
            i = int(differs.argmax())
            found.append((int(bars["end"][i]), i, key, float(a[i]), float(b[i]), bars))
    if not found:
        return ""
    _, i, key, a, b, bars = min(found, key=lambda f: f[0])
    opened = format_micros(bars["ts"][i])
    return f"indicator {_named(run, key)} at bar {i} ({opened}) is {a!r} with the ticks there were and {b!r} without"


def _named(run, key):
    names = [name for name, node in run._plan.indicators.items() if node == key]
    return f"{key} (self.{names[0]})" if names else str(key)


def _knows(run):
    """The first series or own indicator that moves with the price to come (foresight.py), in words; else empty."""
    for market, graph in zip(run._markets, run._job.graphs):
        if found := _moves_ahead(run, market, graph):
            return found
    return ""


def _moves_ahead(run, market, graph):
    """The same of one symbol."""
    values = market.evaluate(graph)
    for key in graph.keys:
        node = getattr(key, "node", key)
        if not _reads(node, (Series, User)):
            continue
        known = foresight(values[key], market.bars(key.timeframe)["close"] / 10.0**market.symbol.digits)
        if known:
            correlation, rows, count = known
            way_out = "date its rows by when they were known (available=, lag=)"
            if not _reads(node, Series):
                way_out = "it, or an array it reads, knows later prices"
            return (
                f"{_named(run, key)} moves with the price that comes after it: correlation {correlation:+.2f} with the "
                f"move over the next {rows} of its rows, {count:,} rows; {way_out}"
            )
    return ""


def _reads(node, kinds):
    """Whether a node or one it is made of is of a kind that came from outside."""
    node = getattr(node, "node", node)
    function = getattr(node, "function", None)
    return isinstance(function, kinds) or any(_reads(i, kinds) for i in getattr(node, "inputs", ()))


def _checked(run, done, refused):
    """What was compared, a sentence each."""
    if not done:
        return []
    n = len(done)
    span = f"{n} instant{'' if n == 1 else 's'}, {' to '.join(dict.fromkeys(map(format_micros, (done[0], done[-1]))))}"
    n_orders = int((run._orders["role"] == codes(ROLES)["ENTRY"]).sum())
    rejected = int((run._orders["state"] == codes(STATES)["REJECTED"]).sum())
    out = [
        f"{span}, half of them where the strategy decided something, with the ticks after each "
        f"{', '.join(WORLDS.values())}",
        f"the journal of {len(run.journal):,} events ({n_orders:,} entry orders, {rejected:,} rejected) up to each, "
        "and the number of ticks taken at every event",
        f"closed bars of {', '.join(map(str, dict.fromkeys([*run._plan.frames, *run.timeframes])))}",
    ]
    known = set(run._plan.indicators.values())  # without what only `.forming` needs
    keys = [key for key in run._job.graph.keys if key in known] if run._job.graph else ()
    if keys:
        out.append(f"values at closed bars of {', '.join(map(str, keys))}")
    own = [str(key) for key in keys if _reads(key, (Series, User))]
    if own:
        out.append(f"correlation with the price that comes after: {', '.join(own)}")
    if refused:
        out.append(f"{refused} re-runs were left out: an indicator refuses prices that never were")
    return out
