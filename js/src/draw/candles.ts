/** Bars to the columns of candles. */

import type { Points } from "../model/meta"
import type { BarWindow } from "../model/replay"
import { cell } from "../model/search"
import type { TradingTime } from "../model/time"
import type { Columns } from "./plot"

export const INSET = 0.18 // share of its width a candle leaves free on either side

/** Those of a window that are at hand; prices decimal. */
export function candles(bars: BarWindow, time: TradingTime, scale: number): Columns {
  const most = bars.to - bars.from
  const kept = new Int32Array(most)
  let n = 0
  for (let i = 0; i < most; i++) if (!Number.isNaN(cell(bars.open, i))) kept[n++] = i
  const column = () => new Float64Array(n)
  const [x, left, right, high, low] = [column(), column(), column(), column(), column()]
  const [top, bottom, down] = [column(), column(), column()]
  for (let k = 0; k < n; k++) {
    const i = cell(kept, k)
    const from = time.x(cell(bars.ts, i))
    const to = time.x(cell(bars.end, i))
    const inset = (to - from) * INSET
    const open = cell(bars.open, i)
    const close = cell(bars.close, i)
    x[k] = (from + to) / 2
    left[k] = from + inset
    right[k] = to - inset
    high[k] = cell(bars.high, i) / scale
    low[k] = cell(bars.low, i) / scale
    top[k] = Math.max(open, close) / scale
    bottom[k] = Math.min(open, close) / scale
    down[k] = close < open ? 1 : 0
  }
  return { x, left, right, high, low, top, bottom, down }
}

/** The rows [from, to) of a window. */
export function rowsOf(bars: BarWindow, from: number, to: number): BarWindow {
  const a = Math.min(Math.max(from, bars.from), bars.to)
  const b = Math.min(Math.max(to, a), bars.to)
  const part = (column: Float64Array) => column.subarray(a - bars.from, b - bars.from)
  const { ts, end, open, high, low, close, ticks, volume, missing } = bars
  return {
    from: a,
    to: b,
    ts: part(ts),
    end: part(end),
    open: part(open),
    high: part(high),
    low: part(low),
    close: part(close),
    ticks: part(ticks),
    volume: part(volume),
    missing,
  }
}

/** Lowest and highest price of the bars that overlap [start, end) in time; infinite when there are none. */
export function extremes(bars: BarWindow, start: number, end: number): { low: Points; high: Points } {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let i = 0; i < bars.to - bars.from; i++) {
    if (!(cell(bars.end, i) > start && cell(bars.ts, i) < end)) continue
    low = Math.min(low, cell(bars.low, i))
    high = Math.max(high, cell(bars.high, i))
  }
  return { low, high }
}

/** The middle of each bar's time, where what is known of the whole bar is drawn. */
export function middles(bars: BarWindow, time: TradingTime): Float64Array {
  return Float64Array.from(bars.ts, (ts, i) => (time.x(ts) + time.x(cell(bars.end, i))) / 2)
}
