import { expect, test } from "vitest"
import { Book } from "../../src/model/book"
import { CODES, code, type Row, tableOf } from "./tape"

const EVENT = ["ts", "kind", "symbol", "order", "position", "price", "quantity", "amount", "reason"]
const ORDER = ["id", "symbol", "side", "type", "role", "quantity", "limit", "stop", "parent", "position", "tag", "ts"]

function book(events: [string, Row][], orders: Row[] = []) {
  const rows = events.map(([kind, row], i) => ({ ts: i, ...row, kind: code("events", kind) }))
  return new Book(tableOf(EVENT, rows), tableOf(ORDER, orders), { codes: CODES, cash: 1_000 })
}

const PROFIT = code("reasons", "PROFIT")
const bought = { id: 1, side: 1, type: code("types", "LIMIT"), quantity: 100, limit: 50 }

test("T01 an order is working from its submission to its fill, which opens a lot", () => {
  const at = book(
    [
      ["SUBMITTED", { order: 1 }],
      ["FILLED", { order: 1, position: 7, price: 49, quantity: 100 }],
    ],
    [bought],
  )

  expect(at.at(0)).toEqual({ balance: 1_000, lots: [], orders: [] })
  expect(at.at(1).orders).toMatchObject([{ id: 1, side: 1, quantity: 100, filled: 0, limit: 50 }])
  expect(at.at(2).orders).toEqual([])
  expect(at.at(2).lots).toEqual([{ id: 7, order: 1, symbol: 0, side: 1, price: 49, steps: 100, ts: 1 }])
})

test("T01 a partial fill leaves what is left to fill, and a modification names the total", () => {
  const at = book(
    [
      ["SUBMITTED", { order: 1 }],
      ["PARTIAL_FILL", { order: 1, position: 7, price: 49, quantity: 30 }],
      ["MODIFIED", { order: 1, price: 48, quantity: 80 }],
      ["FILLED", { order: 1, position: 8, price: 48, quantity: 50 }],
    ],
    [bought],
  )

  expect(at.at(2).orders).toMatchObject([{ quantity: 70, filled: 30, limit: 50 }])
  expect(at.at(3).orders).toMatchObject([{ quantity: 50, filled: 30, limit: 48, stop: 0 }])
  expect(at.at(4).orders).toEqual([])
  expect(at.at(4).lots).toMatchObject([
    { id: 7, steps: 30 },
    { id: 8, steps: 50 },
  ])
})

test("T01 a stop that is moved stays a stop", () => {
  const stop = { id: 1, side: -1, type: code("types", "STOP"), quantity: 100, stop: 40 }
  const at = book(
    [
      ["SUBMITTED", { order: 1 }],
      ["MODIFIED", { order: 1, price: 45, quantity: -100 }],
    ],
    [stop],
  )

  expect(at.at(2).orders).toMatchObject([{ stop: 45, limit: 0, quantity: 100 }])
})

test("P02 a reversing fill closes lots first, and what it opens is the rest", () => {
  const orders: Row[] = [bought, { id: 2, side: -1, quantity: 150 }]
  const at = book(
    [
      ["SUBMITTED", { order: 1 }],
      ["FILLED", { order: 1, position: 7, price: 50, quantity: 100 }],
      ["SUBMITTED", { order: 2 }],
      ["FILLED", { order: 2, position: 9, price: 55, quantity: -150 }],
      ["BOOKING", { order: 2, position: 7, quantity: -100, amount: 500, reason: PROFIT }],
    ],
    orders,
  )

  expect(at.at(5)).toMatchObject({ balance: 1_500, lots: [{ id: 9, side: -1, steps: 50, price: 55 }] })
})

test("P02 an exit shrinks with its entry's lot", () => {
  const orders: Row[] = [
    bought,
    { id: 2, side: -1, quantity: 100, parent: 1, stop: 40 },
    { id: 3, side: -1, quantity: 60 },
  ]
  const at = book(
    [
      ["SUBMITTED", { order: 1 }],
      ["FILLED", { order: 1, position: 7, price: 50, quantity: 100 }],
      ["SUBMITTED", { order: 2 }],
      ["SUBMITTED", { order: 3 }],
      ["FILLED", { order: 3, position: 7, price: 52, quantity: -60 }],
      ["BOOKING", { order: 3, position: 7, quantity: -60, amount: 120, reason: PROFIT }],
    ],
    orders,
  )

  expect(at.at(6)).toMatchObject({ lots: [{ id: 7, steps: 40 }], orders: [{ id: 2, quantity: 40 }] })
})

test("T03 a long journal is the same from its snapshots, in any order of asking", () => {
  const events: [string, Row][] = []
  const orders: Row[] = []
  for (let id = 1; id <= 700; id++) {
    orders.push({ id, side: 1, quantity: id, limit: 5 })
    events.push(["SUBMITTED", { order: id }])
    if (id > 3) events.push(["CANCELLED", { order: id - 3, amount: 1 }])
  }
  const [back, forth] = [book(events, orders), book(events, orders)]
  const working = (count: number) => {
    // By hand: all that were submitted, less those that were cancelled.
    const ids = new Set<number>()
    for (const [kind, { order = 0 }] of events.slice(0, count))
      kind === "SUBMITTED" ? ids.add(order) : ids.delete(order)
    return [...ids]
  }

  for (let count = 0; count <= events.length; count += 37) {
    expect(forth.at(count).orders.map(({ id }) => id)).toEqual(working(count))
    const other = events.length - count
    expect(back.at(other).orders.map(({ id }) => id)).toEqual(working(other))
  }
  expect(forth.at(events.length).balance).toBe(1_697)
  expect(forth.at(256)).toBe(forth.at(256))
})
