import { expect, test } from "vitest"
import { nextRanked, ranked } from "../../src/player/ranks"

// Net results: 8, -3, -12, 0, -3.
const trades = {
  entry_ts: Float64Array.of(30, 10, 20, 40, 50),
  profit: Float64Array.of(10, -1, -10, 2, -1),
  commission: Float64Array.of(2, 2, 2, 2, 2),
}

test("trades in the order of time, of losses, of wins; equal ones as they came", () => {
  expect([...ranked(trades, "time")]).toEqual([1, 2, 0, 3, 4])
  expect([...ranked(trades, "losses")]).toEqual([2, 1, 4, 3, 0])
  expect([...ranked(trades, "wins")]).toEqual([0, 3, 1, 4, 2])
})

test("the largest loss, again the next one, and after the last the largest", () => {
  expect(nextRanked(trades, "losses", null)).toBe(2)
  expect(nextRanked(trades, "losses", 2)).toBe(1)
  expect(nextRanked(trades, "losses", 4)).toBe(2)
  expect(nextRanked(trades, "losses", 0)).toBe(2)
})

test("without a win there is no largest one", () => {
  expect(nextRanked({ entry_ts: Float64Array.of(1), profit: Float64Array.of(-1) }, "wins", null)).toBe(undefined)
})
