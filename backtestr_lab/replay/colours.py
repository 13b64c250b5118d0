"""The few colours of a run, by role, for light and dark pages.

Blue and orange stay apart for every kind of colour blindness; a result is told by shape as well, so that neither is
needed to read a chart. Candles are grey: what the strategy did is what should be seen. Every colour of LIGHT occurs
once, because the page turns a figure dark by exchanging one value for the other. Lines of indicators differ in
lightness as well as in hue: for an eye without red and green only blue, yellow and lightness are left.
"""

__all__ = ["DARK", "LIGHT", "OVERLAYS", "PRINT"]

LIGHT = {
    "ink": "#2b3138",  # numbers and titles
    "quiet": "#667079",  # tick labels, candles' lines
    "line": "#d9dee3",  # axes, cuts
    "grid": "#eceff2",
    "surface": "#ffffff",  # behind hollow marks
    "candle": "#8b949d",
    "good": "#1f6fd1",  # profit
    "bad": "#d2691e",  # loss, drawdown
    "equity": "#1d5fb0",
    "accent": "#5b2a86",  # the cursor and what is forming at it
    "overlay1": "#c9a227",
    "overlay2": "#0a5f58",
    "overlay3": "#cf7fb0",
    "overlay4": "#7a3b12",
}

OVERLAYS = ("overlay1", "overlay2", "overlay3", "overlay4")  # lines of indicators; beyond four they are dashed

DARK = {
    "ink": "#e4e8ec",
    "quiet": "#97a1ab",
    "line": "#3b434b",
    "grid": "#2a3037",
    "surface": "#111518",
    "candle": "#7c8690",
    "good": "#5aa2f5",
    "bad": "#f0904a",
    "equity": "#6fb0fa",
    "accent": "#d3b5ff",
    "overlay1": "#f2dc7a",
    "overlay2": "#8ce8d8",
    "overlay3": "#d55fa6",
    "overlay4": "#b5632c",
}

# One set for the static picture, which cannot know what it is printed on: mid tones that read on white and on black.
# It has the roles that the picture draws.
PRINT = {
    "ink": "#76808a",
    "quiet": "#808a94",
    "line": "#80808055",
    "grid": "#80808026",
    "candle": "#88919a",
    "good": "#2f80de",
    "bad": "#dd7a33",
    "equity": "#2f80de",
}
