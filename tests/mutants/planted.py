"""The planted bugs: what is changed where, and the tests that must notice.

`old` occurs once in its file. A rule may have several; each property of tests/properties has at least one. The list is
long because it covers every rule of C, O, F and P that holds, and those of U, R, S and T that the engine keeps.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One planted bug.

    Attributes
    ----------
    rule : str
        The rule it breaks.
    what : str
        In words, unique.
    file : str
        Inside the package.
    old, new : str
    tests : tuple of str
        ``"folder/file::test"`` without its parameters; each must turn red.
    """

    rule: str
    what: str
    file: str
    old: str
    new: str
    tests: tuple


CLOCK, ORDERS, FILLS, ACCOUNT, SKIPPING, ROOM = (
    f"engine/test_{name}.py::test_" for name in ("clock", "orders", "fills", "account", "skipping", "room")
)
ORACLE, SAME, CONSERVATION, TRAVEL = (
    f"properties/test_{name}.py::test_" for name in ("oracle", "same", "conservation", "time_travel")
)
JOURNAL = ORACLE + "C04_the_engine_writes_the_oracles_journal_and_derives_the_same_from_it"
SKIPS_ALIKE = SAME + "C06_skipping_writes_the_journal_of_the_loop_that_visits_every_tick"
LEVEL = SKIPPING + "C06_the_first_tick_that_reaches_a_level_is_visited"
FINDS = "properties/test_lookahead.py::test_S04_a_strategy_that_peeks_at_the_next_tick_is_found"
FINDS_NOTHING = "properties/test_lookahead.py::test_S04_nothing_is_found_in_a_run_that_knew_nothing"
STATE = TRAVEL + "T01_the_state_at_an_instant_is_what_an_engine_that_stops_there_holds"
STATE_OF_ORACLE = TRAVEL + "T02_the_state_at_an_instant_is_the_oracles_that_runs_up_to_it"

MUTANTS = [
    # The clock
    Mutant(
        "C1",
        "what a callback orders waits for the next instant",
        "engine/loop.py",
        'pc = DUE if pc == DELIVER and is_due(c) else s["then"]',
        'pc = s["then"]',
        (CLOCK + "C01_on_order_follows_its_due_step_and_events_carry_the_phase_of_the_step", JOURNAL),
    ),
    Mutant(
        "C1",
        "bars are told longest first",
        "engine/loop.py",
        'f = next_closed(c, s["frame"] + 1)',
        'f = next_closed(c, 0) if s["frame"] < 0 else -1',
        (CLOCK + "C01_at_one_instant_bars_are_told_shortest_first_then_the_time_then_the_ticks",),
    ),
    Mutant(
        "C1",
        "fills are told after on_tick",
        "engine/loop.py",
        's["then"] = ON_TICK\n                pc = TOLD',
        "pc = ON_TICK",
        (CLOCK + "C01_fills_are_told_after_the_whole_matching_and_before_on_tick",),
    ),
    Mutant(
        "C1",
        "rounds are counted without end",
        "engine/loop.py",
        's["rounds"] += 1',
        's["rounds"] = 1',
        (CLOCK + "C01_more_than_a_thousand_rounds_in_one_step_are_an_error",),
    ),
    Mutant(
        "C1",
        "one round too few",
        "engine/loop.py",
        's["rounds"] > MOST_ROUNDS',
        's["rounds"] >= MOST_ROUNDS',
        (CLOCK + "C01_more_than_a_thousand_rounds_in_one_step_are_an_error",),
    ),
    Mutant(
        "C1",
        "the second of two timers at one instant's bar is forgotten",
        "engine/loop.py",
        's["timer"] += 1',
        's["timer"] += 2',
        (SKIPPING + "C06_what_falls_due_in_the_middle_of_a_bar_is_not_passed", JOURNAL),
    ),
    Mutant(
        "C2",
        "bars close with the next tick instead of the clock",
        "engine/loop.py",
        's["now"] = stop\n                pc = CLOSE',
        's["now"] = max(stop, ts[min(y["cursor"], len(ts) - 1)])\n                pc = CLOSE',
        (CLOCK + "C02_the_last_bar_before_a_weekend_closes_when_it_ends",),
    ),
    Mutant(
        "C3",
        "orders of on_bar miss the ticks of their instant",
        "engine/loop.py",
        'if i < y["limit"] and ts[i] < stop:',
        'if i < y["limit"] and ts[i] <= stop:',
        (CLOCK + "C03_an_order_of_on_bar_meets_a_tick_of_the_same_instant",),
    ),
    Mutant(
        "C3",
        "orders meet the tick they answer instead of the next",
        "engine/matching.py",
        "bid, ask = effective(c.bid[i], c.ask[i])",
        "i = max(i - 1, 0)\n    bid, ask = effective(c.bid[i], c.ask[i])",
        (CLOCK + "C03_an_order_of_on_tick_meets_the_next_tick_even_of_the_same_instant", JOURNAL),
    ),
    Mutant(
        "C4",
        "events carry the phase before",
        "engine/loop.py",
        's["phase"] = IN_TICK',
        's["phase"] = IN_DUE',
        (CONSERVATION + "C04_the_journal_is_ordered_by_time_phase_and_sequence", JOURNAL),
    ),
    Mutant(
        "C4",
        "a chunk goes on beyond its last tick",
        "runs/machine.py",
        'state["until"] = until\n',
        'state["until"] = until + 30_000_000\n',
        (SAME + "C04_chunks_of_any_size_write_the_same_journal", STATE),
    ),
    Mutant(
        "C4",
        "a number that differs from process to process",
        "runs/machine.py",
        'g["slippage"] = rules.slippage',
        'g["slippage"] = rules.slippage + hash("a") % 100',
        (SAME + "C04_another_process_writes_the_same_journal",),
    ),
    Mutant(
        "C4",
        "a number that differs from run to run",
        "runs/machine.py",
        'g["slippage"] = rules.slippage',
        'g["slippage"] = rules.slippage + id(config) // 16 % 1000',
        (SAME + "C04_the_same_run_twice_writes_the_same_journal",),
    ),
    Mutant(
        "C5",
        "bars that end at the end are not told",
        "engine/loop.py",
        'next_listened if next_listened <= c.config[0]["end"] else NEVER',
        'next_listened if next_listened < c.config[0]["end"] else NEVER',
        (CLOCK + "C05_bars_that_end_at_the_end_close_and_their_orders_stay_pending", JOURNAL),
    ),
    Mutant(
        "C5",
        "on_end may still order",
        "engine/loop.py",
        's["over"] = 1',
        's["over"] = 0',
        (CLOCK + "C05_on_end_comes_last_and_what_it_orders_is_rejected",),
    ),
    Mutant(
        "C5",
        "the close at the end pays no slippage",
        "engine/loop.py",
        "fill(c, order, slipped(c, side, ask if side > 0 else bid), abs(net))",
        "fill(c, order, ask if side > 0 else bid, abs(net))",
        (CLOCK + "C05_close_at_end_closes_at_the_last_quote_plus_slippage_in_phase_end",),
    ),
    # Skipping
    Mutant(
        "C6",
        "a bar is passed although its ask touches a buy limit",
        "engine/skip.py",
        'bar["ask_min"] <= ask_low',
        'bar["ask_min"] < ask_low',
        (LEVEL,),
    ),
    Mutant(
        "C6",
        "a bar is passed although its bid reaches a sell limit",
        "engine/skip.py",
        'or bar["bid_max"] >= bid_high',
        'or bar["bid_max"] > bid_high',
        (LEVEL, SKIPS_ALIKE),
    ),
    Mutant(
        "C6",
        "a bar is passed although its ask reaches a buy stop",
        "engine/skip.py",
        'or bar["ask_max"] >= ask_high',
        'or bar["bid_max"] >= ask_high',
        (LEVEL, SKIPS_ALIKE),
    ),
    Mutant(
        "C6",
        "only the first tick of a bar is compared with a sell stop",
        "engine/skip.py",
        "or x >= bid_high or x <= bid_low:\n                    found",
        "or x >= bid_high or (x <= bid_low and i == bar['first']):\n                    found",
        (LEVEL, SKIPS_ALIKE),
    ),
    Mutant(
        "C6",
        "levels are not found again after a change",
        "engine/orders.py",
        'write(c, EV_MODIFIED, k, order, o["position"], price, o["side"] * steps, 0, OK)\n    c.syms[k]["dirty"] = 1',
        'write(c, EV_MODIFIED, k, order, o["position"], price, o["side"] * steps, 0, OK)',
        (SKIPPING + "C06_a_level_that_moves_is_looked_at_anew",),
    ),
    Mutant(
        "C6",
        "a bar that an instant cuts is passed whole",
        "engine/skip.py",
        'whole = bar["end"] <= stop',
        "whole = True",
        (SKIPPING + "C06_what_falls_due_in_the_middle_of_a_bar_is_not_passed", SKIPS_ALIKE),
    ),
    Mutant(
        "C6",
        "an order keeps its first meeting although ticks were passed",
        "engine/skip.py",
        'o["met"] = 1',
        'o["met"] = 0',
        (SKIPPING + "C06_a_limit_that_was_passed_by_has_met_its_first_tick", SKIPS_ALIKE),
    ),
    Mutant(
        "C6",
        "nothing is skipped",
        "engine/skip.py",
        'if c.config[0]["skip"] == 0 or y["market"]:',
        "if True:",
        (
            SKIPPING + "C06_nothing_but_the_ticks_that_can_do_something_is_visited",
            SAME + "C06_ticks_that_can_do_nothing_are_not_visited",
        ),
    ),
    Mutant(
        "C6",
        "of two buy limits the lower is the level",
        "engine/skip.py",
        'ask_low = max(ask_low, o["limit"])',
        'ask_low = o["limit"]',
        (SKIPS_ALIKE,),
    ),
    Mutant(
        "C6",
        "the loop that visits every tick skips as well",
        "engine/skip.py",
        'if c.config[0]["skip"] == 0 or y["market"]:',
        'if y["market"]:',
        (SKIPPING + "C06_without_skipping_every_tick_is_visited",),
    ),
    # Orders
    Mutant(
        "O2",
        "a filled order stays pending",
        "engine/account.py",
        'o["state"] = FILLED',
        'o["state"] = PENDING',
        (CONSERVATION + "O02_every_event_is_a_transition_of_the_table", JOURNAL),
    ),
    Mutant(
        "O2",
        "a trigger is not told",
        "engine/matching.py",
        'write(c, EV_TRIGGERED, k, order, o["position"], o["stop"], o["side"] * steps, 0, OK)',
        "pass",
        (
            FILLS + "F03_a_stop_fills_at_the_quote_that_reached_it_and_pays_the_gap",
            ORACLE + "O02_the_random_cases_reach_every_kind_phase_and_reason_in_use",
        ),
    ),
    Mutant(
        "O3",
        "the price is checked before the quantity",
        "engine/orders.py",
        "elif bad_quantity:\n        reason = BAD_QUANTITY\n    elif bad_price:\n        reason = BAD_PRICE",
        "elif bad_price:\n        reason = BAD_PRICE\n    elif bad_quantity:\n        reason = BAD_QUANTITY",
        (ORDERS + "O03_the_first_failed_check_wins",),
    ),
    Mutant(
        "O3",
        "an order below the least quantity is taken",
        "engine/orders.py",
        'bad_quantity = steps <= 0 or steps < y["least"] or steps > y["largest"]',
        'bad_quantity = steps <= 0 or steps > y["largest"]',
        (ORDERS + "O03_a_quantity_that_cannot_be_is_rejected_at_once",),
    ),
    Mutant(
        "O3",
        "a distance of nothing is taken",
        "engine/orders.py",
        "return kind, whole, whole > 0",
        "return kind, whole, True",
        (ORDERS + "O03_a_price_or_distance_that_cannot_be_is_rejected_at_once",),
    ),
    Mutant(
        "O3",
        "an infinite price is taken",
        "engine/orders.py",
        "if not (0.0 < scaled < _EXACT):\n        return 0\n    return np.int64(np.floor(scaled + 0.5))",
        "if not 0.0 < scaled:\n        return 0\n    return np.int64(np.floor(min(scaled, 1e9) + 0.5))",
        (ORDERS + "O03_a_price_or_distance_that_cannot_be_is_rejected_at_once", JOURNAL),
    ),
    Mutant(
        "O3",
        "without a quote an order is refused",
        "engine/risk.py",
        "    if known:\n        stops",
        "    if True:\n        stops",
        (CLOCK + "O03_without_a_quote_an_order_is_accepted",),
    ),
    Mutant(
        "O3",
        "margin is not tested on arrival",
        "engine/risk.py",
        'elif short_of_margin(c, order, o["quantity"], price):',
        "elif False:",
        (ORDERS + "O03_margin_is_tested_on_arrival_at_the_quote",),
    ),
    Mutant(
        "O3",
        "orders on their way are not pending yet",
        "engine/context.py",
        'if r["kind"] == 0:',
        'if r["kind"] == 9:',
        (JOURNAL,),
    ),
    Mutant(
        "O3",
        "memory grows by too little for what is open",
        "runs/machine.py",
        "more = 16 * sum(map(len, still_open))",
        "more = 0",
        (ROOM + "O03_thousands_of_orders_in_one_callback_are_all_taken",),
    ),
    Mutant(
        "O3",
        "growing loses the journal",
        "runs/machine.py",
        "grown[: len(array)] = array\n    return grown\n\n\ndef _joined",
        "return grown\n\n\ndef _joined",
        (ROOM + "O03_a_run_that_outgrows_its_memory_loses_nothing",),
    ),
    Mutant(
        "O3",
        "room for the journal is not asked for",
        "engine/layout.py",
        's["n_events"] + 16 * open_now + 2 * ROOM > len(c.events)',
        's["n_events"] < 0',
        (ROOM + "O03_a_run_that_outgrows_its_memory_loses_nothing",),
    ),
    Mutant(
        "O4",
        "every modification loses the place",
        "engine/orders.py",
        "if moved or grown:",
        "if True:",
        (ORDERS + "O04_a_new_price_or_a_larger_quantity_loses_the_place", JOURNAL),
    ),
    Mutant(
        "O4",
        "a changed price is no new meeting",
        "engine/orders.py",
        '    if moved:\n        o["met"] = 0',
        '    if moved:\n        o["met"] = o["met"]',
        (ORDERS + "O04_a_changed_price_is_a_new_meeting_and_a_larger_quantity_is_not",),
    ),
    Mutant(
        "O4",
        "a cancel that is too late says nothing",
        "engine/orders.py",
        "cancel_now(c, order, BY_USER)\n    else:\n        refuse(c, order, UNKNOWN)",
        "cancel_now(c, order, BY_USER)",
        (ORDERS + "O04_cancel_and_cancel_too_late", JOURNAL),
    ),
    Mutant(
        "O4",
        "the quantity of an attached exit can be changed",
        "engine/orders.py",
        'quantity >= 0 and (o["parent"] != 0 or quantity <= o["filled"])',
        'quantity >= 0 and quantity <= o["filled"]',
        (ORDERS + "O04_attached_exits_take_prices_only", CONSERVATION + "P02_no_attached_exit_outlives_its_lot"),
    ),
    # Fills
    Mutant(
        "F1",
        "market orders fill at the other side",
        "engine/matching.py",
        "quote = ask if side > 0 else bid",
        "quote = bid if side > 0 else ask",
        (FILLS + "F01_market_orders_buy_at_the_ask_and_sell_at_the_bid_of_the_next_tick", JOURNAL),
    ),
    Mutant(
        "F2",
        "a limit improves later too",
        "engine/matching.py",
        'return quote if o["met"] == 0 else o["limit"]',
        "return quote",
        (FILLS + "F02_later_a_limit_fills_at_its_price_without_improvement", JOURNAL),
    ),
    Mutant(
        "F2",
        "a limit pays its price at its first tick",
        "engine/matching.py",
        'return quote if o["met"] == 0 else o["limit"]',
        'return o["limit"]',
        (FILLS + "F02_a_limit_marketable_at_its_first_tick_fills_at_that_ticks_quote", JOURNAL),
    ),
    Mutant(
        "F2",
        "a touch does not fill a limit",
        "engine/matching.py",
        'if side * (o["limit"] - quote) < 0:',
        'if side * (o["limit"] - quote) <= 0:',
        (FILLS + "F02_a_touch_is_enough", LEVEL),
    ),
    Mutant(
        "F3",
        "a stop fills at its level",
        "engine/matching.py",
        'if kind == STOP and side * (quote - o["stop"]) >= 0:\n        return slipped(c, side, quote)',
        'if kind == STOP and side * (quote - o["stop"]) >= 0:\n        return slipped(c, side, o["stop"])',
        (FILLS + "F03_a_stop_fills_at_the_quote_that_reached_it_and_pays_the_gap", JOURNAL),
    ),
    Mutant(
        "F3",
        "a touch does not trigger a stop",
        "engine/matching.py",
        'if kind == STOP and side * (quote - o["stop"]) >= 0:',
        'if kind == STOP and side * (quote - o["stop"]) > 0:',
        (FILLS + "F03_a_touch_triggers", LEVEL),
    ),
    Mutant(
        "F3",
        "a stop at the quote is on the right side",
        "engine/orders.py",
        "return stop <= ask if side > 0 else stop >= bid",
        "return stop < ask if side > 0 else stop > bid",
        (ORDERS + "F03_a_users_stop_on_the_wrong_side_is_rejected_on_arrival",),
    ),
    Mutant(
        "F6",
        "exits can fill at their entry's tick",
        "engine/matching.py",
        "    for w in range(n):\n        order = c.working[w]",
        '    for w in range(n + 2):\n        if w >= c.state[0]["n_working"]:\n            break\n'
        "        order = c.working[w]",
        (FILLS + "F06_an_attached_exit_meets_the_tick_after_its_entrys_fill", JOURNAL),
    ),
    Mutant(
        "F6",
        "the take-profit is accepted before the stop-loss",
        "engine/account.py",
        """    if o["sl_kind"] != NO_EXIT:
        _attach(c, order, s["lot"], price, steps, STOP_LOSS, o["sl_kind"], o["sl"])
    if o["tp_kind"] != NO_EXIT:
        _attach(c, order, s["lot"], price, steps, TAKE_PROFIT, o["tp_kind"], o["tp"])
""",
        """    if o["tp_kind"] != NO_EXIT:
        _attach(c, order, s["lot"], price, steps, TAKE_PROFIT, o["tp_kind"], o["tp"])
    if o["sl_kind"] != NO_EXIT:
        _attach(c, order, s["lot"], price, steps, STOP_LOSS, o["sl_kind"], o["sl"])
""",
        (
            FILLS + "F07_both_exits_reachable_at_one_tick_the_stop_loss_was_accepted_first",
            FILLS + "F06_distances_are_measured_from_the_fill_and_exits_are_submitted_stop_loss_first",
        ),
    ),
    Mutant(
        "F6",
        "a percentage is rounded down",
        "engine/account.py",
        "(price * value + _PCT // 2) // _PCT",
        "price * value // _PCT",
        (FILLS + "F06_distances_are_measured_from_the_fill_and_exits_are_submitted_stop_loss_first",),
    ),
    Mutant(
        "F6",
        "a level may lie below one point",
        "engine/account.py",
        "return max(1, price + away * distance)",
        "return price + away * distance",
        (FILLS + "F06_a_level_is_never_below_one_point",),
    ),
    Mutant(
        "F7",
        "orders are tested in reverse",
        "engine/matching.py",
        "order = c.working[w]",
        "order = c.working[n - 1 - w]",
        (FILLS + "F07_at_one_tick_orders_fill_in_order_of_acceptance", JOURNAL),
    ),
    Mutant(
        "F7",
        "a sibling is told that it is flat",
        "engine/account.py",
        'x["reason"] = SIBLING if filled_parent == x["parent"] else FLAT',
        'x["reason"] = FLAT',
        (FILLS + "F07_the_fill_of_an_exit_cancels_its_sibling", JOURNAL),
    ),
    Mutant(
        "F9",
        "limits slip",
        "engine/matching.py",
        'return quote if o["met"] == 0 else o["limit"]',
        'return slipped(c, side, quote) if o["met"] == 0 else o["limit"]',
        (FILLS + "F09_slippage_in_points_makes_market_orders_worse_and_limits_not",),
    ),
    Mutant(
        "F9",
        "slippage takes a price below one point",
        "engine/costs.py",
        'return max(1, price + side * c.config[0]["slippage"])',
        'return price + side * c.config[0]["slippage"]',
        (FILLS + "F09_slippage_never_takes_a_price_below_one_point",),
    ),
    Mutant(
        "F9",
        "commission per lot forgets the contract",
        "engine/costs.py",
        'return muldiv(steps, g["rate"], y["contract"])',
        'return muldiv(steps, g["rate"], 100_000)',
        (FILLS + "F09_half_a_micro_unit_goes_to_the_even_one_and_zero_is_not_booked",),
    ),
    Mutant(
        "F9",
        "basis points are of the quantity",
        "engine/costs.py",
        'muldiv(money(c, k, price * steps), g["rate"], _BPS_PARTS)',
        'muldiv(steps * 1_000_000, g["rate"], _BPS_PARTS)',
        (FILLS + "F09_commission_is_booked_once_per_fill", JOURNAL),
    ),
    Mutant(
        "F9",
        "the profit is booked before the commission",
        "engine/account.py",
        """    if paid != 0:
        _book(c, k, order, about, price, side * steps, -paid, COMMISSION)
""",
        "",
        (FILLS + "F09_close_pays_commission_before_its_profit_is_booked",),
    ),
    # Positions and account
    Mutant(
        "P1",
        "the last lot in is the first out",
        "engine/account.py",
        '    for i in range(c.state[0]["n_lots"]):\n        lot = c.lots[i]\n        if (\n',
        '    for i in range(c.state[0]["n_lots"] - 1, -1, -1):\n        lot = c.lots[i]\n        if (\n',
        (ACCOUNT + "P01_lots_close_first_in_first_out", JOURNAL),
    ),
    Mutant(
        "P2",
        "an exit closes the oldest lot, whosever it is",
        "engine/account.py",
        'and (o["parent"] == 0 or lot["order"] == o["parent"])',
        "and True",
        (ACCOUNT + "P02_an_attached_exit_closes_the_lot_of_its_own_entry", JOURNAL),
    ),
    Mutant(
        "P2",
        "exits do not shrink with their lot",
        "engine/account.py",
        'x["quantity"] = x["filled"] + left',
        'x["quantity"] = x["quantity"] if left else x["filled"]',
        (STATE, JOURNAL),
    ),
    Mutant(
        "P2",
        "exits outlive their lot",
        "engine/account.py",
        'if left == 0:\n            x["state"] = CANCELLED',
        'if left < 0:\n            x["state"] = CANCELLED',
        (
            ACCOUNT + "P02_an_exit_shrinks_with_its_lot_and_dies_with_it",
            CONSERVATION + "P02_no_attached_exit_outlives_its_lot",
        ),
    ),
    Mutant(
        "P2",
        "a reversal's exits cover what it closed as well",
        "engine/account.py",
        "_open_lot(c, order, price, rest)",
        "_open_lot(c, order, price, rest + (steps - rest) // 2)",
        (
            ACCOUNT + "P02_a_reversal_closes_first_then_opens_the_rest_with_its_exits",
            CONSERVATION + "P03_the_position_is_the_sum_of_fills_and_of_lots",
        ),
    ),
    Mutant(
        "P2",
        "close takes more than is open",
        "engine/matching.py",
        'return min(want, abs(net)) if net * o["side"] < 0 else 0',
        "return want",
        (
            ORDERS + "P02_close_takes_what_is_open_at_its_fill",
            ORDERS + "P02_close_is_reduce_only_and_says_flat_when_nothing_is_left",
        ),
    ),
    Mutant(
        "P2",
        "cancel_all takes the exits too",
        "engine/orders.py",
        'o["state"] == PENDING and o["parent"] == 0 and o["role"] == ENTRY',
        'o["state"] == PENDING',
        (ORDERS + "P02_cancel_all_spares_attached_exits_and_closes",),
    ),
    Mutant(
        "P3",
        "a booking moves the balance a little more",
        "engine/account.py",
        'c.state[0]["balance"] += amount',
        'c.state[0]["balance"] += amount + (amount < -1000)',
        (CONSERVATION + "P03_the_balance_is_the_cash_plus_all_that_was_booked", JOURNAL),
    ),
    Mutant(
        "P3",
        "shorts are marked at the bid",
        "engine/account.py",
        'mark = bid if lot["side"] > 0 else ask\n                points',
        "mark = bid\n                points",
        (JOURNAL,),
    ),
    Mutant(
        "P3",
        "a profit of zero is not booked",
        "engine/account.py",
        '_book(c, k, order, lot["id"], lot["price"], side * piece, profit, PROFIT)',
        'if profit != 0:\n            _book(c, k, order, lot["id"], lot["price"], side * piece, profit, PROFIT)',
        (ACCOUNT + "P03_a_profit_of_zero_is_booked",),
    ),
    Mutant(
        "P3",
        "more is filled than was ordered",
        "engine/matching.py",
        'want = o["quantity"] - o["filled"]\n    if o["reduce_only"] == 0:\n        return want',
        'want = o["quantity"] - o["filled"]\n    if o["reduce_only"] == 0:\n        return want + want // 1000',
        (CONSERVATION + "P03_fills_never_exceed_the_quantity_ordered", JOURNAL),
    ),
    Mutant(
        "P3",
        "the check at the end forgets the balance",
        "runs/conservation.py",
        "balance != booked",
        "False",
        (ACCOUNT + "P03_a_run_that_does_not_add_up_is_a_bug_and_says_so",),
    ),
    Mutant(
        "P4",
        "margin is not tested again at the fill",
        "engine/matching.py",
        "if short_of_margin(c, order, steps, price):",
        "if False:",
        (ORDERS + "P04_margin_is_tested_again_at_the_fill_with_the_position_before_it", JOURNAL),
    ),
    Mutant(
        "P4",
        "a reversal needs no margin",
        "engine/risk.py",
        "if 0 <= after <= net or net <= after <= 0:",
        "if abs(after) <= abs(net):",
        (ORDERS + "P04_reducing_needs_no_margin_and_reversing_needs_that_of_the_rest",),
    ),
    Mutant(
        "P7",
        "fills are no equity points of their own",
        "engine/trades.py",
        "seen = tick + 1\n        k += 1",
        "seen = tick + 1",
        (ACCOUNT + "P07_equity_points_are_the_ends_of_minutes_with_ticks_and_every_fill", JOURNAL),
    ),
    Mutant(
        "P7",
        "excursions begin after the fill's tick",
        "engine/trades.py",
        "a, z = at[n, 0] - 1, at[n, 1]",
        "a, z = at[n, 0], at[n, 1]",
        (ACCOUNT + "P07_the_fills_own_tick_counts_for_its_excursions",),
    ),
    Mutant(
        "P7",
        "what rounding takes from a lot's commission is lost",
        "engine/trades.py",
        "gone[lot] += piece",
        "gone[lot] = 0",
        (CONSERVATION + "P07_the_commission_of_a_fill_is_shared_without_loss",),
    ),
    # What the engine keeps of the other rules
    Mutant(
        "U2",
        "prices are cut instead of rounded",
        "engine/orders.py",
        "if not (0.0 < scaled < _EXACT):\n        return 0\n    return np.int64(np.floor(scaled + 0.5))",
        "if not (0.0 < scaled < _EXACT):\n        return 0\n    return np.int64(np.floor(scaled + 1e-6))",
        (ORDERS + "U02_a_price_between_two_points_becomes_the_nearer_one_half_upwards",),
    ),
    Mutant(
        "U3",
        "a quantity off the grid is rounded",
        "engine/orders.py",
        "max(1e-6, 4 * np.spacing(abs(scaled)))",
        "0.6",
        (
            ORDERS + "U03_a_quantity_within_a_millionth_of_a_step_is_on_the_grid",
            ORDERS + "U03_what_float64_makes_of_a_large_quantity_is_on_the_grid",
        ),
    ),
    Mutant(
        "U3",
        "the grid's tolerance does not grow with the quantity",
        "engine/orders.py",
        "max(1e-6, 4 * np.spacing(abs(scaled)))",
        "1e-6",
        (ORDERS + "U03_what_float64_makes_of_a_large_quantity_is_on_the_grid",),
    ),
    Mutant(
        "U4",
        "half a micro-unit is rounded away from zero",
        "engine/costs.py",
        "(2 * r == d and q % 2 == 1)",
        "2 * r == d",
        (FILLS + "F09_half_a_micro_unit_goes_to_the_even_one_and_zero_is_not_booked",),
    ),
    Mutant(
        "U4",
        "the exits' prices do not count for overflow",
        "engine/orders.py",
        'if o["tp_kind"] == AT_PRICE:',
        "if False:",
        (ORDERS + "U04_an_order_whose_value_could_pass_the_integers_is_rejected",),
    ),
    Mutant(
        "U4",
        "the base currency is converted at the bid",
        "engine/costs.py",
        'muldiv(amount, y["money_mul"], y["money_div"] * (bid + ask))',
        'muldiv(amount, y["money_mul"], y["money_div"] * (bid + bid))',
        (ACCOUNT + "U04_profit_in_the_base_currency_divides_by_the_mid_of_the_last_quote", JOURNAL),
    ),
    Mutant(
        "R13",
        "crossed quotes are used as they are",
        "engine/costs.py",
        "return (bid + ask) >> 1, (bid + ask + 1) >> 1",
        "return bid, ask",
        (
            SKIPPING + "R13_keep_trades_at_the_floor_and_ceiling_of_the_middle_and_shows_raw_bars",
            SKIPPING + "R13_levels_are_compared_with_effective_quotes",
            SKIPPING + "R13_marks_and_excursions_use_effective_quotes",
        ),
    ),
    Mutant(
        "S4",
        "the quote is one tick ahead",
        "engine/costs.py",
        "bid, ask = effective(c.bid[i], c.ask[i])\n    return bid, ask, True",
        "i = min(i + 1, len(c.bid) - 1)\n    bid, ask = effective(c.bid[i], c.ask[i])\n    return bid, ask, True",
        (SAME + "S04_what_comes_after_an_instant_changes_nothing_before_it", FINDS_NOTHING, JOURNAL),
    ),
    Mutant(
        "S4",
        "the check for look-ahead leaves the future as it was",
        "runs/lookahead.py",
        "ticks = altered_ticks(run.ticks, count, world, rng)",
        "ticks = run.ticks",
        (FINDS,),
    ),
    Mutant(
        "S4",
        "the check for look-ahead compares the journal with itself",
        "runs/lookahead.py",
        "theirs, their_cursors = machine.events, machine.cursors",
        "theirs, their_cursors = ours, cursors",
        (FINDS,),
    ),
    Mutant(
        "S4",
        "the check for look-ahead alters a tick that was taken",
        "runs/lookahead.py",
        "ticks = altered_ticks(run.ticks, count, world, rng)",
        "ticks = altered_ticks(run.ticks, max(1, count - 1), world, rng)",
        (FINDS_NOTHING,),
    ),
    Mutant(
        "S8",
        "the last bar of the warm-up is told",
        "engine/loop.py",
        'if now <= c.config[0]["start"]:',
        'if now < c.config[0]["start"]:',
        (CLOCK + "S08_a_bar_that_ends_at_the_start_belongs_to_the_warm_up",),
    ),
    # Time travel
    Mutant(
        "T1",
        "the k-th tick of an instant is the last",
        "runs/run.py",
        "cursor = first + tick",
        "cursor = cursor if tick else first",
        (STATE, STATE_OF_ORACLE),
    ),
    Mutant(
        "T1",
        "events of an instant are left out",
        "runs/run.py",
        'n = int(np.searchsorted(self.journal["ts"], ts, "right"))',
        'n = int(np.searchsorted(self.journal["ts"], ts, "left"))',
        (STATE, STATE_OF_ORACLE),
    ),
    Mutant(
        "T2",
        "a reversal's lot counts what it closed",
        "runs/book.py",
        "steps=opened.steps - steps)",
        "steps=opened.steps)",
        (STATE_OF_ORACLE, TRAVEL + "T02_the_state_late_in_a_long_run_is_the_oracles"),
    ),
    Mutant(
        "T2",
        "a snapshot is one event late",
        "runs/book.py",
        "self._play(stand, block * _EVERY, n)",
        "self._play(stand, block * _EVERY + (block > 0), n)",
        (TRAVEL + "T02_the_state_late_in_a_long_run_is_the_oracles",),
    ),
    Mutant(
        "T2",
        "the forming bar forgets the ticks of the running minute",
        "bars/forming_bar.py",
        "        measure(bid, ask, volume, low, upto, bars[count])",
        "        measure(bid, ask, volume, low, low + 1, bars[count])",
        (STATE, STATE_OF_ORACLE),
    ),
    Mutant(
        "T2",
        "a modified exit keeps its level",
        "runs/book.py",
        'new = {"limit": price} if old.limit else {"stop": price}',
        'new = {"limit": price} if old.limit else {}',
        (STATE, STATE_OF_ORACLE),
    ),
    Mutant(
        "T3",
        "every question reads the journal from its beginning",
        "runs/book.py",
        "block = n // _EVERY",
        "block = 0",
        (TRAVEL + "T03_a_question_reads_a_bounded_part_of_the_journal",),
    ),
]
