/** One symbol's ticks and bars: which cursor can be shown, and quote, bars and peak there (T1). */

import { Bars, endOf, type Place } from "./bars"
import { type BarsNow, Forming, formingBase } from "./forming"
import type { Cursor, Quote } from "./frame"
import type { Meta, MicroMoney, Micros, SymbolMeta } from "./meta"
import { type Columns, cell, countBelow, countUpTo } from "./search"
import type { Shelf } from "./shelf"
import { Ticks } from "./ticks"

const MINUTE = 60_000_000

/** The cursor that is shown, all ticks counted. */
export interface Shown {
  ts: Micros
  taken: number
  exact: boolean
}

export class Market {
  readonly about: SymbolMeta
  readonly bars = new Map<string, Bars>()
  readonly base: Bars
  readonly ticks: Ticks
  #start: Micros
  #forming = new Map<string, Forming>()

  /** `basics` has the columns of the indices by their keys. */
  constructor(shelf: Shelf, meta: Meta, symbol: number, basics: Record<string, Columns>) {
    const index = (key: string) => basics[key] ?? {}
    this.about = meta.symbols[symbol] as SymbolMeta
    this.#start = meta.start
    const shorter: Bars[] = []
    for (const timeframe of meta.timeframes) {
      const bars = new Bars(shelf, symbol, timeframe, index(`index/bars/${symbol}/${timeframe.name}`))
      this.bars.set(timeframe.name, bars)
      this.#forming.set(timeframe.name, new Forming(bars, [...shorter]))
      shorter.push(bars)
    }
    this.base = this.bars.get(meta.base) as Bars
    this.ticks = new Ticks(shelf, symbol, index(`index/ticks/${symbol}`))
  }

  /** The latest cursor up to the one asked for that can be shown exactly with what is at hand. */
  resolve({ ts, taken }: Cursor): Shown {
    const block = this.base.blockAt(ts)
    const begin = this.base.beginOf(Math.max(block, 0))
    if (block < 0) return this.#shown(ts, begin.first || 0, taken)
    const bar = this.base.begun(ts)
    if (!bar) return this.#instead(begin.ts, begin.first)
    const opened = cell(bar.rows.ts, bar.row)
    const first = cell(bar.rows.first, bar.row)
    if (ts >= cell(bar.rows.end, bar.row)) return this.#shown(ts, endOf(bar), taken)
    if (ts === opened && taken !== null && taken <= first) return this.#shown(ts, first, taken)
    return this.#among(bar, ts, taken) ?? this.#before(bar, ts)
  }

  /** The cursor in a bar, where the ticks at it are known. */
  #among(bar: Place, ts: Micros, taken: number | null): Shown | null {
    const stretch = this.ticks.begun(ts)
    const about = this.ticks.about(stretch)
    if (stretch >= 0 && ts <= about.last) {
      const rows = this.ticks.rows(stretch)
      if (!rows) return null
      const least = about.first + countBelow(rows.ts, ts)
      const most = about.first + countUpTo(rows.ts, ts)
      return this.#shown(ts, taken === null ? most : Math.min(Math.max(taken, least), most), taken)
    }
    const first = cell(bar.rows.first, bar.row)
    const before = stretch < 0 ? first : Math.max(first, about.end)
    const after = stretch + 1 < this.ticks.stretches ? this.ticks.about(stretch + 1).first : Number.POSITIVE_INFINITY
    return before >= Math.min(endOf(bar), after) ? this.#shown(ts, before, taken) : null
  }

  /** The last tick of a stretch in this bar, or the bar's opening before its first tick. */
  #before(bar: Place, ts: Micros): Shown {
    const first = cell(bar.rows.first, bar.row)
    for (let stretch = this.ticks.begun(ts); stretch >= 0; stretch--) {
      const { end, last } = this.ticks.about(stretch)
      if (end <= first) break
      if (last < ts && this.ticks.rows(stretch)) return this.#instead(last, end)
    }
    return this.#instead(cell(bar.rows.ts, bar.row), first)
  }

  #shown(ts: Micros, taken: number, asked: number | null): Shown {
    const all = Math.min(taken, this.about.ticks)
    return { ts, taken: all, exact: asked === null || asked === all }
  }

  /** Before the run began there was nothing: its start is the earliest there is. */
  #instead(ts: Micros, taken: number): Shown {
    if (ts < this.#start) return { ts: this.#start, taken: Math.max(taken, this.about.first), exact: false }
    return { ts, taken: Math.min(taken, this.about.ticks), exact: false }
  }

  /** The last tick as quoted; only the bar's close where the tick is not at hand; null before the run's first. */
  quote(taken: number): Quote | null {
    const tick = taken - 1
    if (tick < this.about.first) return null
    const rows = this.ticks.around(tick)
    if (rows) {
      const row = tick - rows.first
      return { ts: cell(rows.ts, row), bid: cell(rows.bid, row), ask: cell(rows.ask, row) }
    }
    const next = this.ticks.around(taken)
    if (next?.head) return { ts: null, bid: next.head.close, ask: next.head.askClose }
    const bar = this.base.ofTick(tick)
    if (!bar || endOf(bar) !== taken) return null
    return { ts: null, bid: cell(bar.rows.close, bar.row), ask: cell(bar.rows.askClose, bar.row) }
  }

  /** Closed count and forming bar of every timeframe, shortest first. */
  barsAt(ts: Micros, taken: number): Map<string, BarsNow> {
    const now = new Map<string, BarsNow>()
    for (const [name, bars] of this.bars) now.set(name, this.#barsOf(name, bars, ts, taken, now))
    return now
  }

  #barsOf(name: string, bars: Bars, ts: Micros, taken: number, shorter: Map<string, BarsNow>): BarsNow {
    const closed = bars.closed(ts)
    if (closed === undefined) return { closed, forming: undefined }
    const place = bars.begun(ts)
    // The last bar that has begun is forming unless it has ended.
    if (!place || place.number !== closed) return { closed, forming: null }
    if (bars === this.base) return { closed, forming: formingBase(place, taken, this.ticks) }
    return { closed, forming: this.#forming.get(name)?.at(place, taken, shorter) }
  }

  /** The highest equity at the ends of base bars, and of the minutes they lie in, so far (P7). */
  peak(ts: Micros, closed: number | undefined): MicroMoney {
    const bar = closed === undefined ? undefined : this.base.at(closed - 1)
    if (!bar) return Number.NEGATIVE_INFINITY
    const minute = Math.ceil(cell(bar.rows.end, bar.row) / MINUTE) * MINUTE
    const column = ts >= minute && bar.rows.minutePeak.length > 0 ? bar.rows.minutePeak : bar.rows.peak
    return cell(column, bar.row)
  }

  /** The first tick not older than the end of a bar, as its cursor says it. */
  cursorAtEnd(bar: Place): Cursor {
    const ts = cell(bar.rows.end, bar.row)
    const taken = endOf(bar)
    const next = this.ticks.around(taken)
    const stamp = next ? cell(next.ts, taken - next.first) : this.#opening(taken)
    return { ts, taken: stamp > ts ? null : taken }
  }

  /** Opening of the base bar of a tick: no tick of it is older. */
  #opening(tick: number): Micros {
    const bar = tick < this.about.ticks ? this.base.ofTick(tick) : undefined
    return bar ? cell(bar.rows.ts, bar.row) : Number.POSITIVE_INFINITY
  }
}
