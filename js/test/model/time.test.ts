import { expect, test } from "vitest"
import type { TradingMs } from "../../src/model/messages"
import { TradingTime } from "../../src/model/time"

const time = new TradingTime([10_000_000, 40_000_000], [25_000_000, 50_000_000])
const ms = (value: number) => value as TradingMs

test("hours that are cut out take no room on the axis", () => {
  expect([0, 10e6, 20e6, 25e6, 26e6, 45e6, 51e6].map((ts) => time.x(ts))).toEqual([
    0, 10e3, 10e3, 10e3, 11e3, 25e3, 26e3,
  ])
})

test("a position is an instant again; at a cut, the one after it", () => {
  expect([0, 9e3, 10e3, 11e3, 25e3, 26e3].map((x) => time.instant(ms(x)))).toEqual([0, 9e6, 25e6, 26e6, 50e6, 51e6])
})

test("microseconds of today survive the way there and back", () => {
  const now = new TradingTime([1_704_067_200_000_000], [1_704_240_000_000_000])
  for (const ts of [1_704_300_000_000_001, 1_704_300_000_123_457, 1_704_000_000_999_999]) {
    expect(now.instant(now.x(ts))).toBe(ts)
  }
})

test("later jumps over what is cut out, both ways", () => {
  expect(time.later(9e6, 2e6)).toBe(26e6)
  expect(time.later(26e6, -2e6)).toBe(9e6)
  expect(time.later(20e6, 1)).toBe(25e6 + 1)
})

test("the cut an instant lies in has its end outside", () => {
  expect([9e6, 10e6, 24e6, 25e6].map((ts) => time.cutAt(ts))).toEqual([null, [10e6, 25e6], [10e6, 25e6], null])
  expect(new TradingTime().cutAt(0)).toBeNull()
})
