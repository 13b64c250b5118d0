"""Small SVG by hand: text stays text, numbers are short, one set of colours for light and one for dark pages."""

from html import escape

from backtestr_lab.replay.colours import DARK, LIGHT

__all__ = ["Drawing", "width_of"]

FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
_NARROW, _WIDE = set(" .,:;'|!ijltf()[]-"), set("mwMW@%")


def width_of(text, size=12, bold=False):
    """About how wide a text becomes, in pixels; a little generous, since nobody knows the reader's font."""
    ems = (0.36 if c in _NARROW else 0.95 if c in _WIDE else 0.7 if c.isupper() else 0.63 for c in text)
    return size * sum(ems) * (1.1 if bold else 1)


class Drawing:
    """Elements on a panel of its own, so that it can be read on a page of any colour.

    `fill` and `stroke` are roles of `backtestr_lab.replay.colours`; other attributes are SVG's, with _ for -.
    """

    def __init__(self, width, height, title):
        self.width, self.height, self.title = width, height, title
        self._rows, self._used = [], {"surface", "line", "ink"}

    def __str__(self):
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" role="img">'
        )
        panel = (
            f'<rect x=".5" y=".5" width="{self.width - 1}" height="{self.height - 1}" rx="6" class="f-surface s-line"/>'
        )
        return (
            "\n".join([head, f"<title>{escape(self.title)}</title>", self._style(), panel, *self._rows, "</svg>"])
            + "\n"
        )

    def _style(self):
        def rules(colours):
            return "".join(f".f-{n}{{fill:{colours[n]}}}.s-{n}{{stroke:{colours[n]}}}" for n in sorted(self._used))

        halo = "stroke-width:4px;paint-order:stroke;stroke-linejoin:round"
        return (
            f"<style>text{{font:12px {FONT};font-variant-numeric:tabular-nums}}"
            f".b{{font-weight:600}}.halo{{{halo}}}.none{{fill:none}}{rules(LIGHT)}"
            f"@media (prefers-color-scheme:dark){{{rules(DARK)}}}</style>"
        )

    def add(self, tag, text=None, *, fill=None, stroke=None, klass="", **attributes):
        """One element."""
        names = [klass] if klass else []
        names += [f"f-{fill}"] if fill else []
        names += [f"s-{stroke}"] if stroke else []
        self._used |= {role for role in (fill, stroke) if role}
        if names:
            attributes["class"] = " ".join(names)
        pairs = " ".join(f'{name.replace("_", "-")}="{_short(value)}"' for name, value in attributes.items())
        self._rows.append(f"<{tag} {pairs}/>" if text is None else f"<{tag} {pairs}>{text}</{tag}>")

    def line(self, x1, y1, x2, y2, stroke, **more):
        """A straight line."""
        self.path(f"M{_short(x1)} {_short(y1)}L{_short(x2)} {_short(y2)}", stroke, **more)

    def path(self, d, stroke, **more):
        """A line without a filling, unless it is given one."""
        klass = more.pop("klass", "" if more.get("fill") else "none")
        self.add("path", d=d, stroke=stroke, klass=klass, **more)

    def text(self, x, y, *parts, anchor="start", halo=True, **more):
        """One line of text: strings in ink, or (string, role) or (string, role, bold)."""
        spans = []
        for part in parts:
            words, role, bold = (*((part, "ink") if isinstance(part, str) else part), False)[:3]
            self._used.add(role)
            spans.append(f'<tspan class="{"b " if bold else ""}f-{role}">{escape(words)}</tspan>')
        klass = "halo s-surface" if halo else ""
        extra = {} if anchor == "start" else {"text_anchor": anchor}
        self.add("text", "".join(spans), x=x, y=y, klass=klass, **extra, **more)


def points(pairs):
    """The `d` of a path through points."""
    return "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in pairs)


def _short(value):
    if isinstance(value, str):
        return escape(value)
    return f"{value:.1f}".rstrip("0").rstrip(".")
