"""Programs that find an indicator's value with the forming bar: a header and its steps, records in one array.

A step makes one number of others: of the forming bar, of earlier steps, of what closed bars left. `forming.py` runs
them; who plans a run writes them.
"""

import numpy as np

__all__ = ["BAR_FIELDS", "KINDS", "LINES", "STEP"]

STEP = np.dtype(
    [
        ("kind", "i8"),  # KINDS
        ("a", "i8"),  # places of the steps it takes, in the array of steps
        ("b", "i8"),
        ("d", "i8"),
        ("s", "i8"),  # series whose closed values it takes; of a header the one whose frame the program is about
        ("t", "i8"),
        ("n", "i8"),  # a period, a code; of a header the count of its steps
        ("seed", "i8"),  # closed bars at which a running average begins; of a header those it needs at least
        ("k", "f8"),
    ]
)

# What `n` of a "bar" step means; the last two are mids of the first and the last tick, doubled (R5 halves them).
BAR_FIELDS = (
    *("open", "high", "low", "close", "ask_open", "ask_high", "ask_low", "ask_close"),
    *("volume", "ticks", "ts", "end", "mid_open", "mid_close"),
)
# What `seed` of a "line" step means: the end of a least-squares line, its parts, and where it goes next.
LINES = ("linearreg", "linearreg_slope", "linearreg_intercept", "linearreg_angle", "tsf")

KINDS = (
    *("program", "bar", "closed"),
    *("add", "sub", "mult", "times", "over", "ratio", "greatest", "least", "share"),
    *("total", "mean", "ema", "wilder", "wma", "trima", "kama", "rsi"),
    *("trange", "variance", "deviation"),
    *("mom", "roc", "rocp", "rocr", "rocr100", "line"),
)
