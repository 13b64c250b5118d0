/** Time without the hours in which nothing trades, as backtestr_lab/replay/axis.py draws it. */

import type { TradingMs } from "./messages"
import type { Meta, Micros } from "./meta"
import { cell, countUpTo } from "./search"

export class TradingTime {
  #starts: Micros[]
  #ends: Micros[]
  #removed: number[] = [0] // µs cut out before cut i
  #cuts: number[] // where the cuts lie, in µs of trading time

  constructor(starts: Micros[] = [], ends: Micros[] = []) {
    this.#starts = starts
    this.#ends = ends
    starts.forEach((start, i) => {
      this.#removed.push(cell(this.#removed, i) + cell(ends, i) - start)
    })
    this.#cuts = starts.map((start, i) => start - cell(this.#removed, i))
  }

  static of(meta: Meta): TradingTime {
    return new TradingTime(meta.axis.starts, meta.axis.ends)
  }

  /** Position of an instant; one inside a cut lies at the cut. */
  x(ts: Micros): TradingMs {
    return (this.#passed(ts) / 1000) as TradingMs
  }

  /** The instant at a position; at a cut, the one after it. */
  instant(x: TradingMs): Micros {
    return this.#at(x * 1000)
  }

  /** So much trading time later, or earlier. */
  later(ts: Micros, us: number): Micros {
    return this.#at(this.#passed(ts) + us)
  }

  /** The cut an instant lies in, as [start, end); null outside of them. */
  cutAt(ts: Micros): [Micros, Micros] | null {
    const i = countUpTo(this.#starts, ts) - 1
    return ts < cell(this.#ends, i) ? [cell(this.#starts, i), cell(this.#ends, i)] : null
  }

  #passed(ts: Micros): number {
    const i = countUpTo(this.#starts, ts)
    const inside = i > 0 ? Math.max(cell(this.#ends, i - 1) - ts, 0) : 0
    return ts - cell(this.#removed, i) + inside
  }

  #at(passed: number): Micros {
    return Math.round(passed + cell(this.#removed, countUpTo(this.#cuts, passed)))
  }
}
