"""The same ticks with another future: for tests that nothing later than now is known (S4)."""


def columns_of(ticks, config):
    """The ticks of each symbol, of one as well."""
    return ticks if config.others else [ticks]


def instants(ticks, config):
    """All stamps, in order."""
    return sorted(tick[0] for column in columns_of(ticks, config) for tick in column)


def scrambled(rng, ticks, config, t):
    """The ticks with prices and sizes changed after `t`, all stamps kept.

    Where bars are the input a bar that has begun stays whole: which of its extremes comes first both of them say (F10).
    """
    columns = [
        moved_bars(rng, column, t)
        if config.intrabar
        else [moved(rng, tick) if tick[0] > t else tick for tick in column]
        for column in columns_of(ticks, config)
    ]
    return columns if config.others else columns[0]


def known(ticks, config, t):
    """What is stamped up to `t`, bars that have begun whole; of a symbol that has not begun its first tick or bar."""
    group = 4 if config.intrabar else 1
    columns = []
    for column in columns_of(ticks, config):
        begun = [column[i : i + group] for i in range(0, len(column), group) if i == 0 or column[i][0] <= t]
        columns.append([tick for one in begun for tick in one])
    return columns if config.others else columns[0]


def moved(rng, tick):
    """A tick somewhere above."""
    ts, bid, ask, *sizes = tick
    return (ts, bid + rng.randint(1, 500), ask + rng.randint(1, 500), *(rng.randrange(9_999) for _ in sizes))


def moved_bars(rng, column, t):
    """Bars that begin after `t` moved up as they are."""
    bars = [column[i : i + 4] for i in range(0, len(column), 4)]
    rows = []
    for bar in bars:
        shift = rng.randint(1, 500) if bar[0][0] > t else 0
        rows += [(ts, bid + shift, ask + shift, *sizes) for ts, bid, ask, *sizes in bar]
    return rows
