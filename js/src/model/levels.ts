/** Where trailing stops stood: the `levels` block, by order and by how many ticks had been taken (F5). */

import type { WorkingOrder } from "./frame"
import { type Columns, cell, column, countBelow, countUpTo } from "./search"

export class Levels {
  #order: Float64Array
  #taken: Float64Array
  #level: Float64Array

  constructor(columns: Columns) {
    this.#order = column(columns, "order")
    this.#taken = column(columns, "taken")
    this.#level = column(columns, "level")
  }

  /** The orders with their levels as of so many ticks taken; the same array where no order has one. */
  of(orders: WorkingOrder[], taken: number): WorkingOrder[] {
    if (this.#order.length === 0) return orders
    return orders.map((order) => {
      const level = this.#at(order.id, taken)
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
