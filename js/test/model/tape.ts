/** A run made from ticks by hand: its blocks, worked out the slow and obvious way, handed out when asked for. */

import type { Block, Blocks } from "../../src/model/blocks"
import type { Meta } from "../../src/model/meta"
import { Replay } from "../../src/model/replay"
import type { Columns } from "../../src/model/search"

export type Tick = [ts: number, bid: number, ask: number]
/** Columns of events or trades, a row each; what is left out is 0. */
export type Row = Record<string, number>

export interface Tape {
  ticks: Tick[]
  events?: Row[]
  orders?: Row[]
  trades?: Row[]
  /** First tick and the one after the last of each stretch; left out, all ticks, four or more in a stretch. */
  stretches?: [number, number][]
  timeframes?: Record<string, number>
  size?: number // bars in a block
  symbol?: number
  meta?: Partial<Meta>
}

export const SECOND = 1_000_000
export const MINUTE = 60 * SECOND

export const CODES: Meta["codes"] = {
  events: ["SUBMITTED", "REJECTED", "MODIFIED", "PARTIAL_FILL", "FILLED", "CANCELLED", "EXPIRED", "BOOKING"],
  reasons: ["NONE", "PROFIT", "COMMISSION"],
  types: ["MARKET", "LIMIT", "STOP"],
  roles: ["ENTRY", "CLOSE", "STOP_LOSS"],
  sides: ["NONE", "BUY", "SELL"],
  phases: ["NONE", "CLOSE", "DUE", "POINT", "CALL", "TICK", "END"],
}

export const code = (kind: keyof Meta["codes"], name: string) => CODES[kind].indexOf(name)

const EVENT = ["ts", "phase", "kind", "symbol", "order", "position", "price", "quantity", "amount", "reason", "taken"]
const ORDER = ["id", "symbol", "side", "type", "role", "quantity", "limit", "stop", "parent", "position", "tag", "ts"]
const TRADE = ["symbol", "entry_ts", "entry_taken", "exit_ts", "exit_taken", "profit"]

/** Blocks that come when they are asked for, and can be taken away or made to fail. */
export class Source implements Blocks {
  readonly kind = "kernel"
  readonly trouble = null
  all: Map<string, Block>
  here = new Map<string, Block>()
  gone = new Map<string, string>() // key -> why it cannot be had
  asked: string[] = []

  constructor(all: Map<string, Block>) {
    this.all = all
  }

  get(key: string): Block | undefined {
    return this.here.get(key)
  }

  has(key: string): boolean {
    return this.all.has(key)
  }

  async load(key: string): Promise<Block> {
    this.asked.push(key)
    const block = this.all.get(key)
    const reason = this.gone.get(key)
    if (!block || reason) throw new Error(reason ?? `no ${key}`)
    this.here.set(key, block)
    return block
  }

  failure(key: string): string | undefined {
    return this.gone.get(key)
  }

  onChange(): () => void {
    return () => undefined
  }
}

export function metaOf({ ticks, timeframes = { "1m": MINUTE, "5m": 5 * MINUTE }, size = 3, meta }: Tape): Meta {
  const names = Object.keys(timeframes)
  const us = (name: string) => timeframes[name] as number
  return {
    version: 1,
    name: "Trend",
    scope: "",
    symbols: [
      {
        name: "EURUSD",
        digits: 5,
        quantity_digits: 0,
        pip: 10,
        base: "EUR",
        quote: "USD",
        money: { mul: "10", div: "1", rate: "DIRECT", symbol: 0 },
        trades: true,
        first: 0,
        ticks: ticks.length,
      },
    ],
    currency: "USD",
    cash: 1_000_000_000,
    start: 0,
    end: 60 * MINUTE,
    stopped: null,
    base: names[0] as string,
    timeframes: names.map((name) => ({ name, us: us(name), counts: [barsOf(ticks, us(name)).length], size })),
    shown: names,
    indicators: [],
    codes: CODES,
    tags: [""],
    axis: { starts: [], ends: [] },
    has: { ticks: "all", variables: "none" },
    dropped: [],
    empty: null,
    palette: { light: {}, dark: {} },
    ...meta,
  }
}

export function sourceOf(tape: Tape, more: Record<string, Block> = {}): Source {
  const { ticks, events = [], orders = [], trades = [], symbol = 0 } = tape
  const stretches = tape.stretches ?? wholeStretches(ticks)
  const meta = metaOf(tape)
  const all = new Map<string, Block>()
  const put = (key: string, columns: Columns) => all.set(key, { columns, plain: {} })
  put("events", tableOf([...EVENT, "peak"], events))
  put("orders", tableOf(ORDER, orders))
  put("trades", tableOf(TRADE, trades))
  put("curve", tableOf(["ts", "equity", "drawdown"], []))
  for (const { name, us, size } of meta.timeframes) {
    const bars = barsOf(ticks, us)
    const begins = bars.filter((_, i) => i % size === 0)
    const index = begins.map(({ ts, first }) => ({ ts: ts as number, first: first as number }))
    put(
      `index/bars/${symbol}/${name}`,
      tableOf(["ts", "first"], [...index, { ts: bars.at(-1)?.end ?? 0, first: ticks.length }]),
    )
    begins.forEach((_, i) => {
      put(`bars/${symbol}/${name}/${i}`, tableOf(BAR, bars.slice(i * size, (i + 1) * size)))
    })
  }
  const stretchRows = stretches.map(([a, b], block) => {
    const [first, last] = [ticks[a] as Tick, ticks[b - 1] as Tick]
    return { first: a, count: b - a, ts: first[0], last: last[0], block, at: 0 }
  })
  put(`index/ticks/${symbol}`, tableOf(["first", "count", "ts", "last", "block", "at"], stretchRows))
  const base = meta.timeframes[0]?.us as number
  stretches.forEach(([a, b], i) => {
    const rows = ticks.slice(a, b).map(([ts, bid, ask]) => ({ ts, bid, ask }))
    put(`ticks/${symbol}/${i}`, { ...tableOf(["ts", "bid", "ask"], rows), ...headOf(ticks, a, base) })
  })
  for (const [key, block] of Object.entries(more)) all.set(key, block)
  return new Source(all)
}

export async function replayOf(
  tape: Tape,
  more: Record<string, Block> = {},
): Promise<{ replay: Replay; source: Source }> {
  const source = sourceOf(tape, more)
  const replay = await Replay.open(metaOf(tape), source)
  source.asked = []
  return { replay, source }
}

const BAR = ["ts", "end", "open", "high", "low", "close", "ask_close", "volume", "ticks", "peak"]

function barsOf(ticks: Tick[], us: number): Row[] {
  const groups = new Map<number, { first: number; inside: Tick[] }>()
  ticks.forEach((tick, first) => {
    const ts = Math.floor(tick[0] / us) * us
    const group = groups.get(ts) ?? { first, inside: [] }
    group.inside.push(tick)
    groups.set(ts, group)
  })
  return [...groups].map(([ts, { first, inside }]) => {
    const bids = inside.map(([, bid]) => bid)
    return {
      ts,
      end: ts + us,
      open: bids[0] as number,
      high: Math.max(...bids),
      low: Math.min(...bids),
      close: bids.at(-1) as number,
      ask_close: inside.at(-1)?.[2] as number,
      volume: 0,
      ticks: inside.length,
      first,
      peak: 0,
    }
  })
}

function headOf(ticks: Tick[], at: number, us: number): Columns {
  const opened = Math.floor((ticks[at]?.[0] as number) / us) * us
  let first = at
  while (first > 0 && (ticks[first - 1]?.[0] as number) >= opened) first--
  const before = ticks.slice(first, at)
  const bids = before.map(([, bid]) => bid)
  const of = (value: number | undefined) => Float64Array.of(before.length > 0 ? (value as number) : Number.NaN)
  return {
    head_open: of(bids[0]),
    head_high: of(Math.max(...bids)),
    head_low: of(Math.min(...bids)),
    head_close: of(bids.at(-1)),
    head_ask_close: of(before.at(-1)?.[2]),
    head_volume: of(0),
    head_ticks: of(before.length),
  }
}

function wholeStretches(ticks: Tick[]): [number, number][] {
  const found: [number, number][] = []
  for (let a = 0; a < ticks.length; ) {
    let b = Math.min(a + 4, ticks.length)
    while (b < ticks.length && ticks[b]?.[0] === ticks[b - 1]?.[0]) b++
    found.push([a, b])
    a = b
  }
  return found
}

export function tableOf(names: string[], rows: Row[]): Columns {
  return Object.fromEntries(names.map((name) => [name, Float64Array.from(rows, (row) => row[name] ?? 0)]))
}
