"""The diagram of an order's states, drawn from the engine's table of transitions (O2)."""

from backtestr_lab.engine.orders import TRANSITIONS

from .svg import Drawing

__all__ = ["state_diagram"]

WIDTH, HEIGHT = 760, 344
# Centres. The two states an order can be in for longer stand side by side, its ends between, above and below them.
PLACES = {
    "": (84, 156),
    "PENDING": (264, 156),
    "PARTIALLY_FILLED": (544, 156),
    "FILLED": (404, 48),
    "CANCELLED": (404, 232),
    "EXPIRED": (404, 300),
    "REJECTED": (202, 300),
}
HALF = {"PENDING": 62, "PARTIALLY_FILLED": 84}  # of a box's width; ends are 54
# Where an arrow leaves an open state, pixels towards the middle of the picture: none crosses another.
LEAVES = {"FILLED": 22, "CANCELLED": 34, "EXPIRED": 8, "REJECTED": -44}
TALL, CURVE = 17, 12
OPEN = ("PENDING", "PARTIALLY_FILLED")


def state_diagram(title):
    """The picture as SVG text.

    Raises
    ------
    KeyError
        The table has a state that has no place here.
    """
    pen = Drawing(WIDTH, HEIGHT, title)
    arrows = {}
    for (before, event), after in TRANSITIONS.items():
        arrows.setdefault((before, after), []).append(event)
    for (before, after), events in arrows.items():
        _arrow(pen, before, after, [e for e in events if e != after])
    for state in PLACES:
        _box(pen, state)
    return str(pen)


def _half(state):
    return HALF.get(state, 54)


def _box(pen, state):
    x, y = PLACES[state]
    if not state:
        pen.add("circle", cx=x, cy=y, r=6, fill="ink")
        return
    half = _half(state)
    looks = {"fill": "surface", "stroke": "accent", "stroke_width": 2} if state in OPEN else {"fill": "grid"}
    if state == "FILLED":
        looks = {"fill": "surface", "stroke": "good", "stroke_width": 2}
    pen.add("rect", x=x - half, y=y - TALL, width=2 * half, height=2 * TALL, rx=TALL, **looks)
    pen.text(x, y + 4, (state, "ink", True), anchor="middle", halo=False)


def _arrow(pen, before, after, words):
    (x1, y1), (x2, y2) = PLACES[before], PLACES[after]
    if before == after:
        _loop(pen, before, words)
    elif y1 == y2:
        start, end = x1 + (_half(before) if before else 6), x2 - _half(after)
        pen.line(start, y1, end - 7, y1, "quiet", stroke_width=1.5)
        _head(pen, end, y2, 1, 0)
        for word in words:
            pen.text((start + end) / 2 - 4, y1 - 8, (word, "quiet"), anchor="middle", halo=False)
    else:
        _out_and_in(pen, before, after)


def _out_and_in(pen, before, after):
    """Out of the top or bottom of an open state and straight into an end, or round a corner into its side."""
    (x1, y1), (x2, y2) = PLACES[before], PLACES[after]
    inward = 1 if x1 < WIDTH / 2 else -1
    down = 1 if y2 > y1 else -1
    x = x1 + inward * LEAVES[after]
    start = f"M{x} {y1 + down * TALL}"
    if abs(x - x2) < _half(after):
        pen.path(f"{start}V{y2 - down * (TALL + 7)}", "quiet", stroke_width=1.5)
        _head(pen, x, y2 - down * TALL, 0, down)
        return
    side = x2 - inward * _half(after)
    corner = f"V{y2 - down * CURVE}Q{x} {y2} {x + inward * CURVE} {y2}H{side - inward * 7}"
    pen.path(start + corner, "quiet", stroke_width=1.5)
    _head(pen, side, y2, inward, 0)


def _loop(pen, state, words):
    """An event that changes no state: a loop on the box, on the outer side."""
    x, y = PLACES[state]
    outward = -1 if x < WIDTH / 2 else 1
    top, near, far = y - TALL, x + outward * 14, x + outward * 40
    pen.path(f"M{near} {top}C{near} {top - 38} {far} {top - 38} {far} {top - 7}", "quiet", stroke_width=1.5)
    _head(pen, far, top, 0, 1)
    anchor = "start" if outward > 0 else "end"
    for i, word in enumerate(reversed(words)):
        pen.text(near, top - 36 - 16 * i, (word, "quiet"), anchor=anchor, halo=False)


def _head(pen, x, y, dx, dy):
    """An arrow head whose tip is at (x, y), pointing along (dx, dy)."""
    bx, by = x - 8 * dx, y - 8 * dy
    pen.add("path", d=f"M{x:g} {y:g}L{bx - 4 * dy:g} {by + 4 * dx:g}L{bx + 4 * dy:g} {by - 4 * dx:g}Z", fill="quiet")
