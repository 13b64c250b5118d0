"""How each family of indicators is written in steps (S7); forming.py puts the programs together."""

from dataclasses import dataclass

import numpy as np

from ..errors import StrategyError
from ..jit import frozen, kernel
from .node import Field, Node
from .states import state
from .talib import function

__all__ = ["FAMILIES", "Call", "Inner"]


class Call:
    """A node's parts at hand."""

    def __init__(self, node):
        self.node, self.inputs = node, node.inputs
        self.x = node.inputs[0]
        self.begin = max(i.lookback for i in node.inputs)
        self.params = dict(node.params)
        self.n = self.params.get("timeperiod")


@dataclass(frozen=True)
class Inner:
    """An indicator that TA-Lib calculates on the way to another one and gives nobody."""

    name: str

    fields = ()
    outputs = ("real",)
    checked = True

    def lookback(self, params):
        """Bars before the first value."""
        return params.get("first", 0)

    def calculate(self, arrays, params):
        """One value per bar."""
        return (INNER[self.name][0](*map(frozen, arrays), **params),)

    def steps(self, steps, node):
        """Its value with the forming bar."""
        return INNER[self.name][1](steps, Call(node))


def inner(name, *inputs, **params):
    """The node of one."""
    return Node(Inner(name), inputs, tuple(params.items()))


def talib(name, *inputs, **params):
    """The node of a TA-Lib function, its parameters complete."""
    return Node(function(name), inputs, tuple(params.items()))


def column(key):
    """An input's closed values as a series the engine can read."""
    return state("values", key) if isinstance(key, Field) else key


def extreme(name, key, n):
    """The greatest or least of so many bars: TA-Lib's own, or the input itself for one bar."""
    return key if n == 1 else talib(name, key, timeperiod=n)


MOVING = ("sma", "ema", "wma", "dema", "tema", "trima", "kama")  # in the order of TA-Lib's matype


def moving(key, n, matype):
    """The moving average of a type as the node of its own function."""
    if n <= 1:
        return key
    if matype >= len(MOVING):
        raise StrategyError(
            f"a moving average of type {matype} has no value of the forming bar; .forming knows {', '.join(MOVING)}"
        )
    return talib(MOVING[matype], key, timeperiod=n)


FAMILIES = {}


def family(*names):
    """Register how the functions of these names are written in steps."""

    def register(write):
        FAMILIES.update(dict.fromkeys(names, write))
        return write

    return register


@family("sma")
def _sma(steps, call, output):
    if call.n == 1:
        return steps.of(call.x)
    return steps.add("mean", steps.of(call.x), series=[state("sum", call.x, timeperiod=call.n)], n=call.n)


@family("sum")
def _sum(steps, call, output):
    if call.n == 1:
        return steps.of(call.x)
    return steps.add("total", steps.of(call.x), series=[state("sum", call.x, timeperiod=call.n)])


def ema(steps, key, n, factor=None, skip=0):
    """An exponential average that begins so many bars after its input."""
    if n == 1:
        return steps.of(key)
    factor = 2.0 / (n + 1) if factor is None else factor
    average = state("ema", key, timeperiod=n, factor=factor, skip=skip)
    return steps.add("ema", steps.of(key), series=[average], n=n, seed=key.lookback + skip + n - 1, k=factor)


@family("ema")
def _ema(steps, call, output):
    return ema(steps, call.x, call.n)


@family("wma")
def _wma(steps, call, output):
    return steps.add("wma", steps.of(call.x), series=[column(call.x)], n=call.n)


@family("dema")
def _dema(steps, call, output):
    once = talib("ema", call.x, timeperiod=call.n)
    a, b = steps.of(once), steps.of(talib("ema", once, timeperiod=call.n))
    return steps.add("sub", steps.add("times", a, k=2.0), b)


@family("tema")
def _tema(steps, call, output):
    once = talib("ema", call.x, timeperiod=call.n)
    twice = talib("ema", once, timeperiod=call.n)
    a, b, c = (steps.of(key) for key in (once, twice, talib("ema", twice, timeperiod=call.n)))
    return steps.add("add", c, steps.add("sub", steps.add("times", a, k=3.0), steps.add("times", b, k=3.0)))


@family("trima")
def _trima(steps, call, output):
    if call.n == 1:
        return steps.of(call.x)
    half = call.n // 2
    weights = (half + 1) * (half + 1) if call.n % 2 else half * (half + 1)
    kept = state("trima", call.x, timeperiod=call.n)
    return steps.add("trima", steps.of(call.x), series=[kept.weighted, kept.next], n=call.n, k=1.0 / weights)


@family("kama")
def _kama(steps, call, output):
    if call.n == 1:
        return steps.of(call.x)
    kept = state("kama", call.x, timeperiod=call.n)
    return steps.add("kama", steps.of(call.x), series=[kept.moves, kept.average, column(call.x)], n=call.n)


@family("ma")
def _ma(steps, call, output):
    return steps.of(moving(call.x, call.n, call.params["matype"]))


@family("rsi")
def _rsi(steps, call, output):
    if call.n == 1:
        return steps.of(call.x)
    kept = state("rsi", call.x, timeperiod=call.n)
    series = [kept.gain, kept.loss, column(call.x)]
    # When nothing has ever moved TA-Lib's versions differ, so it is asked.
    (flat,) = call.node.function.calculate([np.ones(call.n + 1)], call.params)
    return steps.add("rsi", steps.of(call.x), series=series, n=call.n, seed=call.begin + call.n, k=float(flat[-1]))


@family("trange")
def _trange(steps, call, output):
    high, low, close = call.inputs
    return steps.add("trange", steps.of(high), steps.of(low), series=[column(close)])


@family("atr")
def _atr(steps, call, output):
    ranges = talib("trange", *call.inputs)
    if call.n == 1:
        return steps.of(ranges)
    kept = (call.n - 1) / call.n
    series = [state("wilder", ranges, timeperiod=call.n, kept=kept)]
    return steps.add("wilder", steps.of(ranges), series=series, n=call.n, seed=ranges.lookback + call.n - 1, k=kept)


@family("natr")
def _natr(steps, call, output):
    average = _atr(steps, call, output)
    if call.n == 1:
        return average
    return steps.add("times", steps.add("ratio", average, steps.of(call.inputs[2])), k=100.0)


def spread(steps, kind, key, n, k=1.0):
    """Variance or standard deviation."""
    x = steps.of(key)
    return steps.add(kind, x, x, series=[column(key)], n=n, k=k)


@family("var")
def _var(steps, call, output):
    return spread(steps, "variance", call.x, call.n)


@family("stddev")
def _stddev(steps, call, output):
    return spread(steps, "deviation", call.x, call.n, k=call.params["nbdev"])


@family("bbands")
def _bbands(steps, call, output):
    average = moving(call.x, call.n, call.params["matype"])
    middle = steps.of(average)
    if output == "middleband":
        return middle
    up = output == "upperband"
    width = spread(steps, "deviation", call.x, call.n, k=call.params["nbdevup" if up else "nbdevdn"])
    return steps.add("add" if up else "sub", middle, width)


def macd(steps, call, output, fast, slow, signal):
    """`fast` and `slow` are (period, factor)."""
    if slow[0] < fast[0]:
        fast, slow = slow, fast
    skip = slow[0] - fast[0]  # both begin with the slow one's first value
    averages = [
        state("ema", call.x, timeperiod=n, factor=factor, skip=more) for (n, factor), more in ((fast, skip), (slow, 0))
    ]
    line = inner("macd line", *averages, first=slow[0] - 1)
    parts = [ema(steps, call.x, *fast, skip=skip), ema(steps, call.x, *slow)]
    steps.places[line] = steps.add("sub", *parts)
    if output == "macd":
        return steps.places[line]
    smooth = ema(steps, line, signal)
    return smooth if output == "macdsignal" else steps.add("sub", steps.places[line], smooth)


@family("macd")
def _macd(steps, call, output):
    fast, slow = ((call.params[n], 2.0 / (call.params[n] + 1)) for n in ("fastperiod", "slowperiod"))
    return macd(steps, call, output, fast, slow, call.params["signalperiod"])


@family("macdfix")
def _macdfix(steps, call, output):
    return macd(steps, call, output, (12, 0.15), (26, 0.075), call.params["signalperiod"])


def raw_k(close, low, high, n):
    """Where the close stands between the extremes of so many bars, in percent: the stochastic before smoothing."""
    return inner("stochastic", close, extreme("min", low, n), extreme("max", high, n))


@family("stochf")
def _stochf(steps, call, output):
    high, low, close = call.inputs
    return smoothed(steps, raw_k(close, low, high, call.params["fastk_period"]), call, output)


@family("stochrsi")
def _stochrsi(steps, call, output):
    rsi = talib("rsi", call.x, timeperiod=call.n)
    return smoothed(steps, raw_k(rsi, rsi, rsi, call.params["fastk_period"]), call, output)


def smoothed(steps, k, call, output):
    """The raw stochastic and its average."""
    smooth = moving(k, call.params["fastd_period"], call.params["fastd_matype"])
    return steps.of(k if output == "fastk" else smooth)


@family("stoch")
def _stoch(steps, call, output):
    high, low, close = call.inputs
    raw = raw_k(close, low, high, call.params["fastk_period"])
    k = moving(raw, call.params["slowk_period"], call.params["slowk_matype"])
    return steps.of(k if output == "slowk" else moving(k, call.params["slowd_period"], call.params["slowd_matype"]))


@family("max", "min")
def _extreme(steps, call, output):
    name = call.node.function.name
    if call.n == 1:
        return steps.of(call.x)
    closed = steps.add("closed", series=[column(extreme(name, call.x, call.n - 1))])
    return steps.add({"max": "greatest", "min": "least"}[name], closed, steps.of(call.x))


@family("willr")
def _willr(steps, call, output):
    high, low, close = call.inputs
    a, b, d = steps.of(close), steps.of(extreme("max", high, call.n)), steps.of(extreme("min", low, call.n))
    return steps.add("share", a, b, d, k=-100.0)


@family("midpoint", "midprice")
def _middle(steps, call, output):
    high, low = call.inputs if len(call.inputs) == 2 else (call.x, call.x)
    greatest, least = steps.of(extreme("max", high, call.n)), steps.of(extreme("min", low, call.n))
    return steps.add("over", steps.add("add", greatest, least), k=2.0)


@family("mom", "roc", "rocp", "rocr", "rocr100")
def _change(steps, call, output):
    x = steps.of(call.x)
    return steps.add(call.node.function.name, x, x, series=[column(call.x)], n=call.n)


@family("linearreg", "linearreg_slope", "linearreg_intercept", "linearreg_angle", "tsf")
def _line(steps, call, output):
    series = [column(call.x)]
    return steps.add("line", steps.of(call.x), series=series, n=call.n, seed=call.node.function.name)


@family("add", "sub", "mult")
def _arithmetic(steps, call, output):
    return steps.add(call.node.function.name, *map(steps.of, call.inputs))


@family("medprice", "typprice", "avgprice", "wclprice")
def _price(steps, call, output):
    parts = [steps.of(i) for i in call.inputs]
    if call.node.function.name == "avgprice":
        parts = [*parts[1:], parts[0]]  # the open comes last in TA-Lib's sum
    if call.node.function.name == "wclprice":
        parts[2] = steps.add("times", parts[2], k=2.0)
    total = parts[0]
    for part in parts[1:]:
        total = steps.add("add", total, part)
    return steps.add("over", total, k=4.0 if call.node.function.name == "wclprice" else float(len(parts)))


@kernel
def _macd_line(fast, slow, first):
    out = np.full(len(slow), np.nan)
    begin = 0
    while begin < len(slow) and slow[begin] != slow[begin]:
        begin += 1
    for i in range(begin + first, len(slow)):
        out[i] = fast[i] - slow[i]
    return out


@kernel
def _stochastic(close, low, high):
    out = np.full(len(close), np.nan)
    for i in range(len(close)):
        way = high[i] - low[i]
        flat = abs(way) <= 1e-14 * (abs(high[i]) + abs(low[i]))  # rounding, not a range
        out[i] = 0.0 if flat else 100.0 * ((close[i] - low[i]) / way)
    return out


def _stochastic_steps(steps, call):
    close, low, high = map(steps.of, call.inputs)
    return steps.add("share", close, low, high, k=100.0)


# Name -> (values, steps); the line's step is set where its node is made.
INNER = {"macd line": (_macd_line, None), "stochastic": (_stochastic, _stochastic_steps)}
