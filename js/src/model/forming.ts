/**
 * Bars that have begun and not ended (R1, R3, R10): the base bar from its ticks, a longer one from the closed bars of
 * a shorter timeframe and that one's forming bar.
 */

import { type BarRows, type Bars, endOf, type Place } from "./bars"
import type { FormingBar } from "./frame"
import { cell } from "./search"
import type { Head, TickRows, Ticks } from "./ticks"

/** How many bars have ended and the one that has begun: null before its first tick; undefined where not at hand. */
export interface BarsNow {
  closed: number | undefined
  forming: FormingBar | null | undefined
}

/** What a bar is made of; NaN prices and no ticks before the first. */
type Sum = Omit<FormingBar, "ts" | "end">

/** A base bar after its ticks below `taken`; null before the first of them, undefined where they are not at hand. */
export function formingBase(place: Place, taken: number, ticks: Ticks): FormingBar | null | undefined {
  const first = cell(place.rows.first, place.row)
  if (taken <= first) return null
  const sum = taken >= endOf(place) ? ofRow(place) : ofTicks(first, taken, ticks)
  return sum && around(place, sum)
}

function ofRow({ rows, row }: Place): Sum {
  const sum = nothing()
  addRow(sum, rows, row)
  return sum
}

function ofTicks(first: number, taken: number, ticks: Ticks): Sum | undefined {
  // Right before a stretch, what came before its first tick is all there is.
  const rows = ticks.around(taken - 1) ?? ticks.around(taken)
  if (!rows || (rows.first > first && !rows.head)) return undefined
  const sum = rows.first > first ? ofHead(rows.head as Head) : nothing()
  addTicks(sum, rows, Math.max(first - rows.first, 0), taken - rows.first)
  return sum
}

function addTicks(sum: Sum, rows: TickRows, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const bid = cell(rows.bid, i)
    add(sum, bid, bid, bid, bid, rows.volume[i] ?? 0, 1)
  }
}

/** The forming bars of one timeframe; what was summed for the last one is kept, as cursors mostly go forwards. */
export class Forming {
  #finer: Bars[] // longest first, such as its bars can be made of
  #kept: { of: number; finer: Bars; from: number; to: number; sum: Sum } | undefined

  constructor(bars: Bars, shorter: Bars[]) {
    const { us } = bars.timeframe
    this.#finer = shorter.filter(({ timeframe }) => us % timeframe.us === 0).reverse()
  }

  /** Bar `place` when `taken` ticks have been taken; `shorter` has what is known of shorter timeframes then. */
  at(place: Place, taken: number, shorter: Map<string, BarsNow>): BarsNow["forming"] {
    const first = cell(place.rows.first, place.row)
    if (taken <= first) return null
    for (const finer of this.#finer) {
      const begin = finer.ofTick(first)
      if (!begin) return undefined
      // A bar that began before this one holds ticks of the one before, as a clock change can have it.
      if (cell(begin.rows.first, begin.row) !== first) continue
      const { closed, forming } = shorter.get(finer.timeframe.name) ?? {}
      if (closed === undefined || forming === undefined) return undefined
      const sum = this.#closed(place.number, finer, begin.number, Math.max(closed, begin.number))
      if (!sum) return undefined
      const whole = { ...sum }
      if (forming) addBar(whole, forming)
      return around(place, whole)
    }
    return undefined
  }

  /** The sum of bars [from, to) of a shorter timeframe; undefined where some are not at hand. */
  #closed(of: number, finer: Bars, from: number, to: number): Sum | undefined {
    let kept = this.#kept
    if (!kept || kept.of !== of || kept.finer !== finer || kept.from !== from || kept.to > to) {
      kept = { of, finer, from, to: from, sum: nothing() }
      this.#kept = kept
    }
    const { size } = finer.timeframe
    while (kept.to < to) {
      const rows = finer.rows(Math.floor(kept.to / size))
      if (!rows) return undefined
      const base = kept.to - (kept.to % size)
      const stop = Math.min(to - base, size)
      for (let row = kept.to - base; row < stop; row++) addRow(kept.sum, rows, row)
      kept.to = base + stop
    }
    return kept.sum
  }
}

function around({ rows, row }: Place, sum: Sum): FormingBar {
  return { ts: cell(rows.ts, row), end: cell(rows.end, row), ...sum }
}

function nothing(): Sum {
  return { open: Number.NaN, high: Number.NaN, low: Number.NaN, close: Number.NaN, volume: 0, ticks: 0 }
}

function ofHead({ open, high, low, close, volume, ticks }: Head): Sum {
  return { open, high, low, close, volume, ticks }
}

function addBar(sum: Sum, { open, high, low, close, volume, ticks }: Sum): void {
  add(sum, open, high, low, close, volume, ticks)
}

function addRow(sum: Sum, rows: BarRows, row: number): void {
  const at = (column: Float64Array) => column[row] as number
  add(sum, at(rows.open), at(rows.high), at(rows.low), at(rows.close), at(rows.volume), at(rows.ticks))
}

function add(sum: Sum, open: number, high: number, low: number, close: number, volume: number, ticks: number): void {
  if (sum.ticks === 0) {
    sum.open = open
    sum.high = high
    sum.low = low
  } else {
    if (high > sum.high) sum.high = high
    if (low < sum.low) sum.low = low
  }
  sum.close = close
  sum.volume += volume
  sum.ticks += ticks
}
