"""The summary of a run: key figures, costs, what the result rests on, warnings, the first and last trades.

The bones are plain tables and lists, because GitHub strips every style; the style sheet makes a page of them where it
is let. Colours follow JupyterLab's variables, then VS Code's, then the system's wish.
"""

import math
from html import escape
from pathlib import Path

from ..units import from_micros
from .figures import amount, key_figures, number, signed

__all__ = ["html", "text"]

TRADES_SHOWN = 5  # at either end of the table


def html(run):
    """The summary as HTML, readable without its styles too.

    Parameters
    ----------
    run : Run

    Returns
    -------
    str
        About 12 KB; no scripts, nothing loaded.
    """
    style = Path(__file__).with_name("summary.css").read_text(encoding="utf-8")
    ground = f'<div class="btl-ground">{_assumptions(run)}{_costs(run)}</div>'
    parts = [_head(run), _stopped(run), _figures(run), _empty(run), _warnings(run), ground, _trades(run)]
    return f'<div class="btl-summary"><style>{style}</style>{"".join(parts)}</div>'


def text(run):
    """The summary for a terminal: a heading, the key figures, warnings.

    Returns
    -------
    str
    """
    lines = [f"{run.name}  {scope(run)}"]
    figures = key_figures(run)
    width = max(len(figure.name) for figure in figures)
    lines += [f"  {figure.name:<{width}}  {figure.value} {figure.unit}  {figure.note}".rstrip() for figure in figures]
    lines += [f"  stopped: {run.stopped}"] if run.stopped else []
    lines += [f"  ! {warning}" for warning in run.warnings]
    lines += [] if len(run.trades) else [f"  {why_no_trades(run)}"]
    return "\n".join(lines)


def scope(run):
    """What was run over: symbols, timeframe, range.

    Returns
    -------
    str
    """
    return " · ".join([", ".join(s.name for s in run.symbols), str(run.timeframe), _range(run.start, run.end)])


def why_no_trades(run):
    """One sentence on why a run has no round trip: nothing ordered, all rejected, or nothing closed.

    Returns
    -------
    str
    """
    kinds = _texts(run.events, "kind")
    rejected = [reason for kind, reason in zip(kinds, _texts(run.events, "reason")) if kind == "REJECTED"]
    submitted, filled = kinds.count("SUBMITTED"), kinds.count("FILLED") + kinds.count("PARTIAL_FILL")
    if not submitted:
        return (
            "No trades: the strategy sent no order. Its conditions may never have been true, or warm-up took the range."
        )
    if filled:
        return (
            f"No trade was completed: {_count(submitted, 'order')} sent, {_count(filled, 'fill')}, nothing closed yet."
        )
    if rejected:
        top = max(sorted(set(rejected)), key=rejected.count)
        share = "all" if len(rejected) == submitted else f"{len(rejected):,}"
        return (
            f"No trades: of {_count(submitted, 'order')} {share} {'was' if len(rejected) == 1 else 'were'} rejected; "
            f"the most frequent reason is {top} ({rejected.count(top):,}). run.events tells each."
        )
    return f"No trades: none of {_count(submitted, 'order')} was filled; the price never reached them."


def _texts(table, column):
    return [str(value) for value in table[column]] if column in getattr(table, "columns", ()) else []


def _count(n, word):
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def _range(start, end):
    a, b = from_micros(start), from_micros(end)
    midnight = all((t.hour, t.minute, t.second, t.microsecond) == (0, 0, 0, 0) for t in (a, b))
    day = "%d %b %Y" if midnight else "%d %b %Y %H:%M"
    return f"{a.strftime(day).lstrip('0')} – {b.strftime(day).lstrip('0')} UTC"


def _head(run):
    work = f"{run.n_ticks:,} ticks in {_seconds(run.seconds)}"
    return (
        f'<div class="btl-head"><strong class="btl-name">{escape(run.name)}</strong> '
        f'<span class="btl-scope">{escape(scope(run))}</span> <span class="btl-work">{work}</span></div>'
    )


def _seconds(seconds):
    if seconds < 0.1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:,.0f} s"


def _stopped(run):
    return f'<p class="btl-stopped"><strong>Stopped early:</strong> {escape(run.stopped)}</p>' if run.stopped else ""


def _figures(run):
    rows = "".join(
        f"<tr><th>{escape(f.name)}</th><td{_class(f.tone)}>{escape(f.value)}{_unit(f.unit)}</td>"
        f'<td class="btl-sub">{escape(f.note)}</td></tr>'
        for f in key_figures(run)
    )
    return f'<table class="btl-figures"><tbody>{rows}</tbody></table>'


def _unit(unit):
    return f" <small>{escape(unit)}</small>" if unit else ""


def _class(tone):
    return f' class="btl-{tone}"' if tone else ""


def _empty(run):
    return "" if len(run.trades) else f'<p class="btl-empty">{escape(why_no_trades(run))}</p>'


def _costs(run):
    if not len(run.fills):
        return ""
    profit, commission, net = float(run.trades["profit"].sum()), run.stats.commission, run.stats.net_profit
    still_open = net - (profit - commission)
    lines = [("", "Trades, before costs", signed(profit))]
    if abs(still_open) >= 0.005:
        lines.append(("", "Still open, at the last quote", signed(still_open)))
    lines += [("", "Commission", signed(-commission)), ("btl-total", f"Net profit, {run.currency}", signed(net))]
    slippage = _slippage(run)
    lines += [("btl-aside", "Slippage, in the prices", slippage)] if slippage else []
    rows = "".join(f'<tr class="{name}"><th>{escape(title)}</th><td>{value}</td></tr>' for name, title, value in lines)
    return f'<div class="btl-costs"><p class="btl-title">Costs</p><table><tbody>{rows}</tbody></table></div>'


def _slippage(run):
    if "slippage" not in getattr(run.fills, "columns", ()) or not len(run.fills):
        return ""
    mean = float(run.fills["slippage"].mean())
    return f"{number(mean, 1)} points a fill" if mean else "none"


def _list(title, sentences, name):
    items = "".join(f"<li>{escape(sentence[:1].upper() + sentence[1:])}</li>" for sentence in sentences)
    return f'<div class="{name}"><p class="btl-title">{title}</p><ul>{items}</ul></div>' if items else ""


def _warnings(run):
    return _list("Before you trust it", run.warnings, "btl-warnings")


def _assumptions(run):
    return _list("What this result rests on", run.assumptions, "btl-assumptions")


def _trades(run):
    trades = run.trades
    n = len(trades)
    if not n:
        return ""
    shown = list(range(n)) if n <= 2 * TRADES_SHOWN else [*range(TRADES_SHOWN), *range(n - TRADES_SHOWN, n)]
    digits = {s.name: s.digits for s in run.symbols}
    rows = []
    for before, i in zip([-1, *shown], shown):
        if i - before > 1:
            rows.append(f'<tr class="btl-skip"><td colspan="9">{i - before - 1:,} more in run.trades</td></tr>')
        rows.append(_trade(i + 1, trades.iloc[i], digits))
    head = "".join(
        f"<th{_class('text' if name in ('Side', 'Entry', 'Exit', 'By') else '')}>{name}</th>"
        for name in ("#", "Side", "Quantity", "Entry", "", "Exit", "", "By", "Net")
    )
    title = "The trade" if n == 1 else f"All {n} trades" if n <= 2 * TRADES_SHOWN else f"First and last of {n:,} trades"
    return (
        f'<details class="btl-trades"><summary>{title}</summary><div class="btl-scroll"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></details>"
    )


def _trade(n, trade, digits):
    places = digits.get(str(trade["symbol"]), 5)
    net = float(trade["net"])
    cells = [
        ("", f"{n:,}"),
        ("text", escape(str(trade["side"]).title())),
        ("", amount(trade["quantity"])),
        ("text", _stamp(trade["entry_time"])),
        ("", number(trade["entry_price"], places)),
        ("text", _stamp(trade["exit_time"])),
        ("", number(trade["exit_price"], places)),
        ("text", escape(str(trade["exit"]).replace("_", "-").lower())),
        ("good" if net > 0 else "bad" if net < 0 else "", signed(net)),
    ]
    return "<tr>" + "".join(f"<td{_class(tone)}>{value}</td>" for tone, value in cells) + "</tr>"


def _stamp(time):
    missing = time is None or (isinstance(time, float) and math.isnan(time)) or str(time) == "NaT"
    return "open" if missing else time.strftime("%d %b %H:%M:%S").lstrip("0")
