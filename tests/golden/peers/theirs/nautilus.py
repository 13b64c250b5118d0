"""The harness's strategies in nautilus_trader; runs in that peer's environment: `python nautilus.py job.json`.

Bars are its own, aggregated from the quotes' bids; the averages are its own indicators.
"""

import json
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.backtest.models import LatencyModel
from nautilus_trader.config import LoggingConfig
from nautilus_trader.core.uuid import UUID4
from nautilus_trader.data.config import DataEngineConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.currencies import EUR, USD
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import AccountType, ContingencyType, OmsType, OrderSide, OrderType, TriggerType
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.model.orders import OrderList, StopMarketOrder
from nautilus_trader.persistence.wranglers import QuoteTickDataWrangler
from nautilus_trader.trading.strategy import Strategy

SIM = Venue("SIM")


def instrument(digits):
    return CurrencyPair(
        instrument_id=InstrumentId(Symbol("EUR/USD"), SIM),
        raw_symbol=Symbol("EURUSD"),
        base_currency=EUR,
        quote_currency=USD,
        price_precision=digits,
        size_precision=0,
        price_increment=Price(10**-digits, digits),
        size_increment=Quantity.from_int(1),
        lot_size=Quantity.from_str("1000"),
        max_quantity=None,
        min_quantity=None,
        max_price=None,
        min_price=None,
        max_notional=None,
        min_notional=None,
        margin_init=Decimal("0.03"),
        margin_maint=Decimal("0.03"),
        maker_fee=Decimal(0),
        taker_fee=Decimal(0),
        ts_event=0,
        ts_init=0,
    )


class Base(Strategy):
    def __init__(self, pair, bar_type, fast=10, slow=20, size=10_000, reach=0.0, stop=0.0, profit=0.0):
        super().__init__()
        self.pair, self.bar_type, self.size = pair, bar_type, size
        self.reach, self.stop_distance, self.profit = reach, stop, profit
        self.quick, self.calm = SimpleMovingAverage(fast), SimpleMovingAverage(slow)
        self.before = None
        self.fills, self.orders, self.unfilled = [], {}, []

    def on_start(self):
        self.register_indicator_for_bars(self.bar_type, self.quick)
        self.register_indicator_for_bars(self.bar_type, self.calm)
        self.subscribe_bars(self.bar_type)

    def on_bar(self, bar):
        if not self.indicators_initialized():
            return
        gap = self.quick.value - self.calm.value
        before, self.before = self.before, gap
        if before is not None:
            self.decide(bar.close.as_double(), before <= 0 < gap, before >= 0 > gap)

    def price(self, value):
        return self.pair.make_price(value)

    def market(self, side, quantity, **how):
        order = self.order_factory.market(self.pair.id, side, self.pair.make_qty(quantity), **how)
        self.submit_order(order)

    def bracket(self, base, kind, price=None):
        """An entry with both exits at distances from `base`."""
        limit = kind == OrderType.LIMIT
        orders = self.order_factory.bracket(
            instrument_id=self.pair.id,
            order_side=OrderSide.BUY,
            quantity=self.pair.make_qty(self.size),
            entry_order_type=OrderType.LIMIT if limit else OrderType.MARKET,
            entry_price=self.price(price) if limit else None,
            entry_post_only=False,
            tp_price=self.price(base + self.profit),
            sl_trigger_price=self.price(base - self.stop_distance),
            # By default its take-profits are post-only.
            tp_post_only=False,
        )
        if kind == OrderType.STOP_MARKET:
            # Its factory has no bracket with a stop for an entry: the same list with one in the entry's place.
            entry, *exits = orders.orders
            entry = StopMarketOrder(
                trader_id=entry.trader_id,
                strategy_id=entry.strategy_id,
                instrument_id=entry.instrument_id,
                client_order_id=entry.client_order_id,
                order_side=entry.side,
                quantity=entry.quantity,
                trigger_price=self.price(price),
                trigger_type=TriggerType.DEFAULT,
                init_id=UUID4(),
                ts_init=entry.ts_init,
                contingency_type=ContingencyType.OTO,
                order_list_id=orders.id,
                linked_order_ids=entry.linked_order_ids,
                tags=entry.tags,
            )
            orders = OrderList(orders.id, [entry, *exits])
        self.submit_order_list(orders)

    def net(self):
        return float(self.portfolio.net_position(self.pair.id))

    def free(self):
        return self.net() == 0 and not self.cache.orders_open(strategy_id=self.id) and not self.waiting()

    def waiting(self):
        return [o for o in self.cache.orders(strategy_id=self.id) if o.is_inflight]

    def withdraw(self):
        for order in self.cache.orders_open(strategy_id=self.id):
            if not order.parent_order_id:
                self.cancel_order(order)

    def on_order_filled(self, event):
        order = self.cache.order(event.client_order_id)
        self.fills.append((event.ts_event, event.is_buy, float(event.last_qty), float(event.last_px), order))

    def on_order_canceled(self, event):
        order = self.cache.order(event.client_order_id)
        if not order.parent_order_id and order.filled_qty == 0:
            self.unfilled.append([order.ts_init // 1000, event.ts_event // 1000])


class Cross(Base):
    def decide(self, close, up, down):
        if up and self.net() == 0:
            self.market(OrderSide.BUY, self.size)
        elif down and self.net() > 0:
            self.market(OrderSide.SELL, self.net(), reduce_only=True)


class Flip(Base):
    def decide(self, close, up, down):
        if up and self.net() <= 0:
            self.market(OrderSide.BUY, self.size - self.net())
        elif down and self.net() >= 0:
            self.market(OrderSide.SELL, self.size + self.net())


class Bracket(Base):
    def decide(self, close, up, down):
        if up and self.net() == 0:
            self.bracket(close, OrderType.MARKET)


class Limit(Base):
    def decide(self, close, up, down):
        if up and self.free():
            limit = round(close - self.reach, self.pair.price_precision)
            self.bracket(limit, OrderType.LIMIT, limit)
        elif down:
            self.withdraw()


class Breakout(Base):
    def decide(self, close, up, down):
        if up and self.free():
            stop = round(close + self.reach, self.pair.price_precision)
            self.bracket(stop, OrderType.STOP_MARKET, stop)
        elif down:
            self.withdraw()


def trades(fills):
    """Round trips by FIFO, as fills come."""
    lots, made = [], []
    for ts, buys, quantity, price, order in fills:
        while quantity and lots and (lots[0]["quantity"] > 0) != buys:
            lot = lots[0]
            taken = min(quantity, abs(lot["quantity"]))
            sign = 1 if lot["quantity"] > 0 else -1
            how = (order.tags or ["CLOSE"])[0]
            made.append(lot | {"quantity": sign * taken, "left": ts // 1000, "exit": price, "how": how})
            lot["quantity"] -= sign * taken
            quantity -= taken
            if not lot["quantity"]:
                lots.pop(0)
        if quantity:
            signed = quantity if buys else -quantity
            at = {"decided": order.ts_init // 1000, "entered": ts // 1000}
            lots.append({**at, "entry": price, "quantity": signed})
    return made


def main(job):
    job = json.loads(Path(job).read_text())
    data, scale = np.load(job["data"]), 10 ** job["digits"]
    pair = instrument(job["digits"])
    frame = pd.DataFrame(
        {"bid_price": data["bid"] / scale, "ask_price": data["ask"] / scale},
        index=pd.to_datetime(data["ts"], unit="us", utc=True),
    )
    engine = BacktestEngine(
        BacktestEngineConfig(
            logging=LoggingConfig(bypass_logging=True),
            data_engine=DataEngineConfig(time_bars_build_with_no_updates=job["empty_bars"]),
        )
    )
    engine.add_venue(
        venue=SIM,
        oms_type=OmsType.NETTING,
        account_type=AccountType.MARGIN,
        base_currency=USD,
        starting_balances=[Money(job["cash"], USD)],
        latency_model=LatencyModel(job["latency_ns"]) if job["latency_ns"] else None,
    )
    engine.add_instrument(pair)
    engine.add_data(QuoteTickDataWrangler(pair).process(frame, default_volume=1e7))
    bar_type = BarType.from_str(f"{pair.id}-{job['bars']}-BID-INTERNAL")
    strategy = globals()[job["strategy"]](pair, bar_type, **job["params"])
    engine.add_strategy(strategy)
    engine.run()
    answer = {"trades": trades(strategy.fills), "unfilled": strategy.unfilled}
    Path(job["answer"]).write_text(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1])
