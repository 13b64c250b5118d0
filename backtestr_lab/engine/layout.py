"""Everything a run holds in memory: a few arrays of records behind one structref, `CTX`.

The type lives in this module because the loop and every callback are compiled against it: one type, one cache entry.
Scalars sit in one-element record arrays, so that Python reads them without compiling an accessor and a checkpoint of a
run is a copy of arrays. Nothing here knows a rule.
"""

import numpy as np
from numba import types
from numba.experimental import structref

from ..jit import kernel
from ..records import BAR, EVENT, ORDER
from .memory import ContextType, array_type, borrow, owner
from .steps import STEP

NEVER = 2**63 - 1  # a ts no run reaches

# Steps of the clock (C1), the loop's program counter.
NEXT, CLOSE, DUE, DELIVER, POINT, CALL_BARS, CALL_TIME, TICK, TOLD, ON_TICK, END_CLOSE, END_CALL, ENDED = range(13)

# Why `advance` returned.
MORE, FINISHED, CALL, INTERRUPTED, ROUNDS, GROW = range(6)

# Which callback is meant by CALL, in the order of `CALLBACKS`.
CALLBACKS = ("on_bar", "on_tick", "on_time", "on_fill", "on_order", "on_end")
ON_BAR, CALL_ON_TICK, ON_TIME, ON_FILL, ON_ORDER, ON_END = range(6)

STATE = np.dtype(
    [
        ("now", "i8"),
        ("phase", "i8"),
        ("pc", "i8"),
        ("then", "i8"),  # where the program counter goes after a round of DUE and DELIVER
        ("call", "i8"),  # the callback that is running, index in CALLBACKS
        ("line", "i8"),  # line of the cell that runs now
        ("symbol", "i8"),  # the symbol that callback is about
        ("ticked", "i8"),  # the symbol of the tick at hand
        ("frame", "i8"),  # index of the frame whose bar `on_bar` is for
        ("event", "i8"),  # index of the event that is being delivered
        ("told", "i8"),  # events delivered so far
        ("rounds", "i8"),  # of DUE and delivery in this step
        ("mark", "i8"),  # events written when this round of delivery began
        ("n_events", "i8"),
        ("n_orders", "i8"),
        ("n_working", "i8"),
        ("n_lots", "i8"),
        ("n_queue", "i8"),
        ("head", "i8"),  # rows of the queue that the DUE step under way has carried out
        ("n_waiting", "i8"),  # orders that wait for another (OTO)
        ("requests", "i8"),  # requests made so far: the sequence of C1.2
        ("rank", "i8"),  # orders accepted so far (F7)
        ("lot", "i8"),  # lots opened so far
        ("balance", "i8"),  # micro-units
        ("peak", "i8"),  # the largest equity at any equity point (P4), kept where a limit asks for it
        ("day_start", "i8"),  # equity at the last day boundary of the first symbol
        ("stopped", "i8"),  # 0, or the reason for which entries are refused
        ("new_day", "i8"),  # 1: a day begins at this instant (C1.3)
        ("unsure", "i8"),  # 1: how far quotes may go before a limit is reached must be found again
        ("closing", "i8"),  # orders that a limit or a stop-out has made and that are still open
        ("scheduled", "i8"),  # index of the next row of the schedule
        ("next_listened", "i8"),  # the next bar end somebody listens to
        ("next_any", "i8"),  # the next bar end of any frame
        ("timer", "i8"),  # index of the next on_time instant
        ("until", "i8"),  # instants up to here may be visited
        ("final", "i8"),  # 1: `until` is the run's end and all ticks are there
        ("over", "i8"),  # 1 once orders are refused (C5)
        ("visited", "i8"),  # ticks the loop looked at
    ]
)

CONFIG = np.dtype(
    [
        ("start", "i8"),
        ("end", "i8"),
        ("python", "i8"),  # 1: hand callbacks to Python
        ("skip", "i8"),  # 1: skip what is proven inert (C6)
        ("close_at_end", "i8"),
        ("listens_bar", "i8"),
        ("listens_tick", "i8"),
        ("listens_time", "i8"),
        ("listens_fill", "i8"),
        ("listens_order", "i8"),
        ("listens_end", "i8"),
        ("hedging", "i8"),  # 1: each entry is a position of its own (P1)
        ("slips", "i8"),  # costs.SLIPPAGES
        ("commission", "i8"),  # costs.COMMISSIONS
        ("rate", "i8"),  # micro-units per lot, unit or order, or parts per 10^10
        ("maker_rate", "i8"),  # the same for a limit that rested
        ("fee_least", "i8"),  # micro-units per order, 0 = none
        ("fee_most", "i8"),
        ("latency", "i8"),  # µs until a request falls due, the least
        ("latency_most", "i8"),
        ("seed", "i8"),
        ("quoted", "i8"),  # 1: a tick offers the size it quotes, 0: liquidity is unlimited (F8)
        ("participation", "i8"),  # share of that size that can be had, parts per million
        # Limits (P4), 0 = none.
        ("max_orders", "i8"),
        ("max_positions", "i8"),
        ("max_leverage", "i8"),  # parts per million
        ("loss_kind", "i8"),  # of a day: AN_AMOUNT in micro-units, or A_SHARE in parts per million
        ("loss", "i8"),
        ("drawdown_kind", "i8"),
        ("drawdown", "i8"),
        ("limited", "i8"),  # 1: a loss or drawdown is limited
        ("intrabar", "i8"),  # intrabar.MODELS, 0: real ticks (F10)
    ]
)

SYM = np.dtype(
    [
        ("digits", "i8"),
        ("quantity_digits", "i8"),
        ("scale", "f8"),  # points per unit of price
        ("steps", "f8"),  # steps per unit of quantity
        ("pip", "f8"),  # points per pip
        ("contract", "i8"),  # steps per lot
        ("least", "i8"),
        ("largest", "i8"),
        ("slippage", "i8"),  # points, millionths, or the least of a draw
        ("slippage_most", "i8"),
        ("size_kind", "i8"),  # views.QUANTITIES of an order without a quantity
        ("size", "f8"),  # units, or percent
        ("max_order", "i8"),  # steps, 0 = no limit
        ("max_position", "i8"),
        ("margin", "i8"),  # initial margin, parts per million
        ("maintenance", "i8"),
        ("money_mul", "i8"),  # points * steps * mul / div = micro-units, see `costs.money`
        ("money_div", "i8"),
        ("rated", "i8"),  # DIRECT, TIMES or OVER the sum of a quote
        ("rate_symbol", "i8"),  # the symbol of that quote
        ("swap_long", "i8"),  # millionths of a point per night
        ("swap_short", "i8"),
        # Its columns, as addresses at which tick 0 would lie; 0 where the feed has none. Not arrays: the memory of a
        # run would then hold one set for each symbol under its own name.
        ("ts", "i8"),
        ("bid", "i8"),
        ("ask", "i8"),
        ("bid_size", "i8"),
        ("ask_size", "i8"),
        ("volume", "i8"),
        ("bars", "i8"),  # its base bars
        ("n_bars", "i8"),
        ("trades", "i8"),  # 0: it only converts, and no callback is about it
        ("days", "i8"),  # instants that open a day at its anchor
        ("n_days", "i8"),
        ("first", "i8"),  # index of the first tick at or after start
        ("limit", "i8"),  # ticks with an index below are there
        ("cursor", "i8"),  # ticks with an index below have been taken
        ("base", "i8"),  # index of the base bar that holds the cursor
        ("net", "i8"),  # signed steps
        ("dirty", "i8"),  # 1: the levels below must be found again
        ("seen", "i8"),  # the next tick that can matter, when it was looked for and not taken yet, or -1 for none ...
        ("seen_to", "i8"),  # ... before this instant; 0: not looked for
        ("unmet", "i8"),  # working orders that have met no tick yet
        ("urgent", "i8"),  # 1: an order needs the very next tick
        ("ask_low", "i8"),  # something can happen when ask <= this
        ("ask_high", "i8"),  # ... when ask >= this
        ("bid_high", "i8"),  # ... when bid >= this
        ("bid_low", "i8"),  # ... when bid <= this
        ("sell_offset", "i8"),  # the shortest distance at which a trailing sell follows
        ("buy_offset", "i8"),
        ("sell_peak", "i8"),  # a bid above this moves a trailing sell
        ("buy_trough", "i8"),  # an ask below this moves a trailing buy
        ("loss_low", "i8"),  # a limit can be reached when bid <= this
        ("loss_high", "i8"),  # ... when ask >= this
        ("watched", "i8"),  # 1: ... at every tick
        ("buy_left", "i8"),  # steps the tick at hand still offers to buyers (F8)
        ("sell_left", "i8"),
        ("together", "i8"),  # 1: they are the same steps
    ]
)

# One timeframe of one symbol.
FRAME = np.dtype(
    [
        ("us", "i8"),
        ("symbol", "i8"),
        ("bars", "i8"),  # their address
        ("count", "i8"),
        ("closed", "i8"),
        ("listens", "i8"),
        ("points", "i8"),  # 1: its ends are equity points that a limit looks at (P4)
        ("columns", "i8"),  # of its float columns in `columns`, -1 = none
        ("room", "i8"),  # values from one of those columns to the next
        ("form", "i8"),  # the forming bar `forming` last looked at, as an index of its bars
        ("upto", "i8"),  # ... and the ticks it has taken in
        ("base", "i8"),  # ... and the base bar that holds `upto`
    ]
)

SERIES = np.dtype([("offset", "i8"), ("frame", "i8")])

# An open lot (P1). A reversal or a second entry makes a new one.
LOT = np.dtype(
    [
        ("id", "i8"),
        ("order", "i8"),
        ("symbol", "i8"),
        ("side", "i8"),
        ("price", "i8"),
        ("steps", "i8"),  # still open
        ("ts", "i8"),
    ]
)

# What falls due and was known before the run (C1.2), in order: rollovers, dated bookings, new days for the limits.
SCHEDULED = np.dtype(
    [
        ("ts", "i8"),
        ("kind", "i8"),
        ("symbol", "i8"),
        ("value", "i8"),  # nights; micro-units, millionths of a point, or parts per 10^10
    ]
)
ROLLOVER, CASH_BOOKING, DIVIDEND_BOOKING, FUNDING_BOOKING, NEW_DAY = range(5)

# Something that falls due (C1.2): an order's arrival or expiry, a cancel, a modification.
REQUEST = np.dtype(
    [
        ("due", "i8"),
        ("seq", "i8"),
        ("kind", "i8"),
        ("order", "i8"),
        ("quantity", "i8"),  # steps, -1 = leave as it is
        ("limit", "i8"),  # points, -1 = leave as it is
        ("stop", "i8"),
        ("reason", "i8"),  # what is wrong with the new values
    ]
)
ARRIVE, CANCEL, MODIFY, EXPIRE = range(4)

# What `buy` and `sell` ask for, as the strategy gave it; kinds are `views.DISTANCES`, 0 = not given. Every field is
# set anew for every order.
WISH = np.dtype(
    [
        ("side", "i8"),
        ("symbol", "i8"),  # -1: the one the callback is about
        ("position", "i8"),  # the lot whose entry it is to close, 0 = none
        ("qty_kind", "i8"),  # views.QUANTITIES, 0: the run's size
        ("qty", "f8"),
        ("limit_kind", "i8"),
        ("limit", "f8"),
        ("stop_kind", "i8"),
        ("stop", "f8"),
        ("trailing_stop_kind", "i8"),
        ("trailing_stop", "f8"),
        ("stop_loss_kind", "i8"),
        ("stop_loss", "f8"),
        ("take_profit_kind", "i8"),
        ("take_profit", "f8"),
        ("trail_kind", "i8"),
        ("trail", "f8"),
        ("tif", "i8"),
        ("expires", "i8"),
        ("reduce_only", "i8"),
        ("post_only", "i8"),
        ("oco", "i8"),
        ("oto", "i8"),
        ("tag", "i8"),
    ]
)


FIELDS = [
    ("state", array_type(STATE)),
    ("config", array_type(CONFIG, readonly=True)),
    ("syms", array_type(SYM)),
    ("frames", array_type(FRAME)),  # timeframe by timeframe, each with a row per symbol
    ("series", array_type(SERIES, readonly=True)),  # likewise
    ("events", array_type(EVENT)),
    ("cursors", array_type("i8")),  # for each event, the ticks all symbols had taken: which of equal stamps it was (T1)
    ("orders", array_type(ORDER)),
    ("working", array_type("i8")),  # ids, in order of acceptance
    ("lots", array_type(LOT)),  # oldest first
    ("queue", array_type(REQUEST)),  # by (due, seq)
    ("wish", array_type(WISH)),  # the order that is being placed
    ("forms", array_type(BAR)),  # the forming bar of each frame
    ("schedule", array_type(SCHEDULED, readonly=True)),
    ("columns", array_type("f8", readonly=True)),  # open high low close volume ticks of the frames `bars()` reads
    ("values", array_type("f8", readonly=True)),  # indicator outputs
    ("steps", array_type(STEP, readonly=True)),  # programs of indicators' values with the forming bar
    ("stepped", array_type("f8")),  # ... and the numbers their steps make
    ("timers", array_type("i8", readonly=True)),
    ("flag", array_type("i8")),  # nonzero: stop
    ("ints", array_type("i8")),
    ("floats", array_type("f8")),
    ("iarr", array_type("i8")),
    ("farr", array_type("f8")),
]
CTX = ContextType(FIELDS)
# Prices, columns and values may be handed to a strategy as arrays, so those keep their owners.
borrow(name for name, _ in FIELDS if name not in ("columns", "values"))
CALLBACK = types.FunctionType(types.void(CTX))


@kernel(CTX(*(kind for _, kind in FIELDS)))
def make_context(
    state,
    config,
    syms,
    frames,
    series,
    events,
    cursors,
    orders,
    working,
    lots,
    queue,
    wish,
    forms,
    schedule,
    columns,
    values,
    steps,
    stepped,
    timers,
    flag,
    ints,
    floats,
    iarr,
    farr,
):
    """Put the arrays behind one reference."""
    c = structref.new(CTX)
    c.state = state
    c.config = config
    c.syms = syms
    c.frames = frames
    c.series = series
    c.events = events
    c.cursors = cursors
    c.orders = orders
    c.working = working
    c.lots = lots
    c.queue = queue
    c.wish = wish
    c.forms = forms
    c.schedule = schedule
    c.columns = columns
    c.values = values
    c.steps = steps
    c.stepped = stepped
    c.timers = timers
    c.flag = flag
    c.ints = ints
    c.floats = floats
    c.iarr = iarr
    c.farr = farr
    return c


# Room kept free before every step: what one callback may ask for, and what the open orders and lots can cause.
ROOM = 8192
GROWING = ("events", "cursors", "orders", "working", "lots", "queue")


@kernel(types.void(CTX, *(dict(FIELDS)[name] for name in GROWING)))
def replace(c, events, cursors, orders, working, lots, queue):
    """Go on with larger arrays; the caller has copied what was in them."""
    c.events = events
    c.cursors = cursors
    c.orders = orders
    c.working = working
    c.lots = lots
    c.queue = queue


# What is known before a run, and grows where its ticks come while it goes on.
GIVEN = ("series", "schedule", "columns", "values", "timers")


@kernel(types.void(CTX, *(dict(FIELDS)[name] for name in GIVEN)))
def give(c, series, schedule, columns, values, timers):
    """Go on with others of these."""
    c.series = series
    c.schedule = schedule
    c.columns = columns
    c.values = values
    c.timers = timers


@kernel(types.boolean(CTX))
def is_full(c):
    """Whether a step could need more room than there is."""
    s = c.state[0]
    open_now = s["n_working"] + s["n_lots"] + s["n_queue"]
    return (
        s["n_events"] + 16 * open_now + 2 * ROOM > len(c.events)
        or s["n_orders"] + 3 * open_now + ROOM > len(c.orders)
        or 4 * open_now + ROOM > min(len(c.working), len(c.lots), len(c.queue))
    )


_own_events, _own_cursors, _own_orders = owner("events"), owner("cursors"), owner("orders")


@kernel(array_type(EVENT)(CTX))
def events_of(c):
    """The journal so far; what is written later may go to a larger array."""
    return _own_events(c)[: c.state[0]["n_events"]]


@kernel(array_type("i8")(CTX))
def cursors_of(c):
    """For each event so far, the ticks that had been taken when it was written."""
    return _own_cursors(c)[: c.state[0]["n_events"]]


@kernel(array_type(ORDER)(CTX))
def orders_of(c):
    """The orders so far."""
    return _own_orders(c)[: c.state[0]["n_orders"]]


@kernel(types.Tuple((array_type("i8"), array_type(LOT), array_type(REQUEST)))(CTX))
def open_of(c):
    """Working order ids, open lots and queued requests, copied."""
    s = c.state[0]
    return c.working[: s["n_working"]].copy(), c.lots[: s["n_lots"]].copy(), c.queue[: s["n_queue"]].copy()
