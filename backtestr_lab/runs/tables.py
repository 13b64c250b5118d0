"""The journal as pandas tables, in units a trader reads (T4)."""

import numpy as np
import pandas as pd

from ..records import EVENTS, FILL, ORDER_TYPES, PHASES, REASONS, ROLES, STATES, TIFS, codes

MICRO = 1e6
KIND = codes(EVENTS)
_SIDES = {1: "BUY", -1: "SELL"}
_POSITIONS = {1: "LONG", -1: "SHORT"}


def times(ts):
    """Microseconds as a UTC-aware index (U1)."""
    return pd.to_datetime(np.asarray(ts, "i8"), unit="us", utc=True)


def _names(table, column):
    return pd.Categorical.from_codes(np.asarray(column, "i8"), table)


def _sides(column, names):
    return np.where(np.asarray(column) > 0, names[1], names[-1])


def _or_nan(points, scale):
    """Prices, NaN where there is none (0 points)."""
    points = np.asarray(points)
    return np.where(points != 0, points / scale, np.nan)


def events_table(events, symbols):
    """Every event of the journal, one row each."""
    scale, steps = _scales(events["symbol"], symbols)
    return pd.DataFrame(
        {
            "time": times(events["ts"]),
            "phase": _names(PHASES, events["phase"]),
            "kind": _names(EVENTS, events["kind"]),
            "symbol": _symbols(events["symbol"], symbols),
            "order": events["order"],
            "position": events["position"],
            "price": _or_nan(events["price"], scale),
            "quantity": events["quantity"] / steps,
            "amount": events["amount"] / MICRO,
            "reason": _names(REASONS, events["reason"]),
        },
        index=pd.RangeIndex(len(events), name="seq"),
    )


def _scales(column, symbols):
    scale = np.array([10.0**s.digits for s in symbols])[column]
    steps = np.array([10.0**s.quantity_digits for s in symbols])[column]
    return scale, steps


def _symbols(column, symbols):
    return pd.Categorical.from_codes(np.asarray(column, "i8"), [s.name for s in symbols])


def orders_table(orders, events, symbols, tags):
    """Every order with what was asked for, what became of it, and when."""
    scale, steps = _scales(orders["symbol"], symbols)
    at = orders["id"] - 1
    asked = np.zeros(len(orders), "i8")
    ended = np.full(len(orders), np.iinfo("i8").min)
    sent = events["kind"] == KIND["SUBMITTED"]
    asked[events["order"][sent] - 1] = np.abs(events["quantity"][sent])
    for kind in ("FILLED", "CANCELLED", "REJECTED", "EXPIRED"):
        these = events["kind"] == KIND[kind]
        ended[events["order"][these] - 1] = events["ts"][these]
    value = np.zeros(len(orders))
    filled = (events["kind"] == KIND["FILLED"]) | (events["kind"] == KIND["PARTIAL_FILL"])
    np.add.at(
        value, events["order"][filled] - 1, events["price"][filled].astype("f8") * np.abs(events["quantity"][filled])
    )
    with np.errstate(invalid="ignore"):
        average = value[at] / orders["filled"] / scale
    done = pd.Series(times(np.where(ended == np.iinfo("i8").min, 0, ended)))
    done[ended == np.iinfo("i8").min] = pd.NaT
    return pd.DataFrame(
        {
            "time": times(orders["ts"]),
            "symbol": _symbols(orders["symbol"], symbols),
            "side": _sides(orders["side"], _SIDES),
            "type": _names(ORDER_TYPES, orders["type"]),
            "role": _names(ROLES, orders["role"]),
            "quantity": asked / steps,
            "filled": orders["filled"] / steps,
            "limit": _or_nan(orders["limit"], scale),
            "stop": _or_nan(orders["stop"], scale),
            "level": _or_nan(orders["level"], scale),
            "price": average,
            "state": _names(STATES, orders["state"]),
            "reason": _names(REASONS, orders["reason"]),
            "done": done.to_numpy() if len(done) else done,
            "tif": _names(TIFS, orders["tif"]),
            "parent": orders["parent"],
            "tag": [tags[t] for t in orders["tag"]],
        },
        index=pd.Index(orders["id"], name="order"),
    ).assign(done=lambda d: pd.to_datetime(d["done"], utc=True))


def fills_records(events, orders, rules):
    """FILL records of the journal; slippage is against the quote or the level that was met, positive = worse."""
    these = np.flatnonzero((events["kind"] == KIND["FILLED"]) | (events["kind"] == KIND["PARTIAL_FILL"]))
    fills = np.zeros(len(these), FILL)
    filled = events[these]
    o = orders[filled["order"] - 1]
    for name in ("ts", "order", "symbol", "price"):
        fills[name] = filled[name]
    fills["side"], fills["role"] = o["side"], o["role"]
    fills["quantity"] = np.abs(filled["quantity"])
    paid = np.flatnonzero((events["kind"] == KIND["BOOKING"]) & (events["reason"] == codes(REASONS)["COMMISSION"]))
    which = np.searchsorted(these, paid, "right") - 1
    fills["commission"][which] = -events["amount"][paid]
    fills["slippage"] = np.where(o["limit"] != 0, 0, rules.symbols[0].slippage)
    return fills


def fills_table(fills, symbols):
    """Every execution, one row each."""
    scale, steps = _scales(fills["symbol"], symbols)
    return pd.DataFrame(
        {
            "time": times(fills["ts"]),
            "order": fills["order"],
            "symbol": _symbols(fills["symbol"], symbols),
            "side": _sides(fills["side"], _SIDES),
            "role": _names(ROLES, fills["role"]),
            "quantity": fills["quantity"] / steps,
            "price": fills["price"] / scale,
            "commission": fills["commission"] / MICRO,
            "slippage": fills["slippage"],
        }
    )


def trades_table(trades, symbols):
    """Every round trip, one row each; mae and mfe in pips."""
    scale, steps = _scales(trades["symbol"], symbols)
    pip = np.array([s.pip_points for s in symbols])[trades["symbol"]]
    return pd.DataFrame(
        {
            "symbol": _symbols(trades["symbol"], symbols),
            "position": trades["position"],
            "side": _sides(trades["side"], _POSITIONS),
            "quantity": trades["quantity"] / steps,
            "entry_time": times(trades["entry_ts"]),
            "entry_price": trades["entry_price"] / scale,
            "exit_time": times(trades["exit_ts"]),
            "exit_price": trades["exit_price"] / scale,
            "entry_order": trades["entry_order"],
            "exit_order": trades["exit_order"],
            "exit": _names(ROLES, trades["exit_role"]),
            "profit": trades["profit"] / MICRO,
            "commission": trades["commission"] / MICRO,
            "net": (trades["profit"] - trades["commission"]) / MICRO,
            "mae": trades["mae"] / pip,
            "mfe": trades["mfe"] / pip,
        }
    )


def positions_table(events, symbols):
    """The net position after each fill: when, how much, and the average entry price of what is open."""
    filled = (events["kind"] == KIND["FILLED"]) | (events["kind"] == KIND["PARTIAL_FILL"])
    rows = []
    net, cost = {}, {}
    price_now = {}
    for e in events[filled | ((events["kind"] == KIND["BOOKING"]) & (events["reason"] == codes(REASONS)["PROFIT"]))]:
        k = int(e["symbol"])
        if e["kind"] == KIND["BOOKING"]:
            cost[k] += int(e["quantity"]) * (int(e["price"]) - price_now[k])
        else:
            net[k] = net.get(k, 0) + int(e["quantity"])
            cost[k] = cost.get(k, 0) + int(e["quantity"]) * int(e["price"])
            price_now[k] = int(e["price"])
            rows.append([int(e["ts"]), k, 0, 0.0])
        rows[-1][2:] = net[k], cost[k] / net[k] / 10 ** symbols[k].digits if net[k] else np.nan
    ts, k, steps, price = (np.array(c) for c in zip(*rows)) if rows else (np.empty(0, "i8"),) * 4
    size = np.array([10.0**s.quantity_digits for s in symbols])[k.astype("i8")] if len(k) else 1.0
    side = np.where(steps > 0, "LONG", np.where(steps < 0, "SHORT", "FLAT")) if len(k) else []
    return pd.DataFrame(
        {
            "time": times(ts),
            "symbol": _symbols(k, symbols),
            "side": side,
            "quantity": np.asarray(steps) / size,
            "price": np.asarray(price, "f8"),
        }
    )


def equity_table(points):
    """Balance, equity and drawdown at every equity point (P7)."""
    equity = points["equity"] / MICRO
    peak = np.maximum.accumulate(np.concatenate([[points["cash"] / MICRO], equity]))[1:]
    return pd.DataFrame(
        {"balance": points["balance"] / MICRO, "equity": equity, "drawdown": peak - equity},
        index=pd.Index(times(points["ts"]), name="time"),
    )
