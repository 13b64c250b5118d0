import { beforeEach, expect, test } from "vitest"
import type { Columns, Plot } from "../../src/draw/plot"
import { PricePane, type Scene } from "../../src/draw/price"
import type { FormingBar } from "../../src/model/frame"
import type { TimeframeMeta } from "../../src/model/meta"
import type { BarWindow, Replay } from "../../src/model/replay"
import { bars, colours, frame, MINUTE, meta, time } from "./fake"

// Four minutes; at 2:30 two have closed, the third is forming, the fourth is the future.
const all = bars([100, 120, 90, 110], [110, 130, 105, 120], [120, 150, 110, 140], [140, 900, 140, 800])
const forming: FormingBar = {
  ts: 2 * MINUTE,
  end: 3 * MINUTE,
  open: 120,
  high: 125,
  low: 119,
  close: 121,
  volume: 0,
  ticks: 2,
}
const minute: TimeframeMeta = { name: "1m", us: MINUTE, counts: [4], size: 4096 }
const now = frame({
  ts: 2.5 * MINUTE,
  quotes: [{ ts: 2.5 * MINUTE, bid: 121, ask: 123 }],
  bars: [{ "1m": { closed: 2, forming } }],
})
const scene: Scene = { symbol: 0, timeframe: "1m", bars: 8, anchor: 0.5, future: "hidden" }

let fed: Record<string, Columns[]>
let ranges: Record<string, [number, number]>
let failure: string | undefined
let window: (from: number, to: number) => BarWindow

const plot = {
  frame: { left: 0, top: 0, width: 900, height: 400 },
  cuts: () => {},
  columns: () => [],
  set: () => {},
  feed: (source: string, columns: Columns) => {
    fed[source] ??= []
    fed[source].push(columns)
  },
  range: (name: string, start: number, end: number) => {
    ranges[name] = [start, end]
  },
} as unknown as Plot

const replay = {
  meta: { ...meta, timeframes: [minute], indicators: [] },
  events: {},
  orders: {},
  trades: {},
  blocks: { get: () => undefined, has: () => true, failure: () => failure },
  bars: (_symbol: number, _timeframe: string, from: number, to: number) => window(from, to),
} as unknown as Replay

beforeEach(() => {
  fed = {}
  ranges = {}
  failure = undefined
  window = (from, to) => {
    const [a, b] = [Math.max(from, 0), Math.min(to, 4)]
    const columns = Object.entries(all).filter(([, column]) => column instanceof Float64Array)
    const cut = columns.map(([name, column]) => [name, (column as Float64Array).slice(a, b)])
    return { ...Object.fromEntries(cut), from: a, to: b, missing: [] } as BarWindow
  }
})

const pane = () => new PricePane(plot, replay, time, false)
const count = (source: string) => fed[source]?.at(-1)?.x?.length

test("T1: closed bars are candles, the forming one is not, and the future is blank", () => {
  pane().show(now, scene, colours)

  expect([count("candles"), count("ghost")]).toEqual([2, 0])
  expect(ranges.y?.[1]).toBeLessThan(900 / 1e5)
})

test("the future is a ghost where somebody asks for it", () => {
  pane().show(now, { ...scene, future: "ghost" }, colours)

  expect([count("candles"), count("ghost")]).toEqual([2, 2])
})

test("the current bar begins where the anchor is", () => {
  pane().show(now, scene, colours)

  expect(ranges.x).toEqual([(2 - 4) * 60_000, (2 + 4) * 60_000])
})

test("a tick within the bar moves only what follows the cursor", () => {
  const chart = pane()
  chart.show(now, scene, colours)
  const before = { ...ranges }
  chart.show({ ...now, ts: 2.6 * MINUTE, quotes: [{ ts: 0, bid: 122, ask: 124 }] }, scene, colours)

  expect(fed.candles).toHaveLength(1)
  expect(fed.lines).toHaveLength(2)
  expect(ranges).toEqual(before)
})

test("a bar that closes moves the chart by one bar", () => {
  const chart = pane()
  chart.show(now, scene, colours)
  chart.show({ ...now, ts: 3 * MINUTE, bars: [{ "1m": { closed: 3, forming: null } }] }, scene, colours)

  expect(count("candles")).toBe(3)
  expect(ranges.x).toEqual([(3 - 4) * 60_000, (3 + 4) * 60_000])
})

test("before the first price the chart says so", () => {
  pane().show(frame({ bars: [{ "1m": { closed: 0, forming: null } }] }), scene, colours)

  expect(fed.texts?.at(-1)?.text).toContain("no price yet")
})

test("a block that cannot be had: its reason stands in the chart, what is there is drawn", () => {
  const full = window
  window = (from, to) => ({ ...full(from, to), missing: ["bars/0/1m/0"] })
  failure = "the kernel does not answer"
  const chart = pane()
  chart.show(now, scene, colours)

  expect(chart.missing).toEqual(["bars/0/1m/0"])
  expect(fed.texts?.at(-1)?.text).toContain("the kernel does not answer")
  expect(count("candles")).toBe(2)
})

test("a missing block is looked for again with every picture until it is there", () => {
  const full = window
  window = (from, to) => ({ ...full(from, to), missing: ["bars/0/1m/0"] })
  const chart = pane()
  chart.show(now, scene, colours)
  window = full
  chart.show(now, scene, colours)

  expect(fed.candles).toHaveLength(2)
  expect(chart.missing).toEqual([])
})

test("the price under a height is whole points", () => {
  const chart = pane()
  chart.show(now, scene, colours)
  const [low = 0, high = 0] = ranges.y ?? []

  expect(chart.priceAt(0)).toBe(Math.round(low * 1e5))
  expect(chart.priceAt(0.5)).toBe(Math.round(((low + high) / 2) * 1e5))
})
