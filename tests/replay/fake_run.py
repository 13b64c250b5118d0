"""A run of the real shape made from a random walk, for what only draws one."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd

from backtestr_lab.records import BAR
from backtestr_lab.symbols import symbol
from backtestr_lab.units import DAY, HOUR, MINUTE, Timeframe, to_micros

EXITS = ("CLOSE", "STOP_LOSS", "TAKE_PROFIT")


def fx_minutes(start, days):
    """Openings of all minutes from Sunday 21:00 to Friday 21:00 UTC, in microseconds."""
    first = to_micros(start)
    ts = np.arange(first, first + days * DAY, MINUTE)
    hour_of_week = ((ts - 4 * DAY) % (7 * DAY)) // HOUR  # 1970-01-05 was a Monday
    return ts[(hour_of_week < 5 * 24 - 3) | (hour_of_week >= 7 * 24 - 3)]


def roll_up(minutes, us):
    """Bars of a longer timeframe on the UTC grid."""
    opens = minutes["ts"] // us * us
    first = np.flatnonzero(np.r_[True, opens[1:] != opens[:-1]])
    last = np.r_[first[1:], len(minutes)] - 1
    bars = np.zeros(len(first), BAR)
    bars["ts"], bars["end"] = opens[first], opens[first] + us
    for side in ("", "ask_"):
        bars[side + "open"] = minutes[side + "open"][first]
        bars[side + "close"] = minutes[side + "close"][last]
        bars[side + "high"] = np.maximum.reduceat(minutes[side + "high"], first)
        bars[side + "low"] = np.minimum.reduceat(minutes[side + "low"], first)
    for field in ("volume", "ticks", "crossed"):
        bars[field] = np.add.reduceat(minutes[field], first)
    bars["first"] = minutes["first"][first]
    return bars


def minute_bars(rng, ts):
    """Minute bars of a random walk of points around 1.38."""
    n = len(ts)
    close = 138_000 + np.cumsum(rng.normal(0, 6, n)).astype("i8")
    bars = np.zeros(n, BAR)
    bars["ts"], bars["end"] = ts, ts + MINUTE
    bars["close"], bars["open"] = close, np.r_[close[0], close[:-1]] + rng.integers(-2, 3, n)
    bars["high"] = np.maximum(bars["open"], bars["close"]) + rng.integers(0, 6, n)
    bars["low"] = np.minimum(bars["open"], bars["close"]) - rng.integers(0, 6, n)
    for field in ("open", "high", "low", "close"):
        bars["ask_" + field] = bars[field] + 12
    bars["ticks"] = rng.integers(20, 200, n)
    bars["first"] = np.r_[0, np.cumsum(bars["ticks"])[:-1]]
    return bars


def make_trades(rng, bars, count, market):
    """A table of round trips inside the bars, in the columns of `Run.trades`."""
    entries = np.sort(rng.choice(len(bars) - 400, count, replace=False)) if count else np.array([], "i8")
    exits = entries + rng.integers(5, 300, count)
    side = rng.choice([1, -1], count)
    entry, exit_ = bars["open"][entries] / 10**market.digits, bars["close"][exits] / 10**market.digits
    quantity = np.full(count, 50_000.0)
    profit = np.round(side * (exit_ - entry) * quantity, 2)
    stamp = pd.to_datetime(bars["ts"][entries] + 125_000, unit="us", utc=True)
    return pd.DataFrame(
        {
            "symbol": market.name,
            "position": np.arange(1, count + 1),
            "side": np.where(side > 0, "LONG", "SHORT"),
            "quantity": quantity,
            "entry_time": stamp,
            "entry_price": entry,
            "exit_time": pd.to_datetime(bars["ts"][exits] + 250_000, unit="us", utc=True),
            "exit_price": exit_,
            "entry_order": np.arange(1, 2 * count, 2),
            "exit_order": np.arange(2, 2 * count + 1, 2),
            "exit": rng.choice(EXITS, count),
            "profit": profit,
            "commission": np.full(count, 3.5),
            "net": profit - 3.5,
            "mae": rng.uniform(0, 40, count).round(1),
            "mfe": rng.uniform(0, 40, count).round(1),
        }
    )


def equity_curve(bars, trades, cash):
    """Balance, equity and drawdown at the end of every minute, as `Run.equity`."""
    end = pd.to_datetime(bars["end"], unit="us", utc=True)
    booked = np.searchsorted(trades["exit_time"].to_numpy(), end.to_numpy(), side="right")
    balance = cash + np.r_[0.0, np.cumsum(trades["net"].to_numpy())][booked]
    equity = balance + np.sin(np.arange(len(bars)) / 50) * (30 if len(trades) else 0)
    drawdown = np.maximum.accumulate(equity) - equity
    return pd.DataFrame({"balance": balance, "equity": equity, "drawdown": drawdown}, index=end)


class FakeRun:
    """Attributes only; a plain class, so that it can be weakly referenced."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def fake_run(*, days=9, trades=40, seed=3, start="2014-05-01", events=None, stopped=None, name="Trend"):
    """A run of `days` days with `trades` round trips on EURUSD."""
    rng = np.random.default_rng(seed)
    market = symbol("EURUSD")
    minutes = minute_bars(rng, fx_minutes(start, days))
    table = make_trades(rng, minutes, trades, market)
    cash = 10_000.0
    equity = equity_curve(minutes, table, cash)
    frames = tuple(Timeframe.parse(t) for t in ("1m", "5m", "15m", "1h", "4h", "1d"))
    bars = {f: minutes if f.us == MINUTE else roll_up(minutes, f.us) for f in frames}
    wins, losses = table["net"][table["net"] > 0], table["net"][table["net"] <= 0]
    stats = SimpleNamespace(
        net_profit=float(table["net"].sum()),
        total_return=float(table["net"].sum() / cash * 100),
        max_drawdown=float((equity["drawdown"] / equity["equity"].cummax()).max() * 100),
        trades=len(table),
        win_rate=float(len(wins) / len(table) * 100) if len(table) else float("nan"),
        profit_factor=float(wins.sum() / -losses.sum()) if len(losses) and losses.sum() else float("nan"),
        sharpe=float("nan"),
        exposure=41.3,
        commission=float(table["commission"].sum()),
    )
    return FakeRun(
        name=name,
        symbols=(market,),
        start=to_micros(start),
        end=to_micros(start) + days * DAY,
        timeframes=frames,
        timeframe=frames[1],
        currency="USD",
        cash=cash,
        options={"commission": "3.5/lot"},
        bars=lambda timeframe: bars[Timeframe.parse(timeframe)],
        trades=table,
        equity=equity,
        fills=pd.DataFrame({"slippage": np.zeros(2 * len(table))}),
        orders=pd.DataFrame(),
        positions=pd.DataFrame(),
        events=pd.DataFrame({"kind": [], "reason": []}) if events is None else events,
        stats=stats,
        assumptions=[
            "Market and stop orders fill at the next tick's bid or ask, a gap is paid.",
            "Commission is 3.50 USD per lot and side; no slippage, no swap, no latency.",
            "Liquidity is unlimited: every order fills whole.",
            "Bars are bid bars; the day begins at midnight UTC.",
        ],
        warnings=["2,137 of 104,233 ticks (2.1 %) were crossed; their effective quote is the mid (R13)."],
        stopped=stopped,
        seconds=0.214,
        n_ticks=int(minutes["ticks"].sum()),
        indicators={"rsi": (frames[3], np.linspace(20, 80, len(bars[frames[3]])))},
    )


if __name__ == "__main__":
    made = fake_run()
    print(made.trades.head(), dt.timedelta(microseconds=made.end - made.start), made.stats)
