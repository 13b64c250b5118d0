/** A run to be looked at: the frame at any cursor, the steps between cursors, and what charts draw. */

import type { Bars } from "./bars"
import type { Blocks } from "./blocks"
import { Book } from "./book"
import { resolve, type Shown } from "./cursor"
import type { BarsNow } from "./forming"
import type { Cursor, Frame, Lot, Quote } from "./frame"
import { Levels } from "./levels"
import { Market } from "./market"
import type { Meta, Micros } from "./meta"
import { effective, worth } from "./money"
import { type Columns, cell, column, countUpTo } from "./search"
import { Shelf } from "./shelf"
import { Steps, type Unit } from "./steps"
import { TradingTime } from "./time"
import { variablesAt } from "./variables"
import { type BarWindow, barWindow, valueWindow } from "./window"

export type { BarWindow, Unit }

export class Replay {
  readonly meta: Meta
  readonly blocks: Blocks
  readonly events: Columns
  readonly orders: Columns
  readonly trades: Columns
  readonly curve: Columns
  #shelf: Shelf
  #markets: Market[]
  #book: Book
  #levels: Levels
  #steps: Steps
  #time: TradingTime
  #atEnd: number // events of the run's end, which belong to no frame (T2)

  /** With the journal, the trades, the curve and the indices; rejects with the reason where one cannot be had. */
  static async open(meta: Meta, blocks: Blocks): Promise<Replay> {
    const keys = ["events", "orders", "trades", "curve"]
    if (meta.levels) keys.push("levels")
    meta.symbols.forEach((_, symbol) => {
      keys.push(`index/ticks/${symbol}`, ...meta.timeframes.map(({ name }) => `index/bars/${symbol}/${name}`))
    })
    const loaded = await Promise.all(keys.map((key) => blocks.load(key)))
    const columns = Object.fromEntries(keys.map((key, i) => [key, loaded[i]?.columns ?? {}]))
    return new Replay(meta, blocks, columns)
  }

  private constructor(meta: Meta, blocks: Blocks, basics: Record<string, Columns>) {
    this.meta = meta
    this.blocks = blocks
    this.events = basics.events ?? {}
    this.orders = basics.orders ?? {}
    this.trades = basics.trades ?? {}
    this.curve = basics.curve ?? {}
    this.#shelf = new Shelf(blocks)
    this.#markets = meta.symbols.map((_, symbol) => new Market(this.#shelf, meta, symbol, basics))
    this.#book = new Book(this.events, this.orders, meta)
    this.#levels = new Levels(basics.levels ?? {})
    this.#time = TradingTime.of(meta)
    this.#steps = new Steps({
      meta,
      shelf: this.#shelf,
      markets: this.#markets,
      events: this.events,
      trades: this.trades,
    })
    const end = meta.codes.phases.indexOf("END")
    this.#atEnd = column(this.events, "phase").reduce((count, phase) => count + Number(phase === end), 0)
  }

  /** The best there is with the blocks at hand; `missing` says which would make it better. */
  frame(cursor: Cursor): Frame {
    this.#shelf.wanted()
    const at = this.clamp(cursor)
    const shown = resolve(this.#markets, at)
    const states = this.#markets.map((market, symbol) => {
      const taken = shown.own[symbol] as number
      return { quote: market.quote(taken), bars: market.barsAt(shown.ts, taken) }
    })
    const events = this.#happened(shown)
    const quotes = states.map(({ quote }) => quote)
    const { balance, orders, lots, equity } = this.#account(events, quotes)
    const frame = {
      ts: shown.ts,
      taken: shown.taken,
      exact: shown.exact && at.ts === cursor.ts,
      quotes,
      bars: states.map(({ bars }, symbol) => this.#bars(symbol, bars, shown.ts)),
      lots,
      orders: this.#levels.of(orders, shown.own),
      balance,
      equity,
      peak: this.#peak(
        events,
        shown.ts,
        states.map(({ bars }) => bars),
      ),
      events,
      indicators: this.#indicators(states.map(({ bars }) => bars)),
      variables: variablesAt(this.#shelf, this.meta, this.#markets, shown),
    }
    return { ...frame, missing: this.#shelf.wanted() }
  }

  /** Loads until nothing is missing any more, or cannot be had. */
  settled(cursor: Cursor): Promise<Frame> {
    return this.#shelf.settled(
      () => this.frame(cursor),
      ({ missing }) => missing,
    )
  }

  /** Loads what is not at hand; never rejects, as `blocks.failure` says why something did not come. */
  want(keys: string[]): Promise<void> {
    return this.#shelf.load(keys)
  }

  /** Into the run. */
  clamp({ ts, taken }: Cursor): Cursor {
    const { start, end } = this.meta
    const inside = Math.min(Math.max(Math.round(ts), start), end)
    return { ts: inside, taken: inside === ts ? taken : null }
  }

  cursorOfEvent(row: number): Cursor {
    return this.#steps.ofEvent(row)
  }

  entryOf(trade: number): Cursor {
    return this.#steps.entryOf(trade)
  }

  exitOf(trade: number): Cursor {
    return this.#steps.exitOf(trade)
  }

  /** The next cursor of a unit; the same cursor where there is none. */
  step(cursor: Cursor, unit: Unit, direction: 1 | -1, timeframe = this.meta.base, symbol = 0): Promise<Cursor> {
    return this.#steps.step(this.clamp(cursor), unit, direction, { timeframe, symbol })
  }

  /** The next event whose row matches; null where there is none. */
  nextEvent(cursor: Cursor, matches: (row: number) => boolean, direction: 1 | -1): Cursor | null {
    return this.#steps.nextEvent(cursor, matches, direction)
  }

  /** So much market time later: hours cut out of the axis do not count. */
  ahead(cursor: Cursor, us: number): Cursor {
    return this.clamp({ ts: this.#time.later(cursor.ts, us), taken: null })
  }

  /** Bars [from, to), clipped to those there are. */
  bars(symbol: number, timeframe: string, from: number, to: number): BarWindow {
    return barWindow(this.#barsOf(symbol, timeframe), from, to)
  }

  /** How many bars had ended by then; undefined while the block that says so is on its way. */
  closedAt(symbol: number, timeframe: string, ts: Micros): number | undefined {
    this.#shelf.wanted()
    const closed = this.#barsOf(symbol, timeframe).closed(ts)
    void this.#shelf.load(this.#shelf.wanted())
    return closed
  }

  /** An indicator, by its number in `meta.indicators`, on bars [from, to) of its timeframe; NaN where there is none. */
  values(indicator: number, from: number, to: number): Float64Array {
    const about = this.meta.indicators[indicator]
    if (!about) return new Float64Array(Math.max(to - from, 0)).fill(Number.NaN)
    return valueWindow(about, this.#barsOf(about.symbol, about.timeframe).timeframe, this.#shelf, from, to)
  }

  #barsOf(symbol: number, timeframe: string): Bars {
    const bars = this.#markets[symbol]?.bars.get(timeframe)
    if (!bars) throw new Error(`this run has no bars of ${timeframe}`)
    return bars
  }

  /** How many events had been written: those of the instant's own ticks only up to the ticks taken. */
  #happened({ ts, taken }: Shown): number {
    const stamps = column(this.events, "ts")
    const count = stamps.length - this.#atEnd
    return Math.min(countUpTo(stamps, ts, count), countUpTo(column(this.events, "taken"), taken, count))
  }

  #account(events: number, quotes: (Quote | null)[]) {
    const { balance, lots: held, orders } = this.#book.at(events)
    const marks = quotes.map((quote) => quote && effective(quote))
    const open = quotes.map(() => 0n)
    const lots: Lot[] = held.map((lot) => {
      const mark = marks[lot.symbol]
      const about = this.meta.symbols[lot.symbol]
      if (!mark || !about) return { ...lot, profit: Number.NaN }
      const points = BigInt(lot.side * ((lot.side > 0 ? mark.bid : mark.ask) - lot.price)) * BigInt(lot.steps)
      open[lot.symbol] = (open[lot.symbol] ?? 0n) + points
      return { ...lot, profit: worth(points, marks, about) }
    })
    // Booked once for all lots of a symbol, as the account does, so it may differ from the sum of their profits.
    const equity = lots.some(({ profit }) => Number.isNaN(profit)) ? Number.NaN : balance
    const unrealised = open.reduce((sum, points, symbol) => {
      const about = this.meta.symbols[symbol]
      return marks[symbol] && about ? sum + worth(points, marks, about) : sum
    }, 0)
    return { balance, orders, lots, equity: equity + unrealised }
  }

  #bars(symbol: number, now: Map<string, BarsNow>, ts: Micros): Frame["bars"][number] {
    const bars: Frame["bars"][number] = {}
    for (const [name, { closed, forming }] of now) {
      bars[name] = { closed: closed ?? this.#barsOf(symbol, name).closedAtLeast(ts), forming: forming ?? null }
    }
    return bars
  }

  #peak(events: number, ts: Micros, bars: Map<string, BarsNow>[]): number {
    const last = events > 0 ? cell(column(this.events, "peak"), events - 1) : this.meta.cash
    const closed = (symbol: number) => bars[symbol]?.get(this.meta.base)?.closed
    return Math.max(this.meta.cash, last, ...this.#markets.map((market, symbol) => market.peak(ts, closed(symbol))))
  }

  #indicators(now: Map<string, BarsNow>[]): Frame["indicators"] {
    const found: Frame["indicators"] = now.map(() => ({}))
    this.meta.indicators.forEach(({ name, symbol, timeframe }, number) => {
      const closed = now[symbol]?.get(timeframe)?.closed ?? 0
      const value = closed > 0 ? cell(this.values(number, closed - 1, closed), 0) : Number.NaN
      const shown = found[symbol]
      if (shown) shown[name] = Number.isNaN(value) ? null : value
    })
    return found
  }
}
