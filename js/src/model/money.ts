/** What a price difference is worth: rounded half to even once, by whole numbers (U4, R13; engine/costs.py). */

import type { Quote } from "./frame"
import type { MicroMoney, Points, SymbolMeta } from "./meta"

export interface Mark {
  bid: Points
  ask: Points
}

/** The quote that matching and marks use: a crossed one becomes floor and ceil of its middle (R13). */
export function effective({ bid, ask }: Quote): Mark {
  if (bid <= ask) return { bid, ask }
  return { bid: Math.floor((bid + ask) / 2), ask: Math.ceil((bid + ask) / 2) }
}

/** Points times steps of a symbol in micro-units, given all symbols' effective quotes; 0 while nothing converts it (P6). */
export function worth(amount: bigint, quotes: readonly (Mark | null)[], { money }: SymbolMeta): MicroMoney {
  const [mul, div] = [BigInt(money.mul), BigInt(money.div)]
  if (money.rate === "DIRECT") return Number(muldiv(amount, mul, div))
  const quote = quotes[money.symbol]
  if (!quote) return 0
  const sum = BigInt(quote.bid + quote.ask)
  return Number(money.rate === "TIMES" ? muldiv(amount, mul * sum, div) : muldiv(amount, mul, div * sum))
}

/** amount * mul / div, half to even. */
export function muldiv(amount: bigint, mul: bigint, div: bigint): bigint {
  const product = (amount < 0n ? -amount : amount) * mul
  let whole = product / div
  const twice = 2n * (product % div)
  if (twice > div || (twice === div && whole % 2n === 1n)) whole += 1n
  return amount < 0n ? -whole : whole
}
