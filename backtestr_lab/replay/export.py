"""A run as one HTML page: its summary and its replay, no network, no kernel.

Everything is in the page: BokehJS and the data packed, the player's script and styles as they are. Where the player
cannot open (no scripts, an old browser, data of a later version), the page says why and shows a picture.
"""

import json
from base64 import b64encode
from html import escape
from pathlib import Path

import bokeh

from ..errors import OptionError
from . import picture, places, summary
from .capsule import capsule, read
from .packed import packed_panes
from .widget import bokeh_js, static

__all__ = ["page", "to_html"]

# Bokeh compiles the tick labels' code and draws with styles of its own; it is started from a blob. No address at all.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"
)
# A half-filled circle.
SWITCH = (
    '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><circle cx="8" cy="8" r="6.2" fill="none" '
    'stroke="currentColor" stroke-width="1.4"/><path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor"/></svg>'
)
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{styles}
</style>
<script>
{first}
</script>
</head>
<body>
<button id="btl-theme" type="button" title="Light or dark" aria-label="Dark">{switch}</button>
<div id="btl-head">{summary}</div>
<p id="btl-wait" role="status">Opening the replay …</p>
<div id="btl-stage"></div>
<div id="btl-still">
<p id="btl-why"></p>
<p id="btl-without">This is a picture of the run; the player needs scripts, which are switched off here.</p>
<img alt="Equity, drawdown, price and trades" width="{width}" height="{height}" src="data:image/png;base64,{still}">
</div>
<script type="application/json" id="btl-setting">{setting}</script>
<script type="application/json" id="btl-panes">{panes}</script>
<script type="text/plain" id="btl-columns">{columns}</script>
<script type="text/plain" id="btl-capsule">{capsule}</script>
<script type="text/plain" id="btl-bokeh">{bokeh}</script>
<script type="module">
{script}
</script>
<span id="btl-end"></span>
</body>
</html>
"""


def page(run, *, max_bytes=None, timeframes=None, at=None, decorate=None):
    """The page's text.

    Parameters
    ----------
    run : Run
    max_bytes, timeframes, at, decorate
        As of `to_html`.

    Returns
    -------
    str
        About 1.8 MB for a month of an FX pair.

    Raises
    ------
    OptionError
        `max_bytes` is less than the least there can be, or `at` names nothing in this run.
    DataError
        The package was installed without its built JavaScript.

    Examples
    --------
    >>> len(page(run)) < 2_000_000                             # doctest: +SKIP
    True
    """
    place = places.find(run, at)
    packed = capsule(run, max_bytes=max_bytes, timeframes=timeframes)
    figures, columns = packed_panes(read(packed).meta(), decorate)
    taken = None if place.tick is None else places.first_tick(run, place.ts) + place.tick
    setting = {"bokeh": bokeh.__version__, "at": {"ts": place.ts, "taken": taken}, "trade": place.trade}
    return PAGE.format(
        policy=escape(POLICY),
        title=escape(f"{run.name}  {summary.scope(run)}"),
        styles="\n".join(static(name) for name in ("page.css", "player.css")),
        first=static("first.js"),
        switch=SWITCH,
        summary=summary.html(run),
        width=picture.WIDTH,
        height=picture.HEIGHT,
        still=_base64(picture.png(run)),
        setting=_json(json.dumps(setting)),
        panes=_json(figures),
        columns=_base64(columns),
        capsule=_base64(packed),
        bokeh=_base64(bokeh_js()),
        script=_script(static("page.js")),
    )


def to_html(run, path, **options):
    """Write the page of a run (`Run.to_html`).

    Returns
    -------
    Path

    Raises
    ------
    OptionError
        The file cannot be written.
    """
    path = Path(path)
    text = page(run, **options)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OptionError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from None
    return path


def _base64(data):
    return b64encode(data).decode("ascii")


def _json(text):
    """JSON that may stand within a script element, which `</` would end and `<!--` would comment out."""
    return text.replace("<", "\\u003c")


def _script(text):
    """A script alike; only texts in it can hold these."""
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
