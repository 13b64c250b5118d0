"""A run as blocks: packed columns with a key, each made when it is asked for (docs/reference/capsule.md).

A key names what is in a block, `bars/0/5m/2` or `ticks/0/9`. What is made in the beginning is of the size of the
journal and of the index, so that a run of 50 M ticks opens as one of a day does.
"""

import weakref
from functools import cached_property

import numpy as np

from ..errors import DataError
from ..records import PHASES, TRADE, codes
from ..runs.book import submitted
from ..units import MINUTE, Timeframe
from . import meta as about
from . import variables
from .packing import pack
from .source import thin
from .stretches import head_of, index_of, whole

__all__ = ["Blocks"]

CURVE_BUCKETS = 600  # of up to five points: a pixel each on the widest screens
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
    stretches : (n, 2) int64, optional
        First and last tick index (exclusive) of each ``ticks`` block; left out, all ticks, some 4,096 each.

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

    def __init__(self, run, timeframes=None, *, stretches=None):
        self._run = weakref.ref(run)
        self._shown = None if timeframes is None else tuple(map(Timeframe.parse, timeframes))
        self.timeframes = about.timeframes_of(run, self._shown)
        self._counts = {t: about.count_of(run, t) for t in self.timeframes}
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
        return about.meta_of(self.run, self._shown)

    def keys(self):
        """Every key there is.

        Returns
        -------
        list of str
        """
        keys = ["events", "orders", "trades", "curve", *(f"index/bars/0/{t}" for t in self.timeframes), "index/ticks/0"]
        for kind in ("bars", "values"):
            keys += [f"{kind}/0/{t}/{i}" for t in self._of(kind) for i in range(self._blocks(t))]
        fineness = about.variables_at(self.run)
        if fineness != "none":
            keys += [f"variables/{i}" for i in range(max(1, self._blocks(self.timeframes[0])))]
        parts = range(len(self.stretches))
        keys += [f"ticks/0/{i}" for i in parts]
        if fineness == "tick":
            keys += [f"variables/ticks/0/{i}" for i in parts]
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
        kind, *where = key.split("/")
        if kind in ("index", "variables") and where and not where[0].isdigit():
            kind, where = f"{kind}_{where[0]}", where[1:]
        make = self._kinds.get((kind, len(where)))
        try:
            if make is None or not all(self._is_place(part) for part in where):
                raise IndexError
            made = make(self, *where)
        except IndexError:
            raise DataError(
                f"this run has no block {key!r}; the page is not of this run, open the replay again"
            ) from None
        return made if isinstance(made, tuple) else (made, {})

    def _is_place(self, part):
        return part.isdecimal() or part in {t.name for t in self.timeframes}

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
        trades, at = self.run._trades
        return {name: trades[name] for name in TRADE.names} | {"entry_taken": at[:, 0], "exit_taken": at[:, 1]}

    def _curve(self):
        points = self.run._points
        equity = points["equity"]
        drawdown = np.maximum.accumulate(np.r_[points["cash"], equity])[1:] - equity
        keep = thin(equity.astype("f8"), drawdown.astype("f8"), CURVE_BUCKETS)
        return {"ts": points["ts"][keep], "equity": equity[keep], "drawdown": drawdown[keep]}

    # -- bars ------------------------------------------------------------------------------------------------------

    def _bars_of(self, symbol, timeframe):
        """The bars of a timeframe that the run came to."""
        timeframe = Timeframe.parse(timeframe)
        if int(symbol) or timeframe not in self._counts:
            raise IndexError
        return self.run.bars(timeframe)[: self._counts[timeframe]]

    def _blocks(self, timeframe):
        return -(-self._counts[timeframe] // about.BLOCK)

    def _of(self, kind):
        """Timeframes that have such blocks."""
        if kind == "bars":
            return self.timeframes
        read = {key.timeframe for key in self.run._plan.indicators.values()}
        return [t for t in self.timeframes if t in read]

    def _rows(self, symbol, timeframe, block):
        bars = self._bars_of(symbol, timeframe)
        a = int(block) * about.BLOCK
        if a >= len(bars):
            raise IndexError
        return slice(a, min(a + about.BLOCK, len(bars)))

    def _bar_index(self, symbol, timeframe):
        bars = self._bars_of(symbol, timeframe)
        begins, last = bars[:: about.BLOCK], bars[-1:]
        return {
            "ts": np.r_[begins["ts"], last["end"] if len(bars) else self.run.start],
            "first": np.r_[begins["first"], last["first"] + last["ticks"] if len(bars) else 0],
        }

    def _bars(self, symbol, timeframe, block):
        bars = self._bars_of(symbol, timeframe)[self._rows(symbol, timeframe, block)]
        columns = {name: bars[name] for name in BAR_COLUMNS}
        if Timeframe.parse(timeframe) == self.timeframes[0]:
            columns |= self._peaks(bars)
        return columns

    def _peaks(self, bars):
        """The peak when each base bar has ended, and no tick after it was taken."""
        run = self.run
        cursors = run._cursors[: np.count_nonzero(run.journal["phase"] != _END)]  # those of the end come last
        events = np.searchsorted(cursors, bars["first"] + bars["ticks"], "right")
        columns = {"peak": run._peaks.at(bars["end"], events)}
        if self.timeframes[0].us < MINUTE:
            # The minute is an equity point when it ends, which need not be the end of a base bar that had ticks.
            ends = -(-bars["end"] // MINUTE) * MINUTE
            columns["minute_peak"] = run._peaks.at(ends, events)
        return columns

    def _values(self, symbol, timeframe, block):
        rows = self._rows(symbol, timeframe, block)
        columns = {}
        for indicator in self._indicators:
            if (str(indicator["symbol"]), indicator["timeframe"]) == (symbol, timeframe):
                values = self.run.indicators[indicator["name"]][1][rows]
                columns[indicator["column"]] = about.rounded(values, indicator["digits"])
        if not columns:
            raise IndexError
        return columns

    @cached_property
    def _indicators(self):
        return about.indicators_of(self.run)

    # -- ticks -----------------------------------------------------------------------------------------------------

    @cached_property
    def stretches(self):
        """First and last tick index (exclusive) of each ``ticks`` block, (n, 2) int64."""
        if self._given is not None:
            return np.asarray(self._given, "i8").reshape(-1, 2)
        bars = self._bars_of("0", self.timeframes[0].name)
        # The last bar's ticks belong to the index of bars even where the run was stopped among them.
        n = int(bars[-1]["first"] + bars[-1]["ticks"]) if len(bars) else 0
        return whole(self.run.ticks.ts[:n])

    def _tick_index(self, symbol):
        if int(symbol):
            raise IndexError
        return index_of(self.stretches, self.run.ticks.ts)

    def _ticks(self, symbol, block):
        a, b = self._stretch(symbol, block)
        ticks = self.run.ticks
        columns = {"ts": ticks.ts[a:b], "bid": ticks.bid[a:b], "ask": ticks.ask[a:b]}
        if ticks.volume is not None:
            columns["volume"] = ticks.volume[a:b]
        return columns, {"head": head_of(ticks, self._base_first, a)}

    def _stretch(self, symbol, block):
        if int(symbol) or int(block) >= len(self.stretches):
            raise IndexError
        return self.stretches[int(block)].tolist()

    @cached_property
    def _base_first(self):
        """First tick of each base bar; bisected often, so it lies together."""
        return np.ascontiguousarray(self._bars_of("0", self.timeframes[0].name)["first"])

    # -- variables -------------------------------------------------------------------------------------------------

    def _variables(self, block):
        if about.variables_at(self.run) == "none":
            raise IndexError
        return variables.of_block(self.run, self.timeframes[0], int(block))

    def _variables_at_ticks(self, symbol, block):
        if about.variables_at(self.run) != "tick":
            raise IndexError
        return variables.of_stretch(self.run, *self._stretch(symbol, block))

    _kinds = {
        ("events", 0): _events,
        ("orders", 0): _orders,
        ("trades", 0): _trades,
        ("curve", 0): _curve,
        ("index_bars", 2): _bar_index,
        ("index_ticks", 1): _tick_index,
        ("bars", 3): _bars,
        ("values", 3): _values,
        ("ticks", 2): _ticks,
        ("variables", 1): _variables,
        ("variables_ticks", 2): _variables_at_ticks,
    }
