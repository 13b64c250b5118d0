"""What `self` is while callbacks run in CPython: slots behind attributes, and the requests (S2, S3)."""

from collections import namedtuple

import numpy as np

from ..engine import context
from ..engine.views import DISTANCES, ORDER_VIEW, POSITION_VIEW, QUANTITIES, Distance, Quantity
from ..errors import OptionError, StrategyError, did_you_mean
from ..units import Timeframe
from .base import Strategy, plain
from .codes import NAMES, Code, Column, Length, code_of
from .requests import BOTH, NO_LOT, NO_ORDER, NO_STOP, ORDER, PRICED, STOPS, check_terms, instant_of, what_of
from .runtime import NO_SUCH_NUMBER, symbol_of
from .symbols import WANTED, SymbolNumber, number_of

__all__ = [
    "ArraySlot",
    "IndicatorSlot",
    "Live",
    "Outputs",
    "ScalarSlot",
    "Series",
    "frame_of",
    "named",
    "named_fill",
]

_NONE, _PRICE = DISTANCES.index("NONE"), DISTANCES.index("PRICE")


class Live(Strategy):
    """The words of the language, answered by the engine; python.py derives from it and the user's class.

    `_lab` is the PythonCallbacks that runs it.
    """

    @property
    def _c(self):
        return self._lab.machine.c

    @property
    def now(self):
        return int(context.now(self._c))

    @property
    def balance(self):
        return context.balance(self._c)

    @property
    def equity(self):
        return context.equity(self._c)

    @property
    def position(self):
        return context.position(self._c, -1)

    def position_of(self, symbol):
        if symbol is None:
            raise StrategyError(f"symbol is None; {WANTED}, or take self.position")
        return context.position(self._c, self._symbol(symbol))

    @property
    def symbols(self):
        return tuple(map(self._lab.symbol, range(len(self._lab.plan.symbols))))

    @property
    def positions(self):
        return Rows(context.positions(self._c), self._lab)

    @property
    def orders(self):
        return Rows(context.orders(self._c), self._lab)

    def bars(self, timeframe, n, *, symbol=None):
        number = self._lab.frame(timeframe, "bars")
        return context.bars(self._c, context.row(self._c, number, self._symbol(symbol)), _whole(n, "bars"))

    def forming(self, timeframe, *, symbol=None):
        number = self._lab.frame(timeframe, "forming")
        return named(context.forming(self._c, context.row(self._c, number, self._symbol(symbol))), self._lab)

    def buy(self, qty=None, **given):
        return self._order(1, "buy", qty=qty, **given)

    def sell(self, qty=None, **given):
        return self._order(-1, "sell", qty=qty, **given)

    def submit(self, order):
        given = dict(order)
        side = given.pop("side", None)
        if side not in ("BUY", "SELL"):
            raise StrategyError("submit needs 'side': 'BUY' or 'SELL'")
        return self._order(1 if side == "BUY" else -1, "submit", **given)

    def close(self, position=None, *, symbol=None):
        if position is None:
            return context.close(self._c, self._symbol(symbol))
        if symbol is not None:
            raise StrategyError(BOTH)
        return context.close_position(self._c, _lot(position))

    def order(self, order):
        return Rows(context.order(self._c, _id(order)), self._lab)[0]

    def cancel(self, order=None, *, tag=None):
        if (order is None) == (not tag):
            raise StrategyError("self.cancel needs an order, or the text of a tag: self.cancel(tag='x')")
        if tag:
            context.cancel_tagged(self._c, self._lab.tag(_text(tag)))
        else:
            context.cancel(self._c, _id(order))

    def cancel_all(self):
        context.cancel_all(self._c)

    def modify(self, order, *, qty=None, limit=None, stop=None):
        parts = []
        for label, value in (("total", qty), ("limit", limit), ("stop", stop)):
            kind, number = _pair(label, value)
            parts += [number, kind]
        context.modify(self._c, _id(order), *parts)

    def _symbol(self, symbol):
        """The number of a `symbol=`, -1 where it is left out."""
        if symbol is None:
            return -1
        if isinstance(symbol, str):
            return number_of(symbol, self._lab.plan.symbols)
        if isinstance(symbol, bool) or not isinstance(symbol, (int, np.integer)):
            raise StrategyError(f"symbol is {a_kind(symbol)}; {WANTED}")
        if not 0 <= symbol < len(self._lab.plan.symbols):
            raise StrategyError(NO_SUCH_NUMBER)
        return int(symbol)

    def _order(self, side, verb, **given):
        qty = given.get("qty")
        risky = isinstance(qty, Quantity) and QUANTITIES[qty.kind] == "RISK"
        if risky and not any(name in given for name in STOPS):
            raise StrategyError(NO_STOP)
        given = {name: value for name, value in given.items() if name not in ORDER or value is not None}
        tif = given.get("tif", "GTC")
        check_terms(verb, given, tif)
        expires = given.get("expires", 0)
        position = _lot(given["position"]) if "position" in given else 0
        values = {
            "side": side,
            "symbol": symbol_of(self._c, self._symbol(given.get("symbol")), position),
            "position": position,
            "tif": code_of("tif", tif),
            "expires": instant_of(expires) if expires != 0 else 0,
            "reduce_only": bool(given.get("reduce_only", False)),
            "post_only": bool(given.get("post_only", False)),
            "oco": _id(given.get("oco", 0)),
            "oto": _id(given.get("oto", 0)),
            "tag": self._lab.tag(_text(given.get("tag", ""))),
        }
        for name in PRICED:
            values[f"{name}_kind"], values[name] = _pair(name, given.get(name))
        wish = self._lab.machine.wish[0]
        for name, value in values.items():
            wish[name] = value
        return context.submit(self._c)


def _text(tag):
    if not isinstance(tag, str):
        raise StrategyError(f"a tag is a text, not {tag!r}")
    return tag


def _pair(label, value):
    """(kind, number) of an argument that may be missing, a number, a distance, a share or risk."""
    value = plain(value)
    if value is None:
        return _NONE, 0.0
    wanted = Quantity if label == "qty" else Distance if label not in ("limit", "stop", "total") else ()
    if isinstance(value, wanted):
        return value.kind, float(value.value)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or label in ("trailing_stop", "trail"):
        what = {Distance: "a distance", Quantity: "a share or risk"}.get(type(value)) or a_kind(value)
        raise StrategyError(f"{'qty' if label == 'total' else label} is {what}; give {what_of(label)}")
    return _PRICE, float(value)


def a_kind(value):
    """A value's type, in words."""
    kind = type(value).__name__
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _id(order):
    return _id_of(order, ORDER_VIEW, NO_ORDER)


def _lot(position):
    return _id_of(position, POSITION_VIEW, NO_LOT)


def _id_of(given, view, text):
    """The id of what is given by its id or as a row."""
    if isinstance(given, _ROWS[view]):
        return int(given.id)
    if isinstance(given, (int, np.integer)) and not isinstance(given, (bool, SymbolNumber)):
        return int(given)
    what = {_ROWS[ORDER_VIEW]: "one of self.orders", _ROWS[POSITION_VIEW]: "one of self.positions"}.get(type(given))
    raise StrategyError(f"{text}, not by {what or repr(given)}")


def _whole(n, what):
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)):
        raise StrategyError(f"{what}(timeframe, n) needs a whole number of bars, not {n!r}")
    return int(n)


def named(given, lab):
    """A bar or tick whose timeframe and symbol equal their names."""
    values = {"timeframe": Length(given.timeframe)} if hasattr(given, "timeframe") else {}
    return given._replace(symbol=lab.symbol(given.symbol), **values)


_ROWS = {
    ORDER_VIEW: namedtuple("Order", list(ORDER_VIEW.names or ())),
    POSITION_VIEW: namedtuple("Lot", list(POSITION_VIEW.names or ())),
}


class Rows:
    """Records as a sequence of named tuples; a field of all of them is an array. False when empty."""

    def __init__(self, records, lab):
        self._records, self._lab = records, lab

    def __len__(self):
        return len(self._records)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return Rows(self._records[index], self._lab)
        record = self._records[index]
        values = dict(zip(record.dtype.names, record.item()))
        for name in NAMES:
            if name in values:
                values[name] = Code(name, values[name])
        values["symbol"] = self._lab.symbol(values["symbol"])
        if "tag" in values:
            values["tag"] = self._lab.tag_named(values["tag"])
        return _ROWS[record.dtype](**values)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._records.dtype.names:
            names = self._records.dtype.names
            raise AttributeError(f"no field {name!r}{did_you_mean(name, names)}; there are {', '.join(names)}")
        column = self._records[name]
        number = self._lab.number_in(name)
        return column if number is None else Column.of(column, number)

    def __repr__(self):
        return repr(list(self))


class ScalarSlot:
    """A number of the strategy's, in its slot."""

    def __init__(self, name, value, offset):
        self.name, self.held, self.offset = name, value, offset

    def __get__(self, instance, owner=None):
        if instance is None:
            return self.held.value
        machine = instance._lab.machine
        if self.held.kind == "float":
            return float(machine.floats[self.offset])
        value = int(machine.ints[self.offset])
        return bool(value) if self.held.kind == "bool" else value

    def __set__(self, instance, value):
        value = plain(value)
        machine = instance._lab.machine
        kind = self.held.kind
        fits = {"int": (bool, int), "float": (int, float), "bool": (bool,)}[kind]
        if not isinstance(value, fits) or (kind == "float" and isinstance(value, bool)):
            article = {"int": "an int", "float": "a float", "bool": "a bool"}[kind]
            where = f" since init (line {self.held.line})" if self.held.line else ""
            way = {
                "int": "write 0.0 there to make it a float",
                "float": "give it a number",
                "bool": "give it True or False",
            }
            raise StrategyError(f"self.{self.name} is {article}{where} and cannot become {value!r}; {way[kind]}")
        if kind == "float":
            machine.floats[self.offset] = value
            return
        if not -(2**63) <= value < 2**63:
            raise OverflowError(f"self.{self.name} would be {value}; whole numbers end at 2^63")
        machine.ints[self.offset] = value


class ArraySlot:
    """An array of the strategy's, a view of the flat buffer."""

    def __init__(self, name, value, kind, offset):
        self.name, self.held, self.kind, self.offset = name, value, kind, offset

    def __get__(self, instance, owner=None):
        if instance is None:
            return self.held.value
        from .lower import view

        machine = instance._lab.machine
        flat = machine.farr if self.kind == "float[]" else machine.iarr
        return view(flat, self.kind, self.offset, self.held.value.shape)

    def __set__(self, instance, value):
        mine = self.__get__(instance)
        value = np.asarray(value)
        if mine.shape != value.shape:
            raise ValueError("an array of the strategy keeps its shape; copy into a part of it, like self.x[:n] = ...")
        if value is not mine:
            mine[...] = value.copy() if np.shares_memory(mine, value) else value


class IndicatorSlot:
    """An indicator of the strategy's: its series, or its outputs by name."""

    def __init__(self, name, node):
        self.name, self.node = name, node

    def __get__(self, instance, owner=None):
        if instance is None:
            return self.node
        return instance._lab.series(self.name, self.node)

    def __set__(self, instance, value):
        raise StrategyError(f"self.{self.name} is an indicator; it does not change in a run")


class Series:
    """An indicator's closed values in a Python callback."""

    def __init__(self, name, number, symbol, lab):
        self._name, self._number, self._symbol, self._lab = name, number, symbol, lab

    @property
    def _row(self):
        return context.row(self._lab.machine.c, self._number, self._symbol)

    @property
    def array(self):
        """(m,) float64, closed values, oldest first; read-only."""
        return context.series(self._lab.machine.c, self._row)

    @property
    def forming(self):
        """The value with the forming bar."""
        return self._lab.forming(self._name)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return self.array[index]
        if index >= 0:
            raise StrategyError(
                f"an indicator has no value [{index}]; count back from the latest closed bar, "
                f"which is self.{self._name}[-1]"
            )
        return context.value(self._lab.machine.c, self._row, int(index))

    def __len__(self):
        return int(context.series_len(self._lab.machine.c, self._row))

    def __iter__(self):
        return iter(self.array)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.array, dtype=dtype)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.array, name)

    def _crossed(self, other, direction):
        c = self._lab.machine.c
        if isinstance(other, Series):
            return bool(context.crossed(c, self._row, other._row, direction))
        other = plain(other)
        if isinstance(other, (int, float)) and not isinstance(other, bool):
            return bool(context.crossed_level(c, self._row, float(other), direction))
        raise StrategyError(f"a crossing is of an indicator with another or with a number, not with {other!r}")

    def __repr__(self):
        return f"<self.{self._name}: {len(self)} values, latest {self[-1]:g}>"


class Outputs:
    """An indicator of several outputs in a Python callback."""

    def __init__(self, name, node, lab):
        self._name, self._node, self._lab = name, node, lab

    def __getattr__(self, output):
        if output.startswith("_"):
            raise AttributeError(output)
        if output == "forming" and output not in self._node.outputs:
            return self[-1]
        return self._lab.series(f"{self._name}.{output}", getattr(self._node, output))

    def __getitem__(self, index):
        several = ", ".join(f".{o}" for o in self._node.outputs)
        raise StrategyError(f"self.{self._name} has {len(self._node.outputs)} outputs; name one: {several}")


def frame_of(plan, text, method):
    """The number of a timeframe a Python callback names."""
    try:
        timeframe = Timeframe.parse(text)
    except OptionError as error:
        raise StrategyError(str(error)) from None
    there = plan.bars_frames if method == "bars" else plan.frames
    if timeframe not in there:
        raise StrategyError(
            f"self.{method}({str(text)!r}): no {timeframe} bars were prepared; write the timeframe in place, "
            f"like self.{method}('{timeframe}'), somewhere in the class"
        )
    return plan.frames.index(timeframe)


def named_fill(fill, lab):
    """A fill or order event whose codes and symbol equal their names, with its order's tag."""
    kind = _WITH_TAG.setdefault(type(fill), namedtuple(type(fill).__name__, (*fill._fields, "tag")))
    values = fill._asdict()
    for name in ("kind", "reason", "role", "side"):
        if name in values:
            values[name] = Code(name, values[name])
    values["symbol"] = lab.symbol(values["symbol"])
    return kind(**values, tag=lab.tag_of(values["order"]))


_WITH_TAG: dict = {}
