"""A run as blocks: packed columns with a key, each made when it is asked for (docs/reference/capsule.md).

A key names what is in a block, `bars/0/5m/2` or `ticks/0/9`. What is made in the beginning is of the size of the
journal and of the index, so that a run of 50 M ticks opens as one of a day does.
"""

import weakref
from functools import cached_property

import numpy as np

from ..errors import DataError
from ..records import PHASES, TRADE, codes
from ..runs.ambiguity import ambiguous
from ..runs.book import submitted
from ..runs.levels import levels_of
from ..units import MINUTE, Timeframe
from . import counts, variables
from . import meta as about
from .packing import pack
from .source import thin
from .stretches import blocks_of, heads_of, index_of, whole

__all__ = ["Blocks"]

CURVE_BUCKETS = 450  # of up to five points: the timeline's pixels
EVENT_COLUMNS = ("ts", "phase", "kind", "symbol", "order", "position", "price", "quantity", "amount", "reason")
ORDER_COLUMNS = (
    *("id", "symbol", "side", "type", "role", "quantity", "limit", "stop", "trail", "reduce_only", "parent"),
    *("position", "tag", "ts"),
)
BAR_COLUMNS = ("ts", "end", "open", "high", "low", "close", "ask_close", "volume", "ticks")
_END = codes(PHASES)["END"]


class Blocks:
    """The blocks of a run, on demand.

    They do not keep the run alive, as a cell's output must not hold the memory of a run that the notebook has
    forgotten.

    Parameters
    ----------
    run : Run
    timeframes : iterable of str, optional
        Those with a chart; left out, the run's.
    stretches : list of (n, 2) int64, optional
        For each symbol, first and last tick index (exclusive) of each stretch of its ticks; left out, all ticks, some
        4,096 each.
    base : Timeframe, optional
        Leave out what is shorter; only without ticks, which are counted by the run's own base bars.

    Raises
    ------
    OptionError
        A timeframe that the run's base bars do not make up.

    Examples
    --------
    >>> import backtestr_lab as lab
    >>> from backtestr_lab.replay.packing import unpack
    >>> class Hold(lab.Strategy):
    ...     def on_bar(self, bar):
    ...         if not self.position:
    ...             self.buy(10_000)
    >>> run = lab.backtest(Hold, lab.sample("EURUSD", days=1))
    >>> blocks = Blocks(run, ["1m", "1h"])
    >>> blocks.meta()["shown"], "bars/0/1h/0" in blocks.keys()
    (['1m', '1h'], True)
    >>> columns, plain = unpack(blocks.get("bars/0/1h/0"))
    >>> len(columns["close"])
    24
    """

    def __init__(self, run, timeframes=None, *, stretches=None, base=None):
        self._run = weakref.ref(run)
        self._shown = Timeframe.several(timeframes) if timeframes else None
        self._base = base
        self.timeframes = about.timeframes_of(run, self._shown, base)
        self._symbols = range(len(run.symbols))
        self._counts = {(k, t): about.count_of(run, t, k) for k in self._symbols for t in self.timeframes}
        self._given = stretches

    @property
    def run(self):
        """The run, while the notebook still has it."""
        run = self._run()
        if run is None:
            raise DataError("the run is no longer in memory; run the cell again to see more")
        return run

    def meta(self):
        """What is known before any block, as `meta.ts` names it."""
        ticks = "all" if self._given is None else "around" if any(map(len, self.stretches)) else "none"
        return about.meta_of(self.run, self._shown, base=self._base, ticks=ticks)

    def keys(self):
        """Every key there is.

        Returns
        -------
        list of str
        """
        keys = ["events", "orders", "trades", "curve"]
        if about.has_levels(self.run):
            keys.append("levels")
        fineness = about.variables_at(self.run)
        if fineness != "none":
            keys += [f"variables/{i}" for i in range(max(1, self._blocks(0, self.timeframes[0])))]
        for k in self._symbols:
            keys += [*(f"index/bars/{k}/{t}" for t in self.timeframes), f"index/ticks/{k}"]
            for kind in ("bars", "values"):
                keys += [f"{kind}/{k}/{t}/{i}" for t in self._with(kind, k) for i in range(self._blocks(k, t))]
            parts = range(self._tick_blocks[k][-1] + 1 if len(self._tick_blocks[k]) else 0)
            keys += [f"ticks/{k}/{i}" for i in parts]
            if fineness == "tick":
                keys += [f"variables/ticks/{k}/{i}" for i in parts]
        return keys

    def get(self, key):
        """A block by its key.

        Returns
        -------
        bytes

        Raises
        ------
        DataError
            There is no such block, or the run is no longer in memory.
        """
        return pack(*self.columns(key))

    def columns(self, key):
        """A block before it is packed: its columns and its plain values.

        Returns
        -------
        (dict of str to array, dict)
        """
        if key not in self._known:
            raise DataError(f"this run has no block {key!r}; the page is not of this run, open the replay again")
        kind, *where = key.split("/")
        if kind in ("index", "variables") and not where[0].isdecimal():
            kind, where = f"{kind}_{where[0]}", where[1:]
        made = getattr(self, f"_{kind}")(*(int(part) if part.isdecimal() else Timeframe.parse(part) for part in where))
        return made if isinstance(made, tuple) else (made, {})

    @cached_property
    def _known(self):
        return frozenset(self.keys())

    # -- the journal -----------------------------------------------------------------------------------------------

    def _events(self):
        run = self.run
        journal = run.journal
        # The equity point of a fill comes after its bookings; nobody can stand between the two.
        peak = run._peaks.at(journal["ts"], np.arange(1, len(journal) + 1))
        columns = {name: journal[name] for name in EVENT_COLUMNS}
        return columns | {"taken": run._cursors, "peak": peak}

    def _orders(self):
        columns = submitted(self.run.journal, self.run._orders)
        return {name: columns[name] for name in ORDER_COLUMNS}

    def _trades(self):
        run = self.run
        trades, taken = run._trades[0], run._trade_cursors
        columns = {name: trades[name] for name in TRADE.names}
        if run._rules.intrabar:
            columns["ambiguous"] = ambiguous(run)
        return columns | {"entry_taken": taken[:, 0], "exit_taken": taken[:, 1]}

    def _curve(self):
        points = self.run._points
        equity = points["equity"]
        drawdown = np.maximum.accumulate(np.r_[points["cash"], equity])[1:] - equity
        keep = thin(equity.astype("f8"), drawdown.astype("f8"), CURVE_BUCKETS)
        return {"ts": points["ts"][keep], "equity": equity[keep], "drawdown": drawdown[keep]}

    def _levels(self):
        return levels_of(self.run)

    # -- bars ------------------------------------------------------------------------------------------------------

    def _bars_of(self, symbol, timeframe):
        """The bars of a symbol and timeframe that the run came to."""
        return self.run._markets[symbol].bars(timeframe)[: self._counts[symbol, timeframe]]

    def _blocks(self, symbol, timeframe):
        return -(-self._counts[symbol, timeframe] // about.BLOCK)

    def _with(self, kind, symbol):
        """Timeframes that have such blocks of a symbol."""
        if kind == "bars":
            return self.timeframes
        read = {i["timeframe"] for i in about.indicators_of(self.run) if i["symbol"] == symbol}
        return [t for t in self.timeframes if t.name in read]

    @staticmethod
    def _rows(block):
        return slice(block * about.BLOCK, (block + 1) * about.BLOCK)

    def _index_bars(self, symbol, timeframe):
        bars = self._bars_of(symbol, timeframe)
        begins, last = bars[:: about.BLOCK], bars[-1:]
        return {
            "ts": np.r_[begins["ts"], last["end"] if len(bars) else self.run.start],
            "first": np.r_[begins["first"], last["first"] + last["ticks"] if len(bars) else 0],
        }

    def _bars(self, symbol, timeframe, block):
        bars = self._bars_of(symbol, timeframe)[self._rows(block)]
        columns = {name: bars[name] for name in BAR_COLUMNS}
        if timeframe == self.timeframes[0]:
            columns |= self._peaks(bars)
        return columns

    def _peaks(self, bars):
        """The peak when each base bar has ended, and no tick after it was taken."""
        columns = {"peak": self._peak_at(bars["end"])}
        if self.timeframes[0].us < MINUTE:
            # The minute is an equity point when it ends, which need not be the end of a base bar that had ticks.
            columns["minute_peak"] = self._peak_at(-(-bars["end"] // MINUTE) * MINUTE)
        return columns

    def _peak_at(self, ends):
        """The peak at instants before their ticks."""
        run = self.run
        cursors = run._cursors[: np.count_nonzero(run.journal["phase"] != _END)]  # those of the end come last
        return run._peaks.at(ends, np.searchsorted(cursors, counts.before(run, ends), "right"))

    def _values(self, symbol, timeframe, block):
        columns = {}
        for indicator in about.indicators_of(self.run):
            if (indicator["symbol"], indicator["timeframe"]) == (symbol, timeframe.name):
                values = self.run._values(self.run._plan.indicators[indicator["name"]], symbol)
                values = values[: self._counts[symbol, timeframe]][self._rows(block)]
                columns[indicator["column"]] = about.rounded(values, indicator["digits"])
        return columns

    # -- ticks -----------------------------------------------------------------------------------------------------

    @cached_property
    def stretches(self):
        """For each symbol, first and last tick index (exclusive) of each stretch of its ticks, (n, 2) int64."""
        if self._given is not None:
            return [np.asarray(stretches, "i8").reshape(-1, 2) for stretches in self._given]
        return [whole(self._ticks_of(k)[: self._tick_end(k)].ts) for k in self._symbols]

    def _tick_end(self, symbol):
        """The last bar's ticks belong to the index of bars even where the run was stopped among them."""
        last = self._bars_of(symbol, self.timeframes[0])[-1:]
        return int((last["first"] + last["ticks"]).sum())

    def _ticks_of(self, symbol):
        return self.run._markets[symbol].ticks

    @cached_property
    def _tick_blocks(self):
        """For each symbol, the block each stretch is in; with all ticks a block each."""
        alone = self._given is None
        return [np.arange(len(stretches)) if alone else blocks_of(stretches) for stretches in self.stretches]

    def _index_ticks(self, symbol):
        return index_of(self.stretches[symbol], self._tick_blocks[symbol], self._ticks_of(symbol).ts)

    def _ticks(self, symbol, block):
        stretches = self._stretches_in(symbol, block)
        ticks = self._ticks_of(symbol)
        taken = {"ts": ticks.ts, "bid": ticks.bid, "ask": ticks.ask, "volume": ticks.volume}
        columns = {
            name: np.concatenate([column[a:b] for a, b in stretches.tolist()])
            for name, column in taken.items()
            if column is not None
        }
        return columns | heads_of(ticks, self._base_first[symbol], stretches[:, 0])

    def _stretches_in(self, symbol, block):
        rows = slice(*np.searchsorted(self._tick_blocks[symbol], [block, block + 1]).tolist())
        return self.stretches[symbol][rows]

    @cached_property
    def _base_first(self):
        """For each symbol, first tick of each base bar; bisected often, so it lies together."""
        return [np.ascontiguousarray(self._bars_of(k, self.timeframes[0])["first"]) for k in self._symbols]

    # -- variables -------------------------------------------------------------------------------------------------

    def _variables(self, block):
        return variables.of_block(self.run, self.timeframes[0], block)

    def _variables_ticks(self, symbol, block):
        return variables.of_stretches(self.run, symbol, self._stretches_in(symbol, block))
