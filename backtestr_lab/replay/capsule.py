"""A run in one piece, to travel without its kernel, its data and its ticks (docs/reference/capsule.md).

All base bars, the journal, indicators and variables are in it, and the raw ticks around every event, so that each fill
can be seen tick by tick. Where bytes are short, what matters least goes first, and the capsule says so.
"""

import json

import numpy as np

from ..errors import DataError, OptionError
from .blocks import Blocks
from .stretches import around

__all__ = ["Capsule", "capsule", "read"]

MAGIC = b"BTLC"
VERSION = 1
REACH = 40  # ticks before and after an event
MOST_TICKS = 120_000  # by default: where there are many events, fewer ticks around each
FEW, LEAST = 6, 4  # the reach that many events leave, and that a budget may come down to; less shows nothing


def capsule(run, *, max_bytes=None, timeframes=None):
    """Pack a run.

    Parameters
    ----------
    run : Run
    max_bytes : int, optional
        The most it may have. Ticks further from the events are dropped first, then all ticks, then variables, then
        indicator values of the shortest timeframe and its bars; ``meta["dropped"]`` says what.
    timeframes : iterable of str, optional
        Those with a chart; left out, the run's.

    Returns
    -------
    bytes

    Raises
    ------
    OptionError
        Even the least is larger than `max_bytes`; says how large it is.

    Examples
    --------
    >>> import backtestr_lab as lab
    >>> class Hold(lab.Strategy):
    ...     def on_bar(self, bar):
    ...         if not self.position:
    ...             self.buy(10_000)
    >>> packed = capsule(lab.backtest(Hold, lab.sample("EURUSD", days=1)))
    >>> packed[:4], read(packed).meta()["has"]
    (b'BTLC', {'ticks': 'around', 'variables': 'none'})
    """
    if max_bytes is not None and (isinstance(max_bytes, bool) or not isinstance(max_bytes, int) or max_bytes <= 0):
        raise OptionError(f"max_bytes is {max_bytes!r}; give a positive whole number, or None for no limit")
    pieces = _Pieces(Blocks(run, timeframes, stretches=no_ticks(run)))
    if max_bytes is None or pieces.size < max_bytes:
        for found in _with_ticks(pieces, run, timeframes, max_bytes):
            if max_bytes is None or found.size <= max_bytes:
                return found.data
    smaller = pieces
    for step in (_without_ticks, _without_variables, _without_values, _without_base):
        smaller = step(smaller, run, timeframes) or smaller
        if smaller.size <= max_bytes:
            return smaller.data
    raise OptionError(
        f"max_bytes is {max_bytes:,}, but the least this run can be packed into is {smaller.size:,} bytes; "
        "give that, or pack a shorter run or fewer timeframes"
    )


def no_ticks(run):
    """The stretches of a page without ticks."""
    return [np.zeros((0, 2), "i8") for _ in run.symbols]


def _packed(blocks, keys):
    return {key: blocks.get(key) for key in keys}


class _Pieces:
    """Packed blocks by key with the meta that fits them."""

    def __init__(self, blocks, packed=None, meta=None):
        self.meta = blocks.meta() if meta is None else meta
        self.packed = _packed(blocks, blocks.keys()) if packed is None else packed
        self._head = None

    @property
    def head(self):
        """Everything before the blocks."""
        if self._head is None:
            places, at = {}, 0
            for key, data in self.packed.items():
                places[key] = [at, len(data)]
                at += len(data)
            header = {"version": VERSION, "meta": self.meta, "blocks": places}
            told = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
            self._head = MAGIC + len(told).to_bytes(4, "little") + told
        return self._head

    @property
    def size(self):
        return len(self.head) + sum(map(len, self.packed.values()))

    @property
    def data(self):
        return b"".join([self.head, *self.packed.values()])

    def without(self, gone, dropped, **changes):
        """The same without the blocks for whose key `gone` is true."""
        packed = {key: data for key, data in self.packed.items() if not gone(key)}
        meta = self.meta | changes
        return _Pieces(None, packed, meta | {"dropped": [*self.meta["dropped"], dropped]})


def _with_ticks(pieces, run, timeframes, max_bytes):
    """The pieces with ticks around the events: all that is wished for, then what should fit, at most three times."""
    events = np.unique(run._cursors)
    wished = reach = int(np.clip(MOST_TICKS // (2 * max(1, len(events)) * len(run.symbols)), FEW, REACH))
    for _ in range(3):
        blocks = Blocks(run, timeframes, stretches=[_around(run, k, reach) for k in range(len(run.symbols))])
        keys = [key for key in list(blocks.keys()) if key.startswith(("index/ticks/", "ticks/", "variables/t"))]
        more = _packed(blocks, keys)
        meta = blocks.meta()
        if reach < REACH:
            why = f"there are {len(events):,} places with events" if reach == wished else "more would not have fitted"
            meta["dropped"] = [f"Ticks are there {reach} before and after each event; {why}."]
        found = _Pieces(None, pieces.packed | more, meta)
        yield found
        # Bytes by tick grow as stretches get shorter, hence the margin.
        reach = int(min(reach / 2, 0.8 * reach * (max_bytes - pieces.size) / (found.size - pieces.size)))
        if reach < LEAST:
            return


def _around(run, symbol, reach):
    """Stretches of a symbol's ticks: an instant is known where the ticks of every symbol around it are."""
    first, end = run._firsts[symbol], run._ends[symbol]
    # Where the run begins and ends is looked at as often as any event.
    places = np.unique(np.r_[first, run._own_cursors[:, symbol], end])
    return around(run._markets[symbol].ticks.ts[:end], places, reach)


def _without_ticks(pieces, run, timeframes):
    if not run._cursor:
        return None
    has = pieces.meta["has"]
    fineness = "bar" if has["variables"] == "tick" else has["variables"]
    return pieces.without(
        lambda key: False,
        "The ticks are left out: of each bar its opening and its end can be shown, and nothing between.",
        has={"ticks": "none", "variables": fineness},
    )


def _without_variables(pieces, run, timeframes):
    if pieces.meta["has"]["variables"] == "none":
        return None
    return pieces.without(
        lambda key: key.startswith("variables/"),
        "The strategy's variables are left out.",
        has=pieces.meta["has"] | {"variables": "none"},
    )


def _without_values(pieces, run, timeframes):
    base = pieces.meta["base"]
    kept = [indicator for indicator in pieces.meta["indicators"] if indicator["timeframe"] != base]
    if len(kept) == len(pieces.meta["indicators"]):
        return None
    return pieces.without(
        lambda key: key.startswith("values/") and key.split("/")[2] == base,
        f"Indicators on {base} are left out.",
        indicators=kept,
    )


def _without_base(pieces, run, timeframes):
    """The same on the next longer timeframe that all longer ones are made of."""
    known = Blocks(run, timeframes, stretches=no_ticks(run)).timeframes
    for base in known[1:]:
        if all(_made_of(run, t, base) for t in known if t > base):
            break
    else:
        return None
    blocks = Blocks(run, timeframes, stretches=no_ticks(run), base=base)
    fresh = {key for key in pieces.packed if key.startswith("bars/") and key.split("/")[2] == base.name}
    keys = [key for key in list(blocks.keys()) if not key.startswith("variables/")]
    packed = {key: blocks.get(key) if key in fresh else pieces.packed[key] for key in keys}
    dropped = [*pieces.meta["dropped"], f"Bars shorter than {base} are left out."]
    return _Pieces(None, packed, blocks.meta() | {"has": pieces.meta["has"], "dropped": dropped})


def _made_of(run, timeframe, base):
    """Do bars begin where shorter ones do? A four-hour bar that begins at 17:30 is made of no hours."""
    return timeframe.us % base.us == 0 and all(
        np.isin(market.bars(timeframe)["first"], market.bars(base)["first"]).all() for market in run._markets
    )


class Capsule:
    """A capsule read: `meta`, `keys` and `get` as `Blocks` has them."""

    def __init__(self, meta, places, data):
        self._meta, self._places, self._data = meta, places, data

    def meta(self):
        """What is known before any block."""
        return self._meta

    def keys(self):
        """Every key there is."""
        return list(self._places)

    def get(self, key):
        """A block by its key.

        Raises
        ------
        DataError
            It is not in this capsule.
        """
        if key not in self._places:
            raise DataError(f"this capsule has no block {key!r}; it was left out, or never was in the run")
        at, length = self._places[key]
        return self._data[at : at + length]


def read(data):
    """Open a capsule.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    Capsule

    Raises
    ------
    DataError
        Not a capsule, cut short, or written by a later version.
    """
    if data[:4] != MAGIC:
        raise DataError("this is not a packed run: it does not begin with BTLC; give what capsule(run) returned")
    begin = 8 + int.from_bytes(data[4:8], "little")
    try:
        header = json.loads(data[8:begin])
        version, places = header["version"], header.get("blocks", {})
        short = version <= VERSION and len(data) < begin + max((sum(place) for place in places.values()), default=0)
    except (ValueError, KeyError, TypeError):
        short = True
    if short:
        raise DataError(f"this packed run is cut short at {len(data):,} bytes; copy or download it again")
    if version > VERSION:
        raise DataError(
            f"this packed run has version {version}, and this backtestr-lab reads up to {VERSION}; "
            "upgrade backtestr-lab"
        )
    return Capsule(header["meta"], places, memoryview(data)[begin:])
