"""The replay's widget: cursor and trade from Python and from the page, and what it answers the page."""

import datetime as dt
import gc
import gzip
import json
import weakref

import bokeh
import pytest

import backtestr_lab as lab
from backtestr_lab.errors import DataError, OptionError
from backtestr_lab.replay import code, widget
from backtestr_lab.replay import player as module
from backtestr_lab.replay.cells import Cell
from backtestr_lab.replay.packing import unpack
from backtestr_lab.replay.places import of_trade
from backtestr_lab.replay.widget import static
from backtestr_lab.units import to_micros

from .strategies import InAndOut

NOON = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def ticks():
    return lab.sample("EURUSD", days=2, seed=3)


@pytest.fixture(scope="module")
def run(ticks):
    return lab.backtest(InAndOut, ticks)


@pytest.fixture
def w(run):
    return listening(run.replay(at="2024-01-01 12:00"))


def listening(made):
    """The same player, which keeps what it sends."""
    made.sent = []
    made.send = lambda message, buffers=None: made.sent.append((message, buffers))
    return made


def ask(made, **message):
    """What the player sends to a message of the page."""
    made.sent.clear()
    made._hear(made, message, [])
    return made.sent


def asked_blocks(made, *keys):
    """Key -> columns, or the reason."""
    got = {}
    for message, [data] in ask(made, kind="blocks", keys=list(keys)):
        for sent in message["blocks"]:
            error = sent.get("error")
            got[sent["key"]] = error or unpack(data[sent["at"] : sent["at"] + sent["length"]])[0]
        json.dumps(message)
    return got


def moved_by_page(made, ts, taken=None):
    made.set_state({"place": [ts, taken]})


def test_the_cursor_is_a_datetime_in_utc(w):
    assert (w.cursor, w.tick, w.place) == (NOON, None, [to_micros(NOON), None])


def test_setting_the_cursor_moves_the_page(w):
    w.cursor = "2024-01-01 13:30"

    assert w.place == [to_micros("2024-01-01 13:30"), None]
    assert w.state.time == w.cursor == NOON + dt.timedelta(minutes=90)


def test_a_move_of_the_page_is_seen_and_observed(w):
    seen = []
    w.observe(lambda change: seen.append((change.name, change.new)), "cursor")
    moved_by_page(w, to_micros("2024-01-01 14:00"))

    assert w.cursor == NOON + dt.timedelta(hours=2)
    assert seen == [("cursor", w.cursor)]


def test_a_place_between_ticks_of_one_stamp_is_a_tick_of_that_stamp(w, run):
    place = of_trade(run, 2)
    first = int(run.ticks.ts.searchsorted(place.ts))
    moved_by_page(w, place.ts, first + place.tick)
    there = (to_micros(w.cursor), w.tick, w.state.quantity)
    w.tick = place.tick - 1

    assert there == (place.ts, place.tick, 10_000)
    assert (w.place, w.state.quantity) == ([place.ts, first + place.tick - 1], 0)


def test_who_observes_the_cursor_finds_the_tick_that_belongs_to_it(w, run):
    place = of_trade(run, 2)
    seen = []
    w.observe(lambda change: seen.append((to_micros(change.new), w.tick)), "cursor")
    w.select(2)
    w.cursor = NOON

    assert seen == [(place.ts, place.tick), (to_micros(NOON), None)]


@pytest.mark.parametrize(
    ("when", "clamped", "word"), [("2023-12-01", "start", "begins"), ("2025-01-01", "end", "ends")]
)
def test_outside_the_run_the_cursor_is_clamped_and_that_is_said(w, run, when, clamped, word):
    with pytest.warns(UserWarning, match=f"is outside the run; the cursor stands where it {word}") as told:
        w.cursor = when

    assert to_micros(w.cursor) == getattr(run, clamped)
    assert told[0].filename == __file__


def test_a_page_that_moves_too_far_is_clamped_without_a_word(w, run, recwarn):
    moved_by_page(w, run.end + 10**9)

    assert to_micros(w.cursor) == run.end
    assert not recwarn.list


def test_what_is_no_instant_is_refused_and_nothing_has_moved(w):
    with pytest.raises(OptionError, match="cursor 'soon' is not a time"):
        w.cursor = "soon"
    with pytest.raises(OptionError, match="tick is 99, but 0 ticks are stamped 2024-01-01 12:00"):
        w.tick = 99

    assert (w.cursor, w.tick) == (NOON, None)


def test_a_trade_is_selected_by_number_or_row(w, run):
    w.select(3)
    first = (w.cursor, w.tick, w.trade, w.sent)
    w.select(run.trades.iloc[4])

    assert first[:3] == (run.trades.entry_time[3], of_trade(run, 3).tick, 3)
    assert (w.trade, w.state.quantity) == (4, 10_000)
    assert w.sent == [({"kind": "select", "trade": 3}, None), ({"kind": "select", "trade": 4}, None)]


def test_an_unknown_trade_is_refused_with_those_there_are(w, run):
    with pytest.raises(OptionError, match=f"there is no trade 999; this run has trades 0 to {len(run.trades) - 1}"):
        w.select(999)

    assert w.cursor == NOON


def test_the_page_gets_the_installed_bokeh(w):
    [(message, [packed])] = ask(w, kind="bokeh")

    assert message == {"kind": "bokeh", "version": bokeh.__version__}
    assert b"Bokeh" in gzip.decompress(packed)[:100]


def test_the_page_gets_the_player_s_code_and_style_when_it_asks_and_each_widget_a_loader(w, run):
    [(message, [packed])] = ask(w, kind="code")

    assert message == {"kind": "code"}
    assert json.loads(gzip.decompress(packed)) == {"script": static("player.js"), "style": static("player.css")}
    assert (w._esm, w._css) == (static("stage.js"), static("cell.css"))
    assert len(w._esm) < 8_000
    assert w.code == run.replay().code


def test_code_that_is_built_anew_has_another_version(w, run, monkeypatch):
    monkeypatch.setattr(code, "static", lambda name: f"new {name}")
    later = listening(run.replay())

    [(_, [packed])] = ask(later, kind="code")
    assert later.code != w.code
    assert json.loads(gzip.decompress(packed))["script"] == "new player.js"


def test_code_that_is_not_built_is_said_when_the_player_is_made(run, monkeypatch, tmp_path):
    monkeypatch.setattr(widget, "STATIC", tmp_path)

    with pytest.raises(DataError, match="player.js is not built"):
        run.replay()


def test_blocks_are_sent_by_key_with_the_values_of_the_run(w, run):
    got = asked_blocks(w, "bars/0/1h/0", "events")

    bars = run.bars("1h")
    assert got["bars/0/1h/0"]["close"].tolist() == bars["close"].tolist()
    assert got["events"]["ts"].tolist() == run.journal["ts"].tolist()


def test_a_block_there_is_not_gets_its_reason_and_the_others_come(w):
    got = asked_blocks(w, "bars/0/1h/99", "nonsense", "events")

    assert isinstance(got["bars/0/1h/99"], str) and isinstance(got["nonsense"], str)
    assert len(got["events"]["ts"])


def test_a_failure_of_ours_is_a_reason_too(w, monkeypatch):
    get = w._blocks.get
    monkeypatch.setattr(w._blocks, "get", lambda key: 1 / 0 if key == "curve" else get(key))
    got = asked_blocks(w, "curve", "events")

    assert got["curve"] == "the kernel failed with ZeroDivisionError: division by zero"
    assert len(got["events"]["ts"])


def test_many_blocks_come_in_letters_of_a_bounded_size(w, monkeypatch):
    monkeypatch.setattr(module, "LETTER", 5_000)
    keys = ["events", "orders", "trades", "curve", "bars/0/1h/0", "bars/0/5m/0"]
    letters = [[sent["key"] for sent in message["blocks"]] for message, _ in ask(w, kind="blocks", keys=keys)]

    assert len(letters) > 1
    assert sum(letters, []) == keys


@pytest.mark.parametrize("message", [{"kind": "dance"}, {}, "hello", {"kind": "blocks"}, None])
def test_a_message_that_cannot_be_answered_is_answered_with_why(w, message):
    w._hear(w, message, [])

    [(answer, _)] = w.sent
    assert answer["kind"] == "error" and answer["error"]


def test_the_blocks_of_the_first_picture_travel_with_the_widget(w):
    sent = json.loads(w.opening)

    keys = {block["key"] for block in sent}
    assert {"events", "orders", "trades", "curve", "index/bars/0/1h", "index/ticks/0", "bars/0/1m/0"} <= keys
    assert not [block for block in sent if "error" in block]
    assert sum(block["length"] for block in sent) == len(w.opening_bytes)


def test_the_opening_has_the_bars_and_ticks_around_the_cursor(run):
    late = run.replay(at="2024-01-02 18:00")
    blocks = {block["key"]: block for block in json.loads(late.opening)}

    def column(key, name):
        block = blocks[key]
        return unpack(late.opening_bytes[block["at"] : block["at"] + block["length"]])[0][name]

    stretch = next(key for key in blocks if key.startswith("ticks/0/"))
    ts = to_micros("2024-01-02 18:00")
    assert column(stretch, "ts")[0] <= ts
    assert column(max(key for key in blocks if key.startswith("bars/0/1m/")), "end").max() >= ts


def test_figures_can_be_decorated(run):
    def mark(figures):
        figures["focus"].line([0, 1], [1, 1], name="my line")

    w = run.replay(decorate=mark)

    focus = json.loads(w.panes)["focus"]
    assert focus["roots"] and '"my line"' in json.dumps(focus)


def test_a_retired_player_lets_its_run_go_and_says_so(ticks):
    run = lab.backtest(InAndOut, ticks)
    w, gone = listening(run.replay()), weakref.ref(run)
    w.retire(Cell("a", True, "1", ()))
    while_named = asked_blocks(w, "events")
    del run
    gc.collect()

    assert len(while_named["events"]["ts"])
    assert gone() is None
    assert asked_blocks(w, "events")["events"].startswith("the run is no longer in memory")
    with pytest.raises(DataError, match="the run is no longer in memory"):
        _ = w.state


def test_a_player_holds_its_run(ticks):
    w = lab.backtest(InAndOut, ticks).replay(at="2024-01-01 12:00")
    gc.collect()

    assert w.state.time == NOON
    w.close()


def test_retired_by_its_only_cell_a_player_is_closed_and_by_another_it_stays(run):
    shown, elsewhere = run.replay(), run.replay()
    shown._shown_in, elsewhere._shown_in = {"a"}, {"a", "b"}
    for w in (shown, elsewhere):
        w.retire(Cell("a", True, "1", ()))

    assert shown.comm is None
    assert elsewhere.comm is not None


def test_a_player_that_closes_leaves_the_page_nothing_heavy_and_comes_back_whole(run, monkeypatch):
    w = run.replay()
    before, told = w.get_state(), []
    monkeypatch.setattr(w.comm, "send", lambda data=None, **_: told.append(data), raising=False)
    w.close()
    w.close()

    [message] = told
    assert message["method"] == "update"
    page = before | message["state"]
    assert sum(len(value) for value in page.values() if isinstance(value, str | bytes)) < 12_000
    assert w.get_state() == before


def test_a_cell_known_by_its_text_alone_closes_nothing(run):
    w = run.replay()
    w.retire(Cell("run.replay()", False, "1", ()))

    assert w.comm is not None


@pytest.mark.parametrize(
    "given, message",
    [
        ({"height": 10}, "height is 10; give CSS pixels, 320 or more"),
        ({"height": "tall"}, "height is 'tall'; give CSS pixels"),
        ({"decorate": 5}, "decorate is 5; give a function that takes the figures by name"),
        ({"timeframes": "7x"}, "timeframe '7x' is not known"),
    ],
)
def test_what_cannot_be_shown_is_said(run, given, message):
    with pytest.raises(OptionError, match=message):
        run.replay(**given)


@pytest.mark.parametrize("given, shown", [("5m", ["5m"]), (["1h", "5m"], ["5m", "1h"]), ([], None), (None, None)])
def test_R11_one_timeframe_or_several_are_shown_and_by_default_the_runs(run, given, shown):
    meta = json.loads(run.replay(timeframes=given).meta)

    assert meta["shown"] == (shown or [str(t) for t in run.timeframes])
