"""The few colours of a run, by role, for light and dark pages.

Blue and orange stay apart for every kind of colour blindness; a result is told by shape as well, so that neither is
needed to read a chart. Candles are grey: what the strategy did is what should be seen. Every colour of LIGHT occurs
once, because the page turns a figure dark by exchanging one value for the other.
"""

__all__ = ["DARK", "LIGHT", "PRINT"]

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
}

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
}

# One set for the static picture, which cannot know what it is printed on: mid tones that read on white and on black.
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
