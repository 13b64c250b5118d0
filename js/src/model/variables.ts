/** The strategy's own variables at a cursor, from the samples in blocks (T3). */

import { endOf } from "./bars"
import type { Block } from "./blocks"
import type { Market, Shown } from "./market"
import type { Meta } from "./meta"
import { cell, column, countUpTo } from "./search"
import type { Shelf } from "./shelf"

/** At which rows a variable changed, and to what; before the first it was not there. */
interface Change {
  rows: number[]
  values: unknown[]
}

/** By name; null where they are not at hand, or the strategy has none. */
export function variablesAt(shelf: Shelf, meta: Meta, market: Market, shown: Shown): Record<string, unknown> | null {
  if (meta.has.variables === "none") return null
  const stretch = meta.has.variables === "tick" ? stretchOf(market, shown) : -1
  const key =
    stretch >= 0
      ? `variables/ticks/0/${market.ticks.blockOf(stretch)}`
      : `variables/${Math.max(market.base.blockAt(shown.ts), 0)}`
  const block = shelf.get(key)
  return block ? sample(block, shown) : null
}

/** The ticks whose samples are the last before the cursor; -1 when nothing happened since a base bar's end. */
function stretchOf({ base, ticks }: Market, { ts, taken }: Shown): number {
  const bar = base.begun(ts)
  if (!bar || ts >= cell(bar.rows.end, bar.row) || taken <= cell(bar.rows.first, bar.row)) return -1
  // Where a stretch begins at the very stamp of the cursor, its first sample is what held before its first tick.
  const next = taken < endOf(bar) ? ticks.of(taken) : -1
  return next >= 0 && ticks.about(next).ts === ts ? next : ticks.of(taken - 1)
}

function sample({ columns, plain }: Block, { ts, taken }: Shown): Record<string, unknown> {
  const row = rowAt(column(columns, "ts"), column(columns, "taken"), ts, taken)
  const found: Record<string, unknown> = {}
  for (const [name, { rows, values }] of Object.entries(plain.values as Record<string, Change>)) {
    const change = countUpTo(rows, row) - 1
    if (change >= 0) found[name] = values[change]
  }
  return found
}

/** The last sample up to a cursor; later ones of the same stamp have taken more ticks. */
function rowAt(stamps: Float64Array, counts: Float64Array, ts: number, taken: number): number {
  let row = countUpTo(stamps, ts) - 1
  while (row >= 0 && cell(stamps, row) === ts && cell(counts, row) > taken) row--
  return row
}
