/** At which prices orders stand; those of trailing stops are in the `levels` block, by order and ticks taken (F5). */

import type { WorkingOrder } from "./frame"
import type { Points } from "./meta"
import { type Columns, cell, column, countBelow, countUpTo } from "./search"

/** The price an order waits for: a trailing stop's level, a stop, a limit; 0 where it waits for none. */
export function standsAt({ level, stop, limit }: WorkingOrder): Points {
  return level || stop || limit
}

/** The limit behind the stop of a stop-limit, or 0. */
export function limitBehind({ level, stop, limit }: WorkingOrder): Points {
  return stop && !level ? limit : 0
}

export class Levels {
  #order: Float64Array
  #taken: Float64Array
  #level: Float64Array

  constructor(columns: Columns) {
    this.#order = column(columns, "order")
    this.#taken = column(columns, "taken")
    this.#level = column(columns, "level")
  }

  /** The orders with their levels as of so many ticks of each symbol; the same array where no order has one. */
  of(orders: WorkingOrder[], taken: readonly number[]): WorkingOrder[] {
    if (this.#order.length === 0) return orders
    return orders.map((order) => {
      const level = this.#at(order.id, taken[order.symbol] ?? 0)
      return level === 0 ? order : { ...order, level }
    })
  }

  #at(order: number, taken: number): number {
    const from = countBelow(this.#order, order)
    const to = countUpTo(this.#order, order)
    const row = from + countUpTo(this.#taken.subarray(from, to), taken) - 1
    return row < from ? 0 : cell(this.#level, row)
  }
}
