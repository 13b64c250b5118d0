"""A reader of blocks as a page is one, written from docs/reference/capsule.md alone: slow, obvious, all blocks at hand.

What it says of a cursor is held against `frame`, which is made from `Run.at` and has never seen a block.
"""

from functools import cached_property

import numpy as np

from backtestr_lab.replay.packing import unpack

FORMING = ("ts", "end", "open", "high", "low", "close", "volume", "ticks")
MINUTE = 60_000_000


class Page:
    """`source` is a `Blocks` or a `Capsule`."""

    def __init__(self, source):
        self.source = source
        self.meta = source.meta()
        self.opened = {}
        self.events = self.columns("events")

    def block(self, key):
        if key not in self.opened:
            self.opened[key] = unpack(self.source.get(key))
        return self.opened[key]

    def columns(self, key):
        return self.block(key)[0]

    def joined(self, prefix):
        """The columns of all blocks of a kind, one after another."""
        keys = [key for key in list(self.source.keys()) if key.startswith(prefix + "/")]
        blocks = [self.columns(f"{prefix}/{i}") for i in range(len(keys))]
        return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}

    @cached_property
    def ticks(self):
        return self.joined("ticks/0")

    @cached_property
    def bars(self):
        out = {}
        for timeframe in self.meta["timeframes"]:
            name = timeframe["name"]
            bars = self.joined(f"bars/0/{name}")
            bars["first"] = self.columns(f"index/bars/0/{name}")["first"][0] + np.cumsum(bars["ticks"]) - bars["ticks"]
            out[name] = bars
        return out

    @cached_property
    def symbol(self):
        return self.meta["symbols"][0]

    def taken(self, ts, taken):
        if taken is not None:
            return taken
        return min(int(np.searchsorted(self.ticks["ts"], ts, "right")), self.symbol["ticks"])

    def happened(self, ts, taken):
        e = self.events
        before = (e["ts"] < ts) | ((e["ts"] == ts) & (e["taken"] <= self.taken(ts, taken)))
        return int((before & (e["phase"] != self.meta["codes"]["phases"].index("END"))).sum())

    def quote(self, ts, taken):
        i = self.taken(ts, taken) - 1
        if i < self.symbol["first"]:
            return None
        return {name: int(self.ticks[name][i]) for name in ("ts", "bid", "ask")}

    def bar(self, name, ts, taken):
        bars = self.bars[name]
        closed = int((bars["end"] <= ts).sum())
        return {"closed": closed, "forming": self.forming(bars, closed, self.taken(ts, taken))}

    def forming(self, bars, row, taken):
        if row >= len(bars["ts"]) or bars["first"][row] >= taken:
            return None
        these = slice(int(bars["first"][row]), taken)
        bid = self.ticks["bid"][these]
        volume = self.ticks["volume"][these].sum() if "volume" in self.ticks else 0
        values = bars["ts"][row], bars["end"][row], bid[0], bid.max(), bid.min(), bid[-1], volume, len(bid)
        return dict(zip(FORMING, map(int, values)))

    def peak(self, ts, taken):
        best = [self.meta["cash"]]
        n = self.happened(ts, taken)
        best += self.events["peak"][:n][-1:].tolist()
        base = self.bars[self.meta["base"]]
        row = int((base["end"] <= ts).sum()) - 1
        if row >= 0:
            best.append(int(base["peak"][row]))
            if "minute_peak" in base and -(-int(base["end"][row]) // MINUTE) * MINUTE <= ts:
                best.append(int(base["minute_peak"][row]))
        return max(best)

    def indicators(self, ts):
        out = {}
        for indicator in self.meta["indicators"]:
            closed = int((self.bars[indicator["timeframe"]]["end"] <= ts).sum())
            values = self.joined(f"values/0/{indicator['timeframe']}")[indicator["column"]]
            value = values[closed - 1] if closed else np.nan
            out[indicator["name"]] = None if np.isnan(value) else float(value) / 10 ** indicator["digits"]
        return out

    def variables(self, ts, taken):
        if self.meta["has"]["variables"] == "none":
            return None
        taken = self.taken(ts, taken)
        if self.meta["has"]["variables"] == "tick":
            index = self.columns("index/ticks/0")
            row = int(((index["ts"] < ts) | ((index["ts"] == ts) & (index["first"] < taken))).sum()) - 1
            if row >= 0:
                return self.sample(f"variables/ticks/0/{index['block'][row]}", ts, taken)
        begins = self.columns(f"index/bars/0/{self.meta['base']}")["ts"][:-1]
        return self.sample(f"variables/{max(0, int((begins <= ts).sum()) - 1)}", ts, taken)

    def sample(self, key, ts, taken):
        columns, plain = self.block(key)
        row = int(((columns["ts"] <= ts) & (columns["taken"] <= taken)).sum()) - 1
        out = {}
        for name, change in plain["values"].items():
            k = int((np.array(change["rows"]) <= row).sum()) - 1
            if k >= 0:
                out[name] = change["values"][k]
        return out

    def frame(self, ts, taken=None):
        """What can be told without a book: lots, orders and equity are the model's to work out."""
        n = self.happened(ts, taken)
        return {
            "ts": ts,
            "taken": self.taken(ts, taken),
            "quotes": [self.quote(ts, taken)],
            "bars": [{t["name"]: self.bar(t["name"], ts, taken) for t in self.meta["timeframes"]}],
            "balance": self.meta["cash"] + int(self.events["amount"][:n].sum()),
            "peak": self.peak(ts, taken),
            "events": n,
            "indicators": self.indicators(ts),
            "variables": self.variables(ts, taken),
        }
