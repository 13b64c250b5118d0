import { expect, test } from "vitest"
import { candles, extremes, middles, rowsOf } from "../../src/draw/candles"
import { bars, MINUTE, time } from "./fake"

const NONE = Number.NaN
const two = bars([100, 120, 90, 110], [110, 115, 80, 95])

test("a candle has its body between open and close and says whether it fell", () => {
  const columns = candles(two, time, 100)

  expect([...(columns.top as Float64Array)]).toEqual([1.1, 1.1])
  expect([...(columns.bottom as Float64Array)]).toEqual([1, 0.95])
  expect([...(columns.high as Float64Array)]).toEqual([1.2, 1.15])
  expect([...(columns.down as Float64Array)]).toEqual([0, 1])
})

test("a candle lies inside its time", () => {
  const columns = candles(two, time, 100)

  expect(columns.x?.[1]).toBe(90_000)
  expect(columns.left?.[1]).toBeCloseTo(60_000 + 0.18 * 60_000)
  expect(columns.right?.[1]).toBeCloseTo(120_000 - 0.18 * 60_000)
})

test("bars whose block is not at hand are left out", () => {
  const columns = candles(bars([100, 120, 90, 110], [NONE, NONE, NONE, NONE]), time, 100)

  expect(columns.x).toHaveLength(1)
})

test("extremes are of the bars that touch the stretch of time", () => {
  expect(extremes(two, 0, MINUTE)).toEqual({ low: 90, high: 120 })
  expect(extremes(two, MINUTE, 3 * MINUTE)).toEqual({ low: 80, high: 115 })
  expect(extremes(two, 0, 3 * MINUTE)).toEqual({ low: 80, high: 120 })
})

test("a window's rows can be asked for beyond its ends", () => {
  expect(rowsOf(two, 1, 9)).toMatchObject({ from: 1, to: 2 })
  expect(rowsOf(two, 5, 9).open).toHaveLength(0)
  expect(rowsOf({ ...two, from: 10, to: 12 }, 11, 12).open[0]).toBe(110)
})

test("the middles of bars are where their indicators are drawn", () => {
  expect([...middles(two, time)]).toEqual([30_000, 90_000])
})
