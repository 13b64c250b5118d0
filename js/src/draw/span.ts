/** Which stretch of time a chart shows: it stands still within a bar and moves by whole ones. */

import type { TradingMs } from "../model/messages"

export interface Span {
  x0: TradingMs
  x1: TradingMs
  /** Bars [from, to) may lie in it. */
  from: number
  to: number
  /** Where the current bar ends: right of it is nothing that is known. */
  edge: TradingMs
}

/** The usual width of a bar: its length, but a day has fewer hours where some are cut out. */
export function barWidth(us: number, count: number, first: TradingMs, last: TradingMs): TradingMs {
  const length = us / 1000
  return (count > 0 ? Math.min(length, (last - first) / count) : length) as TradingMs
}

/**
 * `bars` bars of width `unit`, such that `anchor` of the width lies before the current bar, which opens at `current` and
 * has the index `closed`. Bars narrower than usual (a Sunday's few hours) fit more often: half as many more are taken.
 */
export function spanOf(current: TradingMs, closed: number, bars: number, anchor: number, unit: TradingMs): Span {
  const before = Math.round(bars * anchor)
  const x0 = (current - before * unit) as TradingMs
  return {
    x0,
    x1: (x0 + bars * unit) as TradingMs,
    from: Math.max(0, closed - Math.ceil(before * 1.5) - 1),
    to: closed + Math.ceil((bars - before) * 1.5) + 1,
    edge: (current + unit) as TradingMs,
  }
}
