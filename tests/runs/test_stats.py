"""The statistics against empyrical-reloaded where it defines them, and against sums done by hand elsewhere (M1)."""

import datetime as dt
import math
import pickle
from dataclasses import replace
from pathlib import Path

import empyrical
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backtestr_lab.errors import OptionError
from backtestr_lab.records import TRADE
from backtestr_lab.runs.figures import REGISTRY
from backtestr_lab.runs.stats import Stats, reference, statistics
from backtestr_lab.symbols import symbol
from backtestr_lab.units import DAY, HOUR, MINUTE, to_micros

EURUSD, BTCUSD = symbol("EURUSD"), symbol("BTCUSD")
NEW_YORK = replace(EURUSD, anchor="17:00 America/New_York")
MONDAY = to_micros("2024-01-01")
MICRO = 1_000_000


def measure(points, trades=(), *, symbol=EURUSD, start=MONDAY, days=7, cash=1000, **options):
    """Statistics of equity points [(instant, equity in money)]."""
    ts = [to_micros(t) for t, _ in points]
    equity = [round(e * MICRO) for _, e in points]
    options = {"currency": "USD", "exposure": 0.0} | options
    return statistics(
        {"ts": ts, "balance": equity, "equity": equity},
        np.array(list(trades), TRADE),
        symbol=symbol,
        start=start,
        end=start + days * DAY,
        cash=cash * MICRO,
        **options,
    )


def trade(profit, *, commission=0, side=1, entry=0, exit=HOUR, mae=0, mfe=0, symbol=0):
    row = np.zeros((), TRADE)
    row["profit"], row["commission"] = profit * MICRO, commission * MICRO
    row["side"], row["entry_ts"], row["exit_ts"] = side, entry, exit
    row["mae"], row["mfe"], row["symbol"] = mae, mfe, symbol
    return row


def of_trades(*profits, **options):
    return measure([], [trade(p, exit=HOUR * (i + 1)) for i, p in enumerate(profits)], **options)


returns_of_days = st.lists(st.floats(-0.2, 0.25), min_size=35, max_size=120).map(np.array)


def daily_points(returns, every_day):
    """One equity point at noon of each counting day, and the returns the rounded equity really has."""
    days = np.arange(len(returns) * 2)
    days = days[every_day | (days % 7 < 5)][: len(returns)]
    equity = np.round(1e9 * np.cumprod(1 + returns)).astype("i8")
    exact = equity / np.concatenate([[10**9], equity[:-1]]) - 1
    return {"ts": MONDAY + days * DAY + 12 * HOUR, "equity": equity}, exact, int(days[-1]) + 1


@pytest.mark.parametrize("symbol", [EURUSD, BTCUSD])
@settings(deadline=None, max_examples=60)
@given(returns=returns_of_days)
def test_M01_statistics_equal_empyrical_where_it_defines_them(symbol, returns):
    points, exact, days = daily_points(returns, symbol.days_a_year == 365)
    assume(np.std(exact) > 1e-6)
    stats = statistics(
        points,
        np.empty(0, TRADE),
        symbol=symbol,
        start=MONDAY,
        end=MONDAY + days * DAY,
        cash=10**9,
        currency="USD",
        exposure=0,
    )
    year = {"annualization": symbol.days_a_year}
    judge = {
        "sharpe": empyrical.sharpe_ratio(exact, **year),
        "sortino": empyrical.sortino_ratio(exact, **year),
        "volatility": 100 * empyrical.annual_volatility(exact, **year),
        "cagr": 100 * empyrical.cagr(exact, **year),
        "max_drawdown": -100 * empyrical.max_drawdown(exact),
        "calmar": empyrical.calmar_ratio(exact, **year),
        "total_return": 100 * empyrical.cum_returns_final(exact),
    }
    # Where a ratio's denominator is 0 empyrical says infinity or NaN, and we say NaN.
    defined = {name: value for name, value in judge.items() if math.isfinite(value)}

    assert stats.daily_returns.tolist() == exact.tolist()
    assert {name: stats[name] for name in defined} == pytest.approx(defined, rel=1e-9, abs=1e-9)
    assert all(math.isnan(stats[name]) for name in judge.keys() - defined)


@settings(deadline=None, max_examples=60)
@given(equity=st.lists(st.integers(1, 10**6), min_size=1, max_size=200))
def test_M01_drawdown_is_over_equity_points(equity):
    points = [(MONDAY + (i + 1) * MINUTE, e) for i, e in enumerate(equity)]
    steps = np.diff(np.concatenate([[1000], equity])) / np.concatenate([[1000], equity[:-1]])

    stats = measure(points)

    assert stats.max_drawdown == pytest.approx(-100 * empyrical.max_drawdown(steps), rel=1e-9, abs=1e-9)


def test_M01_days_are_cut_at_the_anchor_of_the_first_symbol():
    before, after = ("2024-01-02 21:59", 1010), ("2024-01-02 22:01", 1020)

    utc = measure([before, after], start=to_micros("2024-01-02"), days=2)
    new_york = measure([before, after], start=to_micros("2024-01-02"), days=2, symbol=[NEW_YORK, EURUSD])

    assert utc.daily_returns.tolist() == [1020 / 1000 - 1]
    assert new_york.daily_returns.tolist() == [1010 / 1000 - 1, 1020 / 1010 - 1]
    assert [str(d.date()) for d in new_york.daily_returns.index] == ["2024-01-02", "2024-01-03"]


def test_M01_a_point_at_the_days_end_belongs_to_the_day_that_ends():
    stats = measure([("2024-01-02 00:00", 1010), ("2024-01-02 00:01", 1020)])

    assert stats.daily_returns.tolist() == [1010 / 1000 - 1, 1020 / 1010 - 1]


@pytest.mark.parametrize("weekend", ["2024-01-06 12:00", "2024-01-07 23:00"])
def test_M01_what_happens_on_a_weekend_is_part_of_monday(weekend):
    stats = measure([("2024-01-05 12:00", 1010), (weekend, 1020), ("2024-01-08 12:00", 1030)], days=8)

    assert stats.daily_returns.tolist() == [1010 / 1000 - 1, 1030 / 1010 - 1]


def test_M01_what_happens_after_the_last_weekday_is_not_lost():
    stats = measure([("2024-01-05 12:00", 1010), ("2024-01-07 23:00", 1020)])

    assert stats.daily_returns.tolist() == [1020 / 1000 - 1]
    assert stats.total_return == pytest.approx(2.0)


def test_M01_a_run_on_a_weekend_alone_has_one_return():
    stats = measure([("2024-01-06 12:00", 1010)], start=to_micros("2024-01-06"), days=1)

    assert stats.daily_returns.tolist() == [1010 / 1000 - 1]


def test_M01_a_day_without_points_counts_in_a_market_that_never_closes_only():
    points = [("2024-01-01 12:00", 1010), ("2024-01-03 12:00", 1020)]

    assert measure(points, days=3).daily_returns.tolist() == [1010 / 1000 - 1, 1020 / 1010 - 1]
    assert measure(points, days=3, symbol=BTCUSD).daily_returns.tolist() == [1010 / 1000 - 1, 0.0, 1020 / 1010 - 1]


def test_M01_under_30_days_nothing_is_annualised_and_it_says_so():
    points = [(MONDAY + d * DAY + HOUR, 1000 + d % 3) for d in range(30)]
    annual = [name for name, figure in REGISTRY.items() if figure.annual]

    short, long = measure(points, days=29), measure(points, days=30)

    assert annual == ["cagr", "volatility", "sharpe", "sortino", "calmar"]
    assert all(math.isnan(short[name]) for name in annual) and "shorter than 30 days" in short.notes[0]
    assert not any(math.isnan(long[name]) for name in annual) and long.notes == []


def test_M01_intrabar_drawdown_takes_the_lowest_equity_at_any_tick():
    points = [("2024-01-01 00:01", 1100), ("2024-01-01 00:02", 1050), ("2024-01-01 00:03", 1200)]
    low = [990 * MICRO, 880 * MICRO, 900 * MICRO]

    stats = measure(points, intrabar_low=low)

    assert stats.max_drawdown == pytest.approx(100 * 50 / 1100)
    assert stats.intrabar_drawdown == pytest.approx(
        20.0
    )  # 880 under the peak of 1,100; 900 came before the peak of 1,200
    assert math.isnan(measure(points).intrabar_drawdown)


def test_M01_drawdowns_last_from_the_peak_until_it_is_reached_again():
    hours = [1000, 900, 950, 1000, 1100, 990, 1045]
    points = [(MONDAY + h * HOUR, e) for h, e in enumerate(hours)]

    stats = measure(points)

    assert stats.max_drawdown_duration == dt.timedelta(hours=3)
    assert stats.average_drawdown_duration == dt.timedelta(hours=2.5)  # 3 h, then 2 h to the last point
    assert stats.average_drawdown == pytest.approx(10.0)
    assert stats.max_drawdown_money == 110.0
    assert stats.recovery_factor == pytest.approx(45 / 110)


def test_M01_account_figures_are_in_money():
    stats = measure([("2024-01-01 12:00", 1100.25), ("2024-01-02 12:00", 1050.5)], exposure=0.25)

    assert (stats.initial_cash, stats.final_equity, stats.peak_equity, stats.net_profit) == (
        1000,
        1050.5,
        1100.25,
        50.5,
    )
    assert stats.exposure == 25.0
    assert stats.start == dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    assert stats.duration == stats.end - stats.start == dt.timedelta(days=7)
    assert (stats.best_day, stats.worst_day) == pytest.approx((10.025, 100 * (1050.5 / 1100.25 - 1)))


def test_M01_trade_figures_of_two_wins_a_loss_and_an_even_trade():
    stats = of_trades(30, 10, -20, 0)

    assert (stats.trades, stats.gross_profit, stats.gross_loss, stats.win_rate) == (4, 40.0, -20.0, 50.0)
    assert (stats.profit_factor, stats.payoff_ratio, stats.average_trade, stats.expectancy) == (2.0, 1.0, 5.0, 0.25)
    assert (stats.average_win, stats.average_loss, stats.best_trade, stats.worst_trade) == (20.0, -20.0, 30.0, -20.0)
    assert (stats.kelly, of_trades(30, 10, 20, -10).kelly) == (0.0, 62.5)
    assert stats.sqn == pytest.approx(2 * 5 / np.std([30, 10, -20, 0], ddof=1))


def test_M01_a_trade_wins_after_its_commission():
    stats = measure([], [trade(5, commission=7), trade(5, commission=2)])

    assert (stats.win_rate, stats.gross_profit, stats.gross_loss, stats.commission) == (50.0, 3.0, -2.0, 9.0)
    assert measure([], [trade(5, commission=7)], commission=8 * MICRO).commission == 8.0


def test_M01_the_losing_streak_is_in_order_of_exit():
    trades = [trade(-1, exit=4 * HOUR), trade(1, exit=1 * HOUR), trade(-1, exit=2 * HOUR), trade(-1, exit=3 * HOUR)]

    assert measure([], trades).longest_losing_streak == 3
    assert of_trades(-1, -1, 1, -1, 0, -1).longest_losing_streak == 2


def test_M01_longs_shorts_durations_and_excursions():
    trades = [
        trade(1, side=1, exit=HOUR, mae=30, mfe=10),
        trade(1, side=-1, exit=3 * HOUR, mae=20, mfe=0, symbol=1),
    ]

    stats = measure([], trades, symbol=[EURUSD, BTCUSD])

    assert (stats.longs, stats.shorts) == (1, 1)
    assert (stats.average_trade_duration, stats.max_trade_duration) == (dt.timedelta(hours=2), dt.timedelta(hours=3))
    # 30 points are 3 pips of EURUSD, 20 points 0.2 pips of BTCUSD.
    assert (stats.average_mae, stats.average_mfe) == pytest.approx((1.6, 0.5))


def test_M01_without_trades_counts_and_sums_are_0_and_averages_are_nan():
    stats = of_trades()
    zero = ["trades", "longs", "shorts", "gross_profit", "gross_loss", "longest_losing_streak", "commission"]
    undefined = {name for name, figure in REGISTRY.items() if figure.group == "Trades"} - {*zero}

    assert [stats[name] for name in zero] == [0] * 7
    assert len(undefined) == 15 and all(math.isnan(stats[name]) for name in undefined)


@pytest.mark.parametrize(
    "points",
    [
        [],
        [(MONDAY, 1000)],
        [(MONDAY + HOUR, 1000)],
        [(MONDAY + d * DAY + HOUR, 1000) for d in range(40)],
        [(MONDAY + HOUR, 0), (MONDAY + 30 * HOUR, -500), (MONDAY + 60 * HOUR, 100)],
    ],
    ids=["no point", "at the start", "one", "no variance", "lost altogether"],
)
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("days", [0, 1, 40])
def test_M01_no_equity_raises_or_warns(points, days):
    stats = measure(points, days=days)

    assert list(stats) == list(REGISTRY)
    assert not any(isinstance(v, float) and math.isinf(v) for v in stats.values())


def test_M01_equity_that_never_moves_has_no_ratio():
    stats = measure([(MONDAY + d * DAY + HOUR, 1000) for d in range(40)], days=40)

    assert (stats.volatility, stats.max_drawdown, stats.cagr) == (0.0, 0.0, 0.0)
    assert all(math.isnan(stats[name]) for name in ["sharpe", "sortino", "calmar", "recovery_factor"])


def test_M01_a_total_loss_is_a_growth_of_minus_100_percent():
    stats = measure([(MONDAY + d * DAY + HOUR, -5) for d in range(5)], days=40)

    assert stats.cagr == -100.0
    assert stats.max_drawdown == pytest.approx(100.5)


def test_cash_that_is_not_positive_is_refused():
    with pytest.raises(OptionError, match=r"cash is 0\.00; give a positive amount"):
        measure([], cash=0)


def test_stats_read_as_mapping_attributes_table_and_text():
    stats = of_trades(30, -10)

    assert stats["profit_factor"] == stats.profit_factor == stats.table()["profit_factor"] == 3.0
    assert "profit factor" in repr(stats) and "30.00 USD" in repr(stats) and "note: the run is shorter" in repr(stats)
    assert "profit factor" in stats._repr_html_() and "30.00 USD" in stats._repr_html_()
    assert "profit_factor" in dir(stats) and list(stats.table().index) == list(REGISTRY)


def test_stats_survive_a_pickle():
    stats = pickle.loads(pickle.dumps(of_trades(30, -10)))

    assert (stats.profit_factor, stats.currency) == (3.0, "USD")


def test_a_misspelt_statistic_is_met_with_the_nearest():
    stats = of_trades(1)

    with pytest.raises(AttributeError, match="Stats has no 'sharp'; did you mean 'sharpe'"):
        _ = stats.sharp
    with pytest.raises(OptionError, match="no statistic is called 'win_rat'; did you mean 'win_rate'"):
        stats.describe("win_rat")


def test_every_statistic_is_described():
    stats = of_trades(30, -10)
    texts = [stats.describe(name) for name in stats]

    assert all("formula: " in text and text.count("\n") >= 2 for text in texts)
    assert "reference: W. F. Sharpe" in stats.describe("sharpe")


def test_values_are_shown_with_their_units():
    day = dt.timedelta(days=2, hours=3, minutes=4, seconds=5)
    stats = Stats(
        {"start": dt.datetime(2024, 1, 2, tzinfo=dt.UTC), "duration": day, "trades": 1234, "kelly": math.nan}
        | {"net_profit": -1234.567, "average_mae": 1.25},
        currency="EUR",
    )

    assert [stats.text(name) for name in stats] == [
        "2024-01-02 00:00",
        "2 d 03:04:05",
        "1,234",
        "-",
        "-1,234.57 EUR",
        "1.25 pips",
    ]


def test_the_reference_page_is_up_to_date():
    page = Path(__file__).resolve().parents[2] / "docs/reference/statistics.md"

    assert page.read_text(encoding="utf-8") == reference(), "run make docs"
