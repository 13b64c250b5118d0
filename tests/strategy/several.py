"""A strategy over several tapes: the engine's machine with a prepared plan, nothing of `backtest` between them."""

from backtestr_lab.engine.costs import RATES
from backtestr_lab.engine.layout import CALL, CALLBACKS, FINISHED
from backtestr_lab.indicators.graph import Graph
from backtestr_lab.runs.machine import Machine
from backtestr_lab.runs.market import Market
from backtestr_lab.runs.rules import Rules, Terms
from backtestr_lab.strategy.compile import PythonCallbacks, explain
from backtestr_lab.strategy.lower import prepare
from backtestr_lab.units import MINUTE


def machine_over(cls, tapes, *, python, hedging=False, cash=100_000, params=None):
    """A machine at the start of a run in dollars over several Ticks; their symbols convert by themselves."""
    names = [t.symbol.name for t in tapes]
    plan = prepare(cls, params, python=python, symbols=names)
    markets = [Market.of(t, plan.frames) for t in tapes]
    start = min(int(t.ts[0]) for t in tapes) // MINUTE * MINUTE
    end = (max(int(t.ts[-1]) for t in tapes) // MINUTE + 1) * MINUTE
    terms = tuple(_terms(t.symbol, k) for k, t in enumerate(tapes))
    rules = Rules(
        start,
        end,
        cash=cash * 10**6,
        currency="USD",
        symbols=terms,
        crossed="keep",
        close_at_end=False,
        hedging=hedging,
    )
    values = [_values(plan, names, markets, k) for k in range(len(tapes))]
    machine = Machine(markets, plan, rules, values, plan.timers(start, end), python=python)
    if python:
        machine.python_callbacks = PythonCallbacks(plan, machine)
    return machine


def _terms(symbol, k):
    rate = "DIRECT" if symbol.quote == "USD" else "OVER"
    return Terms(margin=33_333, maintenance=16_666, size=1_000, rate=RATES.index(rate), rate_symbol=k)


def _values(plan, names, markets, k):
    """Indicators as symbol k's callbacks read them: those without a symbol are its own."""
    of = dict(zip(names, markets))
    symbols = {name: of[name].symbol for name in dict.fromkeys([names[k], *names])}
    return Graph(plan.nodes, symbols).evaluate(lambda name, timeframe, side="bid": of[name].bars(timeframe, side))


def run_over(cls, tapes, **options):
    """The machine at the end of the run.

    Raises
    ------
    StrategyError
        As a user sees it, for what a callback raised.
    """
    machine = machine_over(cls, tapes, **options)
    try:
        while (code := machine.advance(machine.rules.end, final=True)) == CALL:
            getattr(machine.python_callbacks, CALLBACKS[int(machine.state[0]["call"])])()
    except Exception as error:
        raise explain(error, machine.plan, machine) or error from error
    assert code == FINISHED
    return machine


def variables(machine):
    """What the strategy held at the end, by name."""
    callbacks = getattr(machine, "python_callbacks", None)
    return callbacks.variables() if callbacks else machine.plan.variables(machine)
