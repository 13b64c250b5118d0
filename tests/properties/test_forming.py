"""`self.x.forming` is what TA-Lib says of the closed bars and the forming one (S3, S7)."""

import random

import numpy as np
import pytest

import backtestr_lab as lab
from backtestr_lab import bars_from_ticks, ta
from backtestr_lab.engine.forming import forming_value
from backtestr_lab.indicators import Graph
from backtestr_lab.indicators.forming import families
from backtestr_lab.records import Ticks
from backtestr_lab.runs.machine import Machine
from backtestr_lab.strategy.forming import steps_of
from backtestr_lab.symbols import EURUSD
from backtestr_lab.units import HOUR, SECOND, Timeframe

from ..engine.drive import job_of
from ..reference import Config

TIMEFRAMES = ("1m", "5m", "15m")

PERIODS = (1, 2, 3, 4, 5, 8, 14, 21)
# No product is added to anything here, which one build of TA-Lib rounds once and another twice.
EXACT = {"sma", "sum", "max", "min", "midpoint", "midprice", "mom", "roc", "rocp", "rocr", "rocr100", "trange"}
EXACT |= {"add", "sub", "mult", "medprice", "typprice", "avgprice", "wclprice"}
# What TA-Lib itself loses by its running sums, relative to the largest of the inputs: a slope or a difference of two
# averages may be smaller than that.
LOST = 1e-11
# Continuous in their input: what makes a jump of the last bit of an input is no measure of a value.
SMOOTH = ("sma", "ema", "wma", "dema", "tema", "trima", "max", "min", "sum", "mom", "midpoint", "bbands", "macd", "tsf")


def walk(seed, n=6_000):
    """A tick every 5 to 50 s with gaps of hours; stretches in which nothing moves; volume."""
    rng = np.random.default_rng(seed)
    pause = rng.integers(5, 50, n) * SECOND + (rng.random(n) < 0.002) * rng.integers(1, 9, n) * HOUR
    step = rng.integers(-9, 10, n) * (np.sin(np.arange(n) / 300) > -0.7)
    ts, bid = 400_000 * HOUR + np.cumsum(pause), 110_000 + np.cumsum(step)
    return Ticks(ts, bid, bid + rng.integers(1, 4, n), symbol=EURUSD, volume=rng.integers(0, 9, n))


def real(seed):
    """The shape of real data."""
    day = lab.sample("EURUSD", days=1, seed=seed)
    return day.between(int(day.ts[0]), int(day.ts[8_000]))


def one_of(name, rng, *where, **options):
    """An indicator of a family, its whole numbers drawn."""
    maker = getattr(ta, name)
    params = {n: rng.choice(PERIODS) for n in maker.defaults if n.endswith("period")}
    # The adaptive average (6) of a stochastic is steered by the last bits of one that stands still.
    params |= {n: rng.randrange(6 if "stoch" in name else 7) for n in maker.defaults if n.endswith("matype")}
    params |= {n: rng.choice((1.0, 2.0, 1.7)) for n in maker.defaults if n.startswith("nbdev")}
    while True:
        try:
            return maker(*where, **params, **options)
        except lab.StrategyError:  # TA-Lib refuses so short a period
            params |= {n: v + 1 for n, v in params.items() if n.endswith("period")}


def keys_of(seed):
    """Two indicators of each family, and some of these."""
    rng = random.Random(seed)
    sides = ({}, {}, {"side": "ask"})
    made = [one_of(name, rng, tf, **rng.choice(sides)) for name in families() for tf in ("1m", "15m")]
    outputs = [key for node in made for key in node.keys]
    made += [one_of(rng.choice(SMOOTH), rng, rng.choice(outputs)) for _ in range(25)]
    made += [ta.ema("5m", 5, side="mid"), ta.rsi("5m", 3, field="open", side="mid"), ta.sma("5m", 4, field="volume")]
    made += [ta.sub(ta.sma("5m", 5, field="ticks"), ta.ema("5m", 5, field="end")), ta.stoch("5m", slowk_matype="ema")]
    return [key for node in made for key in node.keys]


def read_by_the_engine(ticks, keys, cursors):
    """{cursor: values} as a callback reads them after so many ticks."""
    sizes = np.zeros(len(ticks), "i8")
    volume = sizes if ticks.volume is None else ticks.volume
    tape = np.column_stack([ticks.ts, ticks.bid, ticks.ask, sizes, sizes, volume])
    config = Config(digits=5, quantity_digits=0, timeframes=TIMEFRAMES)
    job = job_of(tape.tolist(), config, defines=())
    plan, market = job.plan, job.market
    plan.frames = [Timeframe.parse(t) for t in TIMEFRAMES]
    plan.nodes = list(keys)
    plan.steps, begins = steps_of({str(i): key for i, key in enumerate(keys)}, plan.nodes)
    values = market.evaluate(Graph(plan.nodes, {"TEST": market.symbol}))
    machine = Machine([market], plan, job.rules, [values], [], python=True, skip=False)
    seen = {}
    for cursor in cursors:
        machine.advance(int(ticks.ts[cursor - 1]), limit=cursor)
        seen[cursor] = [forming_value(machine.c, begins[str(i)]) for i in range(len(keys))]
    return seen


def told_by_talib(ticks, graph, cursor):
    """The values at the last bar of the ticks so far, which is the forming one."""
    past = Ticks(**{name: column[:cursor] for name, column in ticks._columns().items()}, symbol=EURUSD)

    def bars_of(symbol, timeframe, side="bid"):
        return bars_from_ticks(past, timeframe, side=side)

    found = graph.evaluate(bars_of)
    return {key: float(values[-1]) for key, values in found.items()}


def exact(key):
    """Whether a value must be TA-Lib's to the last bit."""
    node = getattr(key, "node", key)
    return not hasattr(node, "function") or (node.function.name in EXACT and all(map(exact, node.inputs)))


def same(key, got, wanted):
    if np.isnan(wanted) or exact(key):
        return got == wanted or (np.isnan(got) and np.isnan(wanted))
    lost = LOST * (60 if "angle" in str(key) else 1)  # degrees
    return abs(got - wanted) <= 1e-9 * abs(wanted) + lost


@pytest.mark.parametrize("seed", range(12))
def test_S07_a_value_with_the_forming_bar_is_talibs_on_the_bars_so_far(seed):
    ticks, keys = real(seed) if seed > 3 else walk(seed), keys_of(seed)
    rng = random.Random(seed)
    cursors = sorted({*rng.sample(range(1, len(ticks)), 25), *range(1, 400, 13)})
    graph = Graph(keys, {"EURUSD": EURUSD})

    seen = read_by_the_engine(ticks, keys, cursors)

    for cursor in cursors:
        told = told_by_talib(ticks, graph, cursor)
        wrong = [(str(k), a, told[k]) for k, a in zip(keys, seen[cursor]) if not same(k, a, told[k])]
        assert not wrong, cursor
