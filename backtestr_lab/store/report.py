"""What an ingest did (D3, D4)."""

from dataclasses import dataclass, field

from ..symbols import Symbol
from ..units import format_micros, from_micros

__all__ = ["IngestReport"]


@dataclass
class IngestReport:
    """Counts of one ingest, of one file or of several.

    Attributes
    ----------
    symbol : Symbol
    guessed : bool
        The symbol was not known; its digits are taken from the data, sizes and margins are a guess (U5).
    rows : int
        Rows read: added + duplicate + rejected.
    added, duplicate, rejected : int
        New in the store; there already (D3); not ticks and left out (D4).
    crossed : int
        Rows kept whose bid is above their ask (R13).
    backwards : int
        Rows older than the row before them; they were sorted in, stably (R12).
    rounded : int
        Prices with more decimals than the symbol has digits.
    first, last : datetime or None
        Of the ticks read, UTC.
    seconds : float
    problems : list of (source, line, reason)
        The first few rejected rows; lines are 1-based, rows of tables 0-based.
    name, format : str
    files : list of IngestReport
        One per file, when there were several.

    Examples
    --------
    >>> from backtestr_lab.symbols import EURUSD
    >>> IngestReport(EURUSD, name="a.csv", rows=2, added=2, first_ts=0, last_ts=1_000_000, seconds=0.1)
    EURUSD from a.csv: 2 rows, 2 added, 0 duplicate, 0 rejected; 0.1 s
      1970-01-01 .. 1970-01-01 00:00:01 UTC
    """

    symbol: Symbol
    name: str = ""
    format: str = ""
    guessed: bool = False
    rows: int = 0
    added: int = 0
    duplicate: int = 0
    rejected: int = 0
    crossed: int = 0
    backwards: int = 0
    rounded: int = 0
    first_ts: int | None = None
    last_ts: int | None = None
    seconds: float = 0.0
    unit: str = "row"
    problems: list = field(default_factory=list)
    files: list = field(default_factory=list)

    @classmethod
    def total(cls, reports, name):
        """One report of several files; of a single one, that one."""
        if len(reports) == 1:
            return reports[0]
        whole = cls(reports[-1].symbol, name=name, format=reports[-1].format, unit=reports[-1].unit, files=reports)
        whole.guessed = any(r.guessed for r in reports)
        for count in ("rows", "added", "duplicate", "rejected", "crossed", "backwards", "rounded", "seconds"):
            setattr(whole, count, sum(getattr(r, count) for r in reports))
        whole.first_ts = min((r.first_ts for r in reports if r.first_ts is not None), default=None)
        whole.last_ts = max((r.last_ts for r in reports if r.last_ts is not None), default=None)
        whole.problems = [p for r in reports for p in r.problems][:10]
        return whole

    @property
    def first(self):
        """Stamp of the first tick read."""
        return None if self.first_ts is None else from_micros(self.first_ts)

    @property
    def last(self):
        """Stamp of the last tick read."""
        return None if self.last_ts is None else from_micros(self.last_ts)

    def __repr__(self):
        source = f"{self.name} ({len(self.files)} files)" if self.files else self.name
        lines = [
            f"{self.symbol.name} from {source}: {self.rows:,} rows, {self.added:,} added, "
            f"{self.duplicate:,} duplicate, {self.rejected:,} rejected; {self.seconds:.1f} s"
        ]
        if self.first_ts is not None:
            lines.append(f"  {format_micros(self.first_ts)} .. {format_micros(self.last_ts)} UTC")
        if self.guessed:
            lines.append(
                f"  {self.symbol.name} is not a known symbol: digits={self.symbol.digits} is taken from the data, "
                f"contract_size={self.symbol.contract_size:g} is a guess; lab.register(lab.Symbol(...)) says better"
            )
        if self.crossed:
            lines.append(
                f"  {self.crossed:,} quotes are crossed (bid above ask); kept, see the option crossed of a run"
            )
        if self.backwards:
            lines.append(f"  {self.backwards:,} rows ran backwards in time and were sorted in")
        if self.rounded:
            lines.append(
                f"  {self.rounded:,} prices are finer than one point (digits={self.symbol.digits}) and were rounded"
            )
        lines += [f"  left out: {name} {self.unit} {line}: {reason}" for name, line, reason in self.problems]
        if self.rejected > len(self.problems) > 0:
            lines.append(f"  left out: {self.rejected - len(self.problems):,} more")
        return "\n".join(lines)
