import { beforeEach, expect, test } from "vitest"
import type { Columns, Plot } from "../../src/draw/plot"
import { roundBetween, TimelinePane } from "../../src/draw/timeline"
import type { Meta } from "../../src/model/meta"
import type { Replay } from "../../src/model/replay"
import { colours, columns, frame, time } from "./fake"

let fed: Record<string, Columns>
let ranges: Record<string, [number, number]>

const plot = {
  frame: { left: 0, top: 0, width: 900, height: 130 },
  cuts: () => {},
  set: () => {},
  feed: (source: string, data: Columns) => {
    fed[source] = data
  },
  range: (name: string, start: number, end: number) => {
    ranges[name] = [start, end]
  },
} as unknown as Plot

const curve = columns([
  { ts: 1000, equity: 100e6, drawdown: 0 },
  { ts: 2000, equity: 90e6, drawdown: 10e6 },
  { ts: 4000, equity: 120e6, drawdown: 0 },
])
const trades = columns([
  { exit_ts: 2000, profit: -9e6, commission: 1e6 },
  { exit_ts: 4000, profit: 41e6, commission: 1e6 },
])
const run = {
  meta: { start: 1000, end: 5000, cash: 100e6, currency: "USD" } as Meta,
  curve,
  trades,
} as unknown as Replay

beforeEach(() => {
  fed = {}
  ranges = {}
})

const pane = () => new TimelinePane(plot, run, time)

test("results are told by their direction as well as by their colour, the largest is the longest", () => {
  pane().show(frame({ ts: 3000 }), null, null, colours)

  expect(fed.results?.ink).toEqual([colours.bad, colours.good])
  expect(fed.results?.size?.[0]).toBeCloseTo(-0.5)
  expect(fed.results?.size?.[1]).toBe(1)
})

test("the drawdown is in percent of the peak", () => {
  pane()

  expect(fed.curve?.depth).toEqual(Float64Array.of(0, -10, 0))
})

test("the bands of equity, results and drawdown do not overlap", () => {
  pane()
  const share = (range: string, value: number) => {
    const [start = 0, end = 1] = ranges[range] ?? []
    return (value - start) / (end - start)
  }

  expect(share("drawdown_y", 0)).toBeLessThan(share("results_y", -1))
  expect(share("results_y", 1)).toBeLessThan(share("y", 90))
  expect(share("y", 120)).toBeLessThan(1)
})

test("what comes after the cursor is dimmed", () => {
  pane().show(frame({ ts: 3000 }), null, null, colours)

  expect([fed.areas?.left?.[0], fed.areas?.right?.[0]]).toEqual([3, 5])
})

test("a brushed stretch is shaded, as far as it is seen", () => {
  pane().show(frame({ ts: 1000 }), [2000, 4000], [1500, 3000], colours)

  expect([fed.areas?.left?.[1], fed.areas?.right?.[1]]).toEqual([2, 3])
})

test("a cursor outside of what is seen has no handle", () => {
  const timeline = pane()
  timeline.show(frame({ ts: 1500 }), [2000, 4000], null, colours)
  expect(fed.marks?.x).toEqual([])

  timeline.show(frame({ ts: 3000 }), [2000, 4000], null, colours)
  expect(fed.marks?.x).toEqual([3])
})

test("a run without a single equity point has a timeline all the same", () => {
  const empty = { ...run, curve: {}, trades: {} } as unknown as Replay
  new TimelinePane(plot, empty, time).show(frame({ ts: 3000 }), null, null, colours)

  for (const [start, end] of Object.values(ranges)) expect(end).toBeGreaterThan(start)
})

test("ticks are round and inside", () => {
  expect(roundBetween(9_632, 10_013, 2)).toEqual([9_800, 10_000])
  expect(roundBetween(0.12, 0.58, 3)).toEqual([0.2, 0.4])
  expect(roundBetween(5, 5, 3)).toEqual([])
})
