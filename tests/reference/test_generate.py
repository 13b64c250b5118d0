"""The random cases reach what the rules can do: without that, agreement over them would say little."""

import collections
import sys
import types
from dataclasses import fields as fields_of

import pytest

from . import (
    Config,
    StrategyError,
    agenda,
    ambiguity,
    bookings,
    checks,
    costs,
    endings,
    exits,
    fills,
    intrabar,
    limits,
    liquidity,
    losses,
    matching,
    positions,
    rates,
    requests,
    run,
    sizes,
    submission,
)
from .generate import ScriptStrategy, case

SIZES = (3, 20, 60, 120, 200)
SEEDS = 600
RULES = (agenda, ambiguity, bookings, checks, costs, endings, exits, fills, intrabar, limits, liquidity, losses)
RULES += (matching, positions, rates, requests, sizes, submission)
# (event, reason) for every type of order it can befall; an exit's is told by its role.
REACHED = {
    **dict.fromkeys(
        [("SUBMITTED", "NONE"), ("FILLED", "NONE"), ("PARTIAL_FILL", "NONE"), ("CANCELLED", "USER")],
        "MARKET LIMIT STOP STOP_LIMIT TRAILING CLOSE STOP_LOSS TAKE_PROFIT TRAIL",
    ),
    **dict.fromkeys(
        [("REJECTED", why) for why in ("QUANTITY", "PRICE", "TIF", "UNKNOWN", "MARGIN", "END")],
        "MARKET LIMIT STOP STOP_LIMIT TRAILING",
    ),
    ("REJECTED", "POST_ONLY"): "LIMIT",
    ("REJECTED", "SIDE"): "STOP STOP_LIMIT",
    ("REJECTED", "OVERFLOW"): "LIMIT",
    ("TRIGGERED", "NONE"): "STOP STOP_LIMIT TRAILING STOP_LOSS TRAIL",
    ("MODIFIED", "NONE"): "MARKET LIMIT STOP STOP_LIMIT TRAILING STOP_LOSS TAKE_PROFIT",
    ("MODIFIED", "TRIGGER"): "STOP_LIMIT",
    ("REQUEST_REJECTED", "UNKNOWN"): "MARKET LIMIT STOP STOP_LIMIT TRAILING CLOSE STOP_LOSS TAKE_PROFIT TRAIL NOBODY",
    ("REQUEST_REJECTED", "PRICE"): "MARKET LIMIT STOP STOP_LIMIT TRAILING CLOSE STOP_LOSS TAKE_PROFIT TRAIL",
    ("REQUEST_REJECTED", "QUANTITY"): "MARKET LIMIT STOP STOP_LIMIT TRAILING STOP_LOSS TAKE_PROFIT TRAIL",
    ("REQUEST_REJECTED", "SIDE"): "STOP STOP_LIMIT STOP_LOSS",
    ("REQUEST_REJECTED", "END"): "LIMIT STOP NOBODY",
    ("CANCELLED", "FLAT"): "MARKET LIMIT STOP TRAILING CLOSE STOP_LOSS TAKE_PROFIT TRAIL",
    ("CANCELLED", "SIBLING"): "STOP_LOSS TAKE_PROFIT TRAIL",
    ("CANCELLED", "MARGIN"): "MARKET LIMIT STOP",
    ("CANCELLED", "TIF"): "MARKET LIMIT STOP STOP_LIMIT TRAILING",
    ("CANCELLED", "OCO"): "MARKET LIMIT STOP STOP_LIMIT TRAILING STOP_LOSS TAKE_PROFIT",
    ("CANCELLED", "PARENT"): "MARKET LIMIT STOP STOP_LIMIT TRAILING",
    ("EXPIRED", "TIF"): "MARKET LIMIT STOP STOP_LIMIT TRAILING",
    **dict.fromkeys([("REJECTED", "LIMIT"), ("REJECTED", "NO_RATE")], "MARKET LIMIT STOP STOP_LIMIT TRAILING"),
    ("CANCELLED", "LIMIT"): "MARKET LIMIT STOP TRAILING",
    ("SWAP", "NONE"): "MARKET LIMIT STOP",
    **dict.fromkeys([("BOOKING", why) for why in ("CASH", "DIVIDEND", "FUNDING")], "NOBODY"),
    **{(kind, why): "NOBODY" for kind in ("LIMIT_BREACH", "TRADING_STOPPED") for why in ("DAILY_LOSS", "DRAWDOWN")},
    ("STOP_OUT", "MARGIN"): "NOBODY",
}


@pytest.fixture(scope="module")
def results():
    return [result for seed in range(SEEDS) if (result := played(seed))]


def played(seed):
    """The oracle's result, None when the strategy was stopped (C1)."""
    ticks, script, config = case(seed, SIZES[seed % len(SIZES)])
    try:
        result = run(ticks, ScriptStrategy(script), config)
    except StrategyError:
        return None
    result.config = config
    return result


def whose(result, event):
    """The type of an entry, the role of any other order."""
    if not 1 <= event.order <= len(result.orders):
        return "NOBODY"
    order = result.orders[event.order - 1]
    return order.type if order.role == "ENTRY" else order.role


def test_O02_every_event_befalls_every_type_of_order_it_can(results):
    seen = {(e.kind, e.reason, whose(result, e)) for result in results for e in result.events}

    assert {(*key, who) for key, names in REACHED.items() for who in names.split()} - seen == set()


def test_F06_exits_grow_with_their_entry_and_are_submitted_anew(results):
    grown, anew = 0, 0
    for result in results:
        submitted = {e.order: abs(e.quantity) for e in result.events if e.kind == "SUBMITTED"}
        attached = [order for order in result.orders if order.attached]
        grown += sum(order.quantity > submitted[order.id] for order in attached)
        anew += sum(n - 1 for n in collections.Counter((order.parent, order.role) for order in attached).values())

    assert grown > 10 and anew > 10


def test_O04_requests_overtake_their_orders_and_expiries_find_them_on_their_way(results):
    early = collections.Counter()
    for result in results:
        never = {order.id: order for order in result.orders if order.rank == 0}  # accepted
        for e in result.events:
            if e.kind in ("MODIFIED", "CANCELLED", "EXPIRED") and e.order in never:
                early[e.kind, "waiting" if never[e.order].waits_for else "on its way"] += 1

    assert len(early) == 6 and min(early.values()) >= 2, early


def test_C06_every_setting_is_met_in_many_cases():
    configs = [case(seed, 20)[2] for seed in range(SEEDS)]
    usual = Config()
    changed = collections.Counter(
        field.name
        for config in configs
        for field in fields_of(Config)
        if getattr(config, field.name) != getattr(usual, field.name)
    )
    kinds = collections.Counter(
        getattr(c, name) for c in configs for name in ("commission", "slippage_kind", "intrabar")
    )

    never = {"timeframes", "warmup_start", "digits", "base", "quote"}
    assert {f.name for f in fields_of(Config) if changed[f.name] < SEEDS // 40} <= never
    assert min(kinds.values()) > SEEDS // 40 and len(kinds) == 5 + 4 + 5
    assert sum(not spec.trades for c in configs for spec in c.others) > SEEDS // 10


def test_F10_on_bars_some_trades_are_ambiguous_and_some_are_not(results):
    on_bars = [trip.ambiguous for result in results for trip in result.trades if result.config.intrabar]

    assert 20 < sum(on_bars) < len(on_bars) - 20


def test_P01_hedged_positions_are_held_on_both_sides_at_once(results):
    both = 0
    for result in results:
        sides = collections.defaultdict(set)
        for lot in result.lots:
            if lot.open:
                sides[lot.symbol].add(lot.side)
        both += any(len(one) == 2 for one in sides.values())

    assert both >= 5


def code_of(module):
    """All functions' code of a module, methods included."""
    for thing in [*vars(module).values(), *(vars(c) for c in vars(module).values() if isinstance(c, type))]:
        for member in thing.values() if isinstance(thing, dict | types.MappingProxyType) else [thing]:
            function = member.fget if isinstance(member, property) else member
            if isinstance(function, types.FunctionType) and function.__code__.co_filename == module.__file__:
                yield function.__code__


def test_C06_every_line_of_the_oracles_rules_is_reached():
    codes = {c for m in RULES for c in code_of(m)}
    missing = {(c.co_filename, line) for c in codes for *_, line in c.co_lines() if line and line > c.co_firstlineno}
    missing = {where for where in missing if "ValueError" not in line_of(*where)}  # for mistakes of ours

    def trace(frame, event, _):
        if frame.f_code not in codes:
            return None
        missing.discard((frame.f_code.co_filename, frame.f_lineno))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        for seed in range(SEEDS):
            played(seed)
            if not missing:
                break
    finally:
        sys.settrace(before)

    assert len(codes) > 80
    assert missing == set()


def line_of(path, number):
    with open(path) as file:
        return file.readlines()[number - 1]
