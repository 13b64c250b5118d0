import { expect, test } from "vitest"
import type { WorkingOrder } from "../../src/model/frame"
import { Levels } from "../../src/model/levels"

const order = (id: number) => ({ id, symbol: 0, level: 0 }) as WorkingOrder
const levels = new Levels({
  order: Float64Array.of(2, 2, 5),
  taken: Float64Array.of(10, 14, 12),
  level: Float64Array.of(900, 905, 700),
})
const at = (taken: number) => levels.of([order(2), order(5), order(6)], [taken]).map(({ level }) => level)

test("a trailing stop stands where the last tick that moved it put it", () => {
  expect(at(9)).toEqual([0, 0, 0])
  expect(at(10)).toEqual([900, 0, 0])
  expect(at(13)).toEqual([900, 700, 0])
  expect(at(14)).toEqual([905, 700, 0])
})

test("without trailing stops the orders are left as they are", () => {
  const orders = [order(1)]

  expect(new Levels({}).of(orders, [5])).toBe(orders)
})
