"""Our side of a comparison: the run, and its trades in the harness's words."""

import numpy as np

import backtestr_lab as lab

from .bars import path
from .compare import Side, Trade

__all__ = ["over_bars", "over_ticks", "side_of"]


def over_bars(strategy, bars, params, intrabar="worst", **options):
    """A run on bars (F10); `worst` depends on the position, so the path is found by running until it stands."""
    strategy = _on(strategy, bars.timeframe)
    nearer = bars.open - bars.low <= bars.high - bars.open
    if intrabar != "worst":
        return lab.backtest(strategy, path(bars, np.full(len(bars), intrabar == "olhc")), params=params, **options)
    low_first = nearer
    while True:
        run = lab.backtest(strategy, path(bars, low_first), params=params, **options)
        net = np.zeros(len(bars), "i8")
        for trade in run.trades.itertuples():
            # Held once the open is matched: entered at or before the open's tick, left after it.
            within = (bars.ts >= _micros(trade.entry_time)) & (bars.ts < _micros(trade.exit_time))
            net[within] = 1 if trade.side == "LONG" else -1
        again = np.where(net > 0, True, np.where(net < 0, False, nearer))
        if (again == low_first).all():
            return run
        low_first = again


def over_ticks(strategy, ticks, params, timeframe="5m", **options):
    """A run on ticks."""
    return lab.backtest(_on(strategy, timeframe), ticks, params=params, **options)


def _on(strategy, timeframe):
    """The strategy on another timeframe, which is an attribute of the class and no parameter of the run."""
    strategy.timeframe = timeframe
    return strategy


def side_of(run, moment=lambda ts: ts):
    """The run's trades; `moment` coarsens the instant of a fill to what the peer can tell."""
    scale = 10**run.ticks.symbol.digits
    orders = run.orders
    when = {order: _micros(at) for order, at in orders["time"].items()}
    levels = {}
    for order in orders.itertuples():
        if order.parent:
            levels.setdefault(order.parent, {})[order.role] = order
    trades = []
    for trade in run.trades.itertuples():
        entry, exits = orders.loc[trade.entry_order], levels.get(trade.entry_order, {})
        stop, profit = exits.get("STOP_LOSS"), exits.get("TAKE_PROFIT")
        trades.append(
            Trade(
                decided=when[trade.entry_order],
                entered=moment(_micros(trade.entry_time)),
                entry=_points(trade.entry_price, scale),
                left=moment(_micros(trade.exit_time)),
                exit=_points(trade.exit_price, scale),
                quantity=trade.quantity if trade.side == "LONG" else -trade.quantity,
                how=str(trade.exit),
                level=_points(entry["limit"], scale) or _points(entry["stop"], scale),
                stop=_points(stop.stop, scale) if stop else 0,
                profit=_points(profit.limit, scale) if profit else 0,
            )
        )
    entries = orders[(orders["role"] == "ENTRY") & (orders["filled"] == 0)]
    end = run.ticks.ts[-1]
    unfilled = [(when[o], _micros(row.done) if row.state != "PENDING" else int(end)) for o, row in entries.iterrows()]
    return Side(trades, unfilled)


def _micros(instant):
    return instant.value // 1000


def _points(price, scale):
    return 0 if np.isnan(price) else round(price * scale)
