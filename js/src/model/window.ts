/** Stretches of bars and of indicator values across blocks, for charts. */

import type { Bars } from "./bars"
import type { IndicatorMeta, TimeframeMeta } from "./meta"
import { cell, column } from "./search"
import type { Shelf } from "./shelf"

/** Bars [from, to); rows of blocks that are not at hand are NaN, and their keys in `missing`. */
export interface BarWindow {
  from: number
  to: number
  ts: Float64Array
  end: Float64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  ticks: Float64Array
  volume: Float64Array
  missing: string[]
}

const COLUMNS = ["ts", "end", "open", "high", "low", "close", "ticks", "volume"] as const

export function barWindow(bars: Bars, from: number, to: number): BarWindow {
  const { count } = bars
  const { size } = bars.timeframe
  const begin = Math.min(Math.max(from, 0), count)
  const end = Math.min(Math.max(to, begin), count)
  const unknown = () => new Float64Array(end - begin).fill(Number.NaN)
  const window: BarWindow = {
    from: begin,
    to: end,
    ts: unknown(),
    end: unknown(),
    open: unknown(),
    high: unknown(),
    low: unknown(),
    close: unknown(),
    ticks: unknown(),
    volume: unknown(),
    missing: [],
  }
  for (const { block, first, last } of blocksOf(begin, end, size)) {
    const rows = bars.rows(block)
    if (!rows) window.missing.push(bars.key(block))
    else for (const name of COLUMNS) window[name].set(part(rows[name], block * size, first, last), first - begin)
  }
  return window
}

export function valueWindow(
  { symbol, column: name, digits }: IndicatorMeta,
  { name: timeframe, counts, size }: TimeframeMeta,
  shelf: Shelf,
  from: number,
  to: number,
): Float64Array {
  const values = new Float64Array(Math.max(to - from, 0)).fill(Number.NaN)
  const unit = 10 ** digits
  for (const { block, first, last } of blocksOf(Math.max(from, 0), Math.min(to, counts[symbol] ?? 0), size)) {
    const rows = column(shelf.get(`values/${symbol}/${timeframe}/${block}`)?.columns, name)
    for (let bar = first; bar < last; bar++) values[bar - from] = cell(rows, bar - block * size) / unit
  }
  return values
}

/** The blocks that bars [from, to) lie in, and which bars each has of them. */
function* blocksOf(from: number, to: number, size: number) {
  for (let block = Math.floor(from / size); block * size < to; block++) {
    yield { block, first: Math.max(from, block * size), last: Math.min(to, (block + 1) * size) }
  }
}

function part(values: Float64Array, begin: number, first: number, last: number): Float64Array {
  return values.subarray(first - begin, last - begin)
}
