"""The summary: what it says, with and without styles."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from backtestr_lab.replay import summary
from backtestr_lab.replay.figures import amount, key_figures, number, signed


class Bare(HTMLParser):
    """What GitHub leaves of a page: its words, without styles."""

    def __init__(self):
        super().__init__()
        self.words, self.open, self.hidden = [], [], False

    def handle_starttag(self, tag, attrs):
        if tag not in ("br", "img"):
            self.open.append(tag)
        self.hidden = tag == "style"

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.hidden = False

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data.strip())


def bare(html):
    page = Bare()
    page.feed(html)
    assert page.open == []
    return " | ".join(word for word in page.words if word)


def events(*rows):
    return pd.DataFrame(rows, columns=["kind", "reason"])


def test_the_words_are_there_without_any_style(run):
    words = bare(summary.html(run))

    for told in (
        "Trend",
        "EURUSD · 5m · 1 May 2014 – 10 May 2014 UTC",
        "Net profit",
        "−327.50",
        "What this result rests",
    ):
        assert told in words
    for sentence in (*run.assumptions, *run.warnings):
        assert sentence in words


def test_a_sentence_begins_with_a_capital(run):
    run.warnings = ["the first 1d bar is partial"]

    assert "The first 1d bar is partial" in bare(summary.html(run))


def test_it_is_small_and_loads_nothing(run):
    html = summary.html(run)

    assert len(html.encode()) < 20_000
    assert not re.search(r"<script|<link|src=|https?:", html)


def test_names_and_sentences_are_escaped(make_run):
    run = make_run(name="<b>Trend</b>", stopped="interrupted at <10:00>")
    run.warnings = ["A < b & c"]

    html = summary.html(run)
    assert "<b>Trend" not in html
    assert "A &lt; b &amp; c" in html
    assert "interrupted at &lt;10:00&gt;" in html


def test_the_costs_add_up(run):
    words = bare(summary.html(run))

    assert "Trades, before costs | −187.50 | Commission | −140.00 | Net profit, USD | −327.50" in words
    assert "Still open" not in words


def test_what_is_still_open_is_told_apart(run):
    run.stats.net_profit += 20.0

    words = bare(summary.html(run))
    assert "Still open, at the last quote | +20.00 | Commission" in words
    assert "Net profit, USD | −307.50" in words


@pytest.mark.parametrize(
    ("journal", "told"),
    [
        (events(), "the strategy sent no order"),
        (
            events(*[("SUBMITTED", "NONE"), ("REJECTED", "MARGIN")] * 3, ("SUBMITTED", "NONE"), ("REJECTED", "SIDE")),
            "of 4 orders all were rejected; the most frequent reason is MARGIN (3)",
        ),
        (
            events(("SUBMITTED", "NONE"), ("SUBMITTED", "NONE"), ("REJECTED", "PRICE")),
            "of 2 orders 1 was rejected; the most frequent reason is PRICE (1)",
        ),
        (events(("SUBMITTED", "NONE")), "none of 1 order was filled"),
        (events(("SUBMITTED", "NONE"), ("FILLED", "NONE")), "1 order sent, 1 fill, nothing closed yet"),
    ],
)
def test_a_run_without_trades_says_why(make_run, journal, told):
    run = make_run(trades=0, events=journal)

    assert told in bare(summary.html(run))
    assert told in summary.text(run)


def test_few_trades_are_all_listed_and_many_from_both_ends(make_run):
    few, many = (bare(summary.html(make_run(trades=n))) for n in (4, 40))

    assert "All 4 trades" in few
    assert "more in run.trades" not in few
    assert "First and last of 40 trades" in many
    assert "30 more in run.trades" in many


def test_a_trade_is_listed_with_its_prices_times_and_net(run):
    trade = run.trades.iloc[0]

    words = bare(summary.html(run))
    assert f"{trade['entry_price']:.5f}" in words
    assert trade["entry_time"].strftime("%d %b %H:%M:%S").lstrip("0") in words
    assert signed(trade["net"]) in words


def test_the_text_has_a_line_for_each_key_figure(run):
    lines = summary.text(run).splitlines()

    for figure in key_figures(run):
        assert any(figure.name in line and figure.value in line for line in lines)


def test_figures_without_a_value_say_why(make_run):
    by_name = {figure.name: figure for figure in key_figures(make_run(trades=0))}

    assert by_name["Sharpe ratio"][1:4] == ("–", "", "from 30 days on")
    assert by_name["Profit factor"][1:4] == ("–", "", "no trades")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0.00"), (-0.004, "0.00"), (0.004, "0.00"), (1234.5, "+1,234.50"), (-7, "−7.00"), (float("inf"), "∞")],
)
def test_a_signed_number_never_lies_about_zero(value, shown):
    assert signed(value) == shown


def test_numbers_without_a_value_are_a_dash():
    assert number(float("nan")) == number(None) == "–"


def test_amounts_drop_needless_decimals():
    assert [amount(q) for q in (10_000.0, 0.25, 0.00000001)] == ["10,000", "0.25", "0.00000001"]
