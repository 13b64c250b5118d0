/** The bars of one symbol and timeframe over their blocks: which bar is where, by time and by tick. */

import type { Block } from "./blocks"
import type { Micros, TimeframeMeta } from "./meta"
import { type Columns, cell, column, countBelow, countUpTo } from "./search"
import type { Shelf } from "./shelf"

/** The bars of one block; `first` is the index of each one's first tick. */
export interface BarRows {
  ts: Float64Array
  end: Float64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  askClose: Float64Array
  volume: Float64Array
  ticks: Float64Array
  first: Float64Array
  /** Of the base timeframe alone (P7). */
  peak: Float64Array
  minutePeak: Float64Array
}

/** Bar `number` of the run, as a row of its block. */
export interface Place {
  number: number
  rows: BarRows
  row: number
}

export class Bars {
  readonly timeframe: TimeframeMeta
  readonly count: number
  #shelf: Shelf
  #path: string
  #ts: Float64Array // of each block's first bar, and the end of the last bar
  #first: Float64Array // tick of each block's first bar, and the count of ticks
  #known = new WeakMap<Block, BarRows>()

  constructor(shelf: Shelf, symbol: number, timeframe: TimeframeMeta, index: Columns) {
    this.timeframe = timeframe
    this.count = timeframe.counts[symbol] ?? 0
    this.#shelf = shelf
    this.#path = `bars/${symbol}/${timeframe.name}`
    this.#ts = column(index, "ts")
    this.#first = column(index, "first")
  }

  /** How many blocks there are. */
  get blocks(): number {
    return Math.max(this.#ts.length - 1, 0)
  }

  key(block: number): string {
    return `${this.#path}/${block}`
  }

  /** The block whose bars have begun by then; -1 before the first bar. */
  blockAt(ts: Micros): number {
    return countUpTo(this.#ts, ts, this.blocks) - 1
  }

  /** Where a block begins: its first bar's opening and first tick. */
  beginOf(block: number): { ts: Micros; first: number } {
    return { ts: cell(this.#ts, block), first: cell(this.#first, block) }
  }

  rows(number: number): BarRows | undefined {
    const block = this.#shelf.get(this.key(number))
    if (!block) return undefined
    const known = this.#known.get(block)
    if (known) return known
    const rows = rowsOf(block.columns, cell(this.#first, number))
    this.#known.set(block, rows)
    return rows
  }

  /** Bar by its number; undefined where there is none, or its block is not at hand. */
  at(number: number): Place | undefined {
    if (number < 0 || number >= this.count) return undefined
    const { size } = this.timeframe
    const rows = this.rows(Math.floor(number / size))
    return rows && { number, rows, row: number % size }
  }

  /** The last bar that has begun by then. */
  begun(ts: Micros): Place | undefined {
    const block = this.blockAt(ts)
    const rows = block < 0 ? undefined : this.rows(block)
    if (!rows) return undefined
    const row = countUpTo(rows.ts, ts) - 1
    return { number: block * this.timeframe.size + row, rows, row }
  }

  /** How many bars have ended by then; undefined where the block that says so is not at hand. */
  closed(ts: Micros): number | undefined {
    const block = this.blockAt(ts)
    if (block < 0) return 0
    const rows = this.rows(block)
    return rows && block * this.timeframe.size + countUpTo(rows.end, ts)
  }

  /** As many have ended for certain, whatever is at hand. */
  closedAtLeast(ts: Micros): number {
    return Math.max(this.blockAt(ts), 0) * this.timeframe.size
  }

  /** The bar that holds a tick. */
  ofTick(tick: number): Place | undefined {
    const block = countUpTo(this.#first, tick, this.blocks) - 1
    const rows = block < 0 ? undefined : this.rows(block)
    if (!rows) return undefined
    const row = countBelow(rows.first, tick + 1) - 1
    return { number: block * this.timeframe.size + row, rows, row }
  }
}

/** Index of the tick after a bar's last. */
export function endOf({ rows, row }: Place): number {
  return cell(rows.first, row) + cell(rows.ticks, row)
}

function rowsOf(columns: Columns, begin: number): BarRows {
  const ticks = column(columns, "ticks")
  const first = new Float64Array(ticks.length)
  let next = begin
  for (let i = 0; i < ticks.length; i++) {
    first[i] = next
    next += cell(ticks, i)
  }
  return {
    ts: column(columns, "ts"),
    end: column(columns, "end"),
    open: column(columns, "open"),
    high: column(columns, "high"),
    low: column(columns, "low"),
    close: column(columns, "close"),
    askClose: column(columns, "ask_close"),
    volume: column(columns, "volume"),
    ticks,
    first,
    peak: column(columns, "peak"),
    minutePeak: column(columns, "minute_peak"),
  }
}
