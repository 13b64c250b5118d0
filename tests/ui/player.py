"""A player in a page, as somebody uses and reads it."""

import re

from backtestr_lab.replay.panes import AXIS_WIDTH, TIMELINE_MARGIN

READY = "data-ready"
# A picture of the small charts may come a quarter of a second after that of the large one.
REST = """(root, quiet) => new Promise((resolve) => {
  let seen = ''
  let since = performance.now()
  const look = (now) => {
    const { painted, loading } = root.dataset
    const state = `${painted} ${loading}`
    if (state !== seen || loading !== undefined) since = now
    seen = state
    if (now - since > quiet) resolve()
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})"""
# Rows of a table of the player: the texts of their cells, the small line below them last.
TABLE = """(root, label) => {
  const lines = root.querySelectorAll(`.btl-p-table[aria-label="${label}"] .btl-p-line:not(.btl-p-heads):not([hidden])`)
  return [...lines].map((line) => [...line.children].map((cell) => cell.textContent))
}"""


class Player:
    """The `index`-th player of a page.

    Attributes
    ----------
    root : playwright Locator
    """

    def __init__(self, page, index=0, seconds=60):
        self.page = page
        self.root = page.locator(".btl-player").nth(index)
        page.wait_for_function(
            f"() => document.querySelectorAll('.btl-player[{READY}]').length > {index}", timeout=1000 * seconds
        )

    def data(self, name):
        """What the root element says, as text, or None."""
        return self.root.get_attribute(f"data-{name}")

    @property
    def ts(self):
        """µs of the frame that is painted."""
        return int(self.data("ts"))

    @property
    def place(self):
        """(ts, taken) of the frame that is painted."""
        return self.ts, int(self.data("taken"))

    @property
    def exact(self):
        """Whether it is the cursor that was asked for."""
        return self.data("exact") == "true"

    def rest(self, quiet=350):
        """Until nothing is painted or loaded any more; returns `place`."""
        self.root.evaluate(REST, quiet)
        return self.place

    def wait_for(self, holds, seconds=20):
        """Until a question to the page is answered with yes."""
        tries = int(seconds / 0.05)
        for _ in range(tries):
            if holds():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not within {seconds} s; the player says: {self.note!r}, {self.said!r}")

    # -- doing -----------------------------------------------------------------------------------------------------

    def focus(self):
        """Give it the keyboard."""
        self.root.evaluate("(root) => root.focus({ preventScroll: true })")

    def press(self, *keys):
        """Keys, one after another; returns where the cursor rests then."""
        self.focus()
        for key in keys:
            self.page.keyboard.press(key)
        return self.rest()

    def type_time(self, text):
        """Type a time; returns where the cursor rests then."""
        self.focus()
        self.page.keyboard.press("t")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        return self.rest()

    def choose(self, label, value):
        """Choose from one of its lists."""
        self.root.get_by_label(label, exact=True).select_option(value)

    def step(self, unit, key="ArrowRight"):
        """One step of a unit, in the keyboard's way; returns where the cursor rests then."""
        self.choose("Unit of a step", unit)
        return self.press(key)

    def point_in(self, part, across, down=0.5):
        """Page coordinates in one of its parts, as shares of the width of its frame and of the height."""
        self.root.locator(part).scroll_into_view_if_needed()
        box = self.root.locator(part).bounding_box()
        left = TIMELINE_MARGIN if part == ".btl-p-timeline" else 0
        return box["x"] + left + across * (box["width"] - left - AXIS_WIDTH), box["y"] + down * box["height"]

    def drag(self, part, start, end, steps=6):
        """Drag in a part from a share of its width to another; yields the cursor at each step, still held."""
        mouse = self.page.mouse
        mouse.move(*self.point_in(part, start))
        mouse.down()
        for i in range(1, steps + 1):
            mouse.move(*self.point_in(part, start + (end - start) * i / steps))
            yield self.rest()
        mouse.up()
        self.rest()

    def away(self):
        """Pointer and keyboard elsewhere, so that no crosshair and no ring is in the picture."""
        self.page.mouse.move(1, 1)
        self.page.evaluate("() => document.activeElement?.blur()")
        self.rest()

    # -- reading ---------------------------------------------------------------------------------------------------

    def text(self, part):
        """Text of one of its parts."""
        return self.root.locator(part).inner_text()

    @property
    def note(self):
        """What it says of its data."""
        return self.root.locator(".btl-p-note").text_content()

    @property
    def said(self):
        """What it said to what was done last."""
        return self.root.locator(".btl-p-said").text_content()

    @property
    def clock(self):
        """The time it shows, "2024-01-05 12:31:07.250"."""
        return f"{self.text('.btl-p-date')[4:]} {self.text('.btl-p-clock')}"

    def table(self, label):
        """Rows of one of its tables."""
        return self.root.evaluate(TABLE, label)

    def figures(self):
        """What its panels say, in the form of `figures_of`."""
        account = {name: value for name, value, *_ in self.table("Account")}
        bid, ask = (self.root.locator(".btl-p-price").nth(i).text_content() for i in (0, 1))
        return {
            "balance": number(account["Balance"]),
            "equity": number(account["Equity"]),
            "drawdown": number(account["Drawdown"].split(" (")[0]),
            "quote": (number(bid), number(ask)),
            "positions": [
                (number(what[2:]) * {"▲": 1, "▼": -1}[what[0]], number(entry), number(profit))
                for what, entry, profit, _ in self.table("Open positions")
            ],
            "orders": [order_of(row) for row in self.table("Working orders")],
            "indicators": {words.split()[0]: number(value) for words, value, *_ in self.table("Indicators")},
            "variables": {name: number(value) for name, value, *_ in self.table("Variables")},
        }

    def shot(self, part=None):
        """PNG of one of its parts, or of all of it, without crosshair and ring."""
        self.away()
        return (self.root.locator(part) if part else self.root).screenshot()


def figures_of(run, ts, tick=None):
    """What a player must show of `Run.at`, at the precision it shows."""
    state = run.at(ts, tick)
    digits = run.symbol.digits
    return {
        "balance": round(state.balance, 2),
        "equity": round(state.equity, 2),
        "drawdown": round(state.drawdown, 2),
        "quote": (round(state.tick.bid, digits), round(state.tick.ask, digits)) if state.tick else (None, None),
        "positions": [
            (row.quantity * {"LONG": 1, "SHORT": -1}[row.side], round(row.price, digits), round(row.profit, 2))
            for row in state.positions.itertuples()
        ],
        "orders": [(int(row.Index), row.quantity, priced(row, digits)) for row in state.orders.itertuples()],
        "indicators": {name: float(value) for name, value in state.indicators.items()},
        "variables": {name: float(value) for name, value in state.variables.items()},
    }


def priced(order, digits):
    """The price of a row of `State.orders`, or what it is when it has none."""
    price = {"LIMIT": order.limit, "STOP": order.stop}.get(order.type)
    return order.type.lower() if price is None else round(price, digits)


def order_of(row):
    """(id, quantity left, price or type) of a row of the working orders."""
    _, price, _, below = row
    order, quantity, *_ = re.split(r"\s{2,}", below)
    return int(order[1:]), number(quantity), price if price.isalpha() else number(price)


def number(text):
    """A number as the player writes it; None for a dash."""
    return None if text == "–" else float(text.replace("−", "-").replace(",", "").replace("+", ""))
