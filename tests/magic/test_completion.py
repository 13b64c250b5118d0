"""What Tab offers on the magic's line, through IPython's own completer."""

import pytest
from IPython.core.completer import provisionalcompleter

import backtestr_lab as lab

BODY = "\nclass Trend(Strategy):\n    fast, slow = 10, 20\n    timeframe = '5m'\n    level: float = 1.0\n    _own = 3\n"


@pytest.fixture
def offered(shell):
    """`offered(text)`: completions at the end of the first line, as the whole word that would stand there."""

    def complete(text, below=BODY):
        line = text + below
        with provisionalcompleter():
            found = list(shell.Completer.completions(line, len(text)))
        return [text[: c.start].rpartition(" ")[2] + c.text for c in found]

    return complete


def test_options_are_offered(offered):
    assert offered("%%backtest EURUSD --s") == [
        "--start",
        "--store",
        "--sample",
        "--slippage",
        "--spread",
        "--swap",
        "--size",
        "--set",
        "--seed",
        "--stream",
    ]


def test_an_option_given_once_is_not_offered_again_but_set_is(offered):
    found = offered("%%backtest EURUSD --sample --set fast=1 --s")

    assert "--sample" not in found
    assert "--set" in found


def test_a_space_after_the_options_begun_offers_options(offered):
    assert offered("%%backtest EURUSD --sample ")[:2] == ["--start", "--from"]


def test_symbols_of_the_store_are_offered(offered, shell):
    lab.Store().ingest(lab.sample("GBPJPY", days=1))

    assert offered("%%backtest ") == ["GBPJPY"]


def test_without_a_store_the_symbols_of_the_sample_are_offered(offered):
    assert offered("%%backtest EURU") == ["EURUSD"]
    assert offered("%%backtest --sample XA") == ["XAUUSD", "XAGUSD"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("--crossed ", ["keep", "drop", "swap"]),
        ("--timeframes 1", ["1m", "15m", "1h", "1d", "1w"]),
        ("--timeframes 1m,1", ["1m,15m", "1m,1h", "1m,1d", "1m,1w"]),
        ("--warmup a", ["auto"]),
        ("--commission 3", ["3.5/lot"]),
        ("--set f", ["fast="]),
        ("--set ", ["fast=", "slow=", "level="]),
    ],
)
def test_values_of_an_option_are_offered(offered, text, words):
    assert offered(f"%%backtest EURUSD {text}") == words


def test_nothing_of_ours_outside_the_line(offered):
    assert "--start" not in offered("x = ")
    assert "--start" not in offered("%%backtestt --st")


def test_a_file_of_the_folder_is_offered_for_the_store(offered, tmp_path):
    (tmp_path / "mine.duckdb").touch()

    assert "mine.duckdb" in offered("%%backtest EURUSD --store min")
