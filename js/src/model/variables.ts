/** The strategy's own variables at a cursor, from the samples in blocks (T3). */

import { endOf } from "./bars"
import type { Block } from "./blocks"
import type { Shown } from "./cursor"
import type { Market } from "./market"
import type { Meta, Micros } from "./meta"
import { cell, column, countUpTo } from "./search"
import type { Shelf } from "./shelf"

/** At which rows a variable changed, and to what; before the first it was not there. */
interface Change {
  rows: number[]
  values: unknown[]
}

/** By name; null where they are not at hand, or the strategy has none. */
export function variablesAt(
  shelf: Shelf,
  meta: Meta,
  markets: readonly Market[],
  shown: Shown,
): Record<string, unknown> | null {
  if (meta.has.variables === "none") return null
  const key = (meta.has.variables === "tick" ? keyAmongTicks(markets, shown) : null) ?? keyOfBars(markets, shown.ts)
  const block = shelf.get(key)
  return block ? sample(block, shown) : null
}

/** Samples at ends of bars are in blocks by the first symbol's base bars. */
function keyOfBars(markets: readonly Market[], ts: Micros): string {
  return `variables/${Math.max(markets[0]?.base.blockAt(ts) ?? 0, 0)}`
}

/** The ticks whose samples are the last before the cursor; null when nothing happened since a base bar's end. */
function keyAmongTicks(markets: readonly Market[], { ts, own }: Shown): string | null {
  let latest = Number.NEGATIVE_INFINITY
  let found: string | null = null
  const keyOf = (symbol: number, stretch: number) =>
    `variables/ticks/${symbol}/${markets[symbol]?.ticks.blockOf(stretch)}`
  markets.forEach(({ base, ticks }, symbol) => {
    const taken = own[symbol] as number
    const bar = base.begun(ts)
    if (!bar || ts >= cell(bar.rows.end, bar.row)) return
    // Where a stretch begins at the very stamp of the cursor, its first sample is what held before its first tick.
    const next = taken < endOf(bar) ? ticks.of(taken) : -1
    if (next >= 0 && ticks.about(next).ts === ts && latest < ts) {
      latest = ts
      found = keyOf(symbol, next)
    }
    if (taken <= cell(bar.rows.first, bar.row)) return
    const stretch = ticks.of(taken - 1)
    const rows = ticks.rows(stretch)
    const stamp = rows ? cell(rows.ts, taken - 1 - rows.first) : Number.NEGATIVE_INFINITY
    // Of equal stamps the last symbol's ticks are taken last.
    if (stamp >= latest && stamp > Number.NEGATIVE_INFINITY) {
      latest = stamp
      found = keyOf(symbol, stretch)
    }
  })
  return found
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
