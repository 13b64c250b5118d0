/** The ticks of one symbol, as far as there are any: stretches, of which a block has one or more. */

import type { Block } from "./blocks"
import type { Micros } from "./meta"
import { type Columns, cell, column, countBelow, countUpTo } from "./search"
import type { Shelf } from "./shelf"

/** What a base bar looked like before a stretch's first tick. */
export interface Head {
  open: number
  high: number
  low: number
  close: number
  askClose: number
  volume: number
  ticks: number
}

export interface TickRows {
  first: number // index of the stretch's first tick
  ts: Float64Array
  bid: Float64Array
  ask: Float64Array
  volume: Float64Array // without rows where the feed has none
  head: Head | null
}

export class Ticks {
  #shelf: Shelf
  #path: string
  #first: Float64Array
  #count: Float64Array
  #ts: Float64Array
  #last: Float64Array
  #block: Float64Array
  #at: Float64Array
  #known = new WeakMap<Block, Map<number, TickRows>>()

  constructor(shelf: Shelf, symbol: number, index: Columns) {
    this.#shelf = shelf
    this.#path = `ticks/${symbol}`
    this.#first = column(index, "first")
    this.#count = column(index, "count")
    this.#ts = column(index, "ts")
    this.#last = column(index, "last")
    this.#block = column(index, "block")
    this.#at = column(index, "at")
  }

  get stretches(): number {
    return this.#first.length
  }

  /** First tick of a stretch, the one after its last, and the stamps of the first and the last. */
  about(stretch: number): { first: number; end: number; ts: Micros; last: Micros } {
    const first = cell(this.#first, stretch)
    return {
      first,
      end: first + cell(this.#count, stretch),
      ts: cell(this.#ts, stretch),
      last: cell(this.#last, stretch),
    }
  }

  /** The last stretch that has begun by then; -1 before the first. */
  begun(ts: Micros): number {
    return countUpTo(this.#ts, ts) - 1
  }

  /** The stretch a tick lies in; -1 if in none. */
  of(tick: number): number {
    const stretch = countUpTo(this.#first, tick) - 1
    return stretch >= 0 && tick < this.about(stretch).end ? stretch : -1
  }

  /** The block a stretch is in. */
  blockOf(stretch: number): number {
    return cell(this.#block, stretch)
  }

  rows(stretch: number): TickRows | undefined {
    if (stretch < 0) return undefined
    const block = this.#shelf.get(`${this.#path}/${this.blockOf(stretch)}`)
    if (!block) return undefined
    const known = this.#known.get(block) ?? new Map<number, TickRows>()
    const rows = known.get(stretch) ?? this.#read(block.columns, stretch)
    known.set(stretch, rows)
    this.#known.set(block, known)
    return rows
  }

  #read(columns: Columns, stretch: number): TickRows {
    const from = cell(this.#at, stretch)
    const to = from + cell(this.#count, stretch)
    const part = (name: string) => column(columns, name).subarray(from, to)
    const place = stretch - countBelow(this.#block, this.blockOf(stretch))
    return {
      first: cell(this.#first, stretch),
      ts: part("ts"),
      bid: part("bid"),
      ask: part("ask"),
      volume: part("volume"),
      head: headOf(columns, place),
    }
  }

  /** The rows a tick lies in, if they are at hand. */
  around(tick: number): TickRows | undefined {
    return this.rows(this.of(tick))
  }
}

/** Missing where the first tick opens its base bar. */
function headOf(columns: Columns, row: number): Head | null {
  const at = (name: string) => cell(column(columns, `head_${name}`), row)
  if (Number.isNaN(at("ticks"))) return null
  return {
    open: at("open"),
    high: at("high"),
    low: at("low"),
    close: at("close"),
    askClose: at("ask_close"),
    volume: at("volume"),
    ticks: at("ticks"),
  }
}
