"""What a run stands on: sources, a range and a plan -> markets with their rules."""

from dataclasses import dataclass

import numpy as np

from ..errors import DataError, OptionError
from ..records import Ticks
from ..units import DAY, DEFAULT_TIMEFRAMES, MINUTE, WEEK, Timeframe, format_micros, to_micros
from .market import Market
from .rates import currency_of, rates_of
from .readers import distance_of, each
from .rules import rules_of
from .sources import Sources, kept, sources_of
from .streaming import rows_of

__all__ = ["Data", "check_sizes", "shaped", "spreads_of", "warm_start"]


@dataclass(frozen=True)
class Data:
    """The data a user gave, and how much of them a run takes.

    Attributes
    ----------
    sources : Sources
    start, end : datetime, str, int or None
    timeframes : iterable of str or None
    warmup : "auto" or int
    stream : None, bool or int
        Whether ticks are read chunk by chunk; None where they would take more than half of the memory.
    """

    sources: Sources
    start: object = None
    end: object = None
    timeframes: object = None
    warmup: object = "auto"
    stream: object = None

    def load(self, plan, options):
        """Ticks, bars and rules of a run, by the names of `Job`'s fields.

        Raises
        ------
        DataError
            No ticks in the range; says what there is.
        OptionError
            The range is empty, or an option does not fit the data.
        """
        bars = self.sources.bars
        start, end, first = self._range()
        shown = self._shown(bars)
        _check_frames(plan, shown, bars)
        loaded = max(first, warm_start(plan, start, self.warmup))
        if rows := rows_of(self.stream, self.sources, loaded, end):
            return self._streamed(plan, options, rows, loaded, start, end, shown)
        ticks = [self._ticks(source, name, loaded, start, end) for source, name in self.sources.pairs]
        symbols = [one.symbol for one in ticks]
        traded = len(symbols)
        spreads = spreads_of(options.spread, symbols)
        currency = currency_of(options.currency, symbols[0])

        def convert_with(given):
            found = self._converting(given, loaded, end)
            if found is None:
                return None
            ticks.append(found)
            return found.symbol

        rates = rates_of(symbols, currency, options.convert, convert_with)
        spreads += [0] * (len(symbols) - traded)
        rules = rules_of(options, symbols, rates, currency, start, end, traded=traded, bars=bars is not None)
        ticks = [_kept_shaped(one, spread, options.crossed) for one, spread in zip(ticks, spreads)]
        for one in ticks[:traded]:
            check_sizes(one, options)
        return {
            "markets": [Market.of(one, [*plan.frames, *shown], bars) for one in ticks],
            "rules": rules,
            "spread": tuple(spreads),
            "loaded": loaded,
            "timeframes": shown,
            "bars": bars,
        }

    def _streamed(self, plan, options, rows, loaded, start, end, shown):
        """The same for a range of the store that is read in chunks of so many rows."""
        from .streamed_market import StreamedMarket

        (source, name), *_ = self.sources.pairs
        ticks = source.stream(name, loaded, end)
        spread = spreads_of(options.spread, [ticks.symbol])[0]
        currency = currency_of(options.currency, ticks.symbol)

        def convert_with(given):
            if isinstance(given, Ticks) or self.sources.find(given):
                raise OptionError(
                    f"{getattr(given, 'symbol', given)} would convert money, and a run that streams its ticks has one "
                    f"symbol; give currency='{ticks.symbol.quote}', or stream=False with a shorter range"
                )

        rates = rates_of([ticks.symbol], currency, options.convert, convert_with)
        rules = rules_of(options, [ticks.symbol], rates, currency, start, end, traded=1, bars=False)
        shaping = spread, options.crossed

        def shape(chunk):
            return shaped(chunk, *shaping)

        market = StreamedMarket.over(ticks, shaping, shape, rows, [*plan.frames, *shown])
        self._check_any(market.ticks, source, name, start, end)
        check_sizes(market.ticks, options)
        return {
            "markets": [market],
            "rules": rules,
            "spread": (spread,),
            "loaded": loaded,
            "timeframes": shown,
            "bars": None,
        }

    def _shown(self, bars):
        """What result and time travel show."""
        if self.timeframes:
            return Timeframe.several(self.timeframes)
        if bars is None:
            return DEFAULT_TIMEFRAMES
        longer = DEFAULT_TIMEFRAMES if bars.us < DAY else (Timeframe(WEEK),)
        return (bars, *(t for t in longer if t > bars and t.us % bars.us == 0))

    def _range(self):
        """Start and end of the run, and the minute of the first tick there is."""
        spans = [_span(source, name) for source, name in self.sources.pairs]
        first, last = min(a for a, _ in spans), max(z for _, z in spans)
        names = " and ".join(self.sources.names)
        there = f"there are ticks from {format_micros(first)} to {format_micros(last)}"
        # Whole minutes, so that the first bar of a file that begins with its first tick is not called partial.
        first = first // MINUTE * MINUTE
        start = to_micros(self.start, "start") if self.start is not None else first
        if start > last:
            raise DataError(f"no ticks of {names} from {format_micros(start)} on; {there}")
        end = to_micros(self.end, "end") if self.end is not None else (last // MINUTE + 1) * MINUTE
        if end <= start:
            raise OptionError(
                f"the range from {format_micros(start)} to {format_micros(end)} is empty; end must be later than start"
            )
        if end <= first:
            raise DataError(f"no ticks of {names} before {format_micros(end)}; {there}")
        return max(first, start), end, first

    def _ticks(self, source, name, loaded, start, end):
        ticks = source.columns(name, loaded, end)
        self._check_any(ticks, source, name, start, end)
        return ticks

    def _check_any(self, ticks, source, name, start, end):
        if not len(ticks) or int(ticks.ts[-1]) < start:
            first, last = _span(source, name)
            raise DataError(
                f"no ticks of {name} from {format_micros(start)} to {format_micros(end)}; there are ticks from "
                f"{format_micros(first)} to {format_micros(last)}"
            )

    def _converting(self, given, loaded, end):
        """Ticks of a symbol that is not one of the run's, or None; where bars are the input, ticks cannot join them."""
        if self.sources.bars:
            return None
        found = sources_of(given).pairs[0] if isinstance(given, Ticks) else self.sources.find(given)
        ticks = found and found[0].columns(found[1], loaded, end)
        return ticks if ticks is not None and len(ticks) else None


def _check_frames(plan, shown, bars):
    """Refuse what bars are too long for."""
    for timeframe in (*plan.frames, *shown) if bars else ():
        if timeframe < bars or timeframe.us % bars.us:
            who = plan.name if timeframe in plan.frames else "timeframes"
            raise OptionError(
                f"the data are bars of {bars}, and {who} asks for {timeframe}; take {bars} or a multiple of it, or "
                "give shorter bars"
            )


def _span(source, name):
    span = source.span(name)
    if span is None:
        raise DataError(f"there are no ticks of {name} in {getattr(source, 'where', 'the store')}")
    return span


def warm_start(plan, start, warmup):
    """Where loading begins (S8): whole days, so that the first bars of warm-up are whole too."""
    if warmup == "auto":
        reach = max((4 * (key.lookback + 1) * key.timeframe.us for key in plan.nodes), default=0)
    elif isinstance(warmup, int) and not isinstance(warmup, bool) and warmup >= 0:
        reach = warmup * min(plan.frames).us if plan.frames else 0
    else:
        raise OptionError(f"warmup is {warmup!r}; give 'auto' or a number of bars, 0 for none")
    if not reach:
        return start
    # Markets that rest at weekends have bars on five days of seven.
    return (start - reach * 7 // 5 - 2 * DAY) // DAY * DAY


def spreads_of(given, symbols):
    values = each(given, [symbol.name for symbol in symbols], "spread")
    return [0 if value is None else distance_of(value, symbol, "spread") for value, symbol in zip(values, symbols)]


def _kept_shaped(ticks, spread, crossed):
    return kept(ticks, (spread, crossed), lambda: shaped(ticks, spread, crossed))


def shaped(ticks, spread, crossed):
    """Ticks with the run's spread on single prices (R5), and without crossed quotes where it says so (R13)."""
    if spread:
        ticks = _with_spread(ticks, spread)
    return {"drop": ticks.drop_crossed, "swap": ticks.swap_crossed}.get(crossed, lambda: ticks)()


def _with_spread(ticks, spread):
    if not (ticks.bid is ticks.ask or np.array_equal(ticks.bid, ticks.ask)):
        raise OptionError(f"spread is for feeds of single prices; {ticks.symbol} has its own asks, leave it out")
    columns = ticks._columns() | {"ask": ticks.bid + spread}
    return Ticks(**columns, symbol=ticks.symbol, checked=True)


def check_sizes(ticks, options):
    """Refuse a model that needs sizes over a feed that has none."""
    wanting = "liquidity='quoted'" if options.liquidity == "quoted" else None
    if "impact" in str(options.slippage):
        wanting = f"slippage={options.slippage!r}"
    columns = [column for column in (ticks.bid_size, ticks.ask_size, ticks.volume) if column is not None]
    if wanting and not any(column.any() for column in columns):
        raise OptionError(
            f"{wanting} needs sizes, and the ticks of {ticks.symbol} have neither sizes nor volume; leave it out"
        )
