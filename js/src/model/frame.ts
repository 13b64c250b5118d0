/** All state at one cursor (docs/reference/capsule.md). */

import type { MicroMoney, Micros, Points, Steps } from "./meta"

/** `taken` counts the ticks of all symbols. */
export interface Cursor {
  ts: Micros
  taken: number | null
}

export interface Quote {
  ts: Micros | null
  bid: Points
  ask: Points
}

export interface FormingBar {
  ts: Micros
  end: Micros
  open: Points
  high: Points
  low: Points
  close: Points
  volume: Steps
  ticks: number
}

export interface Lot {
  id: number
  order: number
  symbol: number
  side: 1 | -1
  price: Points
  steps: Steps
  ts: Micros
  profit: MicroMoney
}

export interface WorkingOrder {
  id: number
  symbol: number
  side: 1 | -1
  type: number
  role: number
  quantity: Steps
  filled: Steps
  limit: Points
  stop: Points
  level: Points
  parent: number
  position: number
  tag: number
  ts: Micros
}

export interface Frame {
  ts: Micros
  taken: number
  exact: boolean
  quotes: (Quote | null)[]
  bars: Record<string, { closed: number; forming: FormingBar | null }>[]
  lots: Lot[]
  orders: WorkingOrder[]
  balance: MicroMoney
  equity: MicroMoney
  peak: MicroMoney
  events: number
  indicators: Record<string, number | null>[] // by symbol
  variables: Record<string, unknown> | null
  /** Keys of blocks that would make it better; not part of the contract. */
  missing: string[]
}
