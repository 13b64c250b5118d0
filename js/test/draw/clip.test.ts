import { expect, test } from "vitest"
import { clipped, inside } from "../../src/draw/clip"

const box = { x0: 0, x1: 10, y0: 0, y1: 10 }

test("a line inside stays as it is", () => {
  expect(clipped(1, 2, 3, 4, box)).toEqual([1, 2, 3, 4])
})

test("a line is cut where it crosses the frame", () => {
  expect(clipped(-5, 5, 15, 5, box)).toEqual([0, 5, 10, 5])
  expect(clipped(5, -5, 5, 5, box)).toEqual([5, 0, 5, 5])
  expect(clipped(-2, 0, 2, 4, box)).toEqual([0, 2, 2, 4])
})

test("a line that only passes by is nothing", () => {
  expect(clipped(-5, 11, 15, 11, box)).toBeNull()
  expect(clipped(-2, 9, 2, 13, box)).toBeNull()
})

test("the frame's edges belong to it", () => {
  expect(inside(0, 10, box)).toBe(true)
  expect(inside(10.01, 5, box)).toBe(false)
})
