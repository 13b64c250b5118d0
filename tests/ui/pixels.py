"""Pictures compared so that another font or a smoother line does not matter, and another bar does."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

REFERENCE = Path(__file__).with_name("reference")
WIDTH = 200
LARGE = 40  # of 255: a difference that the eye sees


def small(png):
    """A picture, given as bytes or a path, in greys and 200 pixels wide."""
    image = Image.open(io.BytesIO(png) if isinstance(png, bytes) else png).convert("L")
    height = round(image.height * WIDTH / image.width)
    return image.resize((WIDTH, height), Image.Resampling.BOX)


def differing(one, other):
    """Share of the pixels of two pictures, made small, that differ by much; 1 where their shapes do."""
    a, b = (np.asarray(small(picture), "i2") for picture in (one, other))
    return float((np.abs(a - b) > LARGE).mean()) if a.shape == b.shape else 1.0


def reference(name, png, keep):
    """Path of a kept picture; with `keep`, it is made anew of this one first."""
    path = REFERENCE / f"{name}.png"
    if keep or not path.exists():
        REFERENCE.mkdir(exist_ok=True)
        small(png).save(path, optimize=True)
    return path
