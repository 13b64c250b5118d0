import { expect, test } from "vitest"
import { apart, labelPlaces } from "../../src/draw/apart"

test("labels that do not touch stay where they belong", () => {
  expect(apart([20, 60, 100], 18, 200)).toEqual([20, 60, 100])
})

test("two that overlap move apart by the same amount", () => {
  expect(apart([100, 104], 18, 200)).toEqual([93, 111])
})

test("a pushed label pushes the next, and the order stays", () => {
  const places = apart([100, 90, 101, 102], 18, 300)

  expect([...places].sort((a, b) => a - b)).toEqual([places[1], places[0], places[2], places[3]])
  for (let i = 0; i < 4; i++) {
    for (let k = 0; k < i; k++) expect(Math.abs((places[i] ?? 0) - (places[k] ?? 0))).toBeGreaterThanOrEqual(18 - 1e-9)
  }
})

test("labels at the edge stay whole", () => {
  expect(apart([0, 2], 20, 100)).toEqual([10, 30])
  expect(apart([100, 99], 20, 100)).toEqual([90, 70])
})

test("more labels than fit lie evenly over the room", () => {
  expect(apart([5, 5, 5, 5], 20, 50)).toEqual([10, 20, 30, 40])
})

test("no labels, no places", () => {
  expect(apart([], 20, 100)).toEqual([])
})

test("values get their places in values, those outside at the edges", () => {
  const box = { x0: 0, x1: 1, y0: 10, y1: 20 }

  expect(labelPlaces([15, 99], 1000, box)).toEqual([15, 20 - 0.095])
})
