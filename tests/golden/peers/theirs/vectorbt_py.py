"""The cross in vectorbt; runs in that peer's environment: `python vectorbt_py.py job.json`."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import vectorbt as vbt


def main(job):
    job = json.loads(Path(job).read_text())
    data, scale = np.load(job["data"]), 10 ** job["digits"]
    close = pd.Series(data["close"] / scale, index=pd.to_datetime(data["ts"], unit="us"))
    quick, calm = (vbt.MA.run(close, job["params"][name]) for name in ("fast", "slow"))
    portfolio = vbt.Portfolio.from_signals(
        close,
        quick.ma_crossed_above(calm),
        quick.ma_crossed_below(calm),
        size=job["params"]["size"],
        init_cash=job["cash"],
        fees=job["commission"],
    )
    ts = data["ts"].tolist()
    closed = portfolio.trades.closed.records
    trades = [
        {
            "decided": ts[t.entry_idx],
            "entered": ts[t.entry_idx],
            "entry": t.entry_price,
            "left": ts[t.exit_idx],
            "exit": t.exit_price,
            "quantity": t.size,
        }
        for t in closed.itertuples()
    ]
    Path(job["answer"]).write_text(json.dumps({"trades": trades}))


if __name__ == "__main__":
    main(sys.argv[1])
