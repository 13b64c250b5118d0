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
        return {name: np.concatenate([block[name] for block in blocks]) for name in (blocks[0] if blocks else ())}

    @cached_property
    def symbols(self):
        return range(len(self.meta["symbols"]))

    @cached_property
    def all_ticks(self):
        return [self.joined(f"ticks/{k}") for k in self.symbols]

    @property
    def ticks(self):
        return self.all_ticks[0]

    @cached_property
    def all_bars(self):
        return [{t["name"]: self.bars_of(k, t["name"]) for t in self.meta["timeframes"]} for k in self.symbols]

    @property
    def bars(self):
        return self.all_bars[0]

    def bars_of(self, k, name):
        bars = self.joined(f"bars/{k}/{name}")
        if bars:
            bars["first"] = (
                self.columns(f"index/bars/{k}/{name}")["first"][0] + np.cumsum(bars["ticks"]) - bars["ticks"]
            )
        return bars or dict.fromkeys(("ts", "end", "first", "ticks"), np.zeros(0, "i8"))

    def stamps(self, k):
        return self.all_ticks[k].get("ts", np.zeros(0, "i8"))[: self.meta["symbols"][k]["ticks"]]

    def own(self, ts, taken):
        """Each symbol's ticks taken: of equal stamps the first symbol's come first (P6)."""
        if taken is None:
            return [int((self.stamps(k) <= ts).sum()) for k in self.symbols]
        own = [int((self.stamps(k) < ts).sum()) for k in self.symbols]
        left = taken - sum(own)
        for k in self.symbols:
            here = min(left, int((self.stamps(k) == ts).sum()))
            own[k] += here
            left -= here
        return own

    def taken(self, ts, taken):
        return sum(self.own(ts, taken))

    def happened(self, ts, taken):
        e = self.events
        before = (e["ts"] < ts) | ((e["ts"] == ts) & (e["taken"] <= self.taken(ts, taken)))
        return int((before & (e["phase"] != self.meta["codes"]["phases"].index("END"))).sum())

    def quote(self, k, own):
        if own[k] - 1 < self.meta["symbols"][k]["first"]:
            return None
        return {name: int(self.all_ticks[k][name][own[k] - 1]) for name in ("ts", "bid", "ask")}

    def bar(self, k, name, ts, own):
        bars = self.all_bars[k][name]
        closed = int((bars["end"] <= ts).sum())
        return {"closed": closed, "forming": self.forming(k, bars, closed, own[k])}

    def forming(self, k, bars, row, taken):
        if row >= len(bars["ts"]) or bars["first"][row] >= taken:
            return None
        these, ticks = slice(int(bars["first"][row]), taken), self.all_ticks[k]
        bid = ticks["bid"][these]
        volume = ticks["volume"][these].sum() if "volume" in ticks else 0
        values = bars["ts"][row], bars["end"][row], bid[0], bid.max(), bid.min(), bid[-1], volume, len(bid)
        return dict(zip(FORMING, map(int, values)))

    def peak(self, ts, taken):
        best = [self.meta["cash"]]
        n = self.happened(ts, taken)
        best += self.events["peak"][:n][-1:].tolist()
        for bars in self.all_bars:
            base = bars[self.meta["base"]]
            row = int((base["end"] <= ts).sum()) - 1
            if row >= 0:
                best.append(int(base["peak"][row]))
                if "minute_peak" in base and -(-int(base["end"][row]) // MINUTE) * MINUTE <= ts:
                    best.append(int(base["minute_peak"][row]))
        return max(best)

    def indicators(self, ts):
        out = [{} for _ in self.symbols]
        for indicator in self.meta["indicators"]:
            k, timeframe = indicator["symbol"], indicator["timeframe"]
            closed = int((self.all_bars[k][timeframe]["end"] <= ts).sum())
            value = self.joined(f"values/{k}/{timeframe}")[indicator["column"]][closed - 1] if closed else np.nan
            out[k][indicator["name"]] = None if np.isnan(value) else float(value) / 10 ** indicator["digits"]
        return out

    def variables(self, ts, taken):
        if self.meta["has"]["variables"] == "none":
            return None
        own = self.own(ts, taken)
        taken = sum(own)
        if self.meta["has"]["variables"] == "tick":
            # The tick taken last, of whichever symbol: its stretch has what came after it, too.
            last = max(((self.stamps(k)[own[k] - 1], k) for k in self.symbols if own[k]), default=None)
            if last:
                k = last[1]
                index = self.columns(f"index/ticks/{k}")
                row = int((index["first"] < own[k]).sum()) - 1
                return self.sample(f"variables/ticks/{k}/{index['block'][row]}", ts, taken)
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
        own = self.own(ts, taken)
        names = [t["name"] for t in self.meta["timeframes"]]
        return {
            "ts": ts,
            "taken": sum(own),
            "quotes": [self.quote(k, own) for k in self.symbols],
            "bars": [{name: self.bar(k, name, ts, own) for name in names} for k in self.symbols],
            "balance": self.meta["cash"] + int(self.events["amount"][:n].sum()),
            "peak": self.peak(ts, taken),
            "events": n,
            "indicators": self.indicators(ts),
            "variables": self.variables(ts, taken),
        }
