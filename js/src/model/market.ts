/** One symbol's ticks and bars: how many ticks there are by an instant, and quote, bars and peak there (T1). */

import { Bars, endOf } from "./bars"
import type { Instant } from "./cursor"
import { type BarsNow, Forming, formingBase } from "./forming"
import type { Quote } from "./frame"
import type { Meta, MicroMoney, Micros, SymbolMeta } from "./meta"
import { type Columns, cell, countBelow, countUpTo } from "./search"
import type { Shelf } from "./shelf"
import { Ticks } from "./ticks"

const MINUTE = 60_000_000

export interface Counts {
  below: number | undefined
  upTo: number | undefined
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

  /** How many of its ticks are stamped before an instant, and up to it; undefined where that is not at hand. */
  counts(ts: Micros): Counts {
    const { below, upTo } = this.#counted(ts)
    const most = this.about.ticks
    return { below: below && Math.min(below, most), upTo: upTo && Math.min(upTo, most) }
  }

  #counted(ts: Micros): Counts {
    const block = this.base.blockAt(ts)
    const begin = this.base.beginOf(Math.max(block, 0))
    if (block < 0) return both(begin.first || 0)
    const bar = this.base.begun(ts)
    if (!bar) return this.#opening(ts, begin.ts, begin.first)
    if (ts >= cell(bar.rows.end, bar.row)) return both(endOf(bar))
    const first = cell(bar.rows.first, bar.row)
    const stretch = this.ticks.begun(ts)
    const about = this.ticks.about(stretch)
    if (stretch >= 0 && ts <= about.last) {
      const rows = this.ticks.rows(stretch)
      if (rows) return { below: about.first + countBelow(rows.ts, ts), upTo: about.first + countUpTo(rows.ts, ts) }
    } else {
      // Unknown ticks lie between the stretches around the instant; without any, nothing happened there.
      const before = stretch < 0 ? first : Math.max(first, about.end)
      const after = stretch + 1 < this.ticks.stretches ? this.ticks.about(stretch + 1).first : Number.POSITIVE_INFINITY
      if (before >= Math.min(endOf(bar), after)) return both(before)
    }
    return this.#opening(ts, cell(bar.rows.ts, bar.row), first)
  }

  /** Before its first tick a bar's opening is known without ticks, and so is the run's start. */
  #opening(ts: Micros, opened: Micros, first: number): Counts {
    const below = ts === opened ? first : ts === this.#start ? this.about.first : undefined
    return { below, upTo: undefined }
  }

  /** The latest instant up to one at which its ticks are counted: after a stretch of ticks, or where a bar opened. */
  known(at: Instant): Instant {
    const { below, upTo } = this.counts(at.ts)
    if ((at.after ? upTo : below) !== undefined) return at
    const bar = this.base.begun(at.ts)
    if (!bar) return this.#inside(this.base.beginOf(Math.max(this.base.blockAt(at.ts), 0)).ts, false)
    const first = cell(bar.rows.first, bar.row)
    for (let stretch = this.ticks.begun(at.ts); stretch >= 0; stretch--) {
      const { end, last } = this.ticks.about(stretch)
      if (end <= first) break
      if (last < at.ts && this.ticks.rows(stretch)) return this.#inside(last, true)
    }
    return this.#inside(cell(bar.rows.ts, bar.row), false)
  }

  /** Before the run began there was nothing: its start is the earliest there is. */
  #inside(ts: Micros, after: boolean): Instant {
    return ts < this.#start ? { ts: this.#start, after: false } : { ts, after }
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

  /** The stamp of a tick; undefined where it is not at hand. */
  stampOf(tick: number): Micros | undefined {
    const rows = this.ticks.around(tick)
    return rows && cell(rows.ts, tick - rows.first)
  }
}

function both(count: number): Counts {
  return { below: count, upTo: count }
}
