"""Rows as a format read them -> ticks, and an account of what was left out (D4, U2, U3, R5, R12)."""

from dataclasses import dataclass, field, replace

import numpy as np

from ..errors import DataError
from ..records import Ticks
from ..symbols import guess, known
from ..symbols import symbol as find_symbol
from ..units import to_points

__all__ = ["Checked", "Faults", "Rows", "check", "refuse"]

SHOWN = 10  # problems listed; all are counted
SIZES = ("bid_size", "ask_size", "volume")
_MOST_DIGITS = 8
_LARGEST = 2.0**53  # points; float64 is exact up to here


class Faults:
    """Which rows cannot be ticks, and the first few reasons.

    Examples
    --------
    >>> faults = Faults(3, first=2)
    >>> faults.add(np.array([False, True, False]), lambda i: "bid is 0")
    >>> faults.listed(), faults.count
    ([(3, 'bid is 0')], 1)
    """

    def __init__(self, n, *, first=0, lines=None, unit="row"):
        self.bad = np.zeros(n, bool)
        self.unit = unit  # "line" of a text, or "row" (0-based) of a table
        self._first, self._lines = first, lines
        self._listed = []
        self._outside = 0  # lines that did not even become rows

    def add(self, mask, reason):
        """Mark rows; `reason(i)` words row i. A row keeps its first reason."""
        mask = mask & ~self.bad
        self._listed += [(self.line(i), reason(i)) for i in np.flatnonzero(mask)[:SHOWN].tolist()]
        self.bad |= mask

    def add_line(self, line, reason):
        """Note a line that has no row."""
        self._outside += 1
        if self._outside <= SHOWN:
            self._listed.append((line, reason))

    def line(self, i):
        """Where row i stands in the source."""
        return int(self._lines[i]) if self._lines is not None else self._first + i

    @property
    def count(self):
        """Rows and lines left out."""
        return int(self.bad.sum()) + self._outside

    @property
    def outside(self):
        """Lines that had no row."""
        return self._outside

    def listed(self):
        """The first few as (line, reason)."""
        return sorted(self._listed)[:SHOWN]


@dataclass
class Rows:
    """What a format hands over, in file order and unchecked.

    Attributes
    ----------
    ts : (n,) int64
        Microseconds UTC.
    bid, ask : (n,) float64 prices, or int64 points when `symbol` is given
    missing_bid, missing_ask : (n,) bool or None
        The side is blank: unchanged since the row before.
    bid_size, ask_size, volume : (n,) float64 or None
    faults : Faults
    symbol : Symbol or None
        Set by sources that hold points already.
    """

    ts: np.ndarray
    bid: np.ndarray
    ask: np.ndarray
    faults: Faults
    bid_size: np.ndarray | None = None
    ask_size: np.ndarray | None = None
    volume: np.ndarray | None = None
    missing_bid: np.ndarray | None = None
    missing_ask: np.ndarray | None = None
    symbol: object = None


@dataclass
class Checked:
    """Ticks and what happened on the way to them; counts of rows."""

    ticks: Ticks
    rows: int
    rejected: int
    problems: list = field(default_factory=list)  # (line, reason), the first few
    unit: str = "row"
    crossed: int = 0
    backwards: int = 0  # rows older than the one before them
    rounded: int = 0  # prices finer than a point


def check(rows, symbol, digits=None, *, stored=None, still_guessed=False, sort=True):
    """Check rows, turn prices into points, sort by time.

    Parameters
    ----------
    rows : Rows
    symbol : str or Symbol
    digits : int, optional
        Overrides the symbol's.
    stored, still_guessed : Symbol, bool
        The store's own symbol of that name, which wins over the built-in one, and whether it is a guess.
    sort : bool
        False refuses ticks out of order instead (R12).

    Raises
    ------
    TickOrderError
        Ticks out of order, and `sort` is False.

    Returns
    -------
    checked : Checked
    guessed : bool
        The symbol was not known and its grid is taken from the data (U5).
    """
    faults = rows.faults
    exact = rows.bid.dtype.kind == "i"
    if not exact:
        for side, column in (("bid", rows.bid), ("ask", rows.ask)):
            missing = rows.missing_bid if side == "bid" else rows.missing_ask
            wrong = ~np.isfinite(column)
            faults.add(wrong if missing is None else wrong & ~missing, lambda i, s=side: f"{s} is not a number")
    for side, column in (("bid", rows.bid), ("ask", rows.ask)):
        missing = rows.missing_bid if side == "bid" else rows.missing_ask
        with np.errstate(invalid="ignore"):
            wrong = column <= 0
        faults.add(
            wrong if missing is None else wrong & ~missing,
            lambda i, s=side, c=column: f"{s} is {c[i]:g}, a price must be above 0",
        )
    for name in SIZES:
        size = getattr(rows, name)
        if size is not None:
            with np.errstate(invalid="ignore"):
                faults.add(size < 0, lambda i, s=name, c=size: f"{s} is {c[i]:g}, a size must not be below 0")
    bid, ask = _fill(rows, faults)

    keep = None if not faults.bad.any() else np.flatnonzero(~faults.bad)
    pick = (lambda c: c) if keep is None else (lambda c: None if c is None else c[keep])
    ts, bid, ask = pick(rows.ts), pick(bid), pick(ask)
    sizes = {name: pick(getattr(rows, name)) for name in SIZES}
    if exact:
        symbol, guessed = rows.symbol, False
    else:
        symbol, guessed = settle_symbol(symbol, digits, (bid, ask), sizes.values(), stored, still_guessed)
    rounded = 0
    if not exact:
        (bid, off_bid), (ask, off_ask) = _points(bid, symbol.digits), _points(ask, symbol.digits)
        rounded = off_bid + off_ask
        sizes = {name: _steps(column, symbol.quantity_digits) for name, column in sizes.items()}
        tiny = (bid < 1) | (ask < 1)
        if tiny.any():
            where = np.flatnonzero(tiny) if keep is None else keep[tiny]
            mask = np.zeros(len(faults.bad), bool)
            mask[where] = True
            faults.add(mask, lambda i: f"a price is below one point ({symbol.point:g}) of {symbol.name}")
            ts, bid, ask = ts[~tiny], bid[~tiny], ask[~tiny]
            sizes = {name: None if column is None else column[~tiny] for name, column in sizes.items()}
    backwards = int((ts[1:] < ts[:-1]).sum())
    if backwards and sort:
        order = np.argsort(ts, kind="stable")
        ts, bid, ask = ts[order], bid[order], ask[order]
        sizes = {name: None if column is None else column[order] for name, column in sizes.items()}
    sizes = {name: column for name, column in sizes.items() if column is not None and column.any()}
    return (
        Checked(
            Ticks(ts, bid, ask, symbol=symbol, checked=sort, **sizes),
            rows=len(rows.ts) + faults.outside,
            rejected=faults.count,
            problems=faults.listed(),
            unit=faults.unit,
            crossed=int((bid > ask).sum()),
            backwards=backwards,
            rounded=rounded,
        ),
        guessed,
    )


def _fill(rows, faults):
    """Blank sides take the last known value of that side; before both are known the row is left out."""
    if rows.missing_bid is None and rows.missing_ask is None:
        return rows.bid, rows.ask
    none = np.zeros(len(rows.ts), bool)
    missing = [none if m is None else m for m in (rows.missing_bid, rows.missing_ask)]
    faults.add(missing[0] & missing[1], lambda i: "neither bid nor ask is given")
    filled = []
    unknown = []
    for column, gap in zip((rows.bid, rows.ask), missing):
        last = np.maximum.accumulate(np.where(gap | faults.bad, -1, np.arange(len(column))))
        unknown.append(gap & (last < 0))
        filled.append(np.where(gap, column[np.maximum(last, 0)], column))
    faults.add(unknown[0], lambda i: "bid is missing before it is known")
    faults.add(unknown[1], lambda i: "ask is missing before it is known")
    return filled


def settle_symbol(symbol, digits, prices, sizes, stored=None, still_guessed=False):
    """The symbol the ticks belong to, and whether it had to be guessed (U5).

    A Symbol is taken as it is; a name is looked up in the store, then among the known ones, then guessed from the
    decimals in the data. A guess grows with the data: the most decimals of all files win, in any order (D3).

    Examples
    --------
    >>> settle_symbol("ACME", None, [np.array([10.25, 10.5])], [])[0].digits
    2
    """
    if not isinstance(symbol, str):
        found, guessed = find_symbol(symbol), False
    elif stored is not None and not (still_guessed and digits is None):
        found, guessed = stored, False
    elif stored is None and symbol.upper().replace("/", "") in known():
        found, guessed = find_symbol(symbol), False
    else:
        guessed = digits is None
        seen = max([decimals(p) for p in prices] + ([stored.digits] if stored else [0]))
        found = guess(symbol, seen if digits is None else digits)
        steps = max([decimals(s) for s in sizes if s is not None] + [found.quantity_digits])
        found = replace(found, quantity_digits=max(steps, stored.quantity_digits if stored else 0))
    if digits is not None and digits != found.digits:
        found = replace(found, digits=digits, pip=found.pip if found.pip >= 10.0**-digits else 0.0)
    return found, guessed


def decimals(values):
    """The most decimals that any of the numbers needs, at most 8.

    Examples
    --------
    >>> decimals(np.array([1.1, 1.12345, 2.0]))
    5
    """
    values = values[np.isfinite(values)]
    digits = 0
    while digits < _MOST_DIGITS and len(values):
        scale = 10.0**digits
        values = values[np.rint(values * scale) / scale != values]
        if len(values) == 0:
            break
        digits += 1
    return digits


def _points(prices, digits):
    """Points (U2), and how many prices were finer than one."""
    if len(prices) and np.abs(prices).max() * 10.0**digits >= _LARGEST:
        raise DataError(
            f"a price of {np.abs(prices).max():g} with digits={digits} is too large to keep exactly; give fewer digits"
        )
    points = np.asarray(to_points(prices, digits), "i8")
    return points, int((points / 10.0**digits != prices).sum())


def _steps(sizes, quantity_digits):
    return None if sizes is None else np.asarray(to_points(np.nan_to_num(sizes), quantity_digits), "i8")


def refuse(checked, place):
    """Raise for rows that cannot be ticks, where none are allowed (D4).

    Raises
    ------
    DataError
        Names the first.
    """
    if checked.rejected:
        line, reason = checked.problems[0]
        more = f" and {checked.rejected - 1:,} more" if checked.rejected > 1 else ""
        raise DataError(
            f"{place}: {checked.unit} {line}: {reason}{more}; correct the data, or ingest it without strict=True, "
            "which leaves such rows out and lists them"
        )
