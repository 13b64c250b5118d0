/** A run that is small enough to be written down: three bars of a minute, one symbol. */

import type { Frame } from "../../src/model/frame"
import type { Meta, SymbolMeta } from "../../src/model/meta"
import type { BarWindow, Replay } from "../../src/model/replay"
import type { TradingTime } from "../../src/model/time"

export const MINUTE = 60_000_000

/** Time without cut hours: ms. */
export const time = { x: (ts: number) => ts / 1000, instant: (x: number) => x * 1000 } as unknown as TradingTime

export const eurusd = { name: "EURUSD", digits: 5, quantity_digits: 0 } as SymbolMeta

export const codes = {
  events: ["SUBMITTED", "REJECTED", "TRIGGERED", "FILLED", "PARTIAL_FILL", "CANCELLED"],
  reasons: ["NONE", "USER", "SIBLING", "MARGIN"],
  types: ["MARKET", "LIMIT", "STOP", "STOP_LIMIT", "TRAILING"],
  roles: ["ENTRY", "CLOSE", "STOP_LOSS", "TAKE_PROFIT", "TRAIL", "END"],
  sides: ["NONE", "BUY", "SELL"],
  phases: ["NONE"],
}

export const meta = { symbols: [eurusd], currency: "USD", codes } as unknown as Meta

export const palette = { ink: "#000001", surface: "#000002", quiet: "#000003", candle: "#000004" }
export const colours = { ...palette, good: "#000005", bad: "#000006", accent: "#000007", overlay1: "#000008" }

/** Columns from rows of named numbers. */
export function columns<K extends string>(rows: Record<K, number>[]): Record<K, Float64Array> {
  const names = Object.keys(rows[0] ?? {}) as K[]
  return Object.fromEntries(names.map((name) => [name, Float64Array.from(rows, (row) => row[name])])) as never
}

export function bars(...rows: [open: number, high: number, low: number, close: number][]): BarWindow {
  const of = (read: (row: number[], i: number) => number) => Float64Array.from(rows, read)
  return {
    from: 0,
    to: rows.length,
    ts: of((_, i) => i * MINUTE),
    end: of((_, i) => (i + 1) * MINUTE),
    open: of((row) => row[0] ?? 0),
    high: of((row) => row[1] ?? 0),
    low: of((row) => row[2] ?? 0),
    close: of((row) => row[3] ?? 0),
    ticks: of(() => 1),
    volume: of(() => 0),
    missing: [],
  }
}

export function frame(values: Partial<Frame> = {}): Frame {
  const nothing = { quotes: [], bars: [], lots: [], orders: [], indicators: [], variables: null, missing: [] }
  return { ts: 0, taken: 0, exact: true, balance: 0, equity: 0, peak: 0, events: 0, ...nothing, ...values }
}

export function replay(tables: Partial<Pick<Replay, "events" | "orders" | "trades">>): Replay {
  return { meta, events: {}, orders: {}, trades: {}, ...tables } as unknown as Replay
}
