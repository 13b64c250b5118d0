import { expect, test } from "vitest"
import { type Level, levels } from "../../src/draw/levels"
import { type Scale, Sheet } from "../../src/draw/sheet"
import type { FormingBar, Lot, WorkingOrder } from "../../src/model/frame"
import type { TradingMs } from "../../src/model/messages"
import { codes, colours, eurusd, frame, MINUTE, meta, time } from "./fake"

const box = { x0: 0, x1: 600_000, y0: 1.07, y1: 1.09 }
const wide: Scale = {
  box,
  edge: 120_000 as TradingMs,
  time,
  about: eurusd,
  width: 1000,
  height: 400,
  palette: colours,
  small: false,
}
const now = frame({ ts: 90_000_000 })

const lot: Lot = {
  id: 12,
  order: 1,
  symbol: 0,
  side: 1,
  price: 108_210,
  steps: 10_000,
  ts: 30_000_000,
  profit: 12_400_000,
}
const stop: WorkingOrder = {
  id: 2,
  symbol: 0,
  side: -1,
  type: codes.types.indexOf("STOP"),
  role: codes.roles.indexOf("STOP_LOSS"),
  quantity: 10_000,
  filled: 0,
  limit: 0,
  stop: 108_120,
  level: 0,
  parent: 12,
  position: 12,
  tag: 0,
  ts: 30_000_000,
}

const texts = (sheet: Sheet) => sheet.texts.columns.text as string[]

test("a position and its stop say what they are", () => {
  const [held, order] = levels(frame({ lots: [lot], orders: [stop] }), 0, meta)

  expect(held?.text).toBe("LONG 10,000 @ 1.08210   +12.40 USD")
  expect(order?.text).toBe("SELL STOP 10,000 @ 1.08120  SL of #12")
})

test("a trailing stop stands at its level, a partly filled order says what is left", () => {
  const trail = {
    ...stop,
    type: codes.types.indexOf("TRAILING"),
    stop: 0,
    level: 108_150,
    quantity: 4_000,
    filled: 6_000,
  }
  const [order] = levels(frame({ orders: [{ ...trail, role: codes.roles.indexOf("TRAIL") }] }), 0, meta)

  expect(order?.price).toBe(108_150)
  expect(order?.text).toContain("4,000 left of 10,000")
})

test("a market order on its way and orders of other symbols have no line", () => {
  const market = { ...stop, type: 0, role: 0, stop: 0 }

  expect(levels(frame({ orders: [market, { ...stop, symbol: 1 }] }), 0, meta)).toEqual([])
})

test("a level's line begins where it was placed and its label lies at the right edge", () => {
  const sheet = new Sheet(wide, now)
  sheet.levels(levels(frame({ lots: [lot] }), 0, meta))

  expect(sheet.lines.columns).toMatchObject({ x0: [30_000], x1: [box.x1], y0: [1.0821] })
  expect(sheet.texts.columns).toMatchObject({ x: [box.x1], anchor: ["center_right"] })
})

test("labels of levels at one price do not overlap", () => {
  const same: Level[] = levels(frame({ lots: [lot, lot, lot] }), 0, meta)
  const sheet = new Sheet(wide, now)
  sheet.levels(same)
  const pixels = (sheet.texts.columns.y as number[]).map((y) => ((y - box.y0) / (box.y1 - box.y0)) * wide.height)

  expect((pixels[1] ?? 0) - (pixels[0] ?? 0)).toBeCloseTo(19)
  expect((pixels[2] ?? 0) - (pixels[1] ?? 0)).toBeCloseTo(19)
})

test("a level outside of the picture waits at its edge with an arrow", () => {
  const sheet = new Sheet(wide, now)
  sheet.levels(levels(frame({ lots: [{ ...lot, price: 120_000 }] }), 0, meta))

  expect(texts(sheet)[0]).toMatch(/^↑ LONG/)
  expect(sheet.lines.count).toBe(0)
})

test("where there is little room a label is brief and its price stands beside the axis", () => {
  const sheet = new Sheet({ ...wide, width: 200 }, now)
  sheet.levels(levels(frame({ lots: [lot], orders: [stop] }), 0, meta))
  sheet.tags()

  expect(texts(sheet)).toEqual(["LONG 10,000  +12.40", "SL of #12  10,000", "1.08210", "1.08120"])
})

const bar: FormingBar = {
  ts: 60_000_000,
  end: 2 * MINUTE,
  open: 108_000,
  high: 108_300,
  low: 107_900,
  close: 108_200,
  volume: 0,
  ticks: 4,
}

test("the forming bar is a hatched body on a band over its whole time", () => {
  const sheet = new Sheet(wide, now)
  sheet.forming(bar)
  const { left, right, top, bottom } = sheet.areas.columns

  expect([left?.[0], right?.[0], bottom?.[0], top?.[0]]).toEqual([60_000, 120_000, box.y0, box.y1])
  expect([bottom?.[1], top?.[1]]).toEqual([1.08, 1.082])
  const diagonals = (sheet.lines.columns.x0 as number[]).filter((x, i) => x !== sheet.lines.columns.x1?.[i])
  expect(diagonals.length).toBeGreaterThan(10)
  for (const x of diagonals) expect(x).toBeGreaterThanOrEqual(left?.[1] as number)
})

test("the cursor's line leaves the forming bar free", () => {
  const sheet = new Sheet(wide, now)
  sheet.cursor(bar)
  const { y0, y1 } = sheet.lines.columns

  expect(y1?.[0]).toBeLessThan(1.079)
  expect(y0?.[1]).toBeGreaterThan(1.083)
  expect([y0?.[0], y1?.[1]]).toEqual([box.y0, box.y1])
})

test("bid and ask have tags that do not overlap, the ask above", () => {
  const sheet = new Sheet(wide, now)
  sheet.quote({ ts: 90_000_000, bid: 108_200, ask: 108_203 })
  sheet.tags()

  expect(texts(sheet)).toEqual(["1.08200", "1.08203"])
  const [bid, ask] = sheet.texts.columns.y as number[]
  expect((((ask ?? 0) - (bid ?? 0)) / (box.y1 - box.y0)) * wide.height).toBeCloseTo(19)
})

test("the legend names the chart, its bar and its indicators with what they are now", () => {
  const sheet = new Sheet(wide, now)
  const about = { name: "quick", label: "ema(5m, 10)", symbol: 0, digits: 5 } as never
  sheet.legend(frame({ indicators: [{ quick: 1.081234 }] }), "5m", bar, [{ about, index: 0 }])

  expect(texts(sheet)).toEqual(["EURUSD  5m", "O 1.08000   H 1.08300   L 1.07900   C 1.08200", "ema(5m, 10)  1.08123"])
})
