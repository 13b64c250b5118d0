import { expect, test } from "vitest"
import { barWidth, spanOf } from "../../src/draw/span"
import type { TradingMs } from "../../src/model/messages"

const ms = (x: number) => x as TradingMs

test("the current bar lies at the anchor and the span has whole bars", () => {
  const span = spanOf(ms(6000), 100, 40, 0.75, ms(60))

  expect(span).toMatchObject({ x0: 6000 - 30 * 60, x1: 6000 + 10 * 60, edge: 6060 })
})

test("all bars that could lie in the span are in it, none before the first", () => {
  expect(spanOf(ms(6000), 100, 40, 0.75, ms(60))).toMatchObject({ from: 54, to: 116 })
  expect(spanOf(ms(6000), 3, 40, 0.75, ms(60)).from).toBe(0)
})

test("a bar is as wide as its length, and narrower where hours are cut out", () => {
  expect(barWidth(60e6, 10, ms(0), ms(2_000_000))).toBe(60_000)
  // Ten days of eight hours.
  expect(barWidth(86_400e6, 10, ms(0), ms(10 * 8 * 3_600_000))).toBe(8 * 3_600_000)
  expect(barWidth(60e6, 0, ms(0), ms(0))).toBe(60_000)
})
