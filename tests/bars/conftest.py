import pytest

from backtestr_lab.records import Ticks
from backtestr_lab.symbols import EURUSD
from backtestr_lab.units import to_micros


@pytest.fixture
def market():
    """A market in a string: each line is ``09:00:00.5 bid ask [volume]`` in points, or the date of those below it."""

    def build(text, symbol=EURUSD):
        date, rows = "2024-01-02", []
        for line in text.strip().splitlines():
            words = line.split()
            if len(words) == 1:
                date = words[0]
            else:
                rows.append([to_micros(f"{date} {words[0]}"), *map(int, words[1:])])
        ts, bid, ask, *volume = zip(*rows)
        return Ticks(ts, bid, ask, volume=volume[0] if volume else None, symbol=symbol)

    return build
