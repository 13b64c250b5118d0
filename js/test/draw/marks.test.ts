import { expect, test } from "vitest"
import { deedRows } from "../../src/draw/deeds"
import { eventMarks, paths } from "../../src/draw/marks"
import { codes, colours, columns, frame, replay, time } from "./fake"

const kind = (name: string) => codes.events.indexOf(name)
const reason = (name: string) => codes.reasons.indexOf(name)
const role = (name: string) => codes.roles.indexOf(name)

function event(
  ts: number,
  name: string,
  order: number,
  more: { price?: number; quantity?: number; reason?: string } = {},
) {
  const { price = 0, quantity = 0, reason: why = "NONE" } = more
  return { ts, kind: kind(name), symbol: 0, order, price, quantity, reason: reason(why) }
}

const orders = columns([
  { id: 1, role: role("ENTRY"), limit: 0, stop: 0 },
  { id: 2, role: role("STOP_LOSS"), limit: 0, stop: 90 },
  { id: 3, role: role("ENTRY"), limit: 80, stop: 0 },
  { id: 4, role: role("ENTRY"), limit: 0, stop: 0 },
])
const events = columns([
  event(10, "FILLED", 1, { price: 100, quantity: 5 }),
  event(20, "FILLED", 2, { price: 90, quantity: -5 }),
  event(30, "CANCELLED", 3, { reason: "USER" }),
  event(40, "CANCELLED", 2, { reason: "SIBLING" }),
  event(50, "REJECTED", 4, { reason: "MARGIN" }),
])
const run = replay({ events, orders })

test("entries, withdrawals and rejections are marked; exits and the siblings they end are not", () => {
  expect(eventMarks(run, frame({ events: 5 }), 0, 0, 100)).toEqual([
    { kind: "bought", ts: 10, price: 100 },
    { kind: "withdrawn", ts: 30, price: 80 },
    { kind: "rejected", ts: 50, price: null },
  ])
})

test("T1: nothing is marked that had not happened by the frame", () => {
  expect(eventMarks(run, frame({ events: 1 }), 0, 0, 100)).toHaveLength(1)
})

test("only the stretch of time and the symbol that are seen are marked", () => {
  expect(eventMarks(run, frame({ events: 5 }), 0, 20, 50).map((mark) => mark.ts)).toEqual([30])
  expect(eventMarks(run, frame({ events: 5 }), 1, 0, 100)).toEqual([])
})

const trade = { symbol: 0, entry_ts: 10, entry_price: 100, exit_price: 90, exit_role: 1, profit: -5, commission: 1 }
const trades = columns([
  { ...trade, exit_ts: 20, exit_taken: 7 },
  { ...trade, exit_ts: 60, exit_taken: 9, exit_price: 130, profit: 3 },
])

test("T1: a trade has a path once its exit is known", () => {
  const known = (ts: number, taken: number) => paths(replay({ trades }), frame({ ts, taken }), 0, 0, 100).length

  expect([known(19, 6), known(20, 6), known(20, 7), known(60, 9)]).toEqual([0, 0, 1, 2])
})

test("T2: a position that is closed because the run is over stays open in the last frame", () => {
  const last = columns([{ ...trade, exit_ts: 60, exit_taken: 9, exit_role: role("END") }])

  expect(paths(replay({ trades: last }), frame({ ts: 60, taken: 9 }), 0, 0, 100)).toEqual([])
})

test("a trade whose commission eats its profit is lost", () => {
  const small = columns([{ ...trade, exit_ts: 20, exit_taken: 7, profit: 1 }])

  expect(paths(replay({ trades: small }), frame({ ts: 99, taken: 99 }), 0, 0, 100)[0]?.won).toBe(false)
})

test("an exit is filled when it won and hollow when it lost; a path ends at the frame's edge", () => {
  const found = paths(replay({ trades }), frame({ ts: 99, taken: 99 }), 0, 0, 100)
  const box = { x0: 0, x1: 0.02, y0: 0, y1: 200 }
  const rows = deedRows([], found, box, time, 1, colours, () => 0)

  expect(rows.marks.columns).toMatchObject({ x: [0.02], fill: [colours.surface], edge: [colours.bad] })
  expect(rows.lines.columns.x1?.[0]).toBeCloseTo(0.02)
  expect(rows.lines.columns.x1?.[1]).toBeCloseTo(0.02)
  expect(rows.lines.columns.ink).toEqual([colours.bad, colours.good])
})

test("an event without a price is marked at the price of its time", () => {
  const marks = eventMarks(run, frame({ events: 5 }), 0, 45, 100)
  const rows = deedRows(marks, [], { x0: 0, x1: 1, y0: 0, y1: 200 }, time, 1, colours, () => 77)

  expect(rows.marks.columns).toMatchObject({ y: [77], marker: ["x"] })
})

test("many marks are drawn smaller, and withdrawn orders are left out among them", () => {
  const box = { x0: 0, x1: 1, y0: 0, y1: 200 }
  const rows = (count: number) => {
    const bought = Array.from({ length: count }, () => ({ kind: "bought" as const, ts: 10, price: 100 }))
    const all = [...bought, { kind: "withdrawn" as const, ts: 30, price: 80 }]
    return deedRows(all, [], box, time, 1, colours, () => 0).marks.columns
  }

  expect(rows(3).size).toEqual([11, 11, 11, 9])
  expect(rows(99).size).toHaveLength(99)
  expect(rows(99).size?.[0]).toBeCloseTo(11 * Math.sqrt(0.6))
})
