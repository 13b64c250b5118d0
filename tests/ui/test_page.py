"""The page of a run from the disk, without a network: it opens, moves, says what is wrong with it."""

import base64
import json
import os
import random
import re
from pathlib import Path

import numpy as np
import pytest

from backtestr_lab.replay.export import page
from backtestr_lab.units import MINUTE, format_micros, to_micros

from .pixels import differing, reference
from .player import Player, figures_of, number
from .walk import idle, walk

pytestmark = pytest.mark.ui

ARTEFACTS = Path(__file__).parents[2] / "artefacts"
HOUR = 60 * MINUTE
SETTING = re.compile(r'(<script type="application/json" id="btl-setting">)(.*?)(</script>)')
CAPSULE = re.compile(r'(<script type="text/plain" id="btl-capsule">)(.*?)(</script>)')
OLD_BROWSER = "delete window.DecompressionStream"


@pytest.fixture(scope="module")
def run():
    return walk()


@pytest.fixture(scope="module")
def text(run):
    """The page, opened at the run's start."""
    return page(run, at=run.start)


@pytest.fixture
def show(browser, tmp_path):
    """`show(text)` opens a page from the disk with the network off; returns the browser's page."""
    contexts = []

    def show_(text, *, theme="light", size=(1280, 900), before=None):
        path = tmp_path / f"{len(contexts)}.html"
        path.write_text(text, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme, offline=True, device_scale_factor=1
        )
        contexts.append(context)
        shown = context.new_page()
        shown.errors, shown.asked = [], []
        shown.on("console", lambda message: message.type == "error" and shown.errors.append(message.text))
        shown.on("pageerror", lambda error: shown.errors.append(str(error)))
        shown.on("request", lambda request: shown.asked.append(request.url))
        if before:
            shown.add_init_script(before)
        shown.goto(path.as_uri())
        return shown

    yield show_
    for context in contexts:
        context.close()


@pytest.fixture
def player(show, text):
    """The page's player, at the run's start."""
    return Player(show(text))


def at(text, ts, taken=None):
    """The same page, opened elsewhere."""

    def moved(found):
        setting = json.loads(found[2]) | {"at": {"ts": ts, "taken": taken}, "trade": None}
        return found[1] + json.dumps(setting) + found[3]

    return SETTING.sub(moved, text)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [900, 1280, 2000])
def test_the_page_opens_without_a_network(show, text, run, theme, width):
    trade = run.trades.iloc[3]
    shown = show(at(text, to_micros(trade.entry_time)), theme=theme, size=(width, 1100))
    player = Player(shown)
    player.rest()
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / f"page-{theme}-{width}.png").write_bytes(shown.screenshot(full_page=True))

    assert player.data("mode") == theme
    assert shown.errors == []
    assert [url for url in shown.asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert shown.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    assert player.figures()["positions"]


def test_every_panel_has_what_the_run_had_at_the_cursor_and_what_a_run_cut_there_has(player, run):
    stamps = to_micros_of(run.events.time)
    some = random.Random(11).sample(sorted(set(stamps[10:])), 8)

    for ts in some:
        player.type_time(format_micros(ts))
        assert (player.ts, player.exact) == (ts, True)
        assert figures_match(player.figures(), figures_of(run, ts))
    for ts in some[:2]:
        player.type_time(format_micros(ts))
        assert figures_match(player.figures(), figures_of(walk(until=ts + 1), ts))


def to_micros_of(times):
    return times.dt.as_unit("us").astype("int64").tolist()


def figures_match(shown, known):
    """Equal, money to the cent and all else to the last digit that is shown."""
    for name in ("balance", "equity", "drawdown", "quote"):
        np.testing.assert_allclose(shown[name], known[name], atol=0.0051, err_msg=name)
    assert [p[:2] for p in shown["positions"]] == [p[:2] for p in known["positions"]]
    np.testing.assert_allclose([p[2] for p in shown["positions"]], [p[2] for p in known["positions"]], atol=0.0051)
    assert sorted(shown["orders"]) == sorted(known["orders"])
    assert shown["indicators"].keys() == known["indicators"].keys()
    for name, value in known["indicators"].items():
        decimals = 6 if value < 2 else 2
        assert shown["indicators"][name] == pytest.approx(value, abs=0.51 * 10**-decimals)
    assert shown["variables"] == pytest.approx(known["variables"], abs=1e-9)
    return True


def test_dragging_the_timeline_scrubs(player, run):
    seen = [ts for ts, _ in player.drag(".btl-p-timeline", 0.2, 0.8)]

    assert seen == sorted(set(seen))
    length = run.end - run.start
    assert abs(seen[-1] - (run.start + 0.8 * length)) < 0.02 * length
    assert player.clock.startswith(format_micros(player.ts)[:19])


def test_playing_moves_the_cursor_and_pausing_leaves_it(player):
    player.choose("Speed", "7")
    player.focus()
    began = player.ts
    player.page.keyboard.press("Space")
    player.wait_for(lambda: player.ts > began + 2 * HOUR)
    assert player.root.get_by_role("button", name="Pause").is_visible()

    player.page.keyboard.press("Space")
    rested, _ = player.rest()
    player.page.wait_for_timeout(300)
    assert player.ts == rested
    assert player.data("playing") is None


def test_playing_by_events_passes_each_of_them(player, run):
    player.choose("Speed", "15")
    player.focus()
    player.page.keyboard.press("Space")
    player.wait_for(lambda: int(player.data("events")) >= 60, 30)
    player.page.keyboard.press("Space")
    player.rest()

    happened = run.at(player.ts)._n_events
    assert int(player.data("events")) == happened


# What each unit's first steps from the start of the run must reach.
def first_steps(run, unit):
    events, trades = run.events, run.trades
    stamps = {
        "event": lambda: to_micros_of(events.time),
        "fill": lambda: to_micros_of(events.time[events.kind == "FILLED"]),
        "trade": lambda: to_micros_of(trades.entry_time),
        "bar": lambda: run.start + np.arange(1, 9) * 5 * MINUTE,
        "bar 1h": lambda: run.start + np.arange(1, 9) * HOUR,
        "day": lambda: run.start + np.arange(1, 5) * 24 * HOUR,
    }[unit]()
    return sorted({int(ts) for ts in stamps})[:4]


@pytest.mark.parametrize("unit", ["event", "fill", "trade", "bar", "bar 1h", "day"])
def test_steps_of_each_unit_go_there_and_back(player, run, unit):
    player.type_time(format_micros(run.start))
    there = [player.step(unit)[0] for _ in range(4)]
    back = [player.step(unit, "ArrowLeft")[0] for _ in range(3)]

    assert there == first_steps(run, unit)
    assert back == there[-2::-1]


def test_a_step_by_tick_takes_one_tick_there_and_back(player, run):
    fill = run.events[run.events.kind == "FILLED"].iloc[5]
    player.type_time(format_micros(to_micros(fill.time)))
    places = [player.rest(), *(player.step("tick") for _ in range(3))]
    back = [player.step("tick", "ArrowLeft") for _ in range(3)]

    taken = places[0][1]
    assert [p[1] for p in places] == [taken, taken + 1, taken + 2, taken + 3]
    assert [p[0] for p in places] == [int(run.ticks.ts[n - 1]) for _, n in places]
    assert back == places[-2::-1]


def test_a_row_of_the_event_log_is_a_place_to_go_to(player, run):
    player.type_time(format_micros(to_micros(run.trades.entry_time.iloc[20])))
    row = player.root.locator(".btl-p-list[aria-label=Events] .btl-p-row[data-later]").nth(2)
    told = row.get_attribute("title")[:23]
    row.click()
    player.rest()

    assert player.clock == told
    assert player.exact


def test_the_trades_can_be_ranked_and_gone_to(player, run):
    player.root.get_by_role("tab", name="Trades").click()
    player.choose("Order of the trades", "losses")
    player.root.locator(".btl-p-trades .btl-p-row:not([hidden])").first.click()
    player.rest()

    worst = run.trades.net.idxmin()
    assert player.ts == to_micros(run.trades.entry_time[worst])


def test_typed_times_are_understood_and_others_explained(player, run):
    assert player.type_time("2024-01-03 12:31")[0] <= to_micros("2024-01-03 12:31")
    assert player.type_time("14:05:07")[0] <= to_micros("2024-01-03 14:05:07")
    player.type_time("half past nine")
    assert '"half past nine" is no time' in player.said


def test_a_time_outside_of_the_run_is_clamped_and_said(player, run):
    ts, _ = player.type_time("2025-01-01")

    assert ts == run.end
    assert "outside the run" in player.said
    ts, _ = player.type_time("2020-01-01 12:00")
    assert ts == run.start


def test_the_keyboard_jumps(player, run):
    events, trades = run.events, run.trades
    rejected = to_micros_of(events.time[events.kind == "REJECTED"])
    worst, best = (to_micros(trades.entry_time[i]) for i in (trades.net.idxmin(), trades.net.idxmax()))

    assert player.press("Home")[0] == run.start
    assert [player.press("r")[0] for _ in range(4)] == [*rejected, rejected[0]]
    assert player.press("l")[0] == worst
    assert player.press("w")[0] == best
    assert player.press("End")[0] == run.end
    assert player.press("[")[0] == to_micros(trades.entry_time.max())


def test_the_keyboard_shows_its_help_and_the_view(player):
    help_ = player.root.get_by_role("dialog", name="Keys and gestures")
    player.press("?")
    assert help_.is_visible()
    for word in ("play or pause", "next rejection", "type a time", "drag the timeline"):
        assert help_.get_by_text(word, exact=True).is_visible()
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / "page-help.png").write_bytes(player.shot())
    player.press("Escape")
    assert not help_.is_visible()

    player.press("4")
    assert player.root.locator(".btl-p-frame[aria-pressed=true]").inner_text() == "1h"
    player.press("g")
    assert player.root.get_by_role("button", name="future").get_attribute("aria-pressed") == "true"


def test_the_zoom_stays_while_the_cursor_moves(player):
    player.type_time("2024-01-03 12:30")
    usual = player.shot(".btl-p-focus")
    player.press("-", "-", "-")
    wide = player.shot(".btl-p-focus")
    player.press("ArrowRight", "ArrowLeft")

    assert differing(wide, usual) > 0.02
    assert differing(player.shot(".btl-p-focus"), wide) < 0.005


def test_the_crosshair_is_linked_over_the_panes(player):
    player.type_time("2024-01-03 12:30")
    before = player.shot(".btl-p-own")
    player.page.mouse.move(*player.point_in(".btl-p-focus", 0.4))
    player.rest()
    bar = player.text(".btl-p-readout")

    assert player.root.locator(".btl-p-own").screenshot() != before
    assert re.search(r"\d\d:\d\d – \d\d:\d\d\s+O\s*1\.\d{5}", bar)


def test_the_page_has_its_own_switch_of_the_theme(player):
    switch = player.page.get_by_role("button", name="Dark")
    switch.click()
    player.page.wait_for_selector(".btl-player[data-mode=dark]")
    player.rest()
    dark = player.shot(".btl-p-focus")
    switch.click()
    player.page.wait_for_selector(".btl-player[data-mode=light]")
    player.rest()

    assert differing(dark, player.shot(".btl-p-focus")) > 0.8


def test_a_cursor_looks_the_same_however_it_was_reached(show, text):
    scrubbed = Player(show(text))
    *_, (ts, _) = scrubbed.drag(".btl-p-timeline", 0.3, 0.62, 4)
    opened = Player(show(at(text, ts)))
    opened.rest()
    assert opened.ts == ts
    assert differing(scrubbed.shot(".btl-p-focus"), opened.shot(".btl-p-focus")) < 0.002

    stepped = scrubbed.press("Shift+ArrowRight")
    again = Player(show(at(text, *stepped)))
    again.rest()
    assert differing(scrubbed.shot(".btl-p-focus"), again.shot(".btl-p-focus")) < 0.002
    assert differing(again.shot(".btl-p-focus"), opened.shot(".btl-p-focus")) > 0.005


def test_the_large_chart_looks_as_it_did(show, text, run):
    """BTL_KEEP_PICTURES=1 keeps today's picture as the one to compare with."""
    entry = to_micros(run.trades.entry_time.iloc[3])
    player = Player(show(at(text, entry)))
    player.rest()
    drawn = player.shot(".btl-p-focus")
    kept = reference("focus-light", drawn, keep=os.environ.get("BTL_KEEP_PICTURES"))
    assert differing(drawn, kept) < 0.02

    player.type_time(format_micros(entry + 2 * HOUR))
    assert differing(player.shot(".btl-p-focus"), kept) > 0.03


def test_a_run_without_trades_says_why(show):
    run = idle()
    player = Player(show(page(run)))
    player.rest()
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / "page-idle.png").write_bytes(player.shot())

    assert player.root.locator(".btl-p-why").is_visible()
    assert len(player.text(".btl-p-why")) > 20
    assert number(dict(row[:2] for row in player.table("Account"))["Balance"]) == run.cash


# -- what is wrong with a page -------------------------------------------------------------------------------------


def still(shown):
    """Why the page shows only its picture."""
    shown.wait_for_selector("#btl-still img", state="visible")
    assert not shown.locator("#btl-stage").is_visible() or not shown.locator(".btl-player").count()
    return shown.locator("#btl-why").inner_text()


def test_a_capsule_of_a_later_version_is_refused_and_the_picture_shown(show, text):
    def newer(found):
        packed = base64.b64decode(found[2])
        head = packed[8 : 8 + int.from_bytes(packed[4:8], "little")]
        changed = head.replace(b'"version":1', b'"version":7').replace(b'"version": 1', b'"version": 7')
        assert changed != head
        return found[1] + base64.b64encode(packed[:8] + changed + packed[8 + len(head) :]).decode() + found[3]

    why = still(show(CAPSULE.sub(newer, text)))

    assert "7" in why
    assert "the player could not open" in why


def test_a_browser_that_cannot_unpack_shows_the_picture_and_says_why(show, text):
    assert "this browser cannot unpack its data" in still(show(text, before=OLD_BROWSER))


def test_a_page_cut_short_shows_the_picture_and_says_why(show, text):
    broken = CAPSULE.sub(lambda found: found[1] + found[2][: len(found[2]) // 8 * 4] + found[3], text)

    assert "the player could not open" in still(show(broken))


def test_a_page_of_few_bytes_says_what_was_left_out(show, run):
    player = Player(show(page(run, at=run.start, max_bytes=40_000)))
    player.root.locator(".btl-p-source").click()

    assert "The ticks are left out" in player.text(".btl-p-about")
    player.press("Escape")
    player.type_time(format_micros(to_micros(run.trades.entry_time.iloc[8])))
    assert not player.exact
    assert "no ticks in this page" in player.note
