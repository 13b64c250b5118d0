"""What a run of the oracle is told besides ticks and strategy; everything in whole units (U1-U4)."""

from dataclasses import dataclass

DEFAULT_TIMEFRAMES = ("1m", "5m", "15m", "1h", "4h", "1d")  # R11


@dataclass(frozen=True)
class Config:
    """One symbol and one account.

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
    cash : int
        Micro-units.
    account : {"quote", "base"}
        Which currency of the symbol the account is kept in.
    commission : {"none", "lot", "unit", "bps"}
    commission_rate : int
        Micro-units per lot or unit; for bps in 1e-6 of a basis point.
    slippage : int
        Points, for market and stop fills (F9).
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
    timeframes : tuple of str
        Kept as bars, besides 1m, which always is.
    listen : tuple of str
        Which of them call `on_bar`.
    timers : tuple of int
        Instants at which `on_time` runs.
    start, end, warmup_start : int, optional
        Default: the first tick, the first minute boundary after the last tick, the beginning of the ticks.
    anchor : str
        "UTC" or "17:00 America/New_York" (R7).
    """

    digits: int = 5
    quantity_digits: int = 0
    contract_size: float = 100_000
    least: int = 1
    largest: int = 10**12
    margin_ppm: int = 33_333
    cash: int = 100_000 * 10**6
    account: str = "quote"
    commission: str = "none"
    commission_rate: int = 0
    slippage: int = 0
    latency: tuple = (0, 0)
    seed: int = 0
    liquidity: str = "unlimited"
    participation_ppm: int = 1_000_000
    crossed: str = "keep"
    timeframes: tuple = DEFAULT_TIMEFRAMES
    listen: tuple = ("1m",)
    timers: tuple = ()
    start: int | None = None
    end: int | None = None
    warmup_start: int | None = None
    close_at_end: bool = False
    anchor: str = "UTC"
