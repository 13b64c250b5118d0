"""A run as one HTML page: the summary and its live charts, no network, no kernel."""

import json
from html import escape

from bokeh.embed import json_item
from bokeh.resources import Resources

from . import summary
from .charts import plot
from .colours import DARK, LIGHT

__all__ = ["page"]

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0 auto; padding: 28px 24px 48px; max-width: 1180px; background: {light}; }}
#charts {{ margin-top: 20px; }}
@media (prefers-color-scheme: dark) {{ body {{ background: {dark}; }} }}
</style>
{bokeh}
</head>
<body>
{summary}
<div id="charts"></div>
<script>
let figure = {figure}
// The charts are drawn in light colours, each of which occurs once: a dark page exchanges them.
const dark = {palette}
if (matchMedia("(prefers-color-scheme: dark)").matches)
  for (const [light, other] of dark) figure = figure.replaceAll(light, other)
Bokeh.embed.embed_item(JSON.parse(figure), "charts")
</script>
</body>
</html>
"""


def page(run):
    """The page's text; BokehJS is in it.

    Parameters
    ----------
    run : Run

    Returns
    -------
    str
        About 1.5 MB.

    Examples
    --------
    >>> open("result.html", "w").write(page(run))              # doctest: +SKIP
    """
    figure = json.dumps(json.dumps(json_item(plot(run))))
    return PAGE.format(
        title=escape(f"{run.name}  {summary.scope(run)}"),
        light=LIGHT["surface"],
        dark=DARK["surface"],
        bokeh=Resources(mode="inline", components=["bokeh"]).render_js(),
        summary=summary.html(run),
        # A text that ends the script element early would end the page's code.
        figure=figure.replace("</", "<\\/"),
        palette=json.dumps([[LIGHT[role], DARK[role]] for role in LIGHT]),
    )
