"""The static picture: small, see-through, drawn."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from backtestr_lab.replay import picture


def pixels(png):
    return np.asarray(Image.open(BytesIO(png)).convert("RGBA")).astype(int)


@pytest.mark.parametrize(("days", "trades"), [(9, 40), (2, 0), (300, 900)])
def test_it_is_at_most_60_kb(make_run, days, trades):
    png = picture.png(make_run(days=days, trades=trades))

    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(png) <= 60_000


def test_its_ground_is_transparent_and_each_pane_is_drawn(run):
    image = pixels(picture.png(run))
    drawn = image[:, :, 3] > 128

    assert image[2, 2, 3] == 0
    thirds = np.array_split(drawn, 3)
    assert all(part.sum() > 2_000 for part in thirds)


def test_what_is_written_reads_on_white_and_on_black(run):
    """Contrast of the text's colours is at least 3:1 on either ground (WCAG 1.4.11)."""
    for role in ("ink", "quiet"):
        level = luminance(picture.PRINT[role])
        assert 1.05 / (level + 0.05) >= 3
        assert (level + 0.05) / 0.05 >= 3


def luminance(colour):
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_profits_and_losses_are_drawn_in_their_colours(run):
    image = pixels(picture.png(run))
    for role in ("good", "bad"):
        wanted = np.array([int(picture.PRINT[role][i : i + 2], 16) for i in (1, 3, 5)])
        near = (np.abs(image[:, :, :3] - wanted).max(axis=2) < 24) & (image[:, :, 3] > 200)
        assert near.sum() > 300
