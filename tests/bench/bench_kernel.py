"""Edit one number in a cell and run it again: from the request to the finished output, in a real ipykernel.

20 M ticks that the kernel has loaded already. The number is once a parameter, which changes no code, and once a literal
in a callback, which is compiled anew; each edit is one that this machine has not seen. Where the time goes is asked of
the same kernel.
"""

import os
import tempfile
import time
from pathlib import Path

from jupyter_client.manager import KernelManager
from market import market
from measure import at_most, note, percentile

from backtestr_lab import Store

TICKS = 20_000_000
EDITS = 15
CELL = """%%backtest EURUSD --cash 100_000 --commission 3.5/lot --as trend
class Trend(Strategy):
    fast, slow = {fast}, 20
    timeframe = "5m"

    def init(self):
        self.quick = ta.ema("5m", self.fast)
        self.calm = ta.ema("5m", self.slow)
        self.rsi = ta.rsi("1h", 14)

    def on_bar(self, bar):
        if crossed_above(self.quick, self.calm) and self.rsi[-1] < {level}:
            self.buy(10_000, stop_loss=pips(10), take_profit=pips(15))
        elif crossed_below(self.quick, self.calm):
            self.close()
"""
PARTS = """
import time
from backtestr_lab import replay
from backtestr_lab.replay import picture, summary, widget

class Clock(dict):
    def of(self, name, work):
        began = time.perf_counter()
        made = work()
        self[name] = round(time.perf_counter() - began, 4)
        return made

clock = Clock()
run = clock.of("run", lambda: lab.backtest(Trend, "EURUSD", cash=100_000, commission="3.5/lot", params={"fast": 9}))
clock.of("tables and figures", lambda: (run.trades, run.equity, run.stats))
clock.of("summary", lambda: (summary.html(run), summary.text(run)))
clock.of("picture", lambda: picture.png(run))
clock.of("live charts", lambda: widget.pack(replay.plot(run)))
print(*(f"{name} {1000 * seconds:.0f} ms" for name, seconds in clock.items()), sep=", ")
"""


class Kernel:
    """A kernel process; `run` gives the seconds from the request to idle and what was printed."""

    def __init__(self, **environment):
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(env=os.environ | environment)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code):
        began = time.perf_counter()
        request = self.client.execute(code)
        printed = ""
        while True:
            message = self.client.get_iopub_msg(timeout=300)
            content = message["content"]
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "error":
                raise RuntimeError("\n".join(content["traceback"]))
            if message["msg_type"] == "stream":
                printed += content["text"]
            if message["msg_type"] == "status" and content["execution_state"] == "idle":
                return time.perf_counter() - began, printed.strip()

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()


def measure(quick=False):
    count, edits = (2_000_000, 4) if quick else (TICKS, EDITS)
    unseen = int(time.time()) % 1_000_000 / 1e6  # so that no cache of another day knows the edit
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "ticks.duckdb"
        Store(store).ingest(market(count))
        kernel = Kernel(BACKTESTR_STORE=str(store))
        try:
            kernel.run("%load_ext backtestr_lab")
            first, _ = kernel.run(CELL.format(fast=10, level=70))
            kernel.run(CELL.format(fast=11, level=70))
            number, literal = [], []
            for i in range(edits):
                number.append(kernel.run(CELL.format(fast=12 + i, level=70))[0])
                literal.append(kernel.run(CELL.format(fast=10, level=round(60 + i + unseen, 6)))[0])
            _, parts = kernel.run(PARTS)
        finally:
            kernel.stop()
    name = f"edit and run again, {count / 1e6:g} M cached ticks, real kernel"
    return [
        at_most(f"{name}: a parameter, p50", percentile(number, 0.5), 0.6, detail=_spread(number)),
        at_most(f"{name}: a literal, p50", percentile(literal, 0.5), 0.6, detail=_spread(literal)),
        note("of that", parts),
        note("the first cell of that kernel, ticks read from the store", f"{first:.2f} s"),
    ]


def _spread(seconds):
    return f"{min(seconds):.2f} .. {max(seconds):.2f} s of {len(seconds)}"


def main():
    """Print the rows."""
    for row in measure():
        print(row.work, row.measured, row.target)


if __name__ == "__main__":
    main()
