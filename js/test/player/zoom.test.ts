import { expect, test } from "vitest"
import { anchorAt, FEWEST, MOST, stretched, wheelFactor, zoomed } from "../../src/player/zoom"

test("a notch up and one down come back, and ten small steps are one notch", () => {
  expect(wheelFactor(100) * wheelFactor(-100)).toBeCloseTo(1)
  expect(wheelFactor(10) ** 10).toBeCloseTo(wheelFactor(100))
})

test("bars stay between the limits, and every step of the wheel does something", () => {
  expect([zoomed(13, 0.1), zoomed(700, 10), zoomed(20, 1.01), zoomed(20, 0.99)]).toEqual([FEWEST, MOST, 21, 19])
})

test("zooming around the pointer keeps what is under it", () => {
  // 100 bars, the cursor at 2.0 of the width: the pointer at 0.5 is 150 bars before it.
  const anchor = anchorAt(2, 0.5, 100, 50)

  expect((anchor - 0.5) * 50).toBe(150)
})

test("the timeline narrows around an instant, and is whole again when it would be wider than the run", () => {
  const all: [number, number] = [0, 1000]

  expect(stretched(all, 250, 0.5, all, 10)).toEqual([125, 625])
  expect(stretched([125, 625], 125, 0.5, all, 10)).toEqual([125, 375])
  expect(stretched([0, 500], 0, 3, all, 10)).toBe(null)
  expect(stretched([900, 1000], 1000, 0.01, all, 10)).toEqual([990, 1000])
})
