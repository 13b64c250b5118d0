import { expect, test } from "vitest"
import { clock, money, parseTime, price, quantity, signedMoney } from "../../src/model/format"
import type { SymbolMeta } from "../../src/model/meta"

const euro = { digits: 5, quantity_digits: 0 } as SymbolMeta
const coin = { digits: 2, quantity_digits: 8 } as SymbolMeta
const us = (text: string) => Date.parse(`${text}Z`) * 1000

test("prices and quantities in the symbol's own decimals", () => {
  expect([price(108120, euro), price(4_200_000, coin), price(-5, euro)]).toEqual(["1.08120", "42000.00", "−0.00005"])
  expect([quantity(10_000, euro), quantity(1_500_000, coin), quantity(123_456_700_000_000, coin)]).toEqual([
    "10,000",
    "0.015",
    "1,234,567",
  ])
})

test("money with thousands apart, a real minus, and no minus before nothing", () => {
  expect([money(10_012_400_000), money(-1_234_567_891_234), money(-4_000), money(0)]).toEqual([
    "10,012.40",
    "−1,234,567.89",
    "0.00",
    "0.00",
  ])
  expect([signedMoney(12_400_000), signedMoney(-12_400_000), signedMoney(1_000), signedMoney(0)]).toEqual([
    "+12.40",
    "−12.40",
    "0.00",
    "0.00",
  ])
})

test("what is not known is a dash", () => {
  const nothing = Number.NaN

  expect([money(nothing), signedMoney(nothing), price(nothing, euro), quantity(nothing, euro), clock(nothing)]).toEqual(
    Array(5).fill("–"),
  )
})

test("an instant has milliseconds, and microseconds where there are any", () => {
  expect(clock(us("2024-01-05T12:31:07.250"))).toBe("2024-01-05 12:31:07.250")
  expect(clock(us("2024-01-05T12:31:07.250") + 25)).toBe("2024-01-05 12:31:07.250025")
})

const start = us("2024-01-02T09:00")
const end = us("2024-01-31T00:00")
const read = (text: string, near?: number) => parseTime(text, start, end, near)

test("a time that was typed is read to the microsecond", () => {
  expect(read("2024-01-05 12:31")).toBe(us("2024-01-05T12:31"))
  expect(read(" 2024-1-5T12:31:07.250125Z ")).toBe(us("2024-01-05T12:31:07.250") + 125)
  expect(read("2024-01-05")).toBe(us("2024-01-05T00:00"))
  expect(read("2023-01-05")).toBe(us("2023-01-05T00:00"))
  expect(read(clock(us("2024-01-05T12:31:07.250") + 7))).toBe(us("2024-01-05T12:31:07.250") + 7)
})

test("a time alone is on the day that is looked at, or else the first that has it", () => {
  expect(read("12:31:07.5", us("2024-01-09T23:00"))).toBe(us("2024-01-09T12:31:07.5"))
  expect(read("12:31")).toBe(us("2024-01-02T12:31"))
  expect(read("08:00")).toBe(us("2024-01-03T08:00"))
})

test.each(["", "noon", "24:00", "12:60", "12:30:60", "12", "2024-02-31", "2024-13-01", "2024-01-05 noon", "1 2 3"])(
  "%j is no time",
  (text) => {
    expect(read(text)).toBeNull()
  },
)
