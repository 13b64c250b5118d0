"""Mistakes in a callback: one line that names the cell's line and the way out (S5)."""

import os
import random

import numpy as np
import pandas as pd
import pytest

from backtestr_lab import StrategyError, ta

LINE = r"^line 13: "

MISTAKES = [
    # the strategy's own names
    ("self.bye()", r"T has no 'bye'; did you mean 'buy'\?$"),
    ("x = self.cuont", r"T has no 'cuont'; did you mean 'count'\?$"),
    ("self.new = 3", r"self.new is not set in init; write self.new = ... there"),
    ("self.position = 3", r"self.position cannot be set; take another name$"),
    ("x = self.helper", r"self.helper is a method; call it: self.helper\(...\)$"),
    ("self.count()", r"self.count is a value, not a method; write self.count$"),
    ("x = self", r"self stands before a dot only"),
    ("self.on_bar(bar)", r"on_bar is a callback; put what both need into a method"),
    ("self.helper()", r"an argument is missing: a$"),
    ("self.helper(1, 2, 3)", r"too many arguments$"),
    ("self.helper(1, z=3)", r"a function has no argument 'z'$"),
    # types of what is kept
    ("self.count = 1.5", r"self.count is an int since init \(line 5\) and cannot become a float; write 0.0 there"),
    ("self.count /= 2", r"self.count is an int since init \(line 5\) and cannot become a float"),
    ("self.count = 'a'", r"self.count is an int since init \(line 5\) and cannot become a str"),
    ("self.x, self.count = 1.0, 2.5", r"self.count is an int since init"),
    ("self.on = 1", r"self.on is a bool since init \(line 7\) and cannot become an int; give it True or False$"),
    ("self.x = True", r"self.x is a float since init \(line 6\) and cannot become a bool"),
    ("self.ratio = 'a'", r"self.ratio is a float since init \(line 3\) and cannot become a str"),
    (
        "self.buffer = 0.0",
        r"self.buffer is an array of float64 since init \(line 8\), shape \(5,\), and cannot become a float",
    ),
    ("self.buffer = np.zeros((2, 2))", r"cannot become an array of float64 in 2 dimensions$"),
    # indicators
    ("self.ema = 3", r"self.ema is an indicator; it does not change in a run$"),
    ("x = self.ema", r"self.ema is an indicator; write self.ema\[-1\] for its latest value$"),
    ("x = self.ema > 1", r"self.ema is an indicator; write self.ema\[-1\]"),
    (
        "x = self.ema[0]",
        r"an indicator has no value \[0\]; count back from the latest closed bar, which is self.ema\[-1\]$",
    ),
    ("x = self.ema[self.x]", r"self.ema\[...\] needs a whole number, not a float$"),
    ("self.ema[-1] = 2", r"self.ema is an indicator; its values cannot be set$"),
    ("x = self.macd[-1]", r"self.macd has 3 outputs; name one: .macd, .macdsignal, .macdhist$"),
    ("x = self.macd.signal[-1]", r"has no output 'signal'"),
    ("x = ta.rsi('1h')", r"indicators are declared in init: self.x = ta"),
    ("crossed_above(self.ema, bar.close)", r"bar.close is one number, not a series; .* ta.ma\('5m', 1\)"),
    ("crossed_above(bar.close, 3)", r"crossed_above needs an indicator, like self.fast; it got bar.close and 3$"),
    ("crossed_above(self.ema)", r"crossed_above takes two"),
    ("crossed_below(self.ema, 'a')", r"crossed_below compares with an indicator or a number, not a str$"),
    # requests
    ("self.buy(stop_los=1.0)", r"buy has no argument 'stop_los'; did you mean 'stop_loss'\?$"),
    ("self.buy(10, stop_loss='x')", r"stop_loss is a str; give a price, or a distance like pips\(10\)$"),
    ("self.buy(10, take_profit=self.on)", r"take_profit is a bool; give a price, or a distance like pips\(10\)$"),
    ("self.buy('x')", r"qty is a str; give a number of units, share\(10\) or risk\(1\)$"),
    ("self.buy(self.on)", r"qty is a bool; give a number of units, share\(10\) or risk\(1\), or leave it out"),
    ("self.buy(pips(3))", r"qty is a distance; give a number of units"),
    ("self.sell(10, limit=pips(10))", r"limit is a distance; give a price$"),
    ("self.buy(1, 2)", r"buy takes the quantity by position, the rest by name"),
    ("self.buy(trail=1.5)", r"trail is a float; give a distance like pips\(10\)$"),
    ("self.buy(trailing_stop=self.on)", r"trailing_stop is a bool; give a distance like pips\(10\)$"),
    ("self.buy(trailing_stop='x')", r"trailing_stop is a str; give a distance like pips\(10\)$"),
    ("self.buy(trailing_stop=pips(3), stop=1.0)", r"trailing_stop= finds its stop itself; leave limit= and stop= out$"),
    ("self.buy(tif='day')", r"tif is never 'day'; did you mean 'DAY'\?$"),
    ("self.buy(tif=bar.close)", r"tif is a text written in place: 'GTC', 'IOC', 'FOK', 'DAY' or 'GTD'$"),
    ("self.buy(tif='GTD')", r"tif='GTD' needs expires=, the instant it ends: expires='2024-05-01 16:00'$"),
    ("self.buy(expires=3)", r"expires= belongs to tif='GTD'; write that too, or leave expires= out$"),
    ("self.buy(tif='GTD', expires='soon')", r"expires 'soon' is not a time"),
    ("self.buy(tif='GTD', expires=1.5)", r"expires is a float; give µs since 1970, like self.now \+ 3_600_000_000"),
    ("self.buy(post_only=1.0)", r"post_only is a float; write True or False$"),
    ("self.buy(oco=1.5)", r"an order is named by its id or as one of self.orders, not by a float$"),
    ("self.cancel(tag='')", r"cancel\(tag=...\) needs the tag's text$"),
    ("self.cancel(tag=bar.close)", r"a tag is a text written in place, or a str parameter$"),
    ("self.order(1).stat", r"self.order\(1\) has no 'stat'; did you mean 'state'\?$"),
    ("x = self.order(1).state == 'OPEN'", r"state is never 'OPEN'; it is one of PENDING, PARTIALLY_FILLED, FILLED"),
    # symbols
    ("self.buy(symbol='GBPUSD')", r"'GBPUSD' is not in this run; it has EURUSD, USDJPY$"),
    ("self.buy(symbol='eurusd')", r"'eurusd' is not in this run; did you mean 'EURUSD'\?; it has EURUSD, USDJPY$"),
    ("self.close(symbol='EURUDS')", r"'EURUDS' is not in this run; did you mean 'EURUSD'\?; it has EURUSD, USDJPY$"),
    ("self.submit({'side': 'BUY', 'symbol': 'X'})", r"'X' is not in this run; it has EURUSD, USDJPY$"),
    ("x = self.bars('1h', 5, symbol='X')", r"'X' is not in this run"),
    ("x = self.forming('1h', symbol='X')", r"'X' is not in this run"),
    ("x = self.forming('1h', sybol='X')", r"forming has no argument 'sybol'; did you mean 'symbol'\?$"),
    ("x = self.position_of('X').quantity", r"'X' is not in this run"),
    ("if self.position_of('X'):\n    self.close()", r"'X' is not in this run"),
    ("x = self.position_of()", r"self.position_of needs symbol; write self.position_of\('EURUSD'\)$"),
    (
        "x = self.position_of(None)",
        r"symbol is None; write its name in place, like 'EURUSD', .* or take self.position$",
    ),
    ("x = self.position_of('EURUSD').qty", r"has no 'qty'; it has quantity, price, profit$"),
    ("x = self.position_of('EURUSD') > 0", r"is the position itself; test it with 'if self.position_of\('EURUSD'\):'"),
    ("x = bar.symbol == 'GBPUSD'", r"'GBPUSD' is not in this run; it has EURUSD, USDJPY$"),
    ("x = self.positions[0].symbol in ('EURUSD', 'X')", r"'X' is not in this run"),
    ("self.buy(symbol=bar.close)", r"symbol is a float; write its name in place, like 'EURUSD', or give its number"),
    ("self.buy(symbol=self.on)", r"symbol is a bool; write its name in place, like 'EURUSD', or give its number"),
    ("self.symbols = 3", r"self.symbols cannot be set; take another name$"),
    # one position of several
    ("self.close('EURUSD')", r"a position is named by its id or as one of self.positions; .* symbol='EURUSD'$"),
    ("self.close(1, symbol='EURUSD')", r"a position or a symbol; a position has its own symbol, leave symbol= out$"),
    ("self.close(1, 2)", r"self.close takes one position; write self.close\(position\)$"),
    ("self.close(1, position=2)", r"close: position is given twice$"),
    ("self.close(1.5)", r"a position is named by its id or as one of self.positions, not by a float$"),
    ("self.close(self.position)", r"self.position is the net position of a symbol; a position is named by its id"),
    (
        "self.close(self.orders[0])",
        r"self.orders\[0\] is an order; a position is named by its id or as one of self.pos",
    ),
    ("self.sell(1, position=self.on)", r"a position is named by its id or as one of self.positions, not by a bool$"),
    ("self.cancel(self.positions[0])", r"as one of self.orders, not by one of self.positions$"),
    # how much
    (
        "self.buy(risk(1))",
        r"risk\(...\) goes by the distance to a stop; add stop_loss=pips\(20\), or trail=pips\(20\)$",
    ),
    ("self.buy(risk(1), stop_loss=None)", r"risk\(...\) goes by the distance to a stop"),
    ("self.buy(risk(1), take_profit=pips(3), trailing_stop=pips(3))", r"risk\(...\) goes by the distance to a stop"),
    ("self.buy(share())", r"share takes one number, like share\(10\)$"),
    ("self.buy(share(self.on))", r"share takes a number, not a bool$"),
    ("self.buy(10, stop_loss=share(3))", r"stop_loss is a share or risk; give a price, or a distance like pips\(10\)$"),
    ("self.modify(1, qty=share(3))", r"qty is a share or risk; give a number of units$"),
    ("x = share(3) * 2", r"\* cannot be used between a Quantity and an int$"),
    ("self.buy(tag=bar.close)", r"a tag is a text written in place, or a str parameter$"),
    ("self.buy(**{})", r"\*\* is not compiled"),
    ("self.submit({'side': 'BYE'})", r"submit needs 'side': 'BUY' or 'SELL'$"),
    ("self.submit({'side': 'BUY', 'qt': 3})", r"submit has no argument 'qt'; did you mean 'qty'\?$"),
    ("self.cancel()", r"self.cancel needs order; write self.cancel\(order\)$"),
    ("self.cancel(1.5)", r"an order is named by its id or as one of self.orders, not by a float$"),
    ("self.modify(1, stop_loss=3.0)", r"modify has no argument 'stop_loss'"),
    ("self.modify(1, limit=self.on)", r"limit is a bool; give a price$"),
    ("x = pips('a')", r"pips takes a number, not a str$"),
    ("x = points()", r"points takes one number, like points\(10\)$"),
    # bars and fields
    ("x = bar.clse", r"bar has no 'clse'; did you mean 'close'\?$"),
    ("bar.close = 3", r"bar.close cannot be set; what a strategy keeps is self.name$"),
    ("x = self.forming('1d').clse", r"self.forming\('1d'\) has no 'clse'; did you mean 'close'"),
    ("x = self.forming('7m')", r"timeframe '7m' does not fit the grid"),
    ("x = self.forming(bar.close)", r"self.forming needs its timeframe written in place"),
    ("x = self.bars('1h')", r"self.bars needs n; write self.bars\('1h', 50\)$"),
    ("x = self.bars('1h', 2.5)", r"needs a whole number of bars, not a float$"),
    ("self.bars('1h', 5).close[0] = 1.0", r"what a strategy is shown cannot be changed; take a copy: x.copy\(\)$"),
    ("x = self.position.qty", r"self.position has no 'qty'; it has quantity, price, profit$"),
    ("x = self.position > 0", r"self.position is the position itself; test it with 'if self.position:'"),
    ("x = self.orders[0].prize", r"self.orders\[0\] has no 'prize'"),
    ("x = bar.timeframe == '5x'", r"timeframe '5x' is not known"),
    ("x = self.orders[0].type == 'LIMT'", r"type is never 'LIMT'; did you mean 'LIMIT'\?$"),
    ("x = bar.close == 'a'", r"bar.close is not a text that is known before the run"),
    # Python that is not compiled
    ("print(bar.close)", r"print is not compiled; run with --python to print$"),
    ("open('f')", r"files are not reached from compiled callbacks"),
    ("x = f'{bar.close}'", r"text is not made in compiled code"),
    ("x = {'a': 1}", r"a dict is not compiled; use numpy arrays"),
    ("x = {1, 2}", r"a set is not compiled"),
    ("x = sum(i for i in range(3))", r"a generator is not compiled; write a loop, or a list"),
    ("x = lambda a: a", r"lambda is not compiled inside a callback"),
    ("try:\n    x = 1\nexcept ValueError:\n    pass", r"try/except is not compiled"),
    ("with open('f'): pass", r"with is not compiled"),
    ("import math", r"import belongs at the top of the notebook"),
    ("global z", r"global is not compiled; keep it as self.x"),
    ("def g(): pass", r"a function inside a callback is not compiled"),
    ("class G: pass", r"a class inside a callback is not compiled"),
    ("yield 1", r"yield is not compiled"),
    ("del self.count", r"del is not compiled"),
    ("match bar.close:\n    case 1: pass", r"match is not compiled; write if and elif$"),
    ("(y := 3)", r":= is not compiled"),
    ("super().on_bar(bar)", r"super\(\) is not compiled"),
    ("x = isinstance(bar, int)", r"isinstance is not compiled"),
    # names
    ("x = thresold + 1", r"'thresold' is not defined; did you mean 'threshold'\?$"),
    ("x = math.pi", r"'math' is not defined; import it first$"),
    ("x = np.meen(self.buffer)", r"numpy has no 'meen'; did you mean 'mean'\?$"),
    ("x = np.mean(self.buffer, axis=0)", r"np.mean takes whole arrays in compiled code; axis= is not supported$"),
    ("x = np.polyfit(self.buffer, self.buffer, 1)", r"np.polyfit is not available in compiled code"),
    ("x = np.linalg.norm(self.buffer)", r"numpy.linalg is not compiled"),
    ("x = np.random.normal()", r"np.random would differ from run to run; draw in init"),
    ("x = np", r"np is a module; name what you need of it"),
    # types
    ("x = 1 + None", r"\+ cannot be used between an int and None; test for None first$"),
    ("x = bar.close + 'a'", r"\+ cannot be used between a float and a str$"),
    ("x = bar.close[0]", r"a float cannot be indexed with an int$"),
    ("x = self.buffer['a']", r"an array of float64 cannot be indexed with a str$"),
    ("x = bar.close.foo", r"a float has no 'foo'$"),
    ("x = self.ema[-5:].foo()", r"an array of float64 has no 'foo'$"),
    ("x = bar.close if self.on else 'a'", r"a value is a str on one way and a float on another; give it one type$"),
    ("x = None\nif self.on:\n    x = 1.0\nself.x = x", r"^line 16: self.x is a float .* cannot become a float or None"),
    ("if self.on:\n    y = 1\nx = y", r"^line 15: y may have no value here; give it one before the if or the loop$"),
]


@pytest.mark.parametrize(("body", "message"), MISTAKES, ids=[body.partition("\n")[0] for body, _ in MISTAKES])
def test_S05_a_mistake_in_a_callback_is_one_line_with_its_number(on_bar, body, message):
    message = message if message.startswith("^") else f"{LINE}.*{message}"
    with pytest.raises(StrategyError, match=message) as caught:
        on_bar(body, threshold=5)

    assert "\n" not in str(caught.value)
    assert isinstance(caught.value.line, int)


def test_S05_the_line_is_that_inside_a_long_statement(on_bar):
    with pytest.raises(StrategyError, match="^line 15: qty is a str"):
        on_bar("self.buy(\n    limit=bar.close,\n    qty='x',\n)")


def test_S05_a_mistake_in_a_helper_has_the_helpers_line(plan_of):
    with pytest.raises(StrategyError, match="^line 3: a float has no 'foo'$"):
        plan_of("""
            class T(Strategy):
                def help(self, a):
                    return a.foo
                def on_bar(self, bar):
                    x = self.help(bar.close)
        """)


def test_a_helper_that_returns_two_types_is_told(plan_of):
    with pytest.raises(StrategyError, match="it returns different types: an int, a str"):
        plan_of("""
            class T(Strategy):
                def help(self, a):
                    if a > 1:
                        return "x"
                    return 1
                def on_bar(self, bar):
                    x = self.help(bar.close)
        """)


FRAME = pd.DataFrame({"a": [1.0]})
CANNOT_BE_CAPTURED = [
    (
        "x = df",
        r"'df' is a DataFrame, which a compiled strategy cannot read; pass ta.series\(df\) in init, or run with",
    ),
    ("x = df.mean()", r"'df' is a DataFrame, which a compiled strategy cannot read"),
    ("x = days[0]", r"'days' is a list, which a compiled strategy cannot read; make it np.array\(days\)"),
    ("x = Thing()", r"Thing is a class; compiled callbacks call functions"),
    ("x = thing.value", r"'thing' is a Thing, which a compiled strategy cannot read"),
    ("x = big", r"'big' is 1180591620717411303424; whole numbers end at 2\^63"),
    ("x = waves", r"'waves' is an array of complex128, which a compiled strategy cannot read"),
    ("x = rsi[-1]", r"'rsi' is an indicator outside the strategy; declare it in init: self.rsi"),
    ("x = pd.Timestamp(1)", r"pandas is not compiled; compiled callbacks use np and math, or run with --python"),
    ("os.remove('x')", r"os is not compiled"),
    ("x = random.random()", r"random is not compiled"),
    ("x = [double]", r"'double' is a function; compiled callbacks can call it, not pass it on"),
    ("x = double.cache", r"'double' is a function"),
]


class Thing:
    value = 3


@pytest.mark.parametrize(("body", "message"), CANNOT_BE_CAPTURED)
def test_S10_what_cannot_be_captured_says_what_to_do(on_bar, body, message):
    names = {"df": FRAME, "days": [1, 2], "Thing": Thing, "thing": Thing(), "big": 2**70, "pd": pd, "os": os}
    names |= {"waves": np.zeros(2, complex), "rsi": ta.rsi("1h"), "random": random, "double": lambda x: 2 * x}

    with pytest.raises(StrategyError, match=LINE + message):
        on_bar(body, **names)


def test_S10_a_mistake_in_a_function_of_the_notebook_names_both_lines(on_bar, run_cell):
    names = run_cell("def taller(x):\n    y = 1\n    return x + df")

    names["taller"].__globals__["df"] = FRAME
    with pytest.raises(StrategyError, match=LINE + "in taller, line 3 of its cell: 'df' is a DataFrame"):
        on_bar("x = taller(bar.close)", taller=names["taller"])


def test_S10_a_type_error_in_a_function_of_the_notebook_names_both_lines(on_bar, run_cell):
    names = run_cell("def taller(x):\n    y = 1\n    return x + 'a'")

    with pytest.raises(StrategyError, match=LINE + "in taller, line 3 of its cell: .* between a float and a str"):
        on_bar("x = taller(bar.close)", taller=names["taller"])
