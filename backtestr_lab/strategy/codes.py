"""Codes by name: ``fill.role == "STOP_LOSS"`` compares an int with an int, compiled and in Python (S3).

Which names are meant, the attribute says: `.role` has those of `records.ROLES`, whatever object it belongs to.
"""

import numpy as np

from ..errors import OptionError, StrategyError, did_you_mean
from ..records import EVENTS, ORDER_TYPES, REASONS, ROLES, STATES, TIFS, codes
from ..units import Timeframe

__all__ = ["NAMES", "Code", "Column", "Length", "Named", "Tag", "code_of"]

NAMES = {
    "kind": codes(EVENTS),
    "reason": codes(REASONS),
    "role": codes(ROLES),
    "type": codes(ORDER_TYPES),
    "state": codes(STATES),
    "tif": codes(TIFS),
    "side": {"BUY": 1, "SELL": -1},
}


def code_of(attribute, text):
    """The int that an attribute holds when it means `text`.

    Raises
    ------
    StrategyError
        The attribute has no such name.

    Examples
    --------
    >>> code_of("side", "SELL"), code_of("timeframe", "5m")
    (-1, 300000000)
    >>> code_of("role", "STOPLOSS")
    Traceback (most recent call last):
    backtestr_lab.errors.StrategyError: role is never 'STOPLOSS'; did you mean 'STOP_LOSS'?
    """
    if attribute == "timeframe":
        try:
            return Timeframe.parse(text).us
        except OptionError as error:
            raise StrategyError(str(error)) from None
    names = NAMES[attribute]
    if text not in names:
        hint = did_you_mean(text.upper(), names) or f"; it is one of {', '.join(names)}"
        raise StrategyError(f"{attribute} is never {text!r}{hint}")
    return names[text]


class Named(int):
    """An int that also equals its name; prints as the name."""

    def _same(self, text):
        raise NotImplementedError

    def __eq__(self, other):
        return self._same(other) if isinstance(other, str) else int(self) == other

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(int(self))

    def __repr__(self):
        return str(self)


class Code(Named):
    """A code of records.py, as Python callbacks get it.

    Examples
    --------
    >>> role = Code("role", 2)
    >>> role == "STOP_LOSS", role == 2, role
    (True, True, STOP_LOSS)
    """

    def __new__(cls, attribute, value):
        made = super().__new__(cls, value)
        made.attribute = attribute
        return made

    def _same(self, text):
        return int(self) == code_of(self.attribute, text)

    def __str__(self):
        return next((name for name, code in NAMES[self.attribute].items() if code == int(self)), str(int(self)))

    def __reduce__(self):
        return Code, (self.attribute, int(self))


class Column(np.ndarray):
    """Codes of several rows, as Python callbacks get them: compares with a name element by element.

    Examples
    --------
    >>> sides = Column.of(np.array([1, -1, 1]), lambda text: code_of("side", text))
    >>> sides == "BUY", sides != "BUY", sides[1:] == "SELL"
    (array([ True, False,  True]), array([False,  True, False]), array([ True, False]))
    """

    @classmethod
    def of(cls, codes, number):
        """An array of codes; ``number(text)`` is the code that a name means."""
        made = codes.view(cls)
        made.number = number
        return made

    def __array_finalize__(self, made_from):
        self.number = getattr(made_from, "number", None)

    def __eq__(self, other):
        return np.asarray(self) == (self.number(other) if isinstance(other, str) else other)

    def __ne__(self, other):
        return np.asarray(self) != (self.number(other) if isinstance(other, str) else other)

    __hash__ = None


class Length(Named):
    """A timeframe's microseconds, as Python callbacks get it.

    Examples
    --------
    >>> Length(300_000_000) == "5m", Length(300_000_000) == "M5", Length(300_000_000)
    (True, True, 5m)
    """

    def _same(self, text):
        return int(self) == code_of("timeframe", text)

    def __str__(self):
        return str(Timeframe(int(self)))


class Tag(Named):
    """The number of an order's tag, as Python callbacks get it.

    Examples
    --------
    >>> Tag(1, "breakout") == "breakout", Tag(0, "") == "breakout"
    (True, False)
    """

    def __new__(cls, number, text):
        made = super().__new__(cls, number)
        made.text = text
        return made

    def _same(self, text):
        return self.text == text

    def __str__(self):
        return self.text

    def __reduce__(self):
        return Tag, (int(self), self.text)
