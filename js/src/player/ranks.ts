/** Trades by their result. */

import type { Columns } from "../model/search"
import { net } from "../model/trades"

export type TradeOrder = "time" | "losses" | "wins"

/** Rows of the trades in some order; those that are equal stay in the order of time. */
export function ranked(trades: Columns, order: TradeOrder): Int32Array {
  const rows = Int32Array.from({ length: trades.entry_ts?.length ?? 0 }, (_, row) => row)
  if (order === "time") {
    const entry = trades.entry_ts ?? new Float64Array()
    return rows.sort((a, b) => (entry[a] as number) - (entry[b] as number) || a - b)
  }
  const sign = order === "losses" ? 1 : -1
  return rows.sort((a, b) => sign * (net(trades, a) - net(trades, b)) || a - b)
}

/** The worst trade, or the one that follows it when `selected` is that already; undefined when there is none. */
export function nextRanked(trades: Columns, order: "losses" | "wins", selected: number | null): number | undefined {
  const sign = order === "losses" ? -1 : 1
  const rows = ranked(trades, order).filter((row) => sign * net(trades, row) > 0)
  return rows[selected === null ? 0 : (rows.indexOf(selected) + 1) % rows.length]
}
