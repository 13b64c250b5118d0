import { expect, test } from "vitest"
import type { Meta } from "../../src/model/meta"
import { titleOf, valueText } from "../../src/player/values"
import { eventWords, filtered, orderWords } from "../../src/player/words"

const meta = {
  symbols: [{ name: "EURUSD", digits: 5, quantity_digits: 0, pip: 10 }],
  codes: {
    events: ["SUBMITTED", "REJECTED", "FILLED", "BOOKING"],
    reasons: ["NONE", "MARGIN", "COMMISSION"],
    types: ["MARKET", "LIMIT", "STOP"],
    roles: ["ENTRY", "STOP_LOSS"],
  },
} as unknown as Meta

const row = (values: Record<string, number>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float64Array.of(value)]))

test("a fill says what was bought and at which price", () => {
  const words = eventWords(meta, row({ kind: 2, symbol: 0, quantity: -10_000, price: 108_543 }), 0, () => "")

  expect([words.kind, words.detail]).toEqual(["sold 10,000", "1.08543"])
})

test("a rejection names the order and the reason, and is marked without colour too", () => {
  const words = eventWords(meta, row({ kind: 1, symbol: 0, order: 7, reason: 1 }), 0, (id) => `▲ stop of ${id}`)

  expect(words).toEqual({ sign: "✕", kind: "rejected", detail: "▲ stop of 7, margin", tone: "bad" })
})

test("a booking is its reason and its amount with a sign", () => {
  const words = eventWords(meta, row({ kind: 3, symbol: 0, amount: -350_000, reason: 2 }), 0, () => "")

  expect([words.kind, words.detail, words.tone]).toEqual(["commission", "−0.35", "bad"])
})

test("an exit is called by its role, an entry by its type", () => {
  expect([orderWords(meta, 1, 2, 0), orderWords(meta, -1, 2, 1)]).toEqual(["▲ stop", "▼ stop-loss"])
})

test("a filter keeps the rows of its kinds in their order", () => {
  const kinds = Float64Array.of(0, 2, 3, 0, 2)

  expect([...filtered(meta, kinds, ["FILLED", "BOOKING"])]).toEqual([1, 2, 4])
  expect(filtered(meta, kinds, null).length).toBe(5)
})

test("variables as a person writes them", () => {
  const values = [3, -0.5, 1234567, 1.0854321234, true, null, [1, 2], Array.from({ length: 20 }, (_, i) => i), "long"]

  expect(values.map(valueText)).toEqual([
    "3",
    "−0.5",
    "1,234,567",
    "1.08543212",
    "true",
    "–",
    "[1, 2]",
    "[0, 1, 2, 3, 4, 5, 6, 7, … 20]",
    "long",
  ])
})

test("an indicator that is called what it is is named once", () => {
  expect(titleOf("quick", "ema(5m, 10)")).toBe("quick  ema(5m, 10)")
  expect(titleOf("rsi", "rsi(5m, 14)")).toBe("rsi (5m, 14)")
  expect(titleOf("mine", "mine")).toBe("mine")
})
