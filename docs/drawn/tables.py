"""Tables of the pages: what a run's journal says, and what the engine's own tables say."""

import re
from pathlib import Path

from backtestr_lab.engine.orders import TRANSITIONS
from backtestr_lab.records import REASONS
from backtestr_lab.runs.words import reason_in_words

__all__ = ["journal_table", "reasons_table", "transitions_table"]

JOURNAL = Path(__file__).parents[1] / "reference/journal.md"
_OF_ORDERS = {event for _, event in TRANSITIONS} | {"REQUEST_REJECTED"}
# What stands for the figures of one order, in the words of `backtestr_lab.runs.words`.
_FIGURES = {
    "step": "the symbol's step",
    "least": "its least",
    "largest": "its largest",
    "side": "buy (sell)",
    "beyond": "above (below)",
    "short": "below (above)",
    "quoted": "ask (bid)",
    "price": "the figure",
    "tif": "its time in force",
    "filled": "so much",
    "oto": "`oto=`",
}


def journal_table(run):
    """Every event of a small run, a row each; empty columns are left out."""
    digits = run.symbol.digits
    day = "%Y-%m-%d " if run.events.time.dt.date.nunique() > 1 else ""
    rows = []
    for seq, e in run.events.iterrows():
        clock = e.time.strftime(f"{day}%H:%M:%S.%f").rstrip("0").rstrip(".")
        price = "" if e.price != e.price else f"{e.price:.{digits}f}"
        amount = f"{e.amount:+.2f}" if e.kind in ("BOOKING", "SWAP") else ""
        why = "" if e.reason == "NONE" else e.reason
        rows.append(
            [
                str(seq),
                clock,
                e.kind,
                str(e.order or ""),
                price,
                f"{e.quantity:+,.10g}" if e.quantity else "0",
                amount,
                why,
            ]
        )
    heads = ["seq", "time", "kind", "order", "price", "quantity", "amount", "reason"]
    kept = [i for i in range(len(heads)) if any(row[i] for row in rows)]
    return _table(
        [heads[i] for i in kept], [[row[i] for i in kept] for row in rows], right={"seq", "price", "quantity", "amount"}
    )


def transitions_table():
    """State by state: which event leads where (O2)."""
    rows = [
        [before or "(new)", event, "" if before == after else after] for (before, event), after in TRANSITIONS.items()
    ]
    return _table(["state", "event", "becomes"], rows)


def reasons_table():
    """Every reason of an order's event, with the events that carry it and its meaning; bookings have their own."""
    kinds = _kinds_by_reason()
    rows = []
    for reason in REASONS[1:]:
        for kind, words in _meanings(reason, kinds.get(reason, [])):
            rows.append([reason, kind, words])
    return _table(["reason", "with", "meaning"], rows)


def _meanings(reason, kinds):
    """(kinds, words) of a reason: one row where it means the same."""
    by_words = {}
    for kind in kinds:
        by_words.setdefault(reason_in_words(kind, reason, **_FIGURES), []).append(kind)
    return [(", ".join(kinds), words) for words, kinds in by_words.items()]


def _kinds_by_reason():
    """From the table of journal.md, the one place that says which event carries which reason."""
    text = JOURNAL.read_text(encoding="utf-8").partition("## Records by event")[2].partition("\n\nA rejection")[0]
    found = {}
    for row in re.findall(r"^\| ([A-Z].*?) \|.*\| (.*?) \|$", text, re.M):
        for kind in re.findall(r"[A-Z_]{4,}", row[0]):
            for reason in re.findall(r"[A-Z_]{3,}", row[1]):
                if kind in _OF_ORDERS and reason in REASONS and kind not in found.setdefault(reason, []):
                    found[reason].append(kind)
    return found


def _table(heads, rows, right=()):
    rule = ["---:" if head in right else "---" for head in heads]
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, rule, *rows])
