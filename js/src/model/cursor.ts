/** Which cursor of all symbols can be shown, and how many ticks each of them has taken there (P6). */

import type { Cursor } from "./frame"
import type { Market } from "./market"
import type { Micros } from "./meta"

/** The cursor that is shown, all ticks counted: together, and each symbol's own. */
export interface Shown {
  ts: Micros
  taken: number
  own: number[]
  exact: boolean
}

/** An instant before its ticks, or after them. */
export interface Instant {
  ts: Micros
  after: boolean
}

/** The latest cursor up to the one asked for that can be shown exactly with what is at hand of every symbol. */
export function resolve(markets: readonly Market[], { ts, taken }: Cursor): Shown {
  const own = taken === null ? countsAt(markets, { ts, after: true }) : among(markets, ts, taken)
  if (own) return { ts, taken: sum(own), own, exact: taken === null || taken === sum(own) }
  let at: Instant = { ts, after: true }
  for (;;) {
    const earliest = markets.map((market) => market.known(at)).reduce((a, b) => (isEarlier(b, a) ? b : a))
    if (!isEarlier(earliest, at)) break
    at = earliest
  }
  const counts = countsAt(markets, at) ?? markets.map(({ about }) => about.first)
  return { ts: at.ts, taken: sum(counts), own: counts, exact: false }
}

/** Ticks of all symbols stamped before an instant; undefined where that is not at hand. */
export function takenBefore(markets: readonly Market[], ts: Micros): number | undefined {
  const counts = countsAt(markets, { ts, after: false })
  return counts && sum(counts)
}

function countsAt(markets: readonly Market[], { ts, after }: Instant): number[] | undefined {
  const counts = markets.map((market) => (after ? market.counts(ts).upTo : market.counts(ts).below))
  return counts.every((count) => count !== undefined) ? counts : undefined
}

/** Of the ticks of one stamp the first symbol's are taken first. */
function among(markets: readonly Market[], ts: Micros, taken: number): number[] | undefined {
  const before = takenBefore(markets, ts)
  if (before === undefined) return undefined
  let left = taken - before
  const own: number[] = []
  for (const market of markets) {
    const { below, upTo } = market.counts(ts)
    if (below === undefined || (left > 0 && upTo === undefined)) return undefined
    const here = left > 0 ? Math.min(left, (upTo ?? below) - below) : 0
    own.push(below + here)
    left -= here
  }
  return own
}

function isEarlier(a: Instant, b: Instant): boolean {
  return a.ts < b.ts || (a.ts === b.ts && !a.after && b.after)
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0)
}
