/** What is known of a run before any block (docs/reference/capsule.md). Python writes it: replay/blocks.py. */

export type Micros = number & { readonly unit?: "µs UTC" }
export type Points = number & { readonly unit?: "points" }
export type Steps = number & { readonly unit?: "steps" }
export type MicroMoney = number & { readonly unit?: "micro-units" }

export interface SymbolMeta {
  name: string
  digits: number // decimals of a price
  quantity_digits: number
  pip: Points
  base: string
  quote: string
  /** Points x steps x mul / div in micro-units, half to even; TIMES, OVER: by bid + ask of `symbol` above or below. */
  money: { mul: string; div: string; rate: "DIRECT" | "TIMES" | "OVER"; symbol: number }
  trades: boolean // false: it only converts
  first: number // index of the run's first tick; those before are warm-up
  ticks: number // index after the run's last tick
}

export interface TimeframeMeta {
  name: string // "5m"
  us: number
  counts: number[] // bars of each symbol, warm-up included
  size: number // bars in a block
}

export interface IndicatorMeta {
  name: string // as the strategy calls it
  label: string // "ema(5m, 10)"
  symbol: number
  timeframe: string
  digits: number // decimals shown
  /** Lies on the price, or has a pane of its own; outputs of one indicator share a pane. */
  pane: "price" | string
  column: string // in its `values` block
}

export interface Meta {
  version: 1
  name: string // of the strategy
  scope: string // "EURUSD, 5m, 1 Jan 2024 to 10 Jan 2024"
  symbols: SymbolMeta[]
  currency: string
  cash: MicroMoney
  start: Micros
  end: Micros // the last instant that can be asked for
  stopped: string | null // why it ended early
  base: string // timeframe that ticks are counted by
  timeframes: TimeframeMeta[] // ascending; the base is the first
  shown: string[] // those with a chart
  indicators: IndicatorMeta[]
  /** Names by code, from records.py. */
  codes: Record<"events" | "reasons" | "types" | "roles" | "sides" | "phases", string[]>
  tags: string[] // of orders
  axis: { starts: Micros[]; ends: Micros[] } // hours cut out of the time axis
  has: { ticks: "all" | "around" | "none"; variables: "bar" | "tick" | "none" }
  hedging?: boolean // each entry is a position of its own
  intrabar?: string | null // of a run on bars: which extreme comes first
  levels?: boolean // there were trailing stops: where they stood is in the block `levels`
  dropped: string[] // what the capsule lacks, a sentence each
  empty: string | null // why there are no trades, in words
  palette: { light: Record<string, string>; dark: Record<string, string> }
}
