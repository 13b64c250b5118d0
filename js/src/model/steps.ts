/** From one cursor to the next: by tick, bar, event, fill, trade or day, forwards and backwards. */

import { resolve, takenBefore } from "./cursor"
import type { Cursor } from "./frame"
import type { Market } from "./market"
import type { Meta, Micros } from "./meta"
import { type Columns, cell, column, countUpTo } from "./search"
import type { Shelf } from "./shelf"
import { TradingTime } from "./time"

export type Unit = "tick" | "bar" | "event" | "fill" | "trade" | "day"

/** A cursor whose ticks are counted, so that two of one stamp can be compared. */
type Counted = { ts: Micros; taken: number }

/** Whose bars a step goes by. */
export interface Of {
  timeframe: string
  symbol: number
}

export interface Grounds {
  meta: Meta
  shelf: Shelf
  markets: readonly Market[]
  events: Columns
  trades: Columns
}

const DAY = 86_400_000_000

export class Steps {
  #meta: Meta
  #shelf: Shelf
  #markets: readonly Market[]
  #events: Columns
  #trades: Columns
  #time: TradingTime
  #entries: Counted[] | undefined // in the order of the clock

  constructor({ meta, shelf, markets, events, trades }: Grounds) {
    this.#meta = meta
    this.#shelf = shelf
    this.#markets = markets
    this.#events = events
    this.#trades = trades
    this.#time = TradingTime.of(meta)
  }

  ofEvent(row: number): Counted {
    return { ts: cell(column(this.#events, "ts"), row), taken: cell(column(this.#events, "taken"), row) }
  }

  entryOf(trade: number): Counted {
    return this.#ofTrade("entry", trade)
  }

  exitOf(trade: number): Counted {
    return this.#ofTrade("exit", trade)
  }

  async step(cursor: Cursor, unit: Unit, direction: 1 | -1, of: Of): Promise<Cursor> {
    const to = await this.#next(cursor, unit, direction, of)
    return to && to.ts >= this.#meta.start && to.ts <= this.#meta.end ? to : cursor
  }

  /** The nearest cursor beyond this one at which an event had just been written. */
  nextEvent(cursor: Cursor, matches: (row: number) => boolean, direction: 1 | -1): Cursor | null {
    const from = this.#counted(cursor)
    const count = column(this.#events, "ts").length
    let row = Math.min(
      countUpTo(column(this.#events, "ts"), from.ts),
      countUpTo(column(this.#events, "taken"), from.taken),
    )
    if (direction < 0) row--
    for (; row >= 0 && row < count; row += direction) {
      const at = this.ofEvent(row)
      if (order(at, from) * direction > 0 && matches(row)) return at
    }
    return null
  }

  #next(cursor: Cursor, unit: Unit, direction: 1 | -1, of: Of): Cursor | null | Promise<Cursor | null> {
    switch (unit) {
      case "tick":
        return this.#shelf.settled(() => (direction > 0 ? this.#nextTick(cursor) : this.#lastTick(cursor)))
      case "bar":
        return this.#shelf.settled(() => this.#bar(cursor, direction, of))
      case "event":
        return this.#shelf.settled(() => this.nextEvent(cursor, () => true, direction))
      case "fill":
        return this.#shelf.settled(() => this.nextEvent(cursor, (row) => this.#isFill(row), direction))
      case "trade":
        return this.#shelf.settled(() => this.#trade(cursor, direction))
      case "day":
        return this.#day(cursor, direction, of.symbol)
    }
  }

  /** Where the ticks at the cursor are not at hand, it is after all of its stamp. */
  #counted(cursor: Cursor): Counted {
    if (cursor.taken !== null) return { ts: cursor.ts, taken: cursor.taken }
    const shown = resolve(this.#markets, cursor)
    return { ts: cursor.ts, taken: shown.exact ? shown.taken : Number.POSITIVE_INFINITY }
  }

  /** After the next tick of any symbol; where that is not at hand, the next instant that can be shown. */
  #nextTick(cursor: Cursor): Cursor | null {
    const shown = resolve(this.#markets, cursor)
    const left = this.#markets.flatMap((market, symbol) => {
      const taken = shown.own[symbol] as number
      return taken < market.about.ticks
        ? [{ market, taken, stamp: shown.exact ? market.stampOf(taken) : undefined }]
        : []
    })
    if (left.length === 0) return null
    const stamps = left.flatMap(({ stamp }) => (stamp === undefined ? [] : [stamp]))
    if (stamps.length === left.length) return { ts: Math.min(...stamps), taken: shown.taken + 1 }
    const from = { ts: cursor.ts, taken: shown.exact ? shown.taken : Number.POSITIVE_INFINITY }
    const places = left.flatMap(({ market, taken, stamp }) => this.#ahead(market, taken, stamp, cursor.ts))
    places.sort((a, b) => a.ts - b.ts || Number(a.tick) - Number(b.tick))
    for (const { ts, tick } of places) {
      const before = takenBefore(this.#markets, ts)
      const to = !tick || before === undefined ? this.#atEdge(ts) : { ts, taken: before + 1 }
      if (order({ ts, taken: to.taken ?? from.taken + 1 }, from) > 0 && resolve(this.#markets, to).exact) return to
    }
    return null
  }

  /** Where the ticks of a symbol are known again: a tick, or the end of the bar in which they are not. */
  #ahead(
    { ticks, base }: Market,
    taken: number,
    stamp: Micros | undefined,
    now: Micros,
  ): { ts: Micros; tick: boolean }[] {
    if (stamp !== undefined) return [{ ts: stamp, tick: true }]
    const bar = base.ofTick(taken)
    const end = bar ? cell(bar.rows.end, bar.row) : Number.NaN
    const next = ticks.begun(now) + 1
    const places = [{ ts: end, tick: false }]
    if (next < ticks.stretches) places.push({ ts: ticks.about(next).ts, tick: true })
    return places.filter(({ ts }) => ts <= end)
  }

  /** After the tick before, of any symbol; where that is not at hand, the latest instant before that can be shown. */
  #lastTick(cursor: Cursor): Cursor | null {
    const shown = resolve(this.#markets, cursor)
    if (!shown.exact) return { ts: shown.ts, taken: shown.taken }
    const from = { ts: cursor.ts, taken: shown.taken }
    const own = [...shown.own]
    for (const taken of [from.taken, from.taken - 1]) {
      const last = this.#lastTaken(own, from.ts)
      if (!last) return null
      if (!last.known) {
        const before = resolve(this.#markets, { ts: last.ts, taken: null })
        return order(before, from) < 0 ? { ts: before.ts, taken: before.taken } : null
      }
      const at = { ts: last.ts, taken }
      if (order(at, from) < 0) return at
      own[last.symbol] = (own[last.symbol] as number) - 1
    }
    return null
  }

  /** The tick taken last, or the latest it can be where it is not at hand; of equal stamps the last symbol's. */
  #lastTaken(own: number[], now: Micros): { ts: Micros; symbol: number; known: boolean } | null {
    let last: { ts: Micros; symbol: number; known: boolean } | null = null
    this.#markets.forEach((market, symbol) => {
      const taken = own[symbol] as number
      if (taken <= market.about.first) return
      const stamp = market.stampOf(taken - 1)
      const bar = stamp === undefined ? market.base.ofTick(taken - 1) : undefined
      const ts = stamp ?? Math.min(bar ? cell(bar.rows.end, bar.row) : now, now) - 1
      if (!last || ts >= last.ts) last = { ts, symbol, known: stamp !== undefined }
    })
    return last
  }

  /** The first tick not older than an instant, as its cursor says it: before the ticks that are stamped so. */
  #atEdge(ts: Micros): Cursor {
    const quiet = this.#markets.every((market) => {
      const { below, upTo } = market.counts(ts)
      return below !== undefined && below === upTo
    })
    return { ts, taken: quiet ? null : (takenBefore(this.#markets, ts) ?? null) }
  }

  #bar(cursor: Cursor, direction: 1 | -1, { timeframe, symbol }: Of): Cursor | null {
    const bars = this.#markets[symbol]?.bars.get(timeframe)
    const closed = bars?.closed(cursor.ts)
    if (!bars || closed === undefined) return null
    const at = (number: number) => {
      const bar = bars.at(number)
      return bar ? this.#atEdge(cell(bar.rows.end, bar.row)) : null
    }
    if (direction > 0) return at(closed)
    const last = at(closed - 1)
    if (!last) return null
    // A cursor behind the ticks of a bar's end goes back to before them.
    const passed =
      last.ts < cursor.ts || (last.taken !== null && order({ ...last, taken: last.taken }, this.#counted(cursor)) < 0)
    return passed ? last : at(closed - 2)
  }

  #trade(cursor: Cursor, direction: 1 | -1): Cursor | null {
    const count = column(this.#trades, "entry_ts").length
    this.#entries ??= Array.from({ length: count }, (_, trade) => this.entryOf(trade)).sort(order)
    const from = this.#counted(cursor)
    const beyond = this.#entries.filter((entry) => order(entry, from) * direction > 0)
    return (direction > 0 ? beyond[0] : beyond.at(-1)) ?? null
  }

  /** To the next or last end of a daily bar, or midnight UTC outside of the hours that are cut out. */
  async #day(cursor: Cursor, direction: 1 | -1, symbol: number): Promise<Cursor | null> {
    const daily = { timeframe: "1d", symbol }
    if (this.#markets[symbol]?.bars.has("1d")) return this.#shelf.settled(() => this.#bar(cursor, direction, daily))
    const last = direction > 0 ? Math.floor(cursor.ts / DAY) : Math.ceil(cursor.ts / DAY)
    let ts = (last + direction) * DAY
    for (let cut = this.#time.cutAt(ts); cut && cut[1] - ts >= DAY; cut = this.#time.cutAt(ts)) ts += direction * DAY
    return { ts, taken: null }
  }

  #isFill(row: number): boolean {
    const kind = this.#meta.codes.events[cell(column(this.#events, "kind"), row)]
    return kind === "FILLED" || kind === "PARTIAL_FILL"
  }

  #ofTrade(side: "entry" | "exit", trade: number): Counted {
    const at = (name: string) => cell(column(this.#trades, `${side}_${name}`), trade)
    return { ts: at("ts"), taken: at("taken") }
  }
}

/** Below zero when `a` comes first. */
function order(a: Counted, b: Counted): number {
  if (a.ts !== b.ts) return a.ts - b.ts
  return a.taken === b.taken ? 0 : a.taken - b.taken
}
