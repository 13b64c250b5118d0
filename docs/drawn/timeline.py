"""The picture of an order's life: quotes as a band, levels as lines, a numbered call-out for each event above them."""

from datetime import UTC, datetime

import numpy as np

from .svg import Drawing, points, width_of

__all__ = ["story", "timeline"]

WIDTH, LEFT, RIGHT, HEIGHT = 760, 64, 136, 190  # of the panel, its margins and the prices' part; pixels
ROW, TOP, BOTTOM, GAP, AFTER = 16, 14, 42, 14, 0.95
_ENTRIES = ("accent", "overlay2", "overlay4")
_EXITS = {"STOP_LOSS": "bad", "TAKE_PROFIT": "good", "TRAIL": "overlay2"}


def timeline(scene, title):
    """The picture as SVG text.

    Parameters
    ----------
    scene : Scene
    title : str
        Read aloud instead of the picture.

    Returns
    -------
    str
    """
    return str(_Timeline(scene, title).draw())


def story(scene):
    """What the picture shows, for those who cannot see it."""

    def told(m):
        price = f" {_decimal(m.price, scene.digits)}" if m.price else ""
        return f"{_clock(m.ts)} order {m.order} {_words(m.kind)}{price}"

    return "; ".join(told(m) for m in scene.marks)


class _Timeline:
    def __init__(self, scene, title):
        self.scene = scene
        self.start = min([int(scene.ts[0]), *(m.ts for m in scene.marks)])
        self.stop = max([int(scene.ts[-1]), *(m.ts for m in scene.marks)])
        self.roles = self._colours()
        self.lanes = self._lanes()
        self.plot_top = TOP + ROW * max((row + len(lane) for row, lane in self.lanes.values()), default=0) + GAP
        self.height = self.plot_top + HEIGHT + BOTTOM
        prices = [*scene.bid, *scene.ask, *(p for level in scene.levels for _, _, p, _ in level.pieces)]
        prices += [m.y for m in scene.marks]
        self.low, self.high = int(min(prices)), int(max(prices))
        self.pen = Drawing(WIDTH, self.height, title)

    def x(self, ts):
        """Pixels from the left; after the last instant its quote still has a little room."""
        span = max(1, self.stop - self.start)
        return LEFT + (WIDTH - LEFT - RIGHT) * min(1, (ts - self.start) / span * AFTER)

    def y(self, price):
        """Pixels from the top."""
        return self.plot_top + HEIGHT * (self.high - price) / max(1, self.high - self.low)

    def draw(self):
        """Back to front."""
        self._grid()
        self._times()
        self._leaders()
        self._quotes()
        self._levels()
        self._call_outs()
        for mark in self.scene.marks:
            self._mark(mark)
        self._names()
        return self.pen

    def _colours(self):
        """Order -> role of colour: exits by what they do, entries one after another."""
        roles, entries = {}, 0
        for level in self.scene.levels:
            if level.order not in roles:
                roles[level.order] = _EXITS.get(level.role) or _ENTRIES[entries % len(_ENTRIES)]
                entries += level.role not in _EXITS
        return roles

    def _role(self, order):
        return self.roles.get(order, "ink")

    def _grid(self):
        step = _nice((self.high - self.low) / 3)
        for price in range(-(-self.low // step) * step, self.high + 1, step):
            y = self.y(price)
            self.pen.line(LEFT, y, WIDTH - RIGHT, y, "grid")
            self.pen.text(LEFT - 8, y + 4, (self._price(price), "quiet"), anchor="end", halo=False)

    def _times(self):
        """Where ticks came, a stroke; where something happened, the time too."""
        base = self.plot_top + HEIGHT + 8
        self.pen.line(LEFT, base, WIDTH - RIGHT, base, "line")
        told = {m.ts for m in self.scene.marks}
        for ts in sorted({int(t) for t in self.scene.ts}):
            self.pen.line(self.x(ts), base, self.x(ts), base + 4, "quiet")
        taken = []
        for ts in sorted(told | {int(t) for t in self.scene.ts}, key=lambda t: (t not in told, t)):
            words = _clock(ts)
            x, half = self.x(ts), width_of(words) / 2 + 2
            if all(b <= x - half or x + half <= a for a, b in taken):
                taken.append((x - half, x + half))
                role = "ink" if ts in told else "quiet"
                self.pen.text(x, base + 19, (words, role), anchor="middle", halo=False)

    def _quotes(self):
        s = self.scene
        x = [*(self.x(t) for t in s.ts), WIDTH - RIGHT]
        bid, ask = [self.y(p) for p in s.bid], [self.y(p) for p in s.ask]
        for i in range(1, len(bid)):
            self.pen.line(x[i], min(ask[i - 1 : i + 1]), x[i], max(bid[i - 1 : i + 1]), "line")
        band = _steps(x, ask) + _steps(x, bid)[::-1]
        self.pen.add("path", d=points(band) + "Z", fill="candle", fill_opacity=0.22)
        for side in (ask, bid):
            level = [points([(x[i], y), (x[i + 1], y)]) for i, y in enumerate(side)]
            self.pen.path("".join(level), "candle", stroke_width=1.5)

    def _levels(self):
        for level in self.scene.levels:
            role = self._role(level.order)
            for works in (False, True):
                for run in _joined([p for p in level.pieces if p[3] == works]):
                    path = [(self.x(t), self.y(p)) for t, p in run]
                    dash = {} if works else {"stroke_dasharray": "2 3"}
                    self.pen.path(points(path), role, stroke_width=2, **dash)

    def _lanes(self):
        """Instant -> (row, its marks): later ones lower, so that no leader runs through the text of another."""
        lanes = {}
        for mark in self.scene.marks:
            lanes.setdefault(mark.ts, []).append(mark)
        # From the right: an instant whose text reaches over others stands above them. Rows are counted from below.
        placed, out = [], {}
        for ts in sorted(lanes, reverse=True):
            reach = self.x(ts) + max(self._wide(m) for m in lanes[ts])
            if reach > WIDTH:
                raise ValueError(f"the call-out at {_clock(ts)} runs off the picture; give the market a later tick")
            row = max((r + n for x, r, n in placed if x < reach + 8), default=0)
            placed.append((self.x(ts), row, len(lanes[ts])))
            out[ts] = row, lanes[ts]
        return out

    def _parts(self, mark):
        number = [(f"{mark.seq} ", "quiet")] if mark.seq is not None else []
        who = [(f" order {mark.order}", "quiet")] if self.scene.n_orders > 1 else []
        part = [(f" {mark.quantity:,.10g}", "ink")] if mark.partial else []
        price = [(" at " if part else " ", "quiet"), (self._price(mark.price), "ink")] if mark.price else []
        why = [(f" {mark.reason}", "quiet")] if mark.reason != "NONE" else []
        return [*number, (_words(mark.kind), self._role(mark.order), True), *who, *part, *price, *why]

    def _wide(self, mark):
        return sum(width_of(words, bold=len(look) > 1) for words, *look in self._parts(mark)) + 6

    def _leaders(self):
        for ts, (row, marks) in self.lanes.items():
            x = self.x(ts)
            bottom = self.plot_top - GAP - ROW * row
            self.pen.line(x, bottom - ROW * len(marks) + 2, x, self.plot_top + HEIGHT + 8, "line")

    def _call_outs(self):
        for ts, (row, marks) in self.lanes.items():
            bottom = self.plot_top - GAP - ROW * row
            for i, mark in enumerate(marks):
                self.pen.text(self.x(ts) + 6, bottom - ROW * (len(marks) - 1 - i) - 4, *self._parts(mark))

    def _mark(self, mark):
        x, y, role = self.x(mark.ts), self.y(mark.y), self._role(mark.order)
        hollow = {"fill": "surface", "stroke": role, "stroke_width": 1.75}
        match mark.kind:
            case "FILLED" | "PARTIAL_FILL":
                way = -1 if mark.side > 0 else 1
                tip = points([(x, y), (x - 6, y - way * 10), (x + 6, y - way * 10)])
                self.pen.add("path", d=tip + "Z", fill=role, stroke="surface", stroke_width=1)
            case "CANCELLED" | "EXPIRED" | "REJECTED" | "REQUEST_REJECTED":
                cross = points([(x - 4, y - 4), (x + 4, y + 4)]) + points([(x - 4, y + 4), (x + 4, y - 4)])
                self.pen.path(cross, role, stroke_width=2.25)
            case "TRIGGERED":
                self.pen.add("path", d=points([(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]) + "Z", **hollow)
            case "MODIFIED":
                self.pen.add("rect", x=x - 4, y=y - 4, width=8, height=8, **hollow)
            case "ACCEPTED":
                self.pen.add("circle", cx=x, cy=y, r=3.5, fill=role)
            case _:
                self.pen.add("circle", cx=x, cy=y, r=4.5, **hollow)

    def _names(self):
        """What each line is, at the right, pushed apart where lines meet."""
        s = self.scene
        names = [(self.y(s.ask[-1]), "ask", "", "quiet"), (self.y(s.bid[-1]), "bid", "", "quiet")]
        for level in s.levels:
            price = level.pieces[-1][2]
            names.append((self.y(price), level.name, self._price(price), self._role(level.order)))
        names.sort(key=lambda n: n[0])
        at = -np.inf
        spread = []
        for y, *rest in names:
            at = max(y, at + 15)
            spread.append((at, *rest))
        over = max(0, spread[-1][0] - (self.plot_top + HEIGHT))
        for y, words, price, role in spread:
            self.pen.text(
                WIDTH - RIGHT + 6,
                y - over + 4,
                (words, role, True),
                (f" {price}" if price else "", "quiet"),
                halo=False,
            )

    def _price(self, price):
        return _decimal(price, self.scene.digits)


def _steps(x, y):
    """A line that stays until the next tick."""
    return [pair for i in range(len(x) - 1) for pair in ((x[i], y[i]), (x[i + 1], y[i]))]


def _joined(pieces):
    """Pieces that touch, as one line each."""
    runs = []
    for a, b, price, _ in pieces:
        if not runs or runs[-1][-1][0] != a:
            runs.append([])
        runs[-1] += [(a, price), (b, price)]
    return runs


def _nice(step):
    """1, 2 or 5 times a power of ten, at least 1 point."""
    power = 10 ** int(np.floor(np.log10(max(1, step))))
    return next(int(m * power) for m in (1, 2, 5, 10) if m * power >= step)


def _words(kind):
    return kind.lower().replace("_", " ")


def _decimal(price, digits):
    return f"{price / 10**digits:.{digits}f}"


def _clock(ts):
    at = datetime.fromtimestamp(ts // 10**6, UTC)
    fraction = f".{ts % 10**6:06d}".rstrip("0") if ts % 10**6 else ""
    return f"{at:%H:%M:%S}{fraction}"
