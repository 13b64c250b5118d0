"""hftbacktest: a compiled loop over its feed, market orders, no latency, the faster of its depths.

It knows books, not quotes: a best price that moves is two events, the new level and the end of the old one.
"""

import clock
import numpy as np
from hftbacktest import BacktestAsset, ROIVectorMarketDepthBacktest
from hftbacktest.order import IOC, MARKET
from hftbacktest.types import BUY_EVENT, DEPTH_EVENT, EXCH_EVENT, LOCAL_EVENT, SELL_EVENT, event_dtype
from numba import njit

POINT, SIZE = 1e-5, 1e7


@njit
def pulse(hbt, weight, reach):
    mean = 0.0
    held = False
    trades = 0
    order = 0
    # Events of one instant come together: once a quote.
    while hbt.wait_next_feed(False, 10**15) == 2:
        depth = hbt.depth(0)
        middle = (depth.best_bid + depth.best_ask) / 2
        if mean == 0.0:
            mean = middle
        mean += weight * (middle - mean)
        if middle - mean > reach and not held:
            order += 1
            held = True
            hbt.clear_inactive_orders(0)
            hbt.submit_buy_order(0, order, depth.best_ask, 10_000, IOC, MARKET, False)
        elif middle - mean < -reach and held:
            order += 1
            held = False
            hbt.clear_inactive_orders(0)
            trades += 1
            hbt.submit_sell_order(0, order, depth.best_bid, 10_000, IOC, MARKET, False)
    return trades


def book(columns):
    """The quotes as events; of a side that stands still, none, but one for each quote at least."""
    rows = np.zeros((len(columns["ts"]), 4), event_dtype)
    rows["exch_ts"] = rows["local_ts"] = columns["ts"][:, None] * 1000
    there = np.ones(rows.shape, bool)
    for k, side, name in ((0, BUY_EVENT, "bid"), (2, SELL_EVENT, "ask")):
        price = columns[name] * POINT
        moved = np.diff(columns[name], prepend=-1) != 0
        rows["ev"][:, k : k + 2] = DEPTH_EVENT | side | EXCH_EVENT | LOCAL_EVENT
        rows["px"][:, k], rows["qty"][:, k] = price, SIZE
        rows["px"][1:, k + 1] = price[:-1]
        there[:, k + 1] = moved
        there[0, k + 1] = False
        if k:
            there[:, k] = moved
    return rows[there]


def ticks(columns):
    events = book(columns)
    asset = (
        BacktestAsset()
        .data(events)
        .linear_asset(1.0)
        .constant_order_latency(0, 0)
        .risk_adverse_queue_model()
        .no_partial_fill_exchange()
        .trading_value_fee_model(0, 0)
        .tick_size(POINT)
        .lot_size(1)
        .roi_lb(columns["bid"].min() * POINT)
        .roi_ub(columns["ask"].max() * POINT)
    )
    hbt = ROIVectorMarketDepthBacktest([asset])

    def work():
        # The asset holds no reference to its events, only where they lie.
        assert len(events)
        trades = pulse(hbt, 0.0005, 0.0006)
        done = hbt.state_values(0).num_trades
        hbt.close()
        if not 2 * trades <= done <= 2 * trades + 1:
            raise RuntimeError(f"{trades} trades decided, {done} fills")
        return trades

    return work


if __name__ == "__main__":
    clock.main({"ticks": ticks})
