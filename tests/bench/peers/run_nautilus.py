"""nautilus_trader: a strategy on quotes, and one on bars that come from outside. Its engine's run alone is timed."""

from decimal import Decimal

import clock
import pandas as pd
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.currencies import EUR, USD
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler, QuoteTickDataWrangler
from nautilus_trader.trading.strategy import Strategy

SIM = Venue("SIM")
PAIR = CurrencyPair(
    instrument_id=InstrumentId(Symbol("EUR/USD"), SIM),
    raw_symbol=Symbol("EURUSD"),
    base_currency=EUR,
    quote_currency=USD,
    price_precision=5,
    size_precision=0,
    price_increment=Price(1e-5, 5),
    size_increment=Quantity.from_int(1),
    margin_init=Decimal("0.03"),
    margin_maint=Decimal("0.03"),
    maker_fee=Decimal(0),
    taker_fee=Decimal(0),
    ts_event=0,
    ts_init=0,
)
BARS = BarType.from_str(f"{PAIR.id}-1-MINUTE-LAST-EXTERNAL")


class Trader(Strategy):
    def on_start(self):
        self.held, self.trades = False, 0
        self.quantity = PAIR.make_qty(10_000)

    def go(self, side):
        self.held = side == OrderSide.BUY
        self.trades += not self.held
        self.submit_order(self.order_factory.market(PAIR.id, side, self.quantity))


class Pulse(Trader):
    def on_start(self):
        super().on_start()
        self.mean = 0.0
        self.subscribe_quote_ticks(PAIR.id)

    def on_quote_tick(self, tick):
        middle = (tick.bid_price.as_double() + tick.ask_price.as_double()) / 2
        if self.mean == 0.0:
            self.mean = middle
        self.mean += 0.0005 * (middle - self.mean)
        if middle - self.mean > 0.0006 and not self.held:
            self.go(OrderSide.BUY)
        elif middle - self.mean < -0.0006 and self.held:
            self.go(OrderSide.SELL)


class Averages(Trader):
    def on_start(self):
        super().on_start()
        self.quick, self.calm, self.before = SimpleMovingAverage(10), SimpleMovingAverage(20), None
        self.register_indicator_for_bars(BARS, self.quick)
        self.register_indicator_for_bars(BARS, self.calm)
        self.subscribe_bars(BARS)

    def on_bar(self, bar):
        if not self.indicators_initialized():
            return
        gap, before = self.quick.value - self.calm.value, self.before
        self.before = gap
        if before is None:
            return
        if before <= 0 < gap and not self.held:
            self.go(OrderSide.BUY)
        elif before >= 0 > gap and self.held:
            self.go(OrderSide.SELL)


def engine_with(strategy, data):
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(
        venue=SIM,
        oms_type=OmsType.NETTING,
        account_type=AccountType.MARGIN,
        base_currency=USD,
        starting_balances=[Money(1_000_000, USD)],
    )
    engine.add_instrument(PAIR)
    engine.add_data(data)
    engine.add_strategy(strategy)

    def work():
        engine.run()
        return strategy.trades

    return work


def ticks(columns):
    frame = pd.DataFrame(
        {"bid_price": columns["bid"] / 1e5, "ask_price": columns["ask"] / 1e5},
        index=pd.to_datetime(columns["ts"], unit="us", utc=True),
    )
    return engine_with(Pulse(), QuoteTickDataWrangler(PAIR).process(frame, default_volume=1e7))


def start(columns):
    frame = pd.DataFrame(
        {name: columns[name] / 1e5 for name in ("open", "high", "low", "close")},
        index=pd.to_datetime(columns["ts"] + 60_000_000, unit="us", utc=True),
    )
    return engine_with(Averages(), BarDataWrangler(BARS, PAIR).process(frame, default_volume=1e7))


if __name__ == "__main__":
    clock.main({"ticks": ticks, "start": start})
