"""What a run of the oracle is told besides ticks and strategy; everything in whole units (U1-U4)."""

from dataclasses import dataclass, fields

from .grid import length

DEFAULT_TIMEFRAMES = ("1m", "5m", "15m", "1h", "4h", "1d")  # R11


@dataclass(frozen=True)
class Spec:
    """One symbol (U5).

    Attributes
    ----------
    digits, quantity_digits : int
        A point is 10^-digits of the price, a step 10^-quantity_digits of a unit (U2, U3).
    contract_size : int or float
        Units in a lot.
    least, largest : int
        Bounds of one order, steps.
    margin_ppm : int
        Initial margin rate, parts per million of the position's value.
    maintenance_ppm : int, optional
        The rate below which positions are stopped out; default: half the initial one, rounded down.
    anchor : str
        "UTC" or "17:00 America/New_York" (R7).
    always_open : bool
        365 days a year.
    base, quote : str
        Currencies.
    trades : bool
        False: it only converts; no `on_bar`, no orders.
    swap : (int, int), optional
        Millionths of a point per night, long and short; positive is received.
    """

    digits: int = 5
    quantity_digits: int = 0
    contract_size: float = 100_000
    least: int = 1
    largest: int = 10**12
    margin_ppm: int = 33_333
    maintenance_ppm: int | None = None
    anchor: str = "UTC"
    always_open: bool = False
    base: str = ""
    quote: str = ""
    trades: bool = True
    swap: tuple | None = None

    @property
    def maintenance(self):
        """The maintenance margin rate, parts per million."""
        return self.margin_ppm // 2 if self.maintenance_ppm is None else self.maintenance_ppm


@dataclass(frozen=True)
class Config:
    """The first symbol, the others, and one account.

    Attributes
    ----------
    digits ... swap
        Of the first symbol, as in `Spec`.
    others : tuple of Spec
        Further symbols in the order named, those that only convert last.
    converts : tuple of (currency, symbol index)
        Which symbol converts the money of a quote currency, where it is not the first that can (P6).
    cash : int
        Micro-units.
    account : {"quote", "base"}
        Which currency of the first symbol the account is kept in, unless `currency` names another.
    currency : str, optional
    hedging : bool
        P1.
    commission : {"none", "lot", "unit", "bps", "order"}
    commission_rate : int
        Micro-units per lot, unit or order; for bps in 1e-6 of a basis point.
    commission_maker : int, optional
        The maker's rate; default: `commission_rate`.
    commission_least, commission_most : int
        Micro-units per order, 0 is none.
    slippage_kind : {"points", "spread", "impact", "random"}
    slippage : int
        Of market and stop fills (F9): points, millionths for spread and impact, the least for random.
    slippage_most : int
        The most for random, points.
    latency : (int, int)
        Least and most microseconds until a request falls due, drawn where they differ (F9).
    seed : int
        Of the draws.
    liquidity : {"unlimited", "quoted"}
        F8.
    participation_ppm : int
        Share of the quoted size that can be had, parts per million.
    crossed : {"keep", "drop", "swap"}
        R13.
    triple : int, optional
        The weekday whose night counts three times for swap, Monday 0.
    bookings : tuple of (ts, symbol index, "CASH" | "DIVIDEND" | "FUNDING", value)
        Micro-units; millionths of a point; parts per 10^10.
    max_order, max_position : int
        Steps; 0 is none, as for all that follow (P4).
    max_orders, max_positions : int
        Open entry orders, open positions.
    max_leverage : int
        Parts per million of equity.
    daily_loss, drawdown : ("amount", micro-units) or ("ppm", parts per million), optional
    intrabar : {"worst", "best", "ohlc", "olhc"}, optional
        The ticks are four of each bar, open, low, high, close (F10).
    bar : str
        The timeframe of these bars.
    timeframes : tuple of str
        Kept as bars, besides 1m, which always is.
    listen : tuple of str
        Which of them call `on_bar`.
    timers : tuple of int
        Instants at which `on_time` runs.
    start, end, warmup_start : int, optional
        Default: the first tick of a symbol named, the first minute boundary after the last tick, the beginning of the
        ticks.
    """

    digits: int = 5
    quantity_digits: int = 0
    contract_size: float = 100_000
    least: int = 1
    largest: int = 10**12
    margin_ppm: int = 33_333
    maintenance_ppm: int | None = None
    anchor: str = "UTC"
    always_open: bool = False
    base: str = "AAA"
    quote: str = "BBB"
    swap: tuple | None = None
    others: tuple = ()
    converts: tuple = ()
    cash: int = 100_000 * 10**6
    account: str = "quote"
    currency: str | None = None
    hedging: bool = False
    commission: str = "none"
    commission_rate: int = 0
    commission_maker: int | None = None
    commission_least: int = 0
    commission_most: int = 0
    slippage_kind: str = "points"
    slippage: int = 0
    slippage_most: int = 0
    latency: tuple = (0, 0)
    seed: int = 0
    liquidity: str = "unlimited"
    participation_ppm: int = 1_000_000
    crossed: str = "keep"
    triple: int | None = 2
    bookings: tuple = ()
    max_order: int = 0
    max_position: int = 0
    max_orders: int = 0
    max_positions: int = 0
    max_leverage: int = 0
    daily_loss: tuple | None = None
    drawdown: tuple | None = None
    intrabar: str | None = None
    bar: str = "1m"
    timeframes: tuple = DEFAULT_TIMEFRAMES
    listen: tuple = ("1m",)
    timers: tuple = ()
    start: int | None = None
    end: int | None = None
    warmup_start: int | None = None
    close_at_end: bool = False

    @property
    def minute(self):
        """The timeframe whose ends are equity points (P7): that of the bars it runs on where they are longer."""
        return max("1m", self.bar if self.intrabar else "1m", key=length)

    @property
    def specs(self):
        """Every symbol's Spec, in order."""
        first = Spec(**{f.name: getattr(self, f.name) for f in fields(Spec) if f.name != "trades"})
        return (first, *self.others)

    @property
    def account_currency(self):
        return self.currency or {"quote": self.quote, "base": self.base}[self.account]
