import { expect, test } from "vitest"
import { HIGHEST, heightOf, type ListShape, lastBelow, scrollTo, topFor, topRow } from "../../src/player/virtual"

const shape = (count: number): ListShape => ({ count, row: 22, room: 220 })

test("a list of ordinary length scrolls pixel by pixel", () => {
  const list = shape(1000)

  expect(heightOf(list)).toBe(22_000)
  expect(topRow(list, 2200)).toBeCloseTo(100)
  expect(topRow(list, heightOf(list) - list.room)).toBeCloseTo(990)
})

test("a list too long for the browser still reaches its last row", () => {
  const list = shape(5_000_000)

  expect(heightOf(list)).toBe(HIGHEST)
  expect(topRow(list, HIGHEST - list.room)).toBe(4_999_990)
})

test("scrolling to a row puts it at the upper edge", () => {
  for (const count of [1000, 100_000, 5_000_000]) {
    const list = shape(count)

    expect(topRow(list, scrollTo(list, 777))).toBeCloseTo(777, 3)
  }
})

test("a list that fits does not scroll", () => {
  const list = shape(5)

  expect([topRow(list, 0), scrollTo(list, 3), topFor(list, 0, 4, 2)]).toEqual([0, 0, null])
})

test("a row in sight leaves the list where it is, a neighbour shifts it, a far one comes into the middle", () => {
  const list = shape(1000)

  expect(topFor(list, 100, 105, 2)).toBe(null)
  expect(topFor(list, 100, 108, 2)).toBe(101)
  expect(topFor(list, 100, 101, 2)).toBe(99)
  expect(topFor(list, 100, 500, 2)).toBe(495.5)
  expect(topFor(list, 100, 999, 2)).toBe(990)
  expect(topFor(list, 100, 0, 2)).toBe(0)
})

test("the last below a limit", () => {
  const values = [0, 2, 2, 5]

  expect([0, 1, 2, 3, 9].map((limit) => lastBelow(values, limit))).toEqual([-1, 0, 0, 2, 3])
})
