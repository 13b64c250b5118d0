"""The one table of options: what a line says, and what is said of a line that says it wrong."""

import datetime as dt
from pathlib import Path

import pytest

import backtestr_lab as lab
from backtestr_lab.magic.data import data_of, keywords_of
from backtestr_lab.magic.line import manual, parse, split
from backtestr_lab.magic.options import OPTIONS, Value, of
from backtestr_lab.runs import backtest


def parsed(line, names=None, front="magic"):
    return parse(split(line), front, names)


def arguments(line, names=None):
    return keywords_of(parsed(line, names)[0])


def test_every_option_reaches_backtest():
    line = (
        "EURUSD --start 2014-05-01 --end 2014-05-02 --cash 5_000 --currency EUR --commission 3.5/lot --slippage 2 "
        "--spread 1pip --leverage 30 --size 1e4 --timeframes 1m,1h --warmup 50 --set fast=12 --set mode=calm "
        "--crossed drop --latency 20..80ms --liquidity quoted --participation 0.25 --seed 7 --timeout 30s "
        "--max-memory 2GB --close-at-end --python "
        "--convert JPY=USDJPY --swap -6.5/2 --triple Fri --bookings dividends.csv --hedging --max-order 5e4 "
        "--max-position EURUSD=1e5,USDJPY=2e5 --max-orders 9 --max-positions 3 --max-leverage 10 --daily-loss 2% "
        "--drawdown 500 --intrabar best --label close --timeframe 1d"
    )

    assert arguments(line) == {
        "start": "2014-05-01",
        "end": "2014-05-02",
        "cash": 5000.0,
        "currency": "EUR",
        "commission": "3.5/lot",
        "slippage": "2",
        "spread": "1pip",
        "leverage": 30.0,
        "size": 10_000.0,
        "timeframes": ("1m", "1h"),
        "warmup": 50,
        "crossed": "drop",
        "latency": "20..80ms",
        "liquidity": "quoted",
        "participation": 0.25,
        "seed": 7,
        "timeout": "30s",
        "max_memory": "2GB",
        "close_at_end": True,
        "python": True,
        "convert": "JPY=USDJPY",
        "swap": "-6.5/2",
        "triple": "Fri",
        "bookings": "dividends.csv",
        "hedging": True,
        "max_order": 50_000.0,
        "max_position": "EURUSD=1e5,USDJPY=2e5",
        "max_orders": 9,
        "max_positions": 3,
        "max_leverage": 10.0,
        "daily_loss": "2%",
        "drawdown": 500.0,
        "intrabar": "best",
        "label": "close",
        "timeframe": "1d",
        "params": {"fast": 12, "mode": "calm"},
    }


def test_every_keyword_of_an_option_is_an_argument_of_backtest():
    from inspect import signature

    assert {o.keyword for o in OPTIONS if o.keyword} <= set(signature(backtest).parameters)


def test_what_is_not_given_is_left_to_backtest():
    assert arguments("EURUSD") == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [("n=12", 12), ("n=-0.5", -0.5), ("n=True", True), ("n=false", False), ("n=5m", "5m"), ("n='a b'", "a b")],
)
def test_set_reads_numbers_and_truths_and_leaves_the_rest_as_text(text, value):
    assert arguments(f'--set "{text}"' if " " in text else f"--set {text}") == {"params": {"n": value}}


def test_from_and_to_are_other_names_of_start_and_end():
    assert arguments("--from 2014-05-01 --to=2014-05-02") == {"start": "2014-05-01", "end": "2014-05-02"}


def test_quotes_hold_a_value_together_and_braces_and_backslashes_are_literal():
    assert split(r"""--start "2014-05-01 12:30" --store C:\data\{x}.duckdb""") == [
        "--start",
        "2014-05-01 12:30",
        "--store",
        r"C:\data\{x}.duckdb",
    ]


def test_a_dollar_name_is_the_notebooks_object_itself():
    begin = dt.datetime(2014, 5, 1)

    assert arguments("--start $begin --cash=$cash --set fast=$n", {"begin": begin, "cash": 5e3, "n": 7}) == {
        "start": begin,
        "cash": 5000.0,
        "params": {"fast": 7},
    }


def test_a_dollar_name_inside_a_word_is_its_text():
    assert arguments("--commission $fee/lot", {"fee": 3.5}) == {"commission": "3.5/lot"}


def test_a_negative_value_is_a_value():
    assert arguments("--cash -5 --set offset=-3", {}) == {"cash": -5.0, "params": {"offset": -3}}


def test_in_a_shell_a_dollar_is_a_dollar():
    assert parsed("--csv $x", front="shell")[0].csv == "$x"


@pytest.mark.parametrize(
    "line", ["--sample EURUSD", "EURUSD --sample", "EURUSD --sample --size 5", "--sample 5 EURUSD"]
)
def test_sample_takes_five_days_unless_a_number_follows(line):
    given, words = parsed(line)

    assert given.sample == 5
    assert words == ["EURUSD"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--cahs 5", r"there is no option --cahs; did you mean '--cash'\?$"),
        ("--strat=2014", r"there is no option --strat=2014; did you mean '--start'\?$"),
        ("--zzz", r"there is no option --zzz; there are --start, --end"),
        ("--cash", r"--cash needs a value, e.g. --cash 100_000$"),
        ("--cash --python", r"--cash needs a value"),
        ("--cash lots", r"--cash: 'lots' is not a number, e.g. --cash 100_000$"),
        ("--cash 100,000", r"--cash: '100,000' is not a number, e.g. --cash 100_000$"),
        ("--warmup -1", r"--warmup: '-1' is not a whole number"),
        ("--sample 1.5", r"--sample: '1.5' is not a whole number"),
        ("--set fast:12", r"--set: 'fast:12' is not name=value, e.g. --set fast=12$"),
        ("--as 1st", r"--as: '1st' is not a name in Python, e.g. --as trend$"),
        ("--as class", r"--as: 'class' is not a name in Python"),
        ("--set fast=$qiuck", r"\$qiuck is not defined in the notebook; did you mean 'quick'\?$"),
        ('--start "2014', r"""a quote is not closed in '--start "2014'$"""),
    ],
)
def test_a_line_that_says_it_wrong_is_told_what_and_how(line, message):
    with pytest.raises(lab.OptionError, match=message):
        parsed(line, {"quick": 1})


def data(line, names=None):
    return data_of(*parsed(line, names or {}))


def test_the_sample_is_made_once():
    first, _ = data("EURUSD --sample 1")
    again, _ = data("eurusd --sample 1")

    assert first is data("EURUSD --sample 1")[0]
    assert first.hash() == again.hash() == lab.sample("EURUSD", days=1).hash()


def test_ticks_of_the_notebook_are_data():
    ticks = lab.sample("EURUSD", days=1)

    assert data("$ticks", {"ticks": ticks}) == (ticks, {})


@pytest.fixture
def store(tmp_path):
    store = lab.Store(tmp_path / "ticks.duckdb")
    store.ingest(lab.sample("EURUSD", days=1))
    return store


def test_a_symbol_is_looked_for_in_the_store_that_is_named(store):
    symbol, more = data(f"EURUSD --store {store.path}")

    assert (symbol, more["store"].path) == ("EURUSD", store.path)
    assert data("EURUSD --store $mine", {"mine": store})[1] == {"store": store}


def test_several_words_are_several_symbols(store):
    ticks = lab.sample("GBPUSD", days=1)
    sampled, _ = data("EURUSD GBPUSD --sample 1")
    held, _ = data("EURUSD GBPUSD=$table --sample 1", {"table": ticks})

    assert data(f"EURUSD EURUSD --store {store.path}")[0] == ["EURUSD", "EURUSD"]
    assert [one.symbol.name for one in sampled] == ["EURUSD", "GBPUSD"]
    assert held == [sampled[0], {"GBPUSD": ticks}]
    with pytest.raises(lab.SymbolError, match="unknown symbol 'GBPUSD'"):
        data(f"EURUSD GBPUSD --store {store.path}")


def test_an_unknown_symbol_is_told_the_nearest(store):
    with pytest.raises(lab.SymbolError, match=r"unknown symbol 'EURUSDD' in .*did you mean 'EURUSD'"):
        data(f"EURUSDD --store {store.path}")


@pytest.mark.parametrize("there", [False, True])
def test_an_empty_store_names_the_ways_to_get_ticks(tmp_path, there):
    path = tmp_path / "empty.duckdb"
    if there:
        import duckdb

        filled = lab.Store(tmp_path / "filled.duckdb")
        filled.ingest(lab.sample("EURUSD", days=1))
        filled.path.rename(path)
        with duckdb.connect(str(path)) as connection:
            for table in ("tick_data", "months", "files", "symbols"):
                connection.execute(f"DELETE FROM {table}")

    with pytest.raises(lab.StoreError, match=r"no ticks in .*--sample .*Store\(\)\.ingest.*lab sample --symbol EUR"):
        data(f"EURUSD --store {path}")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "no symbol is named; write it first"),
        ("EURUSD --sample --store x.duckdb", "--sample and --store are two sources"),
    ],
)
def test_what_to_run_on_must_be_one_thing(line, message):
    with pytest.raises(lab.OptionError, match=message):
        data(line)


@pytest.mark.parametrize("front", ["magic", "shell"])
def test_the_manual_has_every_option_with_its_help(front):
    text = " ".join(manual(front, "usage", "about", "examples").split())

    assert [o.names for o in of(front) if not all(name in text for name in o.names) or o.help not in text] == []


def test_the_page_of_the_docs_has_every_option():
    page = (Path(__file__).parents[2] / "docs/how-to/magic.md").read_text(encoding="utf-8")

    assert [name for o in OPTIONS for name in o.names if f"`{name}" not in page] == []


def test_a_value_keeps_its_object():
    assert Value("$x", 5).object == 5
