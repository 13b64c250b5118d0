"""The replay in a cell: a cursor over everything the strategy saw, moved from the page and from Python alike.

The page computes frames itself, from blocks (docs/reference/capsule.md). Those of the first picture travel with the
widget, the others are sent when they are asked for; several in one message, each with its bytes or the reason why it
could not be made. The widget itself is a loader, which asks for the player's code and style (`code`).

    page                              kernel
    {kind: "code"}               ->   {kind: "code"} + gzip, once per page
    {kind: "bokeh"}              ->   {kind: "bokeh", version} + gzip, once per page
    {kind: "hello"}              ->   {kind: "hello"}
    {kind: "blocks", keys}       ->   {kind: "blocks", blocks: [{key, at, length} | {key, error}]} + bytes
                                      {kind: "select", trade}
    anything else                ->   {kind: "error", asked, error}
"""

import json
import sys
import warnings
from html import escape

import anywidget
import bokeh
import numpy as np
import traitlets

from ..errors import BacktestrError, DataError, OptionError
from ..units import format_micros, from_micros, to_micros
from . import places
from .blocks import Blocks
from .cells import adopt, this_cell
from .code import code
from .packed import packed_panes
from .packing import unpack
from .widget import bokeh_js, static

__all__ = ["Player", "replay"]

PROTOCOL = 1  # js/src/widget/talk.ts must say the same
LETTER = 2**18  # bytes of blocks in one message: what is there first is drawn first
HEIGHT, LOWEST = 820, 320  # CSS pixels
HEAVY = ("meta", "panes", "columns", "opening", "opening_bytes")  # traits the page needs only while it shows them


class Instant(traitlets.TraitType):
    """Any usual form of an instant; kept as an aware datetime (U1)."""

    info_text = "an instant: a datetime, or a text like '2014-05-01 12:30'"

    def validate(self, obj, value):
        """To a datetime in UTC."""
        return from_micros(to_micros(value, self.name))


class Player(anywidget.AnyWidget):
    """The replay of a run; made by `Run.replay`.

    Attributes
    ----------
    cursor : datetime
        The instant that is shown, UTC. Can be read, set (also from a text or µs) and observed; outside the run it is
        clamped, with a warning.
    tick : int or None
        After the tick-th of the ticks stamped exactly `cursor`, as in `Run.at`; None is after all of them. Moving the
        cursor resets it.
    state : State
        ``run.at(cursor, tick)``.
    run : Run

    Examples
    --------
    >>> import backtestr_lab as lab
    >>> class Hold(lab.Strategy):
    ...     def on_bar(self, bar):
    ...         if not self.position:
    ...             self.buy(10_000)
    >>> run = lab.backtest(Hold, lab.sample("EURUSD", days=1))
    >>> w = run.replay(at="2024-01-01 12:00")
    >>> w.cursor = "2024-01-01 13:30"
    >>> w.state.quantity, w.state.time == w.cursor
    (10000.0, True)
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    cursor = Instant()
    tick = traitlets.Int(None, allow_none=True)

    protocol = traitlets.Int(PROTOCOL).tag(sync=True)
    code = traitlets.Unicode().tag(sync=True)  # its version
    bokeh_version = traitlets.Unicode(bokeh.__version__).tag(sync=True)
    meta = traitlets.Unicode().tag(sync=True)  # texts, because a dict is re-ordered when it is saved
    panes = traitlets.Unicode().tag(sync=True)
    columns = traitlets.Bytes().tag(sync=True)
    opening = traitlets.Unicode("[]").tag(sync=True)
    opening_bytes = traitlets.Bytes().tag(sync=True)
    height = traitlets.Int(HEIGHT).tag(sync=True)
    trade = traitlets.Int(None, allow_none=True).tag(sync=True)  # the row of the trade selected last
    place: traitlets.List = traitlets.List().tag(sync=True)  # [µs, ticks taken or null]: cursor and tick as they travel

    def __init__(self, run, at=None, *, timeframes=None, decorate=None, height=HEIGHT):
        if isinstance(height, bool) or not isinstance(height, int) or height < LOWEST:
            raise OptionError(f"height is {height!r}; give CSS pixels, {LOWEST} or more")
        self._code = code()
        blocks = Blocks(run, timeframes)
        meta = blocks.meta()
        place = places.find(run, at)
        # The blocks hold their run weakly: this alone keeps it.
        self._blocks, self._run = blocks, run
        self._first, self._last = meta["start"], meta["end"]
        self._following = True  # what is set here comes from nobody
        self._shown_in = set()
        figures, columns = packed_panes(meta, decorate)
        sent, opening = _letter(_block(blocks, key) for key in opening_keys(blocks, meta, place))
        super().__init__(
            code=self._code.version,
            meta=json.dumps(meta, separators=(",", ":"), allow_nan=False),
            panes=figures,
            columns=columns,
            opening=json.dumps(sent),
            opening_bytes=opening,
            height=height,
            trade=place.trade,
            cursor=place.ts,
            tick=place.tick,
            place=[place.ts, self._taken(place.ts, place.tick)],
        )
        self._following = False
        self.on_msg(self._hear)
        adopt(self)

    @traitlets.default("_esm")
    def _script(self):
        return static("stage.js")

    @traitlets.default("_css")
    def _style(self):
        return static("cell.css")

    # -- the run ---------------------------------------------------------------------------------------------------

    @property
    def run(self):
        """The run that is shown.

        Raises
        ------
        DataError
            Its cell ran again and the notebook has forgotten it.
        """
        return self._blocks.run

    @property
    def state(self):
        """Everything the strategy could see at the cursor, and what it held (T1)."""
        return self.run.at(self.cursor, self.tick)

    def retire(self, cell):
        """Let go of the run, because the cell that made the player runs again or was deleted (`cells.adopt`).

        A player that is shown in another cell stays there, and works while the notebook has the run by a name.
        """
        self._run = None
        if cell.sure and self._shown_in <= {cell.name}:
            self.close()

    def close(self):
        """Take the player off the page; displayed again, it comes back."""
        if self.comm is not None:
            # JupyterLab keeps the model of a closed widget as long as the page lives: it shall weigh nothing. Here
            # the values stay, for `open`.
            self._send({"method": "update", "state": dict.fromkeys(HEAVY), "buffer_paths": []})
        super().close()

    # -- movement --------------------------------------------------------------------------------------------------

    def select(self, trade):
        """Go to the entry of a trade and mark it.

        Parameters
        ----------
        trade : int or row of `Run.trades`

        Raises
        ------
        OptionError
            There is no such trade; says which there are.
        """
        place = places.of_trade(self.run, places.trade_id(self.run, trade))
        self._go(place)
        self.send({"kind": "select", "trade": place.trade})

    @traitlets.validate("cursor")
    def _inside(self, proposal):
        ts = to_micros(proposal["value"])
        inside = min(max(ts, self._first), self._last)
        if inside != ts:
            end = "begins" if ts < inside else "ends"
            told = (
                f"{format_micros(ts)} is outside the run; the cursor stands where it {end}, at {format_micros(inside)}"
            )
            warnings.warn(told, stacklevel=_beyond_traitlets())
        return from_micros(inside)

    @traitlets.validate("tick")
    def _among(self, proposal):
        k = proposal["value"]
        if k is not None:
            n = places.ticks_at(self.run, to_micros(self.cursor))
            if not 0 <= k <= n:
                raise OptionError(f"tick is {k}, but {n} ticks are stamped {format_micros(to_micros(self.cursor))}")
        return k

    @traitlets.observe("cursor")
    def _moved(self, _change):
        if not self._following:
            self.tick, self.trade = None, None
            self._tell()

    @traitlets.observe("tick")
    def _counted(self, _change):
        if not self._following:
            self._tell()

    def _tell(self):
        ts = to_micros(self.cursor)
        self._following = True
        self.place = [ts, self._taken(ts, self.tick)]
        self._following = False

    def _taken(self, ts, tick):
        return None if tick is None else places.first_tick(self.run, ts) + tick

    @traitlets.observe("place")
    def _followed(self, change):
        """The page moved."""
        if self._following or not change["new"]:
            return
        ts, taken = change["new"]
        ts = min(max(int(ts), self._first), self._last)
        tick = None
        if taken is not None:
            k = int(taken) - places.first_tick(self.run, ts)
            tick = k if 0 <= k <= places.ticks_at(self.run, ts) else None
        self._go(places.Place(ts, tick), told=True)

    def _go(self, place, told=False):
        """Cursor, tick and trade in one step: whoever observes one sees the others as they belong to it."""
        self._following = True
        try:
            with self.hold_trait_notifications():
                self.cursor, self.tick, self.trade = place.ts, place.tick, place.trade
        finally:
            self._following = False
        if not told:
            self._tell()

    # -- the page's questions --------------------------------------------------------------------------------------

    def _hear(self, _widget, message, _buffers):
        kind = message.get("kind") if isinstance(message, dict) else None
        try:
            if kind == "code":
                self.send({"kind": "code"}, [self._code.packed])
            elif kind == "bokeh":
                self.send({"kind": "bokeh", "version": bokeh.__version__}, [bokeh_js()])
            elif kind == "hello":
                self.send({"kind": "hello"})
            elif kind == "blocks":
                self._send_blocks([str(key) for key in message["keys"]])
            else:
                raise DataError(f"this kernel does not know the question {kind!r}; reload the page")
        except Exception as error:  # silence would leave the page waiting
            self.send({"kind": "error", "asked": str(kind), "error": _sentence(error)})

    def _send_blocks(self, keys):
        waiting, size = [], 0
        for key in keys:
            made = _block(self._blocks, key)
            waiting.append(made)
            size += len(made[1])
            if size >= LETTER:
                self._send_letter(waiting)
                waiting, size = [], 0
        if waiting:
            self._send_letter(waiting)

    def _send_letter(self, made):
        sent, data = _letter(made)
        self.send({"kind": "blocks", "blocks": sent}, [data])

    # -- the cell --------------------------------------------------------------------------------------------------

    def _ipython_display_(self):
        from IPython import get_ipython
        from IPython.display import display

        from . import picture, summary

        if self.comm is None:
            self.open()  # it was closed, and is wanted again
        shell = get_ipython()
        if shell is not None and not hasattr(shell, "kernel"):
            display({"text/plain": summary.text(self.run)}, raw=True)  # a terminal has nowhere to put a player
            return
        if cell := this_cell():
            self._shown_in.add(cell.name)
        # The page starts while the picture, which stands above the player, is drawn: its place is kept.
        still = display({}, raw=True, display_id=True)
        display(note(self.run) if self._run else {}, raw=True)
        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        if self._run:
            size = {"image/png": {"width": picture.WIDTH, "height": picture.HEIGHT}}
            still.update({"image/png": picture.png(self._run)}, metadata=size, raw=True)


def replay(run, at=None, **options):
    """The replay of a run as a widget (`Run.replay`).

    Raises
    ------
    DataError
        The package was installed without its built JavaScript.
    """
    return Player(run, at, **options)


def opening_keys(blocks, meta, place):
    """Keys of the blocks that the first picture is made of.

    Returns
    -------
    list of str
    """
    symbols = range(len(meta["symbols"]))
    keys = ["events", "orders", "trades", "curve", *(["levels"] if meta["levels"] else [])]
    keys += [f"index/bars/{s}/{t['name']}" for s in symbols for t in meta["timeframes"]]
    keys += [f"index/ticks/{s}" for s in symbols]
    shown = {meta["base"], *meta["shown"]}
    read = {(i["symbol"], i["timeframe"]) for i in meta["indicators"]}
    for s in symbols:
        for t in meta["timeframes"]:
            count = t["counts"][s]
            if t["name"] not in shown or not count:
                continue
            n = blocks.run._markets[s].closed(t["name"], place.ts)
            # The bars seen reach back from the cursor, and most often into the block before.
            near = {max(n - t["size"] // 4, 0) // t["size"], min(n, count - 1) // t["size"]}
            kinds = ("bars", "values") if (s, t["name"]) in read else ("bars",)
            keys += [f"{kind}/{s}/{t['name']}/{i}" for kind in kinds for i in sorted(near)]
        stretches = unpack(blocks.get(f"index/ticks/{s}"))[0]["first"]
        if len(stretches):
            taken = np.searchsorted(blocks.run._markets[s].ticks.ts, place.ts)
            keys.append(f"ticks/{s}/{max(int(np.searchsorted(stretches, taken, 'right')) - 1, 0)}")
    return keys


def note(run):
    """What stands in place of the player where there is no kernel: what it was, and how to get it back."""
    from . import summary

    name, scope = run.name, summary.scope(run)
    told = f"Replay of {name}, {scope}: run the cell to move through it"
    html = (
        f'<div class="btl-still"><style>{NOTE_STYLE}</style>Replay of <b>{escape(name)}</b> {escape(scope)}. '
        "Run this cell to move through it.</div>"
    )
    return {"text/html": html, "text/plain": told}


# Without the widget's state JupyterLab says "model not found" where the player was.
NOTE_STYLE = (
    ".btl-still{font-size:13px;padding:2px 0;color:var(--jp-content-font-color2,#667079)}"
    ".jp-OutputArea-child:has(.btl-still)+.jp-OutputArea-child:has(.jupyter-widgets,.jp-RenderedWidget)"
    ":not(:has(.btl-stage,.btl-note)){display:none}"
)


def _block(blocks, key):
    """(key, bytes, None), or (key, no bytes, why not)."""
    try:
        return key, blocks.get(key), None
    except Exception as error:  # of ours or not, the others of the message are to be sent
        return key, b"", _sentence(error)


def _letter(made):
    """Blocks one after another: where each lies, and the bytes."""
    sent, parts, at = [], [], 0
    for key, data, error in made:
        sent.append({"key": key, "error": error} if error else {"key": key, "at": at, "length": len(data)})
        parts.append(data)
        at += len(data)
    return sent, b"".join(parts)


def _beyond_traitlets():
    """How many frames above whoever asks is the line that set a trait."""
    frame, level = sys._getframe(2), 2
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] in ("traitlets", "ipywidgets"):
        frame, level = frame.f_back, level + 1
    return level


def _sentence(error):
    if isinstance(error, BacktestrError):
        return str(error)
    return f"the kernel failed with {type(error).__name__}: {error}"
