import { expect, test } from "vitest"
import type { SymbolMeta } from "../../src/model/meta"
import { effective, muldiv, worth } from "../../src/model/money"

test("U04 money is rounded half to even, on both sides of zero", () => {
  const halves = [1n, 3n, 5n, 7n].map((amount) => muldiv(amount, 1n, 2n))

  expect(halves).toEqual([0n, 2n, 2n, 4n])
  expect([-1n, -3n, -5n, -7n].map((amount) => muldiv(amount, 1n, 2n))).toEqual([0n, -2n, -2n, -4n])
  expect([muldiv(4n, 1n, 3n), muldiv(5n, 1n, 3n), muldiv(-5n, 1n, 3n)]).toEqual([1n, 2n, -2n])
})

test("U04 a product beyond what a double holds is exact", () => {
  expect(muldiv(2n ** 61n + 1n, 10n ** 12n, 10n ** 12n)).toBe(2n ** 61n + 1n)
})

test("R13 the effective quote of a crossed one is floor and ceil of its middle", () => {
  expect(effective({ ts: 0, bid: 105, ask: 102 })).toEqual({ bid: 103, ask: 104 })
  expect(effective({ ts: 0, bid: 104, ask: 102 })).toEqual({ bid: 103, ask: 103 })
  expect(effective({ ts: 0, bid: 102, ask: 105 })).toEqual({ bid: 102, ask: 105 })
})

const yen = { bid: 150_000, ask: 150_010 }
const about = (money: Omit<SymbolMeta["money"], "symbol">) => ({ money: { ...money, symbol: 1 } }) as SymbolMeta

test("P06 money is divided by bid and ask of the symbol whose quote is over it", () => {
  const symbol = about({ mul: "2000000", div: "1", rate: "OVER" })

  // 10 points of 1,000 yen steps, at 150.000 and 150.010: 10 * 1000 * 2e6 / 300010 = 66,664.44...
  expect(worth(10_000n, [null, yen], symbol)).toBe(66_664)
})

test("P06 money is multiplied by bid and ask of the symbol whose quote converts it", () => {
  const symbol = about({ mul: "1", div: "2000", rate: "TIMES" })

  expect(worth(-7n, [null, yen], symbol)).toBe(-1_050)
  expect(worth(10n, [yen, null], symbol)).toBe(0)
  expect(worth(10_000n, [null, null], about({ mul: "1", div: "2000", rate: "DIRECT" }))).toBe(5)
})
