"""A strategy that wants every tick, 20 M of them, against a hand-written loop."""

from hand import room_for, same_fills, tick_loop
from market import market
from measure import at_least, at_most, side_by_side
from strategies import Momentum

import backtestr_lab as lab


def measure(quick=False):
    ticks = market(2_000_000 if quick else 20_000_000)
    run = lab.backtest(Momentum, ticks)
    arguments = (ticks.ts, ticks.bid, ticks.ask, Momentum.weight, Momentum.reach, *room_for(len(run.journal)))
    alike = same_fills(run, arguments[-3:], tick_loop(*arguments)[0])

    times = side_by_side({"hand": lambda: tick_loop(*arguments), "ours": lambda: lab.backtest(Momentum, ticks)})
    ours, hand = times["ours"], times["hand"]
    name = f"on_tick, {len(ticks) / 1e6:g} M ticks"
    return [
        at_least(f"{name}: speed", len(ticks) / ours / 1e6, 25, "M ticks/s", f"{ours:.3f} s, {alike}"),
        at_most(f"{name}: against the loop by hand", ours / hand, 15, "x", f"by hand {hand:.3f} s"),
    ]
