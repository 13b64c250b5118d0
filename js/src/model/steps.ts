/** From one cursor to the next: by tick, bar, event, fill, trade or day, forwards and backwards. */

import type { Cursor } from "./frame"
import type { Market } from "./market"
import type { Meta, Micros } from "./meta"
import { type Columns, cell, column, countUpTo } from "./search"
import type { Shelf } from "./shelf"
import { TradingTime } from "./time"

export type Unit = "tick" | "bar" | "event" | "fill" | "trade" | "day"

/** A cursor whose ticks are counted, so that two of one stamp can be compared. */
type Counted = { ts: Micros; taken: number }

export interface Grounds {
  meta: Meta
  shelf: Shelf
  market: Market
  events: Columns
  trades: Columns
}

const DAY = 86_400_000_000

export class Steps {
  #meta: Meta
  #shelf: Shelf
  #market: Market
  #events: Columns
  #trades: Columns
  #time: TradingTime
  #entries: Counted[] | undefined // in the order of the clock

  constructor({ meta, shelf, market, events, trades }: Grounds) {
    this.#meta = meta
    this.#shelf = shelf
    this.#market = market
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

  async step(cursor: Cursor, unit: Unit, direction: 1 | -1, timeframe: string): Promise<Cursor> {
    const to = await this.#next(cursor, unit, direction, timeframe)
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

  #next(cursor: Cursor, unit: Unit, direction: 1 | -1, timeframe: string): Cursor | null | Promise<Cursor | null> {
    switch (unit) {
      case "tick":
        return this.#shelf.settled(() => (direction > 0 ? this.#nextTick(cursor) : this.#lastTick(cursor)))
      case "bar":
        return this.#shelf.settled(() => this.#bar(cursor, direction, timeframe))
      case "event":
        return this.#shelf.settled(() => this.nextEvent(cursor, () => true, direction))
      case "fill":
        return this.#shelf.settled(() => this.nextEvent(cursor, (row) => this.#isFill(row), direction))
      case "trade":
        return this.#shelf.settled(() => this.#trade(cursor, direction))
      case "day":
        return this.#day(cursor, direction)
    }
  }

  /** Where the ticks at the cursor are not at hand, it is after all of its stamp. */
  #counted(cursor: Cursor): Counted {
    if (cursor.taken !== null) return { ts: cursor.ts, taken: cursor.taken }
    const shown = this.#market.resolve(cursor)
    return { ts: cursor.ts, taken: shown.exact ? shown.taken : Number.POSITIVE_INFINITY }
  }

  /** After the next tick; where that is not at hand, the next instant that can be shown. */
  #nextTick(cursor: Cursor): Cursor | null {
    const { ticks, base, about } = this.#market
    const { taken, exact } = this.#market.resolve(cursor)
    if (taken >= about.ticks) return null
    const rows = exact ? ticks.around(taken) : undefined
    if (rows) return { ts: cell(rows.ts, taken - rows.first), taken: taken + 1 }
    const bar = base.ofTick(taken)
    if (!bar) return null
    const end = this.#market.cursorAtEnd(bar)
    const next = ticks.begun(cursor.ts) + 1
    if (next < ticks.stretches) {
      const { ts, first } = ticks.about(next)
      if (ts < end.ts) return { ts, taken: first + 1 }
    }
    return end
  }

  /** After the tick before; where that is not at hand, the latest instant before that can be shown. */
  #lastTick(cursor: Cursor): Cursor | null {
    const { ticks, base, about } = this.#market
    const shown = this.#market.resolve(cursor)
    if (!shown.exact) return shown
    const from = { ts: cursor.ts, taken: shown.taken }
    for (const taken of [from.taken, from.taken - 1]) {
      if (taken <= about.first) return null
      const rows = ticks.around(taken - 1)
      if (!rows) {
        const bar = base.ofTick(taken - 1)
        return bar
          ? this.#latestIn(cell(bar.rows.ts, bar.row), Math.min(cell(bar.rows.end, bar.row), from.ts) - 1)
          : null
      }
      const at = { ts: cell(rows.ts, taken - 1 - rows.first), taken }
      if (order(at, from) < 0) return at
    }
    return null
  }

  /** The latest cursor that can be shown between a bar's opening and an instant in it. */
  #latestIn(opened: Micros, ts: Micros): Cursor | null {
    if (ts < opened) return null
    const { exact: _, ...cursor } = this.#market.resolve({ ts, taken: null })
    return cursor
  }

  #bar(cursor: Cursor, direction: 1 | -1, timeframe: string): Cursor | null {
    const bars = this.#market.bars.get(timeframe)
    const closed = bars?.closed(cursor.ts)
    if (!bars || closed === undefined) return null
    const at = (number: number) => {
      const bar = bars.at(number)
      return bar ? this.#market.cursorAtEnd(bar) : null
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
  async #day(cursor: Cursor, direction: 1 | -1): Promise<Cursor | null> {
    if (this.#market.bars.has("1d")) return this.#shelf.settled(() => this.#bar(cursor, direction, "1d"))
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
