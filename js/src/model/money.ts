/** What a price difference is worth: rounded half to even once, by whole numbers (U4, R13; engine/costs.py). */

import type { Quote } from "./frame"
import type { MicroMoney, Points, SymbolMeta } from "./meta"

/** The quote that matching and marks use: a crossed one becomes floor and ceil of its middle (R13). */
export function effective({ bid, ask }: Quote): { bid: Points; ask: Points } {
  if (bid <= ask) return { bid, ask }
  return { bid: Math.floor((bid + ask) / 2), ask: Math.ceil((bid + ask) / 2) }
}

/** Points times steps of a symbol in micro-units; `quote` is effective. */
export function worth(amount: bigint, quote: { bid: Points; ask: Points }, symbol: SymbolMeta): MicroMoney {
  const { mul, div, inverse } = symbol.money
  const by = BigInt(div) * (inverse ? BigInt(quote.bid + quote.ask) : 1n)
  return Number(muldiv(amount, BigInt(mul), by))
}

/** amount * mul / div, half to even. */
export function muldiv(amount: bigint, mul: bigint, div: bigint): bigint {
  const product = (amount < 0n ? -amount : amount) * mul
  let whole = product / div
  const twice = 2n * (product % div)
  if (twice > div || (twice === div && whole % 2n === 1n)) whole += 1n
  return amount < 0n ? -whole : whole
}
