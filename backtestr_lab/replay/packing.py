"""Columns of whole numbers in few bytes, for a page to unpack: a block (docs/reference/capsule.md).

A column is kept as it is, as differences, or as differences of differences, whichever needs fewer bits; its bytes are
shuffled, so that gzip sees the bytes that hardly change beside each other, and is told where those of another kind
begin: 5 % less. All of it is numpy: a block of 4,096 ticks
takes a few milliseconds.
"""

import json
import zlib

import numpy as np

from ..errors import DataError

__all__ = ["MOST", "pack", "unpack"]

MOST = 2**52  # a double holds every whole number below, and the sum of two
LEVEL = 6  # of gzip; 9 takes four times as long for 1 % less
PLANE = 256  # bytes that are worth a code of their own
GZIP = 31  # zlib's name for "with a gzip header", which is what DecompressionStream("gzip") reads


def pack(columns, plain=None):
    """Columns and plain values as one block.

    Parameters
    ----------
    columns : dict of str to (n,) int64 or float64
        Whole numbers; NaN is a missing value.
    plain : dict, optional
        Values for the header, as JSON has them.

    Returns
    -------
    bytes

    Raises
    ------
    DataError
        A number whose magnitude is not below 2^52.

    Examples
    --------
    >>> columns, plain = unpack(pack({"ts": [10, 20, 30], "bid": [7.0, np.nan, 9.0]}, {"head": None}))
    >>> columns["ts"].tolist(), columns["bid"].tolist(), plain
    ([10, 20, 30], [7.0, nan, 9.0], {'head': None})
    """
    header, planes, at = {}, [], 0
    for name, column in columns.items():
        shuffled, *place = _packed(name, np.asarray(column))
        header[name] = [at, *place]
        planes += list(shuffled)
        at += shuffled.size
    told = json.dumps({"columns": header} | (plain or {}), separators=(",", ":"), allow_nan=False).encode()
    packer = zlib.compressobj(LEVEL, wbits=GZIP)
    packed = [packer.compress(len(told).to_bytes(4, "little") + told)]
    before = True
    for plane in planes:
        # Planes of zeros need no code, but must not spoil that of the next.
        busy = len(plane) >= PLANE and 16 * np.count_nonzero(plane) > len(plane)
        if busy or before:
            packed.append(packer.flush(zlib.Z_BLOCK))
        packed.append(packer.compress(plane.tobytes()))
        before = busy
    return b"".join([*packed, packer.flush()])


def unpack(data):
    """A block as it was packed.

    Returns
    -------
    columns : dict of str to (n,) int64, or float64 where values are missing
    plain : dict

    Raises
    ------
    DataError
        Not a block, or one that is cut short.
    """
    try:
        raw = zlib.decompress(data, wbits=GZIP)
        begin = 4 + int.from_bytes(raw[:4], "little")
        plain = json.loads(raw[4:begin])
        columns = plain.pop("columns")
        return {name: _unpacked(raw, begin, *place) for name, place in columns.items()}, plain
    except (zlib.error, ValueError, KeyError) as error:
        raise DataError(f"a block of the replay cannot be read ({error}); make the page or the file again") from None


def _packed(name, column):
    """A column's bytes as (width, count), then count, width, order, missing and unit."""
    missing = np.isnan(column) if column.dtype.kind == "f" else np.zeros(len(column), bool)
    values = column[~missing].astype("i8")
    if len(values) and max(-int(values.min()), int(values.max())) >= MOST:
        worst = max(values.tolist(), key=abs)
        raise DataError(f"{name} is {worst:,}, and the replay shows whole numbers up to 2^52; use larger units")
    # Stamps are often whole milliseconds, and quantities thousands.
    unit = int(np.gcd.reduce(values)) or 1 if len(values) else 1
    order, u = _shortest(values // unit if unit > 1 else values)
    if missing.any():
        spread = np.zeros(len(column), "u8")
        spread[~missing] = u + np.uint64(1)
        u = spread
    width = max(1, (int(u.max()).bit_length() + 7) // 8) if len(u) else 1
    shuffled = u.astype("<u8").view("u1").reshape(-1, 8)[:, :width].T
    return shuffled, len(u), width, order, int(missing.any()), unit


def _shortest(values):
    """(order, unsigned) with the fewest bits a value on average; what gzip makes of the shuffled bytes follows it."""
    best, differences = None, values
    for order in range(3):
        if order:
            differences = np.diff(differences, prepend=np.int64(0))
            if len(differences) and int(np.abs(differences).max()) >= MOST:
                break
        u = (differences << 1 ^ differences >> 63).view("u8")
        bits = float(np.log2(u + 1.0).sum())
        # Plain values are shown by pages a little faster, and repeat where differences do.
        if best is None or bits < 0.98 * best[0]:
            best = bits, order, u
    return best[1], best[2]


def _unpacked(raw, begin, at, count, width, order, missing, unit):
    wide = np.zeros((count, 8), "u1")
    wide[:, :width] = np.frombuffer(raw, "u1", count * width, begin + at).reshape(width, count).T
    u = wide.reshape(-1).view("<u8").astype("u8")
    gone = u == 0 if missing else np.zeros(count, bool)
    u = u[~gone] - np.uint64(missing)
    values = (u >> np.uint64(1)).view("i8") ^ -(u & np.uint64(1)).view("i8")
    for _ in range(order):
        values = np.cumsum(values)
    values = values * unit
    if not missing:
        return values
    spread = np.full(count, np.nan)
    spread[~gone] = values
    return spread
