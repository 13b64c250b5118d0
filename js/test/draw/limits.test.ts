import { expect, test } from "vitest"
import { steady } from "../../src/draw/limits"

test("the first picture has a margin above and below", () => {
  expect(steady(null, 10, 20, 1)).toEqual({ low: 8.8, high: 21.2 })
})

test("a price that moves inside the picture does not move the picture", () => {
  const before = { low: 8.8, high: 21.2 }

  expect(steady(before, 11, 20.5, 1)).toBe(before)
})

test("a price that leaves the picture takes it along", () => {
  expect(steady({ low: 8.8, high: 21.2 }, 12, 22, 1).high).toBeGreaterThan(22)
})

test("a picture that has become too empty comes nearer", () => {
  const after = steady({ low: 0, high: 100 }, 40, 50, 1)

  expect(after.high - after.low).toBeCloseTo(12.4)
})

test("a quiet price is not blown up", () => {
  const after = steady(null, 50, 50, 10)

  expect([after.low, after.high]).toEqual([43.8, 56.2])
})

test("without any price the picture stays", () => {
  const before = { low: 1, high: 2 }

  expect(steady(before, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1)).toBe(before)
})
